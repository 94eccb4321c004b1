#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {
namespace {

struct TypeRow {
  std::string_view name;
  Type type;
};
// https://learn.microsoft.com/kusto/query/scalar-data-types; int is a long here.
constexpr std::array kTypes = {
    TypeRow{"string", Type::String},     TypeRow{"long", Type::Long},         TypeRow{"int", Type::Long},
    TypeRow{"datetime", Type::Datetime}, TypeRow{"dynamic", Type::Dynamic},   TypeRow{"bool", Type::Bool},
    TypeRow{"real", Type::Real},         TypeRow{"timespan", Type::Timespan}, TypeRow{"guid", Type::Guid},
    TypeRow{"decimal", Type::Decimal},   TypeRow{"boolean", Type::Bool},      TypeRow{"date", Type::Datetime},
    TypeRow{"time", Type::Timespan},     TypeRow{"double", Type::Real},       TypeRow{"float", Type::Real},
    TypeRow{"uuid", Type::Guid},         TypeRow{"uniqueid", Type::Guid},     TypeRow{"int8", Type::Long},
    TypeRow{"int16", Type::Long},        TypeRow{"int32", Type::Long},        TypeRow{"int64", Type::Long},
    TypeRow{"uint", Type::Long},         TypeRow{"uint8", Type::Long},        TypeRow{"uint16", Type::Long},
    TypeRow{"uint32", Type::Long},       TypeRow{"uint64", Type::Long},       TypeRow{"ulong", Type::Long}};

}  // namespace

// --- names ---

size_t Parser::scan_name(NameFor purpose, size_t ahead) const {
  const Token& token = peek(ahead);
  if (token.kind == TokenKind::Name) {
    const bool fits = token.use == WordUse::Name || (purpose == NameFor::NewColumn && token.use == WordUse::NewName) ||
                      (purpose == NameFor::Path && token.use == WordUse::PathName);
    return fits ? 1 : 0;
  }
  if (!at_punctuation("[", ahead)) return 0;
  size_t strings = 0;
  while (at_string(ahead + 1 + strings)) ++strings;
  return strings > 0 && at_punctuation("]", ahead + 1 + strings) ? strings + 2 : 0;
}

std::string Parser::name_text(size_t tokens) const {
  if (tokens == 1) return std::string(peek().text);
  std::string name;
  for (size_t i = 1; i + 1 < tokens; ++i) name += text_of(peek(i));
  return name;
}

bool Parser::parse_name(NameFor purpose, std::string& out, Span& span) {
  const size_t tokens = scan_name(purpose);
  if (tokens == 0) {
    const bool word = peek().kind == TokenKind::Name;
    syntax_error("a name",
                 word ? fmt::format("`{0}` is a word of the language: as a name it is written ['{0}']", peek().text)
                      : std::string());
    return false;
  }
  const size_t first = at_;
  out = name_text(tokens);
  at_ += tokens;
  span = span_from(first);
  return true;
}

// --- properties: kind=inner, hint.strategy=shuffle ---

/// How many tokens the name of a property at hand has, before its `=`; 0: none is at hand.
size_t Parser::scan_property(std::span<const std::string_view> names) const {
  if (peek().kind != TokenKind::Name) return 0;
  if (at_name("hint") && at_punctuation(".", 1) && peek(2).kind == TokenKind::Name && at_punctuation("=", 3)) return 3;
  if (!at_punctuation("=", 1)) return 0;
  return std::find(names.begin(), names.end(), peek().text) != names.end() ? 1 : 0;
}

bool Parser::parse_properties(std::vector<ast::Property>& out, std::span<const std::string_view> names) {
  while (const size_t tokens = scan_property(names)) {
    ast::Property property;
    const size_t first = at_;
    for (size_t i = 0; i < tokens; ++i) property.name += peek(i).text;
    at_ += tokens;
    property.name_span = span_from(first);
    ++at_;
    property.value = parse_property_value();
    if (!property.value) return false;
    out.push_back(std::move(property));
  }
  return true;
}

/// A literal or a word, of which some are words of the language (kind=simple). `calls`: or a call; else a parenthesis
/// behind the word is the first operand (join kind=inner (T) …).
Parser::ExpressionPtr Parser::parse_property_value(bool calls) {
  const size_t first = at_;
  if (peek().kind == TokenKind::Name && !(calls && at_punctuation("(", 1))) {
    std::string text(peek().text);
    ++at_;
    return make(ast::Name{std::move(text)}, first, 0);
  }
  if (const size_t name = scan_name(NameFor::Reading); name > 1) {
    std::string text = name_text(name);
    at_ += name;
    return make(ast::Name{std::move(text)}, first, 0);
  }
  if (peek().kind == TokenKind::Name) return parse_postfix();
  return parse_literal();
}

/// How to run, not what to compute: read and forgotten.
bool Parser::parse_hints() {
  std::vector<ast::Property> hints;
  return parse_properties(hints, {});
}

// --- lists ---

