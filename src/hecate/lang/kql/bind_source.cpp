#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/operators.h"

// Statements, and where rows come from.
namespace hecate::kql {

Plan Binder::bind(const ast::Query& query) {
  options_ = &query.options;
  bind_statements(query);
  bind_further(query);
  finish();
  return std::move(plan_);
}

/// The statements of a query or of a function's body; the rows are then those of its query.
void Binder::bind_statements(const ast::Query& query) {
  names_ = {new_scope(names_), 0};
  define_parameters(query.parameters);
  define_lets(query.lets);
  if (query.body.source || !query.body.operators.empty()) bind_pipeline(query.body);
}

/// Kusto gives a result for each query of a batch; here they are one result, as a union's.
void Binder::bind_further(const ast::Query& query) {
  if (query.further.empty()) return;
  std::vector<Leg> legs;
  // What only names its tables (graph-to-table nodes as N, edges as E) gives no result itself.
  if (exported_.empty()) {
    become_input(legs, "query", query.body.span);
  } else {
    begin_plan();
  }
  for (auto& [name, binding] : exported_) {
    binding.names = names_;
    names_ = {new_scope(names_), 0};
    define(name, query.body.span, std::move(binding));
  }
  exported_.clear();
  for (const ast::Pipeline& pipeline : query.further)
    legs.push_back({add_input(bind_apart([&] { bind_pipeline(pipeline); }), "query", pipeline.span), {}});
  unite(std::move(legs), false, "", query.body.span);
}

// --- let ---

void Binder::define(const std::string& name, Span span, Binding binding) {
  auto& bindings = names_.names->bindings;
  if (bindings.contains(name)) {
    sink_.report(kDuplicateName, span, fmt::format("`{}` is defined twice", name));
    return;
  }
  binding.index = names_.visible;
  bindings.emplace(name, std::move(binding));
  ++names_.visible;
}

/// `declare query_parameters(a: long = 1)`: nobody gives other values than the defaults.
void Binder::define_parameters(const std::vector<ast::Parameter>& parameters) {
  for (const ast::Parameter& parameter : parameters) {
    Binding binding;
    binding.bound = true;
    binding.value = parameter.default_value ? bind(*parameter.default_value) : null_of(parameter.type, parameter.span);
    if (binding.value) binding.value = adapt(binding.value, parameter.type);
    define(parameter.name, parameter.span, std::move(binding));
  }
}

void Binder::define_lets(const std::vector<ast::Let>& lets) {
  for (const ast::Let& let : lets) {
    Binding binding;
    binding.pipeline = &let.value;
    binding.names = names_;
    const ast::Expression* source = let.value.operators.empty() ? let.value.source.get() : nullptr;
    if (source != nullptr && std::holds_alternative<ast::Lambda>(source->node)) {
      binding.function = &std::get<ast::Lambda>(source->node);
      binding.tabular = is_tabular(*binding.function, names_);
    } else {
      binding.tabular = is_tabular(let.value);
    }
    define(let.name, let.name_span, std::move(binding));
    Binding* defined = find_name(let.name);
    // A value is bound now, so that what is wrong with it is said once and where it stands.
    if (defined != nullptr && defined->pipeline == &let.value && !defined->tabular && defined->function == nullptr)
      static_cast<void>(bind_apart([&] { value_of(*defined, let.name, let.name_span); }));
  }
}

bool Binder::is_tabular(const ast::Lambda& function, const NamesAt& names) {
  const NamesAt saved = std::exchange(names_, names);
  auto inner = new_scope(names);
  names_ = {inner, 0};
  for (const ast::Parameter& parameter : function.parameters) {
    Binding binding;
    binding.tabular = parameter.tabular;
    binding.bound = true;
    binding.index = names_.visible++;
    inner->bindings.emplace(parameter.name, std::move(binding));
  }
  for (const ast::Let& let : function.body->lets) {
    Binding binding;
    const ast::Expression* source = let.value.operators.empty() ? let.value.source.get() : nullptr;
    const auto* lambda = source == nullptr ? nullptr : std::get_if<ast::Lambda>(&source->node);
    binding.function = lambda;
    binding.tabular = lambda != nullptr ? is_tabular(*lambda, names_) : is_tabular(let.value);
    binding.bound = true;
    binding.index = names_.visible++;
    inner->bindings.emplace(let.name, std::move(binding));
  }
  const bool tabular = is_tabular(function.body->body);
  names_ = saved;
  return tabular;
}

bool Binder::is_tabular(const ast::Pipeline& pipeline) {
  return !pipeline.operators.empty() || !pipeline.source || is_tabular(*pipeline.source);
}

bool Binder::is_tabular(const ast::Expression& source) {
  const auto& node = source.node;
  if (std::holds_alternative<ast::Subquery>(node) || std::holds_alternative<ast::Datatable>(node) ||
      std::holds_alternative<ast::Externaldata>(node) || std::holds_alternative<ast::MemberCall>(node))
    return true;
  if (const auto* member = std::get_if<ast::Member>(&node)) {
    // workspace("w").T, cluster("c").database("d").T
    const ast::Expression* base = member->base.get();
    for (;;) {
      const auto* outer = std::get_if<ast::Member>(&base->node);
      const auto* called = std::get_if<ast::MemberCall>(&base->node);
      if (outer == nullptr && called == nullptr) break;
      base = outer != nullptr ? outer->base.get() : called->base.get();
    }
    if (const auto* entity = std::get_if<ast::Name>(&base->node)) {
      const Binding* binding = find_name(entity->text);
      return binding != nullptr && binding->entity != nullptr;
    }
    const auto* call = std::get_if<ast::Invocation>(&base->node);
    return call != nullptr &&
           (call->function == "workspace" || call->function == "database" || call->function == "cluster" ||
            call->function == "app" || call->function == "adx" || call->function == "arg");
  }
  if (const auto* call = std::get_if<ast::Invocation>(&node)) {
    static constexpr std::string_view kTables[] = {"materialize", "table",          "_GetWatchlist", "arg",
                                                   "view",        "external_table", "entity_group"};
    if (std::find(std::begin(kTables), std::end(kTables), call->function) != std::end(kTables)) return true;
    if (const Binding* binding = find_name(call->function)) return binding->tabular;
    if (find_function_info(call->function) != nullptr || find_aggregate(call->function) != nullptr) return false;
    if (const auto stored = stored_function(call->function)) return stored->tabular;
    return environment_.find_table(call->function) != nullptr || !is_unsupported_function(call->function);
  }
  const auto* name = std::get_if<ast::Name>(&node);
  if (name == nullptr) return false;
  if (const Binding* binding = find_name(name->text)) return binding->tabular;
  if (const auto stored = stored_function(name->text)) return stored->tabular;
  return environment_.find_table(name->text) != nullptr || name->text.find('*') != std::string::npos;
}

// --- pipelines ---

void Binder::bind_pipeline(const ast::Pipeline& pipeline, size_t count) {
  const DepthGuard guard(depth_);
  if (guard.exceeded()) {
    sink_.report(kTooDeep, pipeline.span, "the query is nested too deeply");
    return fail_source();
  }
  if (pipeline.source) {
    bind_source(*pipeline.source);
  } else if (pipeline.operators.empty() || find_operator(pipeline.operators.front().name) == nullptr ||
             !find_operator(pipeline.operators.front().name)->leads) {
    fail_source();
  }
  bind_operators(pipeline, 0, count);
}

void Binder::bind_operators(const ast::Pipeline& pipeline, size_t first, size_t count) {
  // What `as` names is seen by the operators behind it.
  const NamesAt saved = names_;
  for (size_t i = first; i < std::min(pipeline.operators.size(), count); ++i)
    bind_operator(pipeline.operators[i], pipeline, i);
  names_ = saved;
}

/// Something has been reported; the rest of the query is still looked at.
void Binder::fail_source() {
  if (plan_.nodes.empty()) plan_.add({Rows{0}, {}, {}});
  relation_.open = true;
}

/// No rows of these columns.
void Binder::nothing(std::vector<Column> columns, Span span) {
  ConstantRows rows;
  for (Column& column : columns) {
    column.id = plan_.add_column(column.name, column.type);
    rows.columns.push_back(*column.id);
  }
  plan_.add({std::move(rows), {}, span});
  relation_.columns = std::move(columns);
}

void Binder::bind_source(const ast::Expression& source) {
  if (++size_ > 400'000) {
    if (!large_reported_) sink_.report(kTooDeep, source.span, "the query is too large");
    large_reported_ = true;
    return fail_source();
  }
  if (const auto* subquery = std::get_if<ast::Subquery>(&source.node)) return bind_pipeline(*subquery->query);
  if (const auto* name = std::get_if<ast::Name>(&source.node)) return bind_named_source(name->text, source.span);
  if (const auto* table = std::get_if<ast::Datatable>(&source.node)) return bind_datatable(*table, source.span);
  if (const auto* data = std::get_if<ast::Externaldata>(&source.node)) return bind_externaldata(*data, source.span);
  if (const auto* call = std::get_if<ast::Invocation>(&source.node)) return bind_called_source(*call, source.span);
  if (const auto* member = std::get_if<ast::Member>(&source.node); member != nullptr && is_tabular(source)) {
    // A table of another workspace, cluster or application: Hecate has one of each name.
    return bind_named_source(member->name, source.span);
  }
  // database("d").f(…)
  if (const auto* member = std::get_if<ast::MemberCall>(&source.node)) return bind_source(*member->call);
  if (const auto* foreign = std::get_if<ast::Foreign>(&source.node)) {
    sink_.report(kUnsupported, source.span, fmt::format("{} is not supported", foreign->what));
    return fail_source();
  }
  sink_.report(kSyntax, source.span, "a query begins with a table, and this is a value");
  fail_source();
}

void Binder::bind_called_source(const ast::Invocation& call, Span span) {
  if (call.function == "materialize" && call.arguments.size() == 1) return bind_source(*call.arguments.front().value);
  if (const Binding* binding = find_name(call.function)) {
    if (binding->function != nullptr) return call_tabular(Binding(*binding), &call, span);
    return bind_binding(Binding(*binding), call.function, span);
  }
  if (call.function == "_GetWatchlist") return bind_watchlist(call, span);
  if (call.function == "table" && !call.arguments.empty()) {
    const ExprPtr name = bind(*call.arguments.front().value);
    const auto text = name ? constant_text(*name) : std::nullopt;
    if (text) return bind_named_source(*text, span);
    if (name) sink_.report(kNotConstant, call.arguments.front().value->span, "`table()` needs the name as a constant");
    return fail_source();
  }
  if (const auto stored = stored_function(call.function)) return call_tabular(*stored, &call, span);
  const TableSchema* schema = environment_.find_table(call.function);
  if (schema == nullptr) return unknown_source(call.function, call.name_span, true);
  bind_table(*schema, span);
  bind_view_arguments(*schema, call);
}

void Binder::bind_named_source(const std::string& name, Span span) {
  if (const Binding* binding = find_name(name)) return bind_binding(Binding(*binding), name, span);
  if (const auto stored = stored_function(name)) return call_tabular(*stored, nullptr, span);
  if (name.find('*') != std::string::npos) {
    std::vector<Leg> legs;
    for (const std::string& table : tables_like(name))
      legs.push_back({add_input(bind_apart([&] { bind_named_source(table, span); }), name, span), table});
    return unite(std::move(legs), false, "", span);
  }
  const TableSchema* schema = environment_.find_table(name);
  if (schema == nullptr) return unknown_source(name, span, false);
  bind_table(*schema, span);
}

void Binder::bind_binding(const Binding& binding, const std::string& name, Span span) {
  if (!binding.tabular) {
    sink_.report(kUnknownTable, span, fmt::format("`{}` is a value, not a table", name));
    return fail_source();
  }
  if (binding.function != nullptr) return call_tabular(binding, nullptr, span);
  const NamesAt saved = std::exchange(names_, binding.names);
  const std::vector<const ast::Lambda*> calls = calls_;
  if (binding.calls < calls_.size()) calls_.resize(binding.calls);
  if (binding.rows) binding.rows();
  if (binding.prefix != nullptr && !binding.rows) bind_pipeline(*binding.prefix, binding.operators);
  if (binding.prefix != nullptr && binding.rows) bind_operators(*binding.prefix, 0, binding.operators);
  if (binding.pipeline != nullptr) bind_pipeline(*binding.pipeline);
  if (binding.table != nullptr) bind_source(*binding.table);
  calls_ = calls;
  names_ = saved;
}

/// A table or function that nothing is known of: rows it has none, and its columns are whatever the query names.
void Binder::unknown_source(const std::string& name, Span span, bool call) {
  std::vector<std::string_view> names = environment_.table_names;
  for (const NamesAt* place = &names_; place->names; place = &place->names->outer) {
    for (const auto& [let, binding] : place->names->bindings) {
      if (binding.tabular && binding.index < place->visible) names.push_back(let);
    }
  }
  const std::string_view near = nearest(name, names);
  const bool typo = !near.empty() && is_slip(name, near);
  if (is_unsupported_function(name) || find_function_info(name) != nullptr) {
    sink_.report(kUnsupportedFunction, span, fmt::format("`{}` is not supported as a table", name));
    return fail_source();
  }
  const std::string_view function = call ? nearest(name, function_names()) : std::string_view();
  if (!function.empty() && is_slip(name, function)) {
    sink_.report(kUnknownFunction, span, fmt::format("unknown function `{}`", name),
                 fmt::format("did you mean `{}`?", function));
    return fail_source();
  }
  if (typo) {
    sink_.report(kUnknownTable, span, fmt::format("unknown {} `{}`", call ? "function" : "table", name),
                 fmt::format("did you mean `{}`?", near));
    return fail_source();
  }
  sink_.report(kInferredTable, span,
               fmt::format("the {} `{}` is not known: it has no rows here, and its columns are those that the query "
                           "names",
                           call ? "function" : "table", name),
               call ? "load the function with the content, or define it with `let`" : "");
  nothing({}, span);
  relation_.inferred = true;
}

void Binder::bind_table(const TableSchema& schema, Span span) {
  table_ = schema.name;
  relation_.whole_event = true;
  relation_.listed = schema.published;
  plan_.add({hecate::Scan{KustoTable{schema.name}, {}}, {}, span});
  const auto aliases = environment_.field_aliases.find(schema.name);
  for (const ColumnSchema& column : schema.columns) {
    Column visible{column.name, column.type, std::nullopt, column.name, &column};
    if (aliases != environment_.field_aliases.end()) {
      const auto alias = aliases->second.find(column.name);
      const auto target = alias == aliases->second.end()
                              ? schema.columns.end()
                              : std::find_if(schema.columns.begin(), schema.columns.end(),
                                             [&](const ColumnSchema& other) { return other.name == alias->second; });
      if (target != schema.columns.end()) {
        visible.field = target->name;
        visible.type = target->type;
        visible.schema = &*target;
      } else if (alias != aliases->second.end()) {
        sink_.report(kBadAlias, span,
                     fmt::format("the pack's field alias `{}: {}` of `{}` names an unknown column", alias->first,
                                 alias->second, schema.name));
      }
    }
    relation_.columns.push_back(std::move(visible));
  }
}

// --- tables that stand in the query or beside it ---

/// Values are given row after row (datatable-operator); what has another type is converted.
void Binder::bind_datatable(const ast::Datatable& table, Span span) {
  ConstantRows rows;
  for (const ast::ColumnDeclaration& declared : table.columns) {
    Column column{declared.name, declared.type, plan_.add_column(declared.name, declared.type)};
    rows.columns.push_back(*column.id);
    relation_.columns.push_back(std::move(column));
  }
  const size_t width = table.columns.size();
  if (width == 0 || table.values.size() % width != 0) {
    sink_.report(
        kSyntax, span,
        fmt::format("the datatable has {} columns, and {} values do not make whole rows", width, table.values.size()));
    return fail_source();
  }
  // The values see no column.
  const Relation outside = std::exchange(relation_, Relation());
  bool failed = false;
  for (size_t i = 0; i < table.values.size(); ++i) {
    if (i % width == 0) rows.rows.emplace_back();
    const Type type = table.columns[i % width].type;
    ExprPtr value = bind(*table.values[i]);
    failed |= value == nullptr;
    if (value) rows.rows.back().push_back(converted(std::move(value), type, table.values[i]->span));
  }
  relation_ = outside;
  if (failed) return fail_source();
  plan_.add({std::move(rows), {}, span});
}

/// Locations that were given are tables of the run; several are one behind the other.
void Binder::bind_externaldata(const ast::Externaldata& data, Span span) {
  std::vector<std::shared_ptr<const Table>> tables;
  for (const ast::ExpressionPtr& location : data.locations) {
    const ExprPtr value = bind(*location);
    const auto text = value ? constant_text(*value) : std::nullopt;
    auto table = text && environment_.tables != nullptr ? environment_.tables->find(*text) : nullptr;
    if (table) tables.push_back(std::move(table));
  }
  if (tables.empty()) {
    sink_.report(kNotGiven, span,
                 fmt::format("what `{}` reads was not given: it has no rows here",
                             data.inline_table ? "inline_external_table" : "externaldata"),
                 "give it with --external-data LOCATION=FILE");
    std::vector<Column> columns;
    for (const ast::ColumnDeclaration& declared : data.columns) columns.push_back({declared.name, declared.type});
    nothing(std::move(columns), span);
    // Of a Delta table the columns need not be declared: they are those that the query names.
    relation_.inferred = data.columns.empty();
    return;
  }
  if (data.columns.empty() && tables.size() == 1) return bind_rows_of(*tables.front(), span);
  if (tables.size() == 1) return bind_external_rows(*tables.front(), data.columns, span);
  std::vector<Leg> legs;
  for (const auto& table : tables)
    legs.push_back(
        {add_input(bind_apart([&] { bind_external_rows(*table, data.columns, span); }), "externaldata", span),
         table->name});
  unite(std::move(legs), false, "", span);
}

/// The declared columns are the file's, from the left.
void Binder::bind_external_rows(const Table& table, const std::vector<ast::ColumnDeclaration>& declared, Span span) {
  TableScan scan{table.name, {}};
  std::vector<Extend::Column> pending;
  std::vector<Column> columns;
  for (size_t i = 0; i < declared.size(); ++i) {
    const ColumnId id = plan_.add_column(declared[i].name, Type::String);
    scan.columns.push_back({id, i < table.columns.size() ? table.columns[i] : declared[i].name});
    columns.push_back({declared[i].name, declared[i].type, id});
  }
  plan_.add({std::move(scan), {}, span});
  for (Column& column : columns) {
    if (column.type == Type::String) continue;
    const ExprPtr text = make_column(*column.id, Type::String, span);
    ExprPtr cell = column.type == Type::Dynamic ? make_call("kql.parse_json", {text}, Type::Dynamic, span)
                                                : converted(text, column.type, span);
    column.id = plan_.add_column(column.name, column.type);
    pending.push_back({*column.id, std::move(cell)});
  }
  relation_.columns = std::move(columns);
  flush(pending, span);
}

/// _GetWatchlist("alias"): the CSV's columns, all texts, and SearchKey.
void Binder::bind_watchlist(const ast::Invocation& call, Span span) {
  const ExprPtr alias = call.arguments.empty() ? nullptr : bind(*call.arguments.front().value);
  const auto text = alias ? constant_text(*alias) : std::nullopt;
  const auto table = text && environment_.tables != nullptr ? environment_.tables->find("watchlist:" + *text) : nullptr;
  if (table != nullptr) return bind_rows_of(*table, span);
  sink_.report(kNotGiven, span, fmt::format("the watchlist `{}` was not given: it has no rows here", text.value_or("")),
               "give it as a CSV file named like its alias in a folder `watchlists` of the content");
  nothing({{"SearchKey", Type::String},
           {"TimeGenerated", Type::Datetime},
           {"_DTItemId", Type::String},
           {"LastUpdatedTimeUTC", Type::Datetime}},
          span);
  relation_.inferred = true;
}

void Binder::bind_rows_of(const Table& table, Span span) {
  TableScan scan{table.name, {}};
  for (const std::string& name : table.columns) {
    const ColumnId id = plan_.add_column(name, Type::String);
    scan.columns.push_back({id, name});
    relation_.columns.push_back({name, Type::String, id});
  }
  plan_.add({std::move(scan), {}, span});
}

}  // namespace hecate::kql
