#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/hunt.h"
#include "engine/ruleset.h"

namespace hecate::bench {

/// Content, compiled over the shipped catalogs.
struct Loaded {
  SourceMap sources;
  DiagnosticSink sink;
  std::optional<Catalog> catalog;
  std::unique_ptr<engine::Ruleset> rules;

  Loaded(const std::filesystem::path& share, const std::vector<std::string>& paths);
  Loaded(const std::filesystem::path& share, std::string name, std::string search);
};

/// The events that Splunk's content has as examples of its data sources, a file for each.
struct ExampleLogs {
  std::vector<std::string> files;
  std::map<std::string, engine::HuntOptions::Input, std::less<>> inputs;
};
[[nodiscard]] ExampleLogs write_example_logs(const std::filesystem::path& data_sources,
                                             const std::filesystem::path& folder);

/// (a), (b): how many detections compile, run over the examples without error, and fire where their filter lets an
/// event through.
void print_shares(Loaded& content, const ExampleLogs& logs);
/// (c): how many detections find an event that is made of their own filter, and not its near miss. What became of each
/// stands in synthesis.tsv.
void print_synthesis(Loaded& content, const std::filesystem::path& work, std::string_view only);
/// (d): typical searches beside DuckDB.
void print_searches(const std::filesystem::path& share, const std::filesystem::path& events, int repeat);
/// (e): all detections in one pass, beside single ones.
void print_one_pass(Loaded& content, const std::filesystem::path& events, size_t singles);

}  // namespace hecate::bench
