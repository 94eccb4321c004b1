#include "ingest/clock_text.h"

#include <array>
#include <string>

#include "base/text.h"

namespace hecate::ingest {
namespace {

std::string_view take_word(std::string_view& text) {
  const size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(word.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  return word;
}

std::optional<Ticks> date_of(std::optional<int> year, int month, std::optional<int> day) {
  if (!year || *year < 1 || month == 0 || !day || *day < 1) return std::nullopt;
  const Ticks ticks = ticks_from_civil(*year, month, *day, 0, 0, 0);
  if (civil_time(ticks).month != month) return std::nullopt;  // 31 April
  return ticks;
}

}  // namespace

int month_number(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (name == kMonths[i]) return static_cast<int>(i) + 1;
  }
  return 0;
}

std::optional<int> read_digits(std::string_view text, size_t most_digits) {
  int value = 0;
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  for (const char c : text) {
    if (!is_ascii_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Ticks> read_clock(std::string_view text) {
  constexpr size_t kSize = 8;
  if (text.size() < kSize || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hour = read_digits(text.substr(0, 2), 2);
  const auto minute = read_digits(text.substr(3, 2), 2);
  const auto second = read_digits(text.substr(6, 2), 2);
  if (!hour || *hour > 23 || !minute || *minute > 59 || !second || *second > 60) return std::nullopt;
  Ticks ticks = (Ticks{*hour} * 3600 + Ticks{*minute} * 60 + *second) * kTicksPerSecond;
  text.remove_prefix(kSize);
  if (text.empty()) return ticks;
  if ((text[0] != '.' && text[0] != ',') || text.size() < 2) return std::nullopt;
  Ticks unit = kTicksPerSecond;
  for (const char c : text.substr(1)) {
    if (!is_ascii_digit(c)) return std::nullopt;
    unit /= 10;
    ticks += unit * (c - '0');
  }
  return ticks;
}

std::optional<Ticks> read_zone(std::string_view text) {
  if (text == "Z" || text == "UTC" || text == "GMT") return 0;
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const bool colon = text.size() == 6 && text[3] == ':';
  if (text.size() != 5 && !colon) return std::nullopt;
  const auto hours = read_digits(text.substr(1, 2), 2);
  const auto minutes = read_digits(text.substr(colon ? 4 : 3, 2), 2);
  if (!hours || *hours > 15 || !minutes || *minutes > 59) return std::nullopt;
  const Ticks offset = (Ticks{*hours} * 3600 + Ticks{*minutes} * 60) * kTicksPerSecond;
  return text[0] == '-' ? -offset : offset;
}

std::optional<Ticks> parse_epoch_milliseconds(std::string_view text) {
  constexpr size_t kSecondsDigits = 10;
  constexpr size_t kSize = 13;
  if (text.size() != kSize) return std::nullopt;
  const auto seconds = parse_epoch_time(text.substr(0, kSecondsDigits));
  const auto milliseconds = read_digits(text.substr(kSecondsDigits), kSize - kSecondsDigits);
  if (!seconds || !milliseconds) return std::nullopt;
  return *seconds + *milliseconds * (kTicksPerSecond / 1000);
}

std::optional<Ticks> parse_month_first_time(std::string_view text) {
  const int month = month_number(take_word(text));
  const auto day = read_digits(take_word(text), 2);
  const auto date = date_of(read_digits(take_word(text), 4), month, day);
  const auto clock = read_clock(take_word(text));
  if (!date || !clock) return std::nullopt;
  const auto zone = text.empty() ? std::optional<Ticks>(0) : read_zone(text);
  if (!zone) return std::nullopt;
  return *date + *clock - *zone;
}

std::optional<Ticks> parse_access_time(std::string_view text) {
  constexpr size_t kDateSize = 11;
  constexpr size_t kClockSize = 8;
  if (text.size() < kDateSize + 1 + kClockSize || text[2] != '/' || text[6] != '/' || text[kDateSize] != ':') {
    return std::nullopt;
  }
  const auto date =
      date_of(read_digits(text.substr(7, 4), 4), month_number(text.substr(3, 3)), read_digits(text.substr(0, 2), 2));
  std::string_view rest = text.substr(kDateSize + 1);
  const auto clock = read_clock(take_word(rest));
  const auto zone = rest.empty() ? std::optional<Ticks>(0) : read_zone(rest);
  if (!date || !clock || !zone) return std::nullopt;
  return *date + *clock - *zone;
}

}  // namespace hecate::ingest
