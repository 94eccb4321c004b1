#include "exec/stream/stream.h"

#include <algorithm>
#include <filesystem>

#include "exec/reference/reference.h"
#include "exec/stream/groups.h"
#include "exec/stream/raw_screen.h"
#include "exec/stream/sighted.h"
#include "exec/stream/text_sources.h"

namespace hecate::stream {
namespace {

/// What is known of an event besides its raw fields.
class EventSourceOf : public EventSource {
 public:
  EventSourceOf(const EventView& event, Arena& arena) : event_(event), arena_(arena) {}

  /// From now on the event is the one that the group was asked for its candidates with.
  void set_group(const Group& group) { group_ = &group; }
  [[nodiscard]] std::optional<bool> known(Program::Index node) const override {
    return group_ != nullptr ? group_->known(node) : std::nullopt;
  }

  Value metadata(std::string_view name) override {
    const Metadata& metadata = event_.metadata;
    if (name == "meta.time") return metadata.time ? Value::datetime(*metadata.time) : Value::null();
    if (name == "meta.file_time") return metadata.file_time ? Value::datetime(*metadata.file_time) : Value::null();
    if (name == "meta.raw") return Value::string(event_.record.raw);
    if (name == "meta.host") return text(metadata.host);
    if (name == "meta.source") return text(metadata.source);
    if (name == "meta.sourcetype") return text(metadata.sourcetype);
    if (name == "meta.index") return text(metadata.index);
    if (name == "meta.table")
      return Value::string(arena_.copy(std::filesystem::path(event_.record.file).stem().string()));
    return Value::null();
  }

 protected:
  [[nodiscard]] Arena& arena() const { return arena_; }

 private:
  static Value text(std::string_view value) { return value.empty() ? Value::null() : Value::string(value); }

  const EventView& event_;
  Arena& arena_;
  const Group* group_ = nullptr;
};

/// A record's fields by their index in a program.
class RecordSource final : public EventSourceOf {
 public:
  /// `fields`: for each raw field of the program its number in the reader.
  RecordSource(const EventView& event, const EventReader& reader, const std::vector<size_t>& fields, Arena& arena)
      : EventSourceOf(event, arena), reader_(reader), fields_(fields) {}

  Value raw_field(size_t index) override {
    for (const size_t slot : reader_.places(fields_[index])) {
      const size_t count = reader_.values().count(slot);
      if (count == 1) return to_value(reader_.values().first(slot));
      if (count > 1) return many(slot);
    }
    return Value::null();
  }

 private:
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
    reader_.values().all(slot, raws);
    const auto list = arena().allocate_array<Value>(raws.size());
    std::transform(raws.begin(), raws.end(), list.begin(), to_value);
    return Value::many(list);
  }

  const EventReader& reader_;
  const std::vector<size_t>& fields_;
};

/// A sighted event's fields by their index in the program.
class SightedSource final : public EventSourceOf {
 public:
  SightedSource(const EventView& event, const SightedEvent& sighted, Arena& arena)
      : EventSourceOf(event, arena), sighted_(sighted) {}
  Value raw_field(size_t index) override { return to_value(sighted_.tokens[index], arena()); }

 private:
  const SightedEvent& sighted_;
};

/// Raw fields are found by their index in the program, which holds every expression anyway.
Value evaluate_by_reference(const Expr& expr, const GroupPlan& plan, EventSource& source, EvalContext& context) {
  const auto& fields = plan.program().raw_fields();
  const reference::Bindings bindings{
      [](ColumnId) { return Value::null(); },
      [&](std::string_view path) {
        return source.raw_field(static_cast<size_t>(std::find(fields.begin(), fields.end(), path) - fields.begin()));
      },
      [&](std::string_view name) { return source.metadata(name); }};
  return reference::evaluate(expr, bindings, context);
}

/// Where the raw fields of a group's program stand among those of its record type.
struct GroupFields {
  std::vector<size_t> all;       // by Program::raw_fields()
  std::vector<size_t> decisive;  // by GroupPlan::fields()
  std::optional<RawScreen> screen;
};

}  // namespace

struct Matcher::TypeState {
  TypeState(const Catalog& catalog, RecordType type) : reader(catalog, type) {
    const std::string_view name = catalog.discriminator(type);
    if (!name.empty()) discriminator = reader.field(std::string(name));
  }

  GroupFields& fields_of(const Group& group) {
    const auto [at, added] = fields.try_emplace(&group);
    if (!added) return at->second;
    for (const std::string& name : group.plan().program().raw_fields()) at->second.all.push_back(reader.field(name));
    for (const GroupField& field : group.fields()) at->second.decisive.push_back(reader.field(field.name));
    return at->second;
  }

  static bool raw_is_clean(const Group& group, GroupFields& fields, std::string_view raw) {
    if (!group.reads_raw() || !group.raw_literals()) return false;
    if (group.plan().decodes_raw() && may_hold_encoded(raw)) return false;
    if (!fields.screen) fields.screen.emplace(*group.raw_literals(), raw);
    return fields.screen->clean(raw);
  }

  EventReader reader;
  std::optional<size_t> discriminator;
  std::unordered_map<const Group*, GroupFields> fields;
};

Matcher::Matcher(const Catalog& catalog, std::vector<HeadSpec> heads, RunParameters run, DiagnosticSink& sink)
    : catalog_(catalog),
      run_(std::move(run)),
      sink_(sink),
      recognizer_(catalog),
      store_(std::make_unique<GroupStore>(catalog, std::move(heads))),
      groups_(std::make_unique<Groups>(*store_)) {
  types_.resize(catalog.record_types());
  stats_.by_type.resize(catalog.record_types());
}

