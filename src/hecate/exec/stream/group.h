#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exec/functions/function.h"
#include "exec/stream/group_plan.h"
#include "exec/stream/token.h"
#include "exec/stream/value_cache.h"

namespace hecate::stream {

/// What the groups of one thread share.
struct GroupMemory {
  CacheBudget budget;
  LiteralScratch literals;
  Arena arena;  // of one value or one candidate
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
/// A value is looked at once: the set of tests that hold for it is numbered and remembered. A tuple of such
/// numbers, one for each field, gives the rules that may match, and is remembered too. Caches are bounded and
/// only ever save work. Rules that may match are then decided exactly by the program.
class Group {
 public:
  Group(std::shared_ptr<const GroupPlan> plan, GroupMemory& memory);

  [[nodiscard]] const GroupPlan& plan() const { return *plan_; }
  [[nodiscard]] const std::vector<GroupField>& fields() const { return plan_->fields(); }
  [[nodiscard]] bool reads_raw() const { return plan_->reads_raw(); }
  [[nodiscard]] const std::optional<std::vector<std::string>>& raw_literals() const { return plan_->raw_literals(); }
  /// Program::evaluate needs memory of its own in each thread.
  [[nodiscard]] Program& program() { return program_; }

  /// The rules (by number in the plan) that may match: all that do, and perhaps others. Valid until the next call.
  [[nodiscard]] std::span<const uint32_t> candidates(const EventTokens& event);
  /// Whether a rule matches, as far as the tokens tell: false is certain.
  [[nodiscard]] bool may_match(const EventTokens& event, const RunParameters& run);
  [[nodiscard]] uint64_t regex_limit_hits() const { return program_.limit_hits(); }
  /// Forgets all that was remembered. Results do not change.
  void clear();

 private:
  // Sets of tests by number; those below are the same in every field.
  static constexpr uint32_t kAbsent = 0;
  static constexpr uint32_t kNull = 1;
  static constexpr uint32_t kUnknown = 2;  // any of the field's tests may hold
  static constexpr uint32_t kNothing = 3;  // there is a value, and no test holds
  static constexpr uint32_t kReserved = 4;
  // A group that has seen more different sets or verdicts than this forgets and starts over.
  static constexpr size_t kMostSets = 50'000;

  struct SetHash {
    size_t operator()(const std::vector<uint32_t>& set) const;
  };
  /// What is remembered of one field.
  struct FieldState {
    explicit FieldState(CacheBudget& budget) : values(budget) {}
    ValueCache values;
    std::vector<std::vector<uint32_t>> sets;  // by number: the tests that hold, sorted
    std::unordered_map<std::vector<uint32_t>, uint32_t, SetHash> numbers;
  };
  enum class Truth : uint8_t { False, True, Unknown };

  void look_up(const EventTokens& event);
  [[nodiscard]] bool asks_nothing(size_t field) const;
  [[nodiscard]] bool cached(const Token& token) const;
  uint32_t look_at(size_t field, const Token& token);
  void run_tests(size_t field, const Value& value, std::vector<uint32_t>& holding);
  bool test(Program::Index node, size_t field, const Value& value);
  uint32_t number_of(size_t field, std::vector<uint32_t> set);
  uint32_t set_of_raw(const EventTokens& event);
  uint32_t constant_set(size_t field, const Value& value);
  [[nodiscard]] Value value_of(const Token& token);

  uint32_t decide();
  void mark(std::span<const uint32_t> rules);
  [[nodiscard]] Truth truth(Program::Index node) const;

  std::shared_ptr<const GroupPlan> plan_;
  GroupMemory& memory_;
  Program program_;
  std::vector<FieldState> fields_;  // the raw text's is the last
  TupleCache tuples_;
  std::vector<uint32_t> tuple_;
  std::vector<ValueCache::Key> keys_;
  std::vector<std::vector<uint32_t>> verdicts_;  // by number: rules that may match, sorted; 0 is none
  size_t remembered_ = 0;                        // sets and verdicts

  // Memory of decide().
  uint32_t epoch_ = 0;
  std::vector<uint32_t> holds_;   // by node: the epoch in which the test holds
  std::vector<uint32_t> marked_;  // by rule
  std::vector<uint32_t> rules_;
  std::string folded_;
};

}  // namespace hecate::stream
