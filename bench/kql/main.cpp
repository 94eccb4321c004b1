#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "bench.h"

int main(int argc, char** argv) {
  CLI::App app{"Measures what docs/kql.md promises"};
  std::filesystem::path share = ".";
  std::filesystem::path queries, work, documented;
  std::filesystem::path accepted = "bench/kql/accepted.tsv";
  std::string only;
  bool verbose = false;
  app.add_option("--share", share, "The folder with catalogs/");
  app.add_option("--queries", queries, "A corpus of queries, NDJSON");
  app.add_option("--work", work, "A folder for what is written")->required();
  app.add_option("--documented", documented, "The documentation's examples, NDJSON");
  app.add_option("--accepted", accepted, "Mismatches that are the page's fault");
  app.add_option("--only", only, "Documented cases whose name contains this");
  app.add_flag("--verbose", verbose, "Name what is refused");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!queries.empty()) hecate::bench::print_queries(share, queries, work, verbose);
    if (!documented.empty()) hecate::bench::print_documented(share, documented, accepted, only, verbose);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_kql: {}\n", error.what());
    return 1;
  }
  return 0;
}
