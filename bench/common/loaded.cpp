#include "common/loaded.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/hunt.h"

namespace hecate::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Catalog load_catalog(const fs::path& share, SourceMap& sources, DiagnosticSink& sink) {
  Result<Catalog> catalog = Catalog::load((share / "catalogs").string(), sources, sink);
  if (!catalog) throw std::runtime_error("no catalogs below " + share.string());
  return std::move(*catalog);
}

/// The rules that let most events through.
void print_costly_tails(engine::HuntReport report) {
  auto& tails = report.tails;
  std::sort(tails.begin(), tails.end(), [](const auto& a, const auto& b) { return a.candidates > b.candidates; });
  for (size_t i = 0; i < tails.size() && i < 60; ++i) {
    fmt::print("    {:>8} candidates, {:.2f} s in the tail: {}\n", tails[i].candidates, tails[i].seconds,
               tails[i].detection->title);
  }
}

}  // namespace

Loaded::Loaded(const fs::path& share, const std::vector<std::string>& paths) {
  const auto start = Clock::now();
  catalog.emplace(load_catalog(share, sources, sink));
  rules =
      std::make_unique<engine::Ruleset>(content::load(paths, sources, sink), *catalog, engine::CompileOptions{}, sink);
  seconds = seconds_since(start);
}

Loaded::Loaded(const fs::path& share, std::vector<Text> texts, const engine::CompileOptions& options) {
  const auto start = Clock::now();
  catalog.emplace(load_catalog(share, sources, sink));
  content::Content content;
  for (Text& text : texts) content::load_text(std::move(text.name), std::move(text.text), content, sources, sink);
  rules = std::make_unique<engine::Ruleset>(std::move(content), *catalog, options, sink);
  seconds = seconds_since(start);
}

void print_one_pass(Loaded& content, const fs::path& events, size_t singles, bool verbose) {
  engine::HuntOptions options;
  options.files = {events.string()};
  const auto run = [&] { return engine::hunt(*content.rules, options, [](Finding&&) {}, content.sink); };
  const engine::HuntReport all = run();
  if (verbose) print_costly_tails(all);
  std::vector<double> seconds;
  const auto& detections = content.rules->detections();
  for (size_t i = 0; i < singles && i < detections.size(); ++i) {
    options.only = {detections[i * detections.size() / std::min(singles, detections.size())].get()};
    seconds.push_back(run().scan_seconds);
  }
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds.empty() ? 0 : seconds[seconds.size() / 2];
  fmt::print(
      "all {} detections in one pass: load {:.2f} s, scan {:.2f} s, tails {:.2f} s; the median of {} alone: scan "
      "{:.3f} s\n",
      detections.size(), content.seconds, all.scan_seconds, all.tail_seconds, seconds.size(), median);
  fmt::print("ratio of scans {:.1f}x, target at most 3x\n", median > 0 ? all.scan_seconds / median : 0);
}

}  // namespace hecate::bench
