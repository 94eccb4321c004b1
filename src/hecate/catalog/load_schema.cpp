#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "catalog/codes.h"
#include "catalog/loader.h"
#include "catalog/table_list.h"

namespace hecate::catalog {
namespace {

const std::vector<std::string_view> kTypes = {"bool", "datetime", "decimal", "dynamic", "guid",
                                              "int",  "long",     "real",    "string",  "timespan"};

std::optional<Type> type_of(const yaml::Node& node, const Checker& check) {
  if (const auto known = kusto_type(node.text())) return known;
  check.unknown(kWrongValue, node.span, "type", node.text(), kTypes);
  return std::nullopt;
}

using Test = Catalog::KustoParameter::Test;
constexpr std::array kTests{std::pair<std::string_view, Test>{"none", Test::None},
                            std::pair<std::string_view, Test>{"at_least", Test::AtLeast},
                            std::pair<std::string_view, Test>{"at_most", Test::AtMost},
                            std::pair<std::string_view, Test>{"equals", Test::Equals},
                            std::pair<std::string_view, Test>{"in", Test::In},
                            std::pair<std::string_view, Test>{"has_any", Test::HasAny},
                            std::pair<std::string_view, Test>{"has_all", Test::HasAll},
                            std::pair<std::string_view, Test>{"has_any_prefix", Test::HasAnyPrefix},
                            std::pair<std::string_view, Test>{"has_any_address_prefix", Test::HasAnyAddressPrefix}};

class SchemaLoader {
 public:
  SchemaLoader(SchemaData& data, const Checker& check) : data_(data), check_(check) {}

  void column(const yaml::Node& key, const yaml::Node& value) {
    Catalog::KustoColumn column;
    column.name = key.text();
    if (data_.schema.find(column.name) != nullptr) {
      check_.sink().report(kDuplicate, key.span, fmt::format("column `{}` is defined twice", column.name));
    }
    // The short form: `EventVendor: string`.
    const yaml::Node* type = value.is_scalar() ? &value : value.is_mapping() ? value.find("type") : nullptr;
    if (type == nullptr) {
      check_.sink().report(kMissingKey, value.span, fmt::format("column `{}` lacks its `type`", column.name));
      return;
    }
    column.type = type_of(*type, check_).value_or(Type::String);
    if (value.is_mapping()) details(column, value);
    data_.schema.columns.push_back(std::move(column));
  }

  /// The columns of asim/columns.tsv that the file does not define otherwise.
  void listed(const std::vector<SchemaColumns::Row>& rows) {
    for (const SchemaColumns::Row& row : rows) {
      if (data_.schema.find(row.name) != nullptr) continue;
      data_.schema.columns.push_back(
          {std::string(row.name), kusto_type(row.type).value_or(Type::String), {}, std::string(row.values)});
      if (!row.aliases.empty()) data_.aliases[std::string(row.name)] = row.aliases;
    }
  }

  void parameter(const yaml::Node& node) {
    if (!check_.mapping(node, "a parameter")) return;
    check_.keys(node, {"name", "type", "test", "columns"});
    Catalog::KustoParameter parameter;
    parameter.name = check_.required(node, "name");
    if (const yaml::Node* type = node.find("type")) parameter.type = type_of(*type, check_).value_or(Type::Dynamic);
    const std::string test = check_.required(node, "test");
    const auto known = std::find_if(kTests.begin(), kTests.end(), [&](const auto& row) { return row.first == test; });
    if (known != kTests.end()) {
      parameter.test = known->second;
    } else if (!test.empty()) {
      std::vector<std::string_view> names;
      for (const auto& [name, value] : kTests) names.push_back(name);
      check_.unknown(kWrongValue, node.find("test")->span, "test", test, names);
    }
    parameter.columns = check_.texts(node, "columns");
    for (const std::string& column : parameter.columns) check_reference(*node.find("columns"), column);
    data_.schema.parameters.push_back(std::move(parameter));
  }

  /// What aliases and `path` name must be columns.
  void check_references(const yaml::Node& columns) {
    for (const auto& [key, value] : columns.entries) {
      for (const std::string& target : check_.texts(*value, "alias")) check_reference(*value->find("alias"), target);
      if (const yaml::Node* path = value->find("path")) check_reference(*path, path->text());
    }
  }

