#pragma once

#include <map>
#include <string>

#include "base/diagnostic.h"
#include "base/result.h"
#include "lang/sigma/ast.h"
#include "plan/plan.h"

namespace hecate::sigma {

/// The field under which a scan gives the raw text of an event.
inline constexpr std::string_view kRawText = "_raw";

/// The columns of a plan's scan, one for each field that is named, in the order of first use.
class ScanColumns {
 public:
  explicit ScanColumns(Plan& plan) : plan_(plan) {}
  [[nodiscard]] ExprPtr column(const std::string& field, Span span);

 private:
  Plan& plan_;
  std::map<std::string, ColumnId> columns_;
};

/// Bounds how many tests a rule may expand to.
class Budget {
 public:
  static constexpr size_t kMost = 1'000'000;
  /// False once the bound is passed.
  [[nodiscard]] bool spend(size_t tests) {
    spent_ += tests;
    return spent_ <= kMost;
  }

 private:
  size_t spent_ = 0;
};

/// Lowers one item: a predicate over the scan's columns. It is two-valued: false, never null, where the
/// field is absent.
[[nodiscard]] Result<ExprPtr> lower_item(const ast::Item& item, ScanColumns& columns, Budget& budget,
                                         DiagnosticSink& sink);

}  // namespace hecate::sigma
