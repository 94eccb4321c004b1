#include "lang/kql/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "lang/kql/codes.h"
#include "lang/kql/operators.h"

namespace hecate::kql {
namespace {

/// Nobody reads more, and each costs a message.
constexpr size_t kMostSyntaxErrors = 1000;

bool closes(const Token& token) {
  return token.kind == TokenKind::Punctuation && (token.text == ")" || token.text == "]" || token.text == "}");
}

}  // namespace

ast::Query Parser::parse() {
  ast::Query query;
  parse_statements(query, "");
  return query;
}

// --- tokens ---

const Token& Parser::peek(size_t ahead) const { return tokens_.list[std::min(at_ + ahead, tokens_.list.size() - 1)]; }

bool Parser::at_name(std::string_view name, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Name && peek(ahead).text == name;
}
bool Parser::at_punctuation(std::string_view text, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Punctuation && peek(ahead).text == text;
}
bool Parser::at_string(size_t ahead) const {
  return peek(ahead).kind == TokenKind::Constant && peek(ahead).type == Type::String;
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
  if (gave_up_) return;
  const Token& token = peek();
  const std::string_view found = query_.view().substr(token.begin, std::min<size_t>(token.end - token.begin, 40));
  sink_.report(kSyntax, span(token),
               at_end() ? fmt::format("expected {}, but the query ends here", expected)
                        : fmt::format("expected {}, found `{}`", expected, found),
               std::string(hint));
  count_error();
}

void Parser::count_error() {
  if (++syntax_errors_ >= kMostSyntaxErrors) give_up();
}

/// What is open then is not missed, nor anything else: the reason has been said.
void Parser::give_up() {
  gave_up_ = true;
  at_ = tokens_.list.size() - 1;
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
  if (gave_up_) return false;
  if (at_end()) {
    sink_.report(kUnclosed, span(open), fmt::format("this `{}` is not closed", open.text));
  } else {
    syntax_error(fmt::format("`{}`", punctuation));
  }
  return false;
}

Span Parser::span_from(size_t first_token) const {
  const size_t last = at_ > first_token ? at_ - 1 : first_token;
  return query_.span(tokens_.list[first_token].begin, tokens_.list[last].end);
}

bool Parser::too_deep(const DepthGuard& guard) {
  if (!guard.exceeded()) return false;
  if (!gave_up_) sink_.report(kTooDeep, span(peek()), "the query is nested too deeply");
  give_up();  // whatever follows is part of the same nest
  return true;
}

void Parser::skip_to(std::string_view stop, uint32_t nesting) {
  for (; !at_end(); ++at_) {
    if (peek().nesting < nesting) return;
    if (peek().nesting == nesting && (at_punctuation(stop) || at_punctuation(";"))) return;
  }
}

// --- pipelines ---

void Parser::parse_pipeline(ast::Pipeline& pipeline) {
  const size_t first = at_;
  const uint32_t nesting = peek().nesting;
  if (at_leading_operator()) {
    pipeline.operators.push_back(parse_operator());
  } else if (at_operator()) {
    sink_.report(kSyntax, span(peek()),
                 fmt::format("a query begins with a table, and `{}` is an operator", peek().text));
    pipeline.operators.push_back(parse_operator());
  } else if (at_name("inline_external_table") && (at_punctuation("(", 1) || at_name("kind", 1))) {
    pipeline.source = parse_inline_external(at_);
    if (!pipeline.source) {
      skip_to("|", nesting);
      pipeline.operators.push_back({ast::Other{true}, "", {}, {}});
    }
  } else {
    const bool empty = closes(peek());
    pipeline.source = parse_expression();
    if (!pipeline.source) {
      if (!empty) skip_to("|", nesting);
      pipeline.operators.push_back({ast::Other{true}, "", {}, {}});  // already reported
    }
  }
  parse_operators(pipeline);
  pipeline.span = span_from(first);
}

void Parser::parse_operators(ast::Pipeline& pipeline) {
  while (accept("|")) {
    if (at_punctuation("|") || at_punctuation(";") || closes(peek()) || at_end()) {
      syntax_error("an operator after `|`");
      continue;
    }
    pipeline.operators.push_back(parse_operator());
  }
}

bool Parser::parse_inner(std::unique_ptr<ast::Pipeline>& out, bool may_have_source) {
  const Token& open = peek();
  const std::string_view close = at_punctuation("{") ? "}" : ")";
  ++at_;
  const DepthGuard guard(depth_);
  if (too_deep(guard)) return false;
  out = std::make_unique<ast::Pipeline>();
  const size_t first = at_;
  size_t tokens = 1;
  const bool name = peek().kind == TokenKind::Name;
  const bool begins = close == "}" ? at_operator() : name && find_operator(operator_name(tokens)) != nullptr;
  if (begins || (name && !may_have_source)) {
    out->operators.push_back(parse_operator());
    parse_operators(*out);
    out->span = span_from(first);
  } else if (may_have_source) {
    parse_pipeline(*out);
  } else {
    syntax_error("an operator", "the rows of the outer operator are read here, without naming a table");
    return false;
  }
  ++deepest_;
  return expect_close(close, open);
}

std::string Parser::operator_name(size_t& tokens) const {
  tokens = 1;
  std::string name(peek().text);
  while (at_punctuation("-", tokens) && adjacent(tokens - 1) && adjacent(tokens) &&
         peek(tokens + 1).kind == TokenKind::Name) {
    name += '-';
    name += peek(tokens + 1).text;
    tokens += 2;
  }
  return name;
}

/// An operator that needs no table before it.
bool Parser::at_leading_operator() const {
  if (peek().kind != TokenKind::Name) return false;
  if (at_name("union") || at_name("search") || at_name("find") || at_name("print")) return true;
  if (at_name("macro") && at_punctuation("-", 1) && at_name("expand", 2)) return true;
  if (at_name("evaluate")) return peek(1).kind == TokenKind::Name && peek(1).use == WordUse::Name;
  if (!at_name("range")) return false;
  const size_t name = scan_name(NameFor::Reading, 1);
  return name > 0 && at_name("from", 1 + name);
}

/// The name of any operator. Some are also names of columns; those are taken for operators where they cannot be that.
bool Parser::at_operator() const {
  if (peek().kind != TokenKind::Name) return false;
  size_t tokens = 1;
  const std::string name = operator_name(tokens);
  if (find_operator(name) == nullptr) return false;
  if (tokens > 1 || peek().use != WordUse::Name) return true;
  const Token& next = peek(1);
  return next.kind == TokenKind::Constant || (next.kind == TokenKind::Name && next.use == WordUse::Name) ||
         at_name("by", 1);
}

struct Parser::RuleRow {
  std::string_view name;
  Rule rule;
};

Parser::Rule Parser::find_rule(std::string_view name) {
  static constexpr std::array kRules = {RuleRow{"as", &Parser::parse_as},
                                        RuleRow{"assert-schema", &Parser::parse_assert_schema},
                                        RuleRow{"consume", &Parser::parse_consume},
                                        RuleRow{"count", &Parser::parse_count},
                                        RuleRow{"distinct", &Parser::parse_distinct},
                                        RuleRow{"evaluate", &Parser::parse_evaluate},
                                        RuleRow{"extend", &Parser::parse_extend},
                                        RuleRow{"facet", &Parser::parse_facet},
                                        RuleRow{"filter", &Parser::parse_where},
                                        RuleRow{"find", &Parser::parse_find},
                                        RuleRow{"fork", &Parser::parse_fork},
                                        RuleRow{"getschema", &Parser::parse_getschema},
                                        RuleRow{"graph-mark-components", &Parser::parse_graph_mark},
                                        RuleRow{"graph-match", &Parser::parse_graph_match},
                                        RuleRow{"graph-shortest-paths", &Parser::parse_graph_match},
                                        RuleRow{"graph-to-table", &Parser::parse_graph_to_table},
                                        RuleRow{"graph-where-edges", &Parser::parse_graph_where},
                                        RuleRow{"graph-where-nodes", &Parser::parse_graph_where},
                                        RuleRow{"invoke", &Parser::parse_invoke},
                                        RuleRow{"join", &Parser::parse_join},
                                        RuleRow{"limit", &Parser::parse_take},
                                        RuleRow{"lookup", &Parser::parse_join},
                                        RuleRow{"macro-expand", &Parser::parse_macro_expand},
                                        RuleRow{"make-graph", &Parser::parse_make_graph},
                                        RuleRow{"make-series", &Parser::parse_make_series},
                                        RuleRow{"mv-apply", &Parser::parse_mv_apply},
                                        RuleRow{"mv-expand", &Parser::parse_mv_expand},
                                        RuleRow{"mvapply", &Parser::parse_mv_apply},
                                        RuleRow{"mvexpand", &Parser::parse_mv_expand},
                                        RuleRow{"order", &Parser::parse_sort},
                                        RuleRow{"parse", &Parser::parse_parse},
                                        RuleRow{"parse-kv", &Parser::parse_parse_kv},
                                        RuleRow{"parse-where", &Parser::parse_parse},
                                        RuleRow{"partition", &Parser::parse_partition},
                                        RuleRow{"print", &Parser::parse_print},
                                        RuleRow{"project", &Parser::parse_project},
                                        RuleRow{"project-away", &Parser::parse_select},
                                        RuleRow{"project-by-names", &Parser::parse_project_by_names},
                                        RuleRow{"project-keep", &Parser::parse_select},
                                        RuleRow{"project-rename", &Parser::parse_rename},
                                        RuleRow{"project-reorder", &Parser::parse_select},
                                        RuleRow{"range", &Parser::parse_range},
                                        RuleRow{"reduce", &Parser::parse_reduce},
                                        RuleRow{"render", &Parser::parse_render},
                                        RuleRow{"sample", &Parser::parse_sample},
                                        RuleRow{"sample-distinct", &Parser::parse_sample_distinct},
                                        RuleRow{"scan", &Parser::parse_scan},
                                        RuleRow{"search", &Parser::parse_search},
                                        RuleRow{"serialize", &Parser::parse_serialize},
                                        RuleRow{"sort", &Parser::parse_sort},
                                        RuleRow{"summarize", &Parser::parse_summarize},
                                        RuleRow{"take", &Parser::parse_take},
                                        RuleRow{"top", &Parser::parse_top},
                                        RuleRow{"top-hitters", &Parser::parse_top_hitters},
                                        RuleRow{"top-nested", &Parser::parse_top_nested},
                                        RuleRow{"union", &Parser::parse_union},
                                        RuleRow{"where", &Parser::parse_where}};
  const auto* found = std::find_if(kRules.begin(), kRules.end(), [&](const RuleRow& row) { return row.name == name; });
  return found == kRules.end() ? nullptr : found->rule;
}

ast::Operator Parser::parse_operator() {
  ast::Operator op{ast::Other{true}, "", span(peek()), {}};
  const size_t first = at_;
  const uint32_t nesting = peek().nesting;
  const DepthGuard guard(depth_);
  if (too_deep(guard)) return op;
  if (!parse_operator_body(op)) {
    op.node = ast::Other{true};
    op.name.clear();  // what is wrong has been said
    skip_to("|", nesting);
  }
  op.span = span_from(first);
  return op;
}

bool Parser::parse_operator_body(ast::Operator& op) {
  if (peek().kind != TokenKind::Name) {
    syntax_error("the name of an operator");
    return false;
  }
  const size_t first = at_;
  const uint32_t nesting = peek().nesting;
  size_t tokens = 1;
  op.name = operator_name(tokens);
  at_ += tokens;
  op.name_span = span_from(first);
  const Rule rule = find_rule(op.name);
  if (rule == nullptr) {
    if (find_operator(op.name) == nullptr) return report_unknown(op), false;
    skip_to("|", nesting);  // known by name only; the binder refuses it
    return true;
  }
  if (!(this->*rule)(op)) return false;
  if (operator_ends()) return true;
  const bool compares = rule == &Parser::parse_where && at_punctuation("=");
  syntax_error(fmt::format("`|` or the end of `{}`", op.name), compares ? "equality is `==`" : "");
  return false;
}

void Parser::report_unknown(const ast::Operator& op) {
  std::vector<std::string_view> names;
  for (const OperatorInfo& info : operators()) names.push_back(info.name);
  const std::string_view shown = std::string_view(op.name).substr(0, 40);
  const std::string_view near = nearest(shown, names);
  sink_.report(kUnknownOperator, op.name_span, fmt::format("unknown operator `{}`", shown),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  count_error();
}

bool Parser::operator_ends() const { return at_end() || at_punctuation("|") || at_punctuation(";") || closes(peek()); }

}  // namespace hecate::kql
