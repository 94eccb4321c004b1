#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/codes.h"
#include "lang/spl/functions.h"
#include "lang/spl/lower.h"

// Aggregates beside rows, rankings, series, transactions.
namespace hecate::spl {
namespace {

ExprPtr real_number(double value) { return make_literal(OwnedValue(Value::real(value)), Type::Real); }

}  // namespace

// --- eventstats, streamstats -------------------------------------------------------------------------

bool Lowering::push_window(const StatsCommand& stats, Window window) {
  Result<std::vector<Word>> by = expand_names(stats.by);
  if (!by) return false;
  for (const Word& name : *by) window.keys.push_back(column_of(name.text, field(name)));
  const auto items = expand_items(stats);
  if (!items) return false;
  std::vector<std::pair<std::string, ColumnId>> bound;
  for (const auto& [item, field_name, name] : *items) {
    Type type = Type::String;
    Result<Aggregate::Item> lowered = aggregate_item(*item, field_name, type);
    if (!lowered) return false;
    lowered->id = plan_->add_column(name, type);
    bound.emplace_back(name, lowered->id);
    window.items.push_back(std::move(*lowered));
  }
  push(std::move(window));
  for (const auto& [name, id] : bound) scope_.bind(name, make_column(id, plan_->column(id).type), true);
  return true;
}

bool Lowering::operator()(const EventstatsCommand& command) { return push_window(command.stats, {}); }

ExprPtr Lowering::window_item(Window window, std::string_view name, std::string_view function,
                              std::vector<ExprPtr> arguments, Type type) {
  const ColumnId id = plan_->add_column(std::string(name), type);
  window.items.push_back({id, std::string(function), std::move(arguments), source_->span(command_)});
  push(std::move(window));
  return make_column(id, type);
}

ExprPtr Lowering::row_number() {
  Window window;
  window.running = true;
  return window_item(std::move(window), "row", "count", {}, Type::Long);
}

bool Lowering::operator()(const FilldownCommand& command) {
  std::vector<Word> fields = command.fields;
  if (fields.empty()) {
    if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
    for (const std::string& name : shown_names()) fields.push_back({name, command_, true});
  }
  Result<std::vector<Word>> names = expand_names(fields);
  if (!names) return false;
  for (const Word& name : *names) {
    const ExprPtr value = field(name);
    if (is_null_literal(value)) continue;
    Window window;
    window.running = true;
    scope_.bind(name.text, window_item(std::move(window), name.text, "spl.last", {value}, value->type), true);
  }
  return true;
}

bool Lowering::operator()(const ReverseCommand& /*command*/) {
  const ExprPtr row = row_number();
  push(Sort{{{std::get<ColumnRef>(row->node).column, true, false, ""}}});
  return true;
}

bool Lowering::operator()(const TailCommand& command) {
  // "The events are returned in reverse order, starting at the end" (Search Reference, tail).
  const bool sound = (*this)(ReverseCommand{});
  push(Limit{command.count});
  return sound;
}

// --- top, rare ---------------------------------------------------------------------------------------

bool Lowering::operator()(const TopCommand& command) {
  StatsCommand stats;
  stats.by = command.by;
  stats.by.insert(stats.by.end(), command.fields.begin(), command.fields.end());
  StatsCommand::Item count;
  count.function = {"count", command_, false};
  count.name = command.count_name;
  count.range = command_;
  stats.items.push_back(std::move(count));
  if (!(*this)(stats)) return false;
  const Word count_word{command.count_name, command_, true};
  std::vector<ColumnId> keys;
  for (const Word& name : command.by) keys.push_back(column_of(name.text, field(name)));
  Window all;
  all.keys = keys;
  const ExprPtr total = window_item(std::move(all), "total", "spl.sum", {field(count_word)}, Type::Real);
  Sort sort;
  for (const ColumnId key : keys) sort.keys.push_back({key, false, false, "spl.auto"});
  sort.keys.push_back({column_of(command.count_name, field(count_word)), !command.rare, false, ""});
  push(std::move(sort));
  if (command.limit != 0) {
    Window ranked;
    ranked.running = true;
    ranked.keys = keys;
    const ExprPtr rank = window_item(std::move(ranked), "rank", "count", {}, Type::Long);
    push(Filter{make_call("spl.le", {rank, whole_number(command.limit)}, Type::Bool, source_->span(command_))});
  }
  if (command.show_percent) {
    const ExprPtr share = make_call("spl.div", {promote(field(count_word), Type::Real), total}, Type::Real);
    const ExprPtr percent = make_call("spl.mul", {share, real_number(100)}, Type::Real);
    assign(command.percent_name, make_call("spl.round", {percent, whole_number(6)}, Type::Real));
  }
  if (!command.show_count) scope_.remove(command.count_name);
  return true;
}

// --- addtotals, outlier ------------------------------------------------------------------------------

bool Lowering::operator()(const AddtotalsCommand& command) {
  std::vector<Word> fields = command.fields;
  if (fields.empty()) {
    if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
    for (const std::string& name : shown_names()) {
      if (!name.starts_with('_')) fields.push_back({name, command_, true});
    }
  }
  Result<std::vector<Word>> names = expand_names(fields);
  if (!names) return false;
  if (command.rows) {
    std::vector<ExprPtr> values;
    for (const Word& name : *names) {
      if (const ExprPtr value = field(name); !is_null_literal(value)) values.push_back(value);
    }
    assign(command.name, make_call("spl.total", std::move(values), Type::Real, source_->span(command_)));
  }
  return !command.columns || add_totals_row(command, *names);
}

/// A row behind the others with each field's sum, as `appendpipe [stats sum(x) as x …]` makes it.
bool Lowering::add_totals_row(const AddtotalsCommand& command, const std::vector<Word>& names) {
  const Range range = command_;
  const std::shared_ptr<Lowering> below = outer_lowering();
  below->command_ = range;
  StatsCommand sums;
  for (const Word& name : names) {
    StatsCommand::Item& item = sums.items.emplace_back();
    item.function = {"sum", range, false};
    item.field = name;
    item.name = name.text;
    item.range = range;
  }
  if (!below->aggregate(sums, {})) return false;
  // No row counts as one of a group that is not there: without a number there is no sum, and no field.
  if (command.label_field) below->assign(command.label_field->text, make_string(command.label));
  const size_t input = add_input(below, PlanInput::Use::Rows, "addcoltotals", 0, range);
  return append_rows(below, input, range);
}

/// Search Reference, outlier: what is farther than param times the interquartile range from the quartiles.
bool Lowering::operator()(const OutlierCommand& command) {
  for (const Word& name : command.fields) {
    const ExprPtr value = promote(field(name), Type::Real);
    const ExprPtr low = window_item({}, "low", "spl.perc", {value, real_number(25)}, Type::Real);
    const ExprPtr high = window_item({}, "high", "spl.perc", {value, real_number(75)}, Type::Real);
    const auto call = [](std::string_view function, ExprPtr a, ExprPtr b) {
      return make_call(function, {std::move(a), std::move(b)}, Type::Real);
    };
    const ExprPtr reach = call("spl.mul", call("spl.sub", high, low), real_number(command.parameter));
    const ExprPtr upper = call("spl.add", high, reach);
    const ExprPtr lower = call("spl.sub", low, reach);
    const ExprPtr above = make_call("spl.gt", {value, upper}, Type::Bool);
    const ExprPtr below = command.lower ? make_call("spl.lt", {value, lower}, Type::Bool) : make_bool(false);
    if (command.remove) {
      const ExprPtr outside = make_or({above, below});
      // A row without a number is no outlier; null would drop it.
      push(Filter{make_not(make_call("spl.if", {outside, make_bool(true), make_bool(false)}, Type::Bool))});
      continue;
    }
    const ExprPtr cut = make_call("spl.case", {above, upper, below, lower, make_bool(true), value}, Type::Real);
    assign(name.text, cut);
  }
  return true;
}

// --- transaction -------------------------------------------------------------------------------------

bool Lowering::transaction_condition(const SearchPtr& search, const EvalPtr& condition, ExprPtr& into) {
  if (search) into = lower_search(*this, *search);
  if (search && !into) return false;
  if (!condition) return true;
  Result<ExprPtr> lowered = lower_condition(*this, *condition);
  if (lowered) into = *lowered;
  return lowered.ok();
}

bool Lowering::operator()(const TransactionCommand& command) {
  const Word time{"_time", command_, true};
  const ColumnId when = column_of("_time", promote(field(time), Type::Real));
  Transaction transaction;
  transaction.time = when;
  for (const Word& name : command.fields) transaction.fields.push_back(column_of(name.text, field(name)));
  if (!transaction_condition(command.starts, command.starts_eval, transaction.starts) ||
      !transaction_condition(command.ends, command.ends_eval, transaction.ends))
    return false;
  transaction.max_span = command.max_span;
  transaction.max_pause = command.max_pause;
  transaction.max_events = command.max_events;
  transaction.connected = command.connected;
  transaction.keep_orphans = command.keep_orphans;
  transaction.keep_evicted = command.keep_evicted;
  const ColumnId number = transaction.id = plan_->add_column("transaction", Type::Long);
  push(std::move(transaction));
  merge_transaction(number, when, command.lists);
  return true;
}

/// One row for each transaction, with the values of its events' fields.
void Lowering::merge_transaction(ColumnId number, ColumnId when, bool lists) {
  const auto above = std::make_shared<Scope>(scope_);
  const Span span = source_->span(command_);
  const ExprPtr time = make_column(when, Type::Real);
  Aggregate aggregate{{}, {}, NullKeys::Drop, false, false};
  aggregate.keys.push_back({plan_->add_column("transaction", Type::Long), number, span});
  const auto add = [&](std::string_view name, std::string_view function, std::vector<ExprPtr> arguments, Type type) {
    const ColumnId id = plan_->add_column(std::string(name), type);
    aggregate.items.push_back({id, std::string(function), std::move(arguments), span});
    return std::pair(std::string(name), make_column(id, type));
  };
  const std::vector<std::pair<std::string, ExprPtr>> own{add("_time", "spl.min", {time}, Type::Real),
                                                         add("duration", "spl.range", {time}, Type::Real),
                                                         add("eventcount", "count", {}, Type::Long)};
  push(std::move(aggregate));
  const size_t node = plan_->nodes.size() - 1;
  const auto gather = [this, node, above, lists, span](std::string_view name) -> ExprPtr {
    const ExprPtr value = value_in(*above, name);
    if (!value || is_null_literal(value)) return nullptr;
    const bool listed = lists || name == "_raw";
    const ColumnId id = plan_->add_column(std::string(name), Type::Many);
    std::get<Aggregate>(plan_->nodes[node].op).items.push_back({id, listed ? "spl.list" : "spl.values", {value}, span});
    return make_column(id, Type::Many);
  };
  const bool late = scope_.open() || !scope_.steps.empty();
  const std::vector<std::string> names = shown_names();
  scope_.clear();
  scope_.close();
  if (late) overlay([gather](std::string_view name, ExprPtr) { return gather(name); });
  for (const auto& [name, value] : own) scope_.bind(name, value, true);
  for (const std::string& name : names) {
    if (scope_.find(name) != nullptr) continue;
    if (ExprPtr value = gather(name)) scope_.bind(name, std::move(value), true);
  }
}

}  // namespace hecate::spl