Matcher::~Matcher() = default;

void Matcher::assume(RecordType type) { store_->assume(type); }

Matcher::TypeState& Matcher::state(RecordType type) {
  auto& slot = types_[static_cast<size_t>(type)];
  if (!slot) slot = std::make_unique<TypeState>(catalog_, type);
  return *slot;
}

/// Reads the event, too: which group is its own is one of its values.
Group& Matcher::group_of(TypeState& state, RecordType type, const Metadata& metadata) {
  if (!state.discriminator) return groups_->group(type, metadata, std::nullopt);
  const Token token = state.reader.token(*state.discriminator);
  return groups_->group(type, metadata, token.form == Token::Form::Plain ? std::optional(token.bytes) : std::nullopt);
}

void Matcher::process(const ingest::Record& record, const Visit& visit) {
  Metadata metadata;
  RecordType type = recognizer_.recognize(record, metadata);
  if (store_->assumed()) type = *store_->assumed();
  ++stats_.events;
  if (type != RecordType::Generic) ++stats_.recognized;
  ++stats_.by_type[static_cast<size_t>(type)];
  if (metadata.time && (!latest_time_ || *metadata.time > *latest_time_)) latest_time_ = metadata.time;
  arena_.reset();
  TypeState& known = state(type);
  known.reader.read(*record.document);
  Group* group = &group_of(known, type, metadata);
  if (!known.fields.contains(group)) {
    // The first event of its kind: the walk above did not know what the group wants.
    (void)known.fields_of(*group);
    store_->report_to(sink_);
    known.reader.read(*record.document);
  }
  match({record, metadata, type}, known, *group, visit);
}

/// Whose rules are asked, and about what.
struct Matcher::Asked {
  const EventView& event;
  Program& program;
  const GroupPlan& plan;
  EventSource& source;
};

Value Matcher::evaluate(const Asked& asked, const Term& term) {
  EvalContext context{arena_, run_};
  return evaluation_ == Evaluation::Reference ? evaluate_by_reference(*term.expr, asked.plan, asked.source, context)
                                              : asked.program.evaluate(term.index, asked.source, context);
}

void Matcher::ask(const Asked& asked, const BoundRule& rule, const Visit& visit) {
  const Value verdict = evaluate(asked, rule.predicate);
  if (verdict.is_true() || verdict.is_undecided()) take(asked, rule, verdict.is_undecided(), visit);
}

/// Of a rule that the event meets.
void Matcher::take(const Asked& asked, const BoundRule& rule, bool undecided, const Visit& visit) {
  const auto value_of = [&](const Term& term) { return evaluate(asked, term); };
  Hit hit;
  hit.head = rule.head;
  hit.undecided = undecided;
  // The first filter whose condition, which is ANDed to the detection's, is not true for this event.
  for (const auto& [filter, condition] : rule.suppressors) {
    if (hit.suppressed_by == nullptr && !value_of(condition).is_true()) hit.suppressed_by = filter;
  }
  const auto live = arena_.allocate_array<Value>(rule.live.size());
  std::transform(rule.live.begin(), rule.live.end(), live.begin(), value_of);
  hit.live = live;
  ++stats_.hits;
  visit(asked.event, hit);
}

void Matcher::match(const EventView& event, TypeState& state, Group& group, const Visit& visit) {
  const GroupPlan& plan = group.plan();
  if (plan.rules().empty()) return;
  GroupFields& fields = state.fields_of(group);
  RecordSource source(event, state.reader, fields.all, arena_);
  Program& program = group.program();
  const Asked asked{event, program, plan, source};
  if (evaluation_ != Evaluation::Caches) {
    program.begin_event();
    for (const BoundRule& rule : plan.rules()) ask(asked, rule, visit);
    return;
  }
  tokens_.clear();
  for (const size_t field : fields.decisive) tokens_.push_back(state.reader.token(field));
  const std::string_view raw = event.record.raw;
  const auto candidates = group.candidates({tokens_, raw, TypeState::raw_is_clean(group, fields, raw)});
  source.set_group(group);
  program.begin_event();
  for (const uint32_t rule : candidates) ask(asked, plan.rules()[rule], visit);
}

void Matcher::process(const SightedEvent& sighted, const ingest::PassedRun& run, const Visit& visit) {
  arena_.reset();
  ingest::Record record;
  record.number = run.before + 1;
  record.raw = sighted.raw;
  record.file = run.file;
  record.byte_offset = run.run.begin;
  Metadata metadata = sighted.origin;
  metadata.time = sighted.time;
  const Value host = to_value(sighted.host, arena_);
  if (!host.is_null()) metadata.host = host.as_text();
  if (!metadata.source_by_catalog) metadata.source = run.file;
  const EventView event{record, metadata, sighted.type};
  const GroupPlan& plan = *sighted.plan;
  Group& group = groups_->of_plan(sighted.plan);
  SightedSource source(event, sighted, arena_);
  Program& program = group.program();
  program.begin_event();
  const Asked asked{event, program, plan, source};
  for (const SightedEvent::Rule& rule : sighted.rules) {
    const BoundRule& bound = plan.rules()[rule.number];
    if (rule.holds) {
      take(asked, bound, false, visit);
    } else {
      ask(asked, bound, visit);
    }
  }
}

MatchStats Matcher::stats() const {
  MatchStats result = stats_;
  result.regex_limit_hits = groups_->regex_limit_hits();
  result.caches = groups_->memory().cache_stats();
  return result;
}

}  // namespace hecate::stream
