#include <charconv>
#include <string>

#include "base/text.h"
#include "exec/functions/spl_functions.h"

// Functions of the command convert (Search Reference).
namespace hecate::spl {
namespace {

Value number_value(std::optional<double> number) { return number ? Value::real(*number) : Value::null(); }

/// "1:02:03", "1+02:03:04" (days) in seconds.
std::optional<double> duration_of(std::string_view text) {
  double seconds = 0;
  if (const size_t plus = text.find('+'); plus != std::string_view::npos) {
    const std::optional<double> days = number_of(text.substr(0, plus));
    if (!days) return std::nullopt;
    seconds = *days * 86400;
    text.remove_prefix(plus + 1);
  }
  double rest = 0;
  size_t parts = 0;
  while (true) {
    const size_t colon = text.find(':');
    const std::optional<double> part = number_of(text.substr(0, colon));
    if (!part || ++parts > 3) return std::nullopt;
    rest = rest * 60 + *part;
    if (colon == std::string_view::npos) return seconds + rest;
    text.remove_prefix(colon + 1);
  }
}

/// The number that a text begins with, and how long it is.
std::optional<double> leading_number(std::string_view text, size_t& size) {
  double number = 0;
  const size_t sign = text.starts_with('+') ? 1 : 0;
  if (text.size() > sign && !is_ascii_digit(text[sign]) && text[sign] != '-' && text[sign] != '.') return std::nullopt;
  const auto [stop, error] = std::from_chars(text.data() + sign, text.data() + text.size(), number);
  size = static_cast<size_t>(stop - text.data());
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

std::string without_commas(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ',') out += c;
  }
  return out;
}

}  // namespace

Value convert_auto(Arguments arguments, EvalContext& context) {
  const std::string_view text = value_text(arguments[0], context.arena);
  const std::optional<double> number = number_of(without_commas(text));
  return Value::string(number ? context.arena.copy(number_text(*number)) : text);
}

Value convert_commas(Arguments arguments, EvalContext& context) {
  return number_value(number_of(without_commas(value_text(arguments[0], context.arena))));
}

Value convert_duration(Arguments arguments, EvalContext& context) {
  return number_value(duration_of(value_text(arguments[0], context.arena)));
}

/// "12", "12k", "1.5m", "1g" in kilobytes; without a letter they are kilobytes already.
Value convert_memory(Arguments arguments, EvalContext& context) {
  const std::string_view text = value_text(arguments[0], context.arena);
  size_t size = 0;
  const std::optional<double> number = leading_number(text, size);
  if (!number || text.size() > size + 1) return Value::null();
  const char unit = text.size() == size ? 'k' : ascii_lower(text[size]);
  if (unit != 'k' && unit != 'm' && unit != 'g') return Value::null();
  return Value::real(*number * (unit == 'k' ? 1 : unit == 'm' ? 1024 : 1048576));
}

/// "[MM:]SS.SSS" in seconds.
Value convert_minutes(Arguments arguments, EvalContext& context) {
  const std::string_view text = value_text(arguments[0], context.arena);
  const size_t colon = text.find(':');
  const std::optional<double> minutes =
      colon == std::string_view::npos ? std::optional(0.0) : number_of(text.substr(0, colon));
  const std::optional<double> seconds = number_of(colon == std::string_view::npos ? text : text.substr(colon + 1));
  return minutes && seconds ? Value::real(*minutes * 60 + *seconds) : Value::null();
}

/// The number that a text begins with: "123abc" is 123.
Value convert_unit(Arguments arguments, EvalContext& context) {
  size_t size = 0;
  return number_value(leading_number(value_text(arguments[0], context.arena), size));
}

}  // namespace hecate::spl
