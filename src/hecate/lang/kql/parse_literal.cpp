#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_text.h"
#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

/// The constant at hand. Texts beside each other are one text
/// (scalar-data-types/string#concatenation-of-separated-string-literals).
Parser::ExpressionPtr Parser::parse_constant(size_t first) {
  const Token& token = peek();
  if (token.type == Type::String) {
    return make(ast::Constant{OwnedValue::string(parse_strings()), Type::String}, first, 0);
  }
  ++at_;
  return make(ast::Constant{constant(token), token.type}, first, 0);
}

std::string Parser::parse_strings() {
  std::string text;
  for (; at_string(); ++at_) text += text_of(peek());
  return text;
}

/// Where no other expression may stand: in a datatable, after the `=` of a parameter.
Parser::ExpressionPtr Parser::parse_literal() {
  const size_t first = at_;
  if (peek().kind == TokenKind::Constant) return parse_constant(first);
  if (at_punctuation("-") || at_punctuation("+")) return parse_signed_literal(first);
  if (at_name("dynamic") && at_punctuation("(", 1)) {
    ++at_;
    return parse_dynamic(first);
  }
  if (at_name("typeof") && at_punctuation("(", 1)) {
    ast::TypeOf type;
    return parse_typeof(type) ? make(std::move(type), first, 0) : nullptr;
  }
  if (at_punctuation("{")) return parse_placeholder();
  syntax_error("a literal", peek().kind == TokenKind::Name ? "only literals may stand here" : "");
  return nullptr;
}

Parser::ExpressionPtr Parser::parse_signed_literal(size_t first) {
  const bool negative = at_punctuation("-");
  const Token& number = peek(1);
  if (!adjacent(0) || number.kind != TokenKind::Constant ||
      (number.type != Type::Long && number.type != Type::Real && number.type != Type::Timespan)) {
    syntax_error("a literal");
    return nullptr;
  }
  at_ += 2;
  const Value value = constant(number).get();
  if (!negative || value.is_null()) return make(ast::Constant{constant(number), number.type}, first, 0);
  const Value negated = number.type == Type::Long   ? Value::integer(-value.as_integer())
                        : number.type == Type::Real ? Value::real(-value.as_real())
                                                    : Value::timespan(-value.as_ticks());
  return make(ast::Constant{OwnedValue(negated), number.type}, first, 0);
}

// --- dynamic(…): JSON whose strings may be KQL's ---

/// At the `(`.
Parser::ExpressionPtr Parser::parse_dynamic(size_t first) {
  const Token& open = peek();
  ++at_;
  std::string json;
  if (!parse_json(json) || !expect_close(")", open)) return nullptr;
  const bool null = json == "null";
  return make(ast::Constant{OwnedValue(null ? Value::null() : Value::dynamic(json)), Type::Dynamic}, first, 0);
}

bool Parser::parse_json(std::string& out) {
  const DepthGuard guard(depth_);
  if (too_deep(guard)) return false;
  if (at_punctuation("[")) return parse_json_members(out, false);
  if (at_punctuation("{")) return parse_json_members(out, true);
  if (accept_name("null")) return out += "null", true;
  if (peek().kind == TokenKind::RawGuid) {
    append_json_quoted(peek().text, out);
    ++at_;
    return true;
  }
  if (at_name("dynamic") && at_punctuation("(", 1)) {
    ++at_;
    const Token& open = peek();
    ++at_;
    return parse_json(out) && expect_close(")", open);
  }
  if (at_string()) {
    append_json_quoted(parse_strings(), out);
    return true;
  }
  const bool negative = accept("-");
  if (negative) out += '-';
  const bool number = peek().type == Type::Long || peek().type == Type::Real;
  if (peek().kind != TokenKind::Constant || (negative && !number)) {
    const bool unquoted = peek().kind == TokenKind::Name;
    syntax_error("a value of a dynamic literal", unquoted ? "texts are quoted" : "");
    return false;
  }
  append_value_json(constant(peek()).get(), out);
  ++at_;
  return true;
}

bool Parser::parse_json_members(std::string& out, bool object) {
  const Token& open = peek();
  const std::string_view close = object ? "}" : "]";
  ++at_;
  out += object ? '{' : '[';
  for (bool any = false; !at_punctuation(close); any = true) {
    if (any && !at_punctuation(",")) return expect_close(close, open);
    if (any) {
      ++at_;
      out += ',';
    }
    if (object) {
      if (!at_string()) return syntax_error("a key", "keys are quoted"), false;
      append_json_quoted(text_of(peek()), out);
      ++at_;
      if (!expect(":", "a key")) return false;
      out += ':';
    }
    if (!parse_json(out)) return false;
  }
  ++at_;
  out += close;
  return true;
}

// --- types and tables ---

