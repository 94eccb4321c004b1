#include "content/duration.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace hecate::content {
namespace {

constexpr int64_t kMost = int64_t{100'000} * 86'400;  // more is no schedule, and sums stay small

std::optional<int64_t> take_number(std::string_view& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > kMost) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

std::optional<int64_t> checked(int64_t seconds) { return seconds <= kMost ? std::optional(seconds) : std::nullopt; }

int64_t unit_seconds(char unit) {
  switch (ascii_lower(unit)) {
    case 'w': return 604'800;
    case 'd': return 86'400;
    case 'h': return 3'600;
    case 'm': return 60;
    case 's': return 1;
    default: return 0;
  }
}

/// Behind `P`: numbers with units, the parts of a day behind `T`. Months and years have no fixed length.
std::optional<int64_t> parse_iso(std::string_view text) {
  int64_t seconds = 0;
  bool in_time = false;
  bool any = false;
  while (!text.empty()) {
    if (ascii_lower(text.front()) == 't' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
      continue;
    }
    const auto number = take_number(text);
    if (!number || text.empty()) return std::nullopt;
    const char unit = ascii_lower(text.front());
    const bool fits = in_time ? unit == 'h' || unit == 'm' || unit == 's' : unit == 'd' || unit == 'w';
    if (!fits || *number > kMost / unit_seconds(unit)) return std::nullopt;
    seconds += *number * unit_seconds(unit);
    any = true;
    text.remove_prefix(1);
  }
  return any ? checked(seconds) : std::nullopt;
}

/// `[days.]hours:minutes[:seconds]`
std::optional<int64_t> parse_clock(std::string_view text) {
  int64_t days = 0;
  if (const size_t dot = text.find('.'); dot != std::string_view::npos && dot < text.find(':')) {
    const auto number = take_number(text);
    if (!number || text.empty() || text.front() != '.') return std::nullopt;
    days = *number;
    text.remove_prefix(1);
  }
  int64_t seconds = 0;
  int parts = 0;
  for (; parts < 3; ++parts) {
    const auto number = take_number(text);
    if (!number || *number >= (parts == 0 ? 24 : 60)) return std::nullopt;
    seconds = seconds * 60 + *number;
    if (text.empty()) break;
    if (text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
  }
  if (parts == 3 || parts == 0) return std::nullopt;
  if (parts == 1) seconds *= 60;
  return days > kMost / 86'400 ? std::nullopt : checked(seconds + days * 86'400);
}

}  // namespace

std::optional<int64_t> parse_duration(std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  if (ascii_lower(text.front()) == 'p') return parse_iso(text.substr(1));
  if (text.find(':') != std::string_view::npos) return parse_clock(text);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  if (text.empty()) return *number == 0 ? number : std::nullopt;
  const int64_t unit = text.size() == 1 ? unit_seconds(text.front()) : 0;
  if (unit == 0 || *number > kMost / unit) return std::nullopt;
  return *number * unit;
}

std::string duration_text(int64_t seconds) {
  for (const char unit : {'d', 'h', 'm'}) {
    if (seconds > 0 && seconds % unit_seconds(unit) == 0)
      return fmt::format("{}{}", seconds / unit_seconds(unit), unit);
  }
  return fmt::format("{}s", seconds);
}

}  // namespace hecate::content
