#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "content/content.h"
#include "engine/window.h"

namespace hecate::engine {

/// One run that a schedule asks for: when it is, and what it looks at.
struct ScheduledRun {
  Ticks at = 0;
  Window window;
};

/// All runs of a schedule in a span of time, for a replay.
class Timetable {
 public:
  /// A cron expression of every minute asks for them in 34 days.
  static constexpr size_t kMostRuns = 50'000;

  explicit Timetable(std::vector<ScheduledRun> runs);

  /// In the order of their times.
  [[nodiscard]] const std::vector<ScheduledRun>& runs() const { return runs_; }
  /// Whether any run looks at an event of that time. What has no time is looked at by all.
  [[nodiscard]] bool any_holds(std::optional<Ticks> time) const;
  /// Those that do, in order.
  void for_each_holding(std::optional<Ticks> time, const std::function<void(const ScheduledRun&)>& visit) const;

 private:
  /// A window with open bounds written out.
  struct Span {
    Ticks from, until;
    size_t run;
    Ticks latest;  // the latest `until` of this and all spans before it
  };
  [[nodiscard]] std::vector<Span>::const_iterator begun_by(Ticks time) const;

  std::vector<ScheduledRun> runs_;
  std::vector<Span> spans_;  // by `from`
};

/// The timetables of a replay: detections share schedules.
class Timetables {
 public:
  /// `range` has both bounds: runs are from the first on, before the second. Times are those of the clocks of
  /// `timezone`.
  Timetables(Window range, std::string zone, DiagnosticSink& sink)
      : range_(range), timezone_(std::move(zone)), sink_(sink) {}

  /// Null where the schedule says nothing that can be understood, or asks for too many runs; each is reported once.
  [[nodiscard]] std::shared_ptr<const Timetable> of(const content::Schedule& schedule);

 private:
  [[nodiscard]] std::shared_ptr<const Timetable> make(const content::Schedule& schedule);

  Window range_;
  std::string timezone_;
  DiagnosticSink& sink_;
  std::map<std::tuple<std::string, int64_t, std::string, std::string>, std::shared_ptr<const Timetable>> known_;
};

/// The runs of many timetables in the order in which a scheduler makes them: by time, then as they were added.
class Agenda {
 public:
  void add(size_t who, const Timetable& timetable);
  struct Entry {
    size_t who = 0;
    const ScheduledRun* run = nullptr;
  };
  /// Nothing behind the last one.
  [[nodiscard]] std::optional<Entry> next();

 private:
  std::set<std::tuple<Ticks, size_t, size_t>> next_;  // time, who, the run's number
  std::map<size_t, const Timetable*> timetables_;
};

}  // namespace hecate::engine
