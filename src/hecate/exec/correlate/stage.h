#pragma once

#include <map>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "exec/correlate/correlate.h"
#include "exec/correlate/measures.h"
#include "exec/correlate/sequence.h"

namespace hecate::correlate {

/// One correlation: its groups and their windows. Inputs come in order of time.
class Stage {
 public:
  using OnMatch = std::function<void(const Match&)>;
  /// Called when the condition comes to hold, and for each further event while it does.
  using OnSignal = std::function<void(Input)>;

  Stage(const Spec& spec, size_t index, OnMatch on_match, OnSignal on_signal);
  ~Stage();

  void add(const Input& input);
  /// Closes all windows that ended before `time`.
  void advance(Ticks time);
  void flush();

  /// The end of a window decides: matches are known up to a timespan after their events.
  [[nodiscard]] bool decides_late() const { return mode_ != Mode::Reach || !upper_.empty(); }
  [[nodiscard]] size_t bytes() const { return bytes_; }
  /// Drops the group that is nearest to its end; a match that it holds already is not lost. Returns its events.
  uint64_t evict();
  /// Events dropped because one group grew beyond what one may.
  [[nodiscard]] uint64_t overgrown() const { return overgrown_; }

 private:
  /// When the condition is looked at: at each event (counts: they only grow), when a window closes (an average), or
  /// when it closes and nothing came that must not (`a and not b`).
  enum class Mode : uint8_t { Reach, Close, Absence };
  struct Entry;
  struct Group;
  using Groups = std::map<std::string, Group, std::less<>>;
  struct Timer {
    Ticks deadline = 0;
    uint64_t serial = 0;
    Groups::value_type* group = nullptr;
    bool operator>(const Timer& other) const {
      return deadline != other.deadline ? deadline > other.deadline : serial > other.serial;
    }
  };

  void choose_mode();
  void split_thresholds();
  void collect_openers();
  void order_combinations();

  Groups::value_type& group_of(const Input& input, bool& is_new);
  void add_to(Group& group, const Input& input);
  void push(Group& group, const Input& input);
  void pop_front(Group& group);
  void trim(Group& group, Ticks now);
  void reach(Group& group, const Input& input);
  void absorb(Group& group, const Input& input);
  bool reached(const Group& group, Ticks now) const;
  void close(Groups::value_type& entry, Ticks now);
  void close_reach(Groups::value_type& entry, Ticks now);
  void close_starts(Groups::value_type& entry, Ticks now);
  [[nodiscard]] bool satisfied_at_close(const Group& group) const;
  [[nodiscard]] bool absent_in(const Group& group, const Combination& combination) const;
  [[nodiscard]] std::vector<Occurrence> occurrences(const Group& group) const;
  void prune_absents(Group& group, Ticks oldest);
  void emit(const std::string& key, const Group& group);
  [[nodiscard]] double measure(const Group& group) const;
  [[nodiscard]] std::optional<Ticks> deadline(const Group& group) const;
  void update_bytes(Group& group, const std::string& key);
  void erase(Groups::value_type& entry);

  const Spec& spec_;
  size_t index_;
  OnMatch on_match_;
  OnSignal on_signal_;
  Mode mode_ = Mode::Reach;
  std::vector<Threshold> lower_, upper_;
  std::vector<Combination> combinations_;  // of the spec, or those that stand for ordered thresholds
  std::vector<std::vector<size_t>> sequences_;
  std::vector<bool> opens_;       // sources whose events begin windows
  std::vector<bool> takes_part_;  // sources whose events windows are made of
  std::vector<bool> forbidden_;   // sources that are absent in a combination
  bool keeps_entries_ = false;    // of a window that holds: its end needs their order
  size_t most_entries_ = 0;
  Groups groups_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  uint64_t serial_ = 0;
  size_t bytes_ = 0;
  uint64_t overgrown_ = 0;
};

}  // namespace hecate::correlate
