#pragma once

#include <string>
#include <string_view>

#include "content/documents.h"

// Functions that KQL queries may call: https://learn.microsoft.com/azure/azure-monitor/logs/functions
namespace hecate::content {

/// A parser of ASIM (or an older one) in YAML; both of its names call it.
[[nodiscard]] bool is_parser(const yaml::Node& document);
void load_parser(const yaml::Node& document, const DocumentContext& context, Content& content);

/// A `.kql` file of `.create-or-alter function` commands
/// (https://learn.microsoft.com/kusto/management/create-alter-function).
[[nodiscard]] bool is_function_file(std::string_view text);
void load_function_file(const MappedText& text, const DocumentContext& context, Content& content);

/// The properties of a saved search that is a function (`functionAlias`) in a workspace's template.
void load_saved_search(const yaml::Node& properties, const DocumentContext& context, Content& content);

}  // namespace hecate::content
