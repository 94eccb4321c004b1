// One table: each workload's time, as a ratio of the time that the parser of its format takes alone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <functional>

#include "bench.h"

namespace hecate::bench {
namespace {

namespace fs = std::filesystem;

struct Flags {
  std::string events, rules, work, share = ".", json, only;
  size_t repeat = 7;
};

using Parser = std::function<double(const PaddedText&, uint64_t&)>;

struct Workload {
  std::string name;
  std::function<std::string()> events;  // none: those of the workload before
  std::string against;
  Parser parser;
  double target = 0;
  Hecate::Options options;
  bool many_rules = false;
};

/// The parser and Hecate by turns, so that what disturbs the machine disturbs both; the best of each counts.
Row measure(const Workload& workload, const PaddedText& events, Hecate& hecate, size_t repeat) {
  Row row;
  row.workload = workload.name;
  row.bytes = events.view().size();
  row.against = workload.against;
  row.target = workload.target;
  row.seconds = row.against_seconds = 1e9;
  (void)hecate.scan(events, workload.options);  // compiles the groups
  for (size_t i = 0; i < repeat; ++i) {
    uint64_t parsed = 0;
    if (workload.parser) row.against_seconds = std::min(row.against_seconds, workload.parser(events, parsed));
    const ScanResult result = hecate.scan(events, workload.options);
    row.seconds = std::min(row.seconds, result.seconds);
    row.events = result.events;
    row.matches = result.matches;
    row.visited = result.visited;
  }
  return row;
}

std::vector<std::string> rule_folders(const fs::path& root) {
  std::vector<std::string> folders;
  for (const auto& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename();
    if (entry.is_directory() && name.starts_with("rules") && name != "rules-placeholder")
      folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::vector<Workload> workloads(const std::string& events) {
  const Parser dom = parse_simdjson;
  return {
      {"bench file, caches empty at start", [&] { return events; }, "simdjson DOM", dom, 1.1, {}, false},
      {"the same, value caches off", {}, "simdjson DOM", dom, 0.5, {false, 1}, false},
      {"the same, every event made a record", {}, "simdjson DOM", dom, 0, {true, 0}, false},
      {"the same, two threads", {}, "one thread", {}, 1.8, {true, 2}, false},
      {"the same, rules x10 (other literals)", {}, "simdjson DOM", dom, 0.8, {}, true},
      {"process creation, unique command lines",
       [&] { return process_creations(events, 60); },
       "simdjson DOM",
       dom,
       0.3,
       {},
       false},
      {"nested EVTX JSON", [&] { return as_nested_evtx(events); }, "simdjson DOM", dom, 0.5, {}, false},
      {"Winlogbeat / ECS", [&] { return as_winlogbeat(events); }, "simdjson DOM", dom, 0.5, {}, false},
      {"Sysmon for Linux, XML", [&] { return as_sysmon_linux_xml(events); }, "pugixml", parse_pugixml, 0.5, {}, false},
      {"auditd", [&] { return as_auditd(events); }, "Hecate's reader", parse_ingest, 0.5, {}, false},
  };
}

int run(const Flags& flags) {
  const std::string events = read_whole(flags.events);
  const std::vector<std::string> folders = rule_folders(flags.rules);
  Hecate hecate(flags.share, folders);
  fmt::print("{} rules, {:.0f} MB of events; best of {}\n\n", hecate.rules(), static_cast<double>(events.size()) / 1e6,
             flags.repeat);
  print_header();
  std::vector<Row> rows;
  PaddedText text;
  std::function<std::string()> wanted;  // of the last workload that has events of its own
  for (const Workload& workload : workloads(events)) {
    if (workload.events) wanted = workload.events;
    if (!flags.only.empty() && workload.name.find(flags.only) == std::string::npos) continue;
    if (wanted) text = PaddedText(std::exchange(wanted, nullptr)());
    std::unique_ptr<Hecate> many;
    if (workload.many_rules) {
      std::vector<std::string> all = folders;
      const auto copies = mutate_rules(folders, fs::path(flags.work) / "mutated", 9);
      all.insert(all.end(), copies.begin(), copies.end());
      many = std::make_unique<Hecate>(flags.share, all);
    }
    Row row = measure(workload, text, many ? *many : hecate, flags.repeat);
    if (row.against == "one thread" && !rows.empty()) row.against_seconds = rows.front().seconds;
    print_row(row);
    rows.push_back(row);
  }
  if (!flags.json.empty()) std::ofstream(flags.json) << to_json(rows);
  return 0;
}

}  // namespace
}  // namespace hecate::bench

int main(int argc, char** argv) {
  CLI::App app("All Sigma rules over the bench events");
  hecate::bench::Flags flags;
  app.add_option("--events", flags.events, "NDJSON, flat")->required();
  app.add_option("--rules", flags.rules, "SigmaHQ, unpacked")->required();
  app.add_option("--work", flags.work, "A folder for what is made")->required();
  app.add_option("--share", flags.share, "Where catalogs/ lies");
  app.add_option("--json", flags.json, "Also as JSON, into this file");
  app.add_option("--repeat", flags.repeat, "The best of so many");
  app.add_option("--only", flags.only, "Workloads whose name holds this text");
  CLI11_PARSE(app, argc, argv);
  try {
    return hecate::bench::run(flags);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
}
