#include "plan/expr.h"

#include <fmt/format.h>

#include <bit>
#include <optional>

#include "base/json_text.h"

namespace hecate {
namespace {

ExprPtr make(Expr::Node node, Type type, Span span) {
  return std::make_shared<const Expr>(Expr{std::move(node), type, span});
}

std::string_view to_string(MatchOp op) {
  switch (op) {
    case MatchOp::Equals: return "equals";
    case MatchOp::Contains: return "contains";
    case MatchOp::StartsWith: return "startswith";
    case MatchOp::EndsWith: return "endswith";
    case MatchOp::Wildcard: return "wildcard";
    case MatchOp::Regex: return "regex";
    case MatchOp::Has: return "has";
    case MatchOp::HasPrefix: return "hasprefix";
    case MatchOp::HasSuffix: return "hassuffix";
  }
  return "";
}

/// One unescaped piece of a canonical glob between wildcards, or nothing where a `?` or an inner `*` remains.
struct PlainGlob {
  bool leading_star = false;
  bool trailing_star = false;
  std::string literal;
};

std::optional<PlainGlob> plain_glob(std::string_view glob) {
  PlainGlob result;
  size_t at = 0;
  while (at < glob.size() && glob[at] == '*') {
    result.leading_star = true;
    ++at;
  }
  for (; at < glob.size(); ++at) {
    if (glob[at] == '?') return std::nullopt;
    if (glob[at] == '*') {
      if (glob.find_first_not_of('*', at) != std::string_view::npos) return std::nullopt;
      result.trailing_star = true;
      break;
    }
    if (glob[at] == '\\' && at + 1 < glob.size()) ++at;
    result.literal += glob[at];
  }
  return result;
}

template <typename Junction>
ExprPtr make_junction(std::vector<ExprPtr> operands, Span span) {
  if (operands.size() == 1) return operands.front();
  Junction junction;
  for (ExprPtr& operand : operands) {
    if (const auto* inner = std::get_if<Junction>(&operand->node)) {
      junction.operands.insert(junction.operands.end(), inner->operands.begin(), inner->operands.end());
    } else {
      junction.operands.push_back(std::move(operand));
    }
  }
  return make(std::move(junction), Type::Bool, span);
}

void dump_to(const Expr& expr, std::string& out);

void dump_list(std::string_view head, const std::vector<ExprPtr>& operands, std::string& out) {
  out += "(";
  out += head;
  for (const ExprPtr& operand : operands) {
    out += ' ';
    dump_to(*operand, out);
  }
  out += ')';
}

struct Dumper {
  std::string& out;

