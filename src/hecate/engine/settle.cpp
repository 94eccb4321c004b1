#include "engine/settle.h"

#include <algorithm>
#include <array>
#include <map>

#include "exec/functions/json_pieces.h"
#include "exec/stream/bind.h"
#include "exec/tail/tail.h"
#include "plan/expressions.h"
#include "plan/inputs.h"

namespace hecate::engine {
namespace {

// More than that are better looked up in a table than planned as literals.
constexpr size_t kMostValues = 10'000;

/// The functions that test a text by a dynamic list, as the tests that they are of a list that is known. Sorted.
struct ListTest {
  std::string_view function;
  MatchOp op;
  Casing casing;
  Quantifier quantifier;
};
constexpr std::array kListTests{
    ListTest{"kql.has_all", MatchOp::Has, Casing::Insensitive, Quantifier::All},
    ListTest{"kql.has_any", MatchOp::Has, Casing::Insensitive, Quantifier::Any},
    ListTest{"kql.in", MatchOp::Equals, Casing::Sensitive, Quantifier::Any},
    ListTest{"kql.in_ci", MatchOp::Equals, Casing::Insensitive, Quantifier::Any},
};

void collect_inputs(const Expr& expr, std::set<size_t>& inputs) {
  if (const auto input = asked_input(expr)) inputs.insert(*input);
  for_each_child(expr, [&](const ExprPtr& child) { collect_inputs(*child, inputs); });
}

/// The texts of a dynamic array that has nothing else.
std::optional<std::vector<std::string>> texts_of(const Expr& expr) {
  const auto* literal = std::get_if<Literal>(&expr.node);
  if (literal == nullptr || literal->value.get().kind() != Kind::Dynamic) return std::nullopt;
  const JsonPieces pieces = json_pieces(literal->value.get().as_text());
  if (!pieces.is_array || pieces.values.size() > kMostValues) return std::nullopt;
  std::vector<std::string> texts;
  for (const std::string_view piece : pieces.values) {
    const bool plain = piece.size() >= 2 && piece.front() == '"' && piece.find('\\') == piece.npos;
    if (!plain) return std::nullopt;
    texts.emplace_back(piece.substr(1, piece.size() - 2));
  }
  return texts;
}

ExprPtr matches(const ExprPtr& text, const ListTest& test, std::vector<std::string> texts, Span span) {
  // has_any of nothing is false, has_all of nothing true (in-operator, has-all-operator).
  if (texts.empty()) return make_bool(test.quantifier == Quantifier::All, span);
  return make_match({text, test.op, test.casing, test.quantifier, RegexDialect::Re2, std::move(texts)}, span);
}

/// Whether a plan's rows come from events, also through plans that it reads.
bool reads_events(const Plan& plan) {
  return plan.scans() || std::any_of(plan.inputs.begin(), plan.inputs.end(),
                                     [](const PlanInput& input) { return reads_events(*input.plan); });
}

bool reads_document(const Expr& expr) {
  const auto* call = std::get_if<Call>(&expr.node);
  bool found = call != nullptr && (call->function == "kql.parse_xml" || call->function == "kql.parse_json");
  for_each_child(expr, [&](const ExprPtr& child) { found = found || reads_document(*child); });
  return found;
}

/// Runs what a plan reads besides events, and puts what it says into the plan.
class Settler {
 public:
  Settler(const CompiledDetection& compiled, const Settling& settling, DiagnosticSink& sink)
      : compiled_(compiled), settling_(settling), sink_(sink) {}

  /// Whether something of the plan was settled.
  bool settle(Plan& plan) {
    bool changed = false;
    std::vector<const Plan*> originals;
    for (PlanInput& input : plan.inputs) {
      originals.push_back(input.plan.get());
      if (settling_.read.contains(input.plan.get())) continue;
      Plan own = *input.plan;  // plans are shared: with the ruleset, and with other runs
      if (!settle(own)) continue;
      input.plan = std::make_shared<Plan>(std::move(own));
      changed = true;
    }
    std::set<size_t> asked;
    for (Node& node : plan.nodes) for_each_expr(node, [&](ExprPtr& expr) { collect_inputs(*expr, asked); });
    std::map<size_t, Values> known;
    for (const size_t input : asked) {
      const auto read = settling_.read.find(originals[input]);
      if (read == settling_.read.end() && !reads_no_events(*plan.inputs[input].plan)) continue;
      auto values = read == settling_.read.end() ? ask(*plan.inputs[input].plan) : ask(*read->second);
      if (values) known.emplace(input, std::move(*values));
    }
    if (known.empty()) return changed;
    for (Node& node : plan.nodes) {
      for_each_expr(node, [&](ExprPtr& expr) {
        ExprPtr told = rewrite(expr, [&](const ExprPtr& part) { return tell(part, plan, known); });
        if (told != expr) expr = stream::fold_constants(told);
      });
    }
    forget_unread(plan);
    return true;
  }

