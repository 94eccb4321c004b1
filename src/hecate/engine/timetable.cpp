#include "engine/timetable.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/codes.h"
#include "engine/schedules.h"
#include "schedule/cron.h"

namespace hecate::engine {
namespace {

constexpr Ticks kFirst = std::numeric_limits<Ticks>::min();
constexpr Ticks kLast = std::numeric_limits<Ticks>::max();

/// The first whole second from a time on.
int64_t second_from(Ticks time) {
  const int64_t second = time / kTicksPerSecond;
  return time > second * kTicksPerSecond ? second + 1 : second;
}

std::vector<int64_t> multiples(int64_t every, int64_t from, int64_t until, size_t most) {
  std::vector<int64_t> times;
  int64_t at = from / every * every;
  if (at < from) at += every;
  for (; at < until && times.size() < most; at += every) times.push_back(at);
  return times;
}

}  // namespace

Timetable::Timetable(std::vector<ScheduledRun> runs) : runs_(std::move(runs)) {
  for (size_t i = 0; i < runs_.size(); ++i)
    spans_.push_back({runs_[i].window.from.value_or(kFirst), runs_[i].window.until.value_or(kLast), i, kFirst});
  std::stable_sort(spans_.begin(), spans_.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  Ticks latest = kFirst;
  for (Span& span : spans_) span.latest = latest = std::max(latest, span.until);
}

std::vector<Timetable::Span>::const_iterator Timetable::begun_by(Ticks time) const {
  return std::upper_bound(spans_.begin(), spans_.end(), time, [](Ticks t, const Span& span) { return t < span.from; });
}

bool Timetable::any_holds(std::optional<Ticks> time) const {
  if (!time) return !runs_.empty();
  const auto end = begun_by(*time);
  return end != spans_.begin() && std::prev(end)->latest > *time;
}

void Timetable::for_each_holding(std::optional<Ticks> time,
                                 const std::function<void(const ScheduledRun&)>& visit) const {
  if (!time) {
    std::for_each(runs_.begin(), runs_.end(), visit);
    return;
  }
  std::vector<size_t> holding;
  for (auto span = begun_by(*time); span != spans_.begin() && std::prev(span)->latest > *time;) {
    --span;
    if (span->until > *time) holding.push_back(span->run);
  }
  std::sort(holding.begin(), holding.end());
  for (const size_t run : holding) visit(runs_[run]);
}

std::shared_ptr<const Timetable> Timetables::of(const content::Schedule& schedule) {
  const auto [at, added] =
      known_.try_emplace({schedule.cron, schedule.every_seconds, schedule.earliest, schedule.latest}, nullptr);
  if (added) at->second = make(schedule);
  return at->second;
}

std::shared_ptr<const Timetable> Timetables::make(const content::Schedule& schedule) {
  if (!check_schedule(schedule, sink_)) return nullptr;
  const int64_t from = second_from(*range_.from);
  const int64_t until = second_from(*range_.until);
  constexpr size_t kMost = Timetable::kMostRuns + 1;
  std::vector<int64_t> times;
  if (schedule.every_seconds > 0) {
    times = multiples(schedule.every_seconds, from, until, kMost);
  } else {
    schedule::Cron::Problem problem;
    const auto zone = schedule::TimeZone::find(timezone_);
    times =
        schedule::Cron::parse(schedule.cron, problem)->runs(from, until, zone.value_or(schedule::TimeZone()), kMost);
  }
  if (times.size() > Timetable::kMostRuns) {
    sink_.report(kTooManyRuns, schedule.places.cron,
                 fmt::format("this schedule asks for more than {} runs between {} and {}", Timetable::kMostRuns,
                             format_rfc3339(*range_.from), format_rfc3339(*range_.until)),
                 "replay a shorter span of time");
    return nullptr;
  }
  std::vector<ScheduledRun> runs;
  for (const int64_t time : times) {
    const Ticks at = time * kTicksPerSecond;
    runs.push_back({at, window_at(schedule, at, timezone_)});
  }
  return std::make_shared<const Timetable>(std::move(runs));
}

void Agenda::add(size_t who, const Timetable& timetable) {
  if (timetable.runs().empty()) return;
  timetables_[who] = &timetable;
  next_.emplace(timetable.runs().front().at, who, 0);
}

std::optional<Agenda::Entry> Agenda::next() {
  if (next_.empty()) return std::nullopt;
  const auto [at, who, number] = next_.extract(next_.begin()).value();
  const std::vector<ScheduledRun>& runs = timetables_.at(who)->runs();
  if (number + 1 < runs.size()) next_.emplace(runs[number + 1].at, who, number + 1);
  return Entry{who, &runs[number]};
}

}  // namespace hecate::engine
