#include <fmt/format.h>

#include "cli/common.h"

namespace hecate::cli {
namespace {

struct CheckFlags {
  std::vector<std::string> paths;
  std::string output = "text";
  bool strict = false;
};

ExitCode run_check(const CheckFlags& flags) {
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink, flags.output == "json");
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  if (!catalog) {
    printer.flush();
    return kUsage;
  }
  const engine::Ruleset rules(content::load(flags.paths, sources, sink), *catalog, {}, sink);
  printer.flush(stdout);
  std::array<size_t, 3> by_language{};
  for (const auto& compiled : rules.detections()) ++by_language[static_cast<size_t>(compiled->detection->language)];
  fmt::print(stderr, "{} detections run ({} sigma, {} spl, {} kql), {} refused; {} filters, {} macros, {} tests; {} errors, {} warnings\n",
             rules.detections().size(), by_language[0], by_language[1], by_language[2], rules.refused().size(), rules.filters(),
             rules.content().macros.size(), rules.content().tests.size(), sink.errors(), sink.warnings());
  const bool nothing = rules.detections().empty() && rules.content().macros.empty();
  if (nothing || (flags.strict && sink.errors() > 0)) return kUsage;
  return kRan;
}

}  // namespace

Command add_check(CLI::App& root) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* app = root.add_subcommand("check", "Load content and print every diagnostic");
  app->add_option("PATH", flags->paths, "Files or folders of content")->required();
  app->add_option("-o,--output", flags->output, "text for eyes, json for tools (one object a line)")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  app->add_flag("--strict", flags->strict, "Exit with 2 where there is any error");
  app->footer("Examples:\n  hecate check content/\n  hecate check --strict --output json my-rules/ | jq .code\n");
  return {app, [flags] { return run_check(*flags); }};
}

}  // namespace hecate::cli
