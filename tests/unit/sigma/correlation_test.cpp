// Sigma Correlation Rules Specification 2.1.0, "Correlation section"; extended conditions: sigma-specification#198.
#include "lang/sigma/correlation.h"

#include "support.h"

namespace hecate::sigma::test {
namespace {

std::string diagnostics_of(const DiagnosticSink& sink, const SourceMap& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : sink.all()) {
    const Span span = diagnostic.primary.span;
    out += fmt::format("{}{} `{}`", out.empty() ? "" : "; ", diagnostic.code->id,
                       span.known() ? sources.text(span.file).substr(span.begin, span.end - span.begin) : "");
  }
  return out;
}

struct Parsed {
  SourceMap sources;
  DiagnosticSink sink;
  std::optional<Correlation> correlation;

  /// `body` is what stands under `correlation:`, in YAML's flow style.
  explicit Parsed(std::string_view body) {
    const FileId file = sources.add("c.yml", fmt::format("title: T\ncorrelation: {{{}}}\n", body));
    const yaml::Documents documents = yaml::parse(file, sources, sink);
    if (documents.roots.empty()) return;
    if (Result<Correlation> result = parse_correlation(*documents.roots.front(), sink))
      correlation = std::move(*result);
  }
  [[nodiscard]] std::string diagnostics() const { return diagnostics_of(sink, sources); }
};

std::string reported(std::string_view body) { return Parsed(body).diagnostics(); }

std::string combinations(std::string_view condition) {
  const Parsed parsed(fmt::format("type: temporal, timespan: 1h, condition: {}", condition));
  if (!parsed.correlation) return parsed.diagnostics();
  std::string out;
  for (const Combination& combination : parsed.correlation->combinations) {
    if (!out.empty()) out += " | ";
    std::string part;
    for (const size_t rule : combination.present) part += parsed.correlation->rules[rule].name;
    for (const size_t rule : combination.absent) part += "!" + parsed.correlation->rules[rule].name;
    out += part;
  }
  return out;
}

TEST(CorrelationDocument, HasItsParts) {
  const Parsed parsed(
      "type: value_count, rules: [a, b], group-by: [Host, User], timespan: 90m, generate: true, "
      "condition: {gt: 100, lte: 200, field: [X, Y]}, aliases: {Host: {a: src, b: dst}}");
  ASSERT_TRUE(parsed.correlation) << parsed.diagnostics();
  EXPECT_EQ(parsed.diagnostics(), "");
  const Correlation& correlation = *parsed.correlation;
  EXPECT_EQ(correlation.type, CorrelationType::ValueCount);
  ASSERT_EQ(correlation.rules.size(), 2U);
  EXPECT_EQ(correlation.rules[1].name, "b");
  EXPECT_EQ(correlation.group_by.size(), 2U);
  EXPECT_EQ(correlation.timespan, 5'400 * kTicksPerSecond);
  ASSERT_EQ(correlation.thresholds.size(), 2U);
  EXPECT_EQ(correlation.thresholds[0].comparison, Comparison::Greater);
  EXPECT_EQ(correlation.thresholds[1].value, 200);
  EXPECT_EQ(correlation.fields.size(), 2U);
  EXPECT_TRUE(correlation.generate);
  ASSERT_EQ(correlation.aliases.size(), 1U);
  EXPECT_EQ(correlation.aliases[0].fields[1].field.name, "dst");
}

TEST(CorrelationDocument, ATemporalOneWantsAllItsRules) {
  const Parsed parsed("type: temporal_ordered, rules: [a, b, c], timespan: 1h");
  ASSERT_TRUE(parsed.correlation) << parsed.diagnostics();
  ASSERT_EQ(parsed.correlation->thresholds.size(), 1U);
  EXPECT_EQ(parsed.correlation->thresholds[0].value, 3);
  EXPECT_TRUE(parsed.correlation->group_by.empty()) << "the tools accept none";
}

TEST(CorrelationDocument, Timespans) {
  const auto seconds = [](std::string_view text) {
    const Parsed parsed(fmt::format("type: event_count, rules: a, timespan: {}, condition: {{gte: 1}}", text));
    return parsed.correlation ? std::to_string(parsed.correlation->timespan / kTicksPerSecond) : parsed.diagnostics();
  };
  EXPECT_EQ(seconds("30s"), "30");
  EXPECT_EQ(seconds("5m"), "300");
  EXPECT_EQ(seconds("1h"), "3600");
  EXPECT_EQ(seconds("2d"), "172800");
  EXPECT_EQ(seconds("1w"), "604800");  // pySigma
  EXPECT_EQ(seconds("1M"), "2629746");
  EXPECT_EQ(seconds("1y"), "31556952");
  for (const char* bad : {"5", "m", "5x", "-5m", "0s", "1.5h", "1h30m", "99999999999999999999s", "9000000y", "5 m"}) {
    EXPECT_EQ(seconds(bad), fmt::format("SIG042 `{}`", bad));
  }
}

TEST(CorrelationDocument, WhatIsMissing) {
  EXPECT_EQ(reported(""), "SIG002 `correlation`");
  EXPECT_EQ(reported("type: event_count"), "SIG002 `correlation`; SIG002 `correlation`");
  EXPECT_EQ(reported("type: event_count, rules: [], timespan: 1m, condition: {gte: 1}"), "SIG010 `rules`");
  EXPECT_EQ(reported("type: event_count, rules: [a], condition: {gte: 1}"), "SIG002 `correlation`");
  EXPECT_EQ(reported("type: event_count, rules: [a], timespan: 1m"), "SIG002 `correlation`");
  EXPECT_EQ(reported("type: value_count, rules: [a], timespan: 1m, condition: {gte: 1}"), "SIG002 `condition`");
  EXPECT_EQ(reported("type: value_percentile, rules: [a], timespan: 1m, condition: {gte: 1, field: f}"),
            "SIG002 `condition`");
}

TEST(CorrelationDocument, WhatIsWrong) {
  EXPECT_EQ(reported("type: event_cuont, rules: [a], timespan: 1m, condition: {gte: 1}"), "SIG040 `event_cuont`");
  EXPECT_EQ(reported("type: temporal, rules: [a], timespan: 1m, groupby: [x]"), "SIG041 `groupby`");
  EXPECT_EQ(reported("type: event_count, rules: [a], timespan: 1m, condition: {ge: 1}"), "SIG041 `ge`");
  EXPECT_EQ(reported("type: temporal, rules: [a, a], timespan: 1m"), "SIG046 `a`");
  EXPECT_EQ(reported("type: temporal, rules: [[a]], timespan: 1m"), "SIG003 `[a`");
  EXPECT_EQ(reported("type: temporal, rules: [a], timespan: 1m, generate: maybe"), "SIG003 `maybe`");
  EXPECT_EQ(reported("type: temporal, rules: [a], timespan: 1m, aliases: [x]"), "SIG003 `aliases`");
  EXPECT_EQ(reported("type: temporal, rules: [a], timespan: 1m, aliases: {x: {a: f}}"), "SIG049 `x`");
}

TEST(CorrelationDocument, Thresholds) {
  const auto condition = [](std::string_view type, std::string_view text) {
    return reported(fmt::format("type: {}, rules: [a, b], timespan: 1m, condition: {{{}}}", type, text));
  };
  EXPECT_EQ(condition("event_count", "gte: ten"), "SIG043 `ten`");
  EXPECT_EQ(condition("event_count", "gte: 2.5"), "SIG043 `2.5`");
  EXPECT_EQ(condition("event_count", "gte: nan"), "SIG043 `nan`");
  EXPECT_EQ(condition("event_count", "gte: true"), "SIG043 `true`");
  EXPECT_EQ(condition("value_avg", "gte: 2.5, field: x"), "");
  EXPECT_EQ(condition("event_count", "eq: 0"), "SIG043 `eq: 0`") << "a window begins with an event";
  EXPECT_EQ(condition("event_count", "lt: 1"), "SIG043 `lt: 1`");
  EXPECT_EQ(condition("event_count", "gt: 5, lt: 6"), "SIG043 `gt: 5`");
  EXPECT_EQ(condition("value_sum", "gt: 5, lt: 6, field: x"), "");
  EXPECT_EQ(condition("temporal", "gte: 3"), "SIG043 `gte: 3`") << "of two rules";
  EXPECT_EQ(condition("event_count", "gte: 1, field: x"), "SIG044 `x`");
  EXPECT_EQ(condition("value_sum", "gte: 1, field: [x, y]"), "SIG044 `y`");
  EXPECT_EQ(condition("value_count", "field: x"), "SIG044 `condition`");
  EXPECT_EQ(condition("value_percentile", "gte: 1, field: x, percentile: 101"), "SIG043 `percentile: 101`");
  EXPECT_EQ(condition("value_median", "gte: 1, field: x, percentile: 50"), "SIG044 `percentile: 50`");
}

TEST(CorrelationDocument, ExtendedConditions) {
  EXPECT_EQ(combinations("a and not b"), "a!b");
  EXPECT_EQ(combinations("a and b or c"), "ab | c");
  EXPECT_EQ(combinations("a and (b or not c)"), "ab | a!c");
  EXPECT_EQ(combinations("a and not (b or c)"), "a!b!c");
  EXPECT_EQ(combinations("a and not (b and c)"), "a!b | a!c");
  EXPECT_EQ(combinations("not a"), "SIG044 `not a`");
  EXPECT_EQ(combinations("a or not b"), "SIG044 `a or not b`");
  EXPECT_EQ(combinations("a and not a"), "SIG044 `a and not a`");
  EXPECT_EQ(combinations("1 of a"), "SIG044 `1 of a`");
  EXPECT_EQ(combinations("a and"), "SIG020 ``");
}

TEST(CorrelationDocument, ExtendedConditionsAndTheirRules) {
  EXPECT_EQ(reported("type: temporal, rules: [a, b], timespan: 1m, condition: a and c"), "SIG044 `c`");
  EXPECT_EQ(reported("type: temporal, rules: [a, b, c], timespan: 1m, condition: a and b"), "SIG044 `c`");
  EXPECT_EQ(reported("type: event_count, rules: [a], timespan: 1m, condition: a"), "SIG044 `a`");
  EXPECT_EQ(reported("type: temporal_extended, rules: [a], timespan: 1m"), "SIG002 `correlation`");
  EXPECT_EQ(reported("type: temporal_ordered_extended, timespan: 1m, condition: a and not b"), "");
}

TEST(CorrelationDocument, TooManyAlternatives) {
  std::string condition = "(a0 or b0)";
  for (int i = 1; i < 8; ++i) condition += fmt::format(" and (a{0} or b{0})", i);
  EXPECT_TRUE(combinations(condition).starts_with("SIG008"));
}

// --- linking -------------------------------------------------------------------------------------------

/// Links the documents of a text; those without `correlation` are rules.
struct Linked {
  SourceMap sources;
  DiagnosticSink sink;
  std::vector<std::unique_ptr<Correlation>> parsed;
  std::vector<RuleIdentity> identities;
  std::vector<LinkedCorrelation> links;

  explicit Linked(const std::vector<std::string>& files) {
    for (const std::string& text : files) {
      const FileId file = sources.add("f.yml", text);
      for (const yaml::NodePtr& root : yaml::parse(file, sources, sink).roots) add(*root, file);
    }
    links = link_correlations(identities, sink);
  }
  void add(const yaml::Node& root, FileId file) {
    RuleIdentity identity;
    identity.id = identity.title = std::string(root.text_of("title"));
    identity.name = std::string(root.text_of("name"));
    identity.file = file;
    identity.span = root.span;
    if (document_kind(root) == DocumentKind::Correlation) {
      Result<Correlation> result = parse_correlation(root, sink);
      identity.refused = !result;
      if (result) identity.correlation = parsed.emplace_back(std::make_unique<Correlation>(std::move(*result))).get();
    }
    identities.push_back(std::move(identity));
  }
  /// "c(a b)" for each, in their order.
  [[nodiscard]] std::string text() const {
    if (!sink.all().empty()) return diagnostics_of(sink, sources);
    std::string out;
    for (const LinkedCorrelation& link : links) {
      out += fmt::format("{}{}(", out.empty() ? "" : " ", identities[link.self].id);
      for (size_t i = 0; i < link.rules.size(); ++i) {
        out += fmt::format("{}{}", i == 0 ? "" : " ", identities[link.rules[i]].id);
      }
      out += ")";
    }
    return out;
  }
};

std::string correlation(std::string_view title, std::string_view rules, std::string_view more = "") {
  return fmt::format("title: {}\nname: n_{}\ncorrelation: {{type: temporal, rules: [{}], timespan: 1m{}}}\n---\n",
                     title, title, rules, more);
}
std::string rule(std::string_view title) { return fmt::format("title: {}\nname: n_{}\n---\n", title, title); }

TEST(CorrelationLinks, ByIdAndByName) {
  EXPECT_EQ(Linked({correlation("C", "A, n_B") + rule("A") + rule("B")}).text(), "C(A B)");
}

TEST(CorrelationLinks, WhatIsReferredToComesFirst) {
  EXPECT_EQ(Linked({correlation("D", "C, n_A") + correlation("C", "n_A") + rule("A")}).text(), "C(A) D(C A)");
}

TEST(CorrelationLinks, NamesOfTheSameFileComeFirst) {
  const std::string other = "title: Other\nname: n_A\n---\n";
  EXPECT_EQ(Linked({other, correlation("C", "n_A") + rule("A")}).text(), "C(A)");
  EXPECT_EQ(Linked({other, rule("A"), correlation("C", "n_A")}).text(), "SIG046 `n_A`");
}

TEST(CorrelationLinks, Missing) {
  const Linked linked({correlation("C", "n_fall") + rule("fail")});
  EXPECT_EQ(linked.text(), "SIG045 `n_fall`");
  EXPECT_EQ(linked.sink.all().front().hint, "did you mean `n_fail`?");
}

TEST(CorrelationLinks, Circles) {
  EXPECT_EQ(Linked({correlation("C", "C")}).text(), "SIG047 `C`");
  EXPECT_EQ(Linked({correlation("C", "D") + correlation("D", "E") + correlation("E", "C")}).text(),
            "SIG047 `C`; SIG045 `E`; SIG045 `D`");
}

TEST(CorrelationLinks, ALongChainNeedsNoStack) {
  std::string text;
  for (int i = 0; i < 3'000; ++i) text += correlation(fmt::format("C{}", i), fmt::format("C{}", i + 1));
  EXPECT_EQ(Linked({text + rule("C3000")}).links.size(), 3'000U);
}

TEST(CorrelationLinks, Aliases) {
  const std::string aliases = ", group-by: [x, y], aliases: {x: {n_A: f, B: g}}";
  const Linked linked({correlation("C", "A, n_B", aliases) + rule("A") + rule("B")});
  ASSERT_EQ(linked.text(), "C(A B)");
  EXPECT_EQ(linked.links[0].field("x", 0), "f");
  EXPECT_EQ(linked.links[0].field("x", 1), "g");
  EXPECT_EQ(linked.links[0].field("y", 1), "y");
  EXPECT_EQ(Linked({correlation("C", "A", ", group-by: x, aliases: {x: {n_B: f}}") + rule("A") + rule("B")}).text(),
            "SIG048 `n_B`");
}

}  // namespace
}  // namespace hecate::sigma::test
