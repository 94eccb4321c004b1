#include <fmt/format.h>

#include <chrono>

#include "bench.h"
#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/ruleset.h"
#include "exec/stream/stream.h"
#include "ingest/reader.h"

namespace hecate::bench {

struct Hecate::Impl {
  SourceMap sources;
  DiagnosticSink sink;
  std::optional<Catalog> catalog;
  std::unique_ptr<engine::Ruleset> rules;

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
}

Hecate::~Hecate() = default;

size_t Hecate::rules() const { return impl_->rules->detections().size(); }

ScanResult Hecate::scan(const PaddedText& events, const Options& options) {
  (void)options;
  ScanResult result;
  stream::Matcher matcher(*impl_->catalog, impl_->heads(), RunParameters{}, impl_->sink);
  const auto on_hit = [&](const stream::EventView&, const stream::Hit&) { ++result.matches; };
  ingest::ReadStats stats;
  const auto start = std::chrono::steady_clock::now();
  ingest::read_text(
      events.view(), "events", {}, [&](const ingest::Record& record) { matcher.process(record, on_hit); }, stats,
      impl_->sink);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.events = stats.parsed;
  return result;
}

}  // namespace hecate::bench
