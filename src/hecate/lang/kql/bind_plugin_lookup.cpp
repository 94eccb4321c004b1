#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// Rows joined to those of a table that hold their address or place:
// https://learn.microsoft.com/kusto/query/ipv4-lookup-plugin, ipv6-lookup-plugin, geo-polygon-lookup-plugin,
// geo-line-lookup-plugin
namespace hecate::kql {

struct Binder::PlaceLookup {
  std::string plugin;
  std::string key;  // the table's column
  Span key_span = {};
  std::vector<ExprPtr> subjects = {};                  // of the rows
  std::vector<const ast::Expression*> more_keys = {};  // columns that both sides have
  /// Whether the table's key holds the subjects.
  std::function<ExprPtr(std::vector<ExprPtr> subjects, ExprPtr key)> holds = {};
  Type key_type = Type::String;
  bool keeps_unmatched = false;
  bool shows_key = true;
  bool table_first = false;  // the result begins with the table's columns
};

/// ipv4_lookup(table, address, network, more keys…, return_unmatched = true)
void Binder::bind_address_lookup(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  const bool six = call.function == "ipv6_lookup";
  std::vector<const ast::Expression*> places;
  PlaceLookup lookup{call.function, {}};
  for (const ast::Argument& argument : call.arguments) {
    const auto* constant = std::get_if<ast::Constant>(&argument.value->node);
    if (argument.name == "return_unmatched" || (argument.name.empty() && constant != nullptr)) {
      lookup.keeps_unmatched = constant != nullptr && constant->value.get().is_true();
    } else {
      places.push_back(argument.value.get());
    }
  }
  if (!check_arity(call.function, 3, -1, places.size(), span)) return;
  const auto* network = std::get_if<ast::Name>(&places[2]->node);
  ExprPtr address = bind(*places[1]);
  if (!address) {
    relation_.open = true;
    return;
  }
  lookup.subjects.push_back(converted(std::move(address), Type::String, span));
  lookup.key = network == nullptr ? "" : network->text;
  lookup.key_span = places[2]->span;
  lookup.more_keys.assign(places.begin() + 3, places.end());
  lookup.holds = [six, span](std::vector<ExprPtr> subjects, ExprPtr key) {
    subjects.push_back(std::move(key));
    return make_call(six ? "kql.ipv6_is_in_range" : "kql.ipv4_is_in_range", std::move(subjects), Type::Bool, span);
  };
  // The page of ipv6_lookup shows the table's columns first, that of ipv4_lookup the rows' own.
  lookup.table_first = six;
  relate_places(*places[0], lookup, span);
}

/// geo_polygon_lookup(table, polygon, longitude, latitude [, radius, return_unmatched, lookup_area_radius,
/// return_lookup_key]), and geo_line_lookup, whose radius is needed.
void Binder::bind_geo_lookup(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  static constexpr std::string_view kOptions[] = {"radius", "return_unmatched", "lookup_area_radius",
                                                  "return_lookup_key"};
  const bool line = call.function == "geo_line_lookup";
  if (!check_arity(call.function, line ? 5 : 4, 8, call.arguments.size(), span)) return;
  PlaceLookup lookup{call.function, {}};
  ExprPtr radius;
  lookup.shows_key = false;
  for (size_t i = 4; i < call.arguments.size(); ++i) {
    const ast::Argument& argument = call.arguments[i];
    const std::string_view name = argument.name.empty() ? kOptions[i - 4] : std::string_view(argument.name);
    const ExprPtr value = bind(*argument.value);
    const bool known = std::find(std::begin(kOptions), std::end(kOptions), name) != std::end(kOptions);
    const bool flag = name == "return_unmatched" || name == "return_lookup_key";
    if (!value || !known || (flag ? value->type != Type::Bool : !is_number(value->type))) {
      if (value && !known) {
        const std::string_view near = nearest(name, kOptions);
        sink_.report(kArity, argument.value->span, fmt::format("`{}` takes no argument `{}`", call.function, name),
                     near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      } else if (value) {
        sink_.report(kArgumentType, argument.value->span,
                     fmt::format("{} of `{}` must be a constant {}", name, call.function, flag ? "bool" : "number"));
      }
      relation_.open = true;
      return;
    }
    const auto* literal = std::get_if<Literal>(&value->node);
    const bool yes = literal != nullptr && literal->value.get().is_true();
    if (name == "radius") radius = converted(value, Type::Real, span);
    if (name == "return_unmatched") lookup.keeps_unmatched = yes;
    if (name == "return_lookup_key") lookup.shows_key = yes;
  }
  if (line && !radius) {
    sink_.report(kArity, span, "`geo_line_lookup` lacks its argument radius", "in meters: radius=100");
    return;
  }
  for (size_t i = 2; i < 4; ++i) {
    ExprPtr degrees = bind(*call.arguments[i].value);
    if (!degrees) {
      relation_.open = true;
      return;
    }
    lookup.subjects.push_back(converted(std::move(degrees), Type::Real, span));
  }
  const auto* shape = std::get_if<ast::Name>(&call.arguments[1].value->node);
  lookup.key = shape == nullptr ? "" : shape->text;
  lookup.key_span = call.arguments[1].value->span;
  lookup.key_type = Type::Dynamic;
  lookup.holds = [line, radius, span](std::vector<ExprPtr> subjects, ExprPtr key) {
    subjects.push_back(std::move(key));
    if (!radius) return make_call("kql.geo_point_in_polygon", std::move(subjects), Type::Bool, span);
    return make_call("kql.le",
                     {make_call(line ? "kql.geo_distance_point_to_line" : "kql.geo_distance_point_to_polygon",
                                std::move(subjects), Type::Real, span),
                      radius},
                     Type::Bool, span);
  };
  relate_places(*call.arguments[0].value, lookup, span);
}

/// Every row beside every row of the table with the same keys; those pairs stay in which the table's key holds what the
/// row has.
void Binder::relate_places(const ast::Expression& source, PlaceLookup& lookup, Span span) {
  Input table = bind_input(source, lookup.plugin);
  const auto& columns = table.relation.columns;
  const auto named = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == lookup.key && !column.broken; });
  if (named == columns.end()) {
    if (!table.relation.open && !table.relation.inferred)
      sink_.report(kUnknownColumn, lookup.key_span, fmt::format("the table of `{}` has no such column", lookup.plugin));
    relation_.open = true;
    return;
  }
  // Rows are numbered, so that those without a match can be told.
  const ColumnId row = plan_.add_column("row", Type::Long);
  RowFunctions number;
  number.items.push_back(
      {row, "kql.row_number", {make_literal(OwnedValue(Value::integer(1)), Type::Long), make_bool(false)}, span});
  add_node(std::move(number), span);
  std::vector<Extend::Column> pending;
  std::vector<Column> subjects;
  for (const ExprPtr& subject : lookup.subjects) subjects.push_back(*column_of(subject, "subject", pending));
  flush(pending, span);
  Relate relate;
  relate.input = table.index;
  relate.kind = lookup.keeps_unmatched ? Relate::Kind::LeftOuter : Relate::Kind::Inner;
  for (const ast::Expression* key : lookup.more_keys) {
    if (!add_join_key(*key, *key, table, relate, pending)) return;
  }
  flush(pending, span);
  const auto carried = [&](ColumnId from, bool right, Type type) {
    const ColumnId id = plan_.add_column("carried", type);
    relate.columns.push_back({id, right, from});
    return id;
  };
  std::vector<Column> own;
  std::vector<Column> theirs;
  for (Column column : relation_.columns) {
    if (!column.broken) {
      column.id = carried(id_of(column), false, column.type);
      plan_.columns[static_cast<size_t>(*column.id)].name = column.name;
      column.field.clear();
    }
    own.push_back(std::move(column));
  }
  ColumnId key{};
  for (Column column : columns) {
    const bool joined = std::any_of(relate.keys.begin(), relate.keys.end(),
                                    [&](const Relate::Key& each) { return column.id && each.right == *column.id; });
    if (joined) continue;
    if (!column.broken) {
      column.id = carried(*column.id, true, column.type);
      plan_.columns[static_cast<size_t>(*column.id)].name = column.name;
      column.field.clear();
    }
    if (column.name == lookup.key) key = *column.id;
    if (lookup.shows_key || column.name != lookup.key) theirs.push_back(std::move(column));
  }
  std::vector<ExprPtr> held;
  for (const Column& subject : subjects)
    held.push_back(make_column(carried(*subject.id, false, subject.type), subject.type, span));
  const ColumnId own_row = carried(row, false, Type::Long);
  add_node(std::move(relate), span);
  ExprPtr within =
      lookup.holds(std::move(held), converted(make_column(key, plan_.column(key).type, span), lookup.key_type, span));
  if (lookup.keeps_unmatched) {
    mark_unmatched(std::move(within), own_row, theirs, span);
  } else {
    add_node(Filter{within}, span);
  }
  std::vector<Column>& first = lookup.table_first ? theirs : own;
  std::vector<Column>& second = lookup.table_first ? own : theirs;
  std::vector<Column> output;
  for (std::vector<Column>* side : {&first, &second}) {
    for (Column& column : *side) {
      column.name = unique_name(column.name, output);
      output.push_back(std::move(column));
    }
  }
  relation_.columns = std::move(output);
}

