#include <fmt/format.h>
#include <gtest/gtest.h>

#include <variant>

#include "base/source_map.h"
#include "lang/kql/ast.h"
#include "lang/kql/codes.h"
#include "lang/kql/kql.h"

namespace hecate::kql::test {
namespace {

struct Parsed {
  ast::Query query;
  std::vector<std::string> errors;
};

Parsed parse(const std::string& query) {
  SourceMap sources;
  const MappedText text(query, sources.whole(sources.add("q", query)));
  DiagnosticSink sink;
  Parsed result{kql::parse(text, sink), {}};
  for (const Diagnostic& diagnostic : sink.all())
    result.errors.push_back(fmt::format("{} {}", diagnostic.code->id, diagnostic.message));
  return result;
}

/// An expression as text, fully in parentheses: what the tree says, not how it was written.
std::string show(const ast::Expression* expression);

std::string show(const std::vector<ast::ExpressionPtr>& list) {
  std::string out;
  for (const auto& element : list) out += (out.empty() ? "" : ", ") + show(element.get());
  return out;
}

std::string show_binary(const ast::Binary& node) {
  static constexpr const char* kOps[] = {"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">="};
  return fmt::format("({} {} {})", show(node.left.get()), kOps[static_cast<size_t>(node.op)], show(node.right.get()));
}

std::string show_call(const ast::Invocation& call) {
  std::string out = call.function + "(";
  for (const ast::Argument& argument : call.arguments) {
    if (&argument != &call.arguments.front()) out += ", ";
    if (!argument.name.empty()) out += argument.name + "=";
    out += show(argument.value.get());
  }
  return out + ")";
}

std::string show_junction(const ast::Junction& junction) {
  std::string out = "(";
  for (const auto& operand : junction.operands) {
    if (&operand != &junction.operands.front()) out += junction.all ? " and " : " or ";
    out += show(operand.get());
  }
  return out + ")";
}

std::string show(const ast::Expression* expression) {
  if (expression == nullptr) return "nothing";
  const auto& node = expression->node;
  if (const auto* constant = std::get_if<ast::Constant>(&node)) {
    return constant->type == Type::String ? fmt::format("'{}'", constant->value.get().as_text())
                                          : value_text(constant->value.get());
  }
  if (const auto* name = std::get_if<ast::Name>(&node)) return name->text;
  if (std::holds_alternative<ast::Star>(node)) return "*";
  if (const auto* member = std::get_if<ast::Member>(&node)) return show(member->base.get()) + "." + member->name;
  if (const auto* call = std::get_if<ast::MemberCall>(&node))
    return show(call->base.get()) + "." + show(call->call.get());
  if (const auto* index = std::get_if<ast::Index>(&node))
    return fmt::format("{}[{}]", show(index->base.get()), show(index->index.get()));
  if (const auto* call = std::get_if<ast::Invocation>(&node)) return show_call(*call);
  if (const auto* negation = std::get_if<ast::Negation>(&node)) return "-" + show(negation->operand.get());
  if (const auto* binary = std::get_if<ast::Binary>(&node)) return show_binary(*binary);
  if (const auto* junction = std::get_if<ast::Junction>(&node)) return show_junction(*junction);
  if (const auto* test = std::get_if<ast::TextTest>(&node))
    return fmt::format("({} {} {})", show(test->left.get()), test->op->spelling, show(test->right));
  if (const auto* between = std::get_if<ast::Between>(&node))
    return fmt::format("({} {}between {} .. {})", show(between->value.get()), between->negated ? "!" : "",
                       show(between->low.get()), show(between->high.get()));
  if (const auto* subquery = std::get_if<ast::Subquery>(&node))
    return fmt::format("<{} operators>", subquery->query->operators.size());
  if (const auto* type = std::get_if<ast::TypeOf>(&node)) return fmt::format("typeof {}", type->name);
  if (const auto* term = std::get_if<ast::ColumnTerm>(&node))
    return fmt::format("({} : {})", show(term->column.get()), show(term->term.get()));
  return "other";
}

/// The operand of the only operator, which is `where`.
std::string predicate(const std::string& text) {
  const Parsed parsed = parse("T | where " + text);
  if (!parsed.errors.empty()) return parsed.errors.front();
  return show(std::get<ast::Where>(parsed.query.body.operators.at(0).node).predicate.get());
}

/// The only operator of `T | …`, or of a query that begins with it.
template <typename Node>
Node only(const std::string& query) {
  Parsed parsed = parse(query);
  EXPECT_TRUE(parsed.errors.empty()) << query << ": " << parsed.errors.front();
  if (parsed.query.body.operators.size() != 1) return {};
  Node* node = std::get_if<Node>(&parsed.query.body.operators.front().node);
  EXPECT_NE(node, nullptr) << query;
  return node == nullptr ? Node{} : std::move(*node);
}

// scalar-operators: and binds before or; * / % before + -; comparisons do not chain.
TEST(KqlTree, OperatorsBind) {
  EXPECT_EQ(predicate("a or b and c or d"), "(a or (b and c) or d)");
  EXPECT_EQ(predicate("a + b * c - d == e"), "(((a + (b * c)) - d) == e)");
  EXPECT_EQ(predicate("-a.b[0] + +1 > 2"), "((-a.b[0] + 1) > 2)");
  EXPECT_EQ(predicate("a has 'x' and b !in~ ('y', 'z') or not(c)"), "(((a has 'x') and (b !in~ 'y', 'z')) or not(c))");
  EXPECT_EQ(predicate("a between (1 .. 2) and b !between (1d..2d)"),
            "((a between 1 .. 2) and (b !between 1.00:00:00 .. 2.00:00:00))");
  EXPECT_EQ(predicate("a == b == c"), "KQL002 expected `|` or the end of `where`, found `==`");
  EXPECT_EQ(predicate("* has 'x' or * == 'y'"), "((* has 'x') or (* == 'y'))");
  EXPECT_EQ(predicate("1.5h > 2tick and 0x1F == 31 and 1_a == 1."),
            "((01:30:00 > 00:00:00.0000002) and (31 == 31) and (1_a == 1))");
}

TEST(KqlTree, Paths) {
  EXPECT_EQ(predicate("a.b['c d'].[0][e] == ['x y']"), "(a.b.c d[0][e] == x y)");
  EXPECT_EQ(predicate("cluster('c').database('d').T == f(x=1, *)"), "(cluster('c').database('d').T == f(x=1, *))");
  EXPECT_EQ(predicate("a in (U | project x) and b in ((U))"), "((a in <1 operators>) and (b in U))");
  EXPECT_EQ(predicate("toscalar(U | count) > 0 and extract('a', 1, b, typeof(int)) == 1"),
            "((toscalar(<1 operators>) > 0) and (extract('a', 1, b, typeof int) == 1))");
}

// schema-entities/entity-names: words of the language stand in brackets, of which some may be names of new columns.
TEST(KqlTree, WordsAsNames) {
  EXPECT_EQ(predicate("count == 1 and kind == 2 and step == 3 and ['where'] == 4"),
            "((count == 1) and (kind == 2) and (step == 3) and (where == 4))");
  EXPECT_EQ(predicate("where == 1"), "KQL002 expected a value, found `where`");
  EXPECT_EQ(only<ast::Extend>("T | extend by = 1, (['a b'], to) = f()").columns.at(1).names,
            (std::vector<std::string>{"a b", "to"}));
}

TEST(KqlTree, Joins) {
  const auto join = only<ast::Join>("T | join kind=inner hint.strategy=shuffle (U | take 1) on a, $left.b == $right.c");
  ASSERT_EQ(join.properties.size(), 2U);
  EXPECT_EQ(join.properties[1].name, "hint.strategy");
  EXPECT_EQ(show(join.properties[0].value.get()), "inner");
  EXPECT_EQ(show(join.right.get()), "<1 operators>");
  EXPECT_EQ(show(join.on), "a, ($left.b == $right.c)");
  EXPECT_TRUE(only<ast::Join>("T | lookup kind = leftouter U on a").lookup);
}

TEST(KqlTree, Tables) {
  EXPECT_EQ(show(only<ast::Union>("union withsource=X isfuzzy=true A, (B | where x), C*, database('d').T*").tables),
            "A, <1 operators>, C*, database('d').T*");
  const auto search = only<ast::Search>("search kind=case_sensitive in (A, B*) 'x' and C: 'y' or D has 'z'");
  EXPECT_EQ(show(search.tables), "A, B*");
  EXPECT_EQ(show(search.predicate.get()), "(('x' and (C : 'y')) or (D has 'z'))");
  EXPECT_EQ(show(only<ast::Search>("search * and 'x'").predicate.get()), "(* and 'x')");
  const auto find = only<ast::Find>("find withsource=T in (A) where x == 1 project a, b: long, pack(*)");
  ASSERT_EQ(find.project.size(), 3U);
  EXPECT_EQ(find.project[1].type, Type::Long);
  EXPECT_TRUE(find.project[2].pack);
}

TEST(KqlTree, Expansions) {
  const auto expand = only<ast::MvExpand>("T | mv-expand kind=array a, b = todynamic(x) to typeof(string) limit 10");
  ASSERT_EQ(expand.columns.size(), 2U);
  EXPECT_FALSE(expand.columns[0].to);
  EXPECT_EQ(expand.columns[1].to, Type::String);
  EXPECT_EQ(show(expand.limit.get()), "10");
  const auto apply = only<ast::MvApply>("T | mv-apply with_itemindex=i a on (where a > 1 | summarize count())");
  ASSERT_NE(apply.query, nullptr);
  EXPECT_EQ(apply.query->source, nullptr);
  EXPECT_EQ(apply.query->operators.size(), 2U);
}

TEST(KqlTree, Patterns) {
  const auto parsed = only<ast::Parse>("T | parse-where kind=regex flags=Ui X with * 'a' 'b' c: long 'd' by *");
  EXPECT_TRUE(parsed.drops_unmatched);
  ASSERT_EQ(parsed.pieces.size(), 6U);
  EXPECT_EQ(show(parsed.pieces[1].text.get()), "'ab'");
  EXPECT_EQ(parsed.pieces[2].type, Type::Long);
  EXPECT_EQ(parsed.pieces[4].column, "by");
  const auto reorder = only<ast::Select>("T | project-reorder a*b, *1 desc, c granny-asc");
  ASSERT_EQ(reorder.patterns.size(), 3U);
  EXPECT_EQ(reorder.patterns[1].text, "*1");
  EXPECT_EQ(reorder.patterns[1].order, ast::NameOrder::Descending);
  EXPECT_EQ(reorder.patterns[2].order, ast::NameOrder::GrannyAscending);
}

TEST(KqlTree, Series) {
  const auto series =
      only<ast::MakeSeries>("T | make-series c = count() default=0, avg(x) on t from a to b step 1h by k = d.e");
  ASSERT_EQ(series.items.size(), 2U);
  EXPECT_EQ(show(series.items[0].default_value.get()), "0");
  EXPECT_EQ(show(series.step.get()), "01:00:00");
  EXPECT_EQ(series.by.at(0).names.at(0), "k");
  EXPECT_EQ(show(only<ast::MakeSeries>("T | make-series count() on t in range(a, b, 1h)").to.get()), "b");
}

TEST(KqlTree, Steps) {
  const auto scan = only<ast::Scan>(
      "T | scan with_match_id=m partition by p declare (a: long = -1) with (step s1 optional output=all: x == 1 => "
      "a = 1, b = s1.x; step s2: true;)");
  ASSERT_EQ(scan.steps.size(), 2U);
  EXPECT_EQ(scan.steps[0].output, "all");
  EXPECT_TRUE(scan.steps[0].optional);
  EXPECT_EQ(show(scan.steps[0].assignments.at(1).value.get()), "s1.x");
  EXPECT_EQ(show(scan.declare.at(0).default_value.get()), "-1");
  const auto top =
      only<ast::TopNested>("T | top-nested 3 of A with others='x' by c = count(), top-nested of B by sum(x) asc");
  ASSERT_EQ(top.levels.size(), 2U);
  EXPECT_EQ(show(top.levels[0].others.get()), "'x'");
  EXPECT_EQ(top.levels[1].count, nullptr);
  EXPECT_FALSE(top.levels[1].descending);
}

TEST(KqlTree, Functions) {
  const Parsed parsed = parse(
      "declare query_parameters(q: string = 'x'); set notruncation;\n"
      "let f = (a: string, T: (x: long, *), b: timespan = 1d) { let y = 1; T | where x == y; };\n"
      "let t = view () { datatable (a: string, b: dynamic) ['x', dynamic({'k': [1, null, datetime(2020-01-01)]}),] };\n"
      "f('a', T); t | count");
  ASSERT_TRUE(parsed.errors.empty()) << parsed.errors.front();
  EXPECT_EQ(parsed.query.options.at(0).name, "notruncation");
  EXPECT_EQ(show(parsed.query.parameters.at(0).default_value.get()), "'x'");
  const auto& f = std::get<ast::Lambda>(parsed.query.lets.at(0).value.source->node);
  EXPECT_TRUE(f.parameters.at(1).tabular);
  EXPECT_TRUE(f.parameters.at(1).any_columns);
  EXPECT_EQ(f.body->lets.size(), 1U);
  const auto& t = std::get<ast::Lambda>(parsed.query.lets.at(1).value.source->node);
  const auto& table = std::get<ast::Datatable>(t.body->body.source->node);
  EXPECT_EQ(show(table.values.at(1).get()), R"({"k":[1,null,"2020-01-01T00:00:00Z"]})");
  EXPECT_EQ(parsed.query.further.size(), 1U);
}

// Recovery: at `|` and `;`, whatever is inside of brackets.
TEST(KqlTree, EveryErrorIsReported) {
  const Parsed parsed =
      parse("let a = ; let b = (x:) { T }; T | where (c == | join (U | where ==) on d | wher | take 1");
  EXPECT_EQ(parsed.errors,
            (std::vector<std::string>{"KQL002 expected a value, found `;`", "KQL002 expected a type, found `)`",
                                      "KQL002 expected a value, found `|`", "KQL002 expected a value, found `==`",
                                      "KQL004 unknown operator `wher`", "KQL001 this `(` is not closed"}));
  const Parsed nested =
      parse("T | where a in (U | where ==) | wher x | mv-apply b on (take | where b ==) | extend = 1");
  EXPECT_EQ(nested.errors,
            (std::vector<std::string>{"KQL002 expected a value, found `==`", "KQL004 unknown operator `wher`",
                                      "KQL002 expected a value, found `|`", "KQL002 expected a value, found `)`",
                                      "KQL002 expected a value, found `=`"}));
}

std::string repeated(std::string text, std::string_view unit, size_t times) {
  for (size_t i = 0; i < times; ++i) text += unit;
  return text;
}

TEST(KqlHostile, NestsOfEveryKindAreReportedOnce) {
  for (const std::string_view unit :
       {"(", "[", "{", "f(", "toscalar(", "union (", "join (T ", "| mv-apply a on (take 1 ", "| partition by a {T ",
        "| facet by a with ( facet ", "(a, ", "view () {", "datatable(", "dynamic([", "case(a, "}) {
    for (const std::string_view prefix : {"", "T ", "T | where ", "print ", "let f = "}) {
      const Parsed parsed = parse(repeated(std::string(prefix), unit, 5'000));
      ASSERT_FALSE(parsed.errors.empty()) << prefix << unit;
      EXPECT_LE(parsed.errors.size(), 1000U) << prefix << unit;
    }
  }
  EXPECT_EQ(parse(repeated("print ", "toscalar(", 5'000)).errors,
            std::vector<std::string>{"KQL015 the query is nested too deeply"});
  EXPECT_EQ(parse(repeated("let f = ", "(a: long) { let g = ", 5'000)).errors,
            std::vector<std::string>{"KQL015 the query is nested too deeply"});
}

TEST(KqlHostile, ErrorsAreBounded) {
  EXPECT_EQ(parse(repeated("T ", "| wher x ", 20'000)).errors.size(), 1000U);
  EXPECT_EQ(parse(repeated("T ", "| ", 20'000)).errors.size(), 1000U);
  EXPECT_EQ(parse(repeated("", "let a = ;", 20'000)).errors.size(), 1000U);
}

TEST(KqlHostile, SizeIsBounded) {
  const Parsed parsed = parse(repeated("T | where a == 1", " or a == 1", 1'000'000));
  EXPECT_EQ(parsed.errors, std::vector<std::string>{"KQL015 the query has 10000016 bytes; at most 2097152 are read"});
}

}  // namespace
}  // namespace hecate::kql::test
