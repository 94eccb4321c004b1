#include "lang/spl/functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "exec/functions/function.h"
#include "exec/functions/spl_functions.h"

namespace hecate {
namespace {

const Value kNull = Value::null();
Value text(std::string_view value) { return Value::string(value); }
Value number(double value) { return Value::real(value); }
Value integer(int64_t value) { return Value::integer(value); }

/// Calls by name; the result as JSON, or "undecided".
std::string run(std::string_view name, std::vector<Value> arguments, RunParameters run = {}) {
  const Function* function = find_function(name);
  if (function == nullptr) return "no such function";
  Arena arena;
  EvalContext context{arena, run};
  const Value result = call(*function, arguments, context);
  if (result.is_undecided()) return "undecided";
  std::string out;
  append_value_json(result, out);
  return out;
}

Value many(std::initializer_list<std::string_view> texts) {
  static Arena arena;
  const std::span<Value> values = arena.allocate_array<Value>(texts.size());
  size_t at = 0;
  for (const std::string_view each : texts) values[at++] = Value::string(each);
  return Value::many(values);
}

TEST(SplNumbers, HaveAStrictGrammar) {
  for (const std::string_view good : {"5", "-5", "+5", "5.", ".5", "5.25", "1e3", "1E-3", "0"})
    EXPECT_TRUE(spl::number_of(good)) << good;
  for (const std::string_view bad :
       {"", " 5", "5 ", "1_000", "inf", "nan", "NaN", "-", ".", "e5", "5e", "0x10", "1,000", "5.5.5", "٣", "1e999"}) {
    EXPECT_FALSE(spl::number_of(bad)) << bad;
  }
}

TEST(SplCompare, NumbersByValueTextsByBytes) {
  EXPECT_EQ(run("spl.eq", {text("5"), integer(5)}), "true");
  EXPECT_EQ(run("spl.eq", {text("5.0"), text("5")}), "true");
  EXPECT_EQ(run("spl.eq", {text("1_000"), integer(1000)}), "false");
  EXPECT_EQ(run("spl.lt", {text("10"), text("9")}), "false");
  EXPECT_EQ(run("spl.lt", {text("10a"), text("9")}), "true");
  EXPECT_EQ(run("spl.eq", {text("A"), text("a")}), "false");  // Search Reference, where: case-sensitive
  EXPECT_EQ(run("spl.eq", {text("9007199254740993"), text("9007199254740992")}), "false");  // equal as doubles
  EXPECT_EQ(run("spl.ge", {number(-0.0), integer(0)}), "true");
}

TEST(SplCompare, NullIsNotKnownInWhereAndFalseInSearch) {
  EXPECT_EQ(run("spl.eq", {kNull, text("a")}), "null");
  EXPECT_EQ(run("spl.ne", {kNull, text("a")}), "null");
  EXPECT_EQ(run("spl.search_gt", {kNull, text("5")}), "false");
  EXPECT_EQ(run("spl.search_cidr", {kNull, text("10.0.0.0/8")}), "false");
  EXPECT_EQ(run("spl.eq", {Value::undecided(), text("a")}), "undecided");
}

TEST(SplCompare, AnyOfSeveralValues) {
  EXPECT_EQ(run("spl.eq", {many({"a", "b"}), text("b")}), "true");
  EXPECT_EQ(run("spl.ne", {many({"a", "b"}), text("b")}), "false");
  EXPECT_EQ(run("spl.search_gt", {many({"1", "9"}), text("5")}), "true");
  EXPECT_EQ(run("spl.search_gt", {many({"1", "2"}), text("5")}), "false");
}

TEST(SplNetworks, BothFamilies) {
  EXPECT_EQ(run("spl.cidrmatch", {text("10.0.0.0/8"), text("10.255.1.2")}), "true");
  EXPECT_EQ(run("spl.cidrmatch", {text("10.0.0.0/8"), text("11.0.0.0")}), "false");
  EXPECT_EQ(run("spl.cidrmatch", {text("10.0.0.0/9"), text("10.128.0.0")}), "false");
  EXPECT_EQ(run("spl.cidrmatch", {text("0.0.0.0/0"), text("1.2.3.4")}), "true");
  EXPECT_EQ(run("spl.cidrmatch", {text("2001:db8::/32"), text("2001:db8:1::5")}), "true");
  EXPECT_EQ(run("spl.cidrmatch", {text("2001:db8::/32"), text("10.0.0.1")}), "false");
  for (const std::string_view bad : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "x", "", "10.0.0.0/", "10.0.0.0/8x"}) {
    EXPECT_EQ(run("spl.cidrmatch", {text(bad), text("10.0.0.1")}), "false") << bad;
  }
}

TEST(SplChoice, LooksAtNulls) {
  EXPECT_EQ(run("spl.coalesce", {kNull, text("b")}), "\"b\"");
  EXPECT_EQ(run("spl.if", {kNull, text("a"), text("b")}), "\"b\"");
  EXPECT_EQ(run("spl.case", {Value::boolean(false), integer(1), kNull, integer(2)}), "null");
  EXPECT_EQ(run("spl.isnull", {Value::json_null()}), "true");
  EXPECT_EQ(run("spl.isnum", {text(" 5 ")}), "false");
  EXPECT_EQ(run("spl.nullif", {text("a"), text("a")}), "null");
}

TEST(SplArithmetic, NullWhereThereIsNoResult) {
  EXPECT_EQ(run("spl.div", {integer(1), integer(0)}), "null");
  EXPECT_EQ(run("spl.mod", {integer(1), integer(0)}), "null");
  EXPECT_EQ(run("spl.sqrt", {integer(-1)}), "null");
  EXPECT_EQ(run("spl.add", {text("abc"), integer(1)}), "null");
  EXPECT_EQ(run("spl.plus", {text("1"), text("2.5")}), "\"3.5\"");
  EXPECT_EQ(run("spl.plus", {text("a"), text("b")}), "\"ab\"");
  EXPECT_EQ(run("spl.round", {number(2.5)}), "3");
  EXPECT_EQ(run("spl.round", {number(-1.005), integer(1)}), "-1");
  EXPECT_EQ(run("spl.round", {number(1), integer(99)}), "null");
  EXPECT_EQ(run("spl.exp", {integer(100000)}), "null");
  EXPECT_EQ(run("spl.tonumber", {text("ff"), integer(16)}), "255");
  EXPECT_EQ(run("spl.tonumber", {text("0x41"), integer(16)}), "65");
  EXPECT_EQ(run("spl.tonumber", {text("zz"), integer(99)}), "null");
  EXPECT_EQ(run("spl.max_of", {integer(5), text("a"), kNull}), "\"a\"");  // texts above numbers
}

TEST(SplTexts, CountCodePoints) {
  EXPECT_EQ(run("spl.len", {text("žluť")}), "4");
  EXPECT_EQ(run("spl.substr", {text("žluť"), integer(2), integer(2)}), "\"lu\"");
  EXPECT_EQ(run("spl.substr", {text("abc"), integer(-2)}), "\"bc\"");
  EXPECT_EQ(run("spl.substr", {text("abc"), number(1e300)}), "null");
  EXPECT_EQ(run("spl.upper", {text("žA\xFF")}), "\"ŽA\xEF\xBF\xBD\"");
  EXPECT_EQ(run("spl.trim", {text("//a/"), text("/")}), "\"a\"");
  EXPECT_EQ(run("spl.urldecode", {text("a%20b%zz%4")}), "\"a b%zz%4\"");
  EXPECT_EQ(run("spl.concat", {integer(1), text("a")}), "\"1a\"");
}

TEST(SplTexts, LikeAndRegex) {
  EXPECT_EQ(run("spl.like", {text("/usr/bin/curl"), text("%/curl")}), "true");
  EXPECT_EQ(run("spl.like", {text("/usr/bin/Curl"), text("%/curl")}), "false");
  EXPECT_EQ(run("spl.like", {text("ž"), text("_")}), "true");
  EXPECT_EQ(run("spl.like", {text(""), text("%")}), "true");
  EXPECT_EQ(run("spl.like", {text(std::string(20'000, 'a')), text("%a%a%a%a%a%a%a%b")}), "false");
  EXPECT_EQ(run("spl.match", {many({"x", "curl -k"}), text("(?<!\\w)-k")}), "true");
  EXPECT_EQ(run("spl.match", {text("x"), text("(")}), "false");
  EXPECT_EQ(run("spl.match", {text(std::string(40, 'a')), text("^(a+)+$b")}), "false");  // ends by the match limit
  EXPECT_EQ(run("spl.replace", {text("2024-01"), text("(\\d+)-(\\d+)"), text("\\2/\\1")}), "\"01/2024\"");
  EXPECT_EQ(run("spl.replace", {text("ab"), text(""), text("-")}), "\"-a-b-\"");
}

TEST(SplRex, TakesNamedGroups) {
  EXPECT_EQ(run("spl.rex", {text("a=1 a=2"), text("a=(?<x>\\d)"), text("x"), integer(1)}), "\"1\"");
  EXPECT_EQ(run("spl.rex", {text("a=1 a=2"), text("a=(?<x>\\d)"), text("x"), integer(0)}), "[\"1\",\"2\"]");
  EXPECT_EQ(run("spl.rex", {text("b"), text("a=(?<x>\\d)"), text("x"), integer(1)}), "null");
  EXPECT_EQ(run("spl.rex", {text("a"), text("a(?<x>b)?"), text("x"), integer(1)}), "null");
  EXPECT_EQ(run("spl.rex", {text("a"), text("a"), text("x"), integer(1)}), "null");
}

TEST(SplMany, Values) {
  EXPECT_EQ(run("spl.mvcount", {many({"a", "b"})}), "2");
  EXPECT_EQ(run("spl.mvcount", {text("a")}), "1");
  EXPECT_EQ(run("spl.mvcount", {kNull}), "null");
  EXPECT_EQ(run("spl.mvjoin", {many({"a", "b"}), text(" <- ")}), "\"a <- b\"");
  EXPECT_EQ(run("spl.mvindex", {many({"a", "b", "c"}), integer(-1)}), "\"c\"");
  EXPECT_EQ(run("spl.mvindex", {many({"a", "b", "c"}), integer(0), integer(1)}), "[\"a\",\"b\"]");
  EXPECT_EQ(run("spl.mvindex", {many({"a"}), integer(7)}), "null");
  EXPECT_EQ(run("spl.mvdedup", {many({"b", "a", "b"})}), "[\"b\",\"a\"]");
  EXPECT_EQ(run("spl.mvappend", {kNull, many({"b", "a"}), integer(1)}), "[\"b\",\"a\",\"1\"]");
  EXPECT_EQ(run("spl.mvfind", {many({"a", "adm"}), text("^ad")}), "1");
  EXPECT_EQ(run("spl.split", {text("a,b,"), text(",")}), "[\"a\",\"b\",\"\"]");
}

TEST(SplFunctions, EveryRowNamesAnExistingFunction) {
  for (const spl::EvalFunction& row : spl::eval_functions()) {
    if (row.call.empty()) continue;
    const Function* function = find_function(row.call);
    ASSERT_NE(function, nullptr) << row.name;
    EXPECT_GE(row.min_arguments, function->min_arguments) << row.name;
    if (function->max_arguments >= 0) {
      EXPECT_LE(row.max_arguments, function->max_arguments) << row.name;
    }
  }
}

// No function may crash on, or make an invalid number of, any mix of values.
TEST(SplFunctions, SurviveHostileValues) {
  const std::vector<Value> hostile{kNull,
                                   Value::json_null(),
                                   text(""),
                                   text("\xFF\xFE"),
                                   text("-9223372036854775808"),
                                   text("1e308"),
                                   text("%"),
                                   text("(((((*"),
                                   many({"", "x"}),
                                   integer(std::numeric_limits<int64_t>::min()),
                                   number(1e308),
                                   number(-1e308),
                                   number(std::nan("")),
                                   number(HUGE_VAL),
                                   Value::boolean(true),
                                   Value::dynamic("[1]")};
  for (const Function& function : spl_functions()) {
    const int count = function.max_arguments < 0 ? 3 : function.max_arguments;
    for (size_t i = 0; i < hostile.size() * hostile.size(); ++i) {
      std::vector<Value> arguments;
      for (int k = 0; k < count; ++k)
        arguments.push_back(hostile[(k == 0 ? i : i / hostile.size() + static_cast<size_t>(k)) % hostile.size()]);
      EXPECT_NE(run(function.name, arguments), "no such function");
    }
  }
}

}  // namespace
}  // namespace hecate
