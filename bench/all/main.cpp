#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <map>

#include "bench.h"

int main(int argc, char** argv) {
  CLI::App app{"Measures all content in one pass"};
  hecate::bench::AllOptions options;
  options.share = ".";
  std::string part;
  const std::map<std::string, std::function<void(const hecate::bench::AllOptions&)>> parts{
      {"pass", hecate::bench::print_pass},
      {"curve", hecate::bench::print_curve},
      {"separately", hecate::bench::print_separately},
      {"inputs", hecate::bench::print_inputs}};
  app.add_option("--share", options.share, "The folder with catalogs/");
  app.add_option("--events", options.events, "The bench events, NDJSON")->required();
  app.add_option("--work", options.work, "A folder for what is written")->required();
  app.add_option("--sigma", options.sigma, "Folders of Sigma rules")->required();
  app.add_option("--content", options.all, "Folders of other content");
  app.add_option("--repeat", options.repeat, "Times that each is measured; the fastest counts");
  app.add_option("--separate", options.separate, "Detections that DuckDB is asked one by one");
  app.add_option("--part", part, "pass, curve, separately or inputs")->required()->check([&](const std::string& name) {
    return parts.contains(name) ? std::string() : "no part is called " + name;
  });
  CLI11_PARSE(app, argc, argv);
  options.all.insert(options.all.begin(), options.sigma.begin(), options.sigma.end());
  try {
    parts.at(part)(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_all: {}\n", error.what());
    return 1;
  }
  return 0;
}
