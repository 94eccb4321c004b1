#include "cli/reference.h"

#include <fmt/format.h>

#include "lang/kql/functions.h"
#include "lang/kql/operators.h"
#include "lang/kql/plugins.h"
#include "lang/sigma/modifiers.h"
#include "lang/sigma/pipeline.h"
#include "lang/spl/functions.h"
#include "lang/spl/parse.h"

namespace hecate::cli {
namespace {

/// A cell of a Markdown table: pipes would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : fmt::format("`{}`", cell(text)); }

std::string arity(int fewest, int most) {
  if (most < 0) return fmt::format("{} or more", fewest);
  return fewest == most ? std::to_string(fewest) : fmt::format("{} to {}", fewest, most);
}

std::string head(std::string_view title) {
  return fmt::format(
      "# {}\n\nThis page is made by `hecate explain --language`. What is not on it is refused by its name when a "
      "detection is\nloaded.\n",
      title);
}

std::string sigma_page() {
  std::string page = head("Sigma: what is supported");
  page +=
      "\nRules, filters and correlations of the specification 2.1: strings with wildcards and escapes, numbers, null, "
      "lists,\n"
      "lists of maps, keywords, conditions with `and`, `or`, `not`, parentheses, `1 of` and `all of`. Placeholders "
      "without a\n"
      "value are refused; [pipelines](pipelines.md) give them values.\n\n## Modifiers\n\n| modifier | meaning "
      "|\n|---|---|\n";
  for (const sigma::ModifierRow& row : sigma::modifiers()) {
    page += fmt::format("| {} | {}{} |\n", code(row.name), cell(row.doc),
                        row.alias_of.empty() ? "" : fmt::format(" The same as {}.", code(row.alias_of)));
  }
  std::string_view kind;
  page += "\n## Processing pipelines\n";
  for (const sigma::PipelinePart& part : sigma::pipeline_parts()) {
    if (part.kind != kind) page += fmt::format("\n| {} | meaning |\n|---|---|\n", part.kind);
    kind = part.kind;
    page += fmt::format("| {} | {}{} |\n", code(part.name), part.supported ? "" : "Refused: ", cell(part.doc));
  }
  return page;
}

std::string spl_page() {
  std::string page = head("SPL: what is supported");
  page += "\n## Commands\n\n| command | meaning | example |\n|---|---|---|\n";
  for (const spl::CommandRow& row : spl::command_table()) {
    page += fmt::format("| {} | {} | {} |\n", code(row.name), cell(row.doc), code(row.example));
  }
  page += "\n## Functions of `eval` and `where`\n\n| function | arguments | meaning | example |\n|---|---|---|---|\n";
  for (const spl::EvalFunction& row : spl::eval_functions()) {
    page += fmt::format("| {} | {} | {} | {} |\n", code(row.name), arity(row.min_arguments, row.max_arguments),
                        cell(row.doc), code(row.example));
  }
  page += "\n## Functions of `stats`\n\n| function | meaning | example |\n|---|---|---|\n";
  for (const spl::StatsFunction& row : spl::stats_functions()) {
    page += fmt::format("| {} | {} | {} |\n", code(row.name), cell(row.doc), code(row.example));
  }
  return page;
}

std::string kql_page() {
  std::string page = head("KQL: what is supported");
  page += "\n## Operators\n\n| operator | meaning | example |\n|---|---|---|\n";
  for (const kql::OperatorInfo& row : kql::operators()) {
    if (row.supported) page += fmt::format("| {} | {} | {} |\n", code(row.name), cell(row.doc), code(row.example));
  }
  page += "\n## Functions\n\n| function | arguments | meaning | example |\n|---|---|---|---|\n";
  for (const kql::FunctionInfo* row : kql::functions()) {
    page += fmt::format("| {} | {} | {} | {} |\n", code(row->name), arity(row->min_arguments, row->max_arguments),
                        cell(row->doc), code(row->example));
  }
  page += "\n## Aggregates of `summarize`\n\n| aggregate | arguments | meaning | example |\n|---|---|---|---|\n";
  for (const kql::AggregateInfo& row : kql::aggregates()) {
    page += fmt::format("| {} | {} | {} | {} |\n", code(row.name), arity(row.min_arguments, row.max_arguments),
                        cell(row.doc), code(row.example));
  }
  page += "\n## Plugins of `evaluate`\n\n| plugin | meaning | example |\n|---|---|---|\n";
  std::string refused_plugins;
  for (const kql::PluginInfo& row : kql::plugins()) {
    if (row.kind == kql::PluginKind::Refused) {
      refused_plugins += (refused_plugins.empty() ? "" : ", ") + code(row.name);
    } else {
      page += fmt::format("| {} | {} | {} |\n", code(row.name), cell(row.doc), code(row.example));
    }
  }
  page += "\nRefused by name, most because they need a service or an interpreter: " + refused_plugins + "\n";
  page += "\n## Known operators that are refused by name\n\n";
  std::string refused;
  for (const kql::OperatorInfo& row : kql::operators()) {
    if (!row.supported) refused += (refused.empty() ? "" : ", ") + code(row.name);
  }
  return page + refused + "\n";
}

}  // namespace

std::string reference_page(const std::string& language) {
  if (language == "sigma") return sigma_page();
  return language == "spl" ? spl_page() : kql_page();
}

}  // namespace hecate::cli
