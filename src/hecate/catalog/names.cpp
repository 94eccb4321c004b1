#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/loader.h"

namespace hecate::catalog {
namespace {

constexpr std::string_view kElements = "{}";
constexpr std::string_view kWhole = "[]";

void add(std::vector<std::string>& to, std::string text) {
  if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
}

/// The field without one of the prefixes that rules may write and events may lack, behind the field itself.
std::vector<std::string> without_prefixes(const NameRules& rules, std::string_view field) {
  std::vector<std::string> result{std::string(field)};
  for (const std::string& prefix : rules.optional_prefixes) {
    if (field.size() <= prefix.size()) continue;
    const std::string_view start = field.substr(0, prefix.size());
    const bool same = rules.ignore_case ? equals_ignoring_case(start, prefix) : start == prefix;
    if (same) add(result, std::string(field.substr(prefix.size())));
  }
  return result;
}

std::string with_initials(std::string_view field, bool capital) {
  std::string result(field);
  bool initial = true;
  for (char& c : result) {
    if (initial && capital && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (initial && !capital && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    initial = c == '.';
  }
  return result;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// ThreatName as "Threat Name".
std::string with_blanks(std::string_view name) {
  std::string result;
  for (size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && is_capital(name[i]) && !is_capital(name[i - 1])) result += ' ';
    result += name[i];
  }
  return result;
}

/// Threat_Name as "Threat Name".
std::string with_blanks_for_underscores(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '_', ' ');
  return result;
}

std::vector<std::string> pieces_of(std::string_view path) {
  std::vector<std::string> pieces;
  for (;;) {
    const size_t dot = path.find('.');
    pieces.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return pieces;
    path.remove_prefix(dot + 1);
  }
}

std::string joined(const std::vector<std::string>& pieces, size_t first, size_t second) {
  std::string path;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) path += '.';
    path += pieces[i];
    const bool array = i == first || i == second;
    if (array && !pieces[i].ends_with(kElements)) path += kElements;
  }
  return path;
}

/// A path with no, one or two of its keys taken for arrays. Elements come before the array as a whole.
void add_through_arrays(const std::string& path, std::vector<std::string>& to) {
  const std::vector<std::string> pieces = pieces_of(path);
  const size_t none = pieces.size();
  for (size_t first = none; first-- > 0;) {
    add(to, joined(pieces, first, none));
    for (size_t second = first; second-- > 0;) add(to, joined(pieces, first, second));
  }
  add(to, path);
}

}  // namespace

std::vector<std::string> spellings_of(const NameRules& rules, std::string_view field) {
  std::vector<std::string> result;
  for (const std::string& name : without_prefixes(rules, field)) {
    add(result, name);
    if (rules.in_words) add(result, with_blanks(name));
    // Splunk's names have `_` in the place of what is neither letter nor digit (transforms.conf, CLEAN_KEYS).
    if (rules.in_words) add(result, with_blanks_for_underscores(name));
    if (!rules.ignore_case) continue;
    add(result, with_initials(name, false));
    add(result, with_initials(name, true));
  }
  return result;
}

std::vector<std::string> written_paths_of(const SourceData& source, std::string_view field) {
  // `targetResources[]` is the list as a whole, never its elements.
  const bool whole = field.ends_with(kWhole);
  if (whole) field.remove_suffix(kWhole.size());
  if (source.names.exact()) return paths_of(source, field);
  std::vector<std::string> result;
  for (const std::string& name : spellings_of(source.names, field)) {
    for (std::string& path : paths_of(source, name)) {
      if (source.names.through_arrays && !whole) {
        // Who writes `{}` knows where the arrays are: below a text that is JSON there may be others.
        if (name.find(kElements) != std::string::npos) add(result, path);
        add_through_arrays(path, result);
      } else {
        add(result, std::move(path));
      }
    }
  }
  return result;
}

const ExprPtr* find_spelled(const CompiledColumns& columns, const NameRules& rules, std::string_view name) {
  if (const auto exact = columns.find(name); exact != columns.end()) return &exact->second;
  if (rules.exact()) return nullptr;
  for (const std::string& wanted : without_prefixes(rules, name)) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& column) {
      return rules.ignore_case ? equals_ignoring_case(column.first, wanted) : column.first == wanted;
    });
    if (found != columns.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace hecate::catalog
