#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/span.h"
#include "plan/expr.h"
#include "plan/types.h"
#include "plan/value.h"

/// A query as it was written: every node keeps its place; nothing is resolved.
namespace hecate::kql::ast {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;
struct Pipeline;
struct Query;

/// `name: type` in a datatable, an externaldata, a schema.
struct ColumnDeclaration {
  std::string name;
  Type type = Type::String;
  Span span;
};
/// `kind=inner`, `isfuzzy=true`, `withsource=T`, `hint.strategy=shuffle`: what an operator is told besides its
/// operands.
struct Property {
  std::string name;  // "kind", "hint.strategy"
  Span name_span;
  ExpressionPtr value;  // a Name or a Constant
};

// --- expressions ---

struct Constant {
  OwnedValue value;
  Type type;
};
struct Name {
  std::string text;  // may hold `*` where patterns of names are allowed
};
struct Star {};
/// `base.name`
struct Member {
  ExpressionPtr base;
  std::string name;
};
/// `base.f(…)`: `cluster("c").database("d")`
struct MemberCall {
  ExpressionPtr base;
  ExpressionPtr call;  // an Invocation
};
/// `base[index]`
struct Index {
  ExpressionPtr base;
  ExpressionPtr index;
};
struct Argument {
  std::string name;  // `name=value`; else empty
  ExpressionPtr value;
};
struct Invocation {
  std::string function;
  Span name_span;
  std::vector<Argument> arguments;
};
struct Negation {
  ExpressionPtr operand;
};
enum class BinaryOp : uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual
};
struct Binary {
  BinaryOp op;
  ExpressionPtr left, right;
};
/// `and`, `or`: of any length, so that long chains are not deep.
struct Junction {
  bool all = true;
  std::vector<ExpressionPtr> operands;
};
struct TextOperatorRow;
/// A test of the table of string operators.
struct TextTest {
  const TextOperatorRow* op;
  Span op_span;
  ExpressionPtr left;
  std::vector<ExpressionPtr> right;  // one, or the list of in, has_any, has_all
};
struct Between {
  bool negated = false;
  ExpressionPtr value, low, high;
};
/// A pipeline where a value stands: toscalar(T | …), in (T | …).
struct Subquery {
  std::unique_ptr<Pipeline> query;
};
/// `typeof(long)`, `typeof(a: string, b: long)`, `typeof(*, a: string)`.
struct TypeOf {
  std::optional<Type> type;  // of one value
  std::string name;          // of that type as it was written: an `int` is a Long that must fit
  bool star = false;         // all columns of the rows
  std::vector<ColumnDeclaration> columns;
};
/// `datatable (a: string, b: long) ["x", 1, …]`: the values row after row.
struct Datatable {
  std::vector<ColumnDeclaration> columns;
  std::vector<ExpressionPtr> values;
};
/// `externaldata (a: string) [@"https://…", …] with (format="csv", …)`, and inline_external_table, which says the same
/// in other words.
struct Externaldata {
  std::vector<ColumnDeclaration> columns;
  std::vector<ExpressionPtr> locations;
  std::vector<Property> properties;
  bool inline_table = false;
};
/// A parameter of a function: a value, or a table where it has `tabular`.
struct Parameter {
  std::string name;
  Span span;
  Type type = Type::String;
  bool tabular = false;
  bool any_columns = false;                // tabular: `(*)`
  std::vector<ColumnDeclaration> columns;  // tabular: those that the table must have
  ExpressionPtr default_value;             // or null
};
/// `(a: string, T: (x: long), b: long = 3) { let …; body }`, also `view () { … }`.
struct Lambda {
  bool view = false;
  std::vector<Parameter> parameters;
  std::shared_ptr<const Query> body;
};
/// In `search` and `find`: `Column: "term"`.
struct ColumnTerm {
  ExpressionPtr column, term;
};
/// What the parser knows by name and skips.
struct Foreign {
  std::string what;
};

struct Expression {
  using Node = std::variant<Constant, Name, Star, Member, MemberCall, Index, Invocation, Negation, Binary, Junction,
                            TextTest, Between, Subquery, TypeOf, Datatable, Externaldata, Lambda, ColumnTerm, Foreign>;
  Node node;
  Span span;
  int depth = 1;
};

/// A row of the table of string operators.
struct TextOperatorRow {
  std::string_view spelling;  // "!contains_cs"
  MatchOp op;
  Casing casing;
  bool negated;
  bool list;  // the right side is a list in parentheses
  Quantifier quantifier;
  std::string_view function;  // for a right side that is not constant
};

// --- tabular operators ---

/// `name = value`, `(a, b) = value`, or a value alone.
struct Assignment {
  std::vector<std::string> names;
  Span name_span;
  ExpressionPtr value;
};
struct OrderKey {
  ExpressionPtr value;
  bool descending = true;
  bool nulls_first = false;
};
enum class NameOrder : uint8_t { AsWritten, Ascending, Descending, GrannyAscending, GrannyDescending };
struct NamePattern {
  std::string text;
  Span span;
  NameOrder order = NameOrder::AsWritten;  // project-reorder: of the columns that a pattern means
};

