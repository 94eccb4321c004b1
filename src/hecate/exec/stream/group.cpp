#include "exec/stream/group.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "base/text.h"
#include "ingest/json_lexemes.h"

namespace hecate::stream {
namespace {

using Op = Program::Op;

/// One value; every other field is absent.
class OneValue final : public EventSource {
 public:
  OneValue(const Value& value, std::string_view raw) : value_(value), raw_(raw) {}
  Value raw_field(size_t /*index*/) override { return value_; }
  Value metadata(std::string_view /*name*/) override { return Value::string(raw_); }

 private:
  Value value_;
  std::string_view raw_;
};

Value to_value(const Token& token, Arena& arena) {
  switch (token.form) {
    case Token::Form::Absent:
    case Token::Form::Complex: return Value::null();
    case Token::Form::Null: return Value::json_null();
    case Token::Form::Plain: return Value::string(token.bytes);
    case Token::Form::Escaped: break;
  }
  char* to = arena.allocate(token.bytes.size());
  return Value::string({to, ingest::unescape_json(token.bytes, to)});
}

/// A whole event, told by its tokens.
class TokenSource final : public EventSource {
 public:
  TokenSource(const GroupPlan& plan, const EventTokens& event, Arena& arena)
      : plan_(plan), event_(event), arena_(arena) {}
  Value raw_field(size_t index) override {
    const size_t field = plan_.field_of(index);
    if (field == GroupPlan::kNoField) return Value::null();
    return event_.fields[field].form == Token::Form::Complex ? Value::undecided()
                                                             : to_value(event_.fields[field], arena_);
  }
  // What is known of the record and not of its text, the exact path must look up.
  Value metadata(std::string_view name) override {
    return name == "meta.raw" ? Value::string(event_.raw) : Value::undecided();
  }

