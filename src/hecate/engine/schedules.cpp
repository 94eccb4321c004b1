#include "engine/schedules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/codes.h"
#include "lang/spl/time_modifier.h"

namespace hecate::engine {
namespace {

class Checker {
 public:
  explicit Checker(DiagnosticSink& sink) : sink_(sink) {}

  void check(const content::Schedule& schedule) {
    if (schedule.every_seconds > 0) return;  // checked where it was read
    const auto& places = schedule.places;
    if (!seen_.emplace(places.cron.file, places.cron.begin, schedule.cron).second) return;
    schedule::Cron::Problem problem;
    if (!schedule::Cron::parse(schedule.cron, problem))
      sink_.report(kBadCron, part_of(places.cron, schedule.cron, problem.begin, problem.end), problem.message,
                   "minute, hour, day of month, month and day of week: `*/15 8-17 * * mon-fri`");
    check_bound("earliest", schedule.earliest, places.earliest);
    check_bound("latest", schedule.latest, places.latest);
    const bool window =
        schedule.window.empty() || schedule.window == "auto" || schedule.window == "default" ||
        std::all_of(schedule.window.begin(), schedule.window.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!window)
      sink_.report(kBadWindow, places.window, fmt::format("`{}` is no schedule window", schedule.window),
                   "a number of minutes, or `auto`");
  }

 private:
  void check_bound(std::string_view which, const std::string& text, Span place) {
    if (text.empty() || spl::time_bound(text, {}) != nullptr) return;
    sink_.report(kBadTimeBound, place, fmt::format("`{}` is no {} time", text, which),
                 "a relative time such as `-70m@m`, `@d`, `now`, or seconds since 1970");
  }

  /// The text's own part, where it stands in its file as it is.
  static Span part_of(Span place, const std::string& text, size_t begin, size_t end) {
    if (!place.known() || place.end - place.begin != text.size()) return place;
    Span part = place;
    part.begin = place.begin + static_cast<uint32_t>(begin);
    part.end = place.begin + static_cast<uint32_t>(end);
    return part;
  }

  DiagnosticSink& sink_;
  std::set<std::tuple<FileId, uint32_t, std::string>> seen_;
};

}  // namespace

void check_schedules(const content::Content& content, DiagnosticSink& sink) {
  Checker checker(sink);
  for (const content::Deployment& deployment : content.deployments) checker.check(deployment.schedule);
  for (const content::Detection& detection : content.detections) {
    if (detection.schedule) checker.check(*detection.schedule);
  }
}

bool check_schedule(const content::Schedule& schedule, DiagnosticSink& sink) {
  const size_t before = sink.errors();
  Checker(sink).check(schedule);
  return sink.errors() == before;
}

Window window_at(const content::Schedule& schedule, Ticks now, const std::string& timezone) {
  // Sentinel's days have 24 hours.
  const std::string& zone = schedule.every_seconds > 0 ? "UTC" : timezone;
  return {read_time(schedule.earliest, now, zone), read_time(schedule.latest, now, zone)};
}

std::optional<int64_t> next_run(const content::Schedule& schedule, int64_t after, const schedule::TimeZone& zone) {
  // Where a service first ran a rule is its own affair; here runs are counted from 1970 on.
  if (schedule.every_seconds > 0) return (after / schedule.every_seconds + 1) * schedule.every_seconds;
  schedule::Cron::Problem problem;
  const auto cron = schedule::Cron::parse(schedule.cron, problem);
  return cron ? cron->next(after, zone) : std::nullopt;
}

}  // namespace hecate::engine
