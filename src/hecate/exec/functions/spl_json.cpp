#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "exec/functions/kql_support.h"
#include "exec/functions/spl_functions.h"

// JSON functions of eval (Search Reference, "JSON functions"). JSON is text in SPL.
namespace hecate::spl {
namespace {

Value text_value(std::string_view text, EvalContext& context) { return Value::string(context.arena.copy(text)); }

}  // namespace

std::string json_of(const Value& value, EvalContext& context, bool keeps_json) {
  if (value.is_null()) return "null";
  if (value.kind() == Kind::Many) {
    std::string out = "[";
    for (const Value& element : value.as_list())
      out += (out.size() > 1 ? "," : "") + json_of(element, context, keeps_json);
    return out + "]";
  }
  const std::string_view text = value_text(value, context.arena);
  if (value.kind() != Kind::String) return std::string(text);
  if (keeps_json && (text.starts_with('{') || text.starts_with('['))) {
    if (auto json = kql_support::canonical_json(text)) return *json;
  }
  return json_quote(text);
}

Value json_valid(Arguments arguments, EvalContext& context) {
  return Value::boolean(kql_support::canonical_json(value_text(arguments[0], context.arena)).has_value());
}

Value json_object(Arguments arguments, EvalContext& context) {
  std::string out = "{";
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (out.size() > 1) out += ',';
    append_json_quoted(value_text(arguments[i], context.arena), out);
    out += ":" + json_of(arguments[i + 1], context, true);
  }
  return text_value(out + "}", context);
}

Value json_array(Arguments arguments, EvalContext& context) {
  std::string out = "[";
  for (const Value& value : arguments) out += (out.size() > 1 ? "," : "") + json_of(value, context, true);
  return text_value(out + "]", context);
}

/// mv_to_json_array(values, infer types): without the second, every value is a string.
Value mv_to_json_array(Arguments arguments, EvalContext& context) {
  const bool infers = arguments.size() > 1 && arguments[1].is_true();
  std::string out = "[";
  for (const Value& value : elements(arguments[0])) {
    const std::string_view text = value_text(value, context.arena);
    const auto inferred = infers ? kql_support::canonical_json(text) : std::nullopt;
    out += (out.size() > 1 ? "," : "") + (inferred ? *inferred : json_quote(text));
  }
  return text_value(out + "]", context);
}

Value json_keys(Arguments arguments, EvalContext& context) {
  const auto json = kql_support::canonical_json(value_text(arguments[0], context.arena));
  if (!json) return Value::null();
  const kql_support::JsonParts parts = kql_support::json_parts(*json);
  if (!parts.is_object) return Value::null();
  std::string out = "[";
  for (const std::string& key : parts.keys) out += (out.size() > 1 ? "," : "") + json_quote(key);
  return text_value(out + "]", context);
}

/// json_extract(json, path…): the whole without a path; of several paths an array of what they give.
Value json_extract(Arguments arguments, EvalContext& context) {
  const auto json = kql_support::canonical_json(value_text(arguments[0], context.arena));
  if (!json) return Value::null();
  if (arguments.size() == 1) return text_value(*json, context);
  std::vector<Value> found;
  for (const Value& path : arguments.subspan(1)) {
    const Value pair[] = {text_value(*json, context), path};
    found.push_back(spath(pair, context));
  }
  if (found.size() == 1 && found[0].kind() != Kind::Many) return found[0];
  return json_array(found.size() == 1 ? found[0].as_list() : std::span<const Value>(found), context);
}

Value type_of(Arguments arguments, EvalContext& context) {
  const Value& value = arguments[0];
  if (value.is_null()) return text_value("Invalid", context);
  if (value.kind() == Kind::Bool) return text_value("Boolean", context);
  return text_value(number_of(value) && value.kind() != Kind::String ? "Number" : "String", context);
}

Value average_of(Arguments arguments, EvalContext& context) {
  const auto count = std::count_if(arguments.begin(), arguments.end(),
                                   [](const Value& value) { return number_of(value).has_value(); });
  return count == 0 ? Value::null() : Value::real(total(arguments, context).as_real() / static_cast<double>(count));
}

Value bit_not(Arguments arguments, EvalContext&) {
  const std::optional<double> number = number_of(arguments[0]);
  if (!number || *number < 0 || *number > 9007199254740991.0) return Value::null();
  constexpr uint64_t kMask = (uint64_t{1} << 53) - 1;  // what a number of SPL holds exactly
  return Value::real(static_cast<double>(~static_cast<uint64_t>(*number) & kMask));
}

}  // namespace hecate::spl
