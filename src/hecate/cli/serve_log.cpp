#include "cli/serve_log.h"

#include <fmt/format.h>

#include "store/codes.h"
#include "store/write_ahead_log.h"

namespace hecate::cli {
namespace {

struct LogFlags {
  std::string state = "hecate-state";
  uint64_t after = 0;
};

ExitCode print_log(const LogFlags& flags) {
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  store::LogOptions options;
  options.folder = flags.state + "/log";
  options.read_only = true;
  const auto log = store::WriteAheadLog::open(options, sink);
  printer.flush();
  if (!log) return kNoInput;
  store::LogCursor cursor(**log, flags.after, [&](const std::string& segment, uint64_t offset, uint64_t bytes) {
    store::report_damage(sink, segment, offset, bytes);
    printer.flush();
  });
  while (cursor.next()) {
    const std::string_view lines = cursor.payload();
    if (std::fwrite(lines.data(), 1, lines.size(), stdout) != lines.size()) return kIncomplete;
  }
  return std::fflush(stdout) == 0 ? kRan : kIncomplete;
}

}  // namespace

Command add_serve_log(CLI::App& serve) {
  auto flags = std::make_shared<LogFlags>();
  CLI::App* app = serve.add_subcommand("log", "Print the events that a server keeps, as HEC takes them");
  app->add_option("--state", flags->state, "The server's folder; it may be running")
      ->type_name("FOLDER")
      ->capture_default_str();
  app->add_option("--after", flags->after, "Only requests behind this one, by the number that an ackId is");
  app->footer("Examples:\n  hecate serve log --state s | hecate hunt --rules my-rules/ -\n");
  return {app, [flags] { return print_log(*flags); }};
}

}  // namespace hecate::cli