 private:
  using Values = std::vector<OwnedValue>;  // of a plan's first column

  /// Nor anything else that is known only when events have been read, or that is another value each time.
  [[nodiscard]] bool reads_no_events(const Plan& plan) const {
    if (plan.scans() || plan.output.empty()) return false;
    const auto& first = plan.nodes.front().op;
    if (std::holds_alternative<Outer>(first)) return false;
    if (const auto* table = std::get_if<TableScan>(&first); table && settling_.written.contains(table->table))
      return false;
    bool settled = true;
    for (Node node : plan.nodes) {
      settled = settled && !std::holds_alternative<WriteTable>(node.op);
      for_each_expr(node, [&](ExprPtr& expr) { settled = settled && is_the_same_always(*expr); });
    }
    return settled && std::all_of(plan.inputs.begin(), plan.inputs.end(),
                                  [this](const PlanInput& input) { return reads_no_events(*input.plan); });
  }

  [[nodiscard]] bool is_the_same_always(const Expr& expr) const {
    if (const auto* call = std::get_if<Call>(&expr.node); call != nullptr && is_run_dependent(call->function)) {
      const bool time = call->function == "kql.now" || call->function == "kql.ago";
      if (!asked_input(expr) && !(time && settling_.run.now)) return false;
    }
    bool same = true;
    for_each_child(expr, [&](const ExprPtr& child) { same = same && is_the_same_always(*child); });
    return same;
  }

  std::optional<Values> ask(const Plan& plan) {
    const CutPlan parts = cut_plan(plan, compiled_.cut_at);
    tail::Tail tail(settling_.database, plan, parts, settling_.database.next_tail(), &settling_.tables);
    return ask(tail);
  }

  std::optional<Values> ask(tail::Tail& tail) {
    DiagnosticSink said;
    const auto rows = tail.run(settling_.run, compiled_.detection->title, said, settling_.timeout);
    if (!rows || rows->size() > kMostValues) return std::nullopt;
    for (const Diagnostic& diagnostic : said.all()) sink_.report(diagnostic);
    Values values;
    for (const tail::Row& row : *rows) values.push_back(row.values.front());
    return values;
  }

  /// What an expression is, now that some plans are known; null: what it was.
  static ExprPtr tell(const ExprPtr& expr, const Plan& plan, const std::map<size_t, Values>& known) {
    const auto* call = std::get_if<Call>(&expr->node);
    if (call == nullptr) return nullptr;
    const auto input = asked_input(*expr);
    if (!input) return tell_list(*call, expr->span);
    const auto values = known.find(*input);
    if (values == known.end()) return nullptr;
    if (call->function == "kql.scalar") {
      const OwnedValue none = expr->type == Type::String ? OwnedValue::string("") : OwnedValue();
      return make_literal(values->second.empty() ? none : values->second.front(), expr->type, expr->span);
    }
    const Plan& of = *plan.inputs[*input].plan;
    const bool texts = of.column(of.output.front().column).type == Type::String;
    return tell_member(*call, values->second, texts, expr->span);
  }

  static ExprPtr tell_member(const Call& call, const Values& values, bool texts, Span span) {
    if (values.empty()) return make_bool(false, span);
    const ExprPtr& value = call.arguments[0];
    if (!texts || value->type != Type::String) return nullptr;
    std::vector<std::string> members;
    for (const OwnedValue& member : values) members.push_back(value_text(member.get()));
    const bool fold = std::get<Literal>(call.arguments[2]->node).value.get().is_true();
    return matches(value, {"", MatchOp::Equals, fold ? Casing::Insensitive : Casing::Sensitive, Quantifier::Any},
                   std::move(members), span);
  }

