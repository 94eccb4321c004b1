#include <algorithm>
#include <map>
#include <set>

#include "base/json_text.h"
#include "base/text.h"
#include "exec/functions/kql_support.h"

namespace hecate::kql_support {
namespace {

/// https://learn.microsoft.com/kusto/query/parse-json-function: what is not JSON is kept as a string.
Value parse(Arguments a, EvalContext& c) {
  if (a[0].kind() == Kind::Dynamic) {
    // parse_json of a dynamic string reads that string.
    const Value inner = unwrap(a[0], c);
    if (inner.kind() != Kind::String) return a[0];
    const auto nested = canonical_json(inner.as_text());
    return nested ? dynamic_value(*nested, c) : a[0];
  }
  std::string json;
  if (a[0].kind() != Kind::String) {
    append_dynamic(a[0], json, c);
    return dynamic_value(json, c);
  }
  if (trim(a[0].as_text()).empty()) return Value::null();
  if (const auto canonical = canonical_json(a[0].as_text())) return dynamic_value(*canonical, c);
  append_json_quoted(a[0].as_text(), json);
  return dynamic_value(json, c);
}

Value member(Arguments a, EvalContext& c) {
  if (a[0].kind() != Kind::Dynamic) return Value::null();
  return dynamic_value(json_member(a[0].as_text(), text_of(a[1], c)), c);
}
/// Negative indexes count from the end; a bad one is null (scalar-data-types/dynamic).
Value element(Arguments a, EvalContext& c) {
  if (a[0].kind() != Kind::Dynamic) return Value::null();
  return dynamic_value(json_element(a[0].as_text(), a[1].as_integer()), c);
}

Value pack_array(Arguments a, EvalContext& c) {
  std::string out = "[";
  for (const Value& value : a) {
    if (out.size() > 1) out += ',';
    append_dynamic(value, out, c);
  }
  return dynamic_value(out + "]", c);
}
Value bag_pack(Arguments a, EvalContext& c) {
  std::string out = "{";
  for (size_t i = 0; i + 1 < a.size(); i += 2) {
    if (out.size() > 1) out += ',';
    append_json_quoted(text_of(a[i], c), out);
    out += ':';
    append_dynamic(a[i + 1], out, c);
  }
  return dynamic_value(out + "}", c);
}

/// Keys sorted; JSON is at most as deep as canonical_json() lets it be.
std::string sorted(std::string_view json) {
  const JsonParts parts = json_parts(json);
  if (parts.is_array) {
    ArrayWriter out;
    for (const std::string_view element : parts.values) out.add(sorted(element));
    return out.text();
  }
  if (!parts.is_object) return std::string(json);
  std::map<std::string_view, std::string_view> members;
  for (size_t i = 0; i < parts.values.size(); ++i) members.emplace(parts.keys[i], parts.values[i]);
  ObjectWriter out;
  for (const auto& [key, value] : members) out.add(key, sorted(value));
  return out.text();
}
Value sorted_json(Arguments a, EvalContext& c) {
  if (a[0].kind() != Kind::Dynamic) return Value::string(text_of(a[0], c));
  return string_value(sorted(a[0].as_text()), c);
}

/// `$.a.b[0]['c']`; no wildcards, no recursion (jsonpath). Nothing where the path is none.
std::optional<std::string_view> follow(std::string_view json, std::string_view path) {
  if (!path.starts_with('$')) return std::nullopt;
  for (size_t at = 1; at < path.size() && !json.empty();) {
    if (path[at] == '.') {
      const size_t end = std::min(path.find_first_of(".[", at + 1), path.size());
      if (end == at + 1) return std::nullopt;
      json = json_member(json, path.substr(at + 1, end - at - 1));
      at = end;
      continue;
    }
    const size_t close = path.find(']', at);
    if (path[at] != '[' || close == std::string_view::npos) return std::nullopt;
    std::string_view step = path.substr(at + 1, close - at - 1);
    const bool quoted =
        step.size() >= 2 && (step.front() == '\'' || step.front() == '"') && step.back() == step.front();
    if (quoted) {
      json = json_member(json, step.substr(1, step.size() - 2));
    } else {
      const auto index = to_long(step);
      if (!index) return std::nullopt;
      json = json_element(json, *index);
    }
    at = close + 1;
  }
  return json;
}
Value extract_path(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[1], c);
  const auto json =
      a[1].kind() == Kind::Dynamic && !text.empty() ? std::optional(std::string(a[1].as_text())) : canonical_json(text);
  if (!json) return Value::string("");
  const auto found = follow(*json, text_of(a[0], c));
  return found ? string_value(text_of(dynamic_value(*found, c), c), c) : Value::string("");
}

/// Each path is met once: of an array's elements the first that has it names it (treepath-function).
void collect_paths(std::string_view json, const std::string& prefix, std::vector<std::string>& out,
                   std::set<std::string>& seen) {
  constexpr size_t kMost = 10'000;
  const JsonParts parts = json_parts(json);
  if (!prefix.empty() && out.size() < kMost && seen.insert(prefix).second && !parts.is_object) out.push_back(prefix);
  for (size_t i = 0; i < parts.values.size() && out.size() < kMost; ++i) {
    const std::string step = parts.is_object ? "['" + parts.keys[i] + "']" : "[0]";
    collect_paths(parts.values[i], prefix + step, out, seen);
  }
}
Value tree_paths(Arguments a, EvalContext& c) {
  if (!object_of(a[0])) return Value::null();
  std::vector<std::string> paths;
  std::set<std::string> seen;
  collect_paths(a[0].as_text(), "", paths, seen);
  ArrayWriter out;
  for (const std::string& path : paths) out.add(json_quote(path));
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.parse_json", 1, 1, false, &parse, "A text read as JSON."},
    {"kql.member", 2, 2, false, &member, "A member of an object."},
    {"kql.element", 2, 2, false, &element, "An element of an array."},
    {"kql.pack_array", 1, -1, true, &pack_array, "An array of values."},
    {"kql.bag_pack", 2, -1, true, &bag_pack, "An object from keys and values."},
    {"kql.dynamic_to_json", 1, 1, true, &sorted_json, "A value as JSON, keys sorted."},
    {"kql.extract_json", 2, 2, true, &extract_path, "What a path finds in JSON."},
    {"kql.treepath", 1, 1, false, &tree_paths, "The paths of an object's leaves."},
};

}  // namespace

std::span<const Function> dynamic_functions() { return kFunctions; }

}  // namespace hecate::kql_support
