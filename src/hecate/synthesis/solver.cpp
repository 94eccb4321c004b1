#include "synthesis/solver.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/depth_guard.h"
#include "exec/reference/reference.h"

namespace hecate::synthesis {
namespace {

const Literal* as_literal(const Expr& expr) { return std::get_if<Literal>(&expr.node); }

bool is_truth(const Value& value, Truth truth) {
  const bool known = value.kind() == Kind::Bool;
  if (truth == Truth::NotTrue) return !value.is_true();
  return known && value.as_bool() == (truth == Truth::True);
}

Wish number_wish(double number) {
  Wish wish = Wish::of(Wish::Kind::Number);
  wish.least = wish.most = number;
  return wish;
}

constexpr uint64_t kManyEvents = 60;  // of the group that stands out
constexpr uint64_t kSmallGroups = 30;
constexpr uint64_t kMostEvents = 5'000;

}  // namespace

std::optional<std::string> literal_text(const Expr& expr) {
  const Literal* literal = as_literal(expr);
  if (literal == nullptr || literal->value.get().is_null()) return std::nullopt;
  return value_text(literal->value.get());
}

std::optional<double> literal_number(const Expr& expr) {
  const Literal* literal = as_literal(expr);
  if (literal == nullptr) return std::nullopt;
  const Value value = literal->value.get();
  if (value.kind() == Kind::Long || value.kind() == Kind::Real) return value.as_real();
  if (!value.is_text()) return std::nullopt;
  double number = 0;
  const std::string_view text = value.as_text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && !text.empty() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

FieldNeeds* Solver::field_of(const Expr& expr) {
  const auto* raw = std::get_if<RawField>(&expr.node);
  return raw == nullptr ? nullptr : &needs.fields[raw->path];
}

FieldNeeds* Solver::listed_field(const Expr& expr) {
  const Expr* inner = &expr;
  for (const Call* call = std::get_if<Call>(&inner->node); call != nullptr; call = std::get_if<Call>(&inner->node)) {
    if (!call->function.starts_with("convert.") && !call->function.starts_with("spl.to_")) return nullptr;
    inner = call->arguments.front().get();
  }
  FieldNeeds* field = field_of(*inner);
  return field != nullptr && std::get<RawField>(inner->node).path.find("{}") != std::string::npos ? field : nullptr;
}

bool Solver::require(const Expr& condition, Truth truth) {
  const DepthGuard guard(depth_);
  if (guard.exceeded() || ++steps_ > kMostSteps) return fail("too many ways");
  if (const Literal* literal = as_literal(condition)) {
    return is_truth(literal->value.get(), truth) || fail("a condition that never holds");
  }
  if (const auto* negation = std::get_if<Not>(&condition.node)) {
    return require(*negation->operand, truth == Truth::False ? Truth::True : Truth::False);
  }
  const auto* all = std::get_if<And>(&condition.node);
  const auto* any = std::get_if<Or>(&condition.node);
  if (all != nullptr || any != nullptr) {
    const auto& operands = all != nullptr ? all->operands : any->operands;
    const bool every = (all != nullptr) == (truth == Truth::True);
    if (every) {
      return std::all_of(operands.begin(), operands.end(),
                         [&](const ExprPtr& operand) { return require(*operand, truth); });
    }
    return any_of(operands.size(), [&](size_t i) { return require(*operands[i], truth); });
  }
  if (const auto* match = std::get_if<Match>(&condition.node)) return require_match(*match, truth);
  if (const auto* call = std::get_if<Call>(&condition.node)) return require_call(*call, truth);
  return truth == Truth::NotTrue || give(condition, Wish::text(truth == Truth::True ? "true" : "false"));
}

bool Solver::require_match(const Match& match, Truth truth) {
  if (const Literal* literal = as_literal(*match.operand)) {
    const bool holds = std::any_of(match.patterns.begin(), match.patterns.end(), [&](const std::string& pattern) {
      return reference::matches(match, pattern, value_text(literal->value.get()));
    });
    return holds == (truth == Truth::True) || fail("a constant that does not match");
  }
  if (truth != Truth::True) return true;
  const auto one = [&](const std::string& pattern) {
    const auto wish = wish_of(match, pattern, choose_);
    if (!wish) return fail("a regular expression");
    if (give(*match.operand, *wish)) return true;
    // Of several values another one may match.
    FieldNeeds* field = listed_field(*match.operand);
    return field != nullptr && field->add_value(filled(*wish, choose_));
  };
  if (match.quantifier == Quantifier::All) return std::all_of(match.patterns.begin(), match.patterns.end(), one);
  return any_of(match.patterns.size(), [&](size_t i) { return one(match.patterns[i]); });
}

bool Solver::require_call(const Call& call, Truth truth) {
  if (const Condition condition = find_condition(call.function)) return condition(*this, call, truth);
  if (truth == Truth::NotTrue) return true;
  if (const Inverse inverse = find_inverse(call.function)) {
    return inverse(*this, call, Wish::text(truth == Truth::True ? "true" : "false"));
  }
  return fail(call.function);
}

bool Solver::give(const Expr& value, const Wish& wish) {
  const DepthGuard guard(depth_);
  if (guard.exceeded() || ++steps_ > kMostSteps) return fail("too many ways");
  if (const Literal* literal = as_literal(value)) {
    if (meets(wish, literal->value.get())) return true;
    return fail(literal->value.get().is_null() ? "a column that is always absent" : "a constant that is another one");
  }
  if (FieldNeeds* field = field_of(value)) {
    const std::string& name = std::get<RawField>(value.node).path;
    return field->add(wish) || fail("contradiction: " + name.substr(name.find('\x1f') + 1));
  }
  if (const auto* call = std::get_if<Call>(&value.node)) {
    if (call->function == kAggregate) return give_aggregate(*call, wish);
    if (call->function == kCell) return give_cell(*call, wish);
    if (const Inverse inverse = find_inverse(call->function)) return inverse(*this, *call, wish);
    if (find_condition(call->function) == nullptr) return fail(call->function);
  }
  // A condition as a value.
  if (wish.kind == Wish::Kind::Present) return true;
  if (meets(wish, Value::boolean(true)) || meets(wish, Value::integer(1))) return require(value, Truth::True);
  if (meets(wish, Value::boolean(false)) || meets(wish, Value::integer(0))) return require(value, Truth::NotTrue);
  return fail("a condition as a value");
}

bool Solver::same(const Expr& left, const Expr& right) {
  const auto to = [&](const Expr& known, const Expr& other) {
    if (!give(known, Wish::of(Wish::Kind::Present))) return false;
    const std::string text = value_text(value_of(known).get());
    return !text.empty() && give(known, Wish::text(text)) && give(other, Wish::text(text));
  };
  return any_of(3, [&](size_t way) {
    if (way == 0) return to(left, right);
    if (way == 1) return to(right, left);
    return give(left, Wish::text("same")) && give(right, Wish::text("same"));
  });
}

/// So many events, or so many rows of the aggregation below.
bool Solver::need_events(const AggregateColumn& column, const Wish& wish) {
  Wish number = wish;
  if (wish.kind == Wish::Kind::Text) {
    const auto value = wish.exact ? literal_number(*make_string(*wish.exact)) : std::nullopt;
    if (!value) return fail("a count as text");
    number = number_wish(*value);
  } else if (wish.kind != Wish::Kind::Number) {
    return wish.kind == Wish::Kind::Present || fail("a count that is absent or varies");
  }
  const double count = number_in(number);
  if (count < 1) return fail("a count of nothing");
  if (count > static_cast<double>(kMostEvents)) return fail("too many events");
  needs.events = std::max(needs.events, static_cast<uint64_t>(count));
  if (number.most) {
    const auto most = static_cast<uint64_t>(*number.most) - (number.below && *number.most == count ? 1 : 0);
    needs.most_events = std::min(needs.most_events.value_or(most), most);
  }
  if (needs.most_events && *needs.most_events < needs.events) return fail("contradiction: a count");
  if (column.over_events || count <= 1) return true;
  std::vector<ExprPtr> free;
  for (const ExprPtr& key : column.below) {
    const bool own = std::any_of(column.keys.begin(), column.keys.end(),
                                 [&](const ExprPtr& known) { return dump(*known) == dump(*key); });
    if (!own) free.push_back(key);
  }
  return any_of(free.size(), [&](size_t i) { return give(*free[i], Wish::of(Wish::Kind::Varied)); });
}

bool Solver::give_aggregate(const Call& call, const Wish& wish) {
  const auto& column = aggregates_[static_cast<size_t>(*literal_number(*call.arguments[0]))];
  const std::string_view function = column.function;
  const Expr* argument = call.arguments.size() > 1 ? call.arguments[1].get() : nullptr;
  const bool number = wish.kind == Wish::Kind::Number;
  if (function == "count" || argument == nullptr) return need_events(column, wish);
  if (function == "spl.count" || function == "kql.countif") {
    const bool condition = argument->type == Type::Bool;
    return (condition ? require(*argument, Truth::True) : give(*argument, Wish::of(Wish::Kind::Present))) &&
           need_events(column, wish);
  }
  if (function == "spl.dc" || function == "kql.dcount") {
    AggregateColumn events = column;
    events.over_events = true;
    const uint64_t before = needs.events;
    if (!need_events(events, wish)) return false;
    const bool several = number_in(wish) > 1;
    if (!several && needs.most_events) needs.most_events.reset();  // one value in any number of events
    if (!several) needs.events = before;
    return give(*argument, Wish::of(several ? Wish::Kind::Varied : Wish::Kind::Present));
  }
  if (number && (function == "spl.stdev" || function == "spl.stdevp" || function == "spl.range" ||
                 function == "spl.var" || function == "spl.varp")) {
    if (meets(wish, Value::real(0))) return give(*argument, Wish::of(Wish::Kind::Present));
    needs.events = std::max<uint64_t>(needs.events, 2);
    if (!give(*argument, Wish::of(Wish::Kind::Varied))) return false;
    if (FieldNeeds* field = field_of(*argument)) field->vary_by(number_in(wish) + 1);
    return true;
  }
  if (function == "spl.sum" && number && needs.events > 1) return give(*argument, number_wish(number_in(wish)));
  // One event's value stands for all that the aggregate sees.
  return give(*argument, wish);
}

bool Solver::give_cell(const Call& call, const Wish& wish) {
  const auto table = tables_.find(*literal_text(*call.arguments[0]));
  const size_t column = table ? table->column(*literal_text(*call.arguments[1])) : Table::npos;
  if (!table || !table->given || table->rows.empty()) return fail("a lookup table without rows");
  const auto scan = static_cast<int64_t>(*literal_number(*call.arguments[2]));
  const auto test = [&](size_t row) {
    const std::string cell = column == Table::npos ? std::string() : table->rows[row][column];
    return meets(wish, cell.empty() ? Value::null() : Value::string(cell));
  };
  if (const auto chosen = needs.rows.find(scan); chosen != needs.rows.end()) return test(chosen->second);
  return any_of(std::min<size_t>(table->rows.size(), 500), [&](size_t row) {
    needs.rows[scan] = row;
    return test(row);
  });
}

/// What an aggregate is where all events agree.
ExprPtr Solver::representative(const Call& call) const {
  const auto& column = aggregates_[static_cast<size_t>(*literal_number(*call.arguments[0]))];
  const std::string_view function = column.function;
  const bool counts = function == "count" || function == "spl.count" || function == "spl.dc" ||
                      function == "kql.dcount" || function == "kql.countif" || call.arguments.size() < 2;
  if (counts) return make_literal(OwnedValue(Value::integer(static_cast<int64_t>(needs.events))), Type::Long);
  return call.arguments[1];
}

std::optional<OwnedValue> Solver::constant(const Expr& expr) {
  const auto* call = std::get_if<Call>(&expr.node);
  if (std::holds_alternative<RawField>(expr.node)) return std::nullopt;
  if (call != nullptr && (call->function == kAggregate || call->function == kCell || call->function == "spl.lookup" ||
                          call->function == "spl.subsearch" || call->function == "spl.token")) {
    return std::nullopt;
  }
  bool constant = true;
  for_each_child(expr, [&](const ExprPtr& child) { constant = constant && this->constant(*child).has_value(); });
  return constant ? std::optional(value_of(expr)) : std::nullopt;
}

bool Solver::stand_out(const Expr& value) {
  const auto* call = std::get_if<Call>(&value.node);
  if (call == nullptr) return fail("a comparison of two fields");
  if (call->function != kAggregate) {
    return std::any_of(call->arguments.begin(), call->arguments.end(),
                       [&](const ExprPtr& argument) { return stand_out(*argument); });
  }
  const auto& column = aggregates_[static_cast<size_t>(*literal_number(*call->arguments[0]))];
  Wish many = Wish::of(Wish::Kind::Number);
  many.least = static_cast<double>(kManyEvents);
  const std::string_view function = column.function;
  const bool counts = function == "count" || function == "spl.count" || function == "spl.dc";
  if (!counts || column.window || !give_aggregate(*call, many)) return fail("a comparison of " + column.function);
  needs.groups = kSmallGroups;
  return any_of(column.keys.size(), [&](size_t i) { return give(*column.keys[i], Wish::of(Wish::Kind::Grouped)); });
}

OwnedValue Solver::value_of(const Expr& expr, size_t event, size_t group) {
  Arena arena;
  RunParameters run;
  LookupTables lookups(tables_);
  run.tables = &lookups;
  run.now = kEpochSeconds * kTicksPerSecond;
  EvalContext context{arena, run};
  const ExprPtr plain = rewrite(std::make_shared<const Expr>(expr), [&](const ExprPtr& node) -> ExprPtr {
    const auto* call = std::get_if<Call>(&node->node);
    if (call != nullptr && call->function == kAggregate) return representative(*call);
    if (call == nullptr || call->function != kCell) return nullptr;
    const auto table = tables_.find(*literal_text(*call->arguments[0]));
    const auto row = needs.rows.find(static_cast<int64_t>(*literal_number(*call->arguments[2])));
    const size_t column = table ? table->column(*literal_text(*call->arguments[1])) : Table::npos;
    if (row == needs.rows.end() || column == Table::npos) return make_literal(OwnedValue(), Type::String);
    return make_string(table->rows[row->second][column]);
  });
  const reference::Bindings bindings{
      [](ColumnId) { return Value::null(); },
      [&](std::string_view path) {
        const auto field = needs.fields.find(path);
        const auto value = defaults.find(path);
        const bool unset = field == needs.fields.end() || (!field->second.present() && !field->second.absent());
        if (path.ends_with(kTimeVariable)) {
          return Value::datetime((kEpochSeconds + static_cast<int64_t>(group) * 86'400) * kTicksPerSecond);
        }
        if (unset) return value == defaults.end() ? Value::null() : Value::string(value->second);
        const auto content = field->second.content(choose_, event, group);
        if (!content || content->values.empty()) return Value::null();
        if (content->values.size() == 1) return Value::string(arena.copy(content->values.front()));
        const auto list = arena.allocate_array<Value>(content->values.size());
        std::transform(content->values.begin(), content->values.end(), list.begin(),
                       [&](const std::string& text) { return Value::string(arena.copy(text)); });
        return Value::many(list);
      },
      [](std::string_view) { return Value::null(); }};
  return OwnedValue(reference::evaluate(*plain, bindings, context));
}

}  // namespace hecate::synthesis
