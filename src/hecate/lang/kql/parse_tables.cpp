#include <array>

#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

bool Parser::parse_join(ast::Operator& op) {
  auto& join = op.node.emplace<ast::Join>();
  join.lookup = op.name == "lookup";
  static constexpr std::array<std::string_view, 1> kNames = {"kind"};
  if (!parse_properties(join.properties, kNames) || !need(join.right)) return false;
  if (join.lookup ? !expect_name("on", "the other table") : !accept_name("on")) return !join.lookup;
  do {
    if (!need(join.on.emplace_back())) return false;
  } while (accept(","));
  return true;
}

bool Parser::parse_union(ast::Operator& op) {
  auto& node = op.node.emplace<ast::Union>();
  static constexpr std::array<std::string_view, 6> kNames = {"kind",        "isfuzzy",   "withsource",
                                                             "with_source", "__isFuzzy", "best_effort"};
  if (!parse_properties(node.properties, kNames)) return false;
  do {
    node.tables.push_back(parse_table());
    if (!node.tables.back()) return false;
  } while (accept(","));
  return true;
}

/// `(T, U*, (V | where …))`
bool Parser::parse_table_list(std::vector<ExpressionPtr>& out) {
  const Token& open = peek();
  if (!expect("(", "`in`")) return false;
  do {
    out.push_back(parse_table());
    if (!out.back()) return false;
    if (at_punctuation("|") && at_name("as", 1)) {  // find in (T | as X)
      sink_.report(kUnsupported, span(peek(1)), "`as` in a list of tables is not supported");
      return false;
    }
  } while (accept(","));
  return expect_close(")", open);
}

Parser::ExpressionPtr Parser::parse_table() {
  const size_t first = at_;
  if (at_punctuation("(")) return parse_parentheses();
  if (at_wildcard()) {
    std::string pattern = parse_pattern();
    return make(ast::Name{std::move(pattern)}, first, 0);
  }
  return parse_postfix(true);
}

// --- search and find ---

bool Parser::parse_search(ast::Operator& op) {
  auto& search = op.node.emplace<ast::Search>();
  static constexpr std::array<std::string_view, 1> kNames = {"kind"};
  if (!parse_properties(search.properties, kNames)) return false;
  if (accept_name("in") && !parse_table_list(search.tables)) return false;
  return parse_search_predicate(search.predicate);
}

/// An expression; `*`; or `* and` an expression.
bool Parser::parse_search_predicate(ExpressionPtr& out) {
  const size_t first = at_;
  size_t tokens = 0;
  if (!at_punctuation("*") || at_punctuation("==", 1) || at_punctuation(":", 1) || text_operator(tokens, 1) != nullptr)
    return need(out);
  ++at_;
  out = make(ast::Star{}, first, 0);
  if (!accept_name("and")) return true;
  ast::Junction junction{true, {}};
  junction.operands.push_back(std::move(out));
  if (!need(junction.operands.emplace_back())) return false;
  const int depth = junction.operands.back()->depth;
  out = make(std::move(junction), first, depth);
  return out != nullptr;
}

bool Parser::parse_find(ast::Operator& op) {
  auto& find = op.node.emplace<ast::Find>();
  static constexpr std::array<std::string_view, 3> kNames = {"withsource", "with_source", "datascope"};
  if (!parse_properties(find.properties, kNames)) return false;
  const bool in = accept_name("in");
  if (in && !parse_table_list(find.tables)) return false;
  const bool needs_where = in || !find.properties.empty();
  if (needs_where ? !expect_name("where", "the tables of `find`") : (accept_name("where"), false)) return false;
  if (!need(find.predicate)) return false;
  size_t tokens = 1;
  const std::string clause = peek().kind == TokenKind::Name ? operator_name(tokens) : std::string();
  if (clause == "project-smart") {
    find.smart = true;
    at_ += tokens;
  } else if (clause == "project") {
    ++at_;
    do {
      if (!parse_find_column(find)) return false;
    } while (accept(","));
  }
  const std::string away = peek().kind == TokenKind::Name ? operator_name(tokens) : std::string();
  if (away != "project-away") return true;
  at_ += tokens;
  return parse_patterns(find.project_away, false);
}

/// `name`, `name: type`, `pack(*)`; `pack_all()` in the documentation.
bool Parser::parse_find_column(ast::Find& find) {
  ast::Find::Column column;
  const size_t first = at_;
  if (at_name("pack") && at_punctuation("(", 1) && at_punctuation("*", 2) && at_punctuation(")", 3)) {
    at_ += 4;
    column.pack = true;
  } else if (at_name("pack_all") && at_punctuation("(", 1) && at_punctuation(")", 2)) {
    at_ += 3;
    column.pack = true;
  } else if (at_punctuation("*")) {
    sink_.report(kUnsupported, span(peek()), "`project *` of `find` is not supported");
    return false;
  } else if (!parse_name(NameFor::Reading, column.name, column.span)) {
    return false;
  }
  if (accept(":") && !parse_type(column.type.emplace())) return false;
  column.span = span_from(first);
  find.project.push_back(std::move(column));
  return true;
}

}  // namespace hecate::kql
