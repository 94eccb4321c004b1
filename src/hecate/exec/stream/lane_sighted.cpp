// Events that rules may match, read by the lane.
#include "exec/functions/convert.h"
#include "exec/stream/lane.h"

namespace hecate::stream {
namespace {

// Events of a kind that match before all of it is read that their rules show: keys cost time in every line.
constexpr uint64_t kWorthReading = 32;

}  // namespace

std::shared_ptr<SightedEvent> Lane::sight(const Layout::Reading& reading, std::string_view line, bool clean) {
  if (!on_sighted_ || is_xml_) return nullptr;
  Kind& kind = *kinds_[reading.kind];
  const GroupPlan& plan = kind.group->plan();
  for (const uint32_t rule : kind.group->candidates({tokens_, line, clean})) {
    if (plan.rules()[rule].shows_record) return nullptr;
  }
  if (!kind.sighted) {
    if (++kind.wanted == kWorthReading) read_all_of(kind);
    return nullptr;
  }
  auto event = std::make_shared<SightedEvent>();
  // Where the event has none, its file's time is known to the reader.
  const auto read = [&](std::string_view text) { return (event->time = time_of_text(text)).has_value(); };
  if (!try_times(reading, read) || !event->time) return nullptr;
  event->tokens.reserve(reading.all.size());
  for (const Layout::Field& field : reading.all) {
    event->tokens.push_back(token_of(field));
    if (field.form == Token::Form::Complex) return nullptr;
  }
  event->type = kind.type;
  event->plan = kind.group->shared_plan();
  event->raw = line;
  event->raw_is_clean = clean;
  event->host = find_host(reading);
  if (event->host.form == Token::Form::Complex) return nullptr;
  event->origin = kind.origin;
  return event;
}

/// From now on lines are read for all that the kind's rules show. What was known of lines no longer holds.
void Lane::read_all_of(Kind& kind) {
  const size_t before = paths_.slots();
  for (const auto& paths : kind.group->plan().all_paths()) kind.all_places.push_back(slots_of(paths));
  paths_changed(before);
  kind.sighted = true;
  forget_formats();
}

Token Lane::find_host(const Layout::Reading& reading) const {
  for (const Layout::Field& field : reading.hosts) {
    if (field.form == Token::Form::Complex) return {{}, Token::Form::Complex};  // of several the reader knows the first
    const Token token = token_of(field);
    if (field.string && !token.bytes.empty()) return token;
  }
  return {};
}

}  // namespace hecate::stream
