#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/depth_guard.h"
#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "lang/kql/ast.h"
#include "lang/kql/codes.h"
#include "lang/kql/functions.h"
#include "lang/kql/kql.h"

namespace hecate::kql {

/// Gives names their meaning and types, and lowers to the plan on the way. A null ExprPtr means: reported.
class Binder {
 public:
  Binder(const Environment& environment, DiagnosticSink& sink) : environment_(environment), sink_(sink) {
    plan_.language = Language::Kql;
  }

  /// Errors are in the sink; the plan is of use only where there are none.
  [[nodiscard]] Plan bind(const ast::Query& query);

 private:
  /// A column as the rows at one place of the query show it.
  struct Column {
    std::string name;
    Type type = Type::String;
    std::optional<ColumnId> id;  // a table's column gets one when it is first read
    std::string field;           // the table's column
    std::string path_column;     // see ColumnSchema
    bool computed = false;
    bool broken = false;  // its expression was in error: uses of it are not reported again
  };
  /// What the pipeline gives so far.
  struct Relation {
    std::vector<Column> columns;
    bool whole_event = true;
    bool open = false;  // after an error: unknown names are not reported
  };
  struct LetBinding {
    const ast::Let* let = nullptr;
    size_t index = 0;
    bool tabular = false;
    ExprPtr value;    // scalars; null where in error
    size_t size = 0;  // nodes of it
    int depth = 0;    // of it, with what it names
  };
  /// The items of a summarize while its expressions are bound.
  struct Aggregation {
    Aggregate aggregate;
    std::vector<std::string> extra_names;  // arg_max, take_any: names of all columns they give
    std::vector<ColumnId> extra_ids;
  };
  struct PathRule {
    std::string column, path_column, table;
  };

  // bind_query.cpp
  void define_lets(const ast::Query& query);
  [[nodiscard]] bool is_tabular(const ast::Pipeline& pipeline) const;
  [[nodiscard]] const LetBinding* find_let(std::string_view name) const;
  void bind_pipeline(const ast::Pipeline& pipeline);
  void bind_source(const ast::Expression& source);
  void bind_named_source(const std::string& name, Span span);
  void bind_table(const TableSchema& schema, Span span);
  void unknown_source(const std::string& name, Span span);
  void fail_source();
  void add_node(decltype(Node::op) op, Span span);
  void bind_operator(const ast::Operator& op);
  void bind(const ast::Where& where, Span span);
  void bind(const ast::Project& project, Span span);
  void bind(const ast::Extend& extend, Span span);
  void bind(const ast::Select& select, Span span);
  void bind(const ast::Rename& rename, Span span);
  void bind(const ast::Summarize& summarize, Span span);
  void bind(const ast::Count& count, Span span);
  void bind(const ast::Distinct& distinct, Span span);
  void bind(const ast::Sort& sort, Span span);
  void bind(const ast::Top& top, Span span);
  void bind(const ast::Take& take, Span span);
  void bind(const ast::Other& other, Span span);
  /// Operators that are read, but not run yet.
  template <typename Node>
  void bind(const Node& /*node*/, Span span) {
    sink_.report(kUnsupportedOperator, span, "the operator is not supported");
    relation_.open = true;
  }
  void project_columns(const std::vector<ast::Assignment>& columns, Span span);
  void bind_sort(const std::vector<ast::OrderKey>& keys, Span span);
  void bind_limit(const ast::Expression& count, Span span);
  [[nodiscard]] std::vector<size_t> select_columns(const ast::NamePattern& pattern);
  void finish();

  // columns
  [[nodiscard]] Column* find_column(std::string_view name);
  void unknown_column(std::string_view name, Span span);
  ColumnId id_of(Column& column);
  /// The column that an expression is, or a new one that holds its value (through a pending Extend).
  std::optional<Column> bind_column(const ast::Assignment& assignment, std::string name,
                                    std::vector<Extend::Column>& pending);
  std::optional<Column> column_of(ExprPtr value, std::string name, std::vector<Extend::Column>& pending);
  [[nodiscard]] std::string column_name(const ast::Assignment& assignment, const std::vector<Column>& others);
  void flush(std::vector<Extend::Column>& pending, Span span);
  static std::string unique_name(std::string name, const std::vector<Column>& others);

  // bind_expression.cpp
  ExprPtr bind(const ast::Expression& expression);
  ExprPtr bind_as_bool(const ast::Expression& expression, std::string_view what);
  ExprPtr bind_node(const ast::Constant& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Name& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Star& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Member& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Index& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Invocation& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Negation& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Binary& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Junction& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::TextTest& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Between& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Subquery& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Foreign& node, const ast::Expression& whole);
  template <typename Node>
  ExprPtr bind_node(const Node& /*node*/, const ast::Expression& whole) {
    sink_.report(kUnsupported, whole.span, "this construct is not supported");
    return nullptr;
  }
  ExprPtr bind_arithmetic(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span);
  ExprPtr bind_comparison(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span);
  bool comparable(const Expr& left, const Expr& right, Span span);

