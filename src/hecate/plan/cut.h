#pragma once

#include <string_view>
#include <vector>

#include "plan/plan.h"

namespace hecate {

/// The part of a plan that needs one event at a time.
struct Head {
  Dataset dataset;
  std::vector<Scan::Column> scan_columns;
  /// Filters and extends in order. Exact, up to what depends on the run (Undecided).
  std::vector<Node> steps;
  /// Columns that the tail or the result needs of a row that passed, in the order of their ids.
  std::vector<ColumnId> live;
};

/// A plan cut in two. `tail` are the remaining nodes; their input is the head's candidates. Where the
/// tail is empty the head's rows are the result (once the undecided ones have been decided).
struct CutPlan {
  /// Whether the plan reads events at all; without, there is no head to run and no candidate.
  bool scans = true;
  Head head;
  std::vector<Node> tail;
  /// The conjunction of the head's filters that call run-dependent functions, or null: what must be
  /// decided by the tail for rows whose undecided bit is set.
  ExprPtr undecided;
  std::vector<CutPlan> inputs;  // by Plan::inputs
};

[[nodiscard]] CutPlan cut(const Plan& plan);

/// Functions whose value depends on the run, not on the event (now, ago, lookups).
[[nodiscard]] bool is_run_dependent(std::string_view function);
[[nodiscard]] bool is_run_dependent(const Expr& expr);
/// Functions that give another value each time they are called, also for the same arguments.
[[nodiscard]] bool is_random(std::string_view function);

}  // namespace hecate
