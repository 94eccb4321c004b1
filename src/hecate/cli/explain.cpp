#include <fmt/format.h>

#include <algorithm>

#include "catalog/codes.h"
#include "cli/common.h"
#include "cli/reference.h"
#include "content/codes.h"
#include "engine/codes.h"
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
  std::string code;
  bool markdown = false;
  std::string language;
};

ExitCode run_explain(const ExplainFlags& flags) {
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
  CLI::App* app = root.add_subcommand("explain", "What a diagnostic's code means, and what is supported of a language");
  app->add_option("CODE", flags->code, "A code such as SPL004; none: all");
  app->add_flag("--markdown", flags->markdown, "Print the page docs/diagnostics.md");
  app->add_option("--language", flags->language, "Print what is supported of a language")
      ->check(CLI::IsMember({"sigma", "spl", "kql"}));
  app->footer("Examples:\n  hecate explain TAI002\n  hecate explain --language spl\n");
  return {app, [flags] { return run_explain(*flags); }};
}

}  // namespace hecate::cli