struct Where {
  ExpressionPtr predicate;
};
struct Project {
  std::vector<Assignment> columns;
};
struct Extend {
  std::vector<Assignment> columns;
};
enum class Selection : uint8_t { Away, Keep, Reorder };
struct Select {
  Selection kind;
  std::vector<NamePattern> patterns;
};
struct Rename {
  std::vector<Assignment> columns;
};
struct Summarize {
  std::vector<Assignment> aggregates;
  std::vector<Assignment> by;
};
struct Count {};
struct Distinct {
  bool star = false;
  std::vector<Assignment> columns;
};
struct Sort {
  std::vector<OrderKey> keys;
};
struct Top {
  ExpressionPtr count;
  std::vector<OrderKey> keys;
};
struct Take {
  ExpressionPtr count;
};
/// `join` and `lookup`. The other table is a Name, a call or a Subquery.
struct Join {
  bool lookup = false;
  std::vector<Property> properties;  // kind
  ExpressionPtr right;
  std::vector<ExpressionPtr> on;  // may be empty (then the binder reports); a Name, or `$left.a == $right.b`, or
                                  // several of these joined by `and`
};
/// First in a pipeline, or behind `|`, when the rows so far are its first table.
struct Union {
  std::vector<Property> properties;   // kind, isfuzzy, withsource
  std::vector<ExpressionPtr> tables;  // Name (may hold `*`), call, Subquery
};
struct ExpandColumn {
  Assignment column;
  std::optional<Type> to;
};
struct MvExpand {
  std::vector<Property> properties;  // bagexpansion or kind, with_itemindex
  std::vector<ExpandColumn> columns;
  ExpressionPtr limit;  // or null
  bool old = false;     // mvexpand: 128 values at most
};
struct MvApply {
  std::vector<Property> properties;  // with_itemindex
  std::vector<ExpandColumn> columns;
  ExpressionPtr limit;              // or null
  std::unique_ptr<Pipeline> query;  // without a source: it reads the expanded rows
};
/// A piece of a parse pattern: `*`, a text, or a column.
struct ParsePiece {
  enum class Kind : uint8_t { Star, Text, Column };
  Kind kind = Kind::Star;
  ExpressionPtr text;  // Text: a constant (of `kind=regex`: a regular expression)
  std::string column;
  std::optional<Type> type;  // Column; none: string
  Span span;
};
struct Parse {
  bool drops_unmatched = false;      // parse-where
  std::vector<Property> properties;  // kind (simple, regex, relaxed), flags
  ExpressionPtr subject;
  std::vector<ParsePiece> pieces;
};
struct ParseKv {
  ExpressionPtr subject;
  std::vector<ColumnDeclaration> columns;
  std::vector<Property> properties;  // pair_delimiter, kv_delimiter, quote, escape, greedy, regex
};
struct MakeSeries {
  struct Item {
    Assignment value;
    ExpressionPtr default_value;  // or null
  };
  std::vector<Property> properties;  // kind
  std::vector<Item> items;
  Assignment on;
  ExpressionPtr from, to, step;  // from, to: or null
  std::vector<Assignment> by;
};
struct Evaluate {
  std::vector<Property> properties;
  ExpressionPtr plugin;          // an Invocation
  std::optional<TypeOf> schema;  // `: (a: string, *)`
};
struct Invoke {
  ExpressionPtr function;  // an Invocation
};
/// A predicate in which a text alone is a term of any column. Tables: empty means all.
struct Search {
  std::vector<Property> properties;  // kind=case_sensitive
  std::vector<ExpressionPtr> tables;
  ExpressionPtr predicate;  // `*` alone: a Star
};
struct Find {
  std::vector<Property> properties;  // withsource, datascope
  std::vector<ExpressionPtr> tables;
  ExpressionPtr predicate;
  bool smart = false;  // project-smart
  struct Column {
    std::string name;
    std::optional<Type> type;
    bool pack = false;  // pack(*)
    Span span;
  };
  std::vector<Column> project;
  std::vector<NamePattern> project_away;
};
struct Partition {
  std::vector<Property> properties;
  ExpressionPtr by;
  std::unique_ptr<Pipeline> query;  // with a source only in the old form `{ T | … }`
};
struct ScanStep {
  std::string name;
  Span span;
  bool optional = false;
  std::string output;  // all, last, none; empty: all
  ExpressionPtr condition;
  std::vector<Assignment> assignments;
};
struct Scan {
  std::vector<Property> properties;  // with_match_id
  std::vector<OrderKey> order;
  std::vector<Assignment> partition;
  struct Declaration {
    ColumnDeclaration column;
    ExpressionPtr default_value;  // or null
  };
  std::vector<Declaration> declare;
  std::vector<ScanStep> steps;
};
struct TopNested {
  struct Level {
    ExpressionPtr count;  // or null: all
    Assignment of;
    ExpressionPtr others;  // `with others = "…"`, or null
    Assignment by;         // an aggregate
    bool descending = true;
  };
  std::vector<Level> levels;
};
struct TopHitters {
  ExpressionPtr count;
  Assignment of;
  ExpressionPtr by;  // or null
};
struct Sample {
  ExpressionPtr count;
};
struct SampleDistinct {
  ExpressionPtr count;
  Assignment of;
};
struct Serialize {
  std::vector<Assignment> columns;
};
struct Render {
  std::string chart;
  std::vector<Property> properties;
};
struct GetSchema {};
struct Consume {};
struct As {
  std::string name;
  Span name_span;
};
struct Reduce {
  ExpressionPtr by;
  std::vector<Property> properties;
};
/// `fork name = (…) (…)`
struct Fork {
  struct Branch {
    std::string name;
    std::unique_ptr<Pipeline> query;
  };
  std::vector<Branch> branches;
};
struct Facet {
  std::vector<Assignment> by;
  std::unique_ptr<Pipeline> with;  // or null
};
/// `range x from 1 to 10 step 2`: first in a pipeline.
struct Range {
  std::string column;
  Span column_span;
  ExpressionPtr from, to, step;
};
/// `print a = 1, 2`: first in a pipeline.
struct Print {
  std::vector<Assignment> columns;
};
/// `project-by-names "a", dynamic(["b*"])`
struct ProjectByNames {
  std::vector<ExpressionPtr> names;
};
struct AssertSchema {
  std::vector<ColumnDeclaration> columns;
  bool star = false;  // others may be there, too
};
/// First in a pipeline: the query once for each entity of a group.
struct MacroExpand {
  std::vector<Property> properties;  // kind, isfuzzy
  ExpressionPtr group;               // a Name, or a call of `entity_group` with the entities
  std::string name;                  // of the entity, in the query
  Span name_span;
  std::shared_ptr<const Query> query;
};
struct MakeGraph {
  struct Nodes {
    ExpressionPtr table;
    NamePattern id;
  };
  NamePattern from, to;              // columns of the edges
  std::vector<Property> properties;  // with_node_id
  std::vector<Nodes> nodes;
  NamePattern partition;  // empty: one graph
  std::unique_ptr<Pipeline> query;
};
enum class EdgeDirection : uint8_t { Right, Left, Any };
struct GraphElement {
  bool edge = false;
  std::string name;  // or empty
  Span span;
  EdgeDirection direction = EdgeDirection::Right;
  ExpressionPtr least, most;  // of edges in a row; null: one
};
/// graph-match, graph-shortest-paths. A path is nodes with an edge between each and the next.
struct GraphMatch {
  bool shortest = false;
  std::vector<Property> properties;  // cycles, output
  std::vector<std::vector<GraphElement>> paths;
  ExpressionPtr where;  // or null
  std::vector<Assignment> project;
};
struct GraphWhere {
  bool edges = false;
  ExpressionPtr predicate;
};
struct GraphMarkComponents {
  std::vector<Property> properties;  // kind, with_component_id
};
struct GraphToTable {
  struct Part {
    bool edges = false;
    std::string name;  // `as`, or empty
    Span span;
    std::vector<Property> properties;  // with_node_id, with_source_id, with_target_id
  };
  std::vector<Part> parts;
};
/// An operator that is not supported, or not known; its operands were skipped.
struct Other {
  bool known = false;
};

