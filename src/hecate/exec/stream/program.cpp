#include "exec/stream/program.h"

#include <algorithm>

#include "base/text.h"
#include "plan/cut.h"

namespace hecate::stream {

/// Turns an expression into nodes, children first. Equal keys, equal meaning.
struct Program::Builder {
  Program& program;
  const Expr& expr;

  Index operator()(const Literal& literal) const {
    const std::string key = "=" + identity(literal.value.get());
    if (const auto found = program.interned_.find(key); found != program.interned_.end()) return found->second;
    program.constants_.push_back(literal.value);
    return program.intern(key, {Op::Constant, 0, 0, static_cast<uint32_t>(program.constants_.size() - 1)}, {});
  }
  // A column that nothing defines is absent in every event.
  Index operator()(const ColumnRef& /*ref*/) const {
    return program.add(*make_literal(OwnedValue(Value::null()), expr.type));
  }

  Index operator()(const RawField& field) const {
    const std::string key = "raw:" + field.path;
    if (const auto found = program.interned_.find(key); found != program.interned_.end()) return found->second;
    program.raw_fields_.push_back(field.path);
    return program.intern(key, {Op::Raw, 0, 0, static_cast<uint32_t>(program.raw_fields_.size() - 1)}, {});
  }

  Index operator()(const Call& call) const {
    if (call.function.starts_with("meta.")) {
      program.names_.push_back(call.function);
      return program.intern(call.function, {Op::Metadata, 0, 0, static_cast<uint32_t>(program.names_.size() - 1)}, {});
    }
    const std::vector<Index> children = add_all(call.arguments);
    const std::string key = key_of("(" + call.function, children);
    if (const auto found = program.interned_.find(key); found != program.interned_.end()) return found->second;
    const Function* function = find_function(call.function);
    return program.intern(key, {Op::Call, 0, 0, program.add_table(function, children), function}, children);
  }

  // All patterns of a list: a conjunction of tests, so that each is known for itself.
  Index operator()(const hecate::Match& match) const {
    if (match.quantifier != Quantifier::All) return single(match);
    std::vector<Index> tests;
    for (const std::string& pattern : match.patterns) {
      hecate::Match one = match;
      one.quantifier = Quantifier::Any;
      one.patterns = {pattern};
      tests.push_back(single(one));
    }
    return program.intern(key_of("and", tests), {Op::And}, tests);
  }

  Index operator()(const hecate::And& all) const { return junction(Op::And, "and", all.operands); }
  Index operator()(const hecate::Or& any) const { return junction(Op::Or, "or", any.operands); }
  Index operator()(const hecate::Not& negation) const {
    const Index operand = program.add(*negation.operand);
    return program.intern(key_of("not", {operand}), {Op::Not}, {operand});
  }

