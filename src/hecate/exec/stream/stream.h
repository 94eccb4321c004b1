#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "exec/functions/function.h"
#include "exec/stream/bind.h"
#include "ingest/record.h"
#include "plan/cut.h"

namespace hecate::stream {

/// A false-positive filter as the matcher sees it: a head of its own whose predicate is the condition that
/// an event must satisfy to be kept.
struct Suppressor {
  std::string id, title;
  const Plan* plan = nullptr;   // Scan + Filter, in Sigma's vocabulary whatever the detection's language
  CutPlan cut;
  const DerivedFields* derived = nullptr;  // of the filter's own pack
};

/// How heads are evaluated. Reference is the slow evaluator, for differential tests.
enum class Evaluation { Program, Reference };

/// One detection's head. Pointers must outlive the matcher.
struct HeadSpec {
  const Plan* plan = nullptr;
  const CutPlan* cut = nullptr;
  std::vector<const Suppressor*> suppressors;
  const DerivedFields* derived = nullptr;
};

/// An event that a head let through.
struct Hit {
  size_t head = 0;                     // index into the specs
  bool undecided = false;              // the tail must decide
  std::span<const Value> live;         // by Head::live; valid during the visit
  const Suppressor* suppressed_by = nullptr;  // the first filter whose condition the event does not meet
};

/// The event of a hit, valid during the visit.
struct EventView {
  const ingest::Record& record;
  const Metadata& metadata;
  RecordType type;
};

struct MatchStats {
  uint64_t events = 0;       // recognised or not
  uint64_t recognized = 0;   // by a source of the catalog
  uint64_t hits = 0;
  uint64_t regex_limit_hits = 0;
  std::vector<uint64_t> by_type;   // events, by RecordType
};

/// The heads of all detections over the events, in one pass. For each record type the rules are bound and
/// partially evaluated once, when its first event is seen: only those that can match are in its group, and
/// only the fields that they read are taken from the event.
class Matcher {
 public:
  using Visit = std::function<void(const EventView&, const Hit&)>;

  Matcher(const Catalog& catalog, std::vector<HeadSpec> heads, RunParameters run, DiagnosticSink& sink);
  ~Matcher();

  /// Recognises the record and calls `visit` for every head that lets it through, in the order of the specs.
  void process(const ingest::Record& record, const Visit& visit);
  /// Records are taken for this type whatever they look like (`--assume`).
  void assume(RecordType type) { assumed_ = type; }
  void evaluate_by(Evaluation evaluation) { evaluation_ = evaluation; }
  [[nodiscard]] MatchStats stats() const;
  /// The time of the latest event so far, what now() counts from by default.
  [[nodiscard]] std::optional<Ticks> latest_time() const { return latest_time_; }

 private:
  class Group;
  Group& group(RecordType type);

  const Catalog& catalog_;
  std::vector<HeadSpec> heads_;
  RunParameters run_;
  DiagnosticSink& sink_;
  Catalog::Recognizer recognizer_;
  std::vector<std::unique_ptr<Group>> groups_;   // by RecordType
  std::optional<RecordType> assumed_;
  Evaluation evaluation_ = Evaluation::Program;
  std::optional<Ticks> latest_time_;
  MatchStats stats_;
  Arena arena_;
};

}  // namespace hecate::stream
