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

/// Finds rules that occur in order, with none between them that must not: a rule of `absent` may not occur between
/// its neighbours in the list, one behind the last of `present` not until the end. All are ascending.
class AbsentSequence {
 public:
  /// Begins with an event of the first rule of `present`.
  AbsentSequence(const std::vector<size_t>& present, const std::vector<size_t>& absent);

  /// An event of any rule; by time, then rule. False: it cannot succeed any more.
  bool add(size_t rule);
  [[nodiscard]] bool complete() const { return matched_.back(); }

 private:
  const std::vector<size_t>& present_;
  const std::vector<size_t>& absent_;
  /// By k: the first k rules have occurred, and nothing since that may not stand between them and the next.
  std::vector<bool> matched_;
  size_t open_ = 1;  // of them
};

/// How many different rules occur in the order of their places at most; `events` are by time, then rule.
[[nodiscard]] size_t longest_chain(const std::vector<Occurrence>& events, size_t rules);

}  // namespace hecate::correlate
