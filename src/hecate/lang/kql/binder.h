#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
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
#include "lang/kql/names.h"
#include "lang/kql/plugins.h"
#include "plan/routine.h"

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
    std::optional<ColumnId> id = {};  // a table's column gets one when it is first read
    std::string field = {};           // the table's column
    const ColumnSchema* schema = {};  // what is known of the table's column
    bool broken = false;              // its expression was in error: uses of it are not reported again
    /// A dynamic object of which each key is a column (bag_unpack, pivot): shown so, and named so.
    bool bag = false;
    std::string prefix = {};  // of a bag: before each of the names
  };
  /// Of a graph's nodes or edges.
  struct Property {
    std::string name;
    Type type = Type::String;
    bool uncertain = false;
  };
  struct Graph {
    GraphQuery query;
    std::vector<Compute::Source> sources;
    std::vector<Property> nodes, edges;
    bool inferred = false;  // of a table that nothing is known of
  };
  struct PatternScope;
  /// What the pipeline gives so far.
  struct Relation {
    std::vector<Column> columns;
    /// mv-apply: the columns of the row outside, which its query may read and cannot lose.
    std::vector<Column> context;
    /// mv-apply, partition: what the query is run for each value of. Aggregates, limits and the like are within it.
    std::vector<ColumnId> partition;
    bool open = false;      // after an error: unknown names are not reported
    bool inferred = false;  // rows of a table that nothing is known of: unknown names are columns of nothing
    /// The rows are a table's as they are, besides columns that were added: the result shows whole events.
    bool whole_event = false;
    bool listed = false;                // of a table that is known by its published columns alone
    std::shared_ptr<Graph> graph = {};  // instead of rows
  };
  /// The items of a summarize while its expressions are bound.
  struct Aggregation {
    Aggregate aggregate;
    std::vector<std::string> extra_names;  // arg_max, take_any: names of all columns they give
    std::vector<ColumnId> extra_ids;
  };
  /// A table's column that is known to hold certain values only: comparisons that no row can pass are warned of.
  struct ColumnRule {
    const ColumnSchema* schema;
    std::string table;
  };
  /// All that belongs to one plan.
  struct Building {
    Plan plan;
    Relation relation;
    std::string table;
    std::map<std::string, ColumnId> scan_ids;
    std::map<ColumnId, ColumnRule> column_rules;
    std::set<ColumnId> uncertain;
    uint64_t number = 0;
  };
  /// Another plan's rows, as the one that reads them sees them. Ids are of the other plan.
  struct Input {
    size_t index = 0;
    Relation relation;
    std::set<ColumnId> uncertain;
  };
  /// A table of a union, with the name that `withsource` gives it.
  struct Leg {
    Input input;
    std::string name;
  };

  // bind_query.cpp: statements, sources
  void bind_statements(const ast::Query& query);
  void bind_further(const ast::Query& query);
  void define_parameters(const std::vector<ast::Parameter>& parameters);
  void define_lets(const std::vector<ast::Let>& lets);
  void define(const std::string& name, Span span, Binding binding);
  [[nodiscard]] bool is_tabular(const ast::Pipeline& pipeline);
  [[nodiscard]] bool is_tabular(const ast::Expression& source);
  [[nodiscard]] bool is_tabular(const ast::Lambda& function, const NamesAt& names);
  [[nodiscard]] Binding* find_name(std::string_view name) const { return Names::find(names_, name); }
  void bind_pipeline(const ast::Pipeline& pipeline, size_t count = SIZE_MAX);
  void bind_operators(const ast::Pipeline& pipeline, size_t first, size_t count);
  void bind_source(const ast::Expression& source);
  void bind_named_source(const std::string& name, Span span);
  void bind_binding(const Binding& binding, const std::string& name, Span span);
  void bind_called_source(const ast::Invocation& call, Span span);
  void bind_datatable(const ast::Datatable& table, Span span);
  void bind_externaldata(const ast::Externaldata& data, Span span);
  void bind_external_rows(const Table& table, const std::vector<ast::ColumnDeclaration>& declared, Span span);
  void bind_watchlist(const ast::Invocation& call, Span span);
  void bind_rows_of(const Table& table, Span span);
  void bind_table(const TableSchema& schema, Span span);
  void bind_view_arguments(const TableSchema& schema, const ast::Invocation& call);
  void unknown_source(const std::string& name, Span span, bool call);
  void nothing(std::vector<Column> columns, Span span);
  void fail_source();
  void add_node(decltype(Node::op) op, Span span);

  // bind_function.cpp: functions of the query and of the environment
  [[nodiscard]] std::shared_ptr<Names> new_scope(NamesAt outer) {
    return scopes_.all.emplace_back(std::make_shared<Names>(Names{std::move(outer), {}}));
  }
  [[nodiscard]] std::shared_ptr<Names> bind_arguments(const Binding& function, const ast::Invocation* call, Span span);
  ExprPtr call_scalar(const Binding& function, const ast::Invocation& call, Span span);
  void call_tabular(const Binding& function, const ast::Invocation* call, Span span);
  void invoke(const ast::Invocation& call, Span span, const ast::Pipeline& pipeline, size_t operators);
  [[nodiscard]] std::optional<Binding> stored_function(std::string_view name);
  /// A call is within another of the same function: what names itself never ends.
  [[nodiscard]] bool calls_itself(const ast::Lambda& function, Span span);
  ExprPtr value_of(Binding& binding, const std::string& name, Span span);

  // bind_input.cpp: plans beside the plan
  template <typename Bind>
  Building bind_apart(Bind bind);
  void begin_plan();
  [[nodiscard]] Building finish_building();
  Input add_input(Building building, std::string command, Span span);
  Input bind_input(const ast::Expression& source, std::string command);
  void become_input(std::vector<Leg>& legs, const std::string& command, Span span);
  ExprPtr scalar_of(Building building, std::string command, Span span);
  ExprPtr bind_pack_all(const ast::Invocation& node, Span span);
  ExprPtr bind_column_names(const ast::Invocation& node, Span span);
  ExprPtr bind_toscalar(const ast::Invocation& node, Span span);
  ExprPtr list_of(const ast::Expression& source, std::string command, Span span);
  ExprPtr bind_in_relation(const ast::TextTest& test, ExprPtr left, Span span);
  void unite(std::vector<Leg> legs, bool inner, const std::string& source_column, Span span);

  // operators, by file
  void bind_operator(const ast::Operator& op, const ast::Pipeline& pipeline, size_t index);
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
  void bind(const ast::Join& join, Span span);
  void bind(const ast::Union& all, Span span);
  void bind(const ast::MvExpand& expand, Span span);
  void bind(const ast::MvApply& apply, Span span);
  void bind(const ast::Parse& parse, Span span);
  void bind(const ast::ParseKv& parse, Span span);
  void bind(const ast::MakeSeries& series, Span span);
  void bind(const ast::Evaluate& evaluate, Span span);
  void bind(const ast::Search& search, Span span);
  void bind(const ast::Find& find, Span span);
  void bind(const ast::TopNested& nested, Span span);
  void bind(const ast::TopHitters& hitters, Span span);
  void bind(const ast::Sample& sample, Span span);
  void bind(const ast::SampleDistinct& sample, Span span);
  void bind(const ast::Serialize& serialize, Span span);
  void bind(const ast::Render& render, Span span);
  void bind(const ast::GetSchema& schema, Span span);
  void bind(const ast::Consume& consume, Span span);
  void bind(const ast::Scan& scan, Span span);
  void bind(const ast::Reduce& reduce, Span span);
  void bind(const ast::Range& range, Span span);
  void bind(const ast::Print& print, Span span);
  void bind(const ast::ProjectByNames& project, Span span);
  void bind(const ast::AssertSchema& schema, Span span);
  void bind(const ast::MacroExpand& macro, Span span);
  void bind(const ast::MakeGraph& make, Span span);
  void bind(const ast::GraphMatch& match, Span span);
  void bind(const ast::GraphWhere& where, Span span);
  void bind(const ast::GraphMarkComponents& mark, Span span);
  // Bound where the pipeline is known: bind_operator().
  void bind(const ast::Partition& /*partition*/, Span /*span*/) {}
  void bind(const ast::Facet& /*facet*/, Span /*span*/) {}
  void bind(const ast::Fork& /*fork*/, Span /*span*/) {}
  void bind(const ast::GraphToTable& /*tables*/, Span /*span*/) {}
  void bind(const ast::Invoke& /*invoke*/, Span /*span*/) {}
  void bind(const ast::As& /*as*/, Span /*span*/) {}
  void bind(const ast::Other& other, Span span);
  void refuse_operator(std::string_view name, Span span, std::string hint = {});
  void project_columns(const std::vector<ast::Assignment>& columns, Span span, std::string_view unnamed);
  static std::vector<OutputColumn> columns_given(const ast::Assignment& assignment);
  void assign_tuple(const ast::Assignment& assignment, std::vector<Column>& out, std::vector<Extend::Column>& pending);
  std::vector<hecate::Sort::Key> sort_keys(const std::vector<ast::OrderKey>& keys, Span span);
  void bind_sort(const std::vector<ast::OrderKey>& keys, Span span);
  void bind_limit(const ast::Expression& count, Span span);
  [[nodiscard]] std::optional<int64_t> constant_count(const ast::Expression& count);
  [[nodiscard]] std::vector<size_t> select_columns(const ast::NamePattern& pattern);
  void add_column(Column column);
  void finish();

  // bind_join.cpp
  bool bind_join_key(const ast::Expression& key, const Input& right, Relate& relate,
                     std::vector<Extend::Column>& pending);
  bool add_join_key(const ast::Expression& left, const ast::Expression& right, const Input& input, Relate& relate,
                    std::vector<Extend::Column>& pending);
  std::vector<Leg> bind_legs(const std::vector<ast::ExpressionPtr>& tables, bool fuzzy, size_t first_number);
  void add_leg(const ast::Expression& table, bool fuzzy, size_t number, std::vector<Leg>& legs);
  [[nodiscard]] std::vector<std::string> tables_like(std::string_view pattern) const;
  // bind_expand.cpp
  std::vector<Column> expand(const std::vector<ast::ExpandColumn>& columns,
                             const std::vector<ast::Property>& properties, const ast::ExpressionPtr& limit, bool old,
                             Span span);
  // bind_scan.cpp: operators that code runs, row after row
  Compute::Source rows_read();
  std::vector<ColumnId> rows_renewed();
  ExprPtr hoisted(const ExprPtr& value, std::vector<Extend::Column>& pending,
                  const std::function<bool(ColumnId)>& is_own);
  bool bind_declared(const ast::Scan& scan, RowSteps& steps, std::vector<Column>& declared);
  void show_steps(const ast::Scan& scan, size_t current, const std::vector<Column>& declared, RowSteps& steps);
  bool bind_steps(const ast::Scan& scan, const std::vector<Column>& declared, RowSteps& steps, Span span);
  // bind_nested.cpp: operators that read their rows several times
  [[nodiscard]] std::function<void()> rows_before(const ast::Pipeline& pipeline, size_t index);
  bool bind_with_pipeline(const ast::Operator& op, const ast::Pipeline& pipeline, size_t index);
  void bind_partition(const ast::Partition& partition, Span span, const ast::Pipeline& pipeline, size_t index);
  void bind_partition_apart(const ast::Partition& partition, Span span, const ast::Pipeline& pipeline, size_t index);
  void bind_fork(const ast::Fork& fork, Span span, const ast::Pipeline& pipeline, size_t index);
  void bind_facet(const ast::Facet& facet, Span span, const ast::Pipeline& pipeline, size_t index);
  [[nodiscard]] const ast::Invocation* entity_group(const ast::Expression& group);
  ExprPtr entity_name(const ast::Expression& entity, const std::string& wanted, Span span);
  // bind_graph.cpp
  [[nodiscard]] std::optional<size_t> graph_column(Input& table, const ast::NamePattern& name);
  [[nodiscard]] static std::vector<Property> read_input(const Input& table, Graph& graph);
  bool add_nodes(const ast::MakeGraph& make, const ast::MakeGraph::Nodes& given, Type id_type, Graph& graph);
  [[nodiscard]] std::shared_ptr<Graph> take_graph(std::string_view name, Span span);
  ExprPtr graph_value(std::vector<GraphQuery::Read>& reads, const GraphQuery::Read& wanted, std::string name, Type type,
                      Span span);
  std::vector<Column> graph_columns(const Graph& graph, bool edge, size_t element, std::vector<GraphQuery::Read>& reads,
                                    Span span);
  ExprPtr graph_property(const Graph& graph, bool edge, size_t element, const std::string& name,
                         std::vector<GraphQuery::Read>& reads, Span span);
  bool refuses_tables(const ExprPtr& value);
  void add_graph_node(Graph graph, std::vector<Column> columns, Span span);
  void bind_graph_table(const ast::GraphToTable::Part& part, Span span);
  void bind_graph_tables(const ast::GraphToTable& tables, Span span, const ast::Pipeline& pipeline, size_t index);
  // bind_graph_match.cpp
  bool bind_path(const std::vector<ast::GraphElement>& path, PatternScope& scope);
  ExprPtr node_degree(const ast::Invocation& call, std::vector<GraphQuery::Read>& reads, size_t element, Span span);
  ExprPtr bind_mapped(const ast::Invocation& call, PatternScope& scope, Span span);
  std::optional<ExprPtr> bind_graph_call(const ast::Invocation& call, PatternScope& scope, Span span);
  bool hop_of(const ExprPtr& value, const GraphQuery::Pattern& pattern, std::optional<size_t>& hop);
  bool bind_pattern_where(const ast::Expression& where, PatternScope& scope);
  std::vector<Column> bind_pattern_columns(const ast::GraphMatch& match, PatternScope& scope, bool& good);
  bool bind_pattern_options(const ast::GraphMatch& match, GraphQuery::Pattern& pattern, Span span);
  // bind_rank.cpp
  std::optional<Column> bind_level(const ast::TopNested::Level& level, const Column& value,
                                   const std::vector<ColumnId>& keys, const std::vector<Column>& output, Span span);
  ColumnId grouping_key(const Column& column, Span span);
  // bind_series.cpp
  bool has_rows(std::string_view name, Span span);
  // bind_search.cpp
  void pack_others(const ast::Find& find, std::vector<Leg>& legs, Span span);
  // bind_plugin.cpp
  void refuse_plugin(const PluginInfo* info, const ast::Invocation& call);
  void bind_bag_unpack(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  ColumnId replace_source(ColumnId object, const std::string& prefix, Span span);
  // bind_plugin_pivot.cpp
  void bind_pivot(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void bind_narrow(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  // bind_plugin_query.cpp: plugins that are queries
  struct PluginCall;
  bool arrange(const ast::Invocation& call, PluginCall& out, Span span);
  bool bind_plugin_argument(const PluginParameter& parameter, const ast::Argument& argument, PluginCall& out);
  bool bind_plugin_column(const PluginParameter& parameter, const ast::Argument& argument, PluginCall& out);
  ExprPtr bind_plugin_constant(const PluginParameter& parameter, const ast::Expression& written,
                               const PluginCall& given);
  ExprPtr bind_plugin_lookback(const ast::Expression& table, const PluginCall& given);
  bool check_windows(const PluginCall& given, Span span);
  void bind_edges(PluginCall& given, Span span);
  void run_plugin_query(std::string_view text, const std::shared_ptr<Names>& names, Span span);
  void bind_plugin_query(const PluginInfo& info, const ast::Invocation& call, Span span);
  ExprPtr bind_plugin_function(const ast::Invocation& node, Span span);
  // bind_plugin_rows.cpp: plugins over rows in order
  bool within_rows(const ast::Invocation& call);
  void bind_rows_near(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void bind_preview(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void bind_identity(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void bind_dcount_intersect(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void bind_sequence_detect(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  // bind_plugin_lookup.cpp: rows of another table that hold what a row has
  struct PlaceLookup;
  void bind_address_lookup(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void bind_geo_lookup(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void relate_places(const ast::Expression& source, PlaceLookup& lookup, Span span);
  void mark_unmatched(ExprPtr within, ColumnId row, std::vector<Column>& theirs, Span span);
  // bind_plugin_patterns.cpp
  struct PatternOptions;
  bool bind_pattern_options(const ast::Invocation& call, size_t first, PatternOptions& out);
  void bind_patterns(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span);
  void show_patterns(ColumnId found, std::vector<Column> columns, const PatternOptions& options, bool diff, Span span);
  // bind_search.cpp
  void add_searched(const std::vector<ast::ExpressionPtr>& tables, bool all, const std::string& command,
                    const std::function<void()>& ask, std::vector<Leg>& legs, Span span);
  ExprPtr any_column(const ast::TextTest& test, Span span);
  ExprPtr search_term(const std::string& text, bool case_sensitive, const Column* only, Span span);
  // bind_window.cpp
  [[nodiscard]] static bool is_row_function(std::string_view name);
  ExprPtr bind_row_function(const ast::Invocation& node, Span span);

  // columns
  [[nodiscard]] Column* find_column(std::string_view name);
  [[nodiscard]] Column* own_column(std::string_view name);
  void unknown_column(std::string_view name, Span span);
  ColumnId id_of(Column& column);
  ExprPtr read(Column& column, Span span);
  /// The columns, context included, after a node that made them anew.
  void carry_context(Aggregate& aggregate, Span span);
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
  ExprPtr bind_node(const ast::MemberCall& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Index& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Invocation& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Negation& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Binary& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Junction& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::TextTest& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Between& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Subquery& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::ColumnTerm& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::TypeOf& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Datatable& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Externaldata& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Lambda& node, const ast::Expression& whole);
  ExprPtr bind_node(const ast::Foreign& node, const ast::Expression& whole);
  ExprPtr bind_arithmetic(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span);
  ExprPtr bind_comparison(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span);
  bool meet(ExprPtr& value, ExprPtr& constant, Span span);
  ExprPtr unlisted_column(const std::string& name, Span span);
  ExprPtr asim_parameter(std::string_view name, Span span) const;
  bool comparable(const Expr& left, const Expr& right, Span span);
  /// A dynamic value of which only the run knows the type: a key of a bag, a column of an unknown table.
  [[nodiscard]] bool is_uncertain(const Expr& expr) const;
  /// An uncertain value as one of this type; others as they are.
  [[nodiscard]] ExprPtr adapt(ExprPtr value, Type type) const;

  // bind_text.cpp
  ExprPtr text_operand(ExprPtr operand, const ast::TextTest& test);
  ExprPtr bind_typed_list(const ast::TextTest& test, ExprPtr left, std::vector<ExprPtr> right, Span span);
  ExprPtr make_text_match(const ast::TextOperatorRow& row, ExprPtr left, std::vector<std::string> patterns, Span span);
  bool check_regex(const std::string& pattern, Span span);
  void lint_values(const Expr& operand, Casing casing, const std::vector<std::string>& texts, Span span);
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
  ExprPtr bind_bin_auto(const ast::Invocation& node, Span span);
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
  void bind_keys(const std::vector<ast::Assignment>& by, Aggregation& aggregation, std::vector<Column>& output,
                 Span span);
  void bind_item(const ast::Assignment& assignment, Aggregation& aggregation, std::vector<Column>& output,
                 std::vector<Extend::Column>& after);
  [[nodiscard]] std::string aggregate_name(const ast::Assignment& assignment);

  const Environment& environment_;
  DiagnosticSink& sink_;

  // Of the plan that is being built: see Building.
  Plan plan_;
  Relation relation_;
  std::string table_;
  std::map<std::string, ColumnId> scan_ids_;  // by the table's column
  std::map<ColumnId, ColumnRule> column_rules_;
  std::set<ColumnId> uncertain_;
  uint64_t number_ = 0;  // of the plan: tells plans apart

  uint64_t last_number_ = 0;
  /// What a `let` names knows its scope, and its scope it: they go together with the binder.
  struct Scopes {
    std::vector<std::shared_ptr<Names>> all;
    Scopes() = default;
    Scopes(const Scopes&) = delete;
    Scopes& operator=(const Scopes&) = delete;
    ~Scopes() {
      for (const auto& scope : all) scope->bindings.clear();
    }
  };
  Scopes scopes_;
  NamesAt names_;
  Aggregation* aggregation_ = nullptr;  // summarize's expressions, outside of an aggregate's arguments
  bool in_aggregate_ = false;
  const ast::Search* search_ = nullptr;                  // texts alone are terms
  std::map<std::string, std::vector<Span>> path_lints_;  // by the table's column
  std::map<std::string, ColumnRule> path_lint_rules_;
  const std::vector<ast::Property>* options_ = nullptr;  // of the query: set name = value
  bool in_plugin_ = false;                               // the query of a plugin, which has functions of its own
  /// What `name.column` means where a name is no column: a step of scan, an element of a graph's pattern. Nothing: it
  /// is no such name; a null expression: reported.
  std::function<std::optional<ExprPtr>(const std::string& name, const std::string& column, Span span)> qualified_;
  /// The functions of graphs' expressions, in the same way.
  std::function<std::optional<ExprPtr>(const ast::Invocation& call, Span span)> graph_call_;
  std::function<void()> inner_rows_;                       // binds the rows that a nested pipeline begins with
  std::map<std::string, ExprPtr> partition_keys_;          // within `partition by x { … }`: what toscalar(x) means
  std::vector<std::pair<std::string, Binding>> exported_;  // tables that an operator named, for later statements
  int unnamed_ = 0;
  int depth_ = 0;
  std::vector<const ast::Lambda*> calls_;              // of functions, one in the other
  std::map<const ast::Lambda*, bool> stored_tabular_;  // stored functions: whether they give a table
  int let_depth_ = 0;                                  // of the deepest `let` named by the one being bound
  size_t size_ = 0;
  bool large_reported_ = false;
};

/// The name of an unnamed column, or empty where it is numbered (Column1).
[[nodiscard]] std::string automatic_name(const ast::Expression& expression);
/// Of `f(Name = value)` the name that it is given.
[[nodiscard]] std::string automatic_name(const ast::Argument& argument);
/// The text of a constant string, or nullptr-like nothing.
[[nodiscard]] std::optional<std::string> constant_text(const Expr& expr);
/// The texts of a constant array (`dynamic(["a", "b"])`) or of a constant string.
[[nodiscard]] std::optional<std::vector<std::string>> constant_texts(const Expr& expr);
[[nodiscard]] std::string describe(const Expr& expr, const Plan& plan);
[[nodiscard]] bool is_number(Type type);
/// A property's value as a word (`kind=inner`, `kind="inner"`), or empty where it is not given.
[[nodiscard]] std::string property(const std::vector<ast::Property>& properties, std::string_view name);
[[nodiscard]] bool is_slip(std::string_view written, std::string_view meant);
[[nodiscard]] std::optional<Type> standard_column(std::string_view name);
[[nodiscard]] Type likely_type(std::string_view name);
/// null of a type; of strings "".
[[nodiscard]] ExprPtr null_of(Type type, Span span);
/// The function that converts any value to a type ("kql.tolong"); empty where none is needed.
[[nodiscard]] std::string_view conversion_to(Type type);
/// A value as one of that type, converted where it is another.
[[nodiscard]] ExprPtr converted(ExprPtr value, Type type, Span span);
/// Whether a name fits a pattern with `*`. Names in queries are case-sensitive; patterns of names, too.
[[nodiscard]] bool name_matches(std::string_view pattern, std::string_view name);

// --- implementation ---

/// Binds something into a plan of its own, which sees no column of this one.
template <typename Bind>
Binder::Building Binder::bind_apart(Bind bind) {
  Building outside{std::move(plan_),
                   std::move(relation_),
                   std::move(table_),
                   std::move(scan_ids_),
                   std::move(column_rules_),
                   std::move(uncertain_),
                   number_};
  begin_plan();
  Aggregation* const aggregation = std::exchange(aggregation_, nullptr);
  const bool in_aggregate = std::exchange(in_aggregate_, false);
  const int unnamed = std::exchange(unnamed_, 0);
  const ast::Search* const search = std::exchange(search_, nullptr);
  auto qualified = std::exchange(qualified_, nullptr);
  auto graph_call = std::exchange(graph_call_, nullptr);
  bind();
  Building inside = finish_building();
  plan_ = std::move(outside.plan);
  relation_ = std::move(outside.relation);
  table_ = std::move(outside.table);
  scan_ids_ = std::move(outside.scan_ids);
  column_rules_ = std::move(outside.column_rules);
  uncertain_ = std::move(outside.uncertain);
  number_ = outside.number;
  aggregation_ = aggregation;
  in_aggregate_ = in_aggregate;
  unnamed_ = unnamed;
  search_ = search;
  qualified_ = std::move(qualified);
  graph_call_ = std::move(graph_call);
  return inside;
}

}  // namespace hecate::kql
