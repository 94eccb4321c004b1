#pragma once

#include <span>
#include <string_view>

#include "lang/kql/ast.h"

namespace hecate::kql {

/// A row of the table of tabular operators.
struct OperatorInfo {
  std::string_view name;
  bool supported;
  bool leads;  // may stand first, without a table before it
  std::string_view doc;
  std::string_view example;
};

[[nodiscard]] std::span<const OperatorInfo> operators();
[[nodiscard]] const OperatorInfo* find_operator(std::string_view name);

[[nodiscard]] std::span<const ast::TextOperatorRow> text_operators();
[[nodiscard]] const ast::TextOperatorRow* find_text_operator(std::string_view spelling);

}  // namespace hecate::kql
