#pragma once

#include <string>
#include <unordered_map>

#include "plan/cut.h"

namespace hecate::tail {

/// Names for a head's columns by what they are: two heads, of whatever rules, that have a column of the same key have
/// equal values there in equal events. Empty where that cannot be said.
class ColumnKeys {
 public:
  /// `space` tells apart what the dataset's name does not: fields that a pack derives.
  ColumnKeys(const Head& head, const Plan& plan, const std::string& space);
  [[nodiscard]] std::string of(ColumnId column) const;

 private:
  void write(const Expr& expr, std::string& key) const;

  const Plan& plan_;
  std::unordered_map<ColumnId, std::string> keys_;
};

}  // namespace hecate::tail
