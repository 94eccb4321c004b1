#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "exec/functions/lookup.h"
#include "plan/expr.h"
#include "plan/table.h"
#include "synthesis/chooser.h"
#include "synthesis/fields.h"

namespace hecate::synthesis {

/// What a condition should be. A comparison of what is absent is neither true nor false.
enum class Truth : uint8_t { True, False, NotTrue };

/// What an aggregate's column is made of. In goals it is the call `synthesis.aggregate(number, arguments…)`.
struct AggregateColumn {
  std::string function;        // of exec/tail's table
  std::vector<ExprPtr> keys;   // of its groups
  std::vector<ExprPtr> below;  // keys of the aggregation whose rows it counts
  bool over_events = true;     // its rows are events
  bool window = false;         // over rows that stay
};
inline constexpr std::string_view kAggregate = "synthesis.aggregate";
/// A cell of a table's row that is to be chosen: `synthesis.cell(table, field, number of the scan)`.
inline constexpr std::string_view kCell = "synthesis.cell";

/// When the first event happens: the middle of a day.
inline constexpr int64_t kEpochSeconds = 1'767'268'800;  // 2026-01-01T12:00:00Z
/// The variables of an event's metadata end so: a time, a text.
inline constexpr std::string_view kTimeVariable = "\x01time";
inline constexpr std::string_view kRawVariable = "\x01raw";

/// What is known so far of all events together.
struct Needs {
  std::map<std::string, FieldNeeds, std::less<>> fields;  // by variable, see goals.h
  uint64_t events = 1;                                    // at least
  std::optional<uint64_t> most_events;
  uint64_t groups = 1;             // small ones besides, which the first must stand out from
  std::map<int64_t, size_t> rows;  // of tables, by number of the scan
};

/// Finds values of fields for which conditions hold, by going from each condition to the fields that it is made of.
/// Where there are several ways it tries one after the other. What must not hold is left to chance and to whoever asks.
class Solver {
 public:
  Solver(const std::vector<AggregateColumn>& aggregates, const Tables& tables, Chooser& choose)
      : aggregates_(aggregates), tables_(tables), choose_(choose) {}

  [[nodiscard]] bool require(const Expr& condition, Truth truth);
  [[nodiscard]] bool give(const Expr& value, const Wish& wish);
  /// Both have the same text.
  [[nodiscard]] bool same(const Expr& left, const Expr& right);

  /// What an expression is in one event, as far as its fields are known; others get what they would be.
  [[nodiscard]] OwnedValue value_of(const Expr& expr, size_t event = 0, size_t group = 0);

  /// A constant, or what depends on the run alone.
  [[nodiscard]] std::optional<OwnedValue> constant(const Expr& expr);
  /// One group of events stands out from many others: an aggregate over all of them tells it.
  [[nodiscard]] bool stand_out(const Expr& value);

  Needs needs;
  /// What variables are that nothing is wished for: metadata.
  std::map<std::string, std::string, std::less<>> defaults;
  /// The function, or the kind of node, at which the last failure came up.
  std::string obstacle;

  // For the functions' inverses (inverses.cpp).
  [[nodiscard]] Chooser& choose() { return choose_; }
  [[nodiscard]] const Tables& tables() const { return tables_; }
  [[nodiscard]] FieldNeeds* field_of(const Expr& expr);
  /// The field that an expression only converts, where events may hold several values of it.
  [[nodiscard]] FieldNeeds* listed_field(const Expr& expr);
  template <typename Attempt>
  [[nodiscard]] bool any_of(size_t count, const Attempt& attempt) {
    for (const size_t i : choose_.order(count)) {
      if (steps_ > kMostSteps) return false;
      const Needs before = needs;
      if (attempt(i)) return true;
      needs = before;
    }
    return false;
  }
  [[nodiscard]] bool fail(std::string_view why) {
    obstacle = why;
    return false;
  }
  void begin() {
    needs = {};
    steps_ = 0;
    obstacle.clear();
  }

 private:
  [[nodiscard]] bool require_match(const Match& match, Truth truth);
  [[nodiscard]] bool require_call(const Call& call, Truth truth);
  [[nodiscard]] bool give_aggregate(const Call& call, const Wish& wish);
  [[nodiscard]] ExprPtr representative(const Call& call) const;
  [[nodiscard]] bool give_cell(const Call& call, const Wish& wish);
  [[nodiscard]] bool need_events(const AggregateColumn& column, const Wish& wish);

  static constexpr size_t kMostSteps = 50'000;

  const std::vector<AggregateColumn>& aggregates_;
  const Tables& tables_;
  Chooser& choose_;
  size_t steps_ = 0;
  int depth_ = 0;
};

/// How a wish for what a function gives becomes wishes for its arguments; null where that is not known.
using Inverse = bool (*)(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] Inverse find_inverse(std::string_view function);
/// The same for conditions.
using Condition = bool (*)(Solver& solver, const Call& call, Truth truth);
[[nodiscard]] Condition find_condition(std::string_view function);

/// The text of a literal; nothing for others.
[[nodiscard]] std::optional<std::string> literal_text(const Expr& expr);
[[nodiscard]] std::optional<double> literal_number(const Expr& expr);

}  // namespace hecate::synthesis
