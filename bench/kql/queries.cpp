#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>

#include "bench.h"
#include "common/loaded.h"

// (a), (e): how many of a corpus of queries bind, and run over tables that are mostly empty; how long that takes each.
// (d): its analytics rules in one pass.
namespace hecate::bench {
namespace {

struct Query {
  std::string name, kind, text;
};

std::vector<Query> read_queries(const std::filesystem::path& path) {
  std::vector<Query> queries;
  std::ifstream file(path);
  simdjson::dom::parser parser;
  std::string line;
  while (std::getline(file, line)) {
    const simdjson::dom::element each = parser.parse(line);
    Query& query = queries.emplace_back();
    query.kind = std::string_view(each["kind"]);
    query.text = std::string_view(each["query"]);
    std::string source{std::string_view(each["source"])};
    std::replace(source.begin(), source.end(), '/', '_');
    query.name = fmt::format("{:05} {}", queries.size(), source);
  }
  return queries;
}

double percent(size_t part, size_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

/// Of sorted times, in milliseconds.
double percentile(const std::vector<double>& sorted, size_t of_hundred) {
  return sorted.empty() ? 0.0 : 1000 * sorted[(sorted.size() - 1) * of_hundred / 100];
}

}  // namespace

void print_queries(const std::filesystem::path& share, const std::filesystem::path& corpus,
                   const std::filesystem::path& work, bool verbose) {
  const std::vector<Query> queries = read_queries(corpus);
  SourceMap sources;
  DiagnosticSink sink(1'000'000);
  Result<Catalog> catalog = Catalog::load((share / "catalogs").string(), sources, sink);
  if (!catalog) throw std::runtime_error("no catalogs below " + share.string());
  std::map<FileId, size_t> files;
  content::Content content;
  for (size_t i = 0; i < queries.size(); ++i) {
    const size_t before = content.detections.size();
    content::load_text(queries[i].name + ".kql", queries[i].text, content, sources, sink);
    if (content.detections.size() > before) files[content.detections.back().span.file] = i;
  }
  std::vector<double> seconds;
  engine::CompileOptions compile;
  compile.on_compiled = [&](const content::Detection&, std::chrono::nanoseconds taken) {
    seconds.push_back(std::chrono::duration<double>(taken).count());
  };
  const engine::Ruleset rules(std::move(content), *catalog, compile, sink);
  std::sort(seconds.begin(), seconds.end());

  std::map<std::string, std::pair<size_t, size_t>> by_kind;  // bound, all
  std::set<FileId> refused;
  for (const auto* detection : rules.refused()) refused.insert(detection->span.file);
  for (const auto& [file, at] : files) {
    auto& [good, all] = by_kind[queries[at].kind];
    ++all;
    good += refused.contains(file) ? 0 : 1;
  }
  size_t good = 0;
  for (const auto& [kind, counts] : by_kind) {
    fmt::print("{:<12} bind {:>5} of {:<5} {:5.1f} %\n", kind, counts.first, counts.second,
               percent(counts.first, counts.second));
    good += counts.first;
  }
  fmt::print("{:<12} bind {:>5} of {:<5} {:5.1f} %  target 95 %\n", "all", good, files.size(),
             percent(good, files.size()));
  fmt::print(
      "parse, bind and plan: median {:.2f} ms, nine in ten under {:.2f} ms, longest {:.1f} ms; target 2 ms at the "
      "median\n",
      percentile(seconds, 50), percentile(seconds, 90), percentile(seconds, 100));

  // The first error of each query that was refused, by what it says without its names.
  std::map<std::string, std::vector<std::string>> reasons;
  std::set<FileId> told;
  for (const Diagnostic& diagnostic : sink.all()) {
    if (diagnostic.code->severity != Severity::Error || !told.insert(diagnostic.primary.span.file).second) continue;
    const auto file = files.find(diagnostic.primary.span.file);
    const std::string where = file == files.end() ? "" : queries[file->second].name;
    reasons[fmt::format("{} {}", diagnostic.code->id, diagnostic.message)].push_back(where);
  }
  std::vector<std::pair<size_t, std::string>> order;
  for (const auto& [reason, names] : reasons) order.emplace_back(names.size(), reason);
  std::sort(order.rbegin(), order.rend());
  for (size_t i = 0; i < order.size() && (verbose || i < 40); ++i) {
    fmt::print("{:>5}  {}\n", order[i].first, order[i].second);
    if (!verbose) continue;
    const auto& names = reasons[order[i].second];
    for (size_t n = 0; n < std::min<size_t>(names.size(), 3); ++n) fmt::print("           {}\n", names[n]);
  }

  std::filesystem::create_directories(work);
  const std::string events = (work / "one.ndjson").string();
  std::ofstream(events) << "{\"nothing\":1}\n";
  engine::HuntOptions options;
  options.files = {events};
  const size_t errors = sink.errors();
  const size_t before = sink.all().size();
  const engine::HuntReport report = engine::hunt(rules, options, [](Finding&&) {}, sink);
  fmt::print("{:<12} run  {:>5} of {:<5} {:5.1f} %  target 95 % ({} failed, {:.1f} s in tails)\n", "all",
             good - report.failed, files.size(), percent(good - report.failed, files.size()), report.failed,
             report.tail_seconds);
  if (sink.errors() == errors) return;
  size_t shown = 0;
  for (size_t i = before; i < sink.all().size() && shown < (verbose ? 200 : 15); ++i) {
    const Diagnostic& each = sink.all()[i];
    if (each.code->severity != Severity::Error) continue;
    ++shown;
    fmt::print("       {}\n", each.message.substr(0, 400));
  }
}

void print_analytics(const std::filesystem::path& share, const std::filesystem::path& corpus,
                     const std::filesystem::path& events, size_t singles, bool verbose) {
  std::vector<Loaded::Text> texts;
  for (Query& query : read_queries(corpus)) {
    if (query.kind == "analytics") texts.push_back({query.name + ".kql", std::move(query.text)});
  }
  Loaded loaded(share, std::move(texts));
  print_one_pass(loaded, events, singles, verbose);
}

}  // namespace hecate::bench
