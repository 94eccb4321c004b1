#pragma once

#include <optional>
#include <vector>

#include "exec/correlate/stage.h"

namespace hecate::correlate {

/// An input in a window.
struct Stage::Entry {
  Ticks time = 0;
  Ticks first = 0;
  uint32_t source = 0;
  uint32_t counted = 1;  // 0: repeated
  uint64_t events = 1;
  Reference first_event, last_event;
  double number = 0;
  const Distinct::Entry* value = nullptr;
};

/// The state of one group: the events that may still become a match, or the totals of the match that they are.
struct Stage::Group {
  std::vector<Entry> entries;
  size_t head = 0;  // entries before it are gone

  // Of the entries; once the condition holds, of the whole window.
  uint64_t inputs = 0;
  std::vector<uint32_t> sources;  // inputs by source
  size_t different = 0;           // sources with an input
  Distinct distinct;
  std::optional<Quantile> quantile;
  long double sum = 0;
  uint64_t removed = 0;  // since the sum was made anew
  std::vector<Sequence> sequences;

  std::vector<Occurrence> absents;  // what must not occur, as far as windows look back
  size_t absents_head = 0;
  std::vector<uint32_t> absent_counts;  // by source

  bool holding = false;  // the condition held; the window from `start` fills up
  Ticks start = 0;
  Ticks first = 0, last = 0, completed = 0;
  uint64_t events = 0;
  Reference first_event, last_event;
  Row row;           // of the event that completed it, or the last
  size_t bytes = 0;  // as counted for this group

  [[nodiscard]] size_t size() const { return entries.size() - head; }
  [[nodiscard]] bool empty() const { return head == entries.size(); }
  [[nodiscard]] const Entry& front() const { return entries[head]; }
};

}  // namespace hecate::correlate
