#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::schedule {

/// What clocks show somewhere. Instants are seconds since 1970 in UTC; local times are seconds since 1970 as if they
/// were UTC.
class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;
  /// "UTC", an offset such as "+02:00", or a name of the machine's time zone database ("Europe/Berlin"). Nothing where
  /// there is no such zone.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view name);
  /// A file of the time zone database (RFC 8536), for tests.
  [[nodiscard]] static std::optional<TimeZone> read(std::string_view file);

  [[nodiscard]] int64_t offset_at(int64_t instant) const;
  [[nodiscard]] int64_t local(int64_t instant) const { return instant + offset_at(instant); }
  /// The instants at which clocks show a local time: none where they skip it, two where they show it twice.
  [[nodiscard]] std::vector<int64_t> instants(int64_t local) const;
  /// The first instant after a local time that clocks skip.
  [[nodiscard]] int64_t end_of_gap(int64_t local) const;

 private:
  /// When one of the two changes of a year is: `M3.5.0/2`, `J60/2`, `59/2`.
  struct Rule {
    char kind = 'M';  // 'M', 'J' or '0'
    int month = 0, week = 0, day = 0;
    int64_t time = 7'200;  // seconds after local midnight
    [[nodiscard]] int64_t local_in(int64_t year) const;
  };
  /// What holds after the last change that the file lists, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
  struct Tail {
    int64_t standard = 0;
    std::optional<int64_t> summer;
    Rule begins, ends;
  };

  [[nodiscard]] static std::optional<Tail> parse_tail(std::string_view text);
  [[nodiscard]] int64_t offset_by_rules(int64_t instant) const;

  std::vector<int64_t> changes_;  // instants, in order
  std::vector<int64_t> offsets_;  // from each of them on
  int64_t first_ = 0;             // the offset before them
  std::optional<Tail> tail_;
};

}  // namespace hecate::schedule
