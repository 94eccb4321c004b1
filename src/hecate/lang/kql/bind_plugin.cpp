#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_text.h"
#include "lang/kql/binder.h"

// evaluate: https://learn.microsoft.com/kusto/query/evaluate-operator, bag-unpack-plugin, pivot-plugin, narrow-plugin
namespace hecate::kql {

void Binder::bind(const ast::Evaluate& evaluate, Span span) {
  const auto* call = evaluate.plugin ? std::get_if<ast::Invocation>(&evaluate.plugin->node) : nullptr;
  if (call == nullptr) {
    sink_.report(kSyntax, span, "`evaluate` takes a plugin with its arguments");
    return fail_source();
  }
  if (call->function == "bag_unpack") return bind_bag_unpack(evaluate, *call, span);
  if (call->function == "pivot") return bind_pivot(evaluate, *call, span);
  if (call->function == "narrow") return bind_narrow(span);
  if (call->function == "ipv4_lookup" || call->function == "ipv6_lookup") return bind_address_lookup(*call, span);
  static constexpr std::array<std::string_view, 5> kKnown = {"bag_unpack", "ipv4_lookup", "ipv6_lookup", "narrow",
                                                             "pivot"};
  const std::string_view near = nearest(call->function, kKnown);
  refuse_operator("evaluate " + call->function, call->name_span,
                  near.empty() ? "" : fmt::format("did you mean `{}`?", near));
  if (plan_.nodes.empty()) fail_source();
}

/// Each key of an object becomes a column. What keys there are only the rows know: names that the rows have not are
/// looked for in the object, and the result shows what there is.
void Binder::bind_bag_unpack(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span) {
  if (!check_arity("bag_unpack", 1, 4, call.arguments.size(), span)) return;
  ExprPtr bag = bind(*call.arguments.front().value);
  if (!bag) {
    relation_.open = true;
    return;
  }
  if (bag->type != Type::Dynamic) {
    sink_.report(kArgumentType, bag->span,
                 fmt::format("bag_unpack takes a dynamic value, and {}", describe(*bag, plan_)),
                 "read it as JSON with parse_json()");
    relation_.open = true;
    return;
  }
  std::string prefix;
  std::string conflict = "error";
  std::vector<std::string> ignored;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const ExprPtr value = bind(*call.arguments[i].value);
    const std::string& name = call.arguments[i].name;
    if (!value) return;
    if (name == "OutputColumnPrefix" || (name.empty() && i == 1)) prefix = constant_text(*value).value_or("");
    if (name == "columnsConflict" || (name.empty() && i == 2)) conflict = constant_text(*value).value_or("error");
    if (name == "ignoredProperties" || (name.empty() && i == 3)) ignored = constant_texts(*value).value_or(ignored);
  }
  std::vector<Extend::Column> pending;
  if (!ignored.empty()) {
    std::vector<ExprPtr> arguments{std::move(bag)};
    std::string keys = "[";
    for (const std::string& key : ignored) keys += (keys.size() > 1 ? ",\"" : "\"") + key + "\"";
    arguments.push_back(make_literal(OwnedValue(Value::dynamic(keys + "]")), Type::Dynamic));
    bag = make_call("kql.bag_remove_keys", std::move(arguments), Type::Dynamic, span);
  }
  // The column itself is gone.
  if (const auto* name = std::get_if<ast::Name>(&call.arguments.front().value->node)) {
    auto& columns = relation_.columns;
    columns.erase(
        std::remove_if(columns.begin(), columns.end(), [&](const Column& each) { return each.name == name->text; }),
        columns.end());
  }
  relation_.whole_event = false;
  const auto unpacked = column_of(std::move(bag), "bag", pending);
  flush(pending, span);
  if (evaluate.schema) {
    // `: (a: string, b: long)`: the result has these columns and no others; with `*` also those that were there.
    std::vector<Column> output;
    if (evaluate.schema->star) output = relation_.columns;
    for (const ast::ColumnDeclaration& declared : evaluate.schema->columns) {
      if (evaluate.schema->star && own_column(declared.name) != nullptr) continue;
      if (const Column* known = own_column(declared.name)) {
        output.push_back(*known);
        continue;
      }
      ExprPtr member = make_call("kql.member",
                                 {make_column(*unpacked->id, Type::Dynamic, span),
                                  make_string(declared.name.substr(std::min(prefix.size(), declared.name.size())))},
                                 Type::Dynamic, span);
      output.push_back(*column_of(converted(std::move(member), declared.type, span), declared.name, pending));
    }
    flush(pending, span);
    relation_.columns = std::move(output);
    return;
  }
  ColumnId object = *unpacked->id;
  if (conflict == "replace_source") object = replace_source(object, prefix, span);
  Column column{"bag", Type::Dynamic, object};
  column.bag = true;
  column.prefix = std::move(prefix);
  relation_.columns.push_back(std::move(column));
}

