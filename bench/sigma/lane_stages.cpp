// What a line costs in the fast lane, stage by stage, when all its values are known. Each block's best time over
// several passes counts, in processor time, so that a busy machine disturbs little.
#include <fmt/format.h>
#include <time.h>

#include <fstream>
#include <functional>

#include "bench.h"
#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/ruleset.h"
#include "exec/stream/lanes.h"
#include "exec/stream/stream.h"

namespace hecate::bench {
namespace {

constexpr size_t kBlock = size_t{256} << 10;
constexpr size_t kLargest = size_t{16} << 20;

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<std::string_view> blocks_of(std::string_view text) {
  std::vector<std::string_view> blocks;
  while (!text.empty()) {
    size_t size = std::min(kBlock, text.size());
    const size_t line_break = text.substr(0, size).rfind('\n');
    if (line_break == std::string_view::npos) break;
    size = line_break + 1;
    blocks.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return blocks;
}

double best(const std::vector<std::string_view>& blocks, size_t repeat,
            const std::function<void(std::string_view)>& stage) {
  std::vector<double> times(blocks.size(), 1e9);
  for (size_t pass = 0; pass <= repeat; ++pass) {
    for (size_t i = 0; i < blocks.size(); ++i) {
      const double start = processor_seconds();
      stage(blocks[i]);
      const double took = processor_seconds() - start;
      if (pass > 0) times[i] = std::min(times[i], took);
    }
  }
  double sum = 0;
  for (const double time : times) sum += time;
  return sum;
}

int run(const std::string& events, const std::string& share, const std::vector<std::string>& rule_folders,
        size_t repeat, std::string_view only) {
  SourceMap sources;
  DiagnosticSink sink;
  Result<Catalog> catalog = Catalog::load(share + "/catalogs", sources, sink);
  if (!catalog) return 1;
  const engine::Ruleset rules(content::load(rule_folders, sources, sink), *catalog, engine::CompileOptions{}, sink);
  std::vector<stream::HeadSpec> heads;
  for (const auto& compiled : rules.detections()) {
    heads.push_back({&compiled->plan, &compiled->cut, compiled->suppressors, compiled->derived});
  }
  stream::Matcher matcher(*catalog, std::move(heads), RunParameters{}, sink);

  std::ifstream file(events, std::ios::binary);
  std::string text(size_t{96} << 20, 0);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  const PaddedText padded(text);
  const auto blocks = blocks_of(padded.view());
  const auto lines = static_cast<double>(std::count(text.begin(), text.end(), '\n'));
  const auto tell = [&](std::string_view stage, double seconds) {
    fmt::print("{:<44}{:>8.0f} ns/line\n", stage, seconds * 1e9 / lines);
  };
  for (const stream::IndexKernel& kernel : stream::index_kernels()) {
    if (!kernel.supported() || (!only.empty() && only != kernel.name)) continue;
    stream::LineIndex index;
    tell(fmt::format("index, {}, no fragments", kernel.name),
         best(blocks, repeat, [&](std::string_view block) { kernel.run(block, {}, index); }));
    stream::Lanes lanes(*catalog, matcher, 1);
    lanes.lane(0).use_kernel(kernel);
    std::vector<ingest::SkimmedRun> runs;
    tell(fmt::format("the lane, {}", kernel.name), best(blocks, repeat, [&](std::string_view block) {
           runs.clear();
           lanes.lane(0).skim({block, "events", kLargest}, runs);
         }));
  }
  return 0;
}

}  // namespace
}  // namespace hecate::bench

int main(int argc, char** argv) {
  if (argc < 6) {
    fmt::print(stderr, "usage: bench_lane EVENTS SHARE REPEAT KERNEL|all RULES...\n");
    return 2;
  }
  return hecate::bench::run(argv[1], argv[2], {argv + 5, argv + argc}, std::stoul(argv[3]),
                            std::string_view(argv[4]) == "all" ? "" : argv[4]);
}
