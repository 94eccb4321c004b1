#include "engine/window.h"

#include "exec/reference/reference.h"
#include "lang/spl/time_modifier.h"

namespace hecate::engine {

std::optional<Ticks> read_time(std::string_view text, std::optional<Ticks> now, const std::string& timezone) {
  if (text == "now") return now;
  if (const auto absolute = parse_iso_time(text)) return absolute;
  if (const auto epoch = parse_epoch_time(text)) return epoch;
  const ExprPtr seconds = text.empty() ? nullptr : spl::time_bound(text, {});
  if (seconds == nullptr) return std::nullopt;
  Arena arena;
  RunParameters run;
  run.now = now;
  run.timezone = timezone;
  EvalContext context{arena, run};
  const Value value = reference::evaluate(*seconds, {}, context);
  if (value.is_null() || value.is_undecided()) return std::nullopt;
  return ticks_from_epoch_seconds(value.as_real());
}

bool counts_from_now(std::string_view text) {
  return !text.empty() && !read_time(text, std::nullopt, "UTC") && read_time(text, Ticks{0}, "UTC");
}

}  // namespace hecate::engine
