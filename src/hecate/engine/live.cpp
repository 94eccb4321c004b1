#include "engine/live.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "engine/codes.h"
#include "engine/event_fields.h"

namespace hecate::engine {
namespace {

/// Whole events show what they have, not the hundred columns that their schema could have.
bool is_shown(const Plan& plan, const Value& value) {
  const bool empty = value.is_null() || (value.is_text() && value.as_text().empty());
  return !plan.whole_event || !empty;
}

void set_result(std::string_view name, const Value& value, Finding& finding) {
  const auto same = std::find_if(finding.result.begin(), finding.result.end(),
                                 [&](const ResultField& field) { return field.name == name; });
  if (same != finding.result.end()) {
    same->value = OwnedValue(value);
  } else {
    finding.result.push_back({std::string(name), OwnedValue(value), true});
  }
}

}  // namespace

Live::Live(const Ruleset& rules, const LiveOptions& options, DiagnosticSink& sink)
    : options_(options), sink_(sink), automatic_(rules.tables()) {
  std::vector<stream::HeadSpec> heads;
  for (const CompiledDetection* compiled : options.only) {
    if (compiled->correlation) {
      ++correlations_;
    } else if (compiled->needs_tail()) {
      ++searches_;
    } else if (!compiled->silent) {
      running_.push_back(compiled);
      heads.push_back({&compiled->plan, &compiled->cut, compiled->suppressors, compiled->derived});
    }
  }
  RunParameters parameters;
  parameters.timezone = options.timezone;
  parameters.locations = options.locations;
  parameters.automatic = &automatic_;
  matcher_ = std::make_unique<stream::Matcher>(rules.catalog(), std::move(heads), parameters, sink);
}

Live::~Live() = default;

void Live::run(std::string_view lines, std::span<const Piece> pieces, const Visit& visit) {
  const Piece* piece = pieces.data();
  const Piece* const end = piece + pieces.size();
  uint64_t before = 0;  // events of the pieces before this one
  const auto on_hit = [&](const stream::EventView& event, const stream::Hit& hit) {
    visit(finding_of(event, hit), *piece);
  };
  const auto on_record = [&](const ingest::Record& read) {
    while (read.number - before > piece->events) {
      before += piece->events;
      if (++piece == end) return;
    }
    ingest::Record record = read;
    record.number = piece->first_event + (read.number - before - 1);
    record.file_time = piece->received;
    matcher_->process(record, on_hit);
  };
  ingest::read_text(lines, options_.source, {}, on_record, stats_, sink_);
}

/// As a hunt's (hunt.cpp), of an event that one rule matches.
Finding Live::finding_of(const stream::EventView& event, const stream::Hit& hit) const {
  const CompiledDetection& compiled = *running_[hit.head];
  const Plan& plan = compiled.plan;
  Finding finding;
  finding.detection = compiled.detection;
  const auto time = event.metadata.time ? event.metadata.time : event.metadata.file_time;
  finding.time = finding.first_time = finding.last_time = time;
  finding.source = Finding::Source{std::string(event.record.file), event.record.number};
  if (plan.whole_event && plan.language == Language::Spl) finding.result = event_fields(event.record, event.metadata);
  const auto& live = compiled.cut.head.live;
  for (const OutputColumn& output : plan.output) {
    const auto at = std::lower_bound(live.begin(), live.end(), output.column);
    if (at == live.end() || *at != output.column) continue;
    const Value& value = hit.live[static_cast<size_t>(at - live.begin())];
    if (is_shown(plan, value)) set_result(output.name, value, finding);
  }
  finding.whole_event = plan.whole_event;
  if (finding.whole_event) {
    for (ResultField& field : finding.result) field.key = compiled.key_fields.contains(field.name);
  }
  finding.id = id_of(*compiled.detection, event.record);
  if (hit.suppressed_by != nullptr) {
    finding.suppressed_by = hit.suppressed_by->id;
    finding.suppressed_by_title = hit.suppressed_by->title;
  }
  describe(finding);
  return finding;
}

/// Over the event's bytes and its place in the log.
std::string Live::id_of(const content::Detection& detection, const ingest::Record& record) const {
  const uint64_t place = XXH3_64bits_withSeed(options_.source.data(), options_.source.size(), record.number);
  const uint64_t hash = XXH3_64bits_withSeed(record.raw.data(), record.raw.size(), place);
  return finding_id(detection, "all", fmt::format("{:016x}", hash));
}

}  // namespace hecate::engine
