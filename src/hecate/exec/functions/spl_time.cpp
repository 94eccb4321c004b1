#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/time.h"
#include "exec/functions/spl_functions.h"
#include "schedule/time_zone.h"

namespace hecate::spl {
namespace {

constexpr double kLatest = 2.5e11;  // about the year 9892; beyond it calendars mean nothing
constexpr std::array<std::string_view, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

/// The zone of the run; nullptr where it is a fixed offset. Reading one is reading a file, and a run has one.
const schedule::TimeZone* zone_of(const EvalContext& context) {
  thread_local std::pair<std::string, std::optional<schedule::TimeZone>> known;
  const std::string& name = context.run.timezone;
  if (zone_offset(name)) return nullptr;
  if (known.first != name) known = {name, schedule::TimeZone::find(name)};
  return known.second ? &*known.second : nullptr;
}

int64_t whole_seconds(double seconds) { return static_cast<int64_t>(std::floor(seconds)); }

/// Names of no zone are refused before a run begins; until then UTC.
int offset_at(double epoch, const EvalContext& context) {
  if (const schedule::TimeZone* zone = zone_of(context)) return static_cast<int>(zone->offset_at(whole_seconds(epoch)));
  return zone_offset(context.run.timezone).value_or(0);
}

/// The instant at which clocks show a time: the first where they show it twice, the end of the gap where they skip it.
double instant_of(double local, const schedule::TimeZone& zone) {
  const int64_t whole = whole_seconds(local);
  const std::vector<int64_t> instants = zone.instants(whole);
  if (instants.empty()) return static_cast<double>(zone.end_of_gap(whole));
  return static_cast<double>(instants.front()) + (local - std::floor(local));
}

/// To microseconds: a double has no more digits today, and 1700000000.123 must not become .1229999.
Ticks local_ticks(double epoch, int offset) {
  const double seconds = epoch + offset;
  return std::fabs(seconds) <= 9e11 ? Ticks{std::llround(seconds * 1e6)} * (kTicksPerSecond / 1'000'000) : 0;
}

std::string zone_text(int offset, bool colon) {
  const int minutes = std::abs(offset) / 60;
  return fmt::format("{}{:02}{}{:02}", offset < 0 ? '-' : '+', minutes / 60, colon ? ":" : "", minutes % 60);
}

/// %3N, %6Q, %9N: digits of the second, cut.
std::string fraction_text(int64_t ticks, int digits) {
  return fmt::format("{:07}00", ticks).substr(0, static_cast<size_t>(std::clamp(digits, 1, 9)));
}

int hour_of_12(int hour) { return hour % 12 == 0 ? 12 : hour % 12; }

struct Directive {
  char letter = 0;
  int digits = 0;      // of %3N; 0: none given
  bool colon = false;  // %:z
  size_t length = 0;   // of the whole directive
};

Directive read_directive(std::string_view format) {
  Directive directive;
  size_t at = 1;
  if (at < format.size() && is_ascii_digit(format[at])) directive.digits = format[at++] - '0';
  if (at < format.size() && format[at] == ':') {
    directive.colon = true;
    ++at;
  }
  if (at < format.size()) directive.letter = format[at++];
  directive.length = at;
  return directive;
}

std::string directive_text(const Directive& directive, const CivilTime& time, double epoch, int offset) {
  switch (directive.letter) {
    case 'Y': return fmt::format("{:04}", time.year);
    case 'y': return fmt::format("{:02}", time.year % 100);
    case 'm': return fmt::format("{:02}", time.month);
    case 'd': return fmt::format("{:02}", time.day);
    case 'e': return fmt::format("{:2}", time.day);
    case 'H': return fmt::format("{:02}", time.hour);
    case 'k': return fmt::format("{:2}", time.hour);
    case 'I': return fmt::format("{:02}", hour_of_12(time.hour));
    case 'M': return fmt::format("{:02}", time.minute);
    case 'S': return fmt::format("{:02}", time.second);
    case 'p': return time.hour < 12 ? "AM" : "PM";
    case 'j': return fmt::format("{:03}", time.day_of_year);
    case 'w': return fmt::format("{}", time.weekday);
    case 'A': return std::string(kDays[static_cast<size_t>(time.weekday)]);
    case 'a': return std::string(kDays[static_cast<size_t>(time.weekday)].substr(0, 3));
    case 'B': return std::string(kMonths[static_cast<size_t>(time.month - 1)]);
    case 'b':
    case 'h': return std::string(kMonths[static_cast<size_t>(time.month - 1)].substr(0, 3));
    case 's': return fmt::format("{}", static_cast<int64_t>(std::floor(epoch)));
    case 'N': return fraction_text(time.fraction, directive.digits == 0 ? 9 : directive.digits);
    case 'Q': return fraction_text(time.fraction, directive.digits == 0 ? 3 : directive.digits);
    case 'f': return fraction_text(time.fraction, 6);
    case 'z': return zone_text(offset, directive.colon);
    case 'Z': return offset == 0 ? "UTC" : zone_text(offset, true);
    case 'F': return fmt::format("{:04}-{:02}-{:02}", time.year, time.month, time.day);
    case 'T': return fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    case 'D':
    case 'x': return fmt::format("{:02}/{:02}/{:04}", time.month, time.day, time.year);
    case 'X': return fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    case 'n': return "\n";
    case 't': return "\t";
    case '%': return "%";
    default: return {};
  }
}

/// What strptime has read so far.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text, int offset) : rest_(text), offset_(offset) {}

