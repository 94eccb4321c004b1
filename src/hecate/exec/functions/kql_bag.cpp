#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/depth_guard.h"
#include "base/json_text.h"
#include "exec/functions/kql_support.h"

// Property bags. https://learn.microsoft.com/kusto/query/scalar-functions, Dynamic/array functions.
namespace hecate::kql_support {
namespace {

/// A key that begins with `$` is a path: `$.a.b`, `$['a']['b']` (jsonpath). Nothing where it is not well formed.
std::optional<std::vector<std::string>> path_of(std::string_view key) {
  if (!key.starts_with("$.") && !key.starts_with("$[")) return std::vector<std::string>{std::string(key)};
  std::vector<std::string> path;
  for (size_t at = 1; at < key.size();) {
    if (key[at] == '.') {
      const size_t end = std::min(key.find_first_of(".[", at + 1), key.size());
      if (end == at + 1) return std::nullopt;
      path.emplace_back(key.substr(at + 1, end - at - 1));
      at = end;
      continue;
    }
    if (key[at] != '[' || at + 1 >= key.size() || (key[at + 1] != '\'' && key[at + 1] != '"')) return std::nullopt;
    const size_t end = key.find(key[at + 1], at + 2);
    if (end == std::string_view::npos || end + 1 >= key.size() || key[end + 1] != ']') return std::nullopt;
    path.emplace_back(key.substr(at + 2, end - at - 2));
    at = end + 2;
  }
  return path;
}

Value keys(Arguments a, EvalContext& c) {
  const auto parts = object_of(a[0]);
  if (!parts) return Value::null();
  ArrayWriter out;
  for (const std::string& key : parts->keys) out.add(json_quote(key));
  return out.finish(c);
}

/// The place of a key in an object; its size where there is none.
size_t place_of(const JsonParts& parts, std::string_view key) {
  return static_cast<size_t>(std::find(parts.keys.begin(), parts.keys.end(), key) - parts.keys.begin());
}

Value has_key(Arguments a, EvalContext& c) {
  if (!object_of(a[0])) return Value::null();
  const auto path = path_of(text_of(a[1], c));
  if (!path) return Value::null();
  std::string_view json = a[0].as_text();
  for (const std::string& step : *path) {
    const JsonParts parts = json_parts(json);
    const size_t place = place_of(parts, step);
    if (!parts.is_object || place >= parts.values.size()) return Value::boolean(false);
    json = parts.values[place];
  }
  return Value::boolean(true);
}

/// Of keys that several objects have the first counts (bag-merge-function).
Value merge(Arguments a, EvalContext& c) {
  std::unordered_set<std::string> seen;
  ObjectWriter out;
  bool any = false;
  for (const Value& value : a) {
    const auto parts = object_of(value);
    if (!parts) continue;
    any = true;
    for (size_t i = 0; i < parts->values.size(); ++i) {
      if (seen.insert(parts->keys[i]).second) out.add(parts->keys[i], parts->values[i]);
    }
  }
  return any ? out.finish(c) : Value::null();
}

std::string without(std::string_view json, std::span<const std::vector<std::string>> paths, size_t level) {
  const JsonParts parts = json_parts(json);
  if (!parts.is_object) return std::string(json);
  ObjectWriter out;
  for (size_t i = 0; i < parts.values.size(); ++i) {
    std::vector<std::vector<std::string>> deeper;
    bool removed = false;
    for (const auto& path : paths) {
      if (path[level] != parts.keys[i]) continue;
      if (path.size() == level + 1)
        removed = true;
      else
        deeper.push_back(path);
    }
    if (removed) continue;
    // Paths are at most as deep as the keys are long.
    out.add(parts.keys[i], deeper.empty() ? std::string(parts.values[i]) : without(parts.values[i], deeper, level + 1));
  }
  return out.text();
}
Value remove_keys(Arguments a, EvalContext& c) {
  const auto list = array_of(a[1]);
  if (!object_of(a[0]) || !list) return Value::null();
  std::vector<std::vector<std::string>> paths;
  for (const std::string_view element : list->values) {
    auto path = path_of(text_of(Value::dynamic(element), c));
    if (path && path->size() <= size_t{DepthGuard::kDeepest}) paths.push_back(std::move(*path));
  }
  return dynamic_value(without(a[0].as_text(), paths, 0), c);
}

std::string with_key(std::string_view json, std::span<const std::string> path, const std::string& value) {
  if (path.empty()) return value;
  const JsonParts parts = json_parts(json);
  ObjectWriter out;
  bool found = false;
  for (size_t i = 0; i < parts.values.size() && parts.is_object; ++i) {
    const bool here = parts.keys[i] == path.front();
    found |= here;
    out.add(parts.keys[i], here ? with_key(parts.values[i], path.subspan(1), value) : std::string(parts.values[i]));
  }
  if (!found) out.add(path.front(), with_key("{}", path.subspan(1), value));
  return out.text();
}
Value set_key(Arguments a, EvalContext& c) {
  if (!object_of(a[0])) return Value::null();
  const auto path = path_of(text_of(a[1], c));
  if (!path || path->size() > size_t{DepthGuard::kDeepest}) return Value::null();
  return dynamic_value(with_key(a[0].as_text(), *path, json_of(a[2], c)), c);
}

/// Keys that are no texts are left out with their values; missing values are null (bag-zip-function).
Value zip(Arguments a, EvalContext& c) {
  const auto names = array_of(a[0]);
  const auto values = array_of(a[1]);
  if (!names || !values) return Value::null();
  std::unordered_set<std::string> seen;
  ObjectWriter out;
  for (size_t i = 0; i < names->values.size(); ++i) {
    if (!names->values[i].starts_with('"')) continue;
    const std::string key = json_unquote(names->values[i]);
    if (seen.insert(key).second) out.add(key, i < values->values.size() ? values->values[i] : "null");
  }
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.bag_has_key", 2, 2, false, &has_key, "Whether an object has a key."},
    {"kql.bag_keys", 1, 1, false, &keys, "The keys of an object."},
    {"kql.bag_merge", 2, -1, true, &merge, "Objects as one."},
    {"kql.bag_remove_keys", 2, 2, false, &remove_keys, "An object without keys."},
    {"kql.bag_set_key", 3, 3, true, &set_key, "An object with a key set."},
    {"kql.bag_zip", 2, 2, false, &zip, "An object from an array of keys and one of values."},
};

}  // namespace

std::span<const Function> bag_functions() { return kFunctions; }

}  // namespace hecate::kql_support
