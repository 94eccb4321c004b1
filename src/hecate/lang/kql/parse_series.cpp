#include <array>

#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

// --- mv-expand, mv-apply ---

bool Parser::parse_mv_expand(ast::Operator& op) {
  auto& expand = op.node.emplace<ast::MvExpand>();
  expand.old = op.name == "mvexpand";
  static constexpr std::array<std::string_view, 3> kNames = {"bagexpansion", "kind", "with_itemindex"};
  if (!parse_properties(expand.properties, kNames) || !parse_expand_columns(expand.columns)) return false;
  return !accept_name("limit") || need(expand.limit);
}

bool Parser::parse_expand_columns(std::vector<ast::ExpandColumn>& out) {
  do {
    ast::ExpandColumn column;
    if (!parse_assignment(column.column)) return false;
    if (accept_name("to")) {
      const Token& at = peek();
      ast::TypeOf type;
      if (!at_name("typeof")) return syntax_error("`typeof(…)` after `to`"), false;
      if (!parse_typeof(type)) return false;
      if (!type.type) {
        sink_.report(kSyntax, span(at), "the values of one column have one type: `to typeof(string)`");
        return false;
      }
      column.to = type.type;
    }
    out.push_back(std::move(column));
  } while (accept(","));
  return true;
}

bool Parser::parse_mv_apply(ast::Operator& op) {
  auto& apply = op.node.emplace<ast::MvApply>();
  static constexpr std::array<std::string_view, 1> kNames = {"with_itemindex"};
  if (!parse_properties(apply.properties, kNames) || !parse_expand_columns(apply.columns)) return false;
  if (accept_name("limit") && !need(apply.limit)) return false;
  if (at_name("id")) {
    sink_.report(kUnsupported, span(peek()), "`id` of `mv-apply` is not supported");
    return false;
  }
  if (!expect_name("on", "the columns of `mv-apply`")) return false;
  if (!at_punctuation("(")) return expect("(", "`on`");
  return parse_inner(apply.query, false);
}

// --- parse, parse-kv ---

bool Parser::parse_parse(ast::Operator& op) {
  auto& parse = op.node.emplace<ast::Parse>();
  parse.drops_unmatched = op.name == "parse-where";
  static constexpr std::array<std::string_view, 2> kNames = {"kind", "flags"};
  if (!parse_properties(parse.properties, kNames) || !need(parse.subject) || !expect_name("with", "the text to parse"))
    return false;
  while (!operator_ends()) {
    if (!parse_piece(parse.pieces.emplace_back())) return false;
  }
  return true;
}

bool Parser::parse_piece(ast::ParsePiece& out) {
  const size_t first = at_;
  if (accept("*")) {
    out.kind = ast::ParsePiece::Kind::Star;
  } else if (at_string()) {
    out.kind = ast::ParsePiece::Kind::Text;
    out.text = parse_constant(first);
    if (!out.text) return false;
  } else {
    out.kind = ast::ParsePiece::Kind::Column;
    if (!parse_name(NameFor::NewColumn, out.column, out.span)) return false;
    if (accept(":") && !parse_type(out.type.emplace())) return false;
  }
  out.span = span_from(first);
  return true;
}

bool Parser::parse_parse_kv(ast::Operator& op) {
  auto& parse = op.node.emplace<ast::ParseKv>();
  if (!need(parse.subject) || !expect_name("as", "the text to parse") || !parse_columns(parse.columns, nullptr))
    return false;
  if (!accept_name("with")) return true;
  const Token& open = peek();
  if (!expect("(", "`with`")) return false;
  static constexpr std::array<std::string_view, 6> kNames = {"pair_delimiter", "kv_delimiter", "quote",
                                                             "escape",         "greedy",       "regex"};
  do {
    const size_t before = parse.properties.size();
    if (!parse_properties(parse.properties, kNames)) return false;
    if (parse.properties.size() != before + 1) return syntax_error("a property of `parse-kv`"), false;
  } while (accept(","));
  return expect_close(")", open);
}

// --- make-series ---

bool Parser::parse_make_series(ast::Operator& op) {
  auto& series = op.node.emplace<ast::MakeSeries>();
  static constexpr std::array<std::string_view, 1> kNames = {"kind"};
  if (!parse_properties(series.properties, kNames)) return false;
  do {
    auto& item = series.items.emplace_back();
    if (!parse_assignment(item.value)) return false;
    if (accept_name("default") && (!expect("=", "`default`") || !need(item.default_value))) return false;
  } while (accept(","));
  if (!expect_name("on", "the aggregates of `make-series`") || !parse_assignment(series.on)) return false;
  if (!parse_series_range(series)) return false;
  return !accept_name("by") || parse_assignments(series.by);
}

/// `from a to b step c`, of which `from` and `to` may be left out; `in range(a, b, c)`.
bool Parser::parse_series_range(ast::MakeSeries& series) {
  if (accept_name("in")) {
    const Token& open = peek(1);
    return expect_name("range", "`in`") && expect("(", "`range`") && need(series.from) &&
           expect(",", "the first value") && need(series.to) && expect(",", "the last value") && need(series.step) &&
           expect_close(")", open);
  }
  if (accept_name("from") && !need(series.from)) return false;
  if (accept_name("to") && !need(series.to)) return false;
  return expect_name("step", "the column of `make-series`") && need(series.step);
}

// --- evaluate, invoke ---

bool Parser::parse_evaluate(ast::Operator& op) {
  auto& evaluate = op.node.emplace<ast::Evaluate>();
  if (!parse_properties(evaluate.properties, {})) return false;
  const size_t name = scan_name(NameFor::Reading);
  if (name == 0) return syntax_error("the name of a plugin"), false;
  if (!at_punctuation("(", name)) return at_ += name, expect("(", "the name of a plugin");
  evaluate.plugin = parse_call();
  if (!evaluate.plugin) return false;
  if (!accept(":")) return true;
  auto& schema = evaluate.schema.emplace();
  return parse_columns(schema.columns, &schema.star);
}

bool Parser::parse_invoke(ast::Operator& op) {
  auto& invoke = op.node.emplace<ast::Invoke>();
  const size_t name = scan_name(NameFor::Reading);
  if (name == 0) return syntax_error("the name of a function"), false;
  if (!at_punctuation("(", name)) return at_ += name, expect("(", "the name of a function");
  invoke.function = parse_postfix();
  return invoke.function != nullptr;
}

}  // namespace hecate::kql