  void operator()(const Literal& literal) const {
    const Value value = literal.value.get();
    if (value.kind() == Kind::Datetime || value.kind() == Kind::Timespan) {
      out += fmt::format("{}({})", value.kind() == Kind::Datetime ? "datetime" : "timespan", value_text(value));
    } else {
      append_value_json(value, out);
    }
  }
  void operator()(const ColumnRef& ref) const { out += fmt::format("c{}", static_cast<uint32_t>(ref.column)); }
  void operator()(const RawField& field) const { out += fmt::format("raw[{}]", field.path); }
  void operator()(const Call& call) const { dump_list(call.function, call.arguments, out); }
  void operator()(const Match& match) const {
    out += fmt::format("(match {}{}{} ", to_string(match.op), match.casing == Casing::Insensitive ? " ci" : "",
                       match.quantifier == Quantifier::All ? " all" : "");
    dump_to(*match.operand, out);
    for (const std::string& pattern : match.patterns) {
      out += ' ';
      append_json_quoted(pattern, out);
    }
    out += ')';
  }
  void operator()(const And& all) const { dump_list("and", all.operands, out); }
  void operator()(const Or& any) const { dump_list("or", any.operands, out); }
  void operator()(const Not& negation) const {
    out += "(not ";
    dump_to(*negation.operand, out);
    out += ')';
  }
};

void dump_to(const Expr& expr, std::string& out) { std::visit(Dumper{out}, expr.node); }

}  // namespace

ExprPtr make_literal(OwnedValue value, Type type, Span span) { return make(Literal{std::move(value)}, type, span); }
ExprPtr make_string(std::string text, Span span) {
  return make_literal(OwnedValue::string(std::move(text)), Type::String, span);
}
ExprPtr make_bool(bool value, Span span) { return make_literal(OwnedValue(Value::boolean(value)), Type::Bool, span); }
ExprPtr make_column(ColumnId column, Type type, Span span) { return make(ColumnRef{column}, type, span); }
ExprPtr make_raw_field(std::string path, Span span) { return make(RawField{std::move(path)}, Type::Many, span); }
ExprPtr make_call(std::string_view function, std::vector<ExprPtr> arguments, Type type, Span span) {
  return make(Call{std::string(function), std::move(arguments)}, type, span);
}
ExprPtr make_match(Match match, Span span) { return make(std::move(match), Type::Bool, span); }
ExprPtr make_and(std::vector<ExprPtr> operands, Span span) { return make_junction<And>(std::move(operands), span); }
ExprPtr make_or(std::vector<ExprPtr> operands, Span span) { return make_junction<Or>(std::move(operands), span); }
ExprPtr make_not(ExprPtr operand, Span span) { return make(Not{std::move(operand)}, Type::Bool, span); }

std::string glob_escape(std::string_view literal) {
  std::string out;
  out.reserve(literal.size());
  for (const char c : literal) {
    if (c == '*' || c == '?' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

ExprPtr make_glob_match(ExprPtr operand, std::string_view glob, Casing casing, Span span) {
  Match match{std::move(operand), MatchOp::Wildcard, casing, Quantifier::Any, RegexDialect::Pcre2, {}};
  const std::optional<PlainGlob> plain = plain_glob(glob);
  if (!plain) {
    match.patterns = {std::string(glob)};
    return make_match(std::move(match), span);
  }
  match.op = MatchOp::Equals;
  if (plain->leading_star && plain->trailing_star)
    match.op = MatchOp::Contains;
  else if (plain->leading_star)
    match.op = plain->literal.empty() ? MatchOp::Contains : MatchOp::EndsWith;
  else if (plain->trailing_star)
    match.op = MatchOp::StartsWith;
  match.patterns = {plain->literal};
  return make_match(std::move(match), span);
}

std::string dump(const Expr& expr) {
  std::string out;
  dump_to(expr, out);
  return out;
}

std::string identity(const Value& constant) {
  std::string out = fmt::format("{}:", static_cast<int>(constant.kind()));
  if (constant.kind() == Kind::Many) {
    for (const Value& element : constant.as_list()) {
      const std::string inner = identity(element);
      out += fmt::format("{}:{}", inner.size(), inner);
    }
  } else if (constant.is_text()) {
    out += constant.as_text();
  } else if (constant.kind() == Kind::Real) {
    out += fmt::format("{:x}", std::bit_cast<uint64_t>(constant.as_real()));
  } else {
    out += std::to_string(constant.as_integer());
  }
  return out;
}

std::string identity(const Match& match) {
  std::string out = fmt::format("{}/{}/{}/{}", static_cast<int>(match.op), static_cast<int>(match.casing),
                                static_cast<int>(match.quantifier), static_cast<int>(match.dialect));
  for (const std::string& pattern : match.patterns) out += fmt::format("/{}:{}", pattern.size(), pattern);
  return out;
}

namespace detail {

ExprPtr with_children(const ExprPtr& expr, std::vector<ExprPtr> children) {
  Expr copy = *expr;
  if (auto* call = std::get_if<Call>(&copy.node)) {
    call->arguments = std::move(children);
  } else if (auto* match = std::get_if<Match>(&copy.node)) {
    match->operand = std::move(children.front());
  } else if (auto* all = std::get_if<And>(&copy.node)) {
    all->operands = std::move(children);
  } else if (auto* any = std::get_if<Or>(&copy.node)) {
    any->operands = std::move(children);
  } else if (auto* negation = std::get_if<Not>(&copy.node)) {
    negation->operand = std::move(children.front());
  }
  return std::make_shared<const Expr>(std::move(copy));
}

}  // namespace detail

}  // namespace hecate
