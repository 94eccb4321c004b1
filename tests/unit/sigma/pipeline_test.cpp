#include "lang/sigma/pattern.h"
#include "lang/sigma/python_regex.h"
#include "support.h"

// Processing pipelines. What transformations do to events is pinned in tests/cases/sigma/pipelines*.case; here are
// the format's errors, the text functions behind it, and what a rule becomes. A YAML list or mapping in brackets ends,
// for its span, with its last item.
namespace hecate::sigma {
namespace {

using test::Compiled;
using test::selection;

/// A pipeline and a rule, and the outcome of both.
struct Piped {
  SourceMap sources;
  DiagnosticSink sink;
  Pipelines pipelines;
  bool added = true;
  std::optional<Rule> rule;

  Piped(const std::vector<std::string>& texts, std::string_view rule_text, std::string_view values = {}) {
    for (const std::string& text : texts) {
      const auto document = parse(text);
      added = document != nullptr && pipelines.add(*document, sink) && added;
    }
    if (!values.empty()) added = pipelines.add_values(*parse(std::string(values)), sink) && added;
    if (!added || rule_text.empty()) return;
    if (Result<Rule> result = compile_rule(*parse(std::string(rule_text)), sink, pipelines)) rule = std::move(*result);
  }

  yaml::NodePtr parse(std::string text) {
    const FileId file = sources.add("text.yml", std::move(text));
    const yaml::Documents documents = yaml::parse(file, sources, sink);
    return documents.roots.empty() ? nullptr : documents.roots.front();
  }

  [[nodiscard]] std::string predicate() const {
    return rule ? dump(*std::get<hecate::Filter>(rule->plan.nodes.back().op).predicate) : errors();
  }

