#include "exec/stream/program.h"

#include <gtest/gtest.h>

namespace hecate::stream {
namespace {

/// An event of given raw fields that counts how often each is read.
class Event final : public EventSource {
 public:
  explicit Event(const Program& program) : program_(program) {}
  Value raw_field(size_t index) override {
    ++reads;
    const std::string& path = program_.raw_fields()[index];
    for (const auto& [name, value] : fields) {
      if (name == path) return value.get();
    }
    return Value::null();
  }
  Value metadata(std::string_view name) override { return name == "meta.host" ? Value::string("h") : Value::null(); }

  std::vector<std::pair<std::string, OwnedValue>> fields;
  int reads = 0;

 private:
  const Program& program_;
};

ExprPtr test(std::string path, MatchOp op, std::string pattern, Casing casing = Casing::Insensitive,
             RegexDialect dialect = RegexDialect::Pcre2) {
  return make_match({make_raw_field(std::move(path)), op, casing, Quantifier::Any, dialect, {std::move(pattern)}});
}

class ProgramTest : public ::testing::Test {
 protected:
  bool holds(Program::Index index) {
    EvalContext context{arena, run};
    program.begin_event();
    return program.evaluate(index, event, context).is_true();
  }
  Program program;
  Event event{program};
  Arena arena;
  RunParameters run;
};

TEST_F(ProgramTest, EqualExpressionsAreOneNode) {
  const Program::Index first =
      program.add(*make_and({test("a", MatchOp::Contains, "x"), test("b", MatchOp::Equals, "y")}));
  const size_t size = program.size();
  EXPECT_EQ(program.add(*make_and({test("a", MatchOp::Contains, "x"), test("b", MatchOp::Equals, "y")})), first);
  EXPECT_EQ(program.size(), size);
  EXPECT_NE(program.add(*make_and({test("a", MatchOp::Contains, "x"), test("b", MatchOp::Equals, "z")})), first);
  EXPECT_EQ(program.raw_fields(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ProgramTest, AFieldIsReadOnceAnEventAndOnlyIfAsked) {
  const Program::Index any = program.add(*make_or(
      {test("a", MatchOp::Contains, "x"), test("a", MatchOp::Contains, "y"), test("b", MatchOp::Equals, "z")}));
  event.fields.emplace_back("a", OwnedValue::string("an X"));
  EXPECT_TRUE(holds(any));
  EXPECT_EQ(event.reads, 1) << "b was not needed";
  EvalContext context{arena, run};
  EXPECT_TRUE(program.evaluate(any, event, context).is_true());
  EXPECT_EQ(event.reads, 1) << "remembered within the event";
  event.fields[0].second = OwnedValue::string("nothing");
  EXPECT_FALSE(holds(any)) << "forgotten with the next";
}

TEST_F(ProgramTest, MapsOfConstantsAreAsTheFunctionDoesThem) {
  const auto text = [](const char* value) { return make_literal(OwnedValue::string(value), Type::String); };
  const auto mapped = [&](std::vector<ExprPtr> pairs) {
    pairs.insert(pairs.begin(), make_raw_field("a"));
    return program.add(*make_call("text.map", std::move(pairs), Type::String));
  };
  const auto index = mapped({text("0"), text("read"), text("1"), text("write"), text("0"), text("again"), text("2"),
                             text("open"), text("3"), text("close"), make_raw_field("b")});
  const auto value = [&](const char* a, const char* b) {
    event.fields.clear();
    if (a != nullptr) event.fields.emplace_back("a", OwnedValue::string(a));
    if (b != nullptr) event.fields.emplace_back("b", OwnedValue::string(b));
    EvalContext context{arena, run};
    program.begin_event();
    const Value result = program.evaluate(index, event, context);
    return result.is_null() ? "null" : std::string(result.as_text());
  };
  EXPECT_EQ(value("0", nullptr), "read") << "the first of equal keys";
  EXPECT_EQ(value("3", "x"), "close");
  EXPECT_EQ(value("4", "x"), "x");
  EXPECT_EQ(value("4", nullptr), "null");
  EXPECT_EQ(value(nullptr, "x"), "null");
}

TEST_F(ProgramTest, TestsThatDifferInTheRegexDialectAreTwo) {
  // `\h` is a horizontal blank to PCRE2 and an error to RE2.
  const Program::Index pcre = program.add(*test("a", MatchOp::Regex, "\\h", Casing::Sensitive, RegexDialect::Pcre2));
  const Program::Index re2 = program.add(*test("a", MatchOp::Regex, "\\h", Casing::Sensitive, RegexDialect::Re2));
  event.fields.emplace_back("a", OwnedValue::string("a b"));
  EXPECT_TRUE(holds(pcre));
  EXPECT_FALSE(holds(re2));
}

TEST_F(ProgramTest, PatternsThatDifferInMalformedBytesAreTwo) {
  const Program::Index one = program.add(*test("a", MatchOp::Contains, "\xFE"));
  const Program::Index two = program.add(*test("a", MatchOp::Contains, "\xFF"));
  event.fields.emplace_back("a", OwnedValue::string("x\xFF"));
  EXPECT_FALSE(holds(one));
  EXPECT_TRUE(holds(two));
}

TEST_F(ProgramTest, ConstantsThatAreWrittenAlikeAreNotOne) {
  const auto constant = [&](Value value, Type type) { return program.add(*make_literal(OwnedValue(value), type)); };
  EvalContext context{arena, run};
  const Program::Index plain = constant(Value::real(0.3), Type::Real);
  const Program::Index nearly = constant(Value::real(0.1 + 0.2), Type::Real);
  EXPECT_EQ(program.evaluate(plain, event, context).as_real(), 0.3);
  EXPECT_EQ(program.evaluate(nearly, event, context).as_real(), 0.1 + 0.2);
  const Program::Index null = constant(Value::null(), Type::String);
  const Program::Index json_null = constant(Value::json_null(), Type::String);
  EXPECT_EQ(program.evaluate(null, event, context).kind(), Kind::Null);
  EXPECT_EQ(program.evaluate(json_null, event, context).kind(), Kind::JsonNull);
  const Program::Index text = constant(Value::string("1"), Type::String);
  const Program::Index number = constant(Value::integer(1), Type::String);
  EXPECT_EQ(program.evaluate(text, event, context).kind(), Kind::String);
  EXPECT_EQ(program.evaluate(number, event, context).kind(), Kind::Long);
}

TEST_F(ProgramTest, PatternListsAreToldApart) {
  const auto list = [&](std::vector<std::string> patterns) {
    return program.add(*make_match({make_raw_field("a"), MatchOp::Equals, Casing::Sensitive, Quantifier::Any,
                                    RegexDialect::Pcre2, std::move(patterns)}));
  };
  const Program::Index joined = list({"a\" \"b"});
  const Program::Index two = list({"a", "b"});
  EXPECT_NE(joined, two);
  event.fields.emplace_back("a", OwnedValue::string("b"));
  EXPECT_FALSE(holds(joined));
  EXPECT_TRUE(holds(two));
}

TEST_F(ProgramTest, MetadataAndUndefinedColumns) {
  EvalContext context{arena, run};
  const Program::Index host = program.add(*make_call("meta.host", {}, Type::String));
  EXPECT_EQ(program.evaluate(host, event, context).as_text(), "h");
  const Program::Index absent = program.add(*make_column(static_cast<ColumnId>(9), Type::String));
  EXPECT_TRUE(program.evaluate(absent, event, context).is_null());
}

TEST_F(ProgramTest, LimitHitsAreCounted) {
  const Program::Index bad = program.add(*test("a", MatchOp::Regex, "^(a+)+$", Casing::Sensitive));
  event.fields.emplace_back("a", OwnedValue::string(std::string(64, 'a') + "!"));
  EXPECT_FALSE(holds(bad));
  EXPECT_EQ(program.limit_hits(), 1U);
}

}  // namespace
}  // namespace hecate::stream
