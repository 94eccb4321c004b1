#include <fmt/format.h>

#include "cli/common.h"
#include "cli/version.h"

int main(int argc, char** argv) {
  using namespace hecate::cli;
  CLI::App app{"Hecate runs the detections that you own - Sigma, Splunk SPL, Kusto KQL - over raw security logs."};
  app.name("hecate");
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", version_text(), "The version, its commit and its libraries");
  app.footer(
      "Exit codes: 0 it ran, 1 findings at or above --fail-on or a failed test, 2 usage or nothing loadable,\n"
      "3 no input could be read, 4 a detection failed. `hecate COMMAND --help` has examples.");
  const std::array<Command, 10> commands{add_hunt(app),    add_query(app),     add_sources(app), add_check(app),
                                         add_test(app),    add_generate(app),  add_serve(app),   add_replay(app),
                                         add_explain(app), add_completion(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kRan : kUsage;
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return kUsage;
}
