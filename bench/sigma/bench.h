#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::bench {

/// A text with simdjson's padding behind it.
class PaddedText {
 public:
  static constexpr size_t kPadding = 64;
  PaddedText() = default;
  explicit PaddedText(std::string text) : bytes_(std::move(text)), size_(bytes_.size()) {
    bytes_.resize(size_ + kPadding, '\0');
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
  [[nodiscard]] size_t lines() const;

 private:
  std::string bytes_;
  size_t size_ = 0;
};

[[nodiscard]] std::string read_whole(const std::filesystem::path& path);

// --- the parsers of the formats alone: seconds for one pass ---

/// simdjson's DOM on every line and nothing else; the parser is reused.
double parse_simdjson(const PaddedText& events, uint64_t& parsed);
/// pugixml on every line, in place, as our own reader calls it.
double parse_pugixml(const PaddedText& events, uint64_t& parsed);
/// Hecate's own reader without a rule: for formats that no library parses.
double parse_ingest(const PaddedText& events, uint64_t& parsed);

// --- Hecate ---

struct ScanResult {
  double seconds = 0;
  uint64_t events = 0;
  uint64_t matches = 0;
  uint64_t visited = 0;  // events of which a record was made
};

/// The rules of some folders, compiled once; each scan is a pass with empty caches.
class Hecate {
 public:
  struct Options {
    bool value_caches = true;
    size_t threads = 1;  // 0: every event is made a record
  };
  Hecate(const std::filesystem::path& share, const std::vector<std::string>& rule_folders);
  ~Hecate();
  [[nodiscard]] size_t rules() const;
  /// The first pass over events of a kind also compiles the groups that they need.
  ScanResult scan(const PaddedText& events, const Options& options);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// --- workloads ---

/// Process creations (Sysmon 1, Security 4688), each `copies` times with a random token in its command line.
[[nodiscard]] std::string process_creations(std::string_view events, size_t copies);
/// The same events in other shapes, those that the shape can carry.
[[nodiscard]] std::string as_nested_evtx(std::string_view events);
[[nodiscard]] std::string as_winlogbeat(std::string_view events);
[[nodiscard]] std::string as_sysmon_linux_xml(std::string_view events);
[[nodiscard]] std::string as_auditd(std::string_view events);

/// Copies of the rules whose literals are other words, `copies` for each, below `to`. Returns the folders.
std::vector<std::string> mutate_rules(const std::vector<std::string>& folders, const std::filesystem::path& to,
                                      size_t copies);

// --- results ---

struct Row {
  std::string workload;
  uint64_t events = 0;
  uint64_t bytes = 0;
  uint64_t matches = 0;
  uint64_t visited = 0;
  double seconds = 0;          // the best
  std::string against;         // whose time `ratio` divides
  double against_seconds = 0;  // the best
  double target = 0;
  [[nodiscard]] double ratio() const { return against_seconds / seconds; }
};

void print_header();
void print_row(const Row& row);
[[nodiscard]] std::string to_json(const std::vector<Row>& rows);

}  // namespace hecate::bench
