#include "exec/functions/convert.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/json_text.h"
#include "base/text.h"
#include "exec/functions/function.h"

namespace hecate {
namespace {

using Arguments = std::span<const Value>;

/// Static types hold one value: the first of Many, save where a conversion says otherwise.
Value single(const Value& value) {
  if (value.kind() != Kind::Many) return value;
  return value.as_list().empty() ? Value::null() : value.as_list().front();
}

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number result{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return result;
}

/// NaN and infinities are refused: no log means them by "nan" or "inf".
std::optional<double> real_of_text(std::string_view text) {
  const auto number = whole_number<double>(trim(text));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<int64_t> integer_of_real(double number) {
  const double whole = std::trunc(number);
  if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)) return std::nullopt;
  return static_cast<int64_t>(whole);
}

std::optional<int64_t> integer_of_text(std::string_view text) {
  text = trim(text);
  if (const auto integer = whole_number<int64_t>(text)) return integer;
  const auto real = real_of_text(text);  // "5.0", "1e3"
  return real && std::trunc(*real) == *real ? integer_of_real(*real) : std::nullopt;
}

std::optional<int64_t> integer_of(const Value& value) {
  switch (value.kind()) {
    case Kind::Bool:
    case Kind::Long: return value.as_integer();
    case Kind::Real: return integer_of_real(value.as_real());
    case Kind::String: return integer_of_text(value.as_text());
    default: return std::nullopt;
  }
}

std::optional<double> real_of(const Value& value) {
  switch (value.kind()) {
    case Kind::Bool:
    case Kind::Long:
    case Kind::Real: return value.as_real();
    case Kind::String: return real_of_text(value.as_text());
    default: return std::nullopt;
  }
}

std::optional<Ticks> time_of_count(int64_t count) {
  constexpr int64_t kSecondsEnd = 100'000'000'000;
  const int64_t size = count < 0 ? (count == INT64_MIN ? INT64_MAX : -count) : count;
  if (size < kSecondsEnd) return count * kTicksPerSecond;
  if (size < kSecondsEnd * 1'000) return count * (kTicksPerSecond / 1'000);
  if (size < kSecondsEnd * 1'000'000) return count * 10;
  return count / 100;
}

std::optional<Ticks> time_of(const Value& value) {
  switch (value.kind()) {
    case Kind::Datetime: return value.as_ticks();
    case Kind::Long: return time_of_count(value.as_integer());
    case Kind::Real: return ticks_from_epoch_seconds(value.as_real());
    case Kind::String: return time_of_text(value.as_text());
    default: return std::nullopt;
  }
}

struct Unit {
  std::string_view name;
  Ticks ticks;
};
constexpr std::array kUnits{
    Unit{"d", kTicksPerDay},
    Unit{"h", kTicksPerSecond * 3600},
    Unit{"m", kTicksPerSecond * 60},
    Unit{"s", kTicksPerSecond},
    Unit{"ms", kTicksPerSecond / 1000},
    Unit{"us", 10},
    Unit{"tick", 1},
};

std::optional<Ticks> ticks_of_real(double ticks) {
  return std::isfinite(ticks) ? integer_of_real(ticks) : std::nullopt;
}

/// "1.5h", "250ms".
std::optional<Ticks> span_of_unit(std::string_view text) {
  const size_t digits = text.find_last_of("0123456789.");
  if (digits == std::string_view::npos) return std::nullopt;
  const auto count = real_of_text(text.substr(0, digits + 1));
  for (const Unit& unit : kUnits) {
    if (count && text.substr(digits + 1) == unit.name) return ticks_of_real(*count * static_cast<double>(unit.ticks));
  }
  return std::nullopt;
}

/// Kusto's own writing: [-][d.]hh:mm:ss[.fffffff].
std::optional<Ticks> span_of_clock(std::string_view text) {
  int64_t days = 0;
  const size_t colon = text.find(':');
  const size_t dot = text.substr(0, colon).find('.');
  if (dot != std::string_view::npos) {
    const auto number = whole_number<uint32_t>(text.substr(0, dot));
    if (!number || *number > 10'675'198) return std::nullopt;
    days = *number;
    text = text.substr(dot + 1);
  }
  const size_t second_colon = text.find(':', text.find(':') + 1);
  if (second_colon == std::string_view::npos) return std::nullopt;
  const auto hours = whole_number<uint8_t>(text.substr(0, text.find(':')));
  const auto minutes = whole_number<uint8_t>(text.substr(text.find(':') + 1, second_colon - text.find(':') - 1));
  const std::string_view rest = text.substr(second_colon + 1);
  const auto seconds = rest.empty() || !is_ascii_digit(rest.front()) ? std::nullopt : real_of_text(rest);
  if (!hours || *hours > 23 || !minutes || *minutes > 59 || !seconds || *seconds >= 60) return std::nullopt;
  return days * kTicksPerDay + *hours * 3600 * kTicksPerSecond + *minutes * 60 * kTicksPerSecond +
         static_cast<Ticks>(std::llround(*seconds * static_cast<double>(kTicksPerSecond)));
}

std::optional<Ticks> span_of_text(std::string_view text) {
  text = trim(text);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.starts_with('-')) return std::nullopt;
  const auto span = text.find(':') == std::string_view::npos ? span_of_unit(text) : span_of_clock(text);
  return span && negative ? -*span : span;
}

