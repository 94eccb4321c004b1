#include "plan/routine.h"

#include <fmt/format.h>

namespace hecate {
namespace {

struct RoutineDumper {
  std::string operator()(const RowSteps& steps) const {
    std::string out = "steps";
    for (const RowSteps::Stored& stored : steps.stored)
      out += fmt::format(" c{}={}.{}", static_cast<uint32_t>(stored.id), steps.steps[stored.step].name, stored.column);
    for (const RowSteps::Step& step : steps.steps) {
      static constexpr std::string_view kOutputs[] = {"", " last", " none"};
      out += fmt::format(" ({}{}{} {}", step.name, kOutputs[static_cast<size_t>(step.output)],
                         step.optional ? " optional" : "", dump(*step.condition));
      for (const RowSteps::Assignment& assignment : step.assignments)
        out += fmt::format(" {}={}", assignment.declared, dump(*assignment.value));
      out += ")";
    }
    return out;
  }
  std::string operator()(const TextPatterns& patterns) const {
    return fmt::format("patterns {}{}", patterns.threshold, patterns.keeps_rows ? " rows" : "");
  }
  std::string operator()(const GraphQuery& graph) const {
    std::string out = fmt::format("graph {}-->{}", graph.from, graph.to);
    for (const auto& step : graph.steps) {
      if (const auto* where = std::get_if<GraphQuery::Where>(&step)) {
        out += fmt::format(" {} {}", where->edges ? "where-edges" : "where-nodes", dump(*where->predicate));
      } else {
        out += std::get<GraphQuery::Components>(step).strong ? " strong-components" : " components";
      }
    }
    if (const auto* listed = std::get_if<GraphQuery::Listed>(&graph.result))
      return out + (listed->edges ? " edges" : " nodes");
    const auto& pattern = std::get<GraphQuery::Pattern>(graph.result);
    out += pattern.shortest ? " shortest" : " match";
    for (const GraphQuery::Hop& hop : pattern.hops) {
      static constexpr std::string_view kArrows[] = {"->", "<-", "--"};
      out += fmt::format(" {}{}{}", hop.from, kArrows[static_cast<size_t>(hop.direction)], hop.to);
      if (hop.several) out += fmt::format("*{}..{}", hop.least, hop.most);
    }
    for (const GraphQuery::Mapped& mapped : pattern.mapped)
      out += fmt::format(" c{}=each({})", static_cast<uint32_t>(mapped.id), dump(*mapped.body));
    for (const auto& condition : pattern.where) out += " where " + dump(*condition.predicate);
    for (const ExprPtr& value : pattern.project) out += " project " + dump(*value);
    return out;
  }
};

}  // namespace

std::string dump(const Routine& routine) { return std::visit(RoutineDumper{}, routine.what); }

}  // namespace hecate
