#include "catalog/table_list.h"

#include <array>
#include <fstream>

namespace hecate::catalog {
namespace {

struct TypeName {
  std::string_view name;
  Type type;
};
constexpr std::array kTypes{
    TypeName{"bool", Type::Bool},         TypeName{"datetime", Type::Datetime}, TypeName{"decimal", Type::Decimal},
    TypeName{"dynamic", Type::Dynamic},   TypeName{"guid", Type::Guid},         TypeName{"int", Type::Long},
    TypeName{"long", Type::Long},         TypeName{"real", Type::Real},         TypeName{"string", Type::String},
    TypeName{"timespan", Type::Timespan},
};

/// What every table has, and few of the pages name
/// (https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns).
constexpr std::array kStandard{TypeName{"MG", Type::String},
                               TypeName{"SourceSystem", Type::String},
                               TypeName{"TenantId", Type::String},
                               TypeName{"TimeGenerated", Type::Datetime},
                               TypeName{"Type", Type::String},
                               TypeName{"_ItemId", Type::String},
                               TypeName{"_TimeReceived", Type::Datetime}};

}  // namespace

std::string_view take(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

std::optional<Type> kusto_type(std::string_view name) {
  for (const TypeName& known : kTypes) {
    if (known.name == name) return known.type;
  }
  return std::nullopt;
}

void TableList::read(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  texts_.push_back(
      std::make_unique<std::string>(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()));
  std::string_view rest = *texts_.back();
  while (!rest.empty()) {
    std::string_view line = take(rest, '\n');
    if (line.empty() || line.front() == '#') continue;
    const std::string_view name = take(line, '\t');
    lines_.emplace(name, line);
  }
}

void SchemaColumns::read(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  text_.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

std::vector<SchemaColumns::Row> SchemaColumns::of(std::string_view schema) const {
  std::vector<Row> rows;
  std::string_view rest = text_;
  while (!rest.empty()) {
    std::string_view line = take(rest, '\n');
    if (take(line, '\t') != schema) continue;
    Row& row = rows.emplace_back();
    row.name = take(line, '\t');
    row.type = take(line, '\t');
    take(line, '\t');  // the class
    std::string_view aliases = take(line, '\t');
    while (!aliases.empty()) row.aliases.emplace_back(take(aliases, '|'));
    take(line, '\t');  // the entity
    take(line, '\t');  // the role
    row.values = line;
  }
  return rows;
}

const Catalog::KustoSchema* TableList::find(std::string_view name) const {
  const auto line = lines_.find(name);
  if (line == lines_.end()) return nullptr;
  const std::lock_guard lock(mutex_);
  auto& schema = schemas_[line->first];
  if (schema) return schema.get();
  schema = std::make_unique<Catalog::KustoSchema>();
  schema->name = name;
  std::string_view columns = line->second;
  while (!columns.empty()) {
    std::string_view column = take(columns, '\t');
    Catalog::KustoColumn& added = schema->columns.emplace_back();
    added.name = take(column, ':');
    added.type = kusto_type(column).value_or(Type::String);
  }
  for (const TypeName& standard : kStandard) {
    if (schema->find(standard.name) == nullptr)
      schema->columns.push_back({std::string(standard.name), standard.type, {}, {}});
  }
  return schema.get();
}

std::vector<std::string_view> TableList::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, line] : lines_) names.push_back(name);
  return names;
}

}  // namespace hecate::catalog
