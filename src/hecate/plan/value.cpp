#include "plan/value.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "base/json_text.h"

namespace hecate {
namespace {

/// Kusto's way to write a timespan: [-][d.]hh:mm:ss[.fffffff].
std::string timespan_text(Ticks ticks) {
  const bool negative = ticks < 0;
  const uint64_t magnitude = negative ? uint64_t{0} - static_cast<uint64_t>(ticks) : static_cast<uint64_t>(ticks);
  const uint64_t seconds = magnitude / kTicksPerSecond;
  const uint64_t fraction = magnitude % kTicksPerSecond;
  const uint64_t days = seconds / 86'400;
  std::string out = negative ? "-" : "";
  if (days != 0) out += fmt::format("{}.", days);
  out += fmt::format("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
  if (fraction != 0) out += fmt::format(".{:07}", fraction);
  return out;
}

}  // namespace

OwnedValue OwnedValue::string(std::string text) { return OwnedValue(Value::string(text)); }

OwnedValue OwnedValue::many(const std::vector<std::string>& texts) {
  std::vector<Value> values;
  values.reserve(texts.size());
  for (const std::string& text : texts) values.push_back(Value::string(text));
  return OwnedValue(values.empty() ? Value::null() : Value::many(values));
}

OwnedValue& OwnedValue::operator=(const OwnedValue& other) {
  if (this != &other) assign(other.get());
  return *this;
}

void OwnedValue::assign(const Value& value) {
  if (value.is_text()) {
    std::vector<char> text(value.as_text().begin(), value.as_text().end());
    text_ = std::move(text);
    const std::string_view view(text_.data(), text_.size());
    value_ = value.kind() == Kind::String ? Value::string(view) : Value::dynamic(view);
    return;
  }
  if (value.kind() != Kind::Many) {
    value_ = value;
    return;
  }
  size_t size = 0;
  for (const Value& element : value.as_list()) size += element.is_text() ? element.as_text().size() : 0;
  std::vector<char> text;
  text.reserve(size);
  std::vector<Value> list;
  list.reserve(value.as_list().size());
  for (const Value& element : value.as_list()) {
    if (!element.is_text()) {
      list.push_back(element);
      continue;
    }
    const size_t at = text.size();
    text.insert(text.end(), element.as_text().begin(), element.as_text().end());
    list.push_back(Value::string({text.data() + at, element.as_text().size()}));
  }
  text_ = std::move(text);
  list_ = std::move(list);
  value_ = Value::many(list_);
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (value == std::floor(value) && std::fabs(value) < 1e15) return fmt::format("{}", static_cast<int64_t>(value));
  // 15 significant digits round-trip what users typed; an epoch time needs 16 for its microseconds.
  std::string text = fmt::format("{:.15g}", value);
  if (text.find('e') == std::string::npos && std::strtod(text.c_str(), nullptr) != value) {
    const std::string longer = fmt::format("{:.16g}", value);
    if (std::strtod(longer.c_str(), nullptr) == value) text = longer;
  }
  return text;
}

std::string value_text(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
    case Kind::JsonNull:
    case Kind::Undecided: return {};
    case Kind::Bool: return value.as_bool() ? "true" : "false";
    case Kind::Long: return std::to_string(value.as_integer());
    case Kind::Real: return number_text(value.as_real());
    case Kind::String:
    case Kind::Dynamic: return std::string(value.as_text());
    case Kind::Datetime: return format_rfc3339(value.as_ticks());
    case Kind::Timespan: return timespan_text(value.as_ticks());
    case Kind::Many: {
      std::string out;
      bool first = true;
      for (const Value& element : value.as_list()) {
        if (!first) out += '\n';
        first = false;
        out += value_text(element);
      }
      return out;
    }
  }
  return {};
}

std::string_view value_text(const Value& value, Arena& arena) {
  if (value.is_text()) return value.as_text();
  return arena.copy(value_text(value));
}

void append_value_json(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::Null:
    case Kind::JsonNull:
    case Kind::Undecided: out += "null"; return;
    case Kind::Bool:
    case Kind::Long: out += value_text(value); return;
    case Kind::Real:
      if (std::isfinite(value.as_real())) {
        out += number_text(value.as_real());
      } else {
        append_json_quoted(number_text(value.as_real()), out);
      }
      return;
    case Kind::Dynamic: out += value.as_text().empty() ? std::string_view("null") : value.as_text(); return;
    case Kind::Many: {
      out += '[';
      bool first = true;
      for (const Value& element : value.as_list()) {
        if (!first) out += ',';
        first = false;
        append_value_json(element, out);
      }
      out += ']';
      return;
    }
    default: append_json_quoted(value_text(value), out);
  }
}

}  // namespace hecate
