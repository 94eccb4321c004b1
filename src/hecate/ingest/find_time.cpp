#include "ingest/find_time.h"

#include <algorithm>

#include "base/text.h"
#include "ingest/clock_text.h"

namespace hecate::ingest {
namespace {

constexpr size_t kLookahead = 128;

struct Date {
  int year = 0, month = 0, day = 0;
};

/// Reads a text from the left; what does not fit leaves `good` false.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  int number(size_t fewest, size_t most) {
    size_t size = 0;
    while (size < most && size < rest_.size() && is_ascii_digit(rest_[size])) ++size;
    const auto value = size < fewest ? std::nullopt : read_digits(rest_.substr(0, size), most);
    good_ = good_ && value.has_value();
    rest_.remove_prefix(size);
    return value.value_or(0);
  }
  int month_name() {
    const int month = rest_.size() < 3 ? 0 : month_number(rest_.substr(0, 3));
    good_ = good_ && month != 0;
    rest_.remove_prefix(std::min<size_t>(3, rest_.size()));
    return month;
  }
  /// One of these characters; which one.
  char one_of(std::string_view characters) {
    const bool found = !rest_.empty() && characters.find(rest_.front()) != std::string_view::npos;
    good_ = good_ && found;
    const char c = found ? rest_.front() : '\0';
    if (found) rest_.remove_prefix(1);
    return c;
  }
  void skip(char c) {
    while (rest_.starts_with(c)) rest_.remove_prefix(1);
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

/// `2024-05-14` or `2024/05/14`.
bool year_first(Scan& scan, Date& date) {
  date.year = scan.number(4, 4);
  const char separator = scan.one_of("-/");
  date.month = scan.number(2, 2);
  scan.one_of({&separator, 1});
  date.day = scan.number(2, 2);
  return scan.good();
}

/// `05/14/2024` or `05-14-2024`.
bool month_first(Scan& scan, Date& date) {
  date.month = scan.number(1, 2);
  const char separator = scan.one_of("-/");
  date.day = scan.number(1, 2);
  scan.one_of({&separator, 1});
  date.year = scan.number(4, 4);
  return scan.good();
}

/// `14/May/2024` or `14 May 2024`.
bool day_first(Scan& scan, Date& date) {
  date.day = scan.number(1, 2);
  const char separator = scan.one_of("-/ ");
  date.month = scan.month_name();
  scan.one_of({&separator, 1});
  date.year = scan.number(4, 4);
  return scan.good();
}

/// `May 14, 2024` or `May 14 2024`.
bool month_by_name(Scan& scan, Date& date) {
  date.month = scan.month_name();
  scan.one_of(" ");
  scan.skip(' ');
  date.day = scan.number(1, 2);
  scan.skip(',');
  scan.one_of(" ");
  date.year = scan.number(4, 4);
  return scan.good();
}

/// The time of day behind a date, with its fraction, half of the day and zone.
std::optional<Ticks> time_of_day(std::string_view text) {
  if (text.empty() || std::string_view(" T:,").find(text.front()) == std::string_view::npos) return std::nullopt;
  text.remove_prefix(1);
  text = trim(text);
  const auto of_clock = [](char c) { return is_ascii_digit(c) || c == ':' || c == '.'; };
  const auto end = std::find_if_not(text.begin(), text.end(), of_clock);
  std::string clock(text.begin(), end);
  text.remove_prefix(clock.size());
  // Python and Java write a comma before the milliseconds.
  constexpr size_t kDigits = 3;
  const bool fraction = text.size() > kDigits && text[0] == ',' &&
                        std::all_of(text.begin() + 1, text.begin() + 1 + kDigits, is_ascii_digit) &&
                        (text.size() == kDigits + 1 || !of_clock(text[kDigits + 1]));
  if (fraction) {
    clock.append(".").append(text.substr(1, kDigits));
    text.remove_prefix(kDigits + 1);
  }
  while (clock.ends_with(':') || clock.ends_with('.')) clock.pop_back();
  std::optional<Ticks> time = read_clock(clock);
  if (!time) return std::nullopt;
  if (text.starts_with(' ')) text.remove_prefix(1);
  constexpr Ticks kHalf = kTicksPerDay / 2;
  if (text.starts_with("PM") || text.starts_with("AM")) {
    *time = *time % kHalf + (text.starts_with("PM") ? kHalf : 0);
    text.remove_prefix(2);
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  for (const size_t size : {size_t{6}, size_t{5}, size_t{1}}) {
    if (text.size() < size || (text.size() > size && is_ascii_alnum(text[size]))) continue;
    if (const auto zone = read_zone(text.substr(0, size))) return *time - *zone;
  }
  return time;
}

std::optional<Ticks> time_at(std::string_view text) {
  for (const auto& read : {year_first, month_first, day_first, month_by_name}) {
    Scan scan(text);
    Date date;
    if (!read(scan, date) || date.month < 1 || date.month > 12 || date.day < 1 || date.year < 1) continue;
    const Ticks day = ticks_from_civil(date.year, date.month, date.day, 0, 0, 0);
    if (civil_time(day).month != date.month) continue;  // the 31st of June
    if (const auto time = time_of_day(scan.rest())) return day + *time;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Ticks> find_time(std::string_view text) {
  text = text.substr(0, kLookahead);
  for (size_t at = 0; at < text.size(); ++at) {
    const bool begins = is_ascii_alnum(text[at]) && (at == 0 || !is_ascii_alnum(text[at - 1]));
    if (!begins) continue;
    if (const auto time = time_at(text.substr(at))) return time;
  }
  return std::nullopt;
}

}  // namespace hecate::ingest