  bool read(std::string_view format) {
    for (size_t at = 0; at < format.size();) {
      if (format[at] == '%') {
        const Directive directive = read_directive(format.substr(at));
        if (!read(directive)) return false;
        at += directive.length;
      } else if (format[at] == ' ') {
        while (rest_.starts_with(' ')) rest_.remove_prefix(1);
        ++at;
      } else {
        if (rest_.empty() || rest_.front() != format[at]) return false;
        rest_.remove_prefix(1);
        ++at;
      }
    }
    return true;  // what follows is no concern of the format
  }

  [[nodiscard]] std::optional<double> result() const {
    if (epoch_) return static_cast<double>(*epoch_) + fraction_;
    if (month_ < 1 || month_ > 12 || day_ < 1 || day_ > 31 || hour_ > 24 || minute_ > 59 || second_ > 60)
      return std::nullopt;
    int64_t hour = hour_;
    if (afternoon_) hour = hour % 12 + (*afternoon_ ? 12 : 0);
    const Ticks ticks = ticks_from_civil(year_, static_cast<int>(month_), static_cast<int>(day_),
                                         static_cast<int>(hour), static_cast<int>(minute_), static_cast<int>(second_));
    return epoch_seconds(ticks) - offset_ + fraction_;
  }

 private:
  bool number(size_t most, int64_t& out) {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    size_t length = 0;
    int64_t value = 0;
    while (length < most && length < rest_.size() && is_ascii_digit(rest_[length]))
      value = value * 10 + (rest_[length++] - '0');
    rest_.remove_prefix(length);
    out = value;
    return length > 0;
  }

  bool fraction(int digits) {
    double unit = 0.1;
    size_t length = 0;
    fraction_ = 0;
    for (; length < rest_.size() && length < static_cast<size_t>(digits) && is_ascii_digit(rest_[length]); ++length) {
      fraction_ += (rest_[length] - '0') * unit;
      unit /= 10;
    }
    rest_.remove_prefix(length);
    return length > 0;
  }

  template <size_t Size>
  bool name(const std::array<std::string_view, Size>& names, int64_t& out) {
    for (size_t i = 0; i < Size; ++i) {
      for (const std::string_view form : {names[i], names[i].substr(0, 3)}) {
        if (!equals_ignoring_case(rest_.substr(0, form.size()), form)) continue;
        rest_.remove_prefix(form.size());
        out = static_cast<int64_t>(i);
        return true;
      }
    }
    return false;
  }

  bool zone() {
    if (rest_.starts_with('+') || rest_.starts_with('-')) {
      size_t length = 5;
      if (rest_.size() >= 6 && rest_[3] == ':') length = 6;
      const std::optional<int> offset = zone_offset(rest_.substr(0, length));
      if (!offset) return false;
      offset_ = *offset;
      rest_.remove_prefix(length);
      return true;
    }
    size_t length = 0;
    while (length < rest_.size() && is_ascii_alpha(rest_[length])) ++length;
    const std::optional<int> offset = zone_offset(rest_.substr(0, length));
    if (length == 0 || !offset) return false;
    offset_ = *offset;
    rest_.remove_prefix(length);
    return true;
  }

