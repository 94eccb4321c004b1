#include "documented.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "bench.h"

namespace hecate::bench {

std::vector<DocumentedCase> read_cases(const std::string& path) {
  std::vector<DocumentedCase> cases;
  std::map<std::string, int> seen;
  simdjson::dom::parser parser;
  for (const simdjson::dom::element line : parser.load_many(path)) {
    DocumentedCase one;
    const std::string_view page = line["page"];
    const std::string name = std::filesystem::path(page).stem().string();
    one.id = fmt::format("{}#{}", name, ++seen[name]);
    one.query = std::string(std::string_view(line["query"]));
    for (const simdjson::dom::element column : line["columns"]) one.columns.emplace_back(std::string_view(column));
    for (const simdjson::dom::element row : line["rows"]) {
      one.rows.emplace_back();
      for (const simdjson::dom::element cell : row) one.rows.back().emplace_back(std::string_view(cell));
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

namespace {

struct Outcome {
  enum class Kind { Same, Accepted, Refused, Failed, Different } kind;
  std::string reason;
  Rows rows;
};

std::string first_error(const DiagnosticSink& sink) {
  for (const Diagnostic& diagnostic : sink.all()) {
    if (diagnostic.code != nullptr && diagnostic.code->severity == Severity::Error)
      return fmt::format("{} {}", diagnostic.code->id, diagnostic.message);
  }
  return {};
}

class Runner {
 public:
  explicit Runner(const std::string& share) {
    Result<Catalog> catalog = Catalog::load(share + "/catalogs", sources_, sink_);
    if (!catalog) throw std::runtime_error("no catalogs below " + share);
    catalog_.emplace(std::move(*catalog));
  }

  Outcome run(const DocumentedCase& documented) {
    Outcome outcome = run(documented, documented.query);
    // A page may show an expression alone.
    static const std::regex kCall(R"(^\s*[a-z][a-z0-9_]*\()");
    const bool expression = outcome.kind == Outcome::Kind::Refused && documented.columns.size() == 1 &&
                            std::regex_search(documented.query, kCall) &&
                            documented.query.find('|') == std::string::npos;
    if (!expression) return outcome;
    return run(documented, fmt::format("print ['{}'] = {}", documented.columns.front(), documented.query));
  }

 private:
  Outcome run(const DocumentedCase& documented, const std::string& query) {
    SourceMap sources;
    DiagnosticSink sink;
    content::Content content;
    content::Detection detection;
    detection.language = Language::Kql;
    detection.id = detection.title = detection.path = documented.id;
    const FileId id = sources.add(documented.id, query);
    detection.span = sources.whole(id);
    detection.query = MappedText(std::string(sources.text(id)), sources.whole(id));
    content.detections.push_back(std::move(detection));
    const engine::Ruleset rules(std::move(content), *catalog_, engine::CompileOptions{}, sink);
    if (rules.detections().empty()) return {Outcome::Kind::Refused, first_error(sink), {}};
    Outcome outcome{Outcome::Kind::Same, {}, {}};
    const std::string no_events;
    engine::HuntOptions options;
    options.text = &no_events;
    options.timeout = std::chrono::seconds(20);
    const auto visit = [&](Finding&& finding) { outcome.rows.push_back(std::move(finding.result)); };
    const engine::HuntReport report = engine::hunt(rules, options, visit, sink);
    if (report.failed > 0) return {Outcome::Kind::Failed, first_error(sink), std::move(outcome.rows)};
    outcome.reason = difference(documented, outcome.rows, is_ordered(query));
    if (!outcome.reason.empty()) outcome.kind = Outcome::Kind::Different;
    return outcome;
  }

  SourceMap sources_;
  DiagnosticSink sink_;
  std::optional<Catalog> catalog_;
};

void print_details(const DocumentedCase& documented, const Outcome& outcome) {
  fmt::print("\n--- {}: {}\n{}\nexpected: {}\n", documented.id, outcome.reason, documented.query,
             fmt::join(documented.columns, " | "));
  for (const auto& row : documented.rows) fmt::print("          {}\n", fmt::join(row, " | "));
  if (outcome.rows.empty()) return;
  std::string names;
  for (const ResultField& field : outcome.rows.front()) names += (names.empty() ? "" : " | ") + field.name;
  fmt::print("got:      {}\n", names);
  for (const auto& row : outcome.rows) {
    std::string line;
    for (const ResultField& field : row) line += (line.empty() ? "" : " | ") + value_text(field.value.get());
    fmt::print("          {}\n", line);
  }
}

/// `case<tab>why the page is wrong or stale`
std::map<std::string, std::string> read_accepted(const std::string& path) {
  std::map<std::string, std::string> accepted;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t tab = line.find('\t');
    if (!line.empty() && line[0] != '#' && tab != std::string::npos)
      accepted[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return accepted;
}

/// The code of a refusal and the first name that it quotes, so that like ones are counted together.
std::string group_of(const Outcome& outcome) {
  if (outcome.kind == Outcome::Kind::Different) return "different";
  const size_t first = outcome.reason.find('`');
  const size_t second = first == std::string::npos ? first : outcome.reason.find('`', first + 1);
  const std::string code = outcome.reason.substr(0, outcome.reason.find(' '));
  if (second == std::string::npos) return outcome.reason;
  return fmt::format("{} {}", code, outcome.reason.substr(first, second - first + 1));
}

}  // namespace

void print_documented(const std::filesystem::path& share, const std::filesystem::path& cases_path,
                      const std::filesystem::path& accepted_path, const std::string& only, bool verbose) {
  const std::map<std::string, std::string> accepted = read_accepted(accepted_path.string());
  Runner runner(share.string());
  size_t total = 0;
  size_t same = 0;
  size_t excused = 0;
  std::map<std::string, size_t> groups;
  for (const DocumentedCase& documented : read_cases(cases_path.string())) {
    if (!only.empty() && documented.id.find(only) == std::string::npos) continue;
    ++total;
    const Outcome outcome = runner.run(documented);
    const bool is_accepted = accepted.contains(documented.id);
    if (outcome.kind == Outcome::Kind::Same) {
      ++same;
      if (is_accepted) fmt::print("{} is accepted as a mismatch, and matches\n", documented.id);
      continue;
    }
    if (is_accepted && outcome.kind == Outcome::Kind::Different) {
      ++excused;
      continue;
    }
    ++groups[group_of(outcome)];
    if (verbose)
      print_details(documented, outcome);
    else if (!only.empty())
      fmt::print("{}: {}\n", documented.id, outcome.reason);
  }
  std::vector<std::pair<size_t, std::string>> by_count;
  for (const auto& [reason, count] : groups) by_count.emplace_back(count, reason);
  std::sort(by_count.rbegin(), by_count.rend());
  fmt::print("\n");
  for (const auto& [count, reason] : by_count) fmt::print("{:5}  {}\n", count, reason);
  const double share_same = total == 0 ? 0 : 100.0 * static_cast<double>(same) / static_cast<double>(total);
  fmt::print("documented cases: {} of {} as documented ({:.1f} %), {} more accepted\n", same, total, share_same,
             excused);
}

}  // namespace hecate::bench
