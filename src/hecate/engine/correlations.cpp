#include "engine/correlations.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exec/correlate/codes.h"

namespace hecate::engine {
namespace {

/// One text of a live value, or nothing where it is absent. `buffer` holds what has to be written.
std::optional<std::string_view> text_of(const Value& value, std::string& buffer) {
  if (value.is_null()) return std::nullopt;
  if (value.is_text()) return value.as_text();
  buffer = value_text(value);
  return buffer;
}

std::string fields_text(const std::vector<sigma::Named>& fields) {
  std::string out;
  for (const sigma::Named& field : fields) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", field.name);
  return out;
}

}  // namespace

/// One correlation with what became of its inputs.
struct Correlations::Part {
  const CompiledDetection* detection = nullptr;
  bool wanted = false;
  uint64_t inputs = 0, ungrouped = 0, valueless = 0;

  [[nodiscard]] const CompiledCorrelation& correlation() const { return *detection->correlation; }
};

Correlations::Correlations(const std::vector<const CompiledDetection*>& wanted, correlate::Limits limits, Emit emit)
    : emit_(std::move(emit)) {
  for (const CompiledDetection* detection : wanted) parts_[include(*detection)]->wanted = !detection->silent;
  std::vector<correlate::Spec> specs;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const CompiledCorrelation& correlation = parts_[i]->correlation();
    specs.push_back(spec_of(correlation));
    for (size_t source = 0; source < correlation.sources.size(); ++source) {
      const CompiledCorrelation::Source& from = correlation.sources[source];
      if (from.detection->correlation) {
        specs[i].sources.push_back({included_.at(from.detection), from.above});
      } else {
        specs[i].sources.emplace_back();
        feed(i, source, *from.detection);
      }
    }
  }
  correlator_ = std::make_unique<correlate::Correlator>(std::move(specs), limits,
                                                        [this](const correlate::Match& match) { this->emit(match); });
}

Correlations::~Correlations() = default;

/// With those that it refers to before it, without recursion: chains may be long.
size_t Correlations::include(const CompiledDetection& detection) {
  std::vector<const CompiledDetection*> stack{&detection};
  while (!stack.empty()) {
    const CompiledDetection* top = stack.back();
    bool ready = true;
    for (const CompiledCorrelation::Source& source : top->correlation->sources) {
      if (!source.detection->correlation || included_.contains(source.detection)) continue;
      stack.push_back(source.detection);
      ready = false;
    }
    if (!ready) continue;
    stack.pop_back();
    if (!included_.emplace(top, parts_.size()).second) continue;
    parts_.push_back(std::make_unique<Part>());
    parts_.back()->detection = top;
  }
  return included_.at(&detection);
}

void Correlations::feed(size_t part, size_t source, const CompiledDetection& rule) {
  Feed feed{part, source, {}};
  const std::vector<ColumnId>& live = rule.cut.head.live;
  for (const ColumnId column : parts_[part]->correlation().sources[source].columns) {
    feed.live.push_back(static_cast<size_t>(std::lower_bound(live.begin(), live.end(), column) - live.begin()));
  }
  feeds_[&rule].push_back(std::move(feed));
}

std::vector<const CompiledDetection*> Correlations::rules() const {
  std::vector<const CompiledDetection*> result;
  std::set<const CompiledDetection*> seen;
  for (const auto& part : parts_) {
    for (const CompiledCorrelation::Source& source : part->correlation().sources) {
      if (!source.detection->correlation && seen.insert(source.detection).second) result.push_back(source.detection);
    }
  }
  return result;
}

void Correlations::add(const CompiledDetection& rule, std::optional<Ticks> time, std::span<const Value> live,
                       correlate::Reference event) {
  const auto feeds = feeds_.find(&rule);
  if (feeds == feeds_.end()) return;
  if (!time) {
    ++untimed_;
    return;
  }
  for (const Feed& feed : feeds->second) {
    Part& part = *parts_[feed.part];
    correlate::Row row;
    std::string buffer;
    for (const size_t at : feed.live) row.add(text_of(live[at], buffer));
    ++part.inputs;
    const size_t keys = part.correlation().keys();
    if (!row.has_all(0, keys)) {
      ++part.ungrouped;
      continue;
    }
    if (!row.has_all(keys, keys + part.correlation().rule.fields.size())) ++part.valueless;
    correlator_->add(feed.part, feed.source, *time, event, std::move(row));
  }
}

