#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "exec/stream/group_plan.h"
#include "exec/stream/token.h"
#include "ingest/skim.h"

namespace hecate::stream {

/// An event that a rule may match, as far as the fast lane read it: all that the rules of its group look at and show.
/// Its views are into the block that was skimmed.
struct SightedEvent final : ingest::Sighting {
  RecordType type = RecordType::Generic;
  std::shared_ptr<const GroupPlan> plan;
  /// A rule that the event may meet, by its number in the plan.
  struct Rule {
    uint32_t number = 0;
    bool holds = false;  // it does; otherwise the rule must be asked
  };
  std::vector<Rule> rules;
  std::vector<Token> tokens;  // by Program::raw_fields(); none is Complex
  std::string_view raw;       // as Record::raw
  std::optional<Ticks> time;
  Token host;
  Metadata origin;  // its source, sourcetype and index; the source only where the catalog names it
};

}  // namespace hecate::stream