 private:
  [[nodiscard]] Index single(const hecate::Match& match) const {
    Index operand = program.add(*match.operand);
    const bool folds = match.casing == Casing::Insensitive && match.op != MatchOp::Regex;
    if (folds) operand = program.intern(key_of("fold", {operand}), {Op::Fold}, {operand});
    const std::string key = key_of("match " + identity(match), {operand});
    if (const auto found = program.interned_.find(key); found != program.interned_.end()) return found->second;
    program.matches_.push_back({std::make_shared<const hecate::Match>(match), nullptr});
    return program.intern(key, {Op::Match, 0, 0, static_cast<uint32_t>(program.matches_.size() - 1)}, {operand});
  }
  [[nodiscard]] std::vector<Index> add_all(const std::vector<ExprPtr>& operands) const {
    std::vector<Index> children;
    children.reserve(operands.size());
    for (const ExprPtr& operand : operands) children.push_back(program.add(*operand));
    return children;
  }
  [[nodiscard]] Index junction(Op op, std::string_view name, const std::vector<ExprPtr>& operands) const {
    const std::vector<Index> children = add_all(operands);
    return program.intern(key_of(std::string(name), children), {op}, children);
  }
  [[nodiscard]] static std::string key_of(std::string head, const std::vector<Index>& children) {
    for (const Index child : children) head += " #" + std::to_string(child);
    return head;
  }
};

Program::Program(const Program& other)
    : nodes_(other.nodes_),
      children_(other.children_),
      constants_(other.constants_),
      raw_fields_(other.raw_fields_),
      names_(other.names_),
      tables_(other.tables_),
      seen_(other.nodes_.size()),
      values_(other.nodes_.size()) {
  matches_.reserve(other.matches_.size());
  for (const LazyMatch& match : other.matches_) matches_.push_back({match.spec, nullptr});
}

Program::Index Program::add(const Expr& expr) { return std::visit(Builder{*this, expr}, expr.node); }

Program::Index Program::intern(const std::string& key, Node node, const std::vector<Index>& children) {
  const auto [entry, added] = interned_.emplace(key, static_cast<Index>(nodes_.size()));
  if (!added) return entry->second;
  node.first = static_cast<uint32_t>(children_.size());
  node.count = static_cast<uint32_t>(children.size());
  children_.insert(children_.end(), children.begin(), children.end());
  nodes_.push_back(node);
  seen_.push_back(0);
  values_.emplace_back();
  return entry->second;
}

/// The payload of a call: 0 where it needs no table.
uint32_t Program::add_table(const Function* function, const std::vector<Index>& children) {
  constexpr size_t kFewKeys = 4;
  if (function == nullptr || function->name != "text.map" || children.size() / 2 < kFewKeys) return 0;
  MapTable table;
  for (uint32_t i = 1; i + 2 < children.size(); i += 2) {
    if (op(children[i]) != Op::Constant || op(children[i + 1]) != Op::Constant) return 0;
    const Value key = constant(children[i]);
    if (key.kind() != Kind::String || constant(children[i + 1]).is_undecided()) return 0;
    table.try_emplace(std::string(key.as_text()), i + 1);
  }
  tables_.push_back(std::make_shared<const MapTable>(std::move(table)));
  return static_cast<uint32_t>(tables_.size());
}

Value Program::evaluate(Index index, EventSource& event, EvalContext& context) {
  if (seen_[index] == epoch_) return values_[index];
  const Node& node = nodes_[index];
  const std::optional<bool> known = node.op == Op::Match ? event.known(index) : std::nullopt;
  const Value value = known ? Value::boolean(*known) : compute(node, event, context);
  seen_[index] = epoch_;
  values_[index] = value;
  return value;
}

Value Program::compute(const Node& node, EventSource& event, EvalContext& context) {
  switch (node.op) {
    case Op::Constant: return constants_[node.payload].get();
    case Op::Raw: return event.raw_field(node.payload);
    case Op::Metadata: return event.metadata(names_[node.payload]);
    case Op::Call: return compute_call(node, event, context);
    case Op::Fold: return compute_fold(node, event, context);
    case Op::Match: return compute_match(node, event, context);
    case Op::And: return compute_junction(node, false, event, context);
    case Op::Or: return compute_junction(node, true, event, context);
    case Op::Not: {
      const Value value = evaluate(children_[node.first], event, context);
      if (value.kind() == Kind::Bool) return Value::boolean(!value.as_bool());
      return value.is_undecided() ? value : Value::null();
    }
  }
  return Value::null();
}

Value Program::compute_call(const Node& node, EventSource& event, EvalContext& context) {
  if (node.function == nullptr) return Value::null();
  if (!context.run.now && is_run_dependent(node.function->name)) return Value::undecided();
  if (node.payload > 0 && evaluate(children_[node.first], event, context).kind() == Kind::String) {
    return compute_map(node, *tables_[node.payload - 1], event, context);
  }
  const auto arguments = context.arena.allocate_array<Value>(node.count);
  for (uint32_t i = 0; i < node.count; ++i) arguments[i] = evaluate(children_[node.first + i], event, context);
  return hecate::call(*node.function, arguments, context);
}

/// As the function does it for one text.
Value Program::compute_map(const Node& node, const MapTable& table, EventSource& event, EvalContext& context) {
  const Value other = evaluate(children_[node.first + node.count - 1], event, context);
  if (other.is_undecided()) return other;
  const auto found = table.find(evaluate(children_[node.first], event, context).as_text());
  return found == table.end() ? other : constant(children_[node.first + found->second]);
}

Value Program::compute_fold(const Node& node, EventSource& event, EvalContext& context) {
  const Value value = evaluate(children_[node.first], event, context);
  if (value.is_null() || value.is_undecided()) return value;
  const auto fold_one = [&](const Value& element) {
    if (element.is_null() || element.kind() == Kind::Dynamic) return element;  // an object is no text
    std::string folded;
    fold_case_to(value_text(element, context.arena), folded);
    return Value::string(context.arena.copy(folded));
  };
  if (value.kind() != Kind::Many) return fold_one(value);
  const auto folded = context.arena.allocate_array<Value>(value.as_list().size());
  std::transform(value.as_list().begin(), value.as_list().end(), folded.begin(), fold_one);
  return Value::many(folded);
}

Value Program::compute_match(const Node& node, EventSource& event, EvalContext& context) {
  const Value operand = evaluate(children_[node.first], event, context);
  if (operand.is_undecided()) return operand;
  if (operand.is_null()) return Value::boolean(false);
  LazyMatch& lazy = matches_[node.payload];
  if (!lazy.compiled) lazy.compiled = std::make_unique<CompiledMatch>(*lazy.spec);
  const CompiledMatch& match = *lazy.compiled;
  if (operand.kind() == Kind::String && match.folds()) return Value::boolean(match.test(operand.as_text()));
  return Value::boolean(match.test(operand, context.arena));
}

Value Program::compute_junction(const Node& node, bool decisive, EventSource& event, EvalContext& context) {
  Value result = Value::boolean(!decisive);
  for (uint32_t i = 0; i < node.count; ++i) {
    const Value value = evaluate(children_[node.first + i], event, context);
    if (value.kind() == Kind::Bool) {
      if (value.as_bool() == decisive) return value;
    } else if (value.is_undecided()) {
      result = value;
    } else if (!result.is_undecided()) {
      result = Value::null();
    }
  }
  return result;
}

uint64_t Program::limit_hits() const {
  uint64_t hits = 0;
  for (const LazyMatch& match : matches_) hits += match.compiled ? match.compiled->limit_hits() : 0;
  return hits;
}

}  // namespace hecate::stream