// --- the functions -----------------------------------------------------------------------------------

Value to_bool(Arguments arguments, EvalContext&) {
  const Value value = single(arguments.front());
  if (value.kind() == Kind::Bool) return value;
  if (value.kind() == Kind::Long || value.kind() == Kind::Real) return Value::boolean(value.as_real() != 0);
  if (value.kind() != Kind::String) return Value::null();
  const std::string_view text = trim(value.as_text());
  if (equals_ignoring_case(text, "true") || text == "1") return Value::boolean(true);
  if (equals_ignoring_case(text, "false") || text == "0") return Value::boolean(false);
  return Value::null();
}

Value to_long(Arguments arguments, EvalContext&) {
  const auto integer = integer_of(single(arguments.front()));
  return integer ? Value::integer(*integer) : Value::null();
}

Value to_real(Arguments arguments, EvalContext&) {
  const auto number = real_of(single(arguments.front()));
  return number ? Value::real(*number) : Value::null();
}

Value to_datetime(Arguments arguments, EvalContext&) {
  const auto time = time_of(single(arguments.front()));
  return time ? Value::datetime(*time) : Value::null();
}

Value to_epoch(Arguments arguments, EvalContext&) {
  const auto time = time_of(single(arguments.front()));
  return time ? Value::real(epoch_seconds(*time)) : Value::null();
}

Value to_timespan(Arguments arguments, EvalContext&) {
  const Value value = single(arguments.front());
  if (value.kind() == Kind::Timespan) return value;
  const auto span = value.kind() == Kind::String ? span_of_text(value.as_text()) : std::nullopt;
  return span ? Value::timespan(*span) : Value::null();
}

Value to_dynamic(Arguments arguments, EvalContext& context) {
  if (arguments.front().kind() == Kind::Dynamic) return arguments.front();
  std::string json;
  append_value_json(arguments.front(), json);
  return Value::dynamic(context.arena.copy(json));
}

/// The text; several values joined by line breaks, as Splunk shows a multivalue field. A JSON null stays
/// one, because Sigma's `exists` tells it from an absent field.
Value to_string_value(Arguments arguments, EvalContext& context) {
  const Value& value = arguments.front();
  if (value.is_null() || value.kind() == Kind::String) return value;
  return Value::string(value_text(value, context.arena));
}

/// Kusto's datetime text always has seven digits of fraction
/// (learn.microsoft.com/kusto/query/tostring-function, scalar-data-types/datetime).
std::string kusto_time(Ticks ticks) {
  const CivilTime time = civil_time(ticks);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", time.year, time.month, time.day, time.hour,
                     time.minute, time.second, time.fraction);
}

