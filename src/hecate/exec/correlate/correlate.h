#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "base/time.h"
#include "exec/correlate/row.h"

// Correlations: what several events say together (Sigma Correlation Rules Specification 2.1.0), as a bounded
// stateful operator behind the heads.
//
// A window begins at an event of its group and lasts the timespan, both ends included. Windows are looked at in the
// order of their beginnings; the first that satisfies the condition is a match and takes all of its events with it,
// the next begins with the first event after it. docs/correlations.md says it for users.
namespace hecate::correlate {

enum class Comparison : uint8_t { Greater, GreaterOrEqual, Less, LessOrEqual, Equal, NotEqual };
struct Threshold {
  Comparison comparison = Comparison::GreaterOrEqual;
  double value = 0;
};
[[nodiscard]] bool holds(const Threshold& threshold, double value);

/// What the thresholds are compared with.
enum class Measure : uint8_t {
  Events,
  Values,  // different values, or tuples of them
  Rules,   // different rules
  Sum,
  Average,
  Percentile,  // interpolated linearly between the two nearest ranks
};

/// Rules that occur and rules that do not, by their place among the sources, ascending.
struct Combination {
  std::vector<size_t> present, absent;
};

/// What feeds a correlation: a rule, or another correlation.
struct Source {
  std::optional<size_t> correlation;  // an earlier spec
  std::vector<size_t> columns;        // of that correlation's rows, for each column of this one's
};

struct Spec {
  Measure measure = Measure::Events;
  bool ordered = false;  // Rules: in the order of the sources
  std::vector<Source> sources;
  Ticks timespan = 0;
  std::vector<Threshold> thresholds;      // all must hold; or
  std::vector<Combination> combinations;  // any must hold
  double percentile = 50;
  size_t keys = 0;     // the first columns group
  size_t values = 0;   // the next are counted or computed with
  size_t columns = 0;  // the rest is carried to the correlations that this one feeds
};

/// Where an event stands; opaque here.
struct Reference {
  int64_t source = 0;
  uint64_t hash = 0;
};

struct Match {
  size_t spec = 0;
  Ticks first = 0, last = 0;  // of the events behind it
  Ticks completed = 0;        // when the condition came to hold; the last event's time if the end of the window decided
  uint64_t events = 0;        // raw events behind it
  std::optional<double> value;  // of the measure; none for combinations
  std::vector<bool> rules;      // that took part, by source
  Row row;                      // the spec's columns: the keys, and the rest of the event that completed it
  Reference first_event, last_event;
};

struct Limits {
  size_t buffered_bytes = size_t{32} << 20;  // events that wait to be put in order of time
  size_t state_bytes = size_t{64} << 20;     // of all windows
  /// How far behind the latest event an event may come. By default as far as the buffer reaches: a hunt reads whole
  /// files one after the other. An event much later than all before it does not move this clock.
  std::optional<Ticks> lateness;
};

struct Stats {
  uint64_t inputs = 0;  // events times the correlations that they feed
  uint64_t late = 0;    // came after later ones had been correlated
  uint64_t ahead = 0;   // too far in the future to move the clock
  uint64_t evicted_groups = 0;
  uint64_t evicted_events = 0;  // in those, and in groups that grew beyond what one may
  uint64_t matches = 0;
  size_t peak_bytes = 0;  // of buffer and state, as they are counted
};

/// What feeds a correlation: an event, or a match of another correlation.
struct Input {
  Ticks time = 0;
  Ticks first = 0;  // of the events behind it
  size_t source = 0;
  uint64_t events = 1;  // raw events behind it
  /// The correlation behind it held already and still does: news of order and proximity, not of number.
  bool repeated = false;
  Reference first_event, last_event;
  Row row;
};

class Stage;

/// Events in nearly any order go in, matches come out. Deterministic: the same inputs in the same order give the same
/// matches in the same order.
class Correlator {
 public:
  using Visit = std::function<void(const Match&)>;

  /// A spec may refer to earlier ones only.
  Correlator(std::vector<Spec> specs, Limits limits, Visit visit);
  ~Correlator();
  Correlator(const Correlator&) = delete;
  Correlator& operator=(const Correlator&) = delete;

  /// An event that the rule at place `source` of a spec let through. `row` has all keys of the spec.
  void add(size_t spec, size_t source, Ticks time, Reference event, Row row);
  /// The clock of events stands at that time. Without Limits::lateness that says nothing.
  void reach(Ticks time);
  /// No event follows: every window closes.
  void flush();

  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  /// An input that is not in its place yet.
  struct Waiting {
    size_t spec = 0;
    uint64_t order = 0;
    Input input;
    [[nodiscard]] size_t bytes() const { return sizeof(Waiting) + input.row.bytes(); }
  };
  struct Later {
    bool operator()(const Waiting& a, const Waiting& b) const {
      return a.input.time != b.input.time ? a.input.time > b.input.time : a.order > b.order;
    }
  };
  using Queue = std::priority_queue<Waiting, std::vector<Waiting>, Later>;

  static Waiting take(Queue& queue);
  void release_oldest();
  void deliver(size_t spec, Input input);
  void signal(size_t spec, const Input& input);
  void settle();
  void advance_to(Ticks time);
  void bound_state();
  void move_clock(Ticks time);

  std::vector<Spec> specs_;
  Limits limits_;
  Visit visit_;
  std::vector<std::unique_ptr<Stage>> stages_;
  std::vector<Ticks> delays_;  // how long after an event's time its spec can be sure of its inputs
  std::vector<std::vector<std::pair<size_t, size_t>>> fed_;  // spec -> (spec that it feeds, source there)
  Queue buffer_;
  std::vector<Queue> pending_;                    // by spec with a delay
  std::deque<std::pair<size_t, Input>> signals_;  // on their way up
  size_t buffered_bytes_ = 0;
  size_t pending_bytes_ = 0;
  uint64_t order_ = 0;
  std::optional<Ticks> frontier_;  // everything before has been correlated
  std::optional<Ticks> clock_;
  Stats stats_;
};

}  // namespace hecate::correlate