/// A row that nothing holds keeps one of its pairs, without what is the table's.
void Binder::mark_unmatched(ExprPtr within, ColumnId row, std::vector<Column>& theirs, Span span) {
  std::vector<Extend::Column> pending;
  const auto inside =
      column_of(make_call("kql.coalesce", {std::move(within), make_bool(false)}, Type::Bool, span), "inside", pending);
  flush(pending, span);
  const ColumnId matches = plan_.add_column("matches", Type::Long);
  const ExprPtr is_inside = make_column(*inside->id, Type::Bool, span);
  Window group;
  group.keys = {row};
  group.items.push_back({matches, "kql.countif", {is_inside}, span});
  add_node(std::move(group), span);
  const ColumnId place = plan_.add_column("place", Type::Long);
  RowFunctions pairs;
  pairs.keys = {row};
  pairs.items.push_back(
      {place, "kql.row_number", {make_literal(OwnedValue(Value::integer(1)), Type::Long), make_bool(false)}, span});
  add_node(std::move(pairs), span);
  const auto equals = [&](ColumnId id, int64_t value) {
    return make_call("kql.eq",
                     {make_column(id, Type::Long, span), make_literal(OwnedValue(Value::integer(value)), Type::Long)},
                     Type::Bool, span);
  };
  const ExprPtr none = equals(matches, 0);
  add_node(Filter{make_or({is_inside, make_and({none, equals(place, 1)})})}, span);
  for (Column& column : theirs) {
    if (column.broken) continue;
    ExprPtr value = make_call("kql.iff", {none, null_of(column.type, span), read(column, span)}, column.type, span);
    column.id = plan_.add_column(column.name, column.type);
    pending.push_back({*column.id, std::move(value)});
  }
  flush(pending, span);
}

}  // namespace hecate::kql
