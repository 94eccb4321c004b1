#include "exec/stream/group.h"

#include <algorithm>

#include "base/text.h"
#include "exec/stream/text_sources.h"
#include "ingest/json_lexemes.h"

namespace hecate::stream {
namespace {

using Op = Program::Op;

/// A whole event, told by its tokens.
class TokenSource final : public EventSource {
 public:
  TokenSource(const Group& group, const EventTokens& event, Arena& arena)
      : group_(group), plan_(group.plan()), event_(event), arena_(arena) {}
  std::optional<bool> known(Program::Index node) const override { return group_.known(node); }
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
  const Group& group_;
  const GroupPlan& plan_;
  const EventTokens& event_;
  Arena& arena_;
};

}  // namespace

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

Group::Group(std::shared_ptr<const GroupPlan> plan, GroupMemory& memory)
    : plan_(std::move(plan)),
      memory_(memory),
      program_(plan_->program()),
      tuples_(memory.budget),
      tuple_(plan_->fields().size() + 1),
      keys_(plan_->fields().size()),
      nodes_(program_.size()),
      marked_(plan_->rules().size()) {
  fields_.reserve(plan_->fields().size() + 1);
  for (size_t i = 0; i <= plan_->fields().size(); ++i) fields_.emplace_back(memory.budget);
  clear();
}

void Group::clear() {
  for (FieldState& state : fields_) {
    state.values.clear();
    state.sets.clear();
    state.absent = state.null = kNothing;
  }
  tuples_.clear();
  verdicts_.assign(1, {});
  verdict_rules_.clear();
  remembered_ = remembered_numbers_ = 0;
}

std::span<const uint32_t> Group::candidates(const EventTokens& event) {
  const std::span<const uint32_t> rules = rules_of(judge(event, Need::EachRule));
  if (!rules.empty()) load_sets();
  return rules;
}

std::optional<bool> Group::known(Program::Index node) const {
  const Tested& tested = plan_->tested(node);
  if (loaded_ != event_ || tested.by != Tested::By::Field || tuple_[tested.field] == kUnknown) return std::nullopt;
  switch (what_is_known(node, tested)) {
    case Known::Holds: return true;
    case Known::Fails: return false;
    case Known::Open:
    case Known::Unsure: break;
  }
  return std::nullopt;
}

bool Group::may_match(const EventTokens& event, const RunParameters& run) {
  const Verdict& verdict = judge(event, Need::AnyRule);
  if (verdict.certain) return true;
  EvalContext context{memory_.arena, run};
  TokenSource source(*this, event, memory_.arena);
  const std::span<const uint32_t> rules = rules_of(verdict);
  return std::any_of(rules.begin(), rules.end(), [&](uint32_t rule) {
    const Value match = program_.evaluate(plan_->rules()[rule].predicate.index, source, context);
    return match.is_true() || match.is_undecided();
  });
}

std::span<const Group::Answer> Group::matches(const EventTokens& event, const RunParameters& run) {
  answers_.clear();
  const std::span<const uint32_t> rules = candidates(event);
  EvalContext context{memory_.arena, run};
  TokenSource source(*this, event, memory_.arena);
  for (const uint32_t rule : rules) {
    const Value match = program_.evaluate(plan_->rules()[rule].predicate.index, source, context);
    if (match.is_true() || match.is_undecided()) answers_.emplace_back(rule, match.is_true());
  }
  return answers_;
}

const Group::Verdict& Group::judge(const EventTokens& event, Need need) {
  if (plan_->rules().empty()) return verdicts_[0];
  memory_.arena.reset();
  program_.begin_event();
  ++event_;
  look_up(event);
  TokenSource source(*this, event, memory_.arena);
  uint32_t verdict = TupleCache::kMissing;
  if (memory_.tuple_cache) {
    const uint64_t hash = tuples_.hash(tuple_);
    verdict = tuples_.find(tuple_, hash);
    ++memory_.stats.tuple_lookups;
    if (verdict != TupleCache::kMissing) {
      ++memory_.stats.tuple_hits;
    } else {
      verdict = judge_sets(source);
      tuples_.insert(tuple_, hash, verdict);
    }
  } else {
    verdicts_.resize(1);
    verdict_rules_.clear();
    verdict = judge_sets(source);
  }
  const bool suffices = need == Need::AnyRule && verdicts_[verdict].certain;
  if (verdicts_[verdict].open && !suffices) verdict = ask_what_is_open(verdict, event, source);
  return verdicts_[verdict];
}

// --- values to sets of tests ---

/// Of a field that is read by nothing but what reads several fields the value does not matter.
bool Group::asks_nothing(size_t field) const { return plan_->tests(field).tests.empty(); }

bool Group::cached(const Token& token) const {
  return (token.form == Token::Form::Plain || token.form == Token::Form::Escaped) &&
         token.bytes.size() <= KeyedHash::kLongest && memory_.value_cache;
}

void Group::look_up(const EventTokens& event) {
  const size_t count = plan_->fields().size();
  // A group that remembers too much starts over; checked here because numbers of sets must not change below.
  if (remembered_ > kMostSets || remembered_numbers_ > kMostNumbers) {
    ++memory_.budget.evictions;
    clear();
  }
  for (size_t field = 0; field < count; ++field) {
    const Token& token = event.fields[field];
    if (!cached(token) || asks_nothing(field)) continue;
    keys_[field] = {memory_.budget.hash(token.bytes), static_cast<uint32_t>(token.bytes.size()),
                    token.form == Token::Form::Escaped ? 1U : 0U};
    fields_[field].values.prefetch(keys_[field]);
  }
  for (size_t field = 0; field < count; ++field) {
    tuple_[field] = asks_nothing(field) ? kNothing : set_of(field, event.fields[field]);
  }
  tuple_[count] = set_of_raw(event);
}

uint32_t Group::set_of(size_t field, const Token& token) {
  FieldState& state = fields_[field];
  switch (token.form) {
    case Token::Form::Absent: return state.absent;
    case Token::Form::Null: return state.null;
    case Token::Form::Complex: return kUnknown;
    case Token::Form::Plain:
    case Token::Form::Escaped: break;
  }
  if (!cached(token)) return look_at(field, token);
  ++memory_.stats.value_lookups;
  const uint32_t known = state.values.find(keys_[field]);
  if (known != ValueCache::kMissing) {
    ++memory_.stats.value_hits;
    return known;
  }
  const uint32_t set = look_at(field, token);
  state.values.insert(keys_[field], set);
  return set;
}

uint32_t Group::set_of_raw(const EventTokens& event) {
  if (!plan_->reads_raw() || (event.raw_is_clean && plan_->raw_literals())) return kNothing;
  return look_at(plan_->raw_text(), {event.raw, Token::Form::Plain});
}

uint32_t Group::look_at(size_t field, const Token& token) {
  const FieldTests& tests = plan_->tests(field);
  if (tests.literals.size() == 0) return kNothing;
  std::string_view text = token.bytes;
  if (token.form == Token::Form::Escaped) {
    unescaped_.resize(text.size());
    text = {unescaped_.data(), ingest::unescape_json(text, unescaped_.data())};
  }
  folded_.clear();
  fold_case_to(text, folded_);
  found_.clear();
  tests.literals.find(folded_, memory_.literals, found_);
  if (!tests.ascii_gated.empty() && may_hold_ascii_in_disguise(text)) {
    found_.insert(found_.end(), tests.ascii_gated.begin(), tests.ascii_gated.end());
  }
  if (!tests.decoded.empty() && may_hold_encoded(text)) {
    found_.insert(found_.end(), tests.decoded.begin(), tests.decoded.end());
  }
  drop_repeated(found_, 0);
  set_.clear();
  for (const uint32_t number : found_) {
    set_.push_back(entry(number, tests.tests[number].way == FieldTests::Way::Literals ? Known::Holds : Known::Open));
  }
  return number_of(field, set_);
}

uint32_t Group::number_of(size_t field, std::span<const uint32_t> set) {
  if (set.empty()) return kNothing;
  NumberedLists& sets = fields_[field].sets;
  const size_t before = sets.size();
  const uint32_t number = sets.number_of(set);
  if (sets.size() > before) {
    ++remembered_;
    remembered_numbers_ += set.size();
  }
  return number + kReserved;
}

/// What is known of a field's value in this event.
std::span<const uint32_t> Group::set(size_t field) const {
  return tuple_[field] < kReserved ? std::span<const uint32_t>() : fields_[field].sets[tuple_[field] - kReserved];
}

// --- sets of tests to rules ---

void Group::load_sets() {
  if (loaded_ == event_) return;
  loaded_ = event_;
  for (size_t field = 0; field < tuple_.size(); ++field) {
    const FieldTests& tests = plan_->tests(field);
    for (const uint32_t known : set(field)) {
      nodes_[tests.tests[number_in(known)].node] = {event_, known_in(known)};
    }
  }
}

/// What the sets tell without asking anything.
uint32_t Group::judge_sets(EventSource& source) {
  load_sets();
  rules_.clear();
  for (size_t field = 0; field < tuple_.size(); ++field) {
    const FieldTests& tests = plan_->tests(field);
    if (tuple_[field] == kUnknown) {
      for (const FieldTests::Test& test : tests.tests) mark(plan_->rules_needing(test.node));
      continue;
    }
    for (const uint32_t known : set(field)) {
      if (known_in(known) != Known::Fails) mark(plan_->rules_needing(tests.tests[number_in(known)].node));
    }
  }
  mark(plan_->rules_always());
  bool certain = false;
  bool open = false;
  std::erase_if(rules_, [&](uint32_t rule) {
    const Truth answer = truth(plan_->rules()[rule].predicate.index, Ask::No, source);
    certain = certain || answer == Truth::True;
    open = open || answer == Truth::Unknown;
    return answer == Truth::False;
  });
  std::sort(rules_.begin(), rules_.end());
  return add_verdict(certain, open);
}

/// Asks the tests on which what is left of a verdict depends. Where values remember the answers, the next event that
/// has them finds the verdict that this one comes to.
uint32_t Group::ask_what_is_open(uint32_t verdict, const EventTokens& event, EventSource& source) {
  load_sets();
  resolved_.clear();
  rules_.clear();
  bool certain = false;
  for (const uint32_t rule : rules_of(verdicts_[verdict])) {
    const Truth answer = truth(plan_->rules()[rule].predicate.index, Ask::WhereOpen, source);
    if (answer != Truth::False) rules_.push_back(rule);
    certain = certain || answer == Truth::True;
  }
  if (resolved_.empty()) {
    // All that is unknown stays so for these sets.
    verdicts_[verdict].open = false;
    return verdict;
  }
  remember_answers(event);
  if (!memory_.tuple_cache) return add_verdict(certain, false);
  const uint64_t hash = tuples_.hash(tuple_);
  const uint32_t known = tuples_.find(tuple_, hash);
  if (known != TupleCache::kMissing) {
    if (!verdicts_[known].open) return known;
    const uint32_t answered = add_verdict(certain, false);
    verdicts_[known] = verdicts_[answered];
    return known;
  }
  const uint32_t answered = add_verdict(certain, false);
  tuples_.insert(tuple_, hash, answered);
  return answered;
}

/// Of rules_.
uint32_t Group::add_verdict(bool certain, bool open) {
  if (rules_.empty()) return 0;
  verdicts_.push_back(
      {static_cast<uint32_t>(verdict_rules_.size()), static_cast<uint32_t>(rules_.size()), certain, open});
  verdict_rules_.insert(verdict_rules_.end(), rules_.begin(), rules_.end());
  ++remembered_;
  remembered_numbers_ += rules_.size();
  return static_cast<uint32_t>(verdicts_.size() - 1);
}

void Group::mark(std::span<const uint32_t> rules) {
  for (const uint32_t rule : rules) {
    if (marked_[rule] == event_) continue;
    marked_[rule] = event_;
    rules_.push_back(rule);
  }
}

/// Kleene logic over what is known of the tests. What is null counts as unknown.
Group::Truth Group::truth(Program::Index node, Ask ask, EventSource& source) {
  const Program& program = plan_->program();
  const Op op = program.op(node);
  if (op == Op::Constant) return program.constant(node).is_true() ? Truth::True : Truth::False;
  if (op == Op::Not) {
    const Truth operand = truth(program.operands(node)[0], ask, source);
    return operand == Truth::Unknown ? operand : operand == Truth::True ? Truth::False : Truth::True;
  }
  if (op != Op::And && op != Op::Or) return truth_of_test(node, ask, source);
  const Truth decisive = op == Op::And ? Truth::False : Truth::True;
  Truth result = op == Op::And ? Truth::True : Truth::False;
  // What is known decides before anything is asked.
  for (const Ask asking : {Ask::No, Ask::WhereOpen}) {
    if (asking == Ask::WhereOpen && (ask == Ask::No || result != Truth::Unknown)) break;
    result = op == Op::And ? Truth::True : Truth::False;
    for (const Program::Index operand : program.operands(node)) {
      const Truth one = truth(operand, asking, source);
      if (one == decisive) return decisive;
      if (one == Truth::Unknown) result = one;
    }
  }
  return result;
}

Group::Known Group::what_is_known(Program::Index node, const Tested& tested) const {
  if (nodes_[node].event == event_) return nodes_[node].known;
  return tested.deferred ? Known::Open : Known::Fails;
}

Group::Truth Group::truth_of_test(Program::Index node, Ask ask, EventSource& source) {
  const Tested& tested = plan_->tested(node);
  if (tested.by == Tested::By::Nothing) return Truth::Unknown;
  if (tested.by == Tested::By::Hints) return truth_of_hints(node);
  if (tuple_[tested.field] == kUnknown) return Truth::Unknown;
  Known known = what_is_known(node, tested);
  if (known == Known::Open && ask == Ask::WhereOpen) known = ask_program(node, tested, source);
  switch (known) {
    case Known::Holds: return Truth::True;
    case Known::Fails: return Truth::False;
    case Known::Open:
    case Known::Unsure: break;
  }
  return Truth::Unknown;
}

Group::Truth Group::truth_of_hints(Program::Index node) const {
  const std::vector<uint32_t>& fields = plan_->hinting_fields(node);
  const bool unknown = std::any_of(fields.begin(), fields.end(), [&](uint32_t f) { return tuple_[f] == kUnknown; });
  return unknown || nodes_[node].event == event_ ? Truth::Unknown : Truth::False;
}

Group::Known Group::ask_program(Program::Index node, const Tested& tested, EventSource& source) {
  static const RunParameters kNoRun;
  EvalContext context{memory_.arena, kNoRun};
  const Value answer = program_.evaluate(node, source, context);
  Known known = Known::Unsure;
  if (answer.kind() == Kind::Bool) known = answer.as_bool() ? Known::Holds : Known::Fails;
  nodes_[node] = {event_, known};
  resolved_.push_back({tested.field, entry(tested.number, known)});
  return known;
}

// --- answers that are remembered ---

void Group::remember_answers(const EventTokens& event) {
  std::sort(resolved_.begin(), resolved_.end(), [](const Resolved& a, const Resolved& b) {
    return a.field != b.field ? a.field < b.field : a.entry < b.entry;
  });
  for (auto at = resolved_.begin(); at != resolved_.end();) {
    const uint32_t field = at->field;
    const auto end = std::find_if(at, resolved_.end(), [field](const Resolved& other) { return other.field != field; });
    refine(field, {at, end}, field < event.fields.size() ? &event.fields[field] : nullptr);
    at = end;
  }
}

/// The value's set with the answers in it. No token: the raw text, which is not remembered.
void Group::refine(size_t field, std::span<const Resolved> answers, const Token* token) {
  FieldState& state = fields_[field];
  const std::span<const uint32_t> before = set(field);
  set_.clear();
  auto answer = answers.begin();
  for (const uint32_t known : before) {
    for (; answer != answers.end() && number_in(answer->entry) < number_in(known); ++answer)
      set_.push_back(answer->entry);
    const bool answered = answer != answers.end() && number_in(answer->entry) == number_in(known);
    set_.push_back(answered ? (answer++)->entry : known);
  }
  for (; answer != answers.end(); ++answer) set_.push_back(answer->entry);
  const uint32_t refined = tuple_[field] = number_of(field, set_);
  if (token == nullptr) return;
  if (token->form == Token::Form::Absent) state.absent = refined;
  if (token->form == Token::Form::Null) state.null = refined;
  if (cached(*token)) state.values.replace(keys_[field], refined);
}

}  // namespace hecate::stream