bool Parser::need(ExpressionPtr& out) {
  out = parse_expression();
  return out != nullptr;
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
  const size_t name = scan_name(NameFor::NewColumn);
  if (name > 0 && at_punctuation("=", name)) {
    out.names.emplace_back();
    if (!parse_name(NameFor::NewColumn, out.names.back(), out.name_span)) return false;
    ++at_;
  } else if (at_punctuation("(") && !parse_tuple_names(out)) {
    return false;
  }
  return need(out.value);
}

/// `(a, b) =`, or nothing where the parenthesis begins an expression.
bool Parser::parse_tuple_names(ast::Assignment& out) {
  size_t ahead = 1;
  for (size_t name = 1; name > 0; ahead += at_punctuation(",", ahead) ? 1 : 0) {
    name = scan_name(NameFor::NewColumn, ahead);
    ahead += name;
    if (name == 0 || !at_punctuation(",", ahead)) break;
  }
  if (!at_punctuation(")", ahead) || !at_punctuation("=", ahead + 1)) return true;
  const size_t first = at_++;
  do {
    Span span;
    if (!parse_name(NameFor::NewColumn, out.names.emplace_back(), span)) return false;
  } while (accept(","));
  ++at_;
  out.name_span = span_from(first);
  ++at_;
  return true;
}

bool Parser::parse_order_keys(std::vector<ast::OrderKey>& out) {
  do {
    ast::OrderKey key;
    if (!need(key.value) || !parse_order(key.descending, key.nulls_first)) return false;
    out.push_back(std::move(key));
  } while (accept(","));
  return true;
}

bool Parser::parse_order(bool& descending, bool& nulls_first) {
  if (at_name("granny")) {
    sink_.report(kUnsupported, span(peek()), "the orders granny-asc and granny-desc are not supported here");
    return false;
  }
  // sort-operator: desc is the default; nulls come first in asc and last in desc unless told otherwise.
  descending = !accept_name("asc");
  if (descending) accept_name("desc");
  nulls_first = !descending;
  if (!accept_name("nulls")) return true;
  nulls_first = at_name("first");
  return accept_name("first") || expect_name("last", "`nulls`");
}

// --- patterns of names ---

/// `T*`, `*`, `a*b`: what stands together is one pattern.
bool Parser::at_wildcard() const {
  if (at_punctuation("*")) return true;
  return peek().kind == TokenKind::Name && adjacent(0) && at_punctuation("*", 1);
}

std::string Parser::parse_pattern() {
  std::string text;
  const auto is_piece = [this] {
    return peek().kind == TokenKind::Name || at_punctuation("*") ||
           (peek().kind == TokenKind::Constant && peek().type == Type::Long);
  };
  while (is_piece() && (text.empty() || tokens_.list[at_ - 1].end == peek().begin)) {
    text += peek().text;
    ++at_;
  }
  return text;
}

bool Parser::parse_patterns(std::vector<ast::NamePattern>& out, bool ordered) {
  do {
    ast::NamePattern pattern;
    if (at_wildcard()) {
      const size_t first = at_;
      pattern.text = parse_pattern();
      pattern.span = span_from(first);
    } else if (!parse_name(NameFor::Reading, pattern.text, pattern.span)) {
      return false;
    }
    if (ordered) {
      size_t tokens = 1;
      const std::string order = peek().kind == TokenKind::Name ? operator_name(tokens) : std::string();
      pattern.order = order == "asc"           ? ast::NameOrder::Ascending
                      : order == "desc"        ? ast::NameOrder::Descending
                      : order == "granny-asc"  ? ast::NameOrder::GrannyAscending
                      : order == "granny-desc" ? ast::NameOrder::GrannyDescending
                                               : ast::NameOrder::AsWritten;
      if (pattern.order != ast::NameOrder::AsWritten) at_ += tokens;
    }
    out.push_back(std::move(pattern));
  } while (accept(","));
  return true;
}

// --- schemas ---

bool Parser::parse_type(Type& out) {
  if (peek().kind == TokenKind::Name) {
    const auto* row =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeRow& r) { return r.name == peek().text; });
    if (row != kTypes.end()) {
      out = row->type;
      ++at_;
      return true;
    }
  }
  syntax_error("a type", "types are string, long, int, real, bool, datetime, timespan, dynamic, guid, decimal");
  return false;
}

/// `(name: type, …)`, with a comma at either end if one likes; `*` where `star` may be set.
bool Parser::parse_columns(std::vector<ast::ColumnDeclaration>& out, bool* star) {
  const Token& open = peek();
  if (!expect("(", "this")) return false;
  accept(",");
  while (!at_punctuation(")")) {
    if (star != nullptr && accept("*")) {
      *star = true;
    } else {
      ast::ColumnDeclaration column;
      if (!parse_name(NameFor::NewColumn, column.name, column.span)) return false;
      if (!expect(":", "the name of a column") || !parse_type(column.type)) return false;
      out.push_back(std::move(column));
    }
    if (!accept(",")) break;
  }
  return expect_close(")", open);
}

}  // namespace hecate::kql