  bool am_pm() {
    const std::string_view two = rest_.substr(0, 2);
    if (!equals_ignoring_case(two, "am") && !equals_ignoring_case(two, "pm")) return false;
    afternoon_ = ascii_lower(two[0]) == 'p';
    rest_.remove_prefix(2);
    return true;
  }

  bool read(const Directive& directive) {
    int64_t ignored = 0;
    switch (directive.letter) {
      case 'Y': return number(4, year_);
      case 'y':
        if (!number(2, year_)) return false;
        year_ += year_ < 69 ? 2000 : 1900;  // POSIX strptime
        return true;
      case 'm': return number(2, month_);
      case 'd':
      case 'e': return number(2, day_);
      case 'H':
      case 'k':
      case 'I': return number(2, hour_);
      case 'M': return number(2, minute_);
      case 'S': return number(2, second_);
      case 'j': return number(3, ignored);
      case 'N':
      case 'Q': return fraction(directive.digits == 0 ? 9 : directive.digits);
      case 'f': return fraction(6);
      case 'p': return am_pm();
      case 'z':
      case 'Z': return zone();
      case 'F': return read("%Y-%m-%d");
      case 'T':
      case 'X': return read("%H:%M:%S");
      case 'D': return read("%m/%d/%y");
      case 's': {
        int64_t seconds = 0;
        if (!number(18, seconds)) return false;
        epoch_ = seconds;
        return true;
      }
      case 'A':
      case 'a': return name(kDays, ignored);
      case 'B':
      case 'b':
      case 'h':
        if (!name(kMonths, month_)) return false;
        ++month_;
        return true;
      case '%':
        if (!rest_.starts_with('%')) return false;
        rest_.remove_prefix(1);
        return true;
      default: return false;
    }
  }

  std::string_view rest_;
  int offset_;
  int64_t year_ = 1970, month_ = 1, day_ = 1, hour_ = 0, minute_ = 0, second_ = 0;
  double fraction_ = 0;
  std::optional<bool> afternoon_;
  std::optional<int64_t> epoch_;
};

enum class Unit : uint8_t { Second, Minute, Hour, Day, Week, Month, Quarter, Year, None };

Unit unit_of(std::string_view name) {
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is({"s", "sec", "secs", "second", "seconds"})) return Unit::Second;
  if (is({"m", "min", "mins", "minute", "minutes"})) return Unit::Minute;
  if (is({"h", "hr", "hrs", "hour", "hours"})) return Unit::Hour;
  if (is({"d", "day", "days"})) return Unit::Day;
  if (is({"w", "week", "weeks"})) return Unit::Week;
  if (is({"mon", "month", "months"})) return Unit::Month;
  if (is({"q", "qtr", "qtrs", "quarter", "quarters"})) return Unit::Quarter;
  if (is({"y", "yr", "yrs", "year", "years"})) return Unit::Year;
  return Unit::None;
}

