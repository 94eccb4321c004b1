#include <fmt/format.h>

#include <chrono>

#include "bench.h"
#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/ruleset.h"
#include "exec/stream/lanes.h"
#include "exec/stream/stream.h"
#include "ingest/reader.h"

namespace hecate::bench {

struct Hecate::Impl {
  SourceMap sources;
  DiagnosticSink sink;
  std::optional<Catalog> catalog;
  std::unique_ptr<engine::Ruleset> rules;
  std::unique_ptr<stream::Matcher> matcher;

  [[nodiscard]] std::vector<stream::HeadSpec> heads() const {
    std::vector<stream::HeadSpec> heads;
    for (const auto& compiled : rules->detections()) {
      heads.push_back({&compiled->plan, &compiled->cut, compiled->suppressors, compiled->derived});
    }
    return heads;
  }
};

Hecate::Hecate(const std::filesystem::path& share, const std::vector<std::string>& rule_folders)
    : impl_(std::make_unique<Impl>()) {
  Result<Catalog> catalog = Catalog::load((share / "catalogs").string(), impl_->sources, impl_->sink);
  if (!catalog) throw std::runtime_error("no catalogs below " + share.string());
  impl_->catalog = std::move(*catalog);
  impl_->rules = std::make_unique<engine::Ruleset>(content::load(rule_folders, impl_->sources, impl_->sink),
                                                   *impl_->catalog, engine::CompileOptions{}, impl_->sink);
  impl_->matcher = std::make_unique<stream::Matcher>(*impl_->catalog, impl_->heads(), RunParameters{}, impl_->sink);
}

Hecate::~Hecate() = default;

size_t Hecate::rules() const { return impl_->rules->detections().size(); }

ScanResult Hecate::scan(const PaddedText& events, const Options& options) {
  ScanResult result;
  stream::Matcher& matcher = *impl_->matcher;
  // Plans stay compiled; nothing else is left of the pass before.
  matcher.groups().clear_caches();
  matcher.groups().memory().value_cache = matcher.groups().memory().tuple_cache = options.value_caches;
  std::optional<stream::Lanes> lanes;
  if (options.threads > 0) lanes.emplace(*impl_->catalog, matcher, options.threads);
  const auto skimmers = lanes ? lanes->skimmers() : std::span<ingest::Skimmer* const>();
  const auto on_hit = [&](const stream::EventView&, const stream::Hit&) { ++result.matches; };
  const auto on_record = [&](const ingest::Record& record) {
    ++result.visited;
    matcher.process(record, on_hit);
  };
  ingest::ReadStats stats;
  const auto start = std::chrono::steady_clock::now();
  ingest::read_text(events.view(), "events", {}, on_record, stats, impl_->sink, skimmers);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.events = stats.parsed;
  return result;
}

}  // namespace hecate::bench
