#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/functions/function.h"

/// What the families of kql.* functions share. Private to exec/functions.
namespace hecate::kql_support {

using Arguments = std::span<const Value>;

/// Kusto's tostring(): null is "", True and False, seven digits of fraction, dynamic texts without quotes.
[[nodiscard]] std::string_view text_of(const Value& value, EvalContext& context);
[[nodiscard]] inline Value string_value(std::string_view text, EvalContext& context) {
  return Value::string(context.arena.copy(text));
}

// --- dynamic: canonical JSON text ---

/// The canonical form (no blanks), or nothing where it is not JSON. Depth is bounded.
[[nodiscard]] std::optional<std::string> canonical_json(std::string_view text);
/// The elements of an array or the values of an object as slices of the text; keys beside them, decoded.
struct JsonParts {
  bool is_array = false;
  bool is_object = false;
  std::vector<std::string_view> values;
  std::vector<std::string> keys;
};
[[nodiscard]] JsonParts json_parts(std::string_view canonical);
[[nodiscard]] std::string json_unquote(std::string_view quoted);
/// A piece of canonical JSON as a dynamic value; `null` is null.
[[nodiscard]] Value dynamic_value(std::string_view json, EvalContext& context);
/// A dynamic value that is a scalar as what it holds (number, bool, string); others as they are.
[[nodiscard]] Value unwrap(const Value& value, EvalContext& context);

/// A value as a piece of a dynamic one: datetimes have seven digits of fraction, as in text_of().
void append_dynamic(const Value& value, std::string& out, EvalContext& context);

// --- conversions ---

[[nodiscard]] std::optional<int64_t> to_long(std::string_view text);
[[nodiscard]] std::optional<double> to_real(std::string_view text);
[[nodiscard]] std::optional<Ticks> to_datetime(std::string_view text);
[[nodiscard]] std::optional<Ticks> to_timespan(std::string_view text);

// The families.
[[nodiscard]] std::span<const Function> operator_functions();
[[nodiscard]] std::span<const Function> text_operator_functions();
[[nodiscard]] std::span<const Function> string_functions();
[[nodiscard]] std::span<const Function> regex_functions();
[[nodiscard]] std::span<const Function> time_functions();
[[nodiscard]] std::span<const Function> dynamic_functions();
[[nodiscard]] std::span<const Function> math_functions();
[[nodiscard]] std::span<const Function> row_functions();

}  // namespace hecate::kql_support