/// Kusto's strings are never null: absent is "". Several values are a JSON array, as tostring() of a dynamic.
Value to_kql_string(Arguments arguments, EvalContext& context) {
  const Value& value = arguments.front();
  switch (value.kind()) {
    case Kind::Null:
    case Kind::JsonNull: return Value::string("");
    case Kind::String: return value;
    case Kind::Datetime: return Value::string(context.arena.copy(kusto_time(value.as_ticks())));
    case Kind::Many: {
      std::string json;
      append_value_json(value, json);
      return Value::string(context.arena.copy(json));
    }
    default: return Value::string(value_text(value, context.arena));
  }
}

Value to_guid(Arguments arguments, EvalContext& context) {
  const Value value = single(arguments.front());
  if (value.kind() != Kind::String) return Value::null();
  std::string_view text = trim(value.as_text());
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return Value::null();
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = ascii_lower(text[i]);
    if (dash ? c != '-' : !(is_ascii_digit(c) || (c >= 'a' && c <= 'f'))) return Value::null();
  }
  return Value::string(context.arena.copy(fold_case(text)));
}

/// Splunk's extraction of JSON gives scalars only, a null as the text `null`; an object or array has no value under
/// its own name, only its parts have ("o.x", "u{}").
Value to_spl_field(std::span<const Value> arguments, EvalContext& context) {
  const auto scalar = [](const Value& value) {
    if (value.kind() == Kind::JsonNull) return Value::string("null");
    return value.kind() == Kind::Dynamic ? Value::null() : value;
  };
  if (arguments[0].kind() != Kind::Many) return scalar(arguments[0]);
  const auto kept = context.arena.allocate_array<Value>(arguments[0].as_list().size());
  size_t count = 0;
  for (const Value& element : arguments[0].as_list()) {
    const Value value = scalar(element);
    if (!value.is_null()) kept[count++] = value;
  }
  if (count <= 1) return count == 0 ? Value::null() : kept[0];
  return Value::many(kept.first(count));
}

constexpr std::array kConvert{
    Function{"convert.bool", 1, 1, false, to_bool, "true, false, 1, 0 in any case; numbers by being zero."},
    Function{"convert.datetime", 1, 1, false, to_datetime, "ISO 8601 text or a count since the epoch."},
    Function{"convert.dynamic", 1, 1, false, to_dynamic, "The value as JSON; a text becomes a JSON string."},
    Function{"convert.epoch", 1, 1, false, to_epoch, "A time as seconds since 1970, with a fraction."},
    Function{"convert.guid", 1, 1, false, to_guid, "A GUID with or without braces, in small letters."},
    Function{"convert.kql_string", 1, 1, true, to_kql_string, "Kusto's string: absent is empty."},
    Function{"convert.long", 1, 1, false, to_long, "A whole number; text in decimal."},
    Function{"convert.real", 1, 1, false, to_real, "A finite number."},
    Function{"convert.spl_field", 1, 1, true, to_spl_field,
             "A raw field as Splunk extracts it: no objects, null as text."},
    Function{"convert.string", 1, 1, true, to_string_value, "The text; several values joined by line breaks."},
    Function{"convert.timespan", 1, 1, false, to_timespan,
             "[-][d.]hh:mm:ss[.f] or a number with d, h, m, s, ms, us, tick."},
};

}  // namespace

std::span<const Function> convert_functions() { return kConvert; }

std::optional<Ticks> time_of_text(std::string_view text) {
  text = trim(text);
  if (const auto time = parse_iso_time(text)) return time;
  if (const auto count = whole_number<int64_t>(text)) return time_of_count(*count);
  // The id of an audit event begins with its time: 1364481363.243:24287.
  const size_t colon = text.find(':');
  const bool audit_id = colon != std::string_view::npos && whole_number<int64_t>(text.substr(colon + 1));
  return parse_epoch_time(audit_id ? text.substr(0, colon) : text);
}

}  // namespace hecate
