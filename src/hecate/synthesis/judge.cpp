#include "synthesis/judge.h"

#include "engine/hunt.h"
#include "exec/stream/stream.h"
#include "ingest/reader.h"

namespace hecate::synthesis {

Judge::Judge(const engine::Ruleset& rules, const engine::CompiledDetection& detection, tail::Database* database)
    : rules_(rules), detection_(detection), database_(database) {
  std::vector<stream::HeadSpec> heads;
  for (const ScanRole& scan : scans_of(detection.plan, detection.cut))
    heads.push_back({scan.plan, scan.cut, detection.suppressors, detection.derived});
  heads_ = heads.size();
  matcher_ = std::make_unique<stream::Matcher>(rules.catalog(), std::move(heads), RunParameters{}, sink_);
  matcher_->evaluate_by(stream::Evaluation::Reference);
}

Judge::~Judge() = default;

std::vector<uint64_t> Judge::let_through(const std::string& events) {
  std::vector<uint64_t> counts(heads_);
  const auto on_hit = [&](const stream::EventView&, const stream::Hit& hit) {
    if (hit.suppressed_by == nullptr) ++counts[hit.head];
  };
  ingest::ReadStats stats;
  ingest::read_text(
      events, "events", {}, [&](const ingest::Record& record) { matcher_->process(record, on_hit); }, stats, sink_);
  return counts;
}

Judge::Outcome Judge::hunt(const std::string& events) {
  engine::HuntOptions options;
  options.text = &events;
  options.only = {&detection_};
  options.database = database_;
  Outcome outcome;
  DiagnosticSink sink;
  const engine::HuntReport report = engine::hunt(
      rules_, options, [&](Finding&& finding) { outcome.findings += finding.suppressed_by.empty() ? 1 : 0; }, sink);
  outcome.candidates = report.candidates;
  if (report.failed > 0) outcome.error = sink.all().empty() ? "failed" : sink.all().back().message;
  return outcome;
}

}  // namespace hecate::synthesis
