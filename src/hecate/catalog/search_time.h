#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "ingest/record.h"
#include "plan/expr.h"

namespace hecate {

struct Metadata;

/// What a user's add-ons make of events before a search sees them, over what the catalog says of them. Shared between
/// threads.
class SearchTime {
 public:
  virtual ~SearchTime() = default;
  /// What the catalog says of a field; never null.
  using Below = std::function<ExprPtr(std::string_view field)>;
  /// A field of SPL; nullptr where the add-ons say nothing of it.
  [[nodiscard]] virtual ExprPtr field(std::string_view name, const Below& below) const = 0;
  /// Whether an event has all of these tags, a test; nullptr where it cannot by the add-ons.
  [[nodiscard]] virtual ExprPtr tagged(std::span<const std::string> tags, const Below& below) const = 0;
  /// Corrects what was found out about a record: its sourcetype and time.
  virtual void describe(const ingest::Record& record, Metadata& metadata) const = 0;
};

}  // namespace hecate
