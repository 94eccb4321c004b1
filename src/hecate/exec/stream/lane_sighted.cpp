// Events that rules may match, read by the lane.
#include <algorithm>

#include "exec/functions/convert.h"
#include "exec/stream/lane.h"

namespace hecate::stream {
namespace {

// Events of a kind that match before all of it is read that their rules show: keys cost time in every line.
constexpr uint64_t kWorthReading = 32;

}  // namespace

std::shared_ptr<SightedEvent> Lane::sight(const Layout::Reading& reading, std::string_view line,
                                          std::span<const Group::Answer> rules) {
  const Kind& kind = *kinds_[reading.kind];
  const std::vector<BoundRule>& bound = kind.group->plan().rules();
  const auto shows_record = [&](const Group::Answer& rule) { return bound[rule.first].shows_record; };
  if (std::any_of(rules.begin(), rules.end(), shows_record)) return nullptr;
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
  event->rules.reserve(rules.size());
  for (const auto& [number, holds] : rules) event->rules.push_back({number, holds});
  event->host = find_host(reading);
  if (event->host.form == Token::Form::Complex) return nullptr;
  event->origin = kind.origin;
  return event;
}

/// An event that a rule may match could be sighted where no such rule shows the record.
void Lane::see_wanted(Kind& kind, const EventTokens& event) {
  if (!on_sighted_ || is_xml_) return;
  const std::vector<BoundRule>& bound = kind.group->plan().rules();
  const std::span<const uint32_t> rules = kind.group->candidates(event);
  if (std::any_of(rules.begin(), rules.end(), [&](uint32_t rule) { return bound[rule].shows_record; })) return;
  if (++kind.wanted == kWorthReading) read_all_of(kind);
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