/// `typeof(long)`, `typeof(a: string, *)`
bool Parser::parse_typeof(ast::TypeOf& out) {
  ++at_;
  if (!at_punctuation("(")) return expect("(", "`typeof`");
  if (peek(1).kind == TokenKind::Name && at_punctuation(")", 2)) {
    ++at_;
    out.name = peek().text;
    if (!parse_type(out.type.emplace())) return false;
    ++at_;
    return true;
  }
  return parse_columns(out.columns, &out.star);
}

Parser::ExpressionPtr Parser::parse_datatable(size_t first) {
  ++at_;
  ast::Datatable table;
  if (!parse_columns(table.columns, nullptr)) return nullptr;
  const Token& open = peek();
  if (!expect("[", "the columns of `datatable`")) return nullptr;
  accept(",");
  while (!at_punctuation("]")) {
    table.values.push_back(parse_literal());
    if (!table.values.back()) return nullptr;
    if (!accept(",")) break;
  }
  if (!expect_close("]", open)) return nullptr;
  return make(std::move(table), first, 0);
}

Parser::ExpressionPtr Parser::parse_externaldata(size_t first) {
  ++at_;
  ast::Externaldata data;
  if (!parse_columns(data.columns, nullptr)) return nullptr;
  const Token& open = peek();
  if (!expect("[", "the columns of `externaldata`")) return nullptr;
  int depth = 0;
  while (!at_punctuation("]")) {
    if (!need(data.locations.emplace_back())) return nullptr;
    depth = std::max(depth, data.locations.back()->depth);
    if (!accept(",")) break;
  }
  if (!expect_close("]", open)) return nullptr;
  if (accept_name("with") && !parse_with(data.properties)) return nullptr;
  return make(std::move(data), first, depth);
}

/// `inline_external_table (a: string) kind=storage partition by (…) pathformat=(…) dataformat=csv (@"https://…") with
/// (…)`; of a Delta table only `kind=delta (@"…")` is needed.
Parser::ExpressionPtr Parser::parse_inline_external(size_t first) {
  ++at_;
  ast::Externaldata data;
  data.inline_table = true;
  if (at_punctuation("(") && !parse_columns(data.columns, nullptr)) return nullptr;
  if (!expect_name("kind", "the columns of `inline_external_table`") || !expect("=", "`kind`")) return nullptr;
  const bool delta = at_name("delta");
  if (!delta && !at_name("storage")) return syntax_error("`storage` or `delta`"), nullptr;
  ++at_;
  if (accept_name("partition") && (!expect_name("by", "`partition`") || !parse_partition_columns(data.columns)))
    return nullptr;
  if (accept_name("pathformat")) {
    if (!expect("=", "`pathformat`")) return nullptr;
    const uint32_t nesting = peek().nesting;
    if (!expect("(", "`pathformat`")) return nullptr;
    while (!at_end() && !(at_punctuation(")") && peek().nesting == nesting)) ++at_;
    if (!expect(")", "the path")) return nullptr;
  }
  if (accept_name("dataformat") && (!expect("=", "`dataformat`") || !parse_property_value())) return nullptr;
  const Token& open = peek();
  if (!expect("(", "the format of `inline_external_table`")) return nullptr;
  int depth = 0;
  do {
    if (!need(data.locations.emplace_back())) return nullptr;
    depth = std::max(depth, data.locations.back()->depth);
  } while (accept(","));
  if (!expect_close(")", open)) return nullptr;
  if (accept_name("with") && !parse_with(data.properties)) return nullptr;
  return make(std::move(data), first, depth);
}

/// `(Day: datetime = startofday(Time), Region: string)`: columns of the table as others.
bool Parser::parse_partition_columns(std::vector<ast::ColumnDeclaration>& out) {
  const Token& open = peek();
  if (!expect("(", "`partition by`")) return false;
  do {
    auto& column = out.emplace_back();
    if (!parse_name(NameFor::NewColumn, column.name, column.span)) return false;
    if (!expect(":", "the name of a column") || !parse_type(column.type)) return false;
    ExpressionPtr value;
    if (accept("=") && !need(value)) return false;
  } while (accept(","));
  return expect_close(")", open);
}

/// `(name=value, …)`
bool Parser::parse_with(std::vector<ast::Property>& out) {
  const Token& open = peek();
  if (!expect("(", "`with`")) return false;
  if (accept(")")) return true;
  do {
    ast::Property property;
    if (!parse_name(NameFor::NewColumn, property.name, property.name_span)) return false;
    if (!expect("=", "the name of a property")) return false;
    property.value = parse_property_value();
    if (!property.value) return false;
    out.push_back(std::move(property));
  } while (accept(","));
  return expect_close(")", open);
}

}  // namespace hecate::kql