  [[nodiscard]] std::string errors() const {
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) {
      const Span span = diagnostic.primary.span;
      out += (out.empty() ? "" : "; ") + std::string(diagnostic.code->id);
      EXPECT_TRUE(span.known()) << diagnostic.message;
      if (span.known()) out += fmt::format(" `{}`", sources.text(span.file).substr(span.begin, span.end - span.begin));
    }
    return out;
  }
};

std::string errors(const std::string& pipeline) { return Piped({pipeline}, {}).errors(); }

std::string transformation(std::string_view lines) { return fmt::format("transformations:\n{}", lines); }

TEST(SigmaPipeline, ErrorsHaveTheirPlace) {
  EXPECT_EQ(errors("transformation: []"), "SIG061 `transformation`");
  EXPECT_EQ(errors("priority: high\ntransformations: []"), "SIG060 `high`");
  EXPECT_EQ(errors("transformations: {a: 1}"), "SIG060 `{a: 1`");
  EXPECT_EQ(errors("vars: [a]"), "SIG060 `[a`");
  EXPECT_EQ(errors("vars: {a: {b: c}}"), "SIG060 `{b: c`");
  EXPECT_EQ(errors(transformation("  - type: field_name_maping\n")), "SIG061 `field_name_maping`");
  EXPECT_EQ(errors(transformation("  - type: field_name_mapping\n    maping: {a: b}\n")),
            "SIG061 `maping`; SIG060 `type: field_name_mapping\n    maping: {a: b`");
  EXPECT_EQ(errors(transformation("  - type: field_name_mapping\n    mapping: [a]\n")), "SIG060 `[a`");
  EXPECT_EQ(errors(transformation("  - type: replace_string\n    regex: '(a'\n    replacement: b\n")), "SIG060 `(a`");
  EXPECT_EQ(errors(transformation("  - type: replace_string\n    regex: '(a)'\n    replacement: '\\2'\n")),
            "SIG060 `\\2`");
  EXPECT_EQ(errors(transformation("  - type: add_condition\n    conditions: {'a|contians': b}\n")),
            "SIG011 `contians`");
  EXPECT_EQ(errors(transformation("  - type: change_logsource\n")), "SIG060 `type: change_logsource`");
  EXPECT_EQ(errors(transformation("  - type: set_value\n    value: a\n    force_type: num\n")), "SIG060 `a`");
  EXPECT_EQ(errors(transformation("  - type: value_placeholders\n    include: [a]\n    exclude: [b]\n")),
            "SIG060 `[b`");
}

TEST(SigmaPipeline, WhatCannotWorkIsRefusedByName) {
  for (const std::string_view name : {"query_expression_placeholders", "field_name_transform", "file_placeholders",
                                      "http_placeholders", "command_placeholders"}) {
    EXPECT_EQ(errors(transformation(fmt::format("  - type: {}\n", name))), fmt::format("SIG062 `{}`", name));
  }
  // Postprocessing and finalizers make query text, of which there is none: named, and no error.
  EXPECT_EQ(errors("postprocessing:\n  - type: embed\n    prefix: x\nfinalizers:\n  - type: concat\n"),
            "SIG063 `embed`; SIG063 `concat`");
  EXPECT_EQ(errors("allowed_backends: [splunk]"), "SIG063 `[splunk`");
}

TEST(SigmaPipeline, ConditionsAreChecked) {
  const auto with = [](std::string_view lines) {
    return errors(transformation(fmt::format("  - type: drop_detection_item\n{}\n", lines)));
  };
  EXPECT_EQ(with("    rule_conditions:\n      - type: logsourc\n"), "SIG061 `logsourc`");
  EXPECT_EQ(with("    rule_conditions:\n      - type: include_fields\n        fields: [a]\n"),
            "SIG061 `include_fields`");
  EXPECT_EQ(with("    rule_cond_op: xor\n"), "SIG060 `xor`");
  EXPECT_EQ(with("    rule_conditions:\n      a: {type: is_sigma_rule}\n    rule_cond_expr: a and b\n"), "SIG060 `b`");
  EXPECT_EQ(with("    rule_conditions:\n      - type: is_sigma_rule\n    rule_cond_expr: a\n"), "SIG060 `a`");
  EXPECT_EQ(with("    rule_conditions:\n      a: {type: is_sigma_rule}\n    rule_cond_op: or\n    rule_cond_expr: a\n"),
            "SIG060 `or`");
  EXPECT_EQ(
      with("    detection_item_conditions:\n      - type: match_string\n        cond: some\n        pattern: a\n"),
      "SIG060 `some`");
  EXPECT_EQ(with("    field_name_conditions:\n      - type: include_fields\n        mode: re\n        fields: ['[']\n"),
            "SIG060 `[`");
}

TEST(SigmaPipeline, RefusesRules) {
  const std::string rule = selection("        F: x\n        G: y");
  EXPECT_EQ(Piped({transformation("  - type: rule_failure\n    message: not here\n")}, rule).errors(), "SIG064 `T`");
  EXPECT_EQ(Piped({transformation("  - type: detection_item_failure\n    message: no G\n    field_name_conditions:\n"
                                  "      - {type: include_fields, fields: [G]}\n")},
                  rule)
                .errors(),
            "SIG064 `G: y`");
  const std::string strict =
      transformation("  - type: field_name_mapping\n    mapping: {F: f}\n  - type: strict_field_mapping_failure\n");
  EXPECT_EQ(Piped({strict}, rule).errors(), "SIG064 `G`");
  EXPECT_EQ(Piped({strict}, selection("        F: x")).predicate(), "(match equals ci c0 \"x\")");
  EXPECT_EQ(Piped({transformation("  - type: drop_detection_item\n")}, rule).errors(), "SIG066 `T`");
  EXPECT_EQ(Piped({transformation("  - type: convert_type\n    target_type: num\n")}, rule).errors(), "SIG065 `x`");
  // A value that no longer fits the modifier is found, too.
  EXPECT_EQ(Piped({transformation("  - type: hashes_fields\n    valid_hash_algos: [MD5]\n")},
                  selection("        Hashes: SHA1=aa"))
                .errors(),
            "SIG065 `Hashes: SHA1=aa`");
}

TEST(SigmaPipeline, ValuesStandInForPlaceholders) {
  const std::string rule = selection("        F|expand: '%a%%b%'");
  EXPECT_EQ(Piped({}, rule, "{a: x, b: [1, 2]}").predicate(), "(match equals ci c0 \"x1\" \"x2\")");
  // A pipeline's own values come first.
  EXPECT_EQ(
      Piped({"vars: {a: y}\ntransformations:\n  - type: value_placeholders\n    include: [a]\n"}, rule, "{a: x, b: 1}")
          .predicate(),
      "(match equals ci c0 \"y1\")");
  EXPECT_EQ(Piped({}, rule, "{a: x}").errors(), "SIG016 `%a%%b%`");
}

TEST(SigmaPipeline, BoundsWhatPlaceholdersMake) {
  std::string list;
  for (int i = 0; i < 1000; ++i) list += fmt::format("{}, ", i);
  const std::string rule = selection("        F|expand: '%a%%a%%a%'");
  EXPECT_EQ(Piped({}, rule, fmt::format("a: [{}]", list)).errors(), "SIG008 `%a%%a%%a%`");
}

TEST(SigmaPipeline, ChangesLogsourceAndFields) {
  const std::string pipeline =
      "transformations:\n"
      "  - {type: change_logsource, product: linux, service: auditd}\n"
      "  - {type: set_field, fields: [A, B]}\n"
      "  - {type: add_field, field: C}\n"
      "  - {type: remove_field, field: [B, X]}\n"
      "  - {type: field_name_mapping, mapping: {C: [c1, c2], F: f}}\n";
  const Piped piped({pipeline}, selection("        F: x"));
  ASSERT_TRUE(piped.rule) << piped.errors();
  EXPECT_EQ(piped.rule->metadata.logsource, (SigmaLogsource{"linux", "", "auditd"}));
  EXPECT_EQ(piped.rule->metadata.fields, (std::vector<std::string>{"A", "c1", "c2"}));
  EXPECT_EQ(std::get<SigmaLogsource>(piped.rule->plan.scan().dataset), (SigmaLogsource{"linux", "", "auditd"}));
  EXPECT_EQ(piped.rule->plan.scan().columns.front().field, "f");
}

TEST(SigmaPipeline, NestsNoDeeperThanItReads) {
  std::string text = "transformations: ";
  for (int i = 0; i < 5000; ++i) text += "[{type: nest, items: ";
  const Piped piped({text}, {});
  EXPECT_GT(piped.sink.errors(), 0U);
}

TEST(SigmaText, SourceParsesBack) {
  for (const std::string_view text :
       {"a", "a\\", "a\\\\*", "\\*", "\\?x*?", "\\\\\\*", "\\\\\\\\", "C:\\x\\*", "*", "", "a\\\\\\\\*", "%x%\\%"}) {
    const SigmaString string = SigmaString::parse(text);
    EXPECT_EQ(SigmaString::parse(string.source()), string) << text << " as " << string.source();
  }
  EXPECT_EQ(SigmaString::parse("C:\\a\\\\*\\*").plain(), "C:\\a\\*\\*");
}

TEST(PythonRegex, WorksAsPythonDoes) {
  PythonRegex::Error error;
  const auto regex = PythonRegex::compile("(?P<a>x)|(y)", error);
  ASSERT_TRUE(regex);
  EXPECT_TRUE(regex->match("xz"));
  EXPECT_FALSE(regex->match("zx"));
  std::string why;
  const auto replacement = PythonTemplate::parse("<\\g<a>\\2\\g<0>>\\n", *regex, why);
  ASSERT_TRUE(replacement) << why;
  bool limited = false;
  const auto all = regex->find_all("zxy", limited);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(replacement->expand(all[0]), "<xx>\n");
  EXPECT_EQ(replacement->expand(all[1]), "<yy>\n");
  // Empty matches: between all characters, and not twice at one place.
  const auto empty = PythonRegex::compile("b*", error);
  EXPECT_EQ(empty->find_all("abc", limited).size(), 4U);
  EXPECT_FALSE(limited);
  EXPECT_FALSE(PythonTemplate::parse("\\q", *regex, why));
  EXPECT_FALSE(PythonTemplate::parse("\\g<b>", *regex, why));
  EXPECT_FALSE(PythonTemplate::parse("x\\", *regex, why));
}

TEST(PythonRegex, GivesUpOnCatastrophes) {
  PythonRegex::Error error;
  const auto regex = PythonRegex::compile("(a+)+$", error);
  ASSERT_TRUE(regex);
  bool limited = false;
  (void)regex->find_all(std::string(64, 'a') + "!", limited);
  EXPECT_TRUE(limited);
}

}  // namespace
}  // namespace hecate::sigma
