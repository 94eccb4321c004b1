#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "catalog/codes.h"
#include "cli/common.h"
#include "cli/reference.h"
#include "content/codes.h"
#include "engine/codes.h"
#include "engine/plan_report.h"
#include "exec/correlate/codes.h"
#include "exec/tail/codes.h"
#include "ingest/codes.h"
#include "lang/kql/codes.h"
#include "lang/sigma/codes.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/spl/codes.h"
#include "server/codes.h"
#include "store/codes.h"
#include "yaml/codes.h"

namespace hecate::cli {
namespace {

std::vector<const DiagnosticCode*> all_codes() {
  std::vector<const DiagnosticCode*> codes;
  const auto add = [&](const auto& list) { codes.insert(codes.end(), list.begin(), list.end()); };
  add(catalog::kCodes);
  add(content::kCodes);
  add(correlate::kCodes);
  add(engine::kCodes);
  add(ingest::kCodes);
  add(kql::kCodes);
  add(sigma::kCodes);
  add(sigma::kPipelineCodes);
  add(server::kCodes);
  add(spl::kCodes);
  add(store::kCodes);
  add(tail::kCodes);
  add(yaml::kCodes);
  std::sort(codes.begin(), codes.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  return codes;
}

struct ExplainFlags {
  std::string code;  // or, with --plan, a detection
  bool plan = false;
  std::vector<std::string> rules;
  bool markdown = false;
  std::string language;
};

/// How the detections that are named run, or all of them together.
ExitCode explain_plan(const ExplainFlags& flags) {
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  if (!catalog || flags.rules.empty()) {
    printer.flush();
    if (catalog) fmt::print(stderr, "hecate: --plan needs content: --rules PATH\n");
    return kUsage;
  }
  const engine::Ruleset rules(content::load(flags.rules, sources, sink), *catalog, {}, sink);
  std::vector<const engine::CompiledDetection*> wanted;
  for (const auto& compiled : rules.detections()) {
    const content::Detection& detection = *compiled->detection;
    const bool named = detection.id == flags.code || equals_ignoring_case(detection.title, flags.code);
    if (flags.code.empty() || named) wanted.push_back(compiled.get());
  }
  printer.flush();
  if (wanted.empty()) {
    fmt::print(stderr, "hecate: {}\n",
               flags.code.empty() ? std::string("there is no detection that runs")
                                  : fmt::format("no detection that runs has the id or title `{}`", flags.code));
    return kUsage;
  }
  if (flags.code.empty() && wanted.size() > 1) {
    fmt::print("{}", engine::describe_load(rules, wanted));
  } else {
    for (const auto* detection : wanted) fmt::print("{}", engine::describe_plan(rules, *detection, sink));
  }
  printer.flush();
  return kRan;
}

ExitCode run_explain(const ExplainFlags& flags) {
  if (flags.plan) return explain_plan(flags);
  if (!flags.language.empty()) {
    fmt::print("{}", reference_page(flags.language));
    return kRan;
  }
  bool found = false;
  if (flags.markdown) {
    fmt::print(
        "# Diagnostics\n\n"
        "Every message of Hecate carries a stable code. `hecate explain CODE` prints what it means; this page is made "
        "by\n"
        "`hecate explain --markdown`.\n\n");
  }
  if (flags.markdown) fmt::print("| code | severity | meaning |\n|---|---|---|\n");
  for (const DiagnosticCode* code : all_codes()) {
    if (!flags.code.empty() && code->id != flags.code) continue;
    found = true;
    if (flags.markdown) {
      fmt::print("| `{}` | {} | {} |\n", code->id, to_string(code->severity), code->meaning);
    } else {
      fmt::print("{}  {:<7}  {}\n", code->id, to_string(code->severity), code->meaning);
    }
  }
  if (found) return kRan;
  fmt::print(stderr, "hecate: there is no diagnostic `{}`; `hecate explain` lists all\n", flags.code);
  return kUsage;
}

}  // namespace

Command add_explain(CLI::App& root) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App* app = root.add_subcommand(
      "explain", "What a diagnostic's code means, what is supported of a language, and how content runs");
  app->add_option("CODE", flags->code, "A code such as SPL004; none: all. With --plan a detection's id or title");
  app->add_flag("--plan", flags->plan,
                "How detections run: the kinds of records that they see, the fields that they read, gates and filters, "
                "and the SQL of tails; of several together, how many atoms they share")
      ->needs(app->add_option("--rules", flags->rules, "Files and folders of detections")->allow_extra_args(false));
  app->add_flag("--markdown", flags->markdown, "Print the page docs/diagnostics.md");
  app->add_option("--language", flags->language, "Print what is supported of a language")
      ->check(CLI::IsMember({"sigma", "spl", "kql"}));
  app->footer(
      "Examples:\n  hecate explain TAI002\n  hecate explain --language spl\n"
      "  hecate explain --plan --rules content/ \"Persistence Via Cron Files\"\n"
      "  hecate explain --plan --rules content/\n");
  return {app, [flags] { return run_explain(*flags); }};
}

}  // namespace hecate::cli
