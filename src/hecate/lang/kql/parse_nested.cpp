#include <array>

#include "lang/kql/codes.h"
#include "lang/kql/operators.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

bool Parser::parse_partition(ast::Operator& op) {
  auto& partition = op.node.emplace<ast::Partition>();
  if (!parse_properties(partition.properties, {}) || !expect_name("by", "`partition`")) return false;
  partition.by = parse_path();
  if (!partition.by) return false;
  if (at_name("in")) {
    sink_.report(kUnsupported, span(peek()), "`partition by … in` is not supported");
    return false;
  }
  if (!at_punctuation("(") && !at_punctuation("{")) return expect("(", "the column of `partition`");
  return parse_inner(partition.query, at_punctuation("{"));
}

bool Parser::parse_fork(ast::Operator& op) {
  auto& fork = op.node.emplace<ast::Fork>();
  do {
    ast::Fork::Branch branch;
    const size_t name = scan_name(NameFor::Reading);
    if (name > 0 && at_punctuation("=", name)) {
      branch.name = name_text(name);
      at_ += name + 1;
    }
    if (!at_punctuation("(")) return expect("(", "`fork`");
    if (!parse_inner(branch.query, true)) return false;
    fork.branches.push_back(std::move(branch));
  } while (!operator_ends());
  return true;
}

bool Parser::parse_facet(ast::Operator& op) {
  auto& facet = op.node.emplace<ast::Facet>();
  if (!expect_name("by", "`facet`") || !parse_assignments(facet.by)) return false;
  if (!accept_name("with")) return true;
  if (at_punctuation("(")) return parse_inner(facet.with, false);
  const size_t first = at_;
  facet.with = std::make_unique<ast::Pipeline>();
  facet.with->operators.push_back(parse_operator());
  facet.with->span = span_from(first);
  return true;
}

// --- scan ---

bool Parser::parse_scan(ast::Operator& op) {
  auto& scan = op.node.emplace<ast::Scan>();
  static constexpr std::array<std::string_view, 2> kNames = {"with_match_id", "kind"};
  if (!parse_properties(scan.properties, kNames) || !parse_scan_clauses(scan)) return false;
  if (!expect_name("with", "`scan`")) return false;
  const Token& open = peek();
  if (!expect("(", "`with`")) return false;
  while (accept_name("step")) {
    if (!parse_scan_step(scan.steps.emplace_back())) return false;
  }
  return expect_close(")", open);
}

bool Parser::parse_scan_clauses(ast::Scan& scan) {
  if (accept_name("order") && (!expect_name("by", "`order`") || !parse_order_keys(scan.order))) return false;
  if (accept_name("partition") && (!expect_name("by", "`partition`") || !parse_assignments(scan.partition)))
    return false;
  return !accept_name("declare") || parse_scan_declarations(scan);
}

bool Parser::parse_scan_declarations(ast::Scan& scan) {
  std::vector<ast::Parameter> parameters;
  const Token& open = peek();
  if (!parse_parameters(parameters)) return false;
  for (ast::Parameter& parameter : parameters) {
    if (parameter.tabular) {
      sink_.report(kSyntax, span(open), "`scan` declares columns, and a table is declared here");
      return false;
    }
    scan.declare.push_back(
        {{std::move(parameter.name), parameter.type, parameter.span}, std::move(parameter.default_value)});
  }
  return true;
}

/// `step name [optional] [output=all]: condition [=> column = value, …];`
bool Parser::parse_scan_step(ast::ScanStep& step) {
  if (!parse_name(NameFor::NewColumn, step.name, step.span)) return false;
  step.optional = accept_name("optional");
  if (accept_name("output")) {
    if (!expect("=", "`output`")) return false;
    if (!at_name("all") && !at_name("last") && !at_name("none")) return syntax_error("`all`, `last` or `none`"), false;
    step.output = peek().text;
    ++at_;
  }
  if (!expect(":", "the name of a step") || !need(step.condition)) return false;
  if (accept("=>")) {
    do {
      auto& assignment = step.assignments.emplace_back();
      if (!parse_name(NameFor::NewColumn, assignment.names.emplace_back(), assignment.name_span)) return false;
      if (!expect("=", "the name of a column") || !need(assignment.value)) return false;
    } while (accept(","));
  }
  return expect(";", "a step of `scan`");
}

// --- top-nested ---

bool Parser::parse_top_nested(ast::Operator& op) {
  auto& top = op.node.emplace<ast::TopNested>();
  while (true) {
    if (!parse_top_nested_level(top.levels.emplace_back())) return false;
    if (!accept(",")) return true;
    size_t tokens = 1;
    if (peek().kind != TokenKind::Name || operator_name(tokens) != "top-nested")
      return syntax_error("`top-nested`"), false;
    at_ += tokens;
  }
}

bool Parser::parse_top_nested_level(ast::TopNested::Level& level) {
  if (!at_name("of") && !need(level.count)) return false;
  if (!expect_name("of", "the number of values") || !parse_assignment(level.of)) return false;
  if (accept_name("with")) {
    if (!expect_name("others", "`with`") || !expect("=", "`others`") || !need(level.others)) return false;
  }
  bool nulls_first = false;  // aggregates of groups: no nulls to order
  return expect_name("by", "the column of `top-nested`") && parse_assignment(level.by) &&
         parse_order(level.descending, nulls_first);
}

}  // namespace hecate::kql
