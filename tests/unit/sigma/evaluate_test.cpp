#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "exec/reference/reference.h"
#include "support.h"

// What rules mean, through the reference evaluator.
namespace hecate::sigma {
namespace {

using test::Compiled;
using test::rule_with;
using test::selection;

using Event = std::map<std::string, OwnedValue, std::less<>>;

OwnedValue text(std::string value) { return OwnedValue::string(std::move(value)); }
OwnedValue number(int64_t value) { return OwnedValue(Value::integer(value)); }

bool matches(const std::string& rule, const Event& event) {
  const Compiled compiled(rule);
  if (!compiled.rule) {
    ADD_FAILURE() << compiled.diagnostics();
    return false;
  }
  const Plan& plan = compiled.rule->plan;
  Arena arena;
  const RunParameters run;
  EvalContext context{arena, run};
  reference::Bindings bindings;
  bindings.column = [&](ColumnId id) {
    const auto found = event.find(plan.column(id).name);
    return found == event.end() ? Value::null() : found->second.get();
  };
  const Value value = reference::evaluate(*std::get<hecate::Filter>(plan.nodes.back().op).predicate, bindings, context);
  // Every predicate of Sigma is two-valued, whatever the event lacks.
  EXPECT_EQ(value.kind(), Kind::Bool) << compiled.predicate();
  return value.is_true();
}

/// One item over a field F.
bool holds(std::string_view item, OwnedValue value) {
  return matches(selection(fmt::format("        {}", item)), {{"F", std::move(value)}});
}
bool holds_absent(std::string_view item) { return matches(selection(fmt::format("        {}", item)), {}); }

// Rules Specification 2.1, "General": "All values are treated as case-insensitive strings."
TEST(SigmaMeaning, TextsIgnoreCase) {
  EXPECT_TRUE(holds("F: WhoAmI", text("whoami")));
  EXPECT_TRUE(holds("F: 'STRASSE'", text("strasse")));
  EXPECT_TRUE(holds("F: '\xC3\x84*'", text("\xC3\xA4rger")));
  EXPECT_FALSE(holds("F|cased: WhoAmI", text("whoami")));
  EXPECT_FALSE(holds("F|re: A", text("a")));
  EXPECT_TRUE(holds("F|re|i: A", text("a")));
}

TEST(SigmaMeaning, NumbersAreTexts) {
  EXPECT_TRUE(holds("F: 4625", text("4625")));
  EXPECT_TRUE(holds("F: '4625'", number(4625)));
  EXPECT_TRUE(holds("F: true", OwnedValue(Value::boolean(true))));
  EXPECT_TRUE(holds("F: true", text("True")));
}

TEST(SigmaMeaning, Wildcards) {
  EXPECT_TRUE(holds("F: 'a*c'", text("a\nb\nc")));  // `*` runs over line breaks
  EXPECT_TRUE(holds("F: 'a?c'", text("a\xC3\xBC"
                                     "c")));    // `?` is one character, not one byte
  EXPECT_FALSE(holds("F: 'a?c'", text("ac")));  // "a single mandatory character"
  EXPECT_TRUE(holds(R"(F: 'a\*c')", text("a*c")));
  EXPECT_FALSE(holds(R"(F: 'a\*c')", text("abc")));
  EXPECT_TRUE(holds(R"(F: '*\\*.exe')", text(R"(C:\a.exe)")));
  EXPECT_TRUE(holds(R"(F|endswith: '\cmd.exe')", text(R"(C:\Windows\CMD.EXE)")));
}

TEST(SigmaMeaning, AbsentNullAndEmpty) {
  EXPECT_TRUE(holds("F: '*'", text("")));
  EXPECT_FALSE(holds_absent("F: '*'"));
  EXPECT_FALSE(holds("F: '*'", OwnedValue(Value::json_null())));
  EXPECT_TRUE(holds("F: ''", text("")));
  EXPECT_FALSE(holds_absent("F: ''"));
  EXPECT_TRUE(holds_absent("F: null"));
  EXPECT_TRUE(holds("F: null", OwnedValue(Value::json_null())));
  EXPECT_FALSE(holds("F: null", text("")));
}

// "Note that this check only verifies the presence of a field, not its value, be it empty or null."
TEST(SigmaMeaning, Exists) {
  EXPECT_TRUE(holds("F|exists: true", text("")));
  EXPECT_TRUE(holds("F|exists: true", OwnedValue(Value::json_null())));
  EXPECT_FALSE(holds_absent("F|exists: true"));
  EXPECT_TRUE(holds_absent("F|exists: false"));
}

TEST(SigmaMeaning, NotKeepsEventsWithoutTheField) {
  const auto negated = [](std::string_view item) {
    return matches(rule_with(fmt::format("    s:\n        {}\n    condition: not s", item)), {});
  };
  for (const std::string_view item :
       {"F: a", "F|re: a", "F|cidr: 10.0.0.0/8", "F|lt: 5", "F|hour: 3", "F|fieldref: G"}) {
    EXPECT_TRUE(negated(item)) << item;
  }
  EXPECT_TRUE(holds_absent("F|neq: a"));
}

TEST(SigmaMeaning, ManyValues) {
  EXPECT_TRUE(holds("F: b", OwnedValue::many({"a", "b"})));
  EXPECT_TRUE(holds("F|contains|all: [a, b]", OwnedValue::many({"xa", "xb"})));
  EXPECT_FALSE(holds("F|neq: b", OwnedValue::many({"a", "b"})));
  EXPECT_TRUE(holds("F|gt: 5", OwnedValue::many({"1", "9"})));
  EXPECT_TRUE(holds("F|cidr: 10.0.0.0/8", OwnedValue::many({"1.1.1.1", "10.1.1.1"})));
}

TEST(SigmaMeaning, Numbers) {
  EXPECT_TRUE(holds("F|lt: 10", text("9")));  // as numbers, not as texts
  EXPECT_FALSE(holds("F|lt: 10", text("10")));
  EXPECT_TRUE(holds("F|lte: 10", text("10.0")));
  EXPECT_TRUE(holds("F|gt: -1", number(0)));
  EXPECT_TRUE(holds("F|gte: 0.5", text(" 0.5 ")));
  EXPECT_FALSE(holds("F|gte: 0", text("many")));
  EXPECT_FALSE(holds("F|gte: 0", text("inf")));
  EXPECT_FALSE(holds("F|gt: 9223372036854775806", text("9223372036854775806")));
  EXPECT_TRUE(holds("F|gt: 9223372036854775806", text("9223372036854775807")));
}

TEST(SigmaMeaning, Networks) {
  EXPECT_TRUE(holds("F|cidr: 10.0.0.0/8", text("10.255.0.1")));
  EXPECT_FALSE(holds("F|cidr: 10.0.0.0/8", text("11.0.0.1")));
  EXPECT_FALSE(holds("F|cidr: 10.0.0.0/8", text("10.0.0")));
  EXPECT_TRUE(holds("F|cidr: 10.1.2.3/8", text("10.9.9.9")));  // bits of the host do not count
  EXPECT_TRUE(holds("F|cidr: 192.168.1.128/25", text("192.168.1.200")));
  EXPECT_FALSE(holds("F|cidr: 192.168.1.128/25", text("192.168.1.100")));
  EXPECT_TRUE(holds("F|cidr: 0.0.0.0/0", text("8.8.8.8")));
  EXPECT_FALSE(holds("F|cidr: 0.0.0.0/0", text("::1")));
  EXPECT_TRUE(holds("F|cidr: '::1/128'", text("0:0:0:0:0:0:0:1")));
  EXPECT_TRUE(holds("F|cidr: 'fe80::/10'", text("FE80::1%eth0")));
  EXPECT_TRUE(holds("F|cidr: 10.0.0.0/8", text("::ffff:10.0.0.1")));
  EXPECT_TRUE(holds("F|cidr: '::ffff:10.0.0.0/104'", text("10.0.0.1")));
  EXPECT_TRUE(holds("F|cidr: '::/0'", text("::ffff:10.0.0.1")));
}

TEST(SigmaMeaning, FieldReferences) {
  const auto holds_for = [](std::string_view item, OwnedValue left, OwnedValue right) {
    return matches(selection(fmt::format("        {}", item)), {{"F", std::move(left)}, {"G", std::move(right)}});
  };
  EXPECT_TRUE(holds_for("F|fieldref: G", text("Alice"), text("alice")));
  EXPECT_FALSE(holds_for("F|fieldref|cased: G", text("Alice"), text("alice")));
  EXPECT_TRUE(holds_for("F|fieldref|neq: G", text("Alice"), text("bob")));
  EXPECT_TRUE(holds_for("F|fieldref|endswith: G", text(R"(C:\Tools\X.exe)"), text("x.EXE")));
  EXPECT_TRUE(holds_for("F|fieldref|startswith: G", text("abc"), text("AB")));
  EXPECT_TRUE(holds_for("F|fieldref|contains: G", text("abc"), OwnedValue::many({"x", "B"})));
  EXPECT_FALSE(holds_for("F|fieldref: G", text("a"), OwnedValue(Value::json_null())));
}

TEST(SigmaMeaning, PartsOfATime) {
  EXPECT_TRUE(holds("F|hour|gte: 22", text("2024-03-05T22:01:02Z")));
  EXPECT_FALSE(holds("F|hour|gte: 22", text("2024-03-05 21:59:59.999")));
  EXPECT_TRUE(holds("F|minute: 1", text("2024-03-05T22:01:02Z")));
  EXPECT_TRUE(holds("F|day: 5", text("2024-03-05")));
  EXPECT_TRUE(holds("F|month: 3", text("2024-03-05")));
  EXPECT_TRUE(holds("F|year: 2024", text("2024-03-05")));
  EXPECT_TRUE(holds("F|year: 1970", number(0)));
  EXPECT_FALSE(holds("F|year: 1970", text("yesterday")));
}

// ISO 8601 weeks at the turn of the year.
TEST(SigmaMeaning, Weeks) {
  EXPECT_TRUE(holds("F|week: 1", text("2024-01-01")));
  EXPECT_TRUE(holds("F|week: 1", text("2024-12-30")));  // Monday of week 1 of 2025
  EXPECT_TRUE(holds("F|week: 53", text("2020-12-31")));
  EXPECT_TRUE(holds("F|week: 53", text("2021-01-03")));  // Sunday of week 53 of 2020
  EXPECT_TRUE(holds("F|week: 52", text("2022-01-02")));
  EXPECT_TRUE(holds("F|week: 53", text("2016-01-01")));
  EXPECT_TRUE(holds("F|week: 10", text("2024-03-05")));
}

TEST(SigmaMeaning, Windash) {
  for (const std::string_view dash : {"-", "/", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95"}) {
    EXPECT_TRUE(holds("F|contains|windash: ' -enc '", text(fmt::format("powershell {}ENC x", dash))));
    const std::string many = fmt::format("{0}a {0}b {0}c {0}d {0}e", dash);
    EXPECT_TRUE(holds("F|windash: '-a -b -c -d -e'", text(many)));
    EXPECT_TRUE(holds("F|windash|contains: '-B -c -d -e -f'", text("x" + many + " " + std::string(dash) + "f y")))
        << many;
  }
  EXPECT_FALSE(holds("F|windash: '-a -b -c -d -e'", text("-a -b -c -d e")));
}

// Base64 of "IEX (", "xIEX (y" and "xxIEX (yy": the value at each of the three offsets.
TEST(SigmaMeaning, Base64Offset) {
  for (const std::string_view encoded : {"SUVYICg=", "eElFWCAoeQ==", "eHhJRVggKHl5"}) {
    EXPECT_TRUE(holds("F|base64offset|contains: 'IEX ('", text(std::string(encoded)))) << encoded;
  }
  EXPECT_FALSE(holds("F|base64offset|contains: 'IEX ('", text("SUVYIFs=")));
}

TEST(SigmaMeaning, Keywords) {
  const std::string rule =
      selection("        '|all':\n            - 'OabVirtualDirectory'\n            - ' -ExternalUrl '");
  EXPECT_TRUE(matches(rule, {{"_raw", text("x oabvirtualdirectory -externalurl y")}}));
  EXPECT_FALSE(matches(rule, {{"_raw", text("x oabvirtualdirectory y")}}));
}

// What a network's text says is kept between events: more of them than are kept, in turns.
TEST(SigmaMeaning, ManyNetworks) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1'000; ++i) {
      const std::string item = fmt::format("F|cidr: 10.{}.{}.0/24", i / 256, i % 256);
      ASSERT_TRUE(holds(item, text(fmt::format("10.{}.{}.7", i / 256, i % 256)))) << item;
      ASSERT_FALSE(holds(item, text(fmt::format("10.{}.{}.7", i / 256, (i + 1) % 256)))) << item;
    }
  }
}

}  // namespace
}  // namespace hecate::sigma
