#include "schedule/time_zone.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/time.h"

namespace hecate::schedule {
namespace {

constexpr int64_t kDay = 86'400;

int64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  const auto shift = static_cast<unsigned>(64 - 8 * bytes.size());
  return static_cast<int64_t>(value << shift) >> shift;
}

int64_t midnight(int64_t year, int month, int day) {
  return ticks_from_civil(year, month, day, 0, 0, 0) / kTicksPerSecond;
}

int64_t year_of(int64_t local) { return civil_time(local * kTicksPerSecond).year; }

/// Reads the pieces of a POSIX rule.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool empty() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::optional<int64_t> number() {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) return std::nullopt;
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    return value;
  }
  /// `CET`, `<+03>`
  bool name() {
    const size_t size =
        text_.starts_with('<') ? text_.find('>') + 1 : std::min(text_.find_first_of("+-,0123456789"), text_.size());
    if (size == 0 || size > text_.size()) return false;
    text_.remove_prefix(size);
    return true;
  }
  /// `-1`, `5:30`, in seconds
  std::optional<int64_t> time() {
    const bool minus = take('-');
    if (!minus) take('+');
    int64_t total = 0;
    for (int64_t unit = 3'600; unit > 0; unit /= 60) {
      const auto part = number();
      if (!part) return std::nullopt;
      total += *part * unit;
      if (!take(':')) break;
    }
    return minus ? -total : total;
  }

 private:
  std::string_view text_;
};

std::optional<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;  // `America` is a folder of zones
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

int64_t TimeZone::Rule::local_in(int64_t year) const {
  if (kind != 'M') {
    // J counts from 1 and never counts 29 February.
    const bool leap = midnight(year, 3, 1) - midnight(year, 2, 28) == 2 * kDay;
    const int64_t days = kind == 'J' ? day - 1 + (leap && day >= 60 ? 1 : 0) : day;
    return midnight(year, 1, 1) + days * kDay + time;
  }
  const int64_t first = midnight(year, month, 1);
  const int weekday = civil_time(first * kTicksPerSecond).weekday;
  int64_t at = first + ((day - weekday + 7) % 7 + 7 * (week - 1)) * kDay;
  while (civil_time(at * kTicksPerSecond).month != month) at -= 7 * kDay;  // week 5 is the last one
  return at + time;
}

std::optional<TimeZone::Tail> TimeZone::parse_tail(std::string_view text) {
  Reader reader(text);
  Tail tail;
  if (!reader.name()) return std::nullopt;
  const auto west = reader.time();
  if (!west) return std::nullopt;
  tail.standard = -*west;
  if (reader.empty()) return tail;
  if (!reader.name()) return std::nullopt;
  tail.summer = tail.standard + 3'600;
  if (!reader.take(',')) {
    const auto summer = reader.time();
    if (!summer || !reader.take(',')) return std::nullopt;
    tail.summer = -*summer;
  }
  for (Rule* rule : {&tail.begins, &tail.ends}) {
    if (rule == &tail.ends && !reader.take(',')) return std::nullopt;
    if (reader.take('M')) {
      const auto month = reader.number();
      const auto week = reader.take('.') ? reader.number() : std::nullopt;
      const auto day = reader.take('.') ? reader.number() : std::nullopt;
      if (!month || !week || !day || *month < 1 || *month > 12 || *week < 1 || *week > 5 || *day > 6)
        return std::nullopt;
      rule->month = static_cast<int>(*month);
      rule->week = static_cast<int>(*week);
      rule->day = static_cast<int>(*day);
    } else {
      rule->kind = reader.take('J') ? 'J' : '0';
      const auto day = reader.number();
      if (!day || *day > 365) return std::nullopt;
      rule->day = static_cast<int>(*day);
    }
    if (reader.take('/')) {
      const auto time = reader.time();
      if (!time) return std::nullopt;
      rule->time = *time;
    }
  }
  return reader.empty() ? std::optional(tail) : std::nullopt;
}

