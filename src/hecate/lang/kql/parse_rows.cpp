#include <fmt/format.h>

#include <array>

#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

bool Parser::parse_where(ast::Operator& op) { return parse_hints() && need(op.node.emplace<ast::Where>().predicate); }

bool Parser::parse_project(ast::Operator& op) { return parse_assignments(op.node.emplace<ast::Project>().columns); }

bool Parser::parse_extend(ast::Operator& op) { return parse_assignments(op.node.emplace<ast::Extend>().columns); }

bool Parser::parse_rename(ast::Operator& op) { return parse_assignments(op.node.emplace<ast::Rename>().columns); }

bool Parser::parse_select(ast::Operator& op) {
  const auto kind = op.name == "project-away"   ? ast::Selection::Away
                    : op.name == "project-keep" ? ast::Selection::Keep
                                                : ast::Selection::Reorder;
  return parse_patterns(op.node.emplace<ast::Select>(ast::Select{kind, {}}).patterns, kind == ast::Selection::Reorder);
}

bool Parser::parse_summarize(ast::Operator& op) {
  auto& summarize = op.node.emplace<ast::Summarize>();
  if (!parse_hints()) return false;
  if (!at_name("by") && !operator_ends() && !parse_assignments(summarize.aggregates)) return false;
  if (accept_name("by")) return parse_assignments(summarize.by);
  if (!summarize.aggregates.empty()) return true;
  syntax_error("an aggregate or `by`");
  return false;
}

bool Parser::parse_count(ast::Operator& op) {
  op.node = ast::Count{};
  if (!at_name("as")) return true;
  sink_.report(kUnsupported, span(peek()), "`count as` is not supported", "write `summarize name = count()`");
  return false;
}

bool Parser::parse_distinct(ast::Operator& op) {
  auto& distinct = op.node.emplace<ast::Distinct>();
  if (!parse_hints()) return false;
  do {
    if (accept("*")) {
      distinct.star = true;
    } else if (!parse_assignment(distinct.columns.emplace_back())) {
      return false;
    }
  } while (accept(","));
  return true;
}

bool Parser::parse_sort(ast::Operator& op) {
  return parse_hints() && expect_name("by", fmt::format("`{}`", op.name)) &&
         parse_order_keys(op.node.emplace<ast::Sort>().keys);
}

bool Parser::parse_take(ast::Operator& op) { return parse_hints() && need(op.node.emplace<ast::Take>().count); }

bool Parser::parse_top(ast::Operator& op) {
  auto& top = op.node.emplace<ast::Top>();
  return parse_hints() && need(top.count) && expect_name("by", "the number of rows") && parse_order_keys(top.keys);
}

bool Parser::parse_top_hitters(ast::Operator& op) {
  auto& top = op.node.emplace<ast::TopHitters>();
  if (!need(top.count) || !expect_name("of", "the number of values") || !parse_assignment(top.of)) return false;
  return !accept_name("by") || need(top.by);
}

bool Parser::parse_sample(ast::Operator& op) { return parse_hints() && need(op.node.emplace<ast::Sample>().count); }

bool Parser::parse_sample_distinct(ast::Operator& op) {
  auto& sample = op.node.emplace<ast::SampleDistinct>();
  return parse_hints() && need(sample.count) && expect_name("of", "the number of values") &&
         parse_assignment(sample.of);
}

bool Parser::parse_serialize(ast::Operator& op) {
  auto& serialize = op.node.emplace<ast::Serialize>();
  return parse_hints() && (operator_ends() || parse_assignments(serialize.columns));
}

// --- render ---

bool Parser::parse_render(ast::Operator& op) {
  auto& render = op.node.emplace<ast::Render>();
  if (peek().kind != TokenKind::Name) return syntax_error("the kind of a chart"), false;
  render.chart = peek().text;
  ++at_;
  // The old form, without `with`.
  static constexpr std::array<std::string_view, 3> kOld = {"kind", "title", "accumulate"};
  if (!parse_properties(render.properties, kOld)) return false;
  if (accept_name("by")) {
    do {
      ast::Property property{"by", span(peek()), parse_property_value()};
      if (!property.value) return false;
      render.properties.push_back(std::move(property));
    } while (accept(","));
  }
  return !accept_name("with") || parse_render_properties(render.properties);
}

/// `(title="…", ycolumns=a, b)`: a property of several columns is given once for each.
bool Parser::parse_render_properties(std::vector<ast::Property>& out) {
  const Token& open = peek();
  if (!expect("(", "`with`")) return false;
  accept(",");
  while (!at_punctuation(")")) {
    ast::Property property;
    if (peek().kind == TokenKind::Name && at_punctuation("=", 1)) {
      property.name = peek().text;
      property.name_span = span(peek());
      at_ += 2;
    } else if (!out.empty()) {
      property.name = out.back().name;
      property.name_span = out.back().name_span;
    } else {
      return syntax_error("the name of a property"), false;
    }
    property.value = parse_property_value(true);
    if (!property.value) return false;
    out.push_back(std::move(property));
    if (!accept(",")) break;
  }
  return expect_close(")", open);
}

// --- others ---

bool Parser::parse_getschema(ast::Operator& op) {
  op.node = ast::GetSchema{};
  static constexpr std::array<std::string_view, 1> kNames = {"kind"};
  std::vector<ast::Property> properties;
  if (!parse_properties(properties, kNames)) return false;
  if (properties.empty()) return true;
  sink_.report(kUnsupported, properties.front().name_span, "`getschema kind=` is not supported");
  return false;
}

bool Parser::parse_consume(ast::Operator& op) {
  op.node = ast::Consume{};
  static constexpr std::array<std::string_view, 1> kNames = {"decodeblocks"};
  std::vector<ast::Property> properties;  // how to read, not what
  return parse_properties(properties, kNames);
}

bool Parser::parse_as(ast::Operator& op) {
  auto& as = op.node.emplace<ast::As>();
  return parse_hints() && parse_name(NameFor::Reading, as.name, as.name_span);
}

bool Parser::parse_reduce(ast::Operator& op) {
  auto& reduce = op.node.emplace<ast::Reduce>();
  static constexpr std::array<std::string_view, 3> kNames = {"kind", "threshold", "characters"};
  if (!parse_properties(reduce.properties, kNames) || !expect_name("by", "`reduce`") || !need(reduce.by)) return false;
  if (!accept_name("with")) return true;
  do {
    const size_t before = reduce.properties.size();
    if (!parse_properties(reduce.properties, kNames)) return false;
    if (reduce.properties.size() == before) return syntax_error("`threshold=` or `characters=`"), false;
  } while (accept(","));
  return true;
}

bool Parser::parse_range(ast::Operator& op) {
  auto& range = op.node.emplace<ast::Range>();
  return parse_name(NameFor::Reading, range.column, range.column_span) &&
         expect_name("from", "the name of the column") && need(range.from) && expect_name("to", "the first value") &&
         need(range.to) && expect_name("step", "the last value") && need(range.step);
}

bool Parser::parse_print(ast::Operator& op) { return parse_assignments(op.node.emplace<ast::Print>().columns); }

}  // namespace hecate::kql
