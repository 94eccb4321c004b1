#pragma once

#include <limits>
#include <vector>

#include "base/time.h"

namespace hecate::correlate {

inline constexpr Ticks kNever = std::numeric_limits<Ticks>::min();

/// Finds rules that occur one after the other within a timespan, in constant time for each event: for each length of
/// the sequence it knows the latest beginning. Events of one time may have happened in any order.
class Sequence {
 public:
  explicit Sequence(const std::vector<size_t>& rules)
      : rules_(&rules), starts_(rules.size(), kNever), seen_(rules.size(), kNever) {}

  /// Events in order of time.
  void add(size_t rule, Ticks time);
  /// The latest beginning of a complete sequence, or kNever.
  [[nodiscard]] Ticks start() const { return starts_.back(); }

 private:
  const std::vector<size_t>* rules_;
  std::vector<Ticks> starts_;  // by length - 1
  std::vector<Ticks> seen_;    // the last event of each
};

struct Occurrence {
  Ticks time = 0;
  size_t rule = 0;
};

/// Whether the rules of `present` occur in order, beginning with the first of `events`, and none of `absent` stands
/// between its neighbours: one before the first rule must not occur in `before`, one behind the last not until the
/// end of `events`. All are rules of one list, ascending by their place in it; `events` are by time, then rule.
[[nodiscard]] bool occurs_without(const std::vector<size_t>& present, const std::vector<size_t>& absent,
                                  const std::vector<Occurrence>& before, const std::vector<Occurrence>& events);

/// How many different rules occur in the order of their places at most; `events` are by time, then rule.
[[nodiscard]] size_t longest_chain(const std::vector<Occurrence>& events, size_t rules);

}  // namespace hecate::correlate
