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
};

}  // namespace

std::string dump(const Routine& routine) { return std::visit(RoutineDumper{}, routine.what); }

}  // namespace hecate
