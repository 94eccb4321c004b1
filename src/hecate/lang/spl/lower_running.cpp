#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"

// Commands that look at the rows before a row.
namespace hecate::spl {
namespace {

/// 1 where the condition is true, otherwise 0.
ExprPtr flag(ExprPtr condition) {
  return make_call("spl.if", {std::move(condition), whole_number(1), whole_number(0)}, Type::Long);
}
ExprPtr is_null(const ExprPtr& value) { return make_call("spl.isnull", {value}, Type::Bool); }
ExprPtr is_number(const ExprPtr& value) { return make_call("spl.isnum", {value}, Type::Bool); }

/// All rows up to the row itself, or up to the one before it.
Window rows_so_far(bool current) {
  Window window;
  window.running = true;
  window.current = current;
  return window;
}

}  // namespace

// --- streamstats -------------------------------------------------------------------------------------

/// A condition that came as text: reset_before, reset_after. Nullptr where an error was reported.
ExprPtr Lowering::condition_from(const Word& text) {
  MappedText where;
  const Span span = source_->span(text.range);
  where.append_generated("where ", span);
  where.append_generated(text.text, span);
  Text* made = parse_text(std::move(where), false);
  if (made == nullptr) return nullptr;
  const auto* command = std::get_if<WhereCommand>(&made->pipeline.commands.front().node);
  if (command == nullptr || made->pipeline.commands.size() != 1) {
    source_->report(kExpected, text.range, "expected one condition");
    return nullptr;
  }
  const Source* outer = std::exchange(source_, made->source.get());
  const Result<ExprPtr> condition = lower_condition(*this, *command->condition);
  source_ = outer;
  return condition ? *condition : nullptr;
}

/// Whether a row differs from the one before it in one of the fields.
ExprPtr Lowering::changed(const std::vector<Word>& names) {
  std::vector<ExprPtr> differences;
  for (const Word& name : names) {
    const ExprPtr value = field(name);
    Window before = rows_so_far(false);
    before.frame = 1;
    const ExprPtr last = window_item(std::move(before), name.text, "spl.last", {value}, value->type);
    differences.push_back(
        make_or({make_call("spl.ne", {value, last}, Type::Bool), make_and({is_null(value), make_not(is_null(last))}),
                 make_and({is_null(last), make_not(is_null(value))})}));
  }
  return make_or(std::move(differences));
}

/// The number of the run of rows that a row is in: one begins where `begins` is true, and behind where `ends` is.
ColumnId Lowering::run_of_rows(const ExprPtr& begins, const ExprPtr& ends) {
  ExprPtr run = whole_number(0);
  if (begins) {
    run = window_item(rows_so_far(true), "run", "spl.sum", {extend("begins", flag(begins))}, Type::Real);
  }
  if (ends) {
    const ExprPtr ended = window_item(rows_so_far(false), "run", "spl.sum", {extend("ends", flag(ends))}, Type::Real);
    const ExprPtr none = make_literal(OwnedValue(Value::real(0)), Type::Real);
    const ExprPtr known = make_call("spl.coalesce", {ended, none}, Type::Real);
    if (begins) {
      const ExprPtr first = make_call("spl.concat", {promote(run, Type::String), make_string(",")}, Type::String);
      run = make_call("spl.concat", {first, promote(known, Type::String)}, Type::String);
    } else {
      run = known;
    }
  }
  return column_of("run", run);
}

bool Lowering::operator()(const StreamstatsCommand& command) {
  Window window = rows_so_far(command.current);
  window.frame = command.window;
  window.global = command.global;
  if (command.time_window) {
    window.seconds = command.time_window;
    window.time = column_of("_time", promote(field({"_time", command_, true}), Type::Real));
  }
  ExprPtr begins = command.reset_before ? condition_from(*command.reset_before) : nullptr;
  const ExprPtr ends = command.reset_after ? condition_from(*command.reset_after) : nullptr;
  if ((command.reset_before && !begins) || (command.reset_after && !ends)) return false;
  if (command.reset_on_change && !command.stats.by.empty()) {
    Result<std::vector<Word>> by = expand_names(command.stats.by);
    if (!by) return false;
    const ExprPtr change = changed(*by);
    begins = begins ? make_or({begins, change}) : change;
  }
  if (begins || ends) window.keys.push_back(run_of_rows(begins, ends));
  return push_window(command.stats, std::move(window));
}

// --- accum, delta, autoregress, trendline ------------------------------------------------------------

bool Lowering::operator()(const AccumCommand& command) {
  const ExprPtr value = field(command.field);
  if (is_null_literal(value)) return true;
  const ExprPtr sum = window_item(rows_so_far(true), command.field.text, "spl.sum", {value}, Type::Real);
  // Search Reference, accum: a running total for each event in which the field is a number.
  const bool renamed = command.as && command.as->text != command.field.text;
  const ExprPtr other = renamed ? promote(null_literal(), Type::Real) : value;
  const Type type = common_type({sum, other});
  assign(renamed ? command.as->text : command.field.text,
         make_call("spl.if", {is_number(value), promote(sum, type), promote(other, type)}, type));
  return true;
}

bool Lowering::operator()(const LagCommand& command) {
  ExprPtr value = field(command.field);
  if (is_null_literal(value)) return true;
  const ExprPtr own = value;
  for (uint64_t distance = 1; distance <= command.last; ++distance) {
    Window before = rows_so_far(false);
    before.frame = 1;
    value = window_item(std::move(before), command.field.text, "spl.last", {value}, value->type);
    if (distance < command.first) continue;
    if (command.difference) {
      const std::string name = command.as ? command.as->text : fmt::format("delta({})", command.field.text);
      assign(name, make_call("spl.sub", {own, value}, Type::Real));
      continue;
    }
    const bool named = command.as && command.first == command.last;
    const std::string name = named        ? command.as->text
                             : command.as ? fmt::format("{}{}", command.as->text, distance)
                                          : fmt::format("{}_p{}", command.field.text, distance);
    scope_.bind(name, value, true);
  }
  return true;
}

bool Lowering::operator()(const TrendlineCommand& command) {
  for (const TrendlineCommand::Item& item : command.items) {
    const ExprPtr value = field(item.field);
    if (is_null_literal(value)) continue;
    Window window = rows_so_far(true);
    window.frame = item.period;
    const ExprPtr mean = window_item(window, item.name, "spl.avg", {value}, Type::Real);
    const ExprPtr count = window_item(window, item.name, "count", {}, Type::Long);
    // Search Reference, trendline: there is no value before so many rows have been seen.
    const ExprPtr full = make_call("spl.ge", {count, whole_number(item.period)}, Type::Bool);
    assign(item.name, make_call("spl.if", {full, mean, promote(null_literal(), Type::Real)}, Type::Real));
  }
  return true;
}

// --- dedup, uniq, head -------------------------------------------------------------------------------

/// How many rows up to this one have its values of the fields; null where it lacks one.
ExprPtr Lowering::rank_among_equals(const std::vector<Word>& names, bool consecutive) {
  Window window = rows_so_far(true);
  if (consecutive) window.keys.push_back(run_of_rows(changed(names), nullptr));
  for (const Word& name : names) window.keys.push_back(column_of(name.text, field(name)));
  return window_item(std::move(window), "rank", "count", {}, Type::Long);
}

bool Lowering::operator()(const DedupCommand& command) {
  Result<std::vector<Word>> names = expand_names(command.fields);
  if (!names) return false;
  const bool plain = command.count == 1 && !command.keep_events && !command.keep_empty && !command.consecutive;
  if (plain) {
    Distinct distinct{{}, NullKeys::Drop};
    for (const Word& name : *names) distinct.columns.push_back(column_of(name.text, field(name)));
    push(std::move(distinct));
  } else if (!ranked_dedup(command, *names)) {
    return false;
  }
  return command.sort.keys.empty() || sort_rows(command.sort);
}

bool Lowering::ranked_dedup(const DedupCommand& command, const std::vector<Word>& names) {
  const ExprPtr rank = rank_among_equals(names, command.consecutive);
  const ExprPtr first = make_call("spl.le", {rank, whole_number(command.count)}, Type::Bool);
  std::vector<ExprPtr> keeps{first};
  if (command.keep_empty || command.keep_events) {
    for (const Word& name : names) keeps.push_back(is_null(field(name)));
  }
  const ExprPtr kept = make_or(std::move(keeps));
  if (!command.keep_events) {
    push(Filter{kept});
    return true;
  }
  // Search Reference, dedup, keepevents: all rows stay, and those beyond lose the fields.
  const ExprPtr keeps_fields = extend("kept", flag(kept));
  for (const Word& name : names) {
    const ExprPtr value = field(name);
    if (is_null_literal(value)) continue;
    const ExprPtr condition = make_call("spl.eq", {keeps_fields, whole_number(1)}, Type::Bool);
    assign(name.text, make_call("spl.if", {condition, value, promote(null_literal(), value->type)}, value->type));
  }
  return true;
}

bool Lowering::operator()(const UniqCommand& /*command*/) {
  if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
  std::vector<Word> names;
  for (const std::string& name : shown_names()) names.push_back({name, command_, true});
  const ExprPtr row = row_number();
  push(Filter{make_or({make_call("spl.eq", {row, whole_number(1)}, Type::Bool), changed(names)})});
  return true;
}

bool Lowering::operator()(const HeadCommand& command) {
  if (!command.condition) {
    push(Limit{command.count});
    return true;
  }
  const Result<ExprPtr> condition = lower_condition(*this, *command.condition);
  if (!condition) return false;
  const ExprPtr otherwise = make_bool(command.take_null);
  const ExprPtr holds = make_call("spl.coalesce", {*condition, otherwise}, Type::Bool);
  const ExprPtr failed = extend("failed", make_call("spl.if", {holds, whole_number(0), whole_number(1)}, Type::Long));
  const ExprPtr failures = window_item(rows_so_far(!command.keep_last), "failures", "spl.sum", {failed}, Type::Real);
  const ExprPtr none = make_literal(OwnedValue(Value::real(0)), Type::Real);
  push(Filter{make_call("spl.eq", {make_call("spl.coalesce", {failures, none}, Type::Real), none}, Type::Bool)});
  return true;
}

}  // namespace hecate::spl
