#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "exec/functions/function.h"
#include "exec/stream/bind.h"
#include "exec/stream/token.h"
#include "exec/stream/value_cache.h"
#include "ingest/record.h"
#include "ingest/skim.h"
#include "plan/cut.h"

namespace hecate::stream {

/// A false-positive filter as the matcher sees it: a head of its own whose predicate is the condition that
/// an event must satisfy to be kept.
struct Suppressor {
  std::string id, title;
  const Plan* plan = nullptr;  // Scan + Filter, in Sigma's vocabulary whatever the detection's language
  CutPlan cut;
  const DerivedFields* derived = nullptr;  // of the filter's own pack
};

/// How heads are evaluated. Caches is the way for everyday use; Program asks every rule of a group for every
/// event; Reference is the slow evaluator. All give the same results: the last two are for differential tests.
enum class Evaluation { Caches, Program, Reference };

/// One detection's head. Pointers must outlive the matcher.
struct HeadSpec {
  const Plan* plan = nullptr;
  const CutPlan* cut = nullptr;
  std::vector<const Suppressor*> suppressors;
  const DerivedFields* derived = nullptr;
};

/// An event that a head let through.
struct Hit {
  size_t head = 0;                            // index into the specs
  bool undecided = false;                     // the tail must decide
  std::span<const Value> live;                // by Head::live; valid during the visit
  const Suppressor* suppressed_by = nullptr;  // the first filter whose condition the event does not meet
};

/// The event of a hit, valid during the visit.
struct EventView {
  const ingest::Record& record;
  const Metadata& metadata;
  RecordType type;
};

struct MatchStats {
  uint64_t events = 0;      // recognised or not
  uint64_t recognized = 0;  // by a source of the catalog
  uint64_t hits = 0;
  uint64_t regex_limit_hits = 0;
  CacheStats caches;
  std::vector<uint64_t> by_type;  // events, by RecordType
};

class GroupStore;
class Groups;
class EventReader;
class Group;
struct BoundRule;
struct Term;
struct SightedEvent;

/// The heads of all detections over the events, in one pass. For each kind of event the rules are bound and
/// partially evaluated once, when its first event is seen: only those that can match are in its group, and
/// only the fields that they read are taken from the event.
class Matcher {
 public:
  using Visit = std::function<void(const EventView&, const Hit&)>;

  Matcher(const Catalog& catalog, std::vector<HeadSpec> heads, RunParameters run, DiagnosticSink& sink);
  ~Matcher();

  /// Recognises the record and calls `visit` for every head that lets it through, in the order of the specs.
  void process(const ingest::Record& record, const Visit& visit);
  /// The same for an event that the fast lane read, which counts it: EventView::record then has no document.
  void process(const SightedEvent& event, const ingest::PassedRun& run, const Visit& visit);
  /// Records are taken for this type whatever they look like (`--assume`). Before the first record.
  void assume(RecordType type);
  void evaluate_by(Evaluation evaluation) { evaluation_ = evaluation; }
  [[nodiscard]] MatchStats stats() const;
  /// The time of the latest event so far, what now() counts from by default.
  [[nodiscard]] std::optional<Ticks> latest_time() const { return latest_time_; }

  /// The main thread's groups; other threads make their own over the same store.
  [[nodiscard]] Groups& groups() { return *groups_; }
  [[nodiscard]] GroupStore& store() { return *store_; }
  [[nodiscard]] const RunParameters& run() const { return run_; }

 private:
  /// What one record type's events need.
  struct TypeState;

  TypeState& state(RecordType type);
  Group& group_of(TypeState& state, RecordType type, const Metadata& metadata);
  struct Asked;
  void match(const EventView& event, TypeState& state, Group& group, const Visit& visit);
  void ask(const Asked& asked, const BoundRule& rule, const Visit& visit);
  void take(const Asked& asked, const BoundRule& rule, bool undecided, const Visit& visit);
  [[nodiscard]] Value evaluate(const Asked& asked, const Term& term);

  const Catalog& catalog_;
  RunParameters run_;
  DiagnosticSink& sink_;
  Catalog::Recognizer recognizer_;
  std::unique_ptr<GroupStore> store_;
  std::unique_ptr<Groups> groups_;
  std::vector<std::unique_ptr<TypeState>> types_;  // by RecordType
  Evaluation evaluation_ = Evaluation::Caches;
  std::optional<Ticks> latest_time_;
  MatchStats stats_;
  std::vector<Token> tokens_;
  Arena arena_;
};

}  // namespace hecate::stream
