#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/loaded.h"
#include "engine/hunt.h"

namespace hecate::bench {

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

}  // namespace hecate::bench
