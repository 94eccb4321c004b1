#pragma once

#include <set>
#include <string>

#include "plan/plan.h"

namespace hecate::engine {

/// The tables of the run that a plan and those that it reads may read or write.
struct TouchedTables {
  using Names = std::set<std::string, std::less<>>;
  Names read, written;

  /// Whether it matters which of the two runs first.
  [[nodiscard]] bool conflicts_with(const TouchedTables& other) const;
};

[[nodiscard]] TouchedTables touched_tables(const Plan& plan);

}  // namespace hecate::engine
