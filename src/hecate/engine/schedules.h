#pragma once

#include <optional>
#include <string>

#include "content/content.h"
#include "schedule/cron.h"

namespace hecate::engine {

/// Reports schedules of detections and deployments that say nothing: no cron expression, no time modifiers, no window.
/// What many detections share is reported once.
void check_schedules(const content::Content& content, DiagnosticSink& sink);

/// The span of time that a run looks at; a bound that is not there is open.
struct Window {
  std::optional<Ticks> from, until;
  /// What has no time is in every window.
  [[nodiscard]] bool holds(std::optional<Ticks> time) const {
    return !time || ((!from || *time >= *from) && (!until || *time < *until));
  }
};
[[nodiscard]] Window window_at(const content::Schedule& schedule, Ticks now, const std::string& timezone);

/// When a detection is to run first after an instant (seconds since 1970); nothing where its schedule does not say.
[[nodiscard]] std::optional<int64_t> next_run(const content::Schedule& schedule, int64_t after,
                                              const schedule::TimeZone& zone);

}  // namespace hecate::engine
