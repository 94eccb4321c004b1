#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exec/functions/function.h"
#include "exec/stream/group_plan.h"
#include "exec/stream/numbered_lists.h"
#include "exec/stream/token.h"
#include "exec/stream/value_cache.h"

namespace hecate::stream {

/// What a token says, unescaped; null where only the whole event can tell.
[[nodiscard]] Value to_value(const Token& token, Arena& arena);

/// What the groups of one thread share.
struct GroupMemory {
  CacheBudget budget;
  std::vector<uint32_t> literals;  // found in the value that is looked at
  Arena arena;                     // of one value or one candidate
  bool value_cache = true;
  bool tuple_cache = true;
  CacheStats stats;

  [[nodiscard]] CacheStats cache_stats() const {
    CacheStats result = stats;
    result.evictions = budget.evictions;
    return result;
  }
};

/// One thread's view of a group of rules: which of them may match an event, told from its values.
///
/// A value is looked at once: what the index of literals finds in it is a set of tests, which is numbered and
/// remembered. A tuple of such numbers, one for each field, gives the rules that may match, and is remembered too.
/// Tests that are no literals are asked where a rule depends on nothing else any more; the answer makes the value's
/// set another one. Caches are bounded and only ever save work. Rules that may match are then decided exactly by the
/// program.
class Group {
 public:
  Group(std::shared_ptr<const GroupPlan> plan, GroupMemory& memory);

  [[nodiscard]] const GroupPlan& plan() const { return *plan_; }
  [[nodiscard]] const std::shared_ptr<const GroupPlan>& shared_plan() const { return plan_; }
  [[nodiscard]] const std::vector<GroupField>& fields() const { return plan_->fields(); }
  [[nodiscard]] bool reads_raw() const { return plan_->reads_raw(); }
  [[nodiscard]] const std::optional<std::vector<std::string>>& raw_literals() const { return plan_->raw_literals(); }
  /// Program::evaluate needs memory of its own in each thread.
  [[nodiscard]] Program& program() { return program_; }

  /// The rules (by number in the plan) that may match: all that do, and perhaps others. Valid until the next call.
  [[nodiscard]] std::span<const uint32_t> candidates(const EventTokens& event);
  /// Whether a rule matches, as far as the tokens tell: false is certain.
  [[nodiscard]] bool may_match(const EventTokens& event, const RunParameters& run);
  /// A rule and whether it matches for certain.
  using Answer = std::pair<uint32_t, bool>;
  /// The rules that match, as far as the tokens tell: one that is not given does not. Valid until the next call.
  [[nodiscard]] std::span<const Answer> matches(const EventTokens& event, const RunParameters& run);
  /// Whether a test of the program holds in the event of the last call of candidates(), where that is certain.
  [[nodiscard]] std::optional<bool> known(Program::Index node) const;
  [[nodiscard]] uint64_t regex_limit_hits() const { return program_.limit_hits(); }
  /// Forgets all that was remembered. Results do not change.
  void clear();

 private:
  // What is known of one field's value is a set of tests, by number; these are the same in every field.
  static constexpr uint32_t kUnknown = 0;  // any of the field's tests may hold
  static constexpr uint32_t kNothing = 1;  // nothing was found
  static constexpr uint32_t kReserved = 2;
  // A group that has seen more different sets or verdicts than this, or longer ones together, forgets and starts over.
  static constexpr size_t kMostSets = 50'000;
  static constexpr size_t kMostNumbers = size_t{1} << 20;

  /// What is known of a test by its number in a field's set. Of tests that are not in it: those without literals
  /// (FieldTests::Deferred) are open, the others fail.
  enum class Known : uint8_t {
    Holds,
    Open,  // a literal was found: it must be asked
    Fails,
    Unsure,  // neither true nor false
  };
  static constexpr uint32_t entry(uint32_t number, Known known) { return number << 2 | static_cast<uint32_t>(known); }
  static constexpr uint32_t number_in(uint32_t entry) { return entry >> 2; }
  static constexpr Known known_in(uint32_t entry) { return static_cast<Known>(entry & 3); }

  /// What is remembered of one field.
  struct FieldState {
    explicit FieldState(CacheBudget& budget) : values(budget) {}
    ValueCache values;
    NumberedLists sets;          // of entries, sorted; numbers below kReserved have none
    uint32_t absent = kNothing;  // the sets of no value and of JSON's null
    uint32_t null = kNothing;
  };
  struct Verdict {
    uint32_t first = 0;  // in verdict_rules_: the rules that may match, sorted
    uint32_t count = 0;
    bool certain = false;  // one of them does
    bool open = false;     // asking may tell more
  };
  /// What is known of a node in the event that is looked at.
  struct NodeState {
    uint64_t event = 0;
    Known known = Known::Open;
  };
  struct Resolved {
    uint32_t field;
    uint32_t entry;
  };
  enum class Truth : uint8_t { False, True, Unknown };
  enum class Ask : uint8_t { No, WhereOpen };
  enum class Need : uint8_t { AnyRule, EachRule };

  const Verdict& judge(const EventTokens& event, Need need);
  [[nodiscard]] std::span<const uint32_t> set(size_t field) const;
  [[nodiscard]] std::span<const uint32_t> rules_of(const Verdict& verdict) const {
    return {verdict_rules_.data() + verdict.first, verdict.count};
  }
  void look_up(const EventTokens& event);
  [[nodiscard]] bool asks_nothing(size_t field) const;
  [[nodiscard]] bool cached(const Token& token) const;
  uint32_t set_of(size_t field, const Token& token);
  uint32_t look_at(size_t field, const Token& token);
  uint32_t number_of(size_t field, std::span<const uint32_t> set);
  uint32_t set_of_raw(const EventTokens& event);

  void load_sets();
  uint32_t judge_sets(EventSource& source);
  uint32_t add_verdict(bool certain, bool open);
  uint32_t ask_what_is_open(uint32_t verdict, const EventTokens& event, EventSource& source);
  void mark(std::span<const uint32_t> rules);
  Truth truth(Program::Index node, Ask ask, EventSource& source);
  [[nodiscard]] Known what_is_known(Program::Index node, const Tested& tested) const;
  Truth truth_of_test(Program::Index node, Ask ask, EventSource& source);
  Truth truth_of_hints(Program::Index node) const;
  Known ask_program(Program::Index node, const Tested& tested, EventSource& source);
  void remember_answers(const EventTokens& event);
  void refine(size_t field, std::span<const Resolved> answers, const Token* token);

  std::shared_ptr<const GroupPlan> plan_;
  GroupMemory& memory_;
  Program program_;
  std::vector<FieldState> fields_;  // the raw text's is the last
  TupleCache tuples_;
  std::vector<uint32_t> tuple_;
  std::vector<ValueCache::Key> keys_;
  std::vector<Verdict> verdicts_;  // by number; 0 is none
  std::vector<uint32_t> verdict_rules_;
  size_t remembered_ = 0;          // sets and verdicts
  size_t remembered_numbers_ = 0;  // in them

  // Memory of one event.
  uint64_t event_ = 0;
  uint64_t loaded_ = 0;  // the event of which nodes_ tells
  std::vector<NodeState> nodes_;
  std::vector<uint64_t> marked_;  // by rule: the event
  std::vector<uint32_t> rules_;
  std::vector<Answer> answers_;
  std::vector<Resolved> resolved_;
  std::vector<uint32_t> found_;
  std::vector<uint32_t> set_;
  std::string unescaped_;
  std::string folded_;
};

}  // namespace hecate::stream
