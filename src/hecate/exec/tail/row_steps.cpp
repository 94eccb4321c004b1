#include <algorithm>
#include <unordered_map>

#include "exec/tail/routines.h"
#include "exec/tail/row_program.h"
#include "plan/routine.h"

// KQL's scan: https://learn.microsoft.com/kusto/query/scan-operator#scan-logic
namespace hecate::tail {
namespace {

/// A row as a step keeps it: the rows' columns, then the declared ones.
using Kept = std::vector<OwnedValue>;

/// What a step knows: the rows that it and the steps before it matched last.
struct State {
  bool active = false;
  int64_t match = 0;
  std::vector<Kept> rows;  // by step, as many as there are up to this one; an empty one matched none
  /// output=last: the row that goes out once the next is not of the same series.
  std::optional<std::pair<Provenance, Kept>> waiting;
};

/// The states of the rows of one combination of keys.
struct Group {
  std::vector<State> states;
  int64_t matches = 0;
};

struct CompiledStep {
  RowProgram condition;
  std::vector<RowProgram> assignments;
};

class Scanner {
 public:
  Scanner(const RowSteps& steps, const Compute::Source& source, RoutineRun& run)
      : steps_(steps), run_(run), width_(source.columns.size()), slots_(width_ + steps.stored.size()) {
    RowProgram::Slots places;
    for (size_t i = 0; i < width_; ++i) places[source.columns[i]] = i;
    for (size_t i = 0; i < steps.stored.size(); ++i) places[steps.stored[i].id] = width_ + i;
    for (const RowSteps::Step& step : steps.steps) {
      CompiledStep& made = compiled_.emplace_back(CompiledStep{RowProgram(*step.condition, places), {}});
      for (const RowSteps::Assignment& assignment : step.assignments)
        made.assignments.emplace_back(*assignment.value, places);
    }
    EvalContext context{arena_, run.run};
    for (const ExprPtr& value : steps.defaults)
      defaults_.emplace_back(RowProgram(*value, {}).evaluate(std::span<const Value>(), context));
  }

  bool run(RowReader& rows) {
    uint64_t count = 0;
    while (rows.next()) {
      if ((++count & 1023) == 0 && run_.stopped()) return fail("interrupted");
      arena_.reset();
      std::copy(rows.values().begin(), rows.values().end(), slots_.begin());
      provenance_ = rows.provenance();
      copies_ = 0;
      Group& group = group_of();
      if (kept_ > kMostKept) return fail("Out of Memory: the states of `scan` take too much");
      // From the last step to the first.
      for (size_t step = steps_.steps.size(); step-- > 0;) take(group, step);
    }
    if (!rows.error().empty()) return fail(rows.error());
    for (Group* group : order_) {
      for (State& state : group->states) release(state);
    }
    return true;
  }

 private:
  /// Values that all groups' states may hold together.
  static constexpr size_t kMostKept = 20'000'000;

  bool fail(std::string why) {
    run_.error = std::move(why);
    return false;
  }

  Group& group_of() {
    std::string key;
    for (const size_t column : steps_.keys) {
      append_value_json(slots_[column], key);
      key += '\x1D';
    }
    const auto [entry, added] = groups_.try_emplace(std::move(key));
    if (added) {
      entry->second.states.resize(steps_.steps.size());
      order_.push_back(&entry->second);
    }
    return entry->second;
  }

  /// Whether the row begins a sequence there: every step before may be left out.
  [[nodiscard]] bool begins(size_t step) const {
    return std::all_of(steps_.steps.begin(), steps_.steps.begin() + static_cast<std::ptrdiff_t>(step),
                       [](const RowSteps::Step& each) { return each.optional; });
  }

  /// The state that a row of this step goes on from: that of the step before, or of one further back where those
  /// between may be left out. None: there is no such state.
  State* before(Group& group, size_t step) {
    while (step-- > 0) {
      if (group.states[step].active) return &group.states[step];
      if (!steps_.steps[step].optional) return nullptr;
    }
    return nullptr;
  }

