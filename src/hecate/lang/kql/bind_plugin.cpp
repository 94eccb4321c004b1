#include <fmt/format.h>

#include <algorithm>

#include "base/json_text.h"
#include "lang/kql/binder.h"

// evaluate: https://learn.microsoft.com/kusto/query/evaluate-operator, bag-unpack-plugin
namespace hecate::kql {

void Binder::bind(const ast::Evaluate& evaluate, Span span) {
  const auto* call = evaluate.plugin ? std::get_if<ast::Invocation>(&evaluate.plugin->node) : nullptr;
  if (call == nullptr) {
    sink_.report(kSyntax, span, "`evaluate` takes a plugin with its arguments");
    return fail_source();
  }
  const PluginInfo* info = find_plugin(call->function);
  if (info != nullptr && info->kind == PluginKind::Query) return bind_plugin_query(*info, *call, span);
  using Bind = void (Binder::*)(const ast::Evaluate&, const ast::Invocation&, Span);
  static constexpr std::pair<std::string_view, Bind> kNative[] = {
      {"autocluster", &Binder::bind_patterns},
      {"bag_unpack", &Binder::bind_bag_unpack},
      {"basket", &Binder::bind_patterns},
      {"dcount_intersect", &Binder::bind_dcount_intersect},
      {"diffpatterns", &Binder::bind_patterns},
      {"geo_line_lookup", &Binder::bind_geo_lookup},
      {"geo_polygon_lookup", &Binder::bind_geo_lookup},
      {"identity", &Binder::bind_identity},
      {"ipv4_lookup", &Binder::bind_address_lookup},
      {"ipv6_lookup", &Binder::bind_address_lookup},
      {"narrow", &Binder::bind_narrow},
      {"pivot", &Binder::bind_pivot},
      {"preview", &Binder::bind_preview},
      {"rows_near", &Binder::bind_rows_near},
      {"sequence_detect", &Binder::bind_sequence_detect},
  };
  for (const auto& [name, native] : kNative) {
    if (name == call->function) return (this->*native)(evaluate, *call, span);
  }
  refuse_plugin(info, *call);
}

void Binder::refuse_plugin(const PluginInfo* info, const ast::Invocation& call) {
  std::vector<std::string_view> known;
  for (const PluginInfo& each : plugins()) {
    if (each.kind != PluginKind::Refused) known.push_back(each.name);
  }
  const std::string_view near = info != nullptr ? std::string_view() : nearest(call.function, known);
  std::string hint = near.empty() ? "" : fmt::format("did you mean `{}`?", near);
  if (info != nullptr) hint = info->doc;
  refuse_operator("evaluate " + call.function, call.name_span, std::move(hint));
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

}  // namespace hecate::kql
