#include <algorithm>

#include "base/text.h"
#include "exec/functions/kql_support.h"
#include "exec/functions/match.h"

// String operators whose right side is not constant; those with constants are plan Matches.
namespace hecate::kql_support {
namespace {

using Test = bool (*)(std::string_view text, std::string_view needle);
bool equals(std::string_view text, std::string_view needle) { return text == needle; }
bool contains(std::string_view text, std::string_view needle) { return text.find(needle) != std::string_view::npos; }
bool starts(std::string_view text, std::string_view needle) { return text.starts_with(needle); }
bool ends(std::string_view text, std::string_view needle) { return text.ends_with(needle); }
bool has(std::string_view text, std::string_view needle) { return has_term(text, needle, true, true); }
bool has_prefix(std::string_view text, std::string_view needle) { return has_term(text, needle, true, false); }
bool has_suffix(std::string_view text, std::string_view needle) { return has_term(text, needle, false, true); }

template <Test test, bool folds>
Value compare(Arguments a, EvalContext& context) {
  const std::string_view text = text_of(a[0], context);
  const std::string_view needle = text_of(a[1], context);
  if (!folds) return Value::boolean(test(text, needle));
  return Value::boolean(test(fold_case(text), fold_case(needle)));
}

/// The right sides of in, has_any, has_all: texts, and arrays of them.
std::vector<std::string> needles_of(Arguments a, EvalContext& context, bool folds) {
  std::vector<std::string> needles;
  const auto add = [&](std::string_view text) { needles.push_back(folds ? fold_case(text) : std::string(text)); };
  for (const Value& value : a.subspan(1)) {
    const JsonParts parts = value.kind() == Kind::Dynamic ? json_parts(value.as_text()) : JsonParts{};
    if (!parts.is_array) {
      add(text_of(value, context));
      continue;
    }
    for (const std::string_view element : parts.values) add(text_of(Value::dynamic(element), context));
  }
  return needles;
}

template <Test test, bool folds, bool all>
Value compare_list(Arguments a, EvalContext& context) {
  const std::string_view raw = text_of(a[0], context);
  const std::string folded = folds ? fold_case(raw) : std::string();
  const std::string_view text = folds ? std::string_view(folded) : raw;
  const auto matches = [&](const std::string& needle) { return test(text, needle); };
  const std::vector<std::string> needles = needles_of(a, context, folds);
  return Value::boolean(all ? std::all_of(needles.begin(), needles.end(), matches)
                            : std::any_of(needles.begin(), needles.end(), matches));
}

constexpr Function kFunctions[] = {
    {"kql.equals", 2, 2, true, &compare<&equals, true>, "=~."},
    {"kql.contains", 2, 2, true, &compare<&contains, true>, "contains."},
    {"kql.contains_cs", 2, 2, true, &compare<&contains, false>, "contains_cs."},
    {"kql.startswith", 2, 2, true, &compare<&starts, true>, "startswith."},
    {"kql.startswith_cs", 2, 2, true, &compare<&starts, false>, "startswith_cs."},
    {"kql.endswith", 2, 2, true, &compare<&ends, true>, "endswith."},
    {"kql.endswith_cs", 2, 2, true, &compare<&ends, false>, "endswith_cs."},
    {"kql.has", 2, 2, true, &compare<&has, true>, "has."},
    {"kql.has_cs", 2, 2, true, &compare<&has, false>, "has_cs."},
    {"kql.hasprefix", 2, 2, true, &compare<&has_prefix, true>, "hasprefix."},
    {"kql.hasprefix_cs", 2, 2, true, &compare<&has_prefix, false>, "hasprefix_cs."},
    {"kql.hassuffix", 2, 2, true, &compare<&has_suffix, true>, "hassuffix."},
    {"kql.hassuffix_cs", 2, 2, true, &compare<&has_suffix, false>, "hassuffix_cs."},
    {"kql.in", 1, -1, true, &compare_list<&equals, false, false>, "in, by text."},
    {"kql.in_ci", 1, -1, true, &compare_list<&equals, true, false>, "in~."},
    {"kql.has_any", 1, -1, true, &compare_list<&has, true, false>, "has_any."},
    {"kql.has_all", 1, -1, true, &compare_list<&has, true, true>, "has_all."},
};

}  // namespace

std::span<const Function> text_operator_functions() { return kFunctions; }

}  // namespace hecate::kql_support
