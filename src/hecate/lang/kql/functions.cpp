#include "lang/kql/functions.h"

#include <algorithm>

#include "lang/kql/kql.h"

namespace hecate::kql {
namespace {

std::vector<const FunctionInfo*> sorted_functions() {
  std::vector<const FunctionInfo*> all;
  for (const auto family : {value_functions(), text_functions(), time_functions(), dynamic_functions(),
                            math_functions(), network_functions(), series_functions(), geo_functions()}) {
    for (const FunctionInfo& row : family) all.push_back(&row);
  }
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  return all;
}

}  // namespace

std::span<const FunctionInfo* const> functions() {
  static const std::vector<const FunctionInfo*> all = sorted_functions();
  return all;
}

const FunctionInfo* find_function_info(std::string_view name) {
  const auto all = functions();
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const FunctionInfo* row, std::string_view wanted) { return row->name < wanted; });
  return found != all.end() && (*found)->name == name ? *found : nullptr;
}

std::string prefix_of(const FunctionInfo& info) {
  if (info.name == "gettype") return "type_";
  if (info.name == "treepath") return "tree_";
  return std::string(info.name) + "_";
}

std::vector<OutputColumn> outputs_of(const FunctionInfo& info, const std::vector<std::string>& arguments) {
  std::vector<OutputColumn> columns;
  if (info.name == "array_sort_asc" || info.name == "array_sort_desc") {
    for (size_t i = 0; i < arguments.size(); ++i)
      columns.push_back(
          {(arguments[i].empty() ? "array" + std::to_string(i) : arguments[i]) + "_sorted", Type::Dynamic});
    return columns;
  }
  std::string_view rest = info.outputs;
  while (!rest.empty()) {
    const std::string_view column = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(column.size() + 1, rest.size()));
    const size_t colon = column.find(':');
    const std::string_view type = column.substr(colon + 1);
    columns.push_back({std::string(info.name) + "_" + (arguments.empty() ? "" : arguments.front()) + "_" +
                           std::string(column.substr(0, colon)),
                       type == "real"   ? Type::Real
                       : type == "long" ? Type::Long
                                        : Type::Dynamic});
  }
  return columns;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const FunctionInfo* row : functions()) names.push_back(row->name);
  for (const AggregateInfo& row : aggregates()) names.push_back(row.name);
  return names;
}

}  // namespace hecate::kql
