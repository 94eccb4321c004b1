#include "engine/live.h"

#include "engine/make_findings.h"

namespace hecate::engine {
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
    ++order_;
    matcher_->process(record, on_hit);
  };
  ingest::read_text(lines, options_.source, {}, on_record, stats_, sink_);
}

Finding Live::finding_of(const stream::EventView& event, const stream::Hit& hit) {
  const EventSources::Identity& identity = sources_.identity_of(event.record, order_);
  Finding finding = engine::finding_of(*running_[hit.head], event, hit, identity.hash);
  finding.source = Finding::Source{std::string(event.record.file), event.record.number};
  if (!finding.time) finding.time = finding.first_time = finding.last_time = event.metadata.file_time;
  describe(finding);
  return finding;
}

}  // namespace hecate::engine
