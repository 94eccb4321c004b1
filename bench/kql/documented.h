#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "finding/finding.h"

namespace hecate::bench {

/// An example of Microsoft's documentation with the table that the page shows as its result.
struct DocumentedCase {
  std::string id;  // page#2: the second of the page
  std::string query;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
[[nodiscard]] std::vector<DocumentedCase> read_cases(const std::string& path);

/// What a page does not say, or machines compute differently.
struct Leniency {
  double noise = 1e-13;    // of reals, relative
  bool unordered = false;  // arrays of texts are sets
};
/// Whether a value is what a page prints: numbers to the printed precision, times in any of the pages' forms, dynamic
/// values as JSON, texts to the letter.
[[nodiscard]] bool same_value(std::string_view printed, const Value& value, const Leniency& leniency);

using Rows = std::vector<std::vector<ResultField>>;
/// What differs, in a few words; empty where nothing does. `ordered`: rows count in their order.
[[nodiscard]] std::string difference(const DocumentedCase& documented, const Rows& rows, bool ordered);
/// Whether the query says in which order its rows come.
[[nodiscard]] bool is_ordered(std::string_view query);

}  // namespace hecate::bench
