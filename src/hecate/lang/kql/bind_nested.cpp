#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/operators.h"

// Operators that run other queries over their rows: https://learn.microsoft.com/kusto/query/partition-operator,
// fork-operator, facet-operator, macro-expand-operator
namespace hecate::kql {
namespace {

/// Kusto's limit of the strategy that runs a query for each value.
constexpr uint64_t kMostPartitions = 64;

/// A query that reads other rows than those of the operator that it stands in.
bool has_source(const ast::Pipeline& query) {
  if (query.source) return true;
  const auto& first = query.operators.front().node;
  return std::holds_alternative<ast::Print>(first) || std::holds_alternative<ast::Range>(first) ||
         std::holds_alternative<ast::MacroExpand>(first);
}

/// Operators within a partition that read more than the rows of the value, so that each has to be run by itself.
bool runs_apart(const ast::Pipeline& query) {
  return has_source(query) || std::any_of(query.operators.begin(), query.operators.end(), [](const ast::Operator& op) {
           return std::holds_alternative<ast::As>(op.node) || std::holds_alternative<ast::Union>(op.node) ||
                  std::holds_alternative<ast::Evaluate>(op.node) || std::holds_alternative<ast::Invoke>(op.node) ||
                  std::holds_alternative<ast::GetSchema>(op.node) || std::holds_alternative<ast::Reduce>(op.node) ||
                  std::holds_alternative<ast::MakeGraph>(op.node);
         });
}

ExprPtr both_null(const ExprPtr& a, const ExprPtr& b, Span span) {
  return make_and({make_call("kql.isnull", {a}, Type::Bool, span), make_call("kql.isnull", {b}, Type::Bool, span)},
                  span);
}

}  // namespace

/// What binds the rows of a pipeline before one of its operators, as often as it is called; empty where they are rows
/// of an operator outside, which cannot be read again.
std::function<void()> Binder::rows_before(const ast::Pipeline& pipeline, size_t index) {
  const std::function<void()> outside = pipeline.source ? nullptr : inner_rows_;
  const OperatorInfo* first = pipeline.operators.empty() ? nullptr : find_operator(pipeline.operators.front().name);
  const bool leads = index > 0 && first != nullptr && first->leads;
  if (!pipeline.source && !outside && !leads) return nullptr;
  return [this, &pipeline, index, outside, names = names_] {
    const NamesAt saved = std::exchange(names_, names);
    if (outside) {
      outside();
      bind_operators(pipeline, 0, index);
    } else {
      bind_pipeline(pipeline, index);
    }
    names_ = saved;
  };
}

bool Binder::bind_with_pipeline(const ast::Operator& op, const ast::Pipeline& pipeline, size_t index) {
  if (const auto* partition = std::get_if<ast::Partition>(&op.node)) {
    bind_partition(*partition, op.span, pipeline, index);
  } else if (const auto* fork = std::get_if<ast::Fork>(&op.node)) {
    bind_fork(*fork, op.span, pipeline, index);
  } else if (const auto* facet = std::get_if<ast::Facet>(&op.node)) {
    bind_facet(*facet, op.span, pipeline, index);
  } else if (const auto* tables = std::get_if<ast::GraphToTable>(&op.node)) {
    bind_graph_tables(*tables, op.span, pipeline, index);
  } else {
    return false;
  }
  return true;
}

// --- partition ---

void Binder::bind_partition(const ast::Partition& partition, Span span, const ast::Pipeline& pipeline, size_t index) {
  if (!partition.by || !partition.query) return;
  const std::string strategy = property(partition.properties, "hint.strategy");
  if (!strategy.empty() && strategy != "native" && strategy != "shuffle" && strategy != "legacy") {
    sink_.report(kSyntax, span, fmt::format("there is no strategy `{}` of partition", strategy),
                 "strategies are native, shuffle and legacy");
  }
  if (runs_apart(*partition.query)) return bind_partition_apart(partition, span, pipeline, index);
  ExprPtr by = bind(*partition.by);
  if (!by) {
    relation_.open = true;
    return;
  }
  std::vector<Extend::Column> pending;
  const auto key = column_of(std::move(by), automatic_name(*partition.by), pending);
  flush(pending, span);
  relation_.partition.push_back(*key->id);
  const auto outside = std::exchange(inner_rows_, nullptr);
  bind_operators(*partition.query, 0, SIZE_MAX);
  inner_rows_ = outside;
  relation_.partition.pop_back();
}

/// The query as a plan of its own that is run for each value.
void Binder::bind_partition_apart(const ast::Partition& partition, Span span, const ast::Pipeline& pipeline,
                                  size_t index) {
  const auto rows = rows_before(pipeline, index);
  if (!rows || !relation_.partition.empty() || !partition_keys_.empty())
    return refuse_operator("partition within mv-apply or another partition", span);
  ExprPtr by = bind(*partition.by);
  if (!by) {
    relation_.open = true;
    return;
  }
  const std::string name = automatic_name(*partition.by);
  const Type type = by->type;
  std::vector<Extend::Column> pending;
  const ColumnId key = *column_of(std::move(by), name, pending)->id;
  flush(pending, span);
  add_node(hecate::Distinct{{key}}, span);
  const ExprPtr token = make_call("spl.token", {make_string(name, span)}, type, span);
  partition_keys_[name] = token;
  Building query = bind_apart([&] {
    const NamesAt saved = names_;
    names_ = {new_scope(names_), 0};
    Binding value;
    value.bound = true;
    value.value = token;
    define(name, partition.by->span, std::move(value));
    if (has_source(*partition.query)) {
      bind_pipeline(*partition.query);
    } else {
      const auto begin = [this, &partition, rows, token, span] {
        rows();
        ExprPtr own = bind(*partition.by);
        if (!own) return;
        if (own->type == Type::Dynamic) own = converted(std::move(own), Type::String, span);
        const ExprPtr other = converted(token, own->type, span);
        ExprPtr same = make_call("kql.eq", {own, other}, Type::Bool, span);
        if (own->type != Type::String) same = make_or({std::move(same), both_null(own, other, span)}, span);
        add_node(Filter{std::move(same)}, span);
      };
      begin();
      const auto outside = std::exchange(inner_rows_, begin);
      bind_operators(*partition.query, 0, SIZE_MAX);
      inner_rows_ = outside;
    }
    names_ = saved;
  });
  partition_keys_.clear();
  const Input input = add_input(std::move(query), "partition", span);
  plan_.inputs[input.index].use = PlanInput::Use::Repeated;
  Iterate iterate;
  iterate.input = input.index;
  iterate.most = kMostPartitions;
  iterate.tokens.push_back({name, key});
  std::vector<Column> columns;
  for (const Column& column : input.relation.columns) {
    Column made{column.name, column.type};
    made.broken = column.broken;
    if (!column.broken) {
      made.id = plan_.add_column(column.name, column.type);
      iterate.columns.push_back({*made.id, *column.id});
      if (input.uncertain.contains(*column.id)) uncertain_.insert(*made.id);
    }
    columns.push_back(std::move(made));
  }
  add_node(std::move(iterate), span);
  relation_.columns = std::move(columns);
  relation_.inferred |= input.relation.inferred;
}

// --- several results ---

/// Kusto gives a table for each branch; here they are one below the other as a union's, each row with the name of its
/// table.
void Binder::bind_fork(const ast::Fork& fork, Span span, const ast::Pipeline& pipeline, size_t index) {
  const auto rows = rows_before(pipeline, index);
  if (!rows || !relation_.partition.empty()) return refuse_operator("fork within another operator", span);
  std::vector<Leg> legs;
  begin_plan();
  for (const ast::Fork::Branch& branch : fork.branches) {
    if (has_source(*branch.query)) {
      sink_.report(kSyntax, branch.query->span, "a branch of `fork` reads the rows outside",
                   "write its operators alone");
      continue;
    }
    Building building = bind_apart([&] {
      rows();
      const auto outside = std::exchange(inner_rows_, rows);
      bind_operators(*branch.query, 0, SIZE_MAX);
      inner_rows_ = outside;
    });
    const std::string name = branch.name.empty() ? fmt::format("fork_{}", legs.size()) : branch.name;
    legs.push_back({add_input(std::move(building), "fork", span), name});
  }
  if (legs.empty()) return fail_source();
  unite(std::move(legs), false, "$table", span);
}

/// What `with` makes of the rows, and for each column its values with how often they are.
void Binder::bind_facet(const ast::Facet& facet, Span span, const ast::Pipeline& pipeline, size_t index) {
  const auto rows = rows_before(pipeline, index);
  if (!rows || !relation_.partition.empty()) return refuse_operator("facet within another operator", span);
  std::vector<Leg> legs;
  begin_plan();
  if (facet.with) {
    Building building = bind_apart([&] {
      rows();
      const auto outside = std::exchange(inner_rows_, rows);
      bind_operators(*facet.with, 0, SIZE_MAX);
      inner_rows_ = outside;
    });
    legs.push_back({add_input(std::move(building), "facet", span), "with"});
  }
  for (const ast::Assignment& by : facet.by) {
    std::string name;
    Building building = bind_apart([&] {
      rows();
      Aggregation aggregation;
      std::vector<Column> output;
      std::vector<Extend::Column> pending;
      name = column_name(by, {});
      auto value = bind_column(by, name, pending);
      flush(pending, span);
      if (!value || value->broken) {
        relation_.open = true;
        return;
      }
      Column key{value->name, value->type, plan_.add_column(value->name, value->type)};
      if (uncertain_.contains(*value->id)) uncertain_.insert(*key.id);
      Aggregate aggregate;
      aggregate.keys.push_back({*key.id, *value->id, span});
      Column count{"count_" + value->name, Type::Long, plan_.add_column("count_", Type::Long)};
      aggregate.items.push_back({*count.id, "count", {}, span});
      add_node(std::move(aggregate), span);
      relation_.columns = {std::move(key), std::move(count)};
      relation_.inferred = relation_.listed = false;
    });
    legs.push_back({add_input(std::move(building), "facet", span), name});
  }
  unite(std::move(legs), false, "$table", span);
}

// --- macro-expand ---

const ast::Invocation* Binder::entity_group(const ast::Expression& group) {
  if (const auto* call = std::get_if<ast::Invocation>(&group.node))
    return call->function == "entity_group" ? call : nullptr;
  const auto* name = std::get_if<ast::Name>(&group.node);
  const Binding* binding = name == nullptr ? nullptr : find_name(name->text);
  if (binding == nullptr || binding->pipeline == nullptr || !binding->pipeline->operators.empty() ||
      !binding->pipeline->source)
    return nullptr;
  return entity_group(*binding->pipeline->source);
}

/// `X.$current_database`, `X.$current_cluster_endpoint`: as the entity was written.
ExprPtr Binder::entity_name(const ast::Expression& entity, const std::string& wanted, Span span) {
  const bool database = wanted == "$current_database";
  if (!database && wanted != "$current_cluster_endpoint") {
    sink_.report(kUnknownColumn, span, fmt::format("a database has no property `{}`", wanted),
                 "properties are $current_database and $current_cluster_endpoint");
    return nullptr;
  }
  const auto argument = [&](const ast::Expression& call, std::string_view function) {
    const auto* invocation = std::get_if<ast::Invocation>(&call.node);
    if (invocation == nullptr || invocation->function != function || invocation->arguments.empty())
      return std::string();
    const auto* text = std::get_if<ast::Constant>(&invocation->arguments.front().value->node);
    return text == nullptr ? std::string() : value_text(text->value.get());
  };
  const auto* member = std::get_if<ast::MemberCall>(&entity.node);
  const ast::Expression& last = member == nullptr ? entity : *member->call;
  const ast::Expression& first = member == nullptr ? entity : *member->base;
  return make_string(database ? argument(last, "database") : argument(first, "cluster"), span);
}

void Binder::bind(const ast::MacroExpand& macro, Span span) {
  if (has_rows("macro-expand", span)) return;
  const ast::Invocation* group = macro.group ? entity_group(*macro.group) : nullptr;
  if (group == nullptr || group->arguments.empty()) {
    sink_.report(kUnknownTable, macro.group ? macro.group->span : span, "there is no group of databases of this name",
                 "stored groups are not supported: write entity_group [database(\"a\"), …]");
    return fail_source();
  }
  std::vector<Leg> legs;
  for (const ast::Argument& entity : group->arguments) {
    Building building = bind_apart([&] {
      const NamesAt saved = names_;
      names_ = {new_scope(names_), 0};
      Binding binding;
      binding.entity = entity.value.get();
      binding.bound = true;
      define(macro.name, macro.name_span, std::move(binding));
      bind_statements(*macro.query);
      if (plan_.nodes.empty()) fail_source();
      names_ = saved;
    });
    legs.push_back({add_input(std::move(building), "macro-expand", span), {}});
  }
  unite(std::move(legs), property(macro.properties, "kind") == "inner", "", span);
}

// --- columns by name, schemas ---

void Binder::bind(const ast::ProjectByNames& project, Span /*span*/) {
  std::vector<Column> output;
  for (const ast::ExpressionPtr& each : project.names) {
    const ExprPtr value = bind(*each);
    const auto names = value ? constant_texts(*value) : std::nullopt;
    if (value && !names) sink_.report(kNotConstant, each->span, "names of columns must be constant");
    if (!names) continue;
    // What no column is called is passed over (project-by-names-operator).
    for (const std::string& name : *names) {
      for (const Column& column : relation_.columns) {
        const bool known =
            std::any_of(output.begin(), output.end(), [&](const Column& other) { return other.name == column.name; });
        if (!known && name_matches(name, column.name)) output.push_back(column);
      }
    }
  }
  relation_.columns = std::move(output);
  relation_.whole_event = false;
}

/// A promise about the columns: it is checked, and the rows stay as they are.
void Binder::bind(const ast::AssertSchema& schema, Span span) {
  if (relation_.open || relation_.inferred) return;
  for (const ast::ColumnDeclaration& declared : schema.columns) {
    const Column* column = own_column(declared.name);
    if (column == nullptr) {
      unknown_column(declared.name, declared.span);
    } else if (column->type != declared.type && !column->broken) {
      sink_.report(
          kArgumentType, declared.span,
          fmt::format("`{}` is {}, and not {}", declared.name, kusto_name(column->type), kusto_name(declared.type)));
    }
  }
  if (schema.star) return;
  for (const Column& column : relation_.columns) {
    const bool known = std::any_of(schema.columns.begin(), schema.columns.end(),
                                   [&](const ast::ColumnDeclaration& each) { return each.name == column.name; });
    if (!known)
      sink_.report(kUnknownColumn, span, fmt::format("the rows have a column `{}` besides", column.name),
                   "`*` in the schema allows others");
  }
}

}  // namespace hecate::kql
