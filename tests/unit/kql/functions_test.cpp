#include <gtest/gtest.h>

#include "base/time.h"
#include "exec/functions/function.h"

namespace hecate {
namespace {

class KqlFunctions : public testing::Test {
 protected:
  Value eval(std::string_view name, std::vector<Value> arguments) {
    const Function* function = find_function(name);
    if (function == nullptr) {
      ADD_FAILURE() << "no function " << name;
      return {};
    }
    EvalContext context{arena_, run_};
    return call(*function, arguments, context);
  }
  std::string text(std::string_view name, std::vector<Value> arguments) {
    const Value value = eval(name, std::move(arguments));
    return value.is_null() ? "null" : value.is_undecided() ? "undecided" : value_text(value);
  }
  static Value s(std::string_view value) { return Value::string(value); }
  static Value n(int64_t value) { return Value::integer(value); }
  static Value r(double value) { return Value::real(value); }
  static Value d(std::string_view json) { return Value::dynamic(json); }
  static Value t(std::string_view iso) { return Value::datetime(parse_iso_time(iso).value()); }

  Arena arena_;
  RunParameters run_;
};

// scalar-data-types/null-values: x == null is false, x != null true, both null is null; < is three-valued.
TEST_F(KqlFunctions, ComparisonWithNull) {
  EXPECT_EQ(text("kql.eq", {n(1), Value::null()}), "false");
  EXPECT_EQ(text("kql.ne", {n(1), Value::null()}), "true");
  EXPECT_EQ(text("kql.eq", {Value::null(), Value::null()}), "null");
  EXPECT_EQ(text("kql.ne", {Value::null(), Value::null()}), "null");
  EXPECT_EQ(text("kql.lt", {n(1), Value::null()}), "null");
  EXPECT_EQ(text("kql.eq", {n(1), r(1.0)}), "true");
  EXPECT_EQ(text("kql.eq", {d("5"), n(5)}), "true");
  EXPECT_EQ(text("kql.eq", {d("\"a\""), s("a")}), "true");
}

// numerical-operators: long division truncates, by zero is null; reals follow IEEE 754.
TEST_F(KqlFunctions, Arithmetic) {
  EXPECT_EQ(text("kql.div", {n(7), n(2)}), "3");
  EXPECT_EQ(text("kql.div", {n(-7), n(2)}), "-3");
  EXPECT_EQ(text("kql.div", {n(7), n(0)}), "null");
  EXPECT_EQ(text("kql.div", {r(7), n(0)}), "inf");
  EXPECT_EQ(text("kql.div", {n(INT64_MIN), n(-1)}), "null");
  EXPECT_EQ(text("kql.add", {n(INT64_MAX), n(1)}), "null");
  EXPECT_EQ(text("kql.negate", {n(INT64_MIN)}), "null");
  EXPECT_EQ(text("kql.mod", {n(INT64_MIN), n(-1)}), "0");
  EXPECT_EQ(text("kql.sub", {t("2024-01-02"), t("2024-01-01")}), "1.00:00:00");
  EXPECT_EQ(text("kql.add", {t("2024-01-01"), Value::timespan(1)}), "2024-01-01T00:00:00.0000001Z");
  EXPECT_EQ(text("kql.div", {Value::timespan(30), Value::timespan(20)}), "1.5");
}

// bin-function: rounds down, also below zero; a negative size gives null.
TEST_F(KqlFunctions, Bin) {
  EXPECT_EQ(text("kql.bin", {n(-7), n(5)}), "-10");
  EXPECT_EQ(text("kql.bin", {r(4.5), n(1)}), "4");
  EXPECT_EQ(text("kql.bin", {n(7), n(-5)}), "null");
  EXPECT_EQ(text("kql.bin", {n(7), n(0)}), "null");
  EXPECT_EQ(text("kql.bin", {t("1970-05-11T13:45:07Z"), Value::timespan(kTicksPerDay)}), "1970-05-11T00:00:00Z");
}

// scalar-data-types/bool, datetime, dynamic: what tostring() writes.
TEST_F(KqlFunctions, ToString) {
  EXPECT_EQ(text("kql.tostring", {Value::null()}), "");
  EXPECT_EQ(text("kql.tostring", {Value::boolean(true)}), "True");
  EXPECT_EQ(text("kql.tostring", {t("2024-01-02T03:04:05.5Z")}), "2024-01-02T03:04:05.5000000Z");
  EXPECT_EQ(text("kql.tostring", {d("\"a\\nb\"")}), "a\nb");
  EXPECT_EQ(text("kql.tostring", {d("[1,2]")}), "[1,2]");
  EXPECT_EQ(text("kql.tostring", {n(-5)}), "-5");
}

TEST_F(KqlFunctions, Conversions) {
  EXPECT_EQ(text("kql.tolong", {s(" 42 ")}), "42");
  EXPECT_EQ(text("kql.tolong", {s("0xff")}), "255");
  EXPECT_EQ(text("kql.tolong", {s("x")}), "null");
  EXPECT_EQ(text("kql.tolong", {s("")}), "null");
  EXPECT_EQ(text("kql.toint", {n(int64_t{1} << 40)}), "null");
  EXPECT_EQ(text("kql.toreal", {s("1.5")}), "1.5");
  EXPECT_EQ(text("kql.toreal", {s("nan")}), "null");
  EXPECT_EQ(text("kql.tobool", {s("TRUE")}), "true");
  EXPECT_EQ(text("kql.todatetime", {s("12/31/2015")}), "2015-12-31T00:00:00Z");
  EXPECT_EQ(text("kql.todatetime", {s("nope")}), "null");
  EXPECT_EQ(text("kql.totimespan", {s("1.02:03:04.5")}), "1.02:03:04.5000000");
  EXPECT_EQ(text("kql.totimespan", {s("2d")}), "2.00:00:00");
}

TEST_F(KqlFunctions, Texts) {
  EXPECT_EQ(text("kql.strcat", {s("a"), n(1), Value::null(), Value::boolean(true)}), "a1True");
  EXPECT_EQ(text("kql.strlen", {s("h\xC3\xA9llo")}), "5");
  EXPECT_EQ(text("kql.substring", {s("abcdefg"), n(1), n(2)}), "bc");  // substring-function
  EXPECT_EQ(text("kql.substring", {s("ABCD"), n(-2), n(2)}), "CD");    // substring-function
  EXPECT_EQ(text("kql.substring", {s("ab"), n(9)}), "");
  EXPECT_EQ(text("kql.substring", {s("ab"), Value::null()}), "");
  EXPECT_EQ(text("kql.split", {s("aa_bb"), s("_")}), "[\"aa\",\"bb\"]");  // split-function
  EXPECT_EQ(text("kql.split", {s("aaa_bbb_ccc"), s("_"), n(1)}), "[\"bbb\"]");
  EXPECT_EQ(text("kql.split", {s(""), s("_")}), "[\"\"]");
  EXPECT_EQ(text("kql.split", {s("a__b"), s("_")}), "[\"a\",\"\",\"b\"]");
  EXPECT_EQ(text("kql.replace_string", {s("aXbX"), s("X"), s("")}), "ab");
  EXPECT_EQ(text("kql.indexof", {s("abcdef"), s("cd")}), "2");
  EXPECT_EQ(text("kql.indexof", {s("abc"), s("z")}), "-1");
  EXPECT_EQ(text("kql.base64_decode_tostring", {s("S3VzdG8=")}), "Kusto");  // base64-decode-tostring-function
  EXPECT_EQ(text("kql.base64_decode_tostring", {s("U3RyaW5n_0KrU=")}), "");
  EXPECT_EQ(text("kql.base64_encode_tostring", {s("Kusto")}), "S3VzdG8=");
  EXPECT_EQ(text("kql.base64_encode_tostring", {s("")}), "");
  EXPECT_EQ(text("kql.coalesce", {s(""), s("b")}), "b");
  EXPECT_EQ(text("kql.isempty", {s("")}), "true");
  EXPECT_EQ(text("kql.isnull", {s("")}), "false");
}

// datatypes-string-operators#what-is-a-term: `_` delimits; a boundary is needed only where the needle ends
// in a letter or digit.
TEST_F(KqlFunctions, Terms) {
  EXPECT_EQ(text("kql.has", {s("North America"), s("america")}), "true");
  EXPECT_EQ(text("kql.has", {s("ABcd"), s("abc")}), "false");
  EXPECT_EQ(text("kql.has", {s("x_abc_y"), s("ABC")}), "true");
  EXPECT_EQ(text("kql.has_cs", {s("x abc"), s("ABC")}), "false");
  EXPECT_EQ(text("kql.has", {s("x<EventID>11</EventID>y"), s("<EventID>11</EventID>")}), "true");
  EXPECT_EQ(text("kql.hasprefix", {s("North America"), s("ame")}), "true");
  EXPECT_EQ(text("kql.hassuffix", {s("North America"), s("ica")}), "true");
  EXPECT_EQ(text("kql.has_all", {s("a b c"), d("[]")}), "true");
  EXPECT_EQ(text("kql.has_any", {s("a b c"), d("[]")}), "false");
  EXPECT_EQ(text("kql.has_any", {s("a b c"), d("[\"z\",\"C\"]")}), "true");
  EXPECT_EQ(text("kql.in", {s("a"), d("[\"A\"]")}), "false");
  EXPECT_EQ(text("kql.in_ci", {s("a"), d("[\"A\"]")}), "true");
}

TEST_F(KqlFunctions, Regexes) {
  EXPECT_EQ(text("kql.extract", {s("x=([0-9.]+)"), n(1), s("hello x=45.6|wo")}), "45.6");  // extract-function
  EXPECT_EQ(text("kql.extract", {s("a"), n(0), s("bab")}), "a");
  EXPECT_EQ(text("kql.extract", {s("a(x)?"), n(1), s("a")}), "");
  EXPECT_EQ(text("kql.extract", {s("("), n(1), s("a")}), "");
  EXPECT_EQ(text("kql.extract", {s("a"), n(7), s("a")}), "");
  EXPECT_EQ(text("kql.extract_all", {s("(\\d)"), s("a1b2")}), "[\"1\",\"2\"]");
  EXPECT_EQ(text("kql.extract_all", {s("(x*)"), s("ab")}), "[\"\",\"\",\"\"]");
  EXPECT_EQ(text("kql.replace_regex", {s("a1b2"), s("([0-9])"), s("<\\1>")}), "a<1>b<2>");
  EXPECT_EQ(text("kql.trim", {s("--"), s("--https://www.ibm.com--")}), "https://www.ibm.com");
  EXPECT_EQ(text("kql.countof", {s("aaa"), s("a")}), "3");
  EXPECT_EQ(text("kql.countof", {s("abcabc"), s("a.c"), s("regex")}), "2");  // countof-function
}

TEST_F(KqlFunctions, Times) {
  EXPECT_EQ(text("kql.ago", {Value::timespan(kTicksPerDay)}), "undecided");
  EXPECT_EQ(text("kql.now", {}), "undecided");
  run_.now = parse_iso_time("2024-03-10T12:00:00Z");
  EXPECT_EQ(text("kql.ago", {Value::timespan(kTicksPerDay)}), "2024-03-09T12:00:00Z");
  EXPECT_EQ(text("kql.now", {Value::timespan(-1)}), "2024-03-10T11:59:59.9999999Z");
  EXPECT_EQ(text("kql.startofday", {t("2017-01-01T10:10:17Z"), n(-1)}), "2016-12-31T00:00:00Z");
  EXPECT_EQ(text("kql.endofday", {t("2017-01-01T10:10:17Z")}), "2017-01-01T23:59:59.9999999Z");
  EXPECT_EQ(text("kql.startofweek", {t("2017-01-01T10:10:17Z")}), "2017-01-01T00:00:00Z");
  EXPECT_EQ(text("kql.startofmonth", {t("2017-01-31T10:10:17Z"), n(1)}), "2017-02-01T00:00:00Z");
  EXPECT_EQ(text("kql.endofyear", {t("2017-01-01T10:10:17Z"), n(-1)}), "2016-12-31T23:59:59.9999999Z");
  EXPECT_EQ(text("kql.dayofweek", {t("2015-12-14")}), "1.00:00:00");  // dayofweek-function: a Monday
  EXPECT_EQ(text("kql.datetime_diff", {s("day"), t("2017-10-29T23:59:59Z"), t("2017-10-30T00:00:00Z")}), "-1");
  EXPECT_EQ(text("kql.datetime_diff", {s("month"), t("2017-01-01"), t("2015-12-31")}), "13");
  EXPECT_EQ(text("kql.datetime_add", {s("month"), n(1), t("2024-01-31")}), "2024-02-29T00:00:00Z");
  EXPECT_EQ(text("kql.make_datetime", {n(2024), n(2), n(30)}), "null");
  EXPECT_EQ(text("kql.format_datetime", {t("2015-12-14T02:03:04.1234567Z"), s("y-M-d h:m:s.fffffff")}),
            "15-12-14 2:3:4.1234567");
  EXPECT_EQ(text("kql.unixtime_seconds_todatetime", {n(1546300800)}), "2019-01-01T00:00:00Z");
  EXPECT_EQ(text("kql.unixtime_seconds_todatetime", {n(INT64_MAX)}), "null");
}

TEST_F(KqlFunctions, Dynamic) {
  const Value bag = d("{\"a\":{\"b\":[1,\"x\",null]},\"k,\\\"\":true}");
  EXPECT_EQ(text("kql.member", {bag, s("a")}), "{\"b\":[1,\"x\",null]}");
  EXPECT_EQ(text("kql.member", {bag, s("k,\"")}), "true");
  EXPECT_EQ(text("kql.member", {bag, s("A")}), "null");
  EXPECT_EQ(text("kql.element", {d("[1,\"x\",null]"), n(-2)}), "\"x\"");
  EXPECT_EQ(text("kql.element", {d("[1,\"x\",null]"), n(2)}), "null");
  EXPECT_EQ(text("kql.element", {d("[1]"), n(5)}), "null");
  EXPECT_EQ(text("kql.parse_json", {s(" { \"a\" : [ 1 , 2 ] } ")}), "{\"a\":[1,2]}");
  EXPECT_EQ(text("kql.parse_json", {s("not json")}), "\"not json\"");
  EXPECT_EQ(text("kql.parse_json", {s("")}), "null");
  EXPECT_EQ(text("kql.parse_json", {s(std::string(100'000, '['))}).substr(0, 2), "\"[");
  EXPECT_EQ(text("kql.array_length", {d("[1,[2,3],{}]")}), "3");
  EXPECT_EQ(text("kql.array_length", {d("[]")}), "0");
  EXPECT_EQ(text("kql.array_length", {d("{}")}), "null");
  EXPECT_EQ(text("kql.bag_keys", {bag}), "[\"a\",\"k,\\\"\"]");
  EXPECT_EQ(text("kql.set_has_element", {d("[\"a\",2]"), s("a")}), "true");
  EXPECT_EQ(text("kql.strcat_array", {d("[1,\"a\"]"), s("->")}), "1->a");
  EXPECT_EQ(text("kql.array_slice", {d("[1,2,3,4]"), n(-3), n(-2)}), "[2,3]");
}

TEST_F(KqlFunctions, Addresses) {
  EXPECT_EQ(text("kql.ipv4_is_private", {s("192.168.1.1")}), "true");  // ipv4-is-private-function
  EXPECT_EQ(text("kql.ipv4_is_private", {s("208.1.2.3")}), "false");
  EXPECT_EQ(text("kql.ipv4_is_private", {s("127.0.0.1.5")}), "null");
  EXPECT_EQ(text("kql.ipv4_is_private", {s("")}), "null");
  EXPECT_EQ(text("kql.ipv4_is_in_range", {s("192.168.1.6"), s("192.168.1.1/24")}), "true");
  EXPECT_EQ(text("kql.ipv4_is_in_range", {s("1.2.3.4"), s("0.0.0.0/0")}), "true");
}

/// Every function with every kind of hostile value in each place: no crash, and texts stay texts.
TEST_F(KqlFunctions, NothingCrashes) {
  const std::vector<Value> hostile = {Value::null(),
                                      n(INT64_MIN),
                                      n(INT64_MAX),
                                      n(0),
                                      r(1e308),
                                      r(-0.0),
                                      s(""),
                                      s("\xff\xfe"),
                                      s("%\\(["),
                                      Value::datetime(INT64_MIN),
                                      Value::datetime(INT64_MAX),
                                      Value::timespan(INT64_MIN),
                                      d("[]"),
                                      d("{\"a\":1}"),
                                      d("\"x\""),
                                      Value::boolean(true)};
  for (const Function& function : kql_functions()) {
    const int count = function.max_arguments < 0 ? function.min_arguments + 1 : function.max_arguments;
    // Arrays of a million elements: a few are enough.
    const bool heavy = function.name == "kql.range" || function.name == "kql.repeat";
    for (const Value& first : std::span(hostile).first(heavy ? 4 : hostile.size())) {
      for (const Value& second : hostile) {
        std::vector<Value> arguments{first, second};
        arguments.resize(static_cast<size_t>(count), second);
        if (count == 0) arguments.clear();
        EvalContext context{arena_, run_};
        (void)call(function, arguments, context);
      }
    }
    arena_.reset();
  }
}

}  // namespace
}  // namespace hecate
