#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "content/content.h"
#include "plan/table.h"

namespace hecate::engine {

/// Local files that `externaldata` may read in place of what its queries name. Nothing else is ever opened, and nothing
/// is fetched.
struct ExternalData {
  std::map<std::string, std::string, std::less<>> files;  // location, as the query writes it -> file
  std::vector<std::string> folders;                       // a file of the location's last name

  [[nodiscard]] bool empty() const { return files.empty() && folders.empty(); }
};

/// Puts a table named like its location for each `externaldata` of the content's queries and functions that has a file
/// (https://learn.microsoft.com/kusto/query/externaldata-operator).
void serve_external_data(const ExternalData& given, const content::Content& content, Tables& tables,
                         DiagnosticSink& sink);

}  // namespace hecate::engine