 private:
  const GroupPlan& plan_;
  const EventTokens& event_;
  Arena& arena_;
};

}  // namespace

size_t Group::SetHash::operator()(const std::vector<uint32_t>& set) const {
  return XXH3_64bits(set.data(), set.size() * sizeof(uint32_t));
}

Group::Group(std::shared_ptr<const GroupPlan> plan, GroupMemory& memory)
    : plan_(std::move(plan)),
      memory_(memory),
      program_(plan_->program()),
      tuples_(memory.budget),
      tuple_(plan_->fields().size() + 1),
      keys_(plan_->fields().size()),
      holds_(program_.size()),
      marked_(plan_->rules().size()) {
  fields_.reserve(plan_->fields().size() + 1);
  for (size_t i = 0; i <= plan_->fields().size(); ++i) fields_.emplace_back(memory.budget);
  clear();
}

void Group::clear() {
  for (size_t field = 0; field < fields_.size(); ++field) {
    FieldState& state = fields_[field];
    state.values.clear();
    state.numbers.clear();
    state.sets.assign(kReserved, {});
    state.numbers.emplace(std::vector<uint32_t>{}, kNothing);
    if (field < plan_->raw_text()) {
      state.sets[kAbsent].clear();
      run_tests(field, Value::null(), state.sets[kAbsent]);
      run_tests(field, Value::json_null(), state.sets[kNull]);
    }
  }
  tuples_.clear();
  verdicts_.assign(1, {});
  remembered_ = 0;
}

std::span<const uint32_t> Group::candidates(const EventTokens& event) {
  if (plan_->rules().empty()) return {};
  look_up(event);
  if (!memory_.tuple_cache) {
    verdicts_.resize(1);
    return verdicts_[decide()];
  }
  const uint64_t hash = tuples_.hash(tuple_);
  ++memory_.stats.tuple_lookups;
  uint32_t verdict = tuples_.find(tuple_, hash);
  if (verdict != TupleCache::kMissing) {
    ++memory_.stats.tuple_hits;
  } else {
    verdict = decide();
    tuples_.insert(tuple_, hash, verdict);
  }
  return verdicts_[verdict];
}

bool Group::may_match(const EventTokens& event, const RunParameters& run) {
  for (const uint32_t rule : candidates(event)) {
    memory_.arena.reset();
    EvalContext context{memory_.arena, run};
    TokenSource source(*plan_, event, memory_.arena);
    program_.begin_event();
    const Value verdict = program_.evaluate(plan_->rules()[rule].predicate.index, source, context);
    if (verdict.is_true() || verdict.is_undecided()) return true;
  }
  return false;
}

// --- values to sets of tests ---

/// Of a field that is read by nothing but what reads several fields the value does not matter.
bool Group::asks_nothing(size_t field) const { return plan_->tests(field).tests.empty(); }

bool Group::cached(const Token& token) const {
  return (token.form == Token::Form::Plain || token.form == Token::Form::Escaped) &&
         token.bytes.size() <= KeyedHash::kLongest;
}

void Group::look_up(const EventTokens& event) {
  const size_t count = plan_->fields().size();
  // A group that remembers too much starts over; checked here because numbers of sets must not change below.
  if (remembered_ > kMostSets) {
    ++memory_.budget.evictions;
    clear();
  }
  for (size_t field = 0; memory_.value_cache && field < count; ++field) {
    const Token& token = event.fields[field];
    if (!cached(token) || asks_nothing(field)) continue;
    keys_[field] = {memory_.budget.hash(token.bytes), static_cast<uint32_t>(token.bytes.size()),
                    token.form == Token::Form::Escaped ? 1U : 0U};
    fields_[field].values.prefetch(keys_[field]);
  }
  for (size_t field = 0; field < count; ++field) {
    if (asks_nothing(field)) {
      tuple_[field] = kNothing;
      continue;
    }
    const Token& token = event.fields[field];
    switch (token.form) {
      case Token::Form::Absent: tuple_[field] = kAbsent; continue;
      case Token::Form::Null: tuple_[field] = kNull; continue;
      case Token::Form::Complex: tuple_[field] = kUnknown; continue;
      case Token::Form::Plain:
      case Token::Form::Escaped: break;
    }
    if (!memory_.value_cache || !cached(token)) {
      tuple_[field] = look_at(field, token);
      continue;
    }
    ++memory_.stats.value_lookups;
    ValueCache& values = fields_[field].values;
    tuple_[field] = values.find(keys_[field]);
    if (tuple_[field] != ValueCache::kMissing) {
      ++memory_.stats.value_hits;
      continue;
    }
    tuple_[field] = look_at(field, token);
    values.insert(keys_[field], tuple_[field]);
  }
  tuple_[count] = set_of_raw(event);
}

uint32_t Group::look_at(size_t field, const Token& token) {
  memory_.arena.reset();
  std::vector<uint32_t> holding;
  run_tests(field, to_value(token, memory_.arena), holding);
  return number_of(field, std::move(holding));
}

uint32_t Group::set_of_raw(const EventTokens& event) {
  if (!plan_->reads_raw()) return kAbsent;
  const size_t field = plan_->raw_text();
  if (event.raw_is_clean && plan_->raw_literals()) return kNothing;
  return look_at(field, {event.raw, Token::Form::Plain});
}

void Group::run_tests(size_t field, const Value& value, std::vector<uint32_t>& holding) {
  const FieldTests& tests = plan_->tests(field);
  if (value.kind() == Kind::String) {
    folded_.clear();
    fold_case_to(value.as_text(), folded_);
    tests.literals.find(folded_, memory_.literals, holding);
    if (!tests.ascii_gated.empty() && may_hold_ascii_in_disguise(value.as_text())) {
      holding.insert(holding.end(), tests.ascii_gated.begin(), tests.ascii_gated.end());
    }
    std::sort(holding.begin(), holding.end());
    holding.erase(std::unique(holding.begin(), holding.end()), holding.end());
    std::erase_if(holding,
                  [&](uint32_t number) { return tests.gated[number] && !test(tests.tests[number], field, value); });
  }
  const size_t found = holding.size();
  for (const uint32_t number : tests.direct) {
    if (test(tests.tests[number], field, value)) holding.push_back(number);
  }
  if (holding.size() > found) std::sort(holding.begin(), holding.end());
}

bool Group::test(Program::Index node, size_t field, const Value& value) {
  static const RunParameters kNoRun;
  EvalContext context{memory_.arena, kNoRun};
  OneValue source(field == plan_->raw_text() ? Value::null() : value,
                  field == plan_->raw_text() ? value.as_text() : "");
  program_.begin_event();
  const Value verdict = program_.evaluate(node, source, context);
  return verdict.is_true() || verdict.is_undecided();
}

uint32_t Group::number_of(size_t field, std::vector<uint32_t> set) {
  FieldState& state = fields_[field];
  const auto [at, added] = state.numbers.try_emplace(std::move(set), static_cast<uint32_t>(state.sets.size()));
  if (added) {
    state.sets.push_back(at->first);
    ++remembered_;
  }
  return at->second;
}

// --- sets of tests to rules ---

uint32_t Group::decide() {
  ++epoch_;
  rules_.clear();
  for (size_t field = 0; field < tuple_.size(); ++field) {
    const FieldTests& tests = plan_->tests(field);
    if (tuple_[field] == kUnknown) {
      for (const Program::Index node : tests.tests) mark(plan_->rules_needing(node));
      continue;
    }
    for (const uint32_t number : fields_[field].sets[tuple_[field]]) {
      holds_[tests.tests[number]] = epoch_;
      mark(plan_->rules_needing(tests.tests[number]));
    }
  }
  mark(plan_->rules_always());
  std::erase_if(rules_, [this](uint32_t rule) { return truth(plan_->rules()[rule].predicate.index) == Truth::False; });
  if (rules_.empty()) return 0;
  std::sort(rules_.begin(), rules_.end());
  verdicts_.push_back(rules_);
  ++remembered_;
  return static_cast<uint32_t>(verdicts_.size() - 1);
}

void Group::mark(std::span<const uint32_t> rules) {
  for (const uint32_t rule : rules) {
    if (marked_[rule] == epoch_) continue;
    marked_[rule] = epoch_;
    rules_.push_back(rule);
  }
}

/// Kleene logic over what is known of the tests. A test that is null counts as false: what then comes out true
/// is only looked at once more.
Group::Truth Group::truth(Program::Index node) const {
  const Program& program = plan_->program();
  const Op op = program.op(node);
  if (op == Op::Not) {
    const Truth operand = truth(program.operands(node)[0]);
    return operand == Truth::Unknown ? operand : operand == Truth::True ? Truth::False : Truth::True;
  }
  if (op == Op::And || op == Op::Or) {
    const Truth decisive = op == Op::And ? Truth::False : Truth::True;
    Truth result = op == Op::And ? Truth::True : Truth::False;
    for (const Program::Index operand : program.operands(node)) {
      const Truth one = truth(operand);
      if (one == decisive) return decisive;
      if (one == Truth::Unknown) result = one;
    }
    return result;
  }
  if (op == Op::Constant) return program.constant(node).is_true() ? Truth::True : Truth::False;
  const size_t field = plan_->tested_field(node);
  if (field == GroupPlan::kNoField || tuple_[field] == kUnknown) return Truth::Unknown;
  return holds_[node] == epoch_ ? Truth::True : Truth::False;
}

}  // namespace hecate::stream
