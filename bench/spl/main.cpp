// What Hecate makes of Splunk's published detections, and of searches over the bench events.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "bench.h"

int main(int argc, char** argv) {
  CLI::App app("ESCU: shares that compile, run and fire; searches beside DuckDB; all detections in one pass");
  std::string content, events, share = ".", work = "/tmp";
  int repeat = 5;
  size_t singles = 25;
  std::string only;
  std::vector<std::string> parts{"shares", "synthesis", "pass", "searches"};
  app.add_option("--content", content, "An unpacked security_content folder")->required();
  app.add_option("--events", events, "The bench events, NDJSON")->required();
  app.add_option("--share", share, "Where catalogs/ lies");
  app.add_option("--work", work, "A folder for what is made");
  app.add_option("--repeat", repeat, "Times that a search is asked; the fastest counts");
  app.add_option("--singles", singles, "Detections that are run alone");
  app.add_option("--part", parts, "What to measure: shares, synthesis, pass, searches");
  app.add_option("--only", only, "Synthesis: detections whose title contains this");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto wanted = [&](const char* part) { return std::find(parts.begin(), parts.end(), part) != parts.end(); };
    hecate::bench::Loaded loaded(share, std::vector<std::string>{content});
    if (wanted("shares"))
      hecate::bench::print_shares(loaded,
                                  hecate::bench::write_example_logs(content + "/data_sources", work + "/examples"));
    if (wanted("synthesis")) hecate::bench::print_synthesis(loaded, work, only);
    if (wanted("pass")) hecate::bench::print_one_pass(loaded, events, singles);
    if (wanted("searches")) hecate::bench::print_searches(share, events, repeat);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_spl: {}\n", error.what());
    return 1;
  }
  return 0;
}
