#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "bench.h"

int main(int argc, char** argv) {
  CLI::App app{"Measures what docs/kql.md promises"};
  std::filesystem::path share = ".";
  std::filesystem::path queries, analytics, work, documented;
  std::filesystem::path accepted = "bench/kql/accepted.tsv";
  hecate::bench::SearchOptions searches;
  size_t singles = 25;
  bool verbose = false;
  app.add_option("--share", share, "The folder with catalogs/");
  app.add_option("--queries", queries, "(a), (e): a corpus of queries, NDJSON");
  app.add_option("--work", work, "A folder for what is written")->required();
  app.add_option("--documented", documented, "(b): the documentation's examples, NDJSON");
  app.add_option("--accepted", accepted, "Mismatches that are the page's fault");
  app.add_option("--searches", searches.folder, "(c): a folder of queries beside DuckDB");
  app.add_option("--chdb", searches.chdb, "A command that answers for chDB");
  app.add_option("--analytics", analytics, "(d): the corpus whose analytics rules run in one pass");
  app.add_option("--events", searches.events, "(c), (d): the bench events, NDJSON");
  app.add_option("--repeat", searches.repeat, "Times that a query is asked; the fastest counts");
  app.add_option("--singles", singles, "Rules that are run alone");
  app.add_option("--only", searches.only, "Documented cases and queries whose name contains this");
  app.add_flag("--verbose", verbose, "Name what is refused");
  CLI11_PARSE(app, argc, argv);
  searches.share = share;
  try {
    if (!queries.empty()) hecate::bench::print_queries(share, queries, work, verbose);
    if (!documented.empty()) hecate::bench::print_documented(share, documented, accepted, searches.only, verbose);
    if (!searches.folder.empty()) hecate::bench::print_searches(searches);
    if (!analytics.empty()) hecate::bench::print_analytics(share, analytics, searches.events, singles, verbose);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_kql: {}\n", error.what());
    return 1;
  }
  return 0;
}
