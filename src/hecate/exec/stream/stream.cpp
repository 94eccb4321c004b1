#include "exec/stream/stream.h"

#include <algorithm>
#include <filesystem>

#include "exec/reference/reference.h"
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
    if (name == "meta.table") return Value::string(arena_.copy(std::filesystem::path(record_.file).stem().string()));
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
  Group(RecordType type, const Matcher& matcher) : type_(type), evaluation_(matcher.evaluation_) {
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
    const auto evaluate = [&](const Term& term) {
      return evaluation_ == Evaluation::Program ? program_.evaluate(term.index, source, context)
                                                : evaluate_by_reference(*term.expr, source, context);
    };
    for (const Rule& rule : rules_) {
      const Value verdict = evaluate(rule.predicate);
      if (!verdict.is_true() && !verdict.is_undecided()) continue;
      Hit hit;
      hit.head = rule.head;
      hit.undecided = verdict.is_undecided();
      hit.suppressed_by = suppressor(rule, evaluate);
      const auto live = arena.allocate_array<Value>(rule.live.size());
      for (size_t i = 0; i < rule.live.size(); ++i) live[i] = evaluate(rule.live[i]);
      hit.live = live;
      ++stats.hits;
      visit(event, hit);
    }
  }

  [[nodiscard]] uint64_t limit_hits() const { return program_.limit_hits(); }

 private:
  /// An expression with its node in the program.
  struct Term {
    ExprPtr expr;
    Program::Index index;
  };
  struct Rule {
    size_t head;
    Term predicate;
    std::vector<Term> live;
    std::vector<std::pair<const Suppressor*, Term>> suppressors;
  };

  Term term(const ExprPtr& expr) { return {expr, program_.add(*expr)}; }

  /// Raw fields are found by their index in the program, which holds every expression anyway.
  Value evaluate_by_reference(const Expr& expr, RecordSource& source, EvalContext& context) const {
    const auto& fields = program_.raw_fields();
    const reference::Bindings bindings{
        [](ColumnId) { return Value::null(); },
        [&](std::string_view path) {
          return source.raw_field(static_cast<size_t>(std::find(fields.begin(), fields.end(), path) - fields.begin()));
        },
        [&](std::string_view name) { return source.metadata(name); }};
    return reference::evaluate(expr, bindings, context);
  }

  void add_head(size_t index, const Matcher& matcher) {
    const HeadSpec& spec = matcher.heads_[index];
    if (!takes(spec.cut->head.dataset, matcher)) return;
    const BoundHead bound = bind_head(spec.cut->head, spec.plan->columns, spec.derived, matcher);
    if (is_literal_false(*bound.predicate)) return;
    Rule rule{index, term(bound.predicate), {}, {}};
    for (const ExprPtr& live : bound.live) rule.live.push_back(term(live));
    for (const Suppressor* suppressor : spec.suppressors) {
      if (!takes(suppressor->cut.head.dataset, matcher)) continue;
      const BoundHead filter =
          bind_head(suppressor->cut.head, suppressor->plan->columns, suppressor->derived, matcher);
      rule.suppressors.emplace_back(suppressor, term(filter.predicate));
    }
    rules_.push_back(std::move(rule));
  }

  /// Events that no source recognises are tables named after their files, where the catalog has no such table.
  [[nodiscard]] bool takes(const Dataset& dataset, const Matcher& matcher) const {
    if (matcher.assumed_ == type_ || matcher.catalog_.belongs(type_, dataset)) return true;
    return type_ == RecordType::Generic && is_file_table(dataset, matcher.catalog_);
  }

  [[nodiscard]] BoundHead bind_head(const Head& head, const std::vector<ColumnInfo>& columns, const DerivedFields* derived,
                                    const Matcher& matcher) const {
    static const DerivedFields kNone;
    return bind(head, columns, derived != nullptr ? *derived : kNone, type_, matcher.catalog_, matcher.sink_);
  }

  /// The first filter whose condition, which is ANDed to the detection's, is not true for this event.
  template <typename EvaluateTerm>
  const Suppressor* suppressor(const Rule& rule, const EvaluateTerm& evaluate) {
    for (const auto& [filter, predicate] : rule.suppressors) {
      if (!evaluate(predicate).is_true()) return filter;
    }
    return nullptr;
  }

  RecordType type_;
  Evaluation evaluation_;
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
