#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "catalog/codes.h"
#include "catalog/loader.h"
#include "catalog/lowering.h"

namespace hecate::catalog {
namespace {

using Loaded = decltype(Catalog::Impl::cim);

std::optional<Expression> load_expression(const yaml::Node& node, std::string_view key, const Checker& check) {
  const yaml::Node* value = node.find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_scalar()) {
    check.wrong(value->span, fmt::format("`{}` is an expression", key));
    return std::nullopt;
  }
  Result<Expression> parsed = parse_expression(value->scalar, check.sink());
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

CimField load_field(const yaml::Node& value, const Checker& check) {
  CimField field;
  // The short form: `process_id: number`.
  field.type = value.is_scalar() ? std::string(value.text()) : check.required(value, "type");
  if (value.is_mapping()) {
    check.keys(value, {"type", "empty", "value"});
    field.empty = check.text(value, "empty");
    field.value = load_expression(value, "value", check);
  }
  static constexpr std::array<std::string_view, 4> kTypes{"string", "number", "boolean", "timestamp"};
  if (std::find(kTypes.begin(), kTypes.end(), field.type) == kTypes.end())
    check.unknown(kWrongValue, value.span, "type", field.type, {kTypes.begin(), kTypes.end()});
  return field;
}

CimDataset load_dataset(const yaml::Node& node, std::string_view model, const Checker& check) {
  CimDataset dataset;
  check.keys(node, {"of", "tags", "where", "fields"});
  if (node.find("of") != nullptr) dataset.parent = fmt::format("{}.{}", model, check.text(node, "of"));
  if (node.find("tags") != nullptr) dataset.tags = check.texts(node, "tags");
  dataset.where = load_expression(node, "where", check);
  const yaml::Node* fields = node.find("fields");
  if (fields == nullptr || !check.mapping(*fields, "`fields`")) return dataset;
  for (const auto& [name, value] : fields->entries) {
    if (!value->is_scalar() && !check.mapping(*value, "a field")) continue;
    if (!dataset.fields.emplace(std::string(name->text()), load_field(*value, check)).second)
      check.sink().report(kDuplicate, name->span, fmt::format("field `{}` is defined twice", name->text()));
  }
  return dataset;
}

/// Parents stand before their children, so that there is no circle.
void check_parent(const yaml::Node& node, const CimDataset& dataset, const Loaded& loaded, const Checker& check) {
  if (dataset.parent.empty() || loaded.contains(dataset.parent)) return;
  std::vector<std::string_view> known;
  for (const auto& [name, other] : loaded) known.push_back(name);
  check.unknown(kUnknownSchema, node.find("of")->span, "dataset above it", dataset.parent, known);
}

const CimField* find_loaded(const Loaded& loaded, const std::string& dataset, const std::string& field) {
  const auto found = loaded.find(dataset);
  if (found == loaded.end()) return nullptr;
  const auto own = found->second.fields.find(field);
  return own != found->second.fields.end() ? &own->second : find_loaded(loaded, found->second.parent, field);
}

/// Names must be the dataset's fields. What they are is known only when a search is bound to a record type.
ExprPtr check_expression(const Expression& expression, const std::string& dataset, const Loaded& loaded,
                         const Checker& check) {
  const auto resolve = [&](const Expression& name) -> ExprPtr {
    if (find_loaded(loaded, dataset, name.text) == nullptr) {
      check.unknown(kUnknownColumn, name.span, fmt::format("field in {}", dataset), name.text, {});
      return nullptr;
    }
    return make_raw_field(name.text, name.span);
  };
  const Result<ExprPtr> lowered = lower(expression, resolve, check.sink());
  return lowered ? *lowered : nullptr;
}

void check_expressions(const Loaded& loaded, const Checker& check) {
  for (const auto& [name, dataset] : loaded) {
    if (dataset.where) {
      const ExprPtr test = check_expression(*dataset.where, name, loaded, check);
      if (test && test->type != Type::Bool) check.wrong(dataset.where->span, "`where` is a test, and this is a value");
    }
    for (const auto& [field, definition] : dataset.fields) {
      if (definition.value) check_expression(*definition.value, name, loaded, check);
    }
  }
}

}  // namespace

void load_cim(const yaml::Node& root, Catalog::Impl& catalog, DiagnosticSink& sink) {
  const Checker check(sink);
  const size_t errors = sink.errors();
  if (!check.mapping(root, "a data model")) return;
  check.keys(root, {"model", "title", "datasets"});
  const std::string model = check.required(root, "model");
  const yaml::Node* datasets = root.find("datasets");
  if (datasets == nullptr || !check.mapping(*datasets, "`datasets`")) return;
  Loaded loaded;
  for (const auto& [name, node] : datasets->entries) {
    if (!check.mapping(*node, "a dataset")) continue;
    CimDataset dataset = load_dataset(*node, model, check);
    check_parent(*node, dataset, loaded, check);
    loaded[fmt::format("{}.{}", model, name->text())] = std::move(dataset);
  }
  if (sink.errors() == errors) check_expressions(loaded, check);
  if (sink.errors() == errors) catalog.cim.merge(loaded);
}

}  // namespace hecate::catalog
