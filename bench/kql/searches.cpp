#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "bench.h"
#include "common/answers.h"
#include "peer.h"

// (c): typical queries beside hand-written SQL for DuckDB, and beside chDB. A file for each in searches/: its title,
// whether few events pass its filter, and behind `--- <language>` the same question in each.
namespace hecate::bench {
namespace {

namespace fs = std::filesystem;

struct Search {
  std::string name, title;
  bool selective = false;
  std::map<std::string, std::string> texts;  // by language
};

Search read_search(const fs::path& path) {
  Search search{path.stem().string(), {}, false, {}};
  std::ifstream file(path);
  std::string line, language;
  while (std::getline(file, line)) {
    if (line.starts_with("--- ")) {
      language = line.substr(4);
    } else if (!language.empty()) {
      search.texts[language] += line + "\n";
    } else if (line.starts_with("title: ")) {
      search.title = line.substr(7);
    } else if (line.starts_with("selective: ")) {
      search.selective = line.substr(11) == "yes";
    }
  }
  return search;
}

std::vector<Search> read_searches(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Search> searches;
  std::transform(paths.begin(), paths.end(), std::back_inserter(searches), read_search);
  return searches;
}

void keep_faster(Answer& best, const Answer& answer) {
  if (answer.seconds < best.seconds) best = answer;
}

/// Where the answers are not the same, what each has alone.
void print_difference(const TextRows& ours, const TextRows& theirs) {
  const auto print_only = [](std::string_view who, const TextRows& rows, const TextRows& others) {
    TextRows only;
    std::set_difference(rows.begin(), rows.end(), others.begin(), others.end(), std::back_inserter(only));
    if (only.empty()) return;
    std::string first;
    for (const std::string& cell : only.front()) first += (first.empty() ? "" : " | ") + cell.substr(0, 60);
    fmt::print("    NOT EQUAL: {} alone has {} rows, such as {}\n", who, only.size(), first);
  };
  print_only("Hecate", ours, theirs);
  print_only("DuckDB", theirs, ours);
}

/// By turns: what slows the machine slows all.
void measure(const Search& search, const SearchOptions& options, Peer* peer) {
  const Loaded loaded(options.share, std::vector<Loaded::Text>{{search.name + ".kql", search.texts.at("kql")}});
  if (loaded.rules->detections().empty()) {
    fmt::print("{:<36} does not compile\n", search.title);
    return;
  }
  const std::string& sql = search.texts.at("duckdb");
  DiagnosticSink sink;
  Answer hecate{1e9, 0, {}};
  Answer duckdb{1e9, 0, {}};
  Answer chdb{1e9, 0, {}};
  std::string how;
  for (int i = 0; i < options.repeat; ++i) {
    keep_faster(hecate, ask_hecate(loaded, options.events, sink));
    keep_faster(duckdb, ask_duckdb(sql, options.events));
    if (peer == nullptr || !chdb.error.empty()) continue;
    const Peer::Reply reply = peer->ask(search.name);
    if (!reply.answer.error.empty()) chdb.error = reply.answer.error;
    keep_faster(chdb, reply.answer);
    how = reply.how;
  }
  const TextRows ours = rows_of_hecate(loaded, options.events, sink);
  const TextRows theirs = rows_of_duckdb(sql, options.events);
  std::string beside_chdb = fmt::format("{:>9}{:>8}", "-", "-");
  if (peer != nullptr && chdb.error.empty())
    beside_chdb = fmt::format("{:>9.3f}{:>7.2f}x", chdb.seconds, hecate.seconds / chdb.seconds);
  fmt::print("{:<36}{:>6}{:>10.3f}{:>10.3f}{:>7.2f}x{}  {:<7}{:<6}{}\n", search.title, hecate.rows, hecate.seconds,
             duckdb.seconds, hecate.seconds / duckdb.seconds, beside_chdb, how, ours == theirs ? "yes" : "NO",
             search.selective ? "at most 0.33x" : "at most 1.2x");
  if (!duckdb.error.empty()) fmt::print("    DuckDB: {}\n", duckdb.error);
  if (!chdb.error.empty()) fmt::print("    chDB: {}\n", chdb.error);
  if (chdb.error.empty() && peer != nullptr && chdb.rows != hecate.rows)
    fmt::print("    chDB finds {} rows\n", chdb.rows);
  if (ours != theirs) print_difference(ours, theirs);
}

}  // namespace

void print_searches(const SearchOptions& options) {
  std::optional<Peer> peer;
  if (!options.chdb.empty()) peer.emplace(options.chdb);
  fmt::print("{:<36}{:>6}{:>10}{:>10}{:>8}{:>9}{:>8}  {:<7}{:<6}{}\n", "query", "rows", "Hecate s", "DuckDB s", "ratio",
             "chDB s", "ratio", "asked", "equal", "target");
  for (const Search& search : read_searches(options.folder)) {
    if (search.name.find(options.only) == std::string::npos) continue;
    measure(search, options, peer ? &*peer : nullptr);
  }
}

}  // namespace hecate::bench
