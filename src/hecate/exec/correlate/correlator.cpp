#include <algorithm>
#include <limits>

#include "exec/correlate/correlate.h"
#include "exec/correlate/stage.h"

namespace hecate::correlate {
namespace {

/// How far an event may be ahead of all others before it is taken for a clock that is wrong.
constexpr Ticks kLeap = kTicksPerDay;

/// Times beyond are no times, and must not overflow when timespans are added.
constexpr Ticks kLatest = std::numeric_limits<Ticks>::max() / 4;

}  // namespace

Correlator::Correlator(std::vector<Spec> specs, Limits limits, Visit visit)
    : specs_(std::move(specs)), limits_(limits), visit_(std::move(visit)) {
  delays_.resize(specs_.size());
  fed_.resize(specs_.size());
  pending_.resize(specs_.size());
  for (size_t i = 0; i < specs_.size(); ++i) {
    const auto on_match = [this](const Match& match) {
      ++stats_.matches;
      visit_(match);
    };
    stages_.push_back(
        std::make_unique<Stage>(specs_[i], i, on_match, [this, i](const Input& input) { signal(i, input); }));
    for (size_t source = 0; source < specs_[i].sources.size(); ++source) {
      const auto& feeder = specs_[i].sources[source].correlation;
      if (!feeder) continue;
      fed_[*feeder].emplace_back(i, source);
      const Ticks wait = stages_[*feeder]->decides_late() ? specs_[*feeder].timespan : 0;
      delays_[i] = std::min(kLatest, std::max(delays_[i], delays_[*feeder] + wait));
    }
  }
}

Correlator::~Correlator() = default;

void Correlator::add(size_t spec, size_t source, Ticks time, Reference event, Row row) {
  ++stats_.inputs;
  if (time > kLatest || time < -kLatest || (frontier_ && time < *frontier_)) {
    ++stats_.late;
    return;
  }
  Waiting waiting;
  waiting.spec = spec;
  waiting.order = order_++;
  waiting.input.time = waiting.input.first = time;
  waiting.input.source = source;
  waiting.input.first_event = waiting.input.last_event = event;
  waiting.input.row = std::move(row);
  buffered_bytes_ += waiting.bytes();
  buffer_.push(std::move(waiting));
  while (buffered_bytes_ > limits_.buffered_bytes && !buffer_.empty()) release_oldest();
  if (limits_.lateness) move_clock(time);
}

void Correlator::move_clock(Ticks time) {
  if (clock_ && time > *clock_ + *limits_.lateness + kLeap) {
    ++stats_.ahead;
    return;
  }
  clock_ = clock_ ? std::max(*clock_, time) : time;
  while (!buffer_.empty() && buffer_.top().input.time < *clock_ - *limits_.lateness) release_oldest();
}

void Correlator::reach(Ticks time) {
  if (!limits_.lateness || time > kLatest || time < -kLatest) return;
  move_clock(time);
  const Ticks sure = *clock_ - *limits_.lateness;
  // Once a second of the events' own time is enough.
  if (frontier_ && sure < *frontier_ + kTicksPerSecond) return;
  frontier_ = sure;
  advance_to(sure);
  bound_state();
}

Correlator::Waiting Correlator::take(Queue& queue) {
  // The top is const only because its place depends on it, and it is about to leave.
  Waiting top = std::move(const_cast<Waiting&>(queue.top()));
  queue.pop();
  return top;
}

void Correlator::release_oldest() {
  Waiting oldest = take(buffer_);
  buffered_bytes_ -= oldest.bytes();
  frontier_ = oldest.input.time;
  advance_to(oldest.input.time);
  deliver(oldest.spec, std::move(oldest.input));
  settle();
  bound_state();
}

void Correlator::deliver(size_t spec, Input input) {
  if (delays_[spec] == 0) {
    stages_[spec]->advance(input.time);
    stages_[spec]->add(input);
    return;
  }
  Waiting waiting{spec, order_++, std::move(input)};
  if (pending_bytes_ + waiting.bytes() > limits_.buffered_bytes) {
    ++stats_.evicted_events;
    return;
  }
  pending_bytes_ += waiting.bytes();
  pending_[spec].push(std::move(waiting));
}

/// A match goes to the correlations that refer to it. They are not called from here: chains may be long.
void Correlator::signal(size_t spec, const Input& input) {
  for (const auto& [above, source] : fed_[spec]) {
    Input own = input;
    own.source = source;
    own.row = Row();
    for (const size_t column : specs_[above].sources[source].columns) own.row.add(input.row.at(column));
    if (!own.row.has_all(0, specs_[above].keys)) continue;
    signals_.emplace_back(above, std::move(own));
  }
}

void Correlator::settle() {
  while (!signals_.empty()) {
    auto [spec, input] = std::move(signals_.front());
    signals_.pop_front();
    deliver(spec, std::move(input));
  }
}

/// Every spec comes after those that feed it, so that one round is enough.
void Correlator::advance_to(Ticks time) {
  for (size_t i = 0; i < stages_.size(); ++i) {
    const Ticks local = time - delays_[i];
    Queue& pending = pending_[i];
    while (!pending.empty() && pending.top().input.time < local) {
      const Waiting next = take(pending);
      pending_bytes_ -= next.bytes();
      stages_[i]->advance(next.input.time);
      settle();
      stages_[i]->add(next.input);
      settle();
    }
    stages_[i]->advance(local);
    settle();
  }
}

void Correlator::bound_state() {
  size_t bytes = 0;
  for (const auto& stage : stages_) bytes += stage->bytes();
  stats_.peak_bytes = std::max(stats_.peak_bytes, bytes + buffered_bytes_ + pending_bytes_);
  while (bytes > limits_.state_bytes) {
    const auto largest = std::max_element(stages_.begin(), stages_.end(),
                                          [](const auto& a, const auto& b) { return a->bytes() < b->bytes(); });
    const size_t before = (*largest)->bytes();
    stats_.evicted_events += (*largest)->evict();
    ++stats_.evicted_groups;
    settle();
    bytes -= std::min(bytes, before - (*largest)->bytes());
  }
}

void Correlator::flush() {
  while (!buffer_.empty()) release_oldest();
  advance_to(std::numeric_limits<Ticks>::max());
  uint64_t overgrown = 0;
  for (const auto& stage : stages_) overgrown += stage->overgrown();
  stats_.evicted_events += overgrown;
}

}  // namespace hecate::correlate
