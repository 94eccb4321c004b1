#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "engine/ruleset.h"
#include "exec/correlate/correlate.h"
#include "finding/finding.h"

namespace hecate::engine {

/// What correlations did in a hunt.
struct CorrelationStats {
  correlate::Stats stats;
  uint64_t untimed = 0;    // inputs without a time
  uint64_t ungrouped = 0;  // inputs that lack a field of group-by
};

/// The correlations of one hunt: takes the hits of the rules that they refer to, makes findings.
class Correlations {
 public:
  /// `emit` gets findings without their source, and where their last event stands.
  using Emit = std::function<void(Finding&&, int64_t source)>;

  /// `wanted` are compiled correlations; those that they refer to run too, as feeders.
  Correlations(const std::vector<const CompiledDetection*>& wanted, correlate::Limits limits, Emit emit);
  ~Correlations();

  /// The rules that must run because a correlation refers to them, each once.
  [[nodiscard]] std::vector<const CompiledDetection*> rules() const;
  [[nodiscard]] bool empty() const { return parts_.empty(); }

  /// A hit of such a rule that no filter suppressed; `live` as its head gives it.
  void add(const CompiledDetection& rule, std::optional<Ticks> time, std::span<const Value> live,
           correlate::Reference event);
  /// Events of that time have been seen, whether or not they are any rule's: where a lateness is set, windows that end
  /// before are closed.
  void reach(std::optional<Ticks> time);
  /// No event follows. Reports what was lost or had no effect.
  void finish(DiagnosticSink& sink);

  [[nodiscard]] CorrelationStats stats() const;

 private:
  struct Part;
  struct Feed {
    size_t part = 0;
    size_t source = 0;
    std::vector<size_t> live;  // where each column stands in the head's live values
  };

  size_t include(const CompiledDetection& detection);
  void feed(size_t part, size_t source, const CompiledDetection& rule);
  void emit(const correlate::Match& match);
  void report_losses(DiagnosticSink& sink) const;
  void report_idle(const Part& part, DiagnosticSink& sink) const;

  Emit emit_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::map<const CompiledDetection*, size_t> included_;
  std::map<const CompiledDetection*, std::vector<Feed>> feeds_;
  std::unique_ptr<correlate::Correlator> correlator_;
  uint64_t untimed_ = 0;
};

}  // namespace hecate::engine
