#include <fmt/format.h>

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
};

std::vector<NamedView> load_views(const yaml::Node* node, const Checker& check) {
  std::vector<NamedView> result;
  if (node == nullptr) return result;
  if (!node->is_sequence()) check.wrong(node->span, "`views` must be a list");
  for (const yaml::NodePtr& item : node->items) {
    if (!check.mapping(*item, "a view")) continue;
    check.keys(*item, {"names", "event_types"});
    const auto types = check.texts(*item, "event_types");
    for (std::string& name : check.texts(*item, "names"))
      result.push_back({std::move(name), {types.begin(), types.end()}, item->span});
  }
  return result;
}

}  // namespace

void load_schema(const yaml::Node& root, bool asim, Catalog::Impl& catalog, DiagnosticSink& sink) {
  const Checker check(sink);
  const size_t errors = sink.errors();
  if (!check.mapping(root, "a schema")) return;
  check.keys(root, {asim ? "schema" : "table", "title", "version", "reference", "views", "columns"});
  SchemaData data;
  data.schema.name = check.required(root, asim ? "schema" : "table");
  data.schema.asim = asim;
  const yaml::Node* columns = root.find("columns");
  if (columns == nullptr) {
    sink.report(kMissingKey, root.span, "`columns` is missing");
    return;
  }
  if (!check.mapping(*columns, "`columns`")) return;
  SchemaLoader loader(data, check);
  for (const auto& [key, value] : columns->entries) loader.column(*key, *value);
  loader.check_references(*columns);

  std::vector<NamedView> views = load_views(root.find("views"), check);
  if (!asim) views.push_back({data.schema.name, {}, root.span});
  std::set<std::string_view> seen;
  for (const NamedView& view : views) {
    if (catalog.views.contains(view.name) || !seen.insert(view.name).second)
      sink.report(kDuplicate, view.span, fmt::format("view `{}` is defined twice", view.name));
  }
  if (sink.errors() != errors) return;
  for (NamedView& view : views) catalog.views[view.name] = View{catalog.schemas.size(), std::move(view.event_types)};
  catalog.schemas.push_back(std::move(data));
}

}  // namespace hecate::catalog
