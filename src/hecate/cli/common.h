#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "catalog/catalog.h"
#include "cli/state.h"
#include "content/content.h"
#include "content/rule_cache.h"
#include "engine/hunt.h"
#include "exec/functions/locations.h"

namespace hecate::cli {

/// What the process says with its exit code. docs/exit-codes.md explains them.
enum ExitCode : int {
  kRan = 0,         // with or without findings
  kFindings = 1,    // at or above --fail-on, or a test failed
  kUsage = 2,       // usage, nothing loadable, a query that does not compile, a content error under --strict
  kNoInput = 3,     // no input could be read
  kIncomplete = 4,  // it ran, but a detection failed, timed out or was truncated
};
/// The one to return where several hold: 2, 3, 4, 1, 0.
[[nodiscard]] ExitCode worse(ExitCode a, ExitCode b);

/// A command: its options, and what it does. One file each; main.cpp lists them.
struct Command {
  CLI::App* app = nullptr;
  std::function<ExitCode()> run;
};
Command add_hunt(CLI::App& root);
Command add_query(CLI::App& root);
Command add_sources(CLI::App& root);
Command add_check(CLI::App& root);
Command add_test(CLI::App& root);
Command add_generate(CLI::App& root);
Command add_serve(CLI::App& root);
Command add_replay(CLI::App& root);
Command add_explain(CLI::App& root);
Command add_completion(CLI::App& root);

/// Where content/ and catalogs/ lie: HECATE_SHARE, or ../share/hecate beside the binary, or the source tree
/// that the binary was built in. Empty where there is none.
[[nodiscard]] std::string share_folder();

[[nodiscard]] bool is_terminal(std::FILE* stream);
/// Colours only on a terminal, and never with NO_COLOR set.
[[nodiscard]] bool use_color(std::FILE* stream);
[[nodiscard]] size_t terminal_width(std::FILE* stream);
/// How many threads a hunt has where nobody says: one for each core that the process may use. Each has caches of its
/// own, and all of them wait for the thread that reads and matches: beyond eight there is more memory and no speed.
[[nodiscard]] size_t threads_by_cores();

/// Prints to stderr what was reported since the last call, as text or JSON lines.
class DiagnosticPrinter {
 public:
  DiagnosticPrinter(const SourceMap& sources, const DiagnosticSink& sink, bool json = false)
      : sources_(sources), sink_(sink), json_(json) {}
  void flush(std::FILE* out = stderr);

 private:
  const SourceMap& sources_;
  const DiagnosticSink& sink_;
  bool json_;
  size_t printed_ = 0;
};

/// Options that commands over events share.
struct EventOptions {
  std::vector<std::string> events;
  std::string now, timezone = "UTC", assume;
  std::string earliest, latest;
  std::string output;
  std::string stats_file;
  std::string locations_file;
  StateFolder state;
  std::shared_ptr<Locations> locations;  // what `--locations` names, once apply() has opened it
  double timeout = 0;                    // seconds, for each search; 0: none
  uint64_t memory_limit = 0;             // bytes, of all searches' tails; 0: none
  engine::HuntOptions::Input input;      // what Splunk's inputs would say of the events

  void add_to(CLI::App& app);
};

/// Reads `--now`, `--earliest`, `--latest`, `--timezone`, `--assume`, `--locations`; says on stderr what is wrong and
/// returns false.
bool apply(EventOptions& options, const Catalog& catalog, engine::HuntOptions& hunt);
/// `--pipeline` and `--placeholders`: what is done to Sigma rules before they run.
struct PipelineOptions {
  std::vector<std::string> files, values;

  void add_to(CLI::App& app);
  /// Nothing where a file cannot be read or a pipeline not be used; reported or said on stderr. A cache of rules, where
  /// there is one, will depend on them.
  [[nodiscard]] std::optional<sigma::Pipelines> load(SourceMap& sources, DiagnosticSink& sink,
                                                     content::RuleCache* cache = nullptr) const;
};

/// `--external-data`: local files that KQL's `externaldata` reads.
struct ExternalDataOptions {
  std::vector<std::string> given;

  void add_to(CLI::App& app);
  /// Nothing where one does not exist; said on stderr.
  [[nodiscard]] std::optional<engine::ExternalData> parse() const;
};

/// `--no-cache`: rules that earlier runs compiled are kept in the user's folder for caches, unless it is given.
struct CacheOptions {
  bool off = false;

  void add_to(CLI::App& app);
  /// Nothing where there is no such folder. docs/hunting.md says which one it is.
  [[nodiscard]] std::unique_ptr<content::RuleCache> open() const;
};

/// `--level` and `--status`: which of the detections that were loaded are meant.
struct RuleSelection {
  std::string level;
  std::vector<std::string> statuses;

  void add_to(CLI::App& app);
  [[nodiscard]] bool selects(const content::Detection& detection) const;
  [[nodiscard]] std::vector<const engine::CompiledDetection*> select(const engine::Ruleset& rules) const;
};

/// Loads catalogs/ from the share folder; says so and returns nothing where it cannot.
[[nodiscard]] std::optional<Catalog> load_catalog(SourceMap& sources, DiagnosticSink& sink);

/// The progress line on a terminal: rate and time left; nothing elsewhere.
[[nodiscard]] ingest::Progress make_progress(uint64_t total_bytes);
void clear_progress();

struct Timing {
  double load_seconds = 0;
  size_t left_out = 0;  // detections that were loaded and not selected
};
/// The line that ends a hunt or a query, on stderr; `noun` is what came out ("finding", "row").
void print_summary(const engine::HuntReport& report, const Timing& timing, std::string_view noun);
/// One JSON object: events, bytes, parsed, candidates, findings, rules, load_seconds, … False where the file
/// cannot be written.
bool write_stats(const std::string& path, const engine::HuntReport& report, const Timing& timing);
/// What ends a hunt or a query: the line, the statistics where they are wanted, and the exit code so far.
ExitCode conclude(const EventOptions& events, const engine::HuntReport& report, const Timing& timing,
                  std::string_view noun);

}  // namespace hecate::cli