  static ExprPtr tell_list(const Call& call, Span span) {
    const auto test = std::find_if(kListTests.begin(), kListTests.end(),
                                   [&](const ListTest& row) { return row.function == call.function; });
    if (test == kListTests.end() || call.arguments.size() != 2) return nullptr;
    const ExprPtr& text = call.arguments[0];
    auto texts = text->type == Type::String ? texts_of(*call.arguments[1]) : std::nullopt;
    return texts ? matches(text, *test, std::move(*texts), span) : nullptr;
  }

  /// Plans that nobody asks any more need not run once more.
  static void forget_unread(Plan& plan) {
    std::set<size_t> read;
    for (Node& node : plan.nodes) {
      for_each_expr(node, [&](ExprPtr& expr) { collect_inputs(*expr, read); });
      for_each_input(node, [&](size_t input) { read.insert(input); });
    }
    std::map<size_t, size_t> numbers;
    std::vector<PlanInput> kept;
    for (const size_t input : read) {
      numbers[input] = kept.size();
      kept.push_back(std::move(plan.inputs[input]));
    }
    plan.inputs = std::move(kept);
    for (Node& node : plan.nodes) {
      for_each_input(node, [&](size_t& input) { input = numbers.at(input); });
      for_each_expr(node, [&](ExprPtr& expr) {
        expr = rewrite(expr, [&](const ExprPtr& part) { return renumbered(part, numbers); });
      });
    }
  }

  static ExprPtr renumbered(const ExprPtr& expr, const std::map<size_t, size_t>& numbers) {
    const auto input = asked_input(*expr);
    if (!input) return nullptr;
    Call call = std::get<Call>(expr->node);
    const auto number = static_cast<int64_t>(numbers.at(*input));
    call.arguments[call.function == "kql.scalar" ? 0 : 1] =
        make_literal(OwnedValue(Value::integer(number)), Type::Long, expr->span);
    return make_call(call.function, std::move(call.arguments), expr->type, expr->span);
  }

  const CompiledDetection& compiled_;
  const Settling& settling_;
  DiagnosticSink& sink_;
};

}  // namespace

std::unique_ptr<SettledPlan> settle(const CompiledDetection& compiled, const Plan& plan, const Settling& settling,
                                    DiagnosticSink& sink) {
  if (plan.language != Language::Kql || plan.inputs.empty()) return nullptr;
  auto settled = std::make_unique<SettledPlan>();
  settled->plan = plan;
  if (!Settler(compiled, settling, sink).settle(settled->plan)) return nullptr;
  settled->cut = cut_plan(settled->plan, compiled.cut_at);
  return settled;
}

bool is_worth_deferring(const Plan& plan, const CutPlan& cut) {
  if (plan.language != Language::Kql) return false;
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (is_worth_deferring(*plan.inputs[i].plan, cut.inputs[i])) return true;
  }
  if (!cut.scans || !cut.undecided) return false;
  std::set<size_t> asked;
  collect_inputs(*cut.undecided, asked);
  const bool waits =
      std::any_of(asked.begin(), asked.end(), [&](size_t input) { return reads_events(*plan.inputs[input].plan); });
  return waits && std::any_of(cut.head.steps.begin(), cut.head.steps.end(), [](Node step) {
           bool found = false;
           for_each_expr(step, [&](const ExprPtr& expr) { found = found || reads_document(*expr); });
           return found;
         });
}

void add_asked_plans(const Plan& plan, const CutPlan& cut, std::vector<std::pair<const Plan*, const CutPlan*>>& asked) {
  std::set<size_t> inputs;
  for (Node node : plan.nodes) for_each_expr(node, [&](const ExprPtr& expr) { collect_inputs(*expr, inputs); });
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    const Plan& input = *plan.inputs[i].plan;
    if (inputs.contains(i) && reads_events(input)) {
      asked.emplace_back(&input, &cut.inputs[i]);
    } else {
      add_asked_plans(input, cut.inputs[i], asked);
    }
  }
}

bool may_let_through(const CutPlan& cut) {
  const auto excludes_all = [](const Node& step) {
    const auto* filter = std::get_if<Filter>(&step.op);
    return filter != nullptr && stream::is_literal_false(*filter->predicate);
  };
  if (cut.scans && std::none_of(cut.head.steps.begin(), cut.head.steps.end(), excludes_all)) return true;
  return std::any_of(cut.inputs.begin(), cut.inputs.end(), may_let_through);
}

}  // namespace hecate::engine