struct Operator {
  using Node = std::variant<Where, Project, Extend, Select, Rename, Summarize, Count, Distinct, Sort, Top, Take, Join,
                            Union, MvExpand, MvApply, Parse, ParseKv, MakeSeries, Evaluate, Invoke, Search, Find,
                            Partition, Scan, TopNested, TopHitters, Sample, SampleDistinct, Serialize, Render,
                            GetSchema, Consume, As, Reduce, Fork, Facet, Range, Print, ProjectByNames, AssertSchema,
                            MacroExpand, MakeGraph, GraphMatch, GraphWhere, GraphMarkComponents, GraphToTable, Other>;
  Node node;
  std::string name;
  Span name_span;
  Span span;
};

struct Pipeline {
  /// A Name, a call (`T()`, `workspace("w").T` as Member), a Subquery, a Datatable, an Externaldata, or any value; null
  /// where an operator stands first (union, search, find, print, range, evaluate) or in the queries of mv-apply,
  /// partition, fork, facet, that read the rows outside.
  ExpressionPtr source;
  std::vector<Operator> operators;
  Span span;
};

struct Let {
  std::string name;
  Span name_span;
  Pipeline value;  // without operators: a value, a table, or a function (a Lambda)
};

struct Query {
  std::vector<Property> options;      // `set name = value`; the value may be null
  std::vector<Parameter> parameters;  // declare query_parameters(…)
  std::vector<Let> lets;              // also `alias`, which is refused
  Pipeline body;                      // the first statement that is a query
  std::vector<Pipeline> further;      // those behind it: results of their own
};

}  // namespace hecate::kql::ast