void Correlations::emit(const correlate::Match& match) {
  const Part& part = *parts_[match.spec];
  if (!part.wanted) return;
  const sigma::Correlation& rule = part.correlation().rule;
  Finding finding;
  finding.detection = part.detection->detection;
  finding.time = match.completed;
  finding.first_time = match.first;
  finding.last_time = match.last;
  finding.count = static_cast<int64_t>(match.events);
  std::string keys;
  for (size_t i = 0; i < rule.group_by.size(); ++i) {
    std::string text(match.row.at(i).value_or(std::string_view{}));
    keys += fmt::format("{}\xFE{}\xFE", rule.group_by[i].name, text);
    finding.result.push_back({rule.group_by[i].name, OwnedValue::string(std::move(text)), true});
  }
  if (match.value && !sigma::is_temporal(rule.type)) {
    const Value value =
        sigma::is_count(rule.type) ? Value::integer(static_cast<int64_t>(*match.value)) : Value::real(*match.value);
    finding.result.push_back({std::string(to_string(rule.type)), OwnedValue(value), true});
  }
  std::vector<std::string> rules;
  for (size_t i = 0; i < rule.rules.size(); ++i) {
    if (match.rules[i]) rules.push_back(rule.rules[i].name);
  }
  finding.result.push_back({"rules", OwnedValue::many(rules), true});
  finding.id = finding_id(*finding.detection, fmt::format("{:016x}", match.first_event.hash), keys);
  emit_(std::move(finding), match.last_event.source);
}

void Correlations::reach(std::optional<Ticks> time) {
  if (time) correlator_->reach(*time);
}

void Correlations::finish(DiagnosticSink& sink) {
  correlator_->flush();
  report_losses(sink);
  for (const auto& part : parts_) report_idle(*part, sink);
}

void Correlations::report_losses(DiagnosticSink& sink) const {
  const correlate::Stats& stats = correlator_->stats();
  if (stats.late > 0) {
    sink.report(correlate::kLate, {}, fmt::format("{} events came too late to be correlated", stats.late),
                "read the logs in order of time, or fewer of them at once");
  }
  if (stats.evicted_groups + stats.evicted_events > 0) {
    sink.report(correlate::kEvicted, {},
                fmt::format("correlations ran out of memory: {} groups and {} events were dropped",
                            stats.evicted_groups, stats.evicted_events),
                "correlate fewer events: a narrower rule, a shorter timespan, fewer different values in `group-by`");
  }
  if (untimed_ > 0) {
    sink.report(correlate::kUntimed, {},
                fmt::format("{} events have no time, so that correlations leave them out", untimed_));
  }
}

/// A correlation whose every input lacked a field has not worked, and says nothing about the logs.
void Correlations::report_idle(const Part& part, DiagnosticSink& sink) const {
  if (part.inputs == 0) return;
  const sigma::Correlation& rule = part.correlation().rule;
  if (part.ungrouped == part.inputs) {
    sink.report(correlate::kUngrouped, rule.group_by.front().span,
                fmt::format("none of the {} events of this correlation's rules has a value in all of {}", part.inputs,
                            fields_text(rule.group_by)),
                "group by a field that the events have; `aliases` give it another name in each rule");
  } else if (part.valueless + part.ungrouped == part.inputs) {
    sink.report(correlate::kValueless, rule.fields.front().span,
                fmt::format("none of the {} events of this correlation's rules has a value in all of {}", part.inputs,
                            fields_text(rule.fields)));
  }
}

CorrelationStats Correlations::stats() const {
  CorrelationStats result;
  result.stats = correlator_->stats();
  result.untimed = untimed_;
  for (const auto& part : parts_) result.ungrouped += part->ungrouped;
  return result;
}

}  // namespace hecate::engine
