#include "exec/stream/stream.h"

#include <algorithm>

#include "exec/stream/program.h"

namespace hecate::stream {
namespace {

/// Reads the wanted fields of one event: one walk over the document, then slots by index.
class RecordSource final : public EventSource {
 public:
  /// `places`: for each raw field the slots of the places where it may stand, in order of preference.
  RecordSource(const ingest::FieldValues& values, const std::vector<std::vector<size_t>>& places,
               const ingest::Record& record, const Metadata& metadata, Arena& arena)
      : values_(values), places_(places), record_(record), metadata_(metadata), arena_(arena) {}

  Value raw_field(size_t index) override {
    for (const size_t slot : places_[index]) {
      const size_t count = values_.count(slot);
      if (count == 1) return to_value(values_.first(slot));
      if (count > 1) return many(slot);
    }
    return Value::null();
  }

  Value metadata(std::string_view name) override {
    if (name == "meta.time") return metadata_.time ? Value::datetime(*metadata_.time) : Value::null();
    if (name == "meta.raw") return Value::string(record_.raw);
    if (name == "meta.host") return text(metadata_.host);
    if (name == "meta.source") return text(metadata_.source);
    if (name == "meta.sourcetype") return text(metadata_.sourcetype);
    if (name == "meta.index") return text(metadata_.index);
    return Value::null();
  }

 private:
  static Value text(std::string_view value) { return value.empty() ? Value::null() : Value::string(value); }

  static Value to_value(const ingest::RawValue& raw) {
    switch (raw.kind) {
      case ingest::RawKind::Absent: return Value::null();
      case ingest::RawKind::Null: return Value::json_null();
      case ingest::RawKind::Json: return Value::dynamic(raw.text);
      case ingest::RawKind::Bool:
      case ingest::RawKind::Number:
      case ingest::RawKind::String: return Value::string(raw.text);
    }
    return Value::null();
  }

  Value many(size_t slot) {
    std::vector<ingest::RawValue> raws;
    values_.all(slot, raws);
    const auto list = arena_.allocate_array<Value>(raws.size());
    std::transform(raws.begin(), raws.end(), list.begin(), to_value);
    return Value::many(list);
  }

  const ingest::FieldValues& values_;
  const std::vector<std::vector<size_t>>& places_;
  const ingest::Record& record_;
  const Metadata& metadata_;
  Arena& arena_;
};

}  // namespace

/// The rules that can match events of one record type.
class Matcher::Group {
 public:
  Group(RecordType type, const Matcher& matcher) : type_(type) {
    for (size_t i = 0; i < matcher.heads_.size(); ++i) add_head(i, matcher);
    for (const std::string& field : program_.raw_fields()) {
      std::vector<size_t>& slots = places_.emplace_back();
      for (const std::string& path : matcher.catalog_.raw_paths(type, field)) slots.push_back(wanted_.add(path));
    }
  }

  void process(const EventView& event, const RunParameters& run, Arena& arena, MatchStats& stats, const Visit& visit) {
    if (rules_.empty()) return;
    values_.reset(wanted_.slots());
    event.record.document->read(wanted_, values_);
    RecordSource source(values_, places_, event.record, event.metadata, arena);
    EvalContext context{arena, run};
    program_.begin_event();
    for (const Rule& rule : rules_) {
      const Value verdict = program_.evaluate(rule.predicate, source, context);
      if (!verdict.is_true() && !verdict.is_undecided()) continue;
      Hit hit;
      hit.head = rule.head;
      hit.undecided = verdict.is_undecided();
      hit.suppressed_by = suppressor(rule, source, context);
      const auto live = arena.allocate_array<Value>(rule.live.size());
      for (size_t i = 0; i < rule.live.size(); ++i) live[i] = program_.evaluate(rule.live[i], source, context);
      hit.live = live;
      ++stats.hits;
      visit(event, hit);
    }
  }

  [[nodiscard]] uint64_t limit_hits() const { return program_.limit_hits(); }

 private:
  struct Rule {
    size_t head;
    Program::Index predicate;
    std::vector<Program::Index> live;
    std::vector<std::pair<const Suppressor*, Program::Index>> suppressors;
  };

  void add_head(size_t index, const Matcher& matcher) {
    const HeadSpec& spec = matcher.heads_[index];
    const bool assumed = matcher.assumed_ == type_;
    if (!assumed && !matcher.catalog_.belongs(type_, spec.cut->head.dataset)) return;
    static const DerivedFields kNone;
    const DerivedFields& derived = spec.derived != nullptr ? *spec.derived : kNone;
    const BoundHead bound =
        bind(spec.cut->head, spec.plan->columns, derived, type_, matcher.catalog_, matcher.sink_);
    if (is_literal_false(*bound.predicate)) return;
    Rule rule{index, program_.add(*bound.predicate), {}, {}};
    for (const ExprPtr& live : bound.live) rule.live.push_back(program_.add(*live));
    for (const Suppressor* suppressor : spec.suppressors) {
      if (!assumed && !matcher.catalog_.belongs(type_, suppressor->cut.head.dataset)) continue;
      const BoundHead filter =
          bind(suppressor->cut.head, suppressor->plan->columns, derived, type_, matcher.catalog_, matcher.sink_);
      rule.suppressors.emplace_back(suppressor, program_.add(*filter.predicate));
    }
    rules_.push_back(std::move(rule));
  }

  /// The first filter whose condition, which is ANDed to the detection's, is not true for this event.
  const Suppressor* suppressor(const Rule& rule, EventSource& source, EvalContext& context) {
    for (const auto& [filter, predicate] : rule.suppressors) {
      if (!program_.evaluate(predicate, source, context).is_true()) return filter;
    }
    return nullptr;
  }

  RecordType type_;
  Program program_;
  std::vector<Rule> rules_;
  ingest::PathSet wanted_;
  std::vector<std::vector<size_t>> places_;
  ingest::FieldValues values_;
};

Matcher::Matcher(const Catalog& catalog, std::vector<HeadSpec> heads, RunParameters run, DiagnosticSink& sink)
    : catalog_(catalog), heads_(std::move(heads)), run_(std::move(run)), sink_(sink), recognizer_(catalog) {
  groups_.resize(catalog.record_types());
  stats_.by_type.resize(catalog.record_types());
}

Matcher::~Matcher() = default;

Matcher::Group& Matcher::group(RecordType type) {
  auto& slot = groups_[static_cast<size_t>(type)];
  if (!slot) slot = std::make_unique<Group>(type, *this);
  return *slot;
}

void Matcher::process(const ingest::Record& record, const Visit& visit) {
  Metadata metadata;
  RecordType type = recognizer_.recognize(record, metadata);
  if (assumed_) type = *assumed_;
  ++stats_.events;
  if (type != RecordType::Generic) ++stats_.recognized;
  ++stats_.by_type[static_cast<size_t>(type)];
  if (metadata.time && (!latest_time_ || *metadata.time > *latest_time_)) latest_time_ = metadata.time;
  arena_.reset();
  group(type).process({record, metadata, type}, run_, arena_, stats_, visit);
}

MatchStats Matcher::stats() const {
  MatchStats result = stats_;
  for (const auto& group : groups_) result.regex_limit_hits += group ? group->limit_hits() : 0;
  return result;
}

}  // namespace hecate::stream