  // bind_text.cpp
  ExprPtr text_operand(ExprPtr operand, const ast::TextTest& test);
  ExprPtr bind_typed_list(const ast::TextTest& test, ExprPtr left, std::vector<ExprPtr> right, Span span);
  ExprPtr make_text_match(const ast::TextOperatorRow& row, ExprPtr left, std::vector<std::string> patterns, Span span);
  bool check_regex(const std::string& pattern, Span span);
  void lint_path(const Expr& operand, MatchOp op, const std::vector<std::string>& patterns, Span span);
  void report_path_lints();

  // bind_call.cpp
  ExprPtr bind_function(const FunctionInfo& info, const ast::Invocation& node, Span span);
  bool bind_arguments(const FunctionInfo& info, const ast::Invocation& node, size_t count,
                      std::vector<ExprPtr>& arguments);
  ExprPtr bind_special(const FunctionInfo& info, const ast::Invocation& node, Span span);
  ExprPtr bind_type_name(const ast::Invocation& node, Span span);
  ExprPtr bind_packed_columns(const ast::Invocation& node, Span span);
  ExprPtr bind_ingestion_time(Span span);
  ExprPtr convert_argument(ExprPtr argument, Param param, const FunctionInfo& info, size_t index);
  std::optional<Type> result_type(const FunctionInfo& info, std::vector<ExprPtr>& arguments, Span span);
  std::optional<Type> common_type(std::string_view function, std::vector<ExprPtr>& arguments, size_t first, size_t step,
                                  Span span);
  bool check_arity(std::string_view name, int least, int most, size_t given, Span span);
  void unknown_function(const ast::Invocation& node);

  // bind_summarize.cpp
  ExprPtr bind_aggregate(const AggregateInfo& info, const ast::Invocation& node, Span span);
  ExprPtr bind_percentiles(const AggregateInfo& info, const ast::Invocation& node, std::vector<ExprPtr> arguments,
                           Span span);
  std::optional<std::vector<double>> bind_ranks(const AggregateInfo& info, const std::vector<ExprPtr>& arguments);
  ExprPtr bind_arg(const AggregateInfo& info, const ast::Invocation& node, Span span);
  ExprPtr bind_take_any(const AggregateInfo& info, const ast::Invocation& node, Span span);
  ExprPtr add_item(const AggregateInfo& info, std::vector<ExprPtr> arguments, Type type, std::string name, Span span);
  bool check_aggregate_types(const AggregateInfo& info, const ast::Invocation& node, std::vector<ExprPtr>& arguments);
  void bind_keys(const ast::Summarize& summarize, Aggregation& aggregation, std::vector<Column>& output, Span span);
  void bind_items(const ast::Summarize& summarize, Aggregation& aggregation, std::vector<Column>& output,
                  std::vector<Extend::Column>& after);
  [[nodiscard]] std::string aggregate_name(const ast::Assignment& assignment);

  const Environment& environment_;
  DiagnosticSink& sink_;
  Plan plan_;
  Relation relation_;
  std::string table_;
  std::map<std::string, LetBinding, std::less<>> lets_;
  size_t visible_lets_ = 0;
  Aggregation* aggregation_ = nullptr;  // summarize's expressions, outside of an aggregate's arguments
  bool in_aggregate_ = false;
  std::map<ColumnId, PathRule> path_rules_;
  std::map<std::string, std::vector<Span>> path_lints_;  // by the table's column
  std::map<std::string, PathRule> path_lint_rules_;
  std::map<std::string, ColumnId> scan_ids_;  // by the table's column
  int unnamed_ = 0;
  int depth_ = 0;
  int let_depth_ = 0;  // of the deepest `let` named by the one being bound
  size_t size_ = 0;
  bool large_reported_ = false;
};

/// The name of an unnamed column, or empty where it is numbered (Column1).
[[nodiscard]] std::string automatic_name(const ast::Expression& expression);
/// The text of a constant string, or nullptr-like nothing.
[[nodiscard]] std::optional<std::string> constant_text(const Expr& expr);
/// The texts of a constant array (`dynamic(["a", "b"])`) or of a constant string.
[[nodiscard]] std::optional<std::vector<std::string>> constant_texts(const Expr& expr);
[[nodiscard]] std::string describe(const Expr& expr, const Plan& plan);
[[nodiscard]] bool is_number(Type type);

}  // namespace hecate::kql
