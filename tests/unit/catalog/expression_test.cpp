#include "catalog/expression.h"

#include <gtest/gtest.h>

#include "catalog/codes.h"
#include "catalog/lowering.h"
#include "events.h"
#include "harness.h"

namespace hecate {
namespace {

using catalog::Expression;

struct Compiled {
  std::string dump;
  DiagnosticSink sink;
};

/// The plan that a text is lowered to over raw fields, or the code of its first diagnostic.
std::string compiled(std::string_view text) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId file = sources.add("test", std::string(text));
  const Result<Expression> parsed = catalog::parse_expression(MappedText(std::string(text), sources.whole(file)), sink);
  if (parsed) {
    const auto raw = [](const Expression& name) { return make_raw_field(name.text, name.span); };
    const Result<ExprPtr> lowered = catalog::lower(*parsed, raw, sink);
    if (lowered) return dump(**lowered);
  }
  return sink.all().empty() ? "nothing reported" : std::string(sink.all().front().code->id);
}

TEST(Expression, TestsOnConstantsBecomeMatches) {
  EXPECT_EQ(compiled("startswith(a, \"/x\")"), dump(*make_match({make_raw_field("a"),
                                                                 MatchOp::StartsWith,
                                                                 Casing::Sensitive,
                                                                 Quantifier::Any,
                                                                 RegexDialect::Pcre2,
                                                                 {"/x"}})));
  EXPECT_EQ(compiled("equals(a, \"x\", 'y', 3)"), dump(*make_match({make_raw_field("a"),
                                                                    MatchOp::Equals,
                                                                    Casing::Sensitive,
                                                                    Quantifier::Any,
                                                                    RegexDialect::Pcre2,
                                                                    {"x", "y", "3"}})));
  EXPECT_EQ(compiled("not(and(endswith(a, \"x\"), contains(b, \"y\")))"),
            dump(*make_not(make_and({make_match({make_raw_field("a"),
                                                 MatchOp::EndsWith,
                                                 Casing::Sensitive,
                                                 Quantifier::Any,
                                                 RegexDialect::Pcre2,
                                                 {"x"}}),
                                     make_match({make_raw_field("b"),
                                                 MatchOp::Contains,
                                                 Casing::Sensitive,
                                                 Quantifier::Any,
                                                 RegexDialect::Pcre2,
                                                 {"y"}})}))));
  // Against another field it is a call.
  EXPECT_EQ(compiled("startswith(a, b)"),
            dump(*make_call("text.startswith", {make_raw_field("a"), make_raw_field("b")}, Type::Bool)));
}

TEST(Expression, Lowering) {
  EXPECT_EQ(compiled("process.args{}.x"), dump(*make_raw_field("process.args{}.x")));
  EXPECT_EQ(compiled("labels.app.kubernetes.io/name"), dump(*make_raw_field("labels.app.kubernetes.io/name")));
  EXPECT_EQ(compiled("const(\"a\\\"b\")"), dump(*make_string("a\"b")));
  EXPECT_EQ(compiled("-3"), dump(*make_literal(OwnedValue(Value::integer(-3)), Type::Long)));
  EXPECT_EQ(
      compiled(" concat_ws ( ' ' , a , b ) "),
      dump(*make_call("text.concat_ws", {make_string(" "), make_raw_field("a"), make_raw_field("b")}, Type::String)));
  EXPECT_EQ(
      compiled("case(exists(a), \"1\", exists(b), \"2\", \"3\")"),
      dump(*make_call(
          "text.if",
          {make_call("text.exists", {make_raw_field("a")}, Type::Bool), make_string("1"),
           make_call("text.if",
                     {make_call("text.exists", {make_raw_field("b")}, Type::Bool), make_string("2"), make_string("3")},
                     Type::String)},
          Type::String)));
  EXPECT_EQ(compiled("meta.time()"), dump(*make_call("meta.time", {}, Type::Datetime)));
}

TEST(Expression, Mistakes) {
  const std::vector<std::pair<std::string_view, const DiagnosticCode*>> rows{
      {"", &catalog::kExpression},
      {"   ", &catalog::kExpression},
      {"basename(", &catalog::kExpression},
      {"basename(a", &catalog::kExpression},
      {"basename(a,", &catalog::kExpression},
      {"basename(a b)", &catalog::kExpression},
      {"basename(a))", &catalog::kExpression},
      {"a b", &catalog::kExpression},
      {"\"open", &catalog::kExpression},
      {"\"open\\", &catalog::kExpression},
      {")", &catalog::kExpression},
      {",", &catalog::kExpression},
      {"3x", &catalog::kExpression},
      {"1.2.3", &catalog::kExpression},
      {"99999999999999999999.1.2", &catalog::kExpression},
      {"basname(a)", &catalog::kUnknownFunction},
      {"basename()", &catalog::kArguments},
      {"basename(a, b)", &catalog::kArguments},
      {"meta.time(a)", &catalog::kArguments},
      {"const(a)", &catalog::kArguments},
      {"if(a, b, c)", &catalog::kArguments},
      {"if(exists(a), b)", &catalog::kArguments},
      {"case(exists(a), b, exists(c), d)", &catalog::kArguments},
      {"case(exists(a), b, c, d, e)", &catalog::kArguments},
      {"and(a)", &catalog::kArguments},
      {"map(a, \"k\", \"v\")", &catalog::kArguments},
      {"map(a, \"k\", v, \"x\")", &catalog::kArguments},
      {"regex(a, \"(\")", &catalog::kBadRegex},
      {"regex(a, \"x\", 1)", &catalog::kBadRegex},
      {"regex(a, b)", &catalog::kArguments},
      {"regex(a, \"x\", \"1\")", &catalog::kArguments},
  };
  for (const auto& [text, code] : rows) EXPECT_EQ(compiled(text), code->id) << text;
}

TEST(Expression, DeepNestingIsRefused) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "lower(";
  EXPECT_EQ(compiled(deep), catalog::kTooDeep.id);
  EXPECT_EQ(compiled(std::string(100'000, '(')), catalog::kExpression.id);
}

TEST(Expression, FunctionTableIsSortedAndRuns) {
  const auto rows = catalog::function_rows();
  for (size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].name, rows[i].name);
}

TEST(CompileExpression, NamesAreTheDatasets) {
  // The derived field of the cron pack: a crontab's owner is its file's name.
  constexpr std::string_view kOwner =
      R"(if(startswith(TargetFilename, "/var/spool/cron/crontabs/"), basename(TargetFilename), User))";
  const auto owner = [&](std::string_view event, const Dataset& dataset, std::string_view text) {
    std::string result;
    for_each_record(event, [&](const Recognised& recognised) {
      DiagnosticSink sink;
      const Result<ExprPtr> expr = shipped().compile_expression(text, {}, recognised.type, dataset, sink);
      result = expr ? value_text(recognised.evaluate(*expr)) : std::string(sink.all().at(0).code->id);
    });
    return result;
  };
  const SigmaLogsource files{"linux", "file_event", ""};
  const auto sysmon = [](std::string_view path) {
    return R"({"Source":"Linux-Sysmon","EventID":11,"User":"root","TargetFilename":")" + std::string(path) + "\"}";
  };
  EXPECT_EQ(owner(sysmon("/var/spool/cron/crontabs/backup"), files, kOwner), "backup");
  EXPECT_EQ(owner(sysmon("/etc/cron.d/backup"), files, kOwner), "root");
  const std::string hook =
      R"({"process_kprobe":{"process":{"exec_id":"x","uid":33},"function_name":"security_file_permission","args":[{"file_arg":{"path":"/var/spool/cron/crontabs/www-data"}},{"int_arg":2}]}})";
  EXPECT_EQ(owner(hook, files, kOwner), "www-data");
  EXPECT_EQ(owner(hook, files, "User"), "33");
  const KustoTable asim{"imFileEvent"};
  EXPECT_EQ(
      owner(sysmon("/etc/cron.d/backup"), asim, "concat(TargetFileName, \":\", ActorUsername, \":\", SrcFileName)"),
      "backup:root:");
  EXPECT_EQ(owner(sysmon("/etc/cron.d/backup"), asim, kOwner), catalog::kUnknownName.id);
}

TEST(CompileExpression, SpansPointIntoTheText) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId file = sources.add("pack.yml", "owner: basname(User)");
  const Result<ExprPtr> expr =
      shipped().compile_expression("basname(User)", Span{file, 7, 20}, RecordType::Generic, SplunkEvents{}, sink);
  EXPECT_FALSE(expr.ok());
  ASSERT_EQ(sink.all().size(), 1U);
  EXPECT_EQ(sink.all()[0].primary.span, (Span{file, 7, 14}));
  EXPECT_EQ(sink.all()[0].hint, "did you mean `basename`?");
}

}  // namespace
}  // namespace hecate
