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
/// A member of an object, an element of an array (below zero: from the end), without taking the rest apart; empty
/// where there is none.
[[nodiscard]] std::string_view json_member(std::string_view canonical, std::string_view key);
[[nodiscard]] std::string_view json_element(std::string_view canonical, int64_t index);
[[nodiscard]] std::string json_unquote(std::string_view quoted);
/// A piece of canonical JSON as a dynamic value; `null` is null.
[[nodiscard]] Value dynamic_value(std::string_view json, EvalContext& context);
/// A dynamic value that is a scalar as what it holds (number, bool, string); others as they are.
[[nodiscard]] Value unwrap(const Value& value, EvalContext& context);

/// A value as a piece of a dynamic one: datetimes have seven digits of fraction, as in text_of(), reals a point.
void append_dynamic(const Value& value, std::string& out, EvalContext& context);
[[nodiscard]] std::string json_of(const Value& value, EvalContext& context);
/// A number as Kusto writes it in JSON: 1.0, and all digits that tell it from its neighbours. NaN and infinities
/// are the texts "NaN", "Infinity", "-Infinity".
void append_real(double value, std::string& out);

/// The longest text and the longest array that a function may make; what would be longer is null (or "").
inline constexpr size_t kLargestText = size_t{32} << 20;
inline constexpr size_t kLargestArray = 1'048'576;

/// Writes an array, element by element.
class ArrayWriter {
 public:
  /// A piece of JSON.
  void add(std::string_view json);
  void add(const Value& value, EvalContext& context);
  void add_real(double value);
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ >= kLargestArray || out_.size() > kLargestText; }
  [[nodiscard]] std::string text() const { return out_ + "]"; }
  /// The array, or null where it became too long.
  [[nodiscard]] Value finish(EvalContext& context) const;

 private:
  std::string& next();
  std::string out_ = "[";
  size_t size_ = 0;
};
/// Writes an object, member by member; the keys are the caller's to keep distinct.
class ObjectWriter {
 public:
  void add(std::string_view key, std::string_view json);
  void add_text(std::string_view key, std::string_view text);
  [[nodiscard]] std::string text() const { return out_ + "}"; }
  [[nodiscard]] Value finish(EvalContext& context) const;

 private:
  std::string out_ = "{";
};
/// The parts of a value that is an array; nothing where it is none.
[[nodiscard]] std::optional<JsonParts> array_of(const Value& value);
[[nodiscard]] std::optional<JsonParts> object_of(const Value& value);
/// Texts of an argument that is a text or an array of them.
void append_texts(const Value& value, std::vector<std::string_view>& out, EvalContext& context);

// --- conversions ---

[[nodiscard]] std::optional<int64_t> to_long(std::string_view text);
[[nodiscard]] std::optional<double> to_real(std::string_view text);
[[nodiscard]] std::optional<Ticks> to_datetime(std::string_view text);
[[nodiscard]] std::optional<Ticks> to_timespan(std::string_view text);

// --- bytes ---

[[nodiscard]] std::optional<std::string> base64_bytes(std::string_view text);
[[nodiscard]] std::string base64_text(std::string_view bytes);
[[nodiscard]] uint64_t xxhash64(std::string_view bytes);

// The families.
[[nodiscard]] std::span<const Function> operator_functions();
[[nodiscard]] std::span<const Function> text_operator_functions();
[[nodiscard]] std::span<const Function> string_functions();
[[nodiscard]] std::span<const Function> regex_functions();
[[nodiscard]] std::span<const Function> time_functions();
[[nodiscard]] std::span<const Function> dynamic_functions();
[[nodiscard]] std::span<const Function> math_functions();
[[nodiscard]] std::span<const Function> row_functions();
[[nodiscard]] std::span<const Function> capture_functions();
[[nodiscard]] std::span<const Function> convert_value_functions();
[[nodiscard]] std::span<const Function> array_functions();
[[nodiscard]] std::span<const Function> bag_functions();
[[nodiscard]] std::span<const Function> parse_functions();
[[nodiscard]] std::span<const Function> user_agent_functions();
[[nodiscard]] std::span<const Function> xml_functions();
[[nodiscard]] std::span<const Function> network_functions();
[[nodiscard]] std::span<const Function> hash_functions();
[[nodiscard]] std::span<const Function> encode_functions();
[[nodiscard]] std::span<const Function> unit_functions();
[[nodiscard]] std::span<const Function> format_functions();
[[nodiscard]] std::span<const Function> series_functions();
[[nodiscard]] std::span<const Function> series_fit_functions();
[[nodiscard]] std::span<const Function> series_season_functions();
[[nodiscard]] std::span<const Function> geo_functions();
[[nodiscard]] std::span<const Function> pattern_functions();
[[nodiscard]] std::span<const Function> sequence_functions();

}  // namespace hecate::kql_support
