#include "cli/sources_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/json_text.h"
#include "base/text.h"
#include "output/output.h"

namespace hecate::cli {
namespace {

using engine::SurveyedFile;
using engine::SurveyedRules;
using engine::SurveyedType;
using Counts = std::vector<std::pair<std::string, uint64_t>>;

constexpr size_t kShownKeys = 8;
constexpr size_t kListedKeys = 50;

/// The most frequent first; equal ones by name.
Counts by_count(const std::map<std::string, uint64_t>& counts, size_t most) {
  Counts sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > most) sorted.resize(most);
  return sorted;
}

std::string names_of(const std::map<std::string, uint64_t>& counts, size_t most) {
  std::vector<std::string> names;
  for (const auto& [name, count] : by_count(counts, most)) names.push_back(name);
  return fmt::format("{}{}", fmt::join(names, ", "), counts.size() > most ? ", …" : "");
}

/// Down to the second.
std::string time_text(const std::optional<Ticks>& time) {
  if (!time) return "";
  const Ticks fraction = (*time % kTicksPerSecond + kTicksPerSecond) % kTicksPerSecond;
  return format_rfc3339(*time - fraction);
}

std::array<size_t, 3> by_language(const SurveyedRules& rules) {
  std::array<size_t, 3> counts{};
  for (const engine::CompiledDetection* rule : rules.able) ++counts[static_cast<size_t>(rule->detection->language)];
  return counts;
}

// --- for eyes ---

std::string_view plural(uint64_t count) { return count == 1 ? "" : "s"; }

std::string hosts_text(const SurveyedType& found) {
  constexpr size_t kShown = 3;
  std::vector<std::string> shown;
  for (const std::string& host : found.hosts) {
    if (shown.size() == kShown) break;
    shown.push_back(host);
  }
  const size_t others = found.hosts.size() - shown.size();
  const std::string more = others == 0 ? "" : fmt::format(" and {}{} more", others, found.more_hosts ? "+" : "");
  return fmt::format("{}{}", fmt::join(shown, ", "), more);
}

std::string file_line(const SurveyedFile& file) {
  std::string line = fmt::format("{}: {} record{}", file.name, file.records, plural(file.records));
  if (file.bad > 0) line += fmt::format(", {} bad", file.bad);
  if (!file.container.empty()) line += fmt::format(" ({})", file.container);
  return printable(line);
}

void print_file(const SurveyedFile& file, const Catalog& catalog, std::FILE* out, size_t width) {
  fmt::print(out, "{}\n", file_line(file));
  std::vector<std::vector<std::string>> rows;
  for (const SurveyedType& found : file.types) {
    const bool generic = found.type == RecordType::Generic;
    rows.push_back({generic ? "(not recognised)" : std::string(catalog.name(found.type)), std::to_string(found.records),
                    names_of(found.formats, 3), time_text(found.first), time_text(found.last),
                    printable(hosts_text(found)),
                    generic ? printable(names_of(found.keys, kShownKeys)) : std::string(catalog.title(found.type))});
  }
  const std::string table =
      output::format_table({"TYPE", "RECORDS", "FORMAT", "FIRST", "LAST", "HOSTS", "TITLE OR KEYS"}, rows, width - 2);
  for (size_t at = 0; !rows.empty() && at < table.size();) {
    const size_t end = table.find('\n', at);
    fmt::print(out, "  {}\n", std::string_view(table).substr(at, end - at));
    at = end + 1;
  }
  fmt::print(out, "\n");
}

void list_rules(const SurveyedRules& rules, std::FILE* out) {
  for (const engine::CompiledDetection* rule : rules.able) {
    fmt::print(out, "  {:<5}  {}  {}\n", to_string(rule->detection->language), printable(rule->detection->id),
               printable(rule->detection->title));
  }
  for (const engine::BlindRule& blind : rules.blind) {
    const content::Detection& detection = *blind.rule->detection;
    fmt::print(out, "  {:<5}  {}  {}: never there: {}\n", to_string(detection.language), printable(detection.id),
               printable(detection.title), printable(fmt::format("{}", fmt::join(blind.missing, ", "))));
  }
}

void print_rules(const SurveyReport& report, std::FILE* out, size_t width) {
  std::vector<std::vector<std::string>> rows;
  for (const SurveyedRules& rules : report.survey.rules) {
    const auto counts = by_language(rules);
    const bool generic = rules.type == RecordType::Generic;
    rows.push_back({generic ? "(not recognised)" : std::string(report.catalog.name(rules.type)),
                    std::to_string(rules.records), std::to_string(counts[0]), std::to_string(counts[1]),
                    std::to_string(counts[2]), std::to_string(rules.blind.size())});
  }
  if (rows.empty()) return;
  fmt::print(out, "Detections that can find something, and those whose fields never occur (blind):\n{}",
             output::format_table({"TYPE", "RECORDS", "SIGMA", "SPL", "KQL", "BLIND"}, rows, width));
  if (!report.list_rules) return;
  for (const SurveyedRules& rules : report.survey.rules) {
    if (rules.able.empty() && rules.blind.empty()) continue;
    const bool generic = rules.type == RecordType::Generic;
    fmt::print(out, "\n{}\n", generic ? "(not recognised)" : report.catalog.name(rules.type));
    list_rules(rules, out);
  }
}

// --- for pipes ---

/// `{"a":1,"b":2}` in the order given.
std::string counts_json(const Counts& counts) {
  std::string out = "{";
  for (const auto& [name, count] : counts) {
    if (out.size() > 1) out += ',';
    append_json_quoted(name, out);
    out += fmt::format(":{}", count);
  }
  return out + "}";
}

std::string type_json(const Catalog& catalog, RecordType type) {
  if (type == RecordType::Generic) return R"("type":null,"title":null)";
  return fmt::format(R"("type":{},"title":{})", json_quote(catalog.name(type)), json_quote(catalog.title(type)));
}

std::string rule_json(const content::Detection& detection) {
  return fmt::format(R"("id":{},"title":{},"language":{})", json_quote(detection.id), json_quote(detection.title),
                     json_quote(to_string(detection.language)));
}

void print_type(const SurveyedFile& file, const SurveyedType& found, const Catalog& catalog, std::FILE* out) {
  fmt::print(out,
             R"({{"report":"type","file":{},{},"records":{},"formats":{},"sourcetypes":{},"first_time":{},)"
             R"("last_time":{},"hosts":{},"more_hosts":{},"keys":{}}})"
             "\n",
             json_quote(file.name), type_json(catalog, found.type), found.records,
             counts_json(by_count(found.formats, SIZE_MAX)), counts_json(by_count(found.sourcetypes, SIZE_MAX)),
             json_time(found.first), json_time(found.last), json_list(found.hosts), found.more_hosts,
             found.type == RecordType::Generic ? counts_json(by_count(found.keys, kListedKeys)) : "null");
}

void print_rules_line(const SurveyReport& report, const SurveyedRules& rules, std::FILE* out) {
  const auto counts = by_language(rules);
  std::string lists;
  if (report.list_rules) {
    std::string able;
    for (const auto* rule : rules.able) {
      able += fmt::format("{}{{{}}}", able.empty() ? "" : ",", rule_json(*rule->detection));
    }
    std::string blind;
    for (const engine::BlindRule& rule : rules.blind) {
      blind += fmt::format(R"({}{{{},"missing":{}}})", blind.empty() ? "" : ",", rule_json(*rule.rule->detection),
                           json_list(rule.missing));
    }
    lists = fmt::format(R"(,"detections":[{}],"blind_detections":[{}])", able, blind);
  }
  fmt::print(out,
             R"({{"report":"rules",{},"records":{},"sigma":{},"spl":{},"kql":{},"blind":{}{}}})"
             "\n",
             type_json(report.catalog, rules.type), rules.records, counts[0], counts[1], counts[2], rules.blind.size(),
             lists);
}

}  // namespace

void print_survey_table(const SurveyReport& report, std::FILE* out, size_t width) {
  for (const SurveyedFile& file : report.survey.files) print_file(file, report.catalog, out, width);
  print_rules(report, out, width);
}

void print_survey_ndjson(const SurveyReport& report, std::FILE* out) {
  for (const SurveyedFile& file : report.survey.files) {
    fmt::print(out,
               R"({{"report":"file","file":{},"container":{},"bytes":{},"records":{},"bad":{}}})"
               "\n",
               json_quote(file.name), json_quote(file.container), file.bytes, file.records, file.bad);
    for (const SurveyedType& found : file.types) print_type(file, found, report.catalog, out);
  }
  for (const SurveyedRules& rules : report.survey.rules) print_rules_line(report, rules, out);
}

}  // namespace hecate::cli
