#include "synthesis/synthesis.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "bench.h"

namespace hecate::bench {
namespace {

void print_reasons(std::string_view what, const std::map<std::string, size_t>& reasons) {
  std::vector<std::pair<size_t, std::string>> sorted;
  for (const auto& [reason, count] : reasons) sorted.emplace_back(count, reason);
  std::sort(sorted.rbegin(), sorted.rend());
  for (const auto& [count, reason] : sorted) fmt::print("    {}: {}  {}\n", what, count, reason);
}

}  // namespace

void print_synthesis(Loaded& content, const std::filesystem::path& work, std::string_view only) {
  const auto database = tail::Database::open({}, content.sink);
  if (!database) return;
  std::map<std::string, size_t> troubles, near_troubles;
  std::ofstream log(work / "synthesis.tsv");
  size_t all = 0, found = 0, both = 0, disagreements = 0;
  for (const auto& compiled : content.rules->detections()) {
    if (compiled->detection->path.find("/detections/") == std::string::npos) continue;
    if (compiled->detection->title.find(only) == std::string::npos) continue;
    ++all;
    synthesis::SynthesisOptions options;
    options.database = database->get();
    const synthesis::Synthesis made = synthesis::synthesise(*content.rules, *compiled, options);
    found += made.events.empty() ? 0 : 1;
    both += made.near_miss.empty() ? 0 : 1;
    if (made.events.empty()) ++troubles[made.trouble];
    if (!made.events.empty() && made.near_miss.empty()) ++near_troubles[made.near_trouble];
    disagreements += made.disagreement.empty() ? 0 : 1;
    if (!made.disagreement.empty()) fmt::print("    {}: {}\n", compiled->detection->title, made.disagreement);
    const std::string first = (made.events.empty() ? made.silent : made.events);
    log << compiled->detection->title << '\t' << (made.events.empty() ? made.trouble : "found") << '\t'
        << (made.near_miss.empty() ? made.near_trouble : "near miss: " + made.changed) << '\t'
        << (made.record_types.empty() ? "" : made.record_types.front()) << '\t' << first.substr(0, first.find('\n'))
        << '\n';
  }
  const auto percent = [&](size_t part) { return 100.0 * static_cast<double>(part) / static_cast<double>(all); };
  fmt::print("{:<58}{:>6} of {:<6}{:5.1f} %\n", "detections that find an event made of their own filter", found, all,
             percent(found));
  print_reasons("none", troubles);
  fmt::print("{:<58}{:>6} of {:<6}{:5.1f} %  target 80 %\n", "… and do not find its near miss", both, all,
             percent(both));
  print_reasons("no near miss", near_troubles);
  fmt::print("{:<58}{:>6}\n", "where evaluator and engine disagree", disagreements);
}

}  // namespace hecate::bench
