#include "support.h"

namespace hecate::spl {
namespace {

std::string predicate(Compiler& compiler, const std::string& search) {
  const std::string text = compiler.text(search);
  const size_t begin = text.find("filter ");
  return begin == std::string::npos ? text : text.substr(begin + 7, text.find('\n', begin) - begin - 7);
}

// A macro is text, so an OR in it binds as if it stood in the search (ESCU's `sysmon` has no parentheses).
TEST(Macros, AreText) {
  Compiler compiler({{"either", "a=1 OR b=2"}, {"success", "c=3 search *"}});
  EXPECT_EQ(predicate(compiler, "`either` d=4"),
            R"((and (or (match equals ci c0 "1") (match equals ci c1 "2")) (match equals ci c2 "4")))");
  EXPECT_EQ(predicate(compiler, "NOT `either`"), R"((or (not (match equals ci c0 "1")) (match equals ci c1 "2")))");
}

TEST(Macros, TakeArguments) {
  Compiler compiler({{"is(field,value)", "$field$=\"$value$\" costs=$5"}, {"twice(x)", "`is($x$, \"$x$, 2\")`"}});
  EXPECT_EQ(predicate(compiler, "`is(a, \"b c\")`"), R"((and (match equals ci c0 "b c") (match equals ci c1 "$5")))");
  EXPECT_EQ(predicate(compiler, "`twice(a)`"), R"((and (match equals ci c0 "a, 2") (match equals ci c1 "$5")))");
}

TEST(Macros, QuotesAndComments) {
  Compiler compiler;
  EXPECT_EQ(predicate(compiler, "```a `comment` ``` f=\"`x`\" ```b```"), R"((match equals ci c0 "`x`"))");
}

TEST(Macros, UnknownOnesAreReportedAtTheName) {
  Compiler compiler({{"sysmon", "source=x"}, {"drop(x)", "rename $x$.* as *"}});
  EXPECT_EQ(compiler.text("`sysmom` a=1\n| `drop`"),
            "SPL003 search:1:2-8 unknown macro `sysmom` (did you mean `sysmon`?)\n"
            "SPL003 search:2:4-8 unknown macro `drop` (`drop` is defined with 1 argument(s))\n");
}

TEST(Macros, ErrorsInsidePointThereAndAtTheUse) {
  Compiler compiler({{"inner", "where a==1 and foo(b)"}, {"outer", "eval x=1\n| `inner`"}});
  EXPECT_EQ(compiler.text("a=1\n| `outer` | table x"),
            "SPL007 macros/inner:1:16-19 unknown function `foo` [in the expansion of `outer` at search:2:3-10] "
            "[in the expansion of `inner` at macros/outer:2:3-10]\n");
}

TEST(Macros, ErrorsInArgumentsPointToTheCall) {
  Compiler compiler;
  compiler.define("only(x)", "where $x$");
  EXPECT_EQ(compiler.text("* | `only(foo(1))`"), "SPL007 search:1:11-14 unknown function `foo`\n");
}

TEST(Macros, CyclesAndBombsEnd) {
  Compiler compiler({{"a", "`b` `b`"}, {"b", "`a` `a`"}, {"e0", ""}});
  for (int i = 1; i < 30; ++i)
    compiler.define("e" + std::to_string(i), "`e" + std::to_string(i - 1) + "``e" + std::to_string(i - 1) + "`");
  EXPECT_NE(compiler.text("`a`").find("SPL004 macros/b:1:1-4 the macro `a` uses itself"), std::string::npos)
      << compiler.diagnostics();
  EXPECT_EQ(compiler.sink.errors(), 1U);
  EXPECT_NE(compiler.text("`e29`").find("macros expand to too much text"), std::string::npos) << compiler.diagnostics();
}

TEST(Macros, LaterDefinitionsWin) {
  Compiler compiler({{"f", "a=1"}, {"f", "a=2"}});
  EXPECT_EQ(predicate(compiler, "`f`"), R"((match equals ci c0 "2"))");
}

}  // namespace
}  // namespace hecate::spl
