#include "lang/spl/time_modifier.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace hecate::spl {
namespace {

constexpr std::array<std::string_view, 4> kModifiers{"_index_earliest", "_index_latest", "earliest", "latest"};
constexpr std::string_view kAbsolute = "dd/dd/dddd:dd:dd:dd";

// Search Manual, "Specify time modifiers in your search": Time units.
constexpr std::array<std::string_view, 34> kUnits{
    "s",   "sec",  "secs",  "second",  "seconds",  "m",    "min", "mins", "minute", "minutes", "h",     "hr",
    "hrs", "hour", "hours", "d",       "day",      "days", "w",   "week", "weeks",  "mon",     "month", "months",
    "q",   "qtr",  "qtrs",  "quarter", "quarters", "y",    "yr",  "yrs",  "year",   "years"};

bool is_unit(std::string_view word) { return std::find(kUnits.begin(), kUnits.end(), word) != kUnits.end(); }

std::string_view take(std::string_view& text, bool (*wanted)(char)) {
  const auto end = std::find_if_not(text.begin(), text.end(), wanted);
  const std::string_view taken = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

/// Signed amounts of time and snaps, as relative_time() reads them.
bool is_relative(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const char sign = text.front();
    text.remove_prefix(1);
    if (sign == '@') {
      const std::string_view unit = take(text, is_ascii_alpha);
      if (!is_unit(unit)) return false;
      if (unit == "w" && !text.empty() && text.front() >= '0' && text.front() <= '7') text.remove_prefix(1);
    } else if (sign == '+' || sign == '-') {
      take(text, is_ascii_digit);
      if (!is_unit(take(text, is_ascii_alpha))) return false;
    } else {
      return false;
    }
  }
  return true;
}

bool is_absolute(std::string_view text) {
  return std::equal(text.begin(), text.end(), kAbsolute.begin(), kAbsolute.end(),
                    [](char c, char pattern) { return pattern == 'd' ? is_ascii_digit(c) : c == pattern; });
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

}  // namespace

bool is_time_modifier(std::string_view name) {
  return std::find(kModifiers.begin(), kModifiers.end(), name) != kModifiers.end();
}

ExprPtr time_bound(std::string_view text, Span span) {
  const ExprPtr now = make_call("spl.now", {}, Type::Real, span);
  if (text == "now" || text == "now()") return now;
  if (const std::optional<double> epoch = text.empty() ? std::nullopt : number(text)) {
    return make_literal(OwnedValue(Value::real(*epoch)), Type::Real, span);
  }
  if (is_relative(text)) {
    return make_call("spl.relative_time", {now, make_string(std::string(text), span)}, Type::Real, span);
  }
  if (is_absolute(text)) {
    return make_call("spl.strptime", {make_string(std::string(text), span), make_string("%m/%d/%Y:%H:%M:%S", span)},
                     Type::Real, span);
  }
  return nullptr;
}

}  // namespace hecate::spl
