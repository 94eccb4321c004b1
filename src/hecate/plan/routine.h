#pragma once

#include <string>
#include <variant>
#include <vector>

#include "plan/plan.h"

// What Compute nodes do. Expressions in here read columns by ids of the plan: those of the rows that the node reads,
// and others that the routine gives values itself and that no node defines.
namespace hecate {

/// KQL's scan: rows go through steps, each of which knows the row that it matched last and those of the steps before
/// it (https://learn.microsoft.com/kusto/query/scan-operator#scan-logic). It gives for each match the columns of the
/// row, the declared ones and, if asked for, the number of the match.
struct RowSteps {
  enum class Output : uint8_t { All, Last, None };
  struct Assignment {
    size_t declared = 0;
    ExprPtr value;
  };
  struct Step {
    std::string name;
    Output output = Output::All;
    bool optional = false;
    ExprPtr condition;
    std::vector<Assignment> assignments;
  };
  /// `step.column`: a column of the row that the step matched last; the declared ones stand behind the row's.
  struct Stored {
    ColumnId id;
    size_t step = 0;
    size_t column = 0;
  };
  std::vector<Step> steps;
  std::vector<Type> types;        // of the rows' columns, then of the declared ones
  std::vector<ExprPtr> defaults;  // of the declared columns; they read no column
  std::vector<Stored> stored;
  std::vector<size_t> keys;  // of the rows' columns: rows of each combination go through the steps by themselves
  bool match_id = false;
};

struct Routine {
  std::variant<RowSteps> what;
};

[[nodiscard]] std::string dump(const Routine& routine);

}  // namespace hecate
