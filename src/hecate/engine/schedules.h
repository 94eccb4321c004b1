#pragma once

#include <optional>
#include <string>

#include "content/content.h"
#include "engine/window.h"
#include "schedule/cron.h"

namespace hecate::engine {

/// Reports schedules of detections and deployments that say nothing: no cron expression, no time modifiers, no window.
/// What many detections share is reported once.
void check_schedules(const content::Content& content, DiagnosticSink& sink);

/// The same for one schedule; false where something is wrong with it.
bool check_schedule(const content::Schedule& schedule, DiagnosticSink& sink);

/// What a run at an instant looks at, by its schedule.
[[nodiscard]] Window window_at(const content::Schedule& schedule, Ticks now, const std::string& timezone);

/// When a detection is to run first after an instant (seconds since 1970); nothing where its schedule does not say.
[[nodiscard]] std::optional<int64_t> next_run(const content::Schedule& schedule, int64_t after,
                                              const schedule::TimeZone& zone);

}  // namespace hecate::engine
