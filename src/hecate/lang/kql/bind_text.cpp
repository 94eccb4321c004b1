#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/kusto_regex.h"
#include "base/text.h"
#include "lang/kql/binder.h"
#include "lang/kql/codes.h"

namespace hecate::kql {
namespace {

/// Reads back the canonical JSON that the parser wrote: an array of strings, numbers and booleans.
class ArrayReader {
 public:
  explicit ArrayReader(std::string_view json) : json_(json) {}

  std::optional<std::vector<std::string>> run() {
    std::vector<std::string> out;
    if (json_.size() < 2 || json_.front() != '[') return std::nullopt;
    for (at_ = 1; json_[at_] != ']'; at_ += json_[at_] == ',' ? 1 : 0) {
      const char c = json_[at_];
      if (c == '[' || c == '{') return std::nullopt;
      out.push_back(c == '"' ? text() : plain());
    }
    return out;
  }

 private:
  std::string plain() {
    const size_t end = json_.find_first_of(",]", at_);
    std::string out(json_.substr(at_, end - at_));
    at_ = end;
    return out;
  }

  std::string text() {
    std::string out;
    for (++at_; json_[at_] != '"'; ++at_) {
      if (json_[at_] != '\\') {
        out += json_[at_];
        continue;
      }
      static constexpr std::string_view kFrom = "nrtbf";
      static constexpr std::string_view kTo = "\n\r\t\b\f";
      const char c = json_[++at_];
      if (c == 'u') {  // only control characters are written so
        out += static_cast<char>(std::stoi(std::string(json_.substr(at_ + 1, 4)), nullptr, 16));
        at_ += 4;
      } else {
        const size_t found = kFrom.find(c);
        out += found == std::string_view::npos ? c : kTo[found];
      }
    }
    ++at_;
    return out;
  }