  void take(Group& group, size_t step) {
    State& own = group.states[step];
    if (State* previous = before(group, step)) {
      show(previous);
      if (compiled_[step].condition.holds(slots_, context_)) return promote(*previous, own, step);
    }
    const bool first = begins(step);
    if (!own.active && !first) return;
    show(&own);
    if (!compiled_[step].condition.holds(slots_, context_)) return;
    if (!own.active) own.match = group.matches++;
    own.active = true;
    match(own, step);
  }

  /// Check 1 of the page: the state of the step before becomes this one's.
  void promote(State& previous, State& own, size_t step) {
    release(own);
    release(previous);
    for (const Kept& row : own.rows) kept_ -= row.size();
    own.rows = std::exchange(previous.rows, {});
    own.match = previous.match;
    own.active = true;
    previous.active = false;
    match(own, step);
  }

  /// The row goes out and becomes what the step knows.
  void match(State& state, size_t step) {
    Kept row = extended(step);
    state.rows.resize(step + 1);
    kept_ += row.size() - state.rows[step].size();
    const RowSteps::Output output = steps_.steps[step].output;
    if (output == RowSteps::Output::All) write(provenance_, row, state.match);
    if (output == RowSteps::Output::Last) state.waiting = {provenance_, row};
    state.rows[step] = std::move(row);
  }

  void release(State& state) {
    if (state.waiting) write(state.waiting->first, state.waiting->second, state.match);
    state.waiting.reset();
  }

  /// The row with what the step assigns; what it does not assign has its default.
  Kept extended(size_t step) {
    Kept row;
    row.reserve(width_ + defaults_.size());
    for (size_t i = 0; i < width_; ++i) row.emplace_back(slots_[i]);
    row.insert(row.end(), defaults_.begin(), defaults_.end());
    for (size_t i = 0; i < compiled_[step].assignments.size(); ++i) {
      const Value value = compiled_[step].assignments[i].evaluate(slots_, context_);
      row[width_ + steps_.steps[step].assignments[i].declared] = OwnedValue(value);
    }
    return row;
  }

  /// Puts a state's values where expressions read them. A step that matched nothing has nulls and defaults.
  void show(const State* state) {
    for (size_t i = 0; i < steps_.stored.size(); ++i) {
      const RowSteps::Stored& stored = steps_.stored[i];
      const bool known =
          state != nullptr && state->active && stored.step < state->rows.size() && !state->rows[stored.step].empty();
      Value value = Value::null();
      if (known) {
        value = state->rows[stored.step][stored.column].get();
      } else if (stored.column >= width_) {
        value = defaults_[stored.column - width_].get();
      }
      if (value.is_null() && steps_.types[stored.column] == Type::String) value = Value::string("");
      slots_[width_ + i] = value;
    }
  }

  void write(Provenance provenance, const Kept& row, int64_t match) {
    std::vector<Value> values;
    for (const OwnedValue& value : row) values.push_back(value.get());
    if (steps_.match_id) values.push_back(Value::integer(match));
    // A row that matches two steps must not be two rows of one hash, of which findings are made.
    provenance.hash ^= copies_++ << 32;
    run_.out.add(provenance, values);
  }

  const RowSteps& steps_;
  RoutineRun& run_;
  size_t width_;
  std::vector<Value> slots_;
  std::vector<CompiledStep> compiled_;
  std::vector<OwnedValue> defaults_;
  std::unordered_map<std::string, Group> groups_;
  std::vector<Group*> order_;
  Provenance provenance_;
  uint64_t copies_ = 0;
  size_t kept_ = 0;
  Arena arena_;
  EvalContext context_{arena_, run_.run};
};

}  // namespace

bool run_steps(const RowSteps& steps, RoutineRun& run) {
  return Scanner(steps, run.compute.sources.front(), run).run(*run.sources.front());
}

}  // namespace hecate::tail
