#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "bench.h"
#include "exec/stream/stream.h"
#include "silence.h"
#include "yaml/yaml.h"

namespace hecate::bench {
namespace {

namespace fs = std::filesystem;

/// How many events each detection's head lets through, by the slow evaluator.
std::map<const content::Detection*, uint64_t> let_through(Loaded& content, const ExampleLogs& logs) {
  std::vector<stream::HeadSpec> heads;
  for (const auto& compiled : content.rules->detections()) {
    heads.push_back({&compiled->plan, &compiled->cut, compiled->suppressors, compiled->derived});
  }
  DiagnosticSink sink;
  stream::Matcher matcher(*content.catalog, heads, RunParameters{}, sink);
  matcher.evaluate_by(stream::Evaluation::Reference);
  std::map<const content::Detection*, uint64_t> counts;
  const auto on_hit = [&](const stream::EventView&, const stream::Hit& hit) {
    ++counts[content.rules->detections()[hit.head]->detection];
  };
  ingest::ReadStats stats;
  const auto on_record = [&](ingest::Record record) {
    const auto& input = logs.inputs.at(std::string(record.file));
    if (!record.envelope.source && !input.source.empty()) record.envelope.source = input.source;
    if (!record.envelope.sourcetype && !input.sourcetype.empty()) record.envelope.sourcetype = input.sourcetype;
    matcher.process(record, on_hit);
  };
  ingest::read_files(logs.files, {}, on_record, stats, sink, {}, {});
  return counts;
}

}  // namespace

ExampleLogs write_example_logs(const fs::path& data_sources, const fs::path& folder) {
  ExampleLogs logs;
  fs::create_directories(folder);
  SourceMap sources;
  DiagnosticSink sink;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(data_sources)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    std::ifstream file(path);
    const FileId id = sources.add(path.string(), {std::istreambuf_iterator<char>(file), {}});
    for (const yaml::NodePtr& document : yaml::parse(id, sources, sink).roots) {
      if (!document->is_mapping() || document->text_of("example_log").empty()) continue;
      const std::string name = (folder / path.stem()).string() + ".log";
      std::ofstream(name) << document->text_of("example_log") << "\n";
      logs.files.push_back(name);
      logs.inputs[name] = {"", std::string(document->text_of("source")), std::string(document->text_of("sourcetype")),
                           ""};
    }
  }
  return logs;
}

void print_shares(Loaded& content, const ExampleLogs& logs) {
  // Baselines and other searches of the content run, too, but are no detections.
  const auto counts_here = [](const content::Detection& detection) {
    return detection.path.find("/detections/") != std::string::npos;
  };
  const auto& detections = content.rules->detections();
  const auto compiled = static_cast<size_t>(std::count_if(
      detections.begin(), detections.end(), [&](const auto& each) { return counts_here(*each->detection); }));
  const auto& refused = content.rules->refused();
  const size_t all =
      compiled + static_cast<size_t>(std::count_if(refused.begin(), refused.end(),
                                                   [&](const auto* each) { return counts_here(*each); }));
  const auto percent = [](size_t part, size_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  fmt::print("{:<58}{:>6} of {:<6}{:5.1f} %  target 97 %\n", "detections that compile", compiled, all,
             percent(compiled, all));
  engine::HuntOptions options;
  options.files = logs.files;
  options.inputs = logs.inputs;
  options.threads = 0;
  std::set<const content::Detection*> fired;
  const engine::HuntReport report =
      engine::hunt(*content.rules, options, [&](Finding&& finding) { fired.insert(finding.detection); }, content.sink);
  fmt::print("{:<58}{:>6} of {:<6}{:5.1f} %  target 97 %\n", "… and run over the example logs without error",
             compiled - report.failed, all, percent(compiled - report.failed, all));
  const auto counts = let_through(content, logs);
  size_t firing = 0;
  for (const auto& [detection, events] : counts) firing += fired.contains(detection) ? 1 : 0;
  fmt::print("{:<58}{:>6} of {:<6}{:5.1f} %  target all, thresholds excepted\n",
             "… whose filter lets an example through, and fire", firing, counts.size(), percent(firing, counts.size()));
  std::vector<const engine::CompiledDetection*> silent;
  for (const auto& each : detections) {
    if (counts.contains(each->detection) && !fired.contains(each->detection)) silent.push_back(each.get());
  }
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& [one, silence] : explain_silence(content, logs, silent)) {
    by_reason[silence.reason.empty() ? "NO REASON FOUND" : silence.reason].push_back(
        fmt::format("{} ({} events) {}", one->detection->title, counts.at(one->detection), silence.detail));
  }
  for (auto& [reason, titles] : by_reason) {
    fmt::print("    silent, {}: {}\n", reason, titles.size());
    std::sort(titles.begin(), titles.end());
    for (const std::string& title : titles) fmt::print("        {}\n", title);
  }
}

}  // namespace hecate::bench
