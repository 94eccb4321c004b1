#include "engine/content_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/codes.h"
#include "finding/finding.h"

namespace hecate::engine {
namespace {

class Checker {
 public:
  Checker(const Catalog& catalog, DiagnosticSink& sink) : catalog_(catalog), sink_(sink) {}

  void check(const CompiledDetection& compiled) {
    check_scans(compiled.plan);
    check_output(compiled);
  }

 private:
  /// The plan and what it reads besides; a function that is called twice is looked at once.
  void check_scans(const Plan& plan) {
    const auto* scan = plan.nodes.empty() ? nullptr : std::get_if<Scan>(&plan.nodes.front().op);
    const auto* table = scan == nullptr ? nullptr : std::get_if<KustoTable>(&scan->dataset);
    if (table != nullptr && catalog_.kusto_schema(table->name) != nullptr) check_scan(plan, *scan, *table);
    for (const PlanInput& input : plan.inputs) check_scans(*input.plan);
  }

  void check_scan(const Plan& plan, const Scan& scan, const KustoTable& table) {
    const Span span = plan.nodes.front().span;
    if (!said_.emplace(span.file, span.begin).second) return;
    if (!catalog_.has_rows(table.name)) {
      sink_.report(kNothingFills, span, fmt::format("no source of the catalog fills the table `{}`", table.name),
                   "`hecate sources` lists what is recognised");
      return;
    }
    // A rule decides by what its filters read; that a row shows empty columns besides is no mistake.
    std::set<ColumnId> decisive;
    for (const Node& node : plan.nodes) {
      if (const auto* filter = std::get_if<Filter>(&node.op)) collect(*filter->predicate, decisive);
    }
    std::string missing;
    size_t count = 0;
    for (const Scan::Column& column : scan.columns) {
      if (!decisive.contains(column.id) || is_filled(table, column.field)) continue;
      missing += fmt::format("{}`{}`", count++ == 0 ? "" : ", ", column.field);
    }
    if (count == 0) return;
    sink_.report(kNothingFills, span,
                 fmt::format("no source of the catalog fills {} of `{}`: {} always empty", missing, table.name,
                             count == 1 ? "it is" : "they are"));
  }

  static void collect(const Expr& expr, std::set<ColumnId>& columns) {
    if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) columns.insert(ref->column);
    for_each_child(expr, [&](const ExprPtr& child) { collect(*child, columns); });
  }

  [[nodiscard]] bool is_filled(const KustoTable& table, const std::string& column) {
    const auto [known, added] = filled_.emplace(std::pair(table.name, column), false);
    if (!added) return known->second;
    for (const std::string_view name : catalog_.names()) {
      const auto type = catalog_.find(name);
      if (!type || !catalog_.belongs(*type, table)) continue;
      if (catalog_.column(*type, table, column, Type::String) != nullptr) known->second = true;
    }
    return known->second;
  }

  /// Of a row of unknown columns nothing can be said.
  void check_output(const CompiledDetection& compiled) {
    const content::Detection& detection = *compiled.detection;
    if (compiled.plan.open_row || detection.language != Language::Kql) return;
    for (const content::EntityMapping& entity : detection.entities) {
      check_column(compiled, entity.field, fmt::format("the entity `{}`", entity.type));
      for (const auto& other : entity.others)
        check_column(compiled, other.field, fmt::format("the entity `{}`", entity.type));
    }
    if (!detection.alert) return;
    const content::AlertRule& alert = *detection.alert;
    for (const auto& detail : alert.custom_details)
      check_column(compiled, detail.column, fmt::format("the custom detail `{}`", detail.name));
    for (const auto& property : alert.properties)
      check_column(compiled, property.column, fmt::format("the property `{}`", property.name));
    for (const std::string_view column : columns_of(alert.title)) check_column(compiled, column, "the alert's name");
    for (const std::string_view column : columns_of(alert.description))
      check_column(compiled, column, "the alert's description");
    if (!alert.tactics_column.empty()) check_column(compiled, alert.tactics_column, "the alert's tactics");
    if (!alert.severity_column.empty()) check_column(compiled, alert.severity_column, "the alert's severity");
  }

  void check_column(const CompiledDetection& compiled, std::string_view column, const std::string& what) {
    std::vector<std::string_view> names;
    for (const OutputColumn& output : compiled.plan.output) names.emplace_back(output.name);
    if (std::find(names.begin(), names.end(), column) != names.end()) return;
    const std::string_view near = nearest(column, names);
    sink_.report(kNoSuchColumn, compiled.detection->span,
                 fmt::format("{} is of the column `{}`, which the query does not give", what, column),
                 near.empty() ? "" : fmt::format("did you mean `{}`?", near));
  }

  const Catalog& catalog_;
  DiagnosticSink& sink_;
  std::set<std::pair<FileId, uint32_t>> said_;
  std::map<std::pair<std::string, std::string>, bool> filled_;
};

}  // namespace

void check_content(const Ruleset& rules, DiagnosticSink& sink) {
  Checker checker(rules.catalog(), sink);
  for (const auto& compiled : rules.detections()) {
    if (compiled->detection->language == Language::Kql) checker.check(*compiled);
  }
}

}  // namespace hecate::engine