  std::string_view json_;
  size_t at_ = 0;
};

/// Whether a constant looks like a path. In a regular expression a single `\` is an escape.
bool has_separator(std::string_view pattern, MatchOp op) {
  if (pattern.find('/') != std::string_view::npos) return true;
  return pattern.find(op == MatchOp::Regex ? "\\\\" : "\\") != std::string_view::npos;
}

/// The column that a text operand is, seen through functions that do not make a path of a name.
const ColumnRef* column_behind(const Expr& operand) {
  if (const auto* ref = std::get_if<ColumnRef>(&operand.node)) return ref;
  const auto* call = std::get_if<Call>(&operand.node);
  if (call == nullptr || call->arguments.size() != 1) return nullptr;
  if (call->function != "kql.tolower" && call->function != "kql.toupper" && call->function != "kql.tostring")
    return nullptr;
  return column_behind(*call->arguments.front());
}

}  // namespace

std::optional<std::string> constant_text(const Expr& expr) {
  const auto* literal = std::get_if<Literal>(&expr.node);
  if (literal == nullptr || literal->value.get().kind() != Kind::String) return std::nullopt;
  return std::string(literal->value.get().as_text());
}

std::optional<std::vector<std::string>> constant_texts(const Expr& expr) {
  if (auto text = constant_text(expr)) return std::vector<std::string>{std::move(*text)};
  const auto* literal = std::get_if<Literal>(&expr.node);
  if (literal == nullptr || literal->value.get().kind() != Kind::Dynamic) return std::nullopt;
  return ArrayReader(literal->value.get().as_text()).run();
}

ExprPtr Binder::text_operand(ExprPtr operand, const ast::TextTest& test) {
  if (operand->type == Type::String) return operand;
  if (operand->type == Type::Dynamic || operand->type == Type::Guid) {
    return make_call("kql.tostring", {operand}, Type::String, operand->span);
  }
  sink_.report(kArgumentType, operand->span,
               fmt::format("`{}` compares text, and {}", test.op->spelling, describe(*operand, plan_)),
               "convert it with tostring()");
  return nullptr;
}

ExprPtr Binder::bind_node(const ast::TextTest& node, const ast::Expression& whole) {
  if (std::holds_alternative<ast::Star>(node.left->node)) return any_column(node, whole.span);
  ExprPtr left = bind(*node.left);
  if (node.op->list && node.right.size() == 1 && is_tabular(*node.right.front())) {
    if (!left) return nullptr;
    if (node.op->op == MatchOp::Equals) return bind_in_relation(node, std::move(left), whole.span);
    ExprPtr list = list_of(*node.right.front(), std::string(node.op->spelling), whole.span);
    left = text_operand(std::move(left), node);
    if (!list || !left) return nullptr;
    ExprPtr test = make_call(node.op->function, {std::move(left), std::move(list)}, Type::Bool, whole.span);
    return node.op->negated ? make_not(std::move(test), whole.span) : test;
  }
  std::vector<ExprPtr> right;
  std::vector<std::string> patterns;
  bool constant = true;
  bool failed = false;
  for (const ast::ExpressionPtr& element : node.right) {
    ExprPtr value = bind(*element);
    failed |= value == nullptr;
    if (!value) continue;
    if (auto texts = constant_texts(*value); texts && (node.op->list || texts->size() == 1)) {
      if (node.op->op == MatchOp::Regex) failed |= !check_regex(texts->front(), element->span);
      patterns.insert(patterns.end(), texts->begin(), texts->end());
    } else {
      constant = false;
    }
    right.push_back(std::move(value));
  }
  if (!left || failed) return nullptr;
  if (is_uncertain(*left)) left = converted(std::move(left), Type::String, node.left->span);
  const bool is_in = node.op->list && node.op->op == MatchOp::Equals;
  const auto holds_text = [](const ExprPtr& value) {
    return value->type == Type::String || value->type == Type::Dynamic || value->type == Type::Guid;
  };
  const bool by_value =
      left->type == Type::Dynamic ? !std::all_of(right.begin(), right.end(), holds_text) : !holds_text(left);
  if (is_in && by_value) {
    return bind_typed_list(node, std::move(left), std::move(right), whole.span);
  }
  left = text_operand(std::move(left), node);
  if (!left) return nullptr;
  for (ExprPtr& value : right) {
    if (meet(left, value, value->span)) patterns.push_back(*constant_text(*value));
  }
  constant |= patterns.size() == right.size() && !patterns.empty();
  for (const ExprPtr& value : right) {
    if (value->type == Type::String || value->type == Type::Dynamic || value->type == Type::Guid) continue;
    sink_.report(kIncomparable, value->span,
                 fmt::format("`{}` compares text, and {}", node.op->spelling, describe(*value, plan_)),
                 "write it in quotes, or convert it with tostring()");
    return nullptr;
  }
  ExprPtr test;
  if (constant) {
    lint_path(*left, node.op->op, patterns, whole.span);
    if (node.op->op == MatchOp::Equals) lint_values(*left, node.op->casing, patterns, whole.span);
    test = make_text_match(*node.op, std::move(left), std::move(patterns), whole.span);
  } else {
    right.insert(right.begin(), std::move(left));
    test = make_call(node.op->function, std::move(right), Type::Bool, whole.span);
  }
  return node.op->negated ? make_not(std::move(test), whole.span) : test;
}

ExprPtr Binder::make_text_match(const ast::TextOperatorRow& row, ExprPtr left, std::vector<std::string> patterns,
                                Span span) {
  // has_any of nothing is false, has_all of nothing true (in-operator, has-all-operator).
  if (patterns.empty()) return make_bool(row.quantifier == Quantifier::All, span);
  if (row.op == MatchOp::Regex) {
    for (std::string& pattern : patterns) pattern = re2_pattern(pattern);
  }
  return make_match({std::move(left), row.op, row.casing, row.quantifier, RegexDialect::Re2, std::move(patterns)},
                    span);
}

/// `in` over numbers, times, booleans: by value, as ==.
ExprPtr Binder::bind_typed_list(const ast::TextTest& test, ExprPtr left, std::vector<ExprPtr> right, Span span) {
  for (ExprPtr& value : right) {
    meet(left, value, value->span);
    if (value->type != Type::Dynamic && !comparable(*left, *value, value->span)) return nullptr;
  }
  if (right.empty()) return make_bool(test.op->negated, span);
  right.insert(right.begin(), std::move(left));
  ExprPtr call = make_call("kql.in_values", std::move(right), Type::Bool, span);
  return test.op->negated ? make_not(std::move(call), span) : call;
}

bool Binder::check_regex(const std::string& pattern, Span span) {
  const KustoRegex regex = kusto_regex(pattern);
  if (!regex.unsupported.empty()) {
    sink_.report(kBadRegex, span, fmt::format("`{}` in a regular expression is not supported here", regex.unsupported),
                 "say what stands beside the boundary: \\w, a letter, a digit");
    return false;
  }
  if (regex.angle_boundary) {
    sink_.report(kWordBoundary, span, "`\\<` and `\\>` are the start and the end of a word, not characters",
                 "`<` and `>` need no backslash");
  }
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 compiled(regex.pattern, options);
  if (compiled.ok()) return true;
  sink_.report(kBadRegex, span, fmt::format("invalid regular expression: {}", compiled.error()),
               pattern.find("(?=") != std::string::npos || pattern.find("(?!") != std::string::npos ||
                       pattern.find("(?<") != std::string::npos
                   ? "KQL has no lookaround; (?P<name>…) names a group"
                   : "");
  return false;
}

// --- comparisons that no row can pass ---

void Binder::lint_values(const Expr& operand, Casing casing, const std::vector<std::string>& texts, Span span) {
  const auto* ref = std::get_if<ColumnRef>(&operand.node);
  const auto rule = ref == nullptr ? column_rules_.end() : column_rules_.find(ref->column);
  if (rule == column_rules_.end() || rule->second.schema->values.empty()) return;
  const ColumnSchema& column = *rule->second.schema;
  std::vector<std::string_view> values;
  for (std::string_view rest = column.values; !rest.empty();) {
    const size_t end = std::min(rest.find('|'), rest.size());
    values.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const std::string& text : texts) {
    const auto same = std::find_if(values.begin(), values.end(),
                                   [&](std::string_view value) { return fold_case(value) == fold_case(text); });
    if (text.empty() || (same != values.end() && (casing == Casing::Insensitive || *same == text))) continue;
    const std::string_view near = same != values.end() ? *same : nearest(text, values);
    sink_.report(kNoSuchValue, span, fmt::format("`{}` is never `{}`", column.name, text),
                 same != values.end() ? fmt::format("it is written `{}`", *same)
                 : !near.empty()      ? fmt::format("did you mean `{}`?", near)
                                      : fmt::format("its values are {}", fmt::join(values, ", ")));
  }
}

void Binder::lint_path(const Expr& operand, MatchOp op, const std::vector<std::string>& patterns, Span span) {
  const ColumnRef* ref = column_behind(operand);
  const auto rule = ref == nullptr ? column_rules_.end() : column_rules_.find(ref->column);
  if (rule == column_rules_.end() || rule->second.schema->path_column.empty()) return;
  const bool any = std::any_of(patterns.begin(), patterns.end(),
                               [&](const std::string& pattern) { return has_separator(pattern, op); });
  if (!any) return;
  path_lints_[rule->second.schema->name].push_back(span);
  path_lint_rules_.insert_or_assign(rule->second.schema->name, rule->second);
}

void Binder::report_path_lints() {
  for (const auto& [column, spans] : path_lints_) {
    const ColumnRule& rule = path_lint_rules_.at(column);
    Diagnostic diagnostic;
    diagnostic.code = &kPathInName;
    diagnostic.message = fmt::format("`{}` holds a bare file name, never a path: this comparison cannot match", column);
    diagnostic.primary = {spans.front(), ""};
    for (size_t i = 1; i < spans.size(); ++i) diagnostic.secondary.push_back({spans[i], "nor can this one"});
    diagnostic.hint = fmt::format("compare `{}` instead, or let the pack declare `field_aliases: {{{}: {{{}: {}}}}}`",
                                  rule.schema->path_column, rule.table, column, rule.schema->path_column);
    sink_.report(std::move(diagnostic));
  }
}

}  // namespace hecate::kql
