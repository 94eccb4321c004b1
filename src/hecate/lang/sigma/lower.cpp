#include "lang/sigma/lower.h"

#include <fmt/format.h>

#include <cassert>
#include <map>
#include <optional>

#include "lang/sigma/codes.h"
#include "lang/sigma/condition.h"
#include "lang/sigma/lower_item.h"

namespace hecate::sigma {
namespace {

class Lowering {
 public:
  Lowering(const ast::Detection& detection, Plan& plan, DiagnosticSink& sink)
      : detection_(detection), columns_(plan), sink_(sink), lowered_(detection.searches.size()) {
    for (size_t i = 0; i < detection.searches.size(); ++i) by_name_.emplace(detection.searches[i].name, i);
  }

  Result<ExprPtr> run() {
    ExprPtr predicate = condition(*detection_.condition);
    check_unused();
    if (!predicate || !ok_) return already_reported();
    return predicate;
  }

 private:
  struct Lowered {
    bool done = false;
    ExprPtr expr;  // null after an error
  };

  // --- the condition: null after an error, which has been reported ---

  ExprPtr condition(const ast::Condition& node) {
    return std::visit([&](const auto& part) { return lower(part, node.span); }, node.node);
  }

  ExprPtr lower(const ast::Reference& reference, Span span) {
    const auto found = by_name_.find(reference.name);
    if (found != by_name_.end()) return within_budget(search(found->second), span);
    const std::string_view near = nearest_name(reference.name);
    sink_.report(kUnknownSearch, span, fmt::format("the detection has no search identifier `{}`", reference.name),
                 near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    return fail();
  }

  ExprPtr lower(const ast::Selector& selector, Span span) {
    const auto key = std::pair(selector.count, selector.pattern);
    if (const auto known = selectors_.find(key); known != selectors_.end()) return within_budget(known->second, span);
    std::vector<ExprPtr> operands;
    bool any = false;
    for (size_t i = 0; i < detection_.searches.size(); ++i) {
      if (!selects(selector.pattern, detection_.searches[i].name)) continue;
      any = true;
      operands.push_back(within_budget(search(i), span));
    }
    if (!any) report_nothing(selector);
    ExprPtr result =
        any ? join<ast::Disjunction>(std::move(operands), selector.count == ast::Count::All, span) : fail();
    selectors_.emplace(key, result);
    return result;
  }

  ExprPtr lower(const ast::Negation& negation, Span span) {
    ExprPtr operand = condition(*negation.operand);
    return operand ? make_not(std::move(operand), span) : nullptr;
  }

  template <typename Junction>
  ExprPtr lower(const Junction& junction, Span span) {
    std::vector<ExprPtr> operands;
    for (const ast::ConditionPtr& operand : junction.operands) operands.push_back(condition(*operand));
    return join<Junction>(std::move(operands), std::is_same_v<Junction, ast::Conjunction>, span);
  }

  template <typename Junction>
  ExprPtr join(std::vector<ExprPtr> operands, bool all, Span span) {
    for (const ExprPtr& operand : operands) {
      if (!operand) return nullptr;
    }
    return all ? make_and(std::move(operands), span) : make_or(std::move(operands), span);
  }

  void report_nothing(const ast::Selector& selector) {
    const bool them = selector.pattern == "*";
    const std::string_view near = them ? std::string_view{} : nearest_name(selector.pattern);
    std::string hint = near.empty() ? "" : fmt::format("did you mean `{}`?", near);
    if (them) hint = "names that begin with `_` are not part of `them`";
    sink_.report(kNothingMatches, selector.pattern_span,
                 them ? "there is no search identifier for `them`"
                      : fmt::format("no search identifier matches `{}`", selector.pattern),
                 std::move(hint));
  }

  ExprPtr fail() {
    ok_ = false;
    return nullptr;
  }

  [[nodiscard]] std::string_view nearest_name(std::string_view name) const {
    // A misspelt name among very many: the hint is not worth the time.
    constexpr size_t kMostCandidates = 10'000;
    std::vector<std::string_view> names;
    for (const ast::Search& candidate : detection_.searches) {
      if (names.size() < kMostCandidates && candidate.name != name) names.push_back(candidate.name);
    }
    return nearest(name, names);
  }

  /// Joining flattens, so every use of a search copies its operands.
  ExprPtr within_budget(ExprPtr expr, Span span) {
    if (!expr) return nullptr;
    size_t size = 1;
    if (const auto* all = std::get_if<And>(&expr->node)) size = all->operands.size();
    if (const auto* any = std::get_if<Or>(&expr->node)) size = any->operands.size();
    if (references_.spend(size)) return expr;
    if (!too_large_)
      sink_.report(kTooLarge, span, fmt::format("this condition expands to more than {} tests", Budget::kMost));
    too_large_ = true;
    return fail();
  }

  // --- searches ---

  ExprPtr search(size_t index) {
    Lowered& entry = lowered_[index];
    if (!entry.done) entry = {true, group(detection_.searches[index].group, columns_)};
    return entry.expr;
  }

  ExprPtr group(const ast::Group& node, ScanColumns& columns) {
    if (const auto* item = std::get_if<ast::Item>(&node.node)) {
      Result<ExprPtr> lowered = lower_item(*item, columns, tests_, sink_);
      return lowered ? std::move(*lowered) : fail();
    }
    const auto* all = std::get_if<ast::AllOf>(&node.node);
    std::vector<ExprPtr> operands;
    for (const ast::Group& part : all != nullptr ? all->parts : std::get<ast::AnyOf>(node.node).parts) {
      operands.push_back(group(part, columns));
    }
    return join<ast::Disjunction>(std::move(operands), all != nullptr, node.span);
  }

  void check_unused() {
    Plan scratch;
    scratch.add({Scan{}, {}, {}});
    ScanColumns columns(scratch);
    for (size_t i = 0; i < lowered_.size(); ++i) {
      if (lowered_[i].done) continue;
      (void)group(detection_.searches[i].group, columns);
      // After an error in the condition nobody knows what it would have used.
      if (!ok_) continue;
      sink_.report(kUnusedSearch, detection_.searches[i].name_span,
                   fmt::format("the condition never uses `{}`", detection_.searches[i].name),
                   "add it to the condition, or remove it");
    }
  }

  const ast::Detection& detection_;
  ScanColumns columns_;
  DiagnosticSink& sink_;
  std::map<std::string_view, size_t> by_name_;
  std::vector<Lowered> lowered_;
  std::map<std::pair<ast::Count, std::string>, ExprPtr> selectors_;
  Budget tests_;
  Budget references_;
  bool too_large_ = false;
  bool ok_ = true;
};

}  // namespace

Result<Plan> lower_detection(const ast::Detection& detection, const SigmaLogsource& logsource, Span logsource_span,
                             DiagnosticSink& sink) {
  Plan plan;
  plan.language = Language::Sigma;
  plan.whole_event = true;
  const NodeId scan = plan.add({Scan{logsource, {}}, {}, logsource_span});
  Result<ExprPtr> predicate = Lowering(detection, plan, sink).run();
  if (!predicate) return already_reported();
  plan.add({Filter{std::move(*predicate)}, {scan}, detection.condition->span});
  assert(!verify(plan));
  return plan;
}

}  // namespace hecate::sigma