/// columnsConflict="replace_source": a column whose name any of the objects has is the objects' from here on. What keys
/// there are only the rows know, so that each row is asked about all of them.
ColumnId Binder::replace_source(ColumnId object, const std::string& prefix, Span span) {
  Window any;
  std::vector<std::pair<size_t, ColumnId>> found;
  const ExprPtr bag = make_column(object, Type::Dynamic, span);
  std::string keys = "[";
  for (size_t i = 0; i < relation_.columns.size(); ++i) {
    const Column& column = relation_.columns[i];
    if (column.broken || column.bag || !column.name.starts_with(prefix)) continue;
    const std::string key = column.name.substr(prefix.size());
    const ColumnId rows = plan_.add_column("rows", Type::Long);
    any.items.push_back(
        {rows, "kql.countif", {make_call("kql.bag_has_key", {bag, make_string(key, span)}, Type::Bool, span)}, span});
    found.emplace_back(i, rows);
    keys += (keys.size() > 1 ? "," : "") + json_quote(key);
  }
  if (found.empty()) return object;
  add_node(std::move(any), span);
  std::vector<Extend::Column> pending;
  std::vector<Column> replaced;
  for (const auto& [i, rows] : found) {
    Column& column = relation_.columns[i];
    ExprPtr member =
        make_call("kql.member", {bag, make_string(column.name.substr(prefix.size()), span)}, Type::Dynamic, span);
    ExprPtr has = make_call(
        "kql.gt", {make_column(rows, Type::Long, span), make_literal(OwnedValue(Value::integer(0)), Type::Long)},
        Type::Bool, span);
    const Type type = column.type;
    ExprPtr value = make_call("kql.iff", {std::move(has), converted(std::move(member), type, span), read(column, span)},
                              type, span);
    replaced.push_back(*column_of(std::move(value), column.name, pending));
  }
  const auto rest = column_of(
      make_call("kql.bag_remove_keys", {bag, make_literal(OwnedValue(Value::dynamic(keys + "]")), Type::Dynamic)},
                Type::Dynamic, span),
      "bag", pending);
  flush(pending, span);
  for (Column& column : replaced) add_column(std::move(column));
  return *rest->id;
}