int days_in_month(int64_t year, int month) {
  constexpr std::array<int, 12> kLengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kLengths[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

double add_months(double local, int64_t months) {
  const CivilTime time = civil_time(local_ticks(local, 0));
  const int64_t total = time.year * 12 + (time.month - 1) + months;
  const int64_t year = total >= 0 ? total / 12 : (total - 11) / 12;
  const int month = static_cast<int>(total - year * 12) + 1;
  if (year < 1 || year > 9999) return std::numeric_limits<double>::quiet_NaN();
  const int day = std::min(time.day, days_in_month(year, month));
  return epoch_seconds(ticks_from_civil(year, month, day, time.hour, time.minute, time.second)) +
         (local - std::floor(local));
}

double shift(double local, int64_t count, Unit unit) {
  switch (unit) {
    case Unit::Second: return local + static_cast<double>(count);
    case Unit::Minute: return local + static_cast<double>(count) * 60;
    case Unit::Hour: return local + static_cast<double>(count) * 3600;
    case Unit::Day: return local + static_cast<double>(count) * 86400;
    case Unit::Week: return local + static_cast<double>(count) * 604800;
    case Unit::Month: return add_months(local, count);
    case Unit::Quarter: return add_months(local, count * 3);
    case Unit::Year: return add_months(local, count * 12);
    case Unit::None: break;
  }
  return local;
}

double snap(double local, Unit unit, int weekday) {
  const CivilTime time = civil_time(local_ticks(local, 0));
  const double midnight = std::floor(local / 86400) * 86400;
  switch (unit) {
    case Unit::Second: return std::floor(local);
    case Unit::Minute: return std::floor(local / 60) * 60;
    case Unit::Hour: return std::floor(local / 3600) * 3600;
    case Unit::Day: return midnight;
    case Unit::Week: return midnight - (time.weekday - weekday + 7) % 7 * 86400.0;
    case Unit::Month: return epoch_seconds(ticks_from_civil(time.year, time.month, 1, 0, 0, 0));
    case Unit::Quarter: return epoch_seconds(ticks_from_civil(time.year, (time.month - 1) / 3 * 3 + 1, 1, 0, 0, 0));
    case Unit::Year: return epoch_seconds(ticks_from_civil(time.year, 1, 1, 0, 0, 0));
    case Unit::None: break;
  }
  return local;
}

std::string_view take_letters(std::string_view& text) {
  size_t length = 0;
  while (length < text.size() && is_ascii_alpha(text[length])) ++length;
  const std::string_view letters = text.substr(0, length);
  text.remove_prefix(length);
  return letters;
}

std::optional<double> time_argument(const Value& value) {
  const std::optional<double> epoch = number_of(value);
  return epoch && std::fabs(*epoch) <= kLatest ? epoch : std::nullopt;
}

Value ctime_of(const Value& value, std::string_view format, EvalContext& context) {
  const std::optional<double> epoch = time_argument(value);
  if (!epoch) return value;  // what is no time stays as it is
  return Value::string(context.arena.copy(format_time(*epoch, format, offset_at(*epoch, context))));
}

/// Clocks that show UTC and an offset, always.
struct FixedClock {
  int offset;
  [[nodiscard]] double local(double epoch) const { return epoch + offset; }
  [[nodiscard]] double instant(double at) const { return at - offset; }
};
struct ZoneClock {
  const schedule::TimeZone& zone;
  [[nodiscard]] double local(double epoch) const {
    return epoch + static_cast<double>(zone.offset_at(whole_seconds(epoch)));
  }
  [[nodiscard]] double instant(double at) const { return instant_of(at, zone); }
};

/// Hours and less do not depend on the calendar: a step over a change of clocks is as long as any.
bool is_short(Unit unit) { return unit == Unit::Second || unit == Unit::Minute || unit == Unit::Hour; }

template <typename Clock>
double snap_by(double epoch, Unit unit, int weekday, const Clock& clock) {
  const double local = clock.local(epoch);
  const double snapped = snap(local, unit, weekday);
  return is_short(unit) ? epoch - (local - snapped) : clock.instant(snapped);
}

template <typename Clock>
double shift_by(double epoch, int64_t count, Unit unit, const Clock& clock) {
  return is_short(unit) ? shift(epoch, count, unit) : clock.instant(shift(clock.local(epoch), count, unit));
}

template <typename Clock>
std::optional<double> move_by(double epoch, std::string_view modifier, const Clock& clock) {
  if (std::fabs(epoch) > kLatest) return std::nullopt;
  while (!modifier.empty()) {
    const char sign = modifier.front();
    modifier.remove_prefix(1);
    if (sign == '@') {
      std::string_view unit = take_letters(modifier);
      int weekday = 0;
      if (unit == "w" && !modifier.empty() && modifier.front() >= '0' && modifier.front() <= '7') {
        weekday = (modifier.front() - '0') % 7;
        modifier.remove_prefix(1);
      }
      if (unit_of(unit) == Unit::None) return std::nullopt;
      epoch = snap_by(epoch, unit_of(unit), weekday, clock);
    } else if (sign == '+' || sign == '-') {
      int64_t count = 0;
      bool given = false;
      for (; !modifier.empty() && is_ascii_digit(modifier.front()); modifier.remove_prefix(1)) {
        count = std::min<int64_t>(count * 10 + (modifier.front() - '0'), 10'000'000'000);
        given = true;
      }
      if (!given) count = 1;
      const Unit unit = unit_of(take_letters(modifier));
      if (unit == Unit::None) return std::nullopt;
      epoch = shift_by(epoch, sign == '-' ? -count : count, unit, clock);
    } else {
      return std::nullopt;
    }
    if (!(std::fabs(epoch) <= kLatest)) return std::nullopt;
  }
  return epoch;
}

}  // namespace

std::optional<int> zone_offset(std::string_view zone) {
  if (zone == "UTC" || zone == "GMT" || zone == "Z" || zone == "z" || zone == "Etc/UTC") return 0;
  if (zone.size() != 5 && zone.size() != 6) return std::nullopt;
  if ((zone[0] != '+' && zone[0] != '-') || (zone.size() == 6 && zone[3] != ':')) return std::nullopt;
  const size_t minutes_at = zone.size() - 2;
  for (const size_t at : {size_t{1}, size_t{2}, minutes_at, minutes_at + 1}) {
    if (!is_ascii_digit(zone[at])) return std::nullopt;
  }
  const int hours = (zone[1] - '0') * 10 + (zone[2] - '0');
  const int minutes = (zone[minutes_at] - '0') * 10 + (zone[minutes_at + 1] - '0');
  if (hours > 18 || minutes > 59) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

std::string format_time(double epoch, std::string_view format, int offset) {
  const CivilTime time = civil_time(local_ticks(epoch, offset));
  std::string out;
  for (size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      out += format[at++];
      continue;
    }
    const Directive directive = read_directive(format.substr(at));
    out += directive_text(directive, time, epoch, offset);
    at += directive.length;
  }
  return out;
}

std::optional<double> parse_time(std::string_view text, std::string_view format, int offset) {
  TimeReader reader(text, offset);
  if (!reader.read(format)) return std::nullopt;
  return reader.result();
}

std::optional<double> move_time(double epoch, std::string_view modifier, int offset) {
  return move_by(epoch, modifier, FixedClock{offset});
}

std::optional<double> move_time(double epoch, std::string_view modifier, const schedule::TimeZone& zone) {
  return move_by(epoch, modifier, ZoneClock{zone});
}

Value now(Arguments, EvalContext& context) {
  return context.run.now ? Value::real(std::floor(epoch_seconds(*context.run.now))) : Value::undecided();
}

Value ctime(Arguments arguments, EvalContext& context) {
  const std::string_view format = value_text(arguments[1], context.arena);
  const auto values = elements(arguments[0]);
  const std::span<Value> converted = context.arena.allocate_array<Value>(values.size());
  for (size_t i = 0; i < values.size(); ++i) converted[i] = ctime_of(values[i], format, context);
  return many_of(converted);
}

Value strftime(Arguments arguments, EvalContext& context) {
  const std::optional<double> epoch = time_argument(arguments[0]);
  if (!epoch) return Value::null();
  const int offset = offset_at(*epoch, context);
  return Value::string(context.arena.copy(format_time(*epoch, value_text(arguments[1], context.arena), offset)));
}

Value strptime(Arguments arguments, EvalContext& context) {
  const std::string_view text = value_text(arguments[0], context.arena);
  const std::string_view format = value_text(arguments[1], context.arena);
  const schedule::TimeZone* zone = zone_of(context);
  std::optional<double> epoch = parse_time(text, format, zone_offset(context.run.timezone).value_or(0));
  // Which offset the clocks had is known by what they showed; a text that names its own offset is read as before.
  if (epoch && zone != nullptr) epoch = parse_time(text, format, static_cast<int>(*epoch - instant_of(*epoch, *zone)));
  return epoch ? Value::real(*epoch) : Value::null();
}

Value relative_time(Arguments arguments, EvalContext& context) {
  const std::optional<double> epoch = time_argument(arguments[0]);
  if (!epoch) return Value::null();
  const std::string_view modifier = value_text(arguments[1], context.arena);
  const schedule::TimeZone* zone = zone_of(context);
  const std::optional<double> moved =
      zone != nullptr ? move_time(*epoch, modifier, *zone) : move_time(*epoch, modifier, offset_at(*epoch, context));
  return moved ? Value::real(*moved) : Value::null();
}

Value bin_time(Arguments arguments, EvalContext& context) {
  const std::optional<double> epoch = time_argument(arguments[0]);
  const std::optional<double> span = number_of(arguments[1]);
  if (!epoch || !span || *span <= 0) return Value::null();
  // Days begin at midnight of the zone; shorter spans are counted from the epoch.
  const bool days = std::fmod(*span, 86400) == 0;
  const int offset = days ? offset_at(*epoch, context) : 0;
  const double local = std::floor((*epoch + offset) / *span) * *span;
  const schedule::TimeZone* zone = days ? zone_of(context) : nullptr;
  return Value::real(zone != nullptr ? instant_of(local, *zone) : local - offset);
}

}  // namespace hecate::spl