/// RFC 8536: a header and 32-bit data for old readers, a header and 64-bit data, and a line for what comes after.
std::optional<TimeZone> TimeZone::read(std::string_view file) {
  constexpr size_t kHeader = 44;
  std::array<size_t, 6> counts{};  // isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt
  const auto header = [&](size_t at) {
    if (file.size() < at + kHeader || !file.substr(at).starts_with("TZif")) return false;
    for (size_t i = 0; i < counts.size(); ++i) {
      const int64_t count = big_endian(file.substr(at + 20 + 4 * i, 4));
      if (count < 0 || count > 100'000) return false;
      counts[i] = static_cast<size_t>(count);
    }
    return true;
  };
  const auto size_of = [&](size_t width) {
    return counts[3] * (width + 1) + counts[4] * 6 + counts[5] + counts[2] * (width + 4) + counts[1] + counts[0];
  };
  if (!header(0) || file[4] < '2') return std::nullopt;
  const size_t second = kHeader + size_of(4);
  if (!header(second)) return std::nullopt;
  const size_t data = second + kHeader;
  if (file.size() < data + size_of(8) || counts[4] == 0) return std::nullopt;
  TimeZone zone;
  const size_t types = data + counts[3] * 9;
  const auto offset_of = [&](size_t type) { return big_endian(file.substr(types + 6 * type, 4)); };
  zone.first_ = offset_of(0);
  for (size_t i = 0; i < counts[3]; ++i) {
    const auto type = static_cast<unsigned char>(file[data + counts[3] * 8 + i]);
    if (type >= counts[4]) return std::nullopt;
    zone.changes_.push_back(big_endian(file.substr(data + 8 * i, 8)));
    zone.offsets_.push_back(offset_of(type));
  }
  std::string_view rest = file.substr(data + size_of(8));
  if (rest.starts_with('\n')) rest.remove_prefix(1);
  zone.tail_ = parse_tail(rest.substr(0, rest.find('\n')));
  return zone;
}

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  if (name == "UTC" || name == "Z") return TimeZone();
  if (name.size() == 6 && (name[0] == '+' || name[0] == '-') && name[3] == ':') {
    const auto time = parse_iso_time("2000-01-01T00:00:00" + std::string(name));
    if (!time) return std::nullopt;
    TimeZone zone;
    zone.first_ = midnight(2000, 1, 1) - *time / kTicksPerSecond;
    return zone;
  }
  // A name, not a path to any file.
  const bool plain = !name.empty() && name.find("..") == name.npos && name[0] != '/' &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              std::string_view("/_+-").find(c) != std::string_view::npos;
                     });
  if (!plain) return std::nullopt;
  const auto file = read_file("/usr/share/zoneinfo/" + std::string(name));
  return file ? read(*file) : std::nullopt;
}

int64_t TimeZone::offset_by_rules(int64_t instant) const {
  if (!tail_->summer) return tail_->standard;
  const int64_t year = year_of(instant + tail_->standard);
  const int64_t begins = tail_->begins.local_in(year) - tail_->standard;
  const int64_t ends = tail_->ends.local_in(year) - *tail_->summer;
  // South of the equator the year begins in summer.
  const bool summer = begins < ends ? instant >= begins && instant < ends : instant >= begins || instant < ends;
  return summer ? *tail_->summer : tail_->standard;
}

int64_t TimeZone::offset_at(int64_t instant) const {
  const auto after = std::upper_bound(changes_.begin(), changes_.end(), instant);
  if (after == changes_.end() && tail_) return offset_by_rules(instant);
  return after == changes_.begin() ? first_ : offsets_[static_cast<size_t>(after - changes_.begin()) - 1];
}

std::vector<int64_t> TimeZone::instants(int64_t local) const {
  // No zone is more than a day away, and none changes twice in two days.
  std::vector<int64_t> found;
  for (const int64_t offset : {offset_at(local - kDay), offset_at(local + kDay)}) {
    const int64_t instant = local - offset;
    if (offset_at(instant) == offset && std::find(found.begin(), found.end(), instant) == found.end())
      found.push_back(instant);
  }
  std::sort(found.begin(), found.end());
  return found;
}

int64_t TimeZone::end_of_gap(int64_t local) const {
  int64_t before = local - kDay - offset_at(local - kDay);
  int64_t after = local + kDay - offset_at(local + kDay);
  const int64_t offset = offset_at(before);
  while (after - before > 1) {
    const int64_t middle = before + (after - before) / 2;
    (offset_at(middle) == offset ? before : after) = middle;
  }
  return after;
}

}  // namespace hecate::schedule