/// ipv4_lookup(table, address, network, more keys…, return_unmatched = true): the rows with those of the table whose
/// network holds the address (ipv4-lookup-plugin, ipv6-lookup-plugin).
void Binder::bind_address_lookup(const ast::Invocation& call, Span span) {
  const bool six = call.function == "ipv6_lookup";
  std::vector<const ast::Expression*> places;
  bool keeps = false;
  for (const ast::Argument& argument : call.arguments) {
    const auto* constant = std::get_if<ast::Constant>(&argument.value->node);
    if (argument.name == "return_unmatched" || (argument.name.empty() && constant != nullptr)) {
      keeps = constant != nullptr && constant->value.get().is_true();
    } else {
      places.push_back(argument.value.get());
    }
  }
  if (!check_arity(call.function, 3, -1, places.size(), span)) return;
  // Rows are numbered, so that those without a network can be told.
  const auto* network = std::get_if<ast::Name>(&places[2]->node);
  ExprPtr address = bind(*places[1]);
  Input table = bind_input(*places[0], call.function);
  const auto& columns = table.relation.columns;
  const auto named = [&](const std::string& name) {
    return std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  };
  if (!address || network == nullptr || named(network->text) == columns.end() || named(network->text)->broken) {
    if (address && !table.relation.open && !table.relation.inferred)
      sink_.report(kUnknownColumn, places[2]->span, "the table of networks has no such column");
    relation_.open = true;
    return;
  }
  const ColumnId row = plan_.add_column("row", Type::Long);
  RowFunctions number;
  number.items.push_back(
      {row, "kql.row_number", {make_literal(OwnedValue(Value::integer(1)), Type::Long), make_bool(false)}, span});
  add_node(std::move(number), span);
  std::vector<Extend::Column> pending;
  const auto subject = column_of(converted(std::move(address), Type::String, span), "address", pending);
  flush(pending, span);
  Relate relate;
  relate.input = table.index;
  relate.kind = keeps ? Relate::Kind::LeftOuter : Relate::Kind::Inner;
  for (size_t i = 3; i < places.size(); ++i) {
    if (!add_join_key(*places[i], *places[i], table, relate, pending)) return;
  }
  flush(pending, span);
  std::vector<Column> output;
  const auto add = [&](Column column, bool right) {
    if (column.broken) return output.push_back(std::move(column));
    const ColumnId id = plan_.add_column(column.name, column.type);
    relate.columns.push_back({id, right, *column.id});
    column.id = id;
    column.field.clear();
    column.name = unique_name(column.name, output);
    output.push_back(std::move(column));
  };
  for (Column& column : relation_.columns) {
    if (!column.broken) id_of(column);
    add(column, false);
  }
  ColumnId holds{};
  for (const Column& column : columns) {
    const bool key = std::any_of(relate.keys.begin(), relate.keys.end(),
                                 [&](const Relate::Key& each) { return column.id && each.right == *column.id; });
    if (key) continue;
    add(column, true);
    if (column.name == network->text) holds = *output.back().id;
  }
  const ColumnId own = plan_.add_column("address", Type::String);
  relate.columns.push_back({own, false, *subject->id});
  const ColumnId own_row = plan_.add_column("row", Type::Long);
  relate.columns.push_back({own_row, false, row});
  const size_t left = relation_.columns.size();
  add_node(std::move(relate), span);
  const ExprPtr within =
      make_call(six ? "kql.ipv6_is_in_range" : "kql.ipv4_is_in_range",
                {make_column(own, Type::String, span), make_column(holds, Type::String, span)}, Type::Bool, span);
  relation_.columns = std::move(output);
  if (!keeps) {
    add_node(Filter{within}, span);
    return;
  }
  // A row that no network holds keeps one of its copies, without what is another's.
  const ExprPtr fits = make_call("kql.coalesce", {within, make_bool(false)}, Type::Bool, span);
  const auto inside = column_of(fits, "fits", pending);
  flush(pending, span);
  const ColumnId matches = plan_.add_column("matches", Type::Long);
  Window group;
  group.keys = {own_row};
  group.items.push_back({matches, "kql.countif", {make_column(*inside->id, Type::Bool, span)}, span});
  add_node(std::move(group), span);
  const ExprPtr none = make_call(
      "kql.eq", {make_column(matches, Type::Long, span), make_literal(OwnedValue(Value::integer(0)), Type::Long)},
      Type::Bool, span);
  add_node(Filter{make_or({make_column(*inside->id, Type::Bool, span), none})}, span);
  for (size_t i = left; i < relation_.columns.size(); ++i) {
    Column& column = relation_.columns[i];
    if (column.broken) continue;
    ExprPtr value = make_call("kql.iff", {none, null_of(column.type, span), read(column, span)}, column.type, span);
    column.id = plan_.add_column(column.name, column.type);
    pending.push_back({*column.id, std::move(value)});
  }
  flush(pending, span);
  hecate::Distinct once;
  once.columns = {own_row};
  for (Column& column : relation_.columns) {
    if (!column.broken) once.columns.push_back(*column.id);
  }
  add_node(std::move(once), span);
}

