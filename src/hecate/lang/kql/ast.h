#pragma once

#include <memory>
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
/// What the parser knows by name and skips: datatable, externaldata, a lambda.
struct Foreign {
  std::string what;
};

struct Expression {
  using Node = std::variant<Constant, Name, Star, Member, Index, Invocation, Negation, Binary, Junction, TextTest,
                            Between, Subquery, Foreign>;
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
struct NamePattern {
  std::string text;
  Span span;
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
/// An operator that is not supported, or not known; its operands were skipped.
struct Other {
  bool known = false;
};

struct Operator {
  std::variant<Where, Project, Extend, Select, Rename, Summarize, Count, Distinct, Sort, Top, Take, Other> node;
  std::string name;
  Span name_span;
  Span span;
};

struct Pipeline {
  ExpressionPtr source;  // null where an operator stands first (union, search, print, …)
  std::vector<Operator> operators;
  Span span;
};

struct Let {
  std::string name;
  Span name_span;
  Pipeline value;  // without operators: a value, or a table
};

struct Query {
  std::vector<Let> lets;
  Pipeline body;
};

}  // namespace hecate::kql::ast