 private:
  void details(Catalog::KustoColumn& column, const yaml::Node& value) {
    check_.keys(value, {"type", "class", "entity", "role", "alias", "holds", "path", "default", "values", "logical"});
    const std::string holds = check_.text(value, "holds");
    column.path_column = check_.text(value, "path");
    if (!holds.empty() && holds != "name") check_.wrong(value.find("holds")->span, "`holds` can only be `name`");
    if ((holds == "name") != !column.path_column.empty()) {
      check_.wrong(value.span, "`holds: name` and `path` belong together", "holds: name, path: TargetFilePath");
    }
    if (value.find("alias") != nullptr) data_.aliases[column.name] = check_.texts(value, "alias");
    if (const yaml::Node* initial = value.find("default")) {
      Result<Expression> parsed = parse_expression(initial->scalar, check_.sink());
      if (parsed) data_.defaults[column.name] = std::move(*parsed);
    }
  }

  void check_reference(const yaml::Node& node, std::string_view target) {
    if (data_.schema.find(target) != nullptr) return;
    std::vector<std::string_view> names;
    for (const auto& column : data_.schema.columns) names.push_back(column.name);
    check_.unknown(kUnknownColumn, node.span, "column", target, names);
  }

  SchemaData& data_;
  const Checker& check_;
};

struct NamedView {
  std::string name;
  std::set<std::string> event_types;
  Span span;
  bool filters = true;
};

std::vector<NamedView> load_views(const yaml::Node* node, const Checker& check) {
  std::vector<NamedView> result;
  if (node == nullptr) return result;
  if (!node->is_sequence()) check.wrong(node->span, "`views` must be a list");
  for (const yaml::NodePtr& item : node->items) {
    if (!check.mapping(*item, "a view")) continue;
    check.keys(*item, {"names", "event_types", "parameters"});
    const yaml::Node* parameters = item->find("parameters");
    if (parameters != nullptr && !parameters->as_bool())
      check.wrong(parameters->span, "`parameters` of a view is true or false");
    const bool filters = parameters == nullptr || parameters->as_bool().value_or(true);
    const auto types = check.texts(*item, "event_types");
    for (std::string& name : check.texts(*item, "names"))
      result.push_back({std::move(name), {types.begin(), types.end()}, item->span, filters});
  }
  return result;
}

}  // namespace

void load_schema(const yaml::Node& root, bool asim, Catalog::Impl& catalog, DiagnosticSink& sink) {
  const Checker check(sink);
  const size_t errors = sink.errors();
  if (!check.mapping(root, "a schema")) return;
  check.keys(root, {asim ? "schema" : "table", "title", "version", "reference", "views", "parameters", "columns"});
  SchemaData data;
  data.schema.name = check.required(root, asim ? "schema" : "table");
  data.schema.asim = asim;
  const yaml::Node* columns = root.find("columns");
  const std::vector<SchemaColumns::Row> listed =
      asim ? catalog.asim_columns.of(data.schema.name) : std::vector<SchemaColumns::Row>();
  if (columns == nullptr && listed.empty()) {
    sink.report(kMissingKey, root.span, "`columns` is missing");
    return;
  }
  if (columns != nullptr && !check.mapping(*columns, "`columns`")) return;
  SchemaLoader loader(data, check);
  for (size_t i = 0; columns != nullptr && i < columns->entries.size(); ++i)
    loader.column(*columns->entries[i].first, *columns->entries[i].second);
  loader.listed(listed);
  if (columns != nullptr) loader.check_references(*columns);
  const yaml::Node* parameters = root.find("parameters");
  if (parameters != nullptr && !parameters->is_sequence()) check.wrong(parameters->span, "`parameters` is a list");
  for (size_t i = 0; parameters != nullptr && i < parameters->items.size(); ++i)
    loader.parameter(*parameters->items[i]);

  std::vector<NamedView> views = load_views(root.find("views"), check);
  if (!asim) views.push_back({data.schema.name, {}, root.span, true});
  std::set<std::string_view> seen;
  for (const NamedView& view : views) {
    if (catalog.views.contains(view.name) || !seen.insert(view.name).second)
      sink.report(kDuplicate, view.span, fmt::format("view `{}` is defined twice", view.name));
  }
  if (sink.errors() != errors) return;
  for (NamedView& view : views)
    catalog.views[view.name] = View{catalog.schemas.size(), std::move(view.event_types), view.filters};
  catalog.schemas.push_back(std::move(data));
}

}  // namespace hecate::catalog