/// pivot(column, aggregate, columns…): an aggregate for each value of the column, which are columns then.
void Binder::bind_pivot(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span) {
  if (!check_arity("pivot", 1, -1, call.arguments.size(), span)) return;
  ExprPtr series = bind(*call.arguments.front().value);
  if (!series) {
    relation_.open = true;
    return;
  }
  const std::string series_name = automatic_name(*call.arguments.front().value);
  std::vector<Extend::Column> pending;
  const auto series_column = column_of(converted(std::move(series), Type::String, span), series_name, pending);
  flush(pending, span);
  Aggregation aggregation;
  std::vector<Column> keys;
  const auto add_key = [&](Column& column) {
    if (column.broken) return;
    const ColumnId input = id_of(column);
    Column key = column;
    key.id = plan_.add_column(column.name, column.type);
    key.field.clear();
    aggregation.aggregate.keys.push_back({*key.id, input, span});
    keys.push_back(std::move(key));
  };
  // What is aggregated is not grouped by, unless it is named.
  std::vector<std::string> aggregated{series_name};
  if (call.arguments.size() > 1) {
    if (const auto* aggregate = std::get_if<ast::Invocation>(&call.arguments[1].value->node)) {
      for (const ast::Argument& each : aggregate->arguments) aggregated.push_back(automatic_name(*each.value));
    }
  }
  for (size_t i = 2; i < call.arguments.size(); ++i) {
    const auto* name = std::get_if<ast::Name>(&call.arguments[i].value->node);
    Column* column = name == nullptr ? nullptr : own_column(name->text);
    if (column == nullptr) {
      if (name != nullptr) unknown_column(name->text, call.arguments[i].value->span);
      continue;
    }
    add_key(*column);
  }
  if (call.arguments.size() <= 2) {
    for (Column& column : relation_.columns) {
      if (std::find(aggregated.begin(), aggregated.end(), column.name) == aggregated.end()) add_key(column);
    }
  }
  const ColumnId value_name = plan_.add_column(series_name, Type::String);
  aggregation.aggregate.keys.push_back({value_name, *series_column->id, span});
  ExprPtr value;
  aggregation_ = &aggregation;
  if (call.arguments.size() > 1) {
    value = bind(*call.arguments[1].value);
  } else {
    const ColumnId count = plan_.add_column("count_", Type::Long);
    aggregation.aggregate.items.push_back({count, "count", {}, span});
    value = make_column(count, Type::Long, span);
  }
  aggregation_ = nullptr;
  if (!value) {
    relation_.open = true;
    return;
  }
  const bool counts = call.arguments.size() == 1 || [&] {
    const auto* aggregate = std::get_if<ast::Invocation>(&call.arguments[1].value->node);
    return aggregate != nullptr && aggregate->function.find("count") != std::string::npos;
  }();
  add_node(std::move(aggregation.aggregate), span);
  pending.push_back({plan_.add_column("pair", Type::Dynamic),
                     make_call("kql.bag_pack", {make_column(value_name, Type::String, span), std::move(value)},
                               Type::Dynamic, span)});
  const ColumnId pair = pending.back().id;
  flush(pending, span);
  // Which columns there are is the same for all rows: a row without a value in one shows 0 or nothing.
  const ColumnId all = plan_.add_column("all", Type::Dynamic);
  Window everything;
  everything.items.push_back({all, "kql.make_bag", {make_column(pair, Type::Dynamic, span)}, span});
  add_node(std::move(everything), span);
  Aggregate rows;
  std::vector<Column> output;
  for (Column& key : keys) {
    const ColumnId id = plan_.add_column(key.name, key.type);
    rows.keys.push_back({id, *key.id, span});
    key.id = id;
    output.push_back(key);
  }
  const ColumnId own = plan_.add_column("own", Type::Dynamic);
  rows.items.push_back({own, "kql.make_bag", {make_column(pair, Type::Dynamic, span)}, span});
  const ColumnId shown = plan_.add_column("all", Type::Dynamic);
  rows.items.push_back({shown, "kql.take_any", {make_column(all, Type::Dynamic, span)}, span});
  add_node(std::move(rows), span);
  const ColumnId bag = plan_.add_column("bag", Type::Dynamic);
  pending.push_back({bag, make_call("kql.pivot_row",
                                    {make_column(own, Type::Dynamic, span), make_column(shown, Type::Dynamic, span),
                                     make_bool(counts)},
                                    Type::Dynamic, span)});
  flush(pending, span);
  if (evaluate.schema) {
    for (const ast::ColumnDeclaration& declared : evaluate.schema->columns) {
      const bool known =
          std::any_of(output.begin(), output.end(), [&](const Column& column) { return column.name == declared.name; });
      if (known) continue;
      ExprPtr member = make_call("kql.member", {make_column(bag, Type::Dynamic, span), make_string(declared.name)},
                                 Type::Dynamic, span);
      output.push_back(*column_of(converted(std::move(member), declared.type, span), declared.name, pending));
    }
    flush(pending, span);
  }
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = false;
  if (evaluate.schema && !evaluate.schema->star) return;
  Column column{"bag", Type::Dynamic, bag};
  column.bag = true;
  relation_.columns.push_back(std::move(column));
}

/// A row for each value: Row, Column, Value.
void Binder::bind_narrow(Span span) {
  std::vector<ExprPtr> pairs;
  for (Column& column : relation_.columns) {
    if (column.broken || column.bag) continue;
    pairs.push_back(make_string(column.name, span));
    pairs.push_back(converted(read(column, span), Type::String, span));
  }
  const ColumnId row = plan_.add_column("Row", Type::Long);
  RowFunctions number;
  number.items.push_back(
      {row, "kql.row_number", {make_literal(OwnedValue(Value::integer(0)), Type::Long), make_bool(false)}, span});
  add_node(std::move(number), span);
  std::vector<Extend::Column> pending;
  const auto bag = column_of(make_call("kql.bag_pack", std::move(pairs), Type::Dynamic, span), "pairs", pending);
  flush(pending, span);
  const ColumnId pair = plan_.add_column("pair", Type::Dynamic);
  add_node(Expand{{{pair, *bag->id}}, std::nullopt, 0, true}, span);
  const auto part = [&](int64_t place) {
    return converted(
        make_call("kql.element",
                  {make_column(pair, Type::Dynamic, span), make_literal(OwnedValue(Value::integer(place)), Type::Long)},
                  Type::Dynamic, span),
        Type::String, span);
  };
  relation_.columns = {Column{"Row", Type::Long, row}, *column_of(part(0), "Column", pending),
                       *column_of(part(1), "Value", pending)};
  flush(pending, span);
}

}  // namespace hecate::kql
