#include <fmt/format.h>

#include <utility>

#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

void Parser::parse_statements(ast::Query& query, std::string_view close) {
  const uint32_t nesting = peek().nesting;
  const auto ends = [&] { return at_end() || (!close.empty() && at_punctuation(close)); };
  while (!ends()) {
    if (accept(";")) continue;
    parse_statement(query);
    if (ends() || at_punctuation(";")) continue;
    syntax_error(fmt::format("`|`, `;` or {}", close.empty() ? "the end of the query" : fmt::format("`{}`", close)));
    const size_t before = at_;
    skip_to(";", nesting);
    if (at_ == before && !ends()) return;
  }
}

void Parser::parse_statement(ast::Query& query) {
  if (at_name("let") && (scan_name(NameFor::Reading, 1) > 0 || at_punctuation("=", 1))) return parse_let(query);
  if (at_name("set")) return parse_option(query);
  if (at_name("declare") && at_name("query_parameters", 1)) {
    at_ += 2;
    const uint32_t nesting = peek().nesting;
    if (!parse_parameters(query.parameters)) skip_to(";", nesting);
    return;
  }
  if (at_name("declare") && at_name("pattern", 1)) return parse_unsupported_statement("declare pattern");
  if (at_name("alias") && at_name("database", 1)) return parse_unsupported_statement("alias");
  if (at_name("restrict") && at_name("access", 1)) return parse_unsupported_statement("restrict");
  if (at_punctuation(".") && peek(1).kind == TokenKind::Name) {
    sink_.report(kUnsupported, span(peek(1)),
                 fmt::format("the management command `.{}` is not supported", peek(1).text));
    return give_up();
  }
  const bool first = !query.body.source && query.body.operators.empty();
  ast::Pipeline& pipeline = first ? query.body : query.further.emplace_back();
  parse_pipeline(pipeline);
}

void Parser::parse_unsupported_statement(std::string_view name) {
  sink_.report(kUnsupported, span(peek()), fmt::format("`{}` statements are not supported", name));
  skip_to(";", peek().nesting);
}

/// `set name`, `set name = value`
void Parser::parse_option(ast::Query& query) {
  const uint32_t nesting = peek().nesting;
  ++at_;
  ast::Property option;
  if (!parse_name(NameFor::Reading, option.name, option.name_span)) return skip_to(";", nesting);
  if (accept("=") && !need(option.value)) return skip_to(";", nesting);
  query.options.push_back(std::move(option));
}

// --- let ---

void Parser::parse_let(ast::Query& query) {
  const uint32_t nesting = peek().nesting;
  ++at_;
  ast::Let let;
  if (!parse_name(NameFor::Reading, let.name, let.name_span) || !expect("=", "the name of a `let`"))
    return skip_to(";", nesting);
  const size_t first = at_;
  if (at_lambda()) {
    let.value.source = parse_lambda();
    if (!let.value.source) skip_to(";", nesting);
  } else {
    parse_pipeline(let.value);
  }
  let.value.span = span_from(first);
  if (let.value.source || !let.value.operators.empty()) query.lets.push_back(std::move(let));
}

bool Parser::at_lambda() const {
  if (at_name("view") && at_punctuation("(", 1)) return true;
  if (!at_punctuation("(")) return false;
  if (at_punctuation(")", 1) || at_punctuation("*", 1)) return true;
  const size_t name = scan_name(NameFor::NewColumn, 1);
  return name > 0 && at_punctuation(":", 1 + name);
}

ast::ExpressionPtr Parser::parse_lambda() {
  const size_t first = at_;
  const DepthGuard guard(depth_);
  if (too_deep(guard)) return nullptr;
  ast::Lambda lambda;
  lambda.view = accept_name("view");
  if (!parse_parameters(lambda.parameters)) return nullptr;
  const Token& open = peek();
  if (!expect("{", "the parameters of a function")) return nullptr;
  auto body = std::make_shared<ast::Query>();
  const int outer = std::exchange(deepest_, 0);
  parse_statements(*body, "}");
  const int depth = std::exchange(deepest_, outer);
  if (!expect_close("}", open)) return nullptr;
  if (!body->further.empty()) {
    sink_.report(kSyntax, body->further.front().span, "a function ends with one query, and this is another");
    return nullptr;
  }
  lambda.body = std::move(body);
  return make(std::move(lambda), first, depth);
}

bool Parser::parse_parameters(std::vector<ast::Parameter>& out) {
  const Token& open = peek();
  if (!expect("(", "the name of a function")) return false;
  if (accept(")")) return true;
  do {
    if (!parse_parameter(out.emplace_back())) return false;
  } while (accept(","));
  return expect_close(")", open);
}

bool Parser::parse_parameter_list(std::vector<ast::Parameter>& out) {
  if (at_end()) return true;
  if (at_punctuation("(")) {
    if (!parse_parameters(out)) return false;
  } else {
    do {
      if (!parse_parameter(out.emplace_back())) return false;
    } while (accept(","));
  }
  if (!at_end()) syntax_error("`,` or the end of the parameters");
  return at_end();
}

/// `name: type`, `name: type = literal`, `name: (column: type, …)`, `name: (*)`
bool Parser::parse_parameter(ast::Parameter& out) {
  if (!parse_name(NameFor::NewColumn, out.name, out.span)) return false;
  if (!expect(":", "the name of a parameter")) return false;
  if (at_punctuation("(")) {
    out.tabular = true;
    if (!parse_columns(out.columns, &out.any_columns)) return false;
  } else if (!parse_type(out.type)) {
    return false;
  }
  if (!accept("=")) return true;
  out.default_value = parse_literal();
  return out.default_value != nullptr;
}

}  // namespace hecate::kql
