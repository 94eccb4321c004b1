// The caches of the stream engine against the slow evaluator: random rules, random events, the same findings.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "engine/hunt.h"

namespace hecate::engine {
namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  size_t below(size_t count) { return random_() % count; }
  template <size_t N>
  std::string_view of(const std::array<std::string_view, N>& choices) {
    return choices[below(N)];
  }

 private:
  std::mt19937 random_;
};

// Pieces that values and patterns share, so that they meet; with what folds, escapes and needs care.
constexpr std::array<std::string_view, 12> kPieces{"cmd", "CMD", ".exe",         "\\\\", "-",     " /c ",
                                                   "é",   "É",   "\xE2\x84\xAA", "7",    "power", "a"};
constexpr std::array<std::string_view, 4> kFields{"Image", "CommandLine", "User", "EventID"};
constexpr std::array<std::string_view, 10> kModifiers{
    "",    "|contains", "|startswith",       "|endswith", "|contains|all",
    "|re", "|cased",    "|windash|contains", "|gt",       "|exists"};

std::string pieces(Dice& dice) {
  std::string text;
  for (size_t n = dice.below(4); n > 0; --n) text += dice.of(kPieces);
  return text;
}

std::string pattern(Dice& dice, std::string_view modifier) {
  if (modifier == "|gt") return std::to_string(dice.below(9));
  if (modifier == "|exists") return dice.below(2) == 0 ? "true" : "false";
  if (modifier == "|re") {
    constexpr std::array<std::string_view, 6> kRegexes{"cmd.*exe", "(?i)CMD|power", "^a",
                                                       "7$",       "[c-d]{2,}",     "\\.exe( /c)?"};
    return fmt::format("'{}'", dice.of(kRegexes));
  }
  if (modifier.empty() && dice.below(5) == 0) return "null";
  std::string text = pieces(dice);
  if (dice.below(4) == 0) text += dice.below(2) == 0 ? "*" : "?";
  if (text.empty() && modifier != "") text = "a";
  return fmt::format("'{}'", text);
}

std::string search(Dice& dice, std::string_view name) {
  std::string out = fmt::format("  {}:\n", name);
  const bool list = dice.below(3) == 0;
  std::string_view used;
  for (size_t n = 1 + dice.below(2); n > 0; --n) {
    const std::string_view field = dice.of(kFields);
    if (field == used) continue;  // no key twice
    used = field;
    const std::string_view modifier = dice.of(kModifiers);
    out += fmt::format("    {}{}{}:\n", list ? "- " : "", field, modifier);
    const bool single = modifier == "|gt" || modifier == "|exists";
    for (size_t v = single ? 1 : 1 + dice.below(3); v > 0; --v) {
      out += fmt::format("    {}  - {}\n", list ? "  " : "", pattern(dice, modifier));
    }
  }
  return out;
}

std::string rule(Dice& dice, size_t number) {
  constexpr std::array<std::string_view, 8> kConditions{
      "a", "not a", "a and b", "a or b", "a and not b", "1 of them", "not (a or b)", "(a and not b) or c"};
  std::string out = fmt::format("title: Rule {}\nid: r{}\nlogsource: {{product: linux}}\ndetection:\n", number, number);
  for (const std::string_view name : {"a", "b", "c"}) out += search(dice, name);
  if (dice.below(6) == 0) out += "  k: [cmd, power]\n";
  return out + fmt::format("  condition: {}\n", dice.of(kConditions));
}

std::string event(Dice& dice) {
  std::string out = "{";
  for (const std::string_view field : kFields) {
    const size_t kind = dice.below(12);
    if (kind == 0) continue;
    out += fmt::format("{}\"{}\":", out.size() > 1 ? "," : "", field);
    if (kind == 1) {
      out += "null";
    } else if (kind == 2) {
      out += fmt::format("[\"{}\",\"{}\"]", pieces(dice), pieces(dice));
    } else if (kind == 3) {
      out += "{\"x\":1}";
    } else if (kind < 6) {
      out += std::to_string(dice.below(10));
    } else {
      out += fmt::format("\"{}{}\"", pieces(dice), dice.below(8) == 0 ? "\\u0041" : "");
    }
  }
  return out + "}\n";
}

std::vector<std::string> findings(const Ruleset& rules, const std::string& events, RecordType assume,
                                  stream::Evaluation evaluation) {
  DiagnosticSink sink;
  HuntOptions options;
  options.text = &events;
  options.assume = assume;
  options.evaluation = evaluation;
  std::vector<std::string> out;
  (void)hunt(
      rules, options, [&](Finding&& f) { out.push_back(fmt::format("{}#{}", f.detection->id, f.source->record)); },
      sink);
  return out;
}

TEST(Evaluations, CachesProgramAndReferenceAgree) {
  SourceMap sources;
  DiagnosticSink sink;
  auto catalog = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  const auto type = catalog->find("sysmon_linux.file_create");
  ASSERT_TRUE(type.has_value());
  size_t found = 0;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Dice dice(seed);
    content::Content content;
    for (size_t i = 0; i < 12; ++i) {
      content::load_text(fmt::format("r{}.yml", i), rule(dice, i), content, sources, sink);
    }
    const Ruleset rules(std::move(content), *catalog, {}, sink);
    std::string events;
    for (int i = 0; i < 150; ++i) events += event(dice);
    const auto slow = findings(rules, events, *type, stream::Evaluation::Reference);
    EXPECT_EQ(findings(rules, events, *type, stream::Evaluation::Caches), slow) << "seed " << seed;
    EXPECT_EQ(findings(rules, events, *type, stream::Evaluation::Program), slow) << "seed " << seed;
    found += slow.size();
  }
  EXPECT_GT(found, 1000U) << "rules and events meet";
  EXPECT_LT(sink.errors(), 200U) << "most rules compile";
}

}  // namespace
}  // namespace hecate::engine
