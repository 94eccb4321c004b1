#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "event.h"

namespace hecate::corpus {

/// How a record type gives one field of a rule: where to put a value so that the rule sees it, and what the rule sees.
class FieldForm {
 public:
  FieldForm(const Catalog& catalog, RecordType type, const SigmaLogsource& logsource, std::string_view field)
      : column_(catalog.column(type, logsource, field, Type::Many)) {}

  /// The raw field to write; nothing where the field is computed in a way that has no inverse here.
  [[nodiscard]] std::optional<std::string> target() const { return column_ ? target_of(*column_) : std::nullopt; }
  /// The values that the rule sees; more than one where any of them counts. Empty: the field is absent.
  [[nodiscard]] std::vector<std::string> values(const Event& event) const;

 private:
  static std::optional<std::string> target_of(const Expr& expr);

  ExprPtr column_;
};

/// The event as a line of JSON, each raw field at the first place that the catalog has for it. Nothing where two
/// fields are in each other's way.
[[nodiscard]] std::optional<std::string> written(const Catalog& catalog, RecordType type, const Event& event);

}  // namespace hecate::corpus
