#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "lang/sigma/sigma.h"

namespace hecate::sigma {

enum class CorrelationType : uint8_t {
  EventCount,
  ValueCount,
  Temporal,
  TemporalOrdered,
  ValueSum,
  ValueAvg,
  ValuePercentile,
  ValueMedian,
};
/// As a document spells it: "event_count".
[[nodiscard]] std::string_view to_string(CorrelationType type);

/// A rule or a field as the document names it.
struct Named {
  std::string name;
  Span span;
};

enum class Comparison : uint8_t { Greater, GreaterOrEqual, Less, LessOrEqual, Equal, NotEqual };

struct Threshold {
  Comparison comparison = Comparison::GreaterOrEqual;
  double value = 0;
  Span span;
};

/// One way to satisfy an extended condition: rules that occur and rules that do not, by their place in `rules`,
/// ascending. `present` is never empty.
struct Combination {
  std::vector<size_t> present, absent;
};

struct Alias {
  Named name;
  struct Field {
    Named rule, field;
  };
  std::vector<Field> fields;
};

/// A correlation as its document states it (Sigma Correlation Rules Specification 2.1.0).
struct Correlation {
  Metadata metadata;
  CorrelationType type = CorrelationType::EventCount;
  std::vector<Named> rules;
  std::vector<Named> group_by;  // empty: all events are one group
  Ticks timespan = 0;
  std::vector<Threshold> thresholds;      // all must hold; empty where `combinations` decide
  std::vector<Named> fields;              // whose values are counted or computed with
  std::optional<double> percentile;       // 0..100, of value_percentile
  std::vector<Combination> combinations;  // of an extended condition: any must hold
  std::vector<Alias> aliases;
  bool generate = false;  // the rules that it refers to keep their own findings
};

[[nodiscard]] inline bool is_temporal(CorrelationType type) {
  return type == CorrelationType::Temporal || type == CorrelationType::TemporalOrdered;
}
/// Works on the values of a field.
[[nodiscard]] inline bool needs_field(CorrelationType type) {
  return !is_temporal(type) && type != CorrelationType::EventCount;
}
/// Compares a whole number with its thresholds: of events, of values, of rules.
[[nodiscard]] inline bool is_count(CorrelationType type) {
  return is_temporal(type) || type == CorrelationType::EventCount || type == CorrelationType::ValueCount;
}

/// Parses a document whose kind is Correlation. All that is wrong is reported with its place.
[[nodiscard]] Result<Correlation> parse_correlation(const yaml::Node& document, DiagnosticSink& sink);

// --- linking -------------------------------------------------------------------------------------------

/// A rule or correlation as others may refer to it.
struct RuleIdentity {
  std::string id, name, title;
  FileId file = FileId::None;  // names are looked up in the same file first
  Span span;
  const Correlation* correlation = nullptr;  // null: a rule
  bool refused = false;                      // it could not be compiled
};

/// A correlation whose references stand for rules.
struct LinkedCorrelation {
  size_t self = 0;            // of the identities
  std::vector<size_t> rules;  // of the identities, by place in Correlation::rules
  struct Mapping {
    std::string alias;
    size_t rule = 0;  // place in Correlation::rules
    std::string field;
  };
  std::vector<Mapping> mappings;

  /// What a name of group-by or of a condition's field is called in the events of a rule.
  [[nodiscard]] std::string_view field(std::string_view name, size_t rule) const;
};

/// Finds what the correlations refer to, and orders them so that each comes after those that it refers to.
/// Correlations that refer to what is missing, refused or ambiguous, or to themselves, are reported and left out.
[[nodiscard]] std::vector<LinkedCorrelation> link_correlations(const std::vector<RuleIdentity>& identities,
                                                               DiagnosticSink& sink);

}  // namespace hecate::sigma
