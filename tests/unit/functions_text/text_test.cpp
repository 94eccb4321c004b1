#include "exec/functions/text.h"

#include <gtest/gtest.h>

#include "harness.h"

namespace hecate {
namespace {

struct Row {
  std::string_view function;
  std::vector<Value> arguments;
  std::string_view expected;
};

TEST(Text, TableOfOneText) {
  const std::vector<Row> rows{
      {"text.basename", {text("/usr/bin/cat")}, "cat"},
      {"text.basename", {text("cat")}, "cat"},
      {"text.basename", {text("/etc/cron.d/")}, ""},
      {"text.basename", {text("")}, ""},
      {"text.basename", {text("/")}, ""},
      {"text.basename", {text("C:\\Windows\\x.exe")}, "C:\\Windows\\x.exe"},
      {"text.basename", {text("/a/\xFF\xFE")}, "\xFF\xFE"},
      {"text.basename", {text(std::string_view("/a/b\0c", 6))}, std::string_view("b\0c", 3)},
      {"text.basename", {Value::null()}, "<null>"},
      {"text.basename", {Value::json_null()}, "<null>"},
      {"text.basename", {Value::undecided()}, "<undecided>"},
      {"text.basename", {Value::dynamic("{\"a\":\"/b\"}")}, "<null>"},
      {"text.basename", {Value::integer(42)}, "42"},
      {"text.win_basename", {text("C:\\Windows\\x.exe")}, "x.exe"},
      {"text.win_basename", {text("C:\\a/b")}, "b"},
      {"text.dirname", {text("/etc/cron.d/job")}, "/etc/cron.d"},
      {"text.dirname", {text("/job")}, "/"},
      {"text.dirname", {text("job")}, ""},
      {"text.lower", {text("\xC3\x84Pfel")}, "\xC3\xA4pfel"},
      {"text.upper", {text("tcp")}, "TCP"},
      {"text.trim", {text("  a b\t")}, "a b"},
      {"text.strip_braces", {text("{ec23}")}, "ec23"},
      {"text.strip_braces", {text("{ec23")}, "{ec23"},
      {"text.strip_braces", {text("{")}, "{"},
      {"text.strip_braces", {text("{}")}, ""},
      {"text.first", {text("a")}, "a"},
      {"text.first", {Value::null()}, "<null>"},
      {"text.exists", {text("")}, "true"},
      {"text.exists", {Value::null()}, "false"},
      {"text.exists", {Value::json_null()}, "false"},
  };
  Harness call_by_name;
  for (const Row& row : rows) {
    EXPECT_EQ(call_by_name(row.function, row.arguments), row.expected)
        << row.function << " " << Harness::show(row.arguments[0]);
  }
}

TEST(Text, TableOfSeveralArguments) {
  const std::vector<Row> rows{
      {"text.after_last", {text("CORP\\amy"), text("\\")}, "amy"},
      {"text.after_last", {text("amy"), text("\\")}, "amy"},
      {"text.after_last", {text("amy"), text("")}, "amy"},
      {"text.after_last", {text("a::b::c"), text("::")}, "c"},
      {"text.before_last", {text("CORP\\amy"), text("\\")}, "CORP"},
      {"text.before_last", {text("amy"), text("\\")}, "<null>"},
      {"text.hash_part", {text("SHA1=aa,MD5=bb"), text("md5")}, "bb"},
      {"text.json", {Value::dynamic(R"({"a b": [1, "x \" y"]})")}, R"({"a b":[1,"x \" y"]})"},
      {"text.json", {text("{ }")}, "{ }"},
      {"text.named", {Value::dynamic(R"([{"Name":"A","Value":"x"},{"Name":"B","Value":"y"}])"), text("b")}, "y"},
      {"text.named", {Value::dynamic(R"({"displayName":"A","oldValue":"x","newValue":"y"})"), text("A")}, "y"},
      {"text.named", {text(R"([{"key":"A","value":7}])"), text("A")}, "7"},
      {"text.named", {Value::dynamic(R"([{"name":"A"}])"), text("A")}, "<null>"},
      {"text.named", {Value::dynamic("[1,[2]]"), text("A")}, "<null>"},
      {"text.named", {text("no JSON"), text("A")}, "<null>"},
      {"text.hash_part", {text("SHA1=aa, SHA256=cc"), text("SHA256")}, "cc"},
      {"text.hash_part", {text("SHA1=aa"), text("SHA256")}, "<null>"},
      {"text.hash_part", {text("SHA1="), text("SHA1")}, "<null>"},
      {"text.hash_part", {text("-"), text("SHA1")}, "<null>"},
      {"text.hash_part", {text(",,=,=x"), text("SHA1")}, "<null>"},
      {"text.null_if", {text("-"), text("-"), text("?")}, "<null>"},
      {"text.null_if", {text("x"), text("-")}, "x"},
      {"text.map", {text("0"), text("0"), text("root"), text("other")}, "root"},
      {"text.map", {text("7"), text("0"), text("root"), text("other")}, "other"},
      {"text.map", {Value::integer(0), text("0"), text("root"), text("other")}, "root"},
      {"text.map", {Value::null(), text("0"), text("root"), text("other")}, "<null>"},
      {"text.map", {text("7"), text("0"), text("root"), Value::null()}, "<null>"},
      // Absent parts of concat count as empty; concat_ws leaves absent and empty parts out with their separator.
      {"text.concat", {text("a"), Value::null(), text("b")}, "ab"},
      {"text.concat", {Value::null(), Value::json_null()}, "<null>"},
      {"text.concat_ws", {text(" "), text("/bin/ls"), text("-l")}, "/bin/ls -l"},
      {"text.concat_ws", {text(" "), text("/bin/ls"), Value::null()}, "/bin/ls"},
      {"text.concat_ws", {text(" "), text("/bin/ls"), text("")}, "/bin/ls"},
      {"text.concat_ws", {text(" "), Value::null(), text("-l")}, "-l"},
      {"text.concat_ws", {text(" "), Value::null(), Value::null()}, "<null>"},
      {"text.concat_ws", {text(" "), text(""), Value::null()}, ""},
      {"text.coalesce", {Value::null(), text(""), text("x"), text("y")}, "x"},
      {"text.coalesce", {Value::json_null(), text("")}, "<null>"},
      {"text.if", {Value::boolean(true), text("a"), text("b")}, "a"},
      {"text.if", {Value::boolean(false), text("a"), Value::null()}, "<null>"},
      {"text.if", {Value::null(), text("a"), text("b")}, "b"},
      {"text.if", {Value::undecided(), text("a"), text("b")}, "<undecided>"},
      {"text.equals", {text("a"), text("A"), text("b")}, "false"},
      {"text.equals", {Value::integer(11), text("11")}, "true"},
      {"text.equals", {Value::boolean(true), text("true")}, "true"},
      {"text.equals", {Value::null(), text("")}, "false"},
      {"text.startswith", {text("/etc/cron.d/x"), text("/var"), text("/etc/")}, "true"},
      {"text.startswith", {text("/etc"), Value::null()}, "false"},
      {"text.endswith", {text("a.sh"), text(".sh")}, "true"},
      {"text.contains", {text("a"), text("")}, "true"},
      {"text.contains", {text("a"), text("ab")}, "false"},
  };
  Harness call_by_name;
  for (const Row& row : rows) {
    EXPECT_EQ(call_by_name(row.function, row.arguments), row.expected)
        << row.function << " " << Harness::show(row.arguments[0]);
  }
}

TEST(Text, WorksOnEachOfSeveralValues) {
  Harness call_by_name;
  const Value paths = call_by_name.many({"/a/x", "/b/y"});
  EXPECT_EQ(call_by_name("text.basename", {paths}), "[x|y]");
  EXPECT_EQ(call_by_name("text.null_if", {paths, text("/a/x")}), "/b/y");
  EXPECT_EQ(call_by_name("text.null_if", {paths, text("/a/x"), text("/b/y")}), "<null>");
  EXPECT_EQ(call_by_name("text.first", {paths}), "/a/x");
  EXPECT_EQ(call_by_name("text.startswith", {paths, text("/b/")}), "true");
  EXPECT_EQ(call_by_name("text.concat", {text("<"), paths}), "</a/x");
}

TEST(Text, Regex) {
  Harness call_by_name;
  EXPECT_EQ(call_by_name("text.regex", {text("uid=0(root)"), text("\\((\\w+)\\)"), Value::integer(1)}), "root");
  EXPECT_EQ(call_by_name("text.regex", {text("uid=0(root)"), text("\\d+")}), "0");
  EXPECT_EQ(call_by_name("text.regex", {text("none"), text("\\d+")}), "<null>");
  EXPECT_EQ(call_by_name("text.regex", {text("ab"), text("a(x)?b"), Value::integer(1)}), "<null>");
  EXPECT_EQ(call_by_name("text.regex", {text("ab"), text("("), Value::integer(0)}), "<null>");
  EXPECT_EQ(call_by_name("text.regex", {text("ab"), text("a"), Value::integer(-1)}), "<null>");
  EXPECT_EQ(call_by_name("text.regex", {text("ab"), text("a"), Value::integer(INT64_MAX)}), "<null>");
  EXPECT_EQ(call_by_name("text.regex", {text("\xFF"
                                             "ab"),
                                        text("b")}),
            "b");
}

TEST(Text, RegexGivesUpInsteadOfHanging) {
  Harness call_by_name;
  const std::string hostile(5000, 'a');
  EXPECT_EQ(call_by_name("text.regex", {text(hostile), text("^(a+)+$|^(a|aa)+b$")}), hostile);
  EXPECT_EQ(call_by_name("text.regex", {text(hostile), text("^(a|aa)+b$")}), "<null>");
}

TEST(Text, RegexProblem) {
  EXPECT_FALSE(regex_problem("(a)(b)", 2).has_value());
  EXPECT_TRUE(regex_problem("(a)", 2).has_value());
  EXPECT_TRUE(regex_problem("(a)", -1).has_value());
  EXPECT_TRUE(regex_problem("(a", 0).has_value());
}

TEST(Text, EveryFunctionSurvivesEveryKind) {
  Harness call_by_name;
  const std::string large(100'000, 'x');
  const std::vector<Value> hostile{Value::null(),
                                   Value::json_null(),
                                   Value::boolean(true),
                                   Value::integer(INT64_MIN),
                                   Value::real(0.0 / 1.0),
                                   text(""),
                                   text(large),
                                   text("\xC3"),
                                   Value::datetime(INT64_MAX / 2),
                                   Value::timespan(INT64_MIN / 2),
                                   Value::dynamic("{\"a\":[1]}"),
                                   Value::dynamic(""),
                                   call_by_name.many({"", "\xFF", large})};
  for (const auto family : {text_functions(), convert_functions()}) {
    for (const Function& function : family) {
      for (const Value& first : hostile) {
        for (const Value& second : hostile) {
          std::vector<Value> arguments{first};
          while (static_cast<int>(arguments.size()) < function.min_arguments) arguments.push_back(second);
          (void)call_by_name.value(function.name, arguments);
        }
      }
    }
  }
}

TEST(Text, FamilyIsNamedAndSorted) {
  for (const auto& [family, prefix] :
       {std::pair{text_functions(), "text."}, std::pair{convert_functions(), "convert."}}) {
    for (size_t i = 0; i < family.size(); ++i) {
      EXPECT_TRUE(family[i].name.starts_with(prefix));
      EXPECT_FALSE(family[i].doc.empty());
      if (i > 0) {
        EXPECT_LT(family[i - 1].name, family[i].name);
      }
    }
  }
}

}  // namespace
}  // namespace hecate
