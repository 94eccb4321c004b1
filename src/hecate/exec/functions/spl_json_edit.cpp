#include <algorithm>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "exec/functions/kql_support.h"
#include "exec/functions/spl_functions.h"

// JSON functions of eval that change JSON or look into it (Search Reference, "JSON functions").
namespace hecate::spl {
namespace {

/// A JSON object or array taken apart, to be changed.
struct JsonParts {
  bool is_array = false;
  bool is_object = false;
  std::vector<std::string> values;
  std::vector<std::string> keys;
};

JsonParts parts_of(const std::string& json) {
  const kql_support::JsonParts views = kql_support::json_parts(json);
  return {views.is_array, views.is_object, {views.values.begin(), views.values.end()}, views.keys};
}

constexpr size_t kDeepest = 100;

Value text_value(std::string_view text, EvalContext& context) { return Value::string(context.arena.copy(text)); }

/// The argument as canonical JSON; nothing where it is none.
std::optional<std::string> json_argument(const Value& value, EvalContext& context) {
  return kql_support::canonical_json(value_text(value, context.arena));
}

std::string joined(const JsonParts& parts) {
  std::string out = parts.is_object ? "{" : "[";
  for (size_t i = 0; i < parts.values.size(); ++i) {
    if (i > 0) out += ',';
    if (parts.is_object) out += json_quote(parts.keys[i]) + ":";
    out += parts.values[i];
  }
  return out + (parts.is_object ? "}" : "]");
}

/// What is done at the end of a path.
enum class Edit : uint8_t { Set, Append, Extend, Delete };

std::string appended(const std::string& old, const std::string& value, bool extends) {
  JsonParts parts = parts_of(old);
  if (!parts.is_array) {
    parts = JsonParts();
    parts.is_array = true;
    if (!old.empty()) parts.values.push_back(old);
  }
  const JsonParts added = parts_of(value);
  if (extends && added.is_array) {
    parts.values.insert(parts.values.end(), added.values.begin(), added.values.end());
  } else {
    parts.values.push_back(value);
  }
  return joined(parts);
}

std::string edited_value(const std::string& old, Edit edit, const std::string& value) {
  return edit == Edit::Set ? value : appended(old, value, edit == Edit::Extend);
}

std::string edited(const std::string& json, std::span<const JsonStep> steps, Edit edit, const std::string& value);

std::string edited_elements(const std::string& json, const JsonStep& step, std::span<const JsonStep> rest, Edit edit,
                            const std::string& value) {
  JsonParts parts = parts_of(json);
  if (!parts.is_array) return json;
  for (size_t i = parts.values.size(); i-- > 0;) {
    if (step.index && *step.index != i) continue;
    if (edit == Edit::Delete && rest.empty()) {
      parts.values.erase(parts.values.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      parts.values[i] = edited(parts.values[i], rest, edit, value);
    }
  }
  return joined(parts);
}

/// `json` with the edit done at the path; an empty text is what is not there yet.
std::string edited(const std::string& json, std::span<const JsonStep> steps, Edit edit, const std::string& value) {
  if (steps.empty()) return edited_value(json, edit, value);
  const JsonStep& step = steps.front();
  const auto rest = steps.subspan(1);
  if (step.key.empty() && step.elements) return edited_elements(json, step, rest, edit, value);
  JsonParts parts = parts_of(json);
  if (!parts.is_object) {
    if (!json.empty() || edit == Edit::Delete) return json;
    parts = JsonParts();
    parts.is_object = true;
  }
  const auto found = std::find(parts.keys.begin(), parts.keys.end(), step.key);
  const auto at = static_cast<size_t>(found - parts.keys.begin());
  if (found == parts.keys.end()) {
    if (edit == Edit::Delete || step.elements) return json;
    parts.keys.push_back(step.key);
    parts.values.push_back(edited("", rest, edit, value));
  } else if (edit == Edit::Delete && rest.empty() && !step.elements) {
    parts.keys.erase(found);
    parts.values.erase(parts.values.begin() + static_cast<std::ptrdiff_t>(at));
  } else {
    parts.values[at] = step.elements ? edited_elements(parts.values[at], step, rest, edit, value)
                                     : edited(parts.values[at], rest, edit, value);
  }
  return joined(parts);
}

/// (JSON, (path, value)…)
Value edit_pairs(Arguments arguments, EvalContext& context, Edit edit, bool exact) {
  std::optional<std::string> json = json_argument(arguments[0], context);
  if (!json) return Value::null();
  for (size_t i = 1; i + 1 < arguments.size(); i += 2) {
    const std::string_view path = value_text(arguments[i], context.arena);
    std::vector<JsonStep> steps;
    if (exact) steps.push_back({std::string(path), false, std::nullopt});
    if (!exact) steps = json_steps(path);
    if (steps.size() > kDeepest) return Value::null();
    json = edited(*json, steps, edit, json_of(arguments[i + 1], context, true));
  }
  return text_value(*json, context);
}

/// The text of a value of JSON: that of a string without its quotes.
Value plain(const std::string& json, EvalContext& context) {
  return text_value(json.starts_with('"') ? kql_support::json_unquote(json) : json, context);
}

}  // namespace

Value json_set(Arguments a, EvalContext& context) { return edit_pairs(a, context, Edit::Set, false); }
Value json_set_exact(Arguments a, EvalContext& context) { return edit_pairs(a, context, Edit::Set, true); }
Value json_append(Arguments a, EvalContext& context) { return edit_pairs(a, context, Edit::Append, false); }
Value json_extend(Arguments a, EvalContext& context) { return edit_pairs(a, context, Edit::Extend, false); }

Value json_delete(Arguments arguments, EvalContext& context) {
  std::optional<std::string> json = json_argument(arguments[0], context);
  if (!json) return Value::null();
  for (const Value& path : arguments.subspan(1)) {
    const std::vector<JsonStep> steps = json_steps(value_text(path, context.arena));
    if (steps.size() > kDeepest) return Value::null();
    if (!steps.empty()) json = edited(*json, steps, Edit::Delete, "");
  }
  return text_value(*json, context);
}

Value json_value(Arguments arguments, EvalContext& context) {
  const std::optional<std::string> json = json_argument(arguments[0], context);
  return json ? text_value(*json, context) : Value::null();
}

Value json_array_to_mv(Arguments arguments, EvalContext& context) {
  const std::optional<std::string> json = json_argument(arguments[0], context);
  const JsonParts parts = json ? parts_of(*json) : JsonParts();
  if (!parts.is_array) return Value::null();
  const std::span<Value> values = context.arena.allocate_array<Value>(parts.values.size());
  for (size_t i = 0; i < parts.values.size(); ++i) values[i] = plain(parts.values[i], context);
  return many_of(values);
}

Value json_entries(Arguments arguments, EvalContext& context) {
  const std::optional<std::string> json = json_argument(arguments[0], context);
  const JsonParts parts = json ? parts_of(*json) : JsonParts();
  if (!parts.is_object) return Value::null();
  std::string out = "[";
  for (size_t i = 0; i < parts.values.size(); ++i) {
    out += out.size() > 1 ? "," : "";
    out += "{\"key\":" + json_quote(parts.keys[i]) + ",\"value\":" + parts.values[i] + "}";
  }
  return text_value(out + "]", context);
}

Value json_extract_exact(Arguments arguments, EvalContext& context) {
  const std::optional<std::string> json = json_argument(arguments[0], context);
  const JsonParts parts = json ? parts_of(*json) : JsonParts();
  if (!json || !parts.is_object) return Value::null();
  std::vector<std::string> found;
  for (const Value& key : arguments.subspan(1)) {
    const auto at = std::find(parts.keys.begin(), parts.keys.end(), value_text(key, context.arena));
    found.emplace_back(at == parts.keys.end() ? "null" : parts.values[static_cast<size_t>(at - parts.keys.begin())]);
    if (arguments.size() == 2 && at == parts.keys.end()) return Value::null();
  }
  if (found.size() == 1) return plain(found[0], context);
  std::string out = "[";
  for (const std::string& each : found) out += (out.size() > 1 ? "," : "") + each;
  return text_value(out + "]", context);
}

Value json_has_key_exact(Arguments arguments, EvalContext& context) {
  const std::optional<std::string> json = json_argument(arguments[0], context);
  const JsonParts parts = json ? parts_of(*json) : JsonParts();
  if (!parts.is_object) return Value::null();
  const std::string_view key = value_text(arguments[1], context.arena);
  return Value::boolean(std::find(parts.keys.begin(), parts.keys.end(), key) != parts.keys.end());
}

Value row_json(Arguments arguments, EvalContext& context) {
  std::string out = "{";
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i + 1].is_null()) continue;
    if (out.size() > 1) out += ',';
    append_json_quoted(value_text(arguments[i], context.arena), out);
    // Search Reference, tojson, default_type=auto: what spells a number is one.
    const bool number = arguments[i + 1].kind() == Kind::String && number_of(arguments[i + 1]).has_value();
    const auto json = number ? kql_support::canonical_json(value_text(arguments[i + 1], context.arena)) : std::nullopt;
    out += ":" + (json ? *json : json_of(arguments[i + 1], context, true));
  }
  return text_value(out + "}", context);
}

Value is_array(Arguments arguments, EvalContext& context) {
  const std::optional<std::string> json = json_argument(arguments[0], context);
  return Value::boolean(json && json->starts_with('['));
}
Value is_object(Arguments arguments, EvalContext& context) {
  const std::optional<std::string> json = json_argument(arguments[0], context);
  return Value::boolean(json && json->starts_with('{'));
}
Value is_many(Arguments arguments, EvalContext&) { return Value::boolean(arguments[0].kind() == Kind::Many); }

}  // namespace hecate::spl
