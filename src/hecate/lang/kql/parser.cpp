#include "lang/kql/parser.h"

#include <fmt/format.h>

#include "lang/kql/codes.h"
#include "lang/kql/operators.h"

namespace hecate::kql {
namespace {

bool opens(const Token& token) {
  return token.kind == TokenKind::Punctuation && (token.text == "(" || token.text == "[" || token.text == "{");
}
bool closes(const Token& token) {
  return token.kind == TokenKind::Punctuation && (token.text == ")" || token.text == "]" || token.text == "}");
}

}  // namespace

const Token& Parser::peek(size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

bool Parser::at_name(std::string_view name, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Name && peek(ahead).text == name;
}
bool Parser::at_punctuation(std::string_view text, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Punctuation && peek(ahead).text == text;
}
bool Parser::adjacent(size_t ahead) const { return peek(ahead).end == peek(ahead + 1).begin; }

bool Parser::accept_name(std::string_view name) {
  if (!at_name(name)) return false;
  ++at_;
  return true;
}
bool Parser::accept(std::string_view punctuation) {
  if (!at_punctuation(punctuation)) return false;
  ++at_;
  return true;
}

void Parser::syntax_error(std::string_view expected, std::string_view hint) {
  const Token& token = peek();
  const std::string_view found = query_.view().substr(token.begin, std::min<size_t>(token.end - token.begin, 40));
  sink_.report(kSyntax, span(token),
               at_end() ? fmt::format("expected {}, but the query ends here", expected)
                        : fmt::format("expected {}, found `{}`", expected, found),
               std::string(hint));
}

bool Parser::expect(std::string_view punctuation, std::string_view after) {
  if (accept(punctuation)) return true;
  syntax_error(fmt::format("`{}` after {}", punctuation, after));
  return false;
}
bool Parser::expect_name(std::string_view name, std::string_view after) {
  if (accept_name(name)) return true;
  syntax_error(fmt::format("`{}` after {}", name, after));
  return false;
}
bool Parser::expect_close(std::string_view punctuation, const Token& open) {
  if (accept(punctuation)) return true;
  if (at_end()) {
    sink_.report(kUnclosed, span(open), fmt::format("this `{}` is not closed", open.text));
  } else {
    syntax_error(fmt::format("`{}`", punctuation));
  }
  return false;
}

Span Parser::span_from(size_t first_token) const {
  const size_t last = at_ > first_token ? at_ - 1 : first_token;
  return query_.span(tokens_[first_token].begin, tokens_[last].end);
}

/// Past the bracket that closes the one at hand, or to the end.
void Parser::skip_balanced() {
  int open = 0;
  do {
    if (opens(peek())) ++open;
    if (closes(peek())) --open;
    ++at_;
  } while (open > 0 && !at_end());
  at_ = std::min(at_, tokens_.size() - 1);
}

/// To the next `stop` (a `|` or `;`) or `;` outside of brackets, or to a bracket that closes an outer one.
void Parser::skip_to(std::string_view stop) {
  while (!at_end() && !at_punctuation(stop) && !at_punctuation(";") && !closes(peek())) {
    if (opens(peek())) {
      skip_balanced();
    } else {
      ++at_;
    }
  }
}

// --- statements ---

ast::Query Parser::parse() {
  ast::Query query;
  while (!at_end()) {
    if (accept(";")) continue;
    if (at_name("let") && (peek(1).kind == TokenKind::Name || at_punctuation("[", 1))) {
      parse_let(query);
    } else if ((at_name("set") && peek(1).kind == TokenKind::Name) ||
               (at_name("declare") && peek(1).kind == TokenKind::Name) ||
               ((at_name("alias") || at_name("restrict")) && peek(1).kind == TokenKind::Name)) {
      parse_other_statement();
    } else {
      if (query.body.source || !query.body.operators.empty()) {
        syntax_error("the end of the query");
        return query;
      }
      query.body = parse_pipeline();
    }
    if (!at_end() && !at_punctuation(";")) {
      syntax_error("`|`, `;` or the end of the query");
      skip_to(";");
      if (closes(peek())) return query;
    }
  }
  if (!query.body.source && query.body.operators.empty() && sink_.errors() == 0) {
    sink_.report(kSyntax, span(peek()), "the query has no table to read: it ends after its `let` statements");
  }
  return query;
}

void Parser::parse_other_statement() {
  sink_.report(kUnsupported, span(peek()), fmt::format("`{}` statements are not supported", peek().text));
  skip_to(";");
}

bool Parser::at_lambda() const {
  if (at_punctuation("{")) return true;
  size_t ahead = at_name("view") ? 1 : 0;
  if (!at_punctuation("(", ahead)) return false;
  for (int open = 0; peek(ahead).kind != TokenKind::End; ++ahead) {
    if (opens(peek(ahead))) ++open;
    if (closes(peek(ahead)) && --open == 0) return at_punctuation("{", ahead + 1);
  }
  return false;
}

void Parser::parse_let(ast::Query& query) {
  ++at_;
  ast::Let let;
  let.name_span = span(peek());
  if (peek().kind == TokenKind::Name) {
    let.name = tokens_[at_++].text;
  } else if (peek(1).kind == TokenKind::Constant && peek(1).type == Type::String && at_punctuation("]", 2)) {
    let.name = std::string(peek(1).value.get().as_text());
    at_ += 3;
  }
  if (let.name.empty() || !expect("=", "the name of a `let`")) {
    if (let.name.empty()) syntax_error("a name");
    return skip_to(";");
  }
  const size_t first = at_;
  if (at_lambda()) {
    while (!at_punctuation("{")) at_punctuation("(") ? skip_balanced() : static_cast<void>(++at_);
    skip_balanced();
    let.value.source = make(ast::Foreign{"a function defined by `let`"}, first, 1);
  } else {
    let.value = parse_pipeline();
  }
  let.value.span = span_from(first);
  query.lets.push_back(std::move(let));
}

// --- pipelines ---

ast::Pipeline Parser::parse_pipeline() {
  ast::Pipeline pipeline;
  const size_t first = at_;
  const OperatorInfo* leading = peek().kind == TokenKind::Name ? find_operator(peek().text) : nullptr;
  const bool is_value = at_punctuation("(", 1) && !at_name("union") && !at_name("search");
  if (leading != nullptr && leading->leads && !is_value && !at_punctuation("|", 1) && !at_punctuation("=", 1)) {
    pipeline.operators.push_back(parse_operator());
  } else {
    pipeline.source = parse_expression();
    if (!pipeline.source) {
      skip_to("|");
      pipeline.operators.push_back({ast::Other{true}, "", {}, {}});  // already reported
    }
  }
  parse_operators(pipeline);
  pipeline.span = span_from(first);
  return pipeline;
}

void Parser::parse_operators(ast::Pipeline& pipeline) {
  while (accept("|")) {
    if (at_punctuation("|") || at_end()) {
      syntax_error("an operator after `|`");
      continue;
    }
    pipeline.operators.push_back(parse_operator());
  }
}

std::string Parser::operator_name(size_t& tokens) const {
  tokens = 1;
  std::string name = peek().text;
  while (at_punctuation("-", tokens) && adjacent(tokens - 1) && adjacent(tokens) &&
         peek(tokens + 1).kind == TokenKind::Name) {
    name += "-" + peek(tokens + 1).text;
    tokens += 2;
  }
  return name;
}

ast::Operator Parser::parse_operator() {
  ast::Operator op{ast::Other{}, "", span(peek()), {}};
  const size_t first = at_;
  if (peek().kind != TokenKind::Name) {
    syntax_error("the name of an operator");
    op.node = ast::Other{true};
    skip_to("|");
    return op;
  }
  size_t tokens = 1;
  op.name = operator_name(tokens);
  at_ += tokens;
  op.name_span = span_from(first);
  const OperatorInfo* info = find_operator(op.name);
  if (info == nullptr || !info->supported) {
    op.node = ast::Other{info != nullptr};
    skip_to("|");
  } else if (!parse_operator_body(op)) {
    op.node = ast::Other{true};
    op.name.clear();  // what is wrong has been said
    skip_to("|");
  } else if (!operator_ends()) {
    syntax_error(fmt::format("`|` or the end of `{}`", op.name), at_punctuation("=") ? "equality is `==`" : "");
    op.node = ast::Other{true};
    op.name.clear();
    skip_to("|");
  }
  op.span = span_from(first);
  return op;
}

bool Parser::operator_ends() const { return at_end() || at_punctuation("|") || at_punctuation(";") || closes(peek()); }

bool Parser::parse_operator_body(ast::Operator& op) {
  const std::string& name = op.name;
  if (name == "where" || name == "filter") {
    op.node = ast::Where{parse_expression()};
    return std::get<ast::Where>(op.node).predicate != nullptr;
  }
  if (name == "project") return parse_assignments(op.node.emplace<ast::Project>().columns);
  if (name == "extend") return parse_assignments(op.node.emplace<ast::Extend>().columns);
  if (name == "project-rename") return parse_assignments(op.node.emplace<ast::Rename>().columns);
  if (name == "summarize") return parse_summarize(op.node.emplace<ast::Summarize>());
  if (name == "count") return op.node = ast::Count{}, true;
  if (name == "distinct") {
    auto& distinct = op.node.emplace<ast::Distinct>();
    skip_hints();
    distinct.star = accept("*");
    return distinct.star || parse_assignments(distinct.columns);
  }
  if (name == "sort" || name == "order") {
    skip_hints();
    return expect_name("by", fmt::format("`{}`", name)) && parse_order_keys(op.node.emplace<ast::Sort>().keys);
  }
  if (name == "take" || name == "limit") {
    op.node = ast::Take{parse_expression()};
    return std::get<ast::Take>(op.node).count != nullptr;
  }
  if (name == "top") {
    auto& top = op.node.emplace<ast::Top>();
    top.count = parse_expression();
    return top.count && expect_name("by", "the number of rows") && parse_order_keys(top.keys);
  }
  const auto kind = name == "project-away"   ? ast::Selection::Away
                    : name == "project-keep" ? ast::Selection::Keep
                                             : ast::Selection::Reorder;
  return parse_patterns(op.node.emplace<ast::Select>(ast::Select{kind, {}}).patterns);
}

/// `hint.strategy=shuffle`: how to run, not what to compute.
void Parser::skip_hints() {
  while (at_name("hint") && at_punctuation(".", 1)) {
    at_ += 3;
    if (accept("=")) ++at_;
    at_ = std::min(at_, tokens_.size() - 1);
  }
}

bool Parser::parse_summarize(ast::Summarize& summarize) {
  skip_hints();
  if (!at_name("by") && !operator_ends() && !parse_assignments(summarize.aggregates)) return false;
  if (accept_name("by")) return parse_assignments(summarize.by);
  if (!summarize.aggregates.empty()) return true;
  syntax_error("an aggregate or `by`");
  return false;
}

bool Parser::parse_assignments(std::vector<ast::Assignment>& out) {
  do {
    ast::Assignment assignment;
    if (!parse_assignment(assignment)) return false;
    out.push_back(std::move(assignment));
  } while (accept(","));
  return true;
}

bool Parser::parse_assignment(ast::Assignment& out) {
  if (peek().kind == TokenKind::Name && at_punctuation("=", 1)) {
    out.names.push_back(peek().text);
    out.name_span = span(peek());
    at_ += 2;
  } else if (at_punctuation("[") && peek(1).kind == TokenKind::Constant && at_punctuation("]", 2) &&
             at_punctuation("=", 3)) {
    out.names.emplace_back(peek(1).value.get().is_text() ? peek(1).value.get().as_text() : std::string_view());
    out.name_span = span(peek(1));
    at_ += 4;
  } else if (at_punctuation("(") && peek(1).kind == TokenKind::Name && !parse_tuple_names(out)) {
    return false;
  }
  out.value = parse_expression();
  return out.value != nullptr;
}

/// `(a, b) =`, or nothing where the parenthesis begins an expression.
bool Parser::parse_tuple_names(ast::Assignment& out) {
  size_t ahead = 1;
  while (peek(ahead).kind == TokenKind::Name && at_punctuation(",", ahead + 1)) ahead += 2;
  if (peek(ahead).kind != TokenKind::Name || !at_punctuation(")", ahead + 1) || !at_punctuation("=", ahead + 2))
    return true;
  const size_t first = at_;
  for (size_t i = 1; i <= ahead; i += 2) out.names.push_back(peek(i).text);
  at_ += ahead + 2;
  out.name_span = span_from(first);
  ++at_;
  return true;
}

bool Parser::parse_order_keys(std::vector<ast::OrderKey>& out) {
  do {
    ast::OrderKey key;
    key.value = parse_expression();
    if (!key.value) return false;
    // sort-operator: desc is the default; nulls come first in asc and last in desc unless told otherwise.
    if (accept_name("asc")) {
      key.descending = false;
    } else {
      accept_name("desc");
    }
    key.nulls_first = !key.descending;
    if (accept_name("nulls")) {
      key.nulls_first = at_name("first");
      if (!accept_name("first") && !expect_name("last", "`nulls`")) return false;
    }
    out.push_back(std::move(key));
  } while (accept(","));
  return true;
}

/// Column names that may hold `*`.
bool Parser::parse_patterns(std::vector<ast::NamePattern>& out) {
  do {
    const size_t first = at_;
    std::string text;
    if (at_punctuation("[") && peek(1).kind == TokenKind::Constant && peek(1).value.get().is_text() &&
        at_punctuation("]", 2)) {
      text = peek(1).value.get().as_text();
      at_ += 3;
    } else {
      // `*1` is a pattern too: what stands together is one name.
      const auto is_piece = [this] {
        return peek().kind == TokenKind::Name || at_punctuation("*") ||
               (peek().kind == TokenKind::Constant && peek().type == Type::Long);
      };
      while (is_piece() && (text.empty() || tokens_[at_ - 1].end == peek().begin)) {
        text += query_.view().substr(peek().begin, peek().end - peek().begin);
        ++at_;
      }
    }
    if (text.empty()) {
      syntax_error("the name of a column");
      return false;
    }
    out.push_back({std::move(text), span_from(first)});
  } while (accept(","));
  return true;
}

}  // namespace hecate::kql
