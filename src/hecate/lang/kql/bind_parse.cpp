#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// parse, parse-where, parse-kv: https://learn.microsoft.com/kusto/query/parse-operator, parse-where-operator,
// parse-kv-operator
namespace hecate::kql {

void Binder::bind(const ast::Parse& parse, Span span) {
  ExprPtr subject = bind(*parse.subject);
  std::string kind = property(parse.properties, "kind");
  if (kind.empty()) kind = "simple";
  const std::string flags = property(parse.properties, "flags");
  if (kind != "simple" && kind != "regex" && kind != "relaxed") {
    sink_.report(kSyntax, span, fmt::format("there is no kind `{}` of parse", kind), "use simple, regex or relaxed");
    return;
  }
  std::vector<ExprPtr> arguments{subject, make_string(kind, span), make_string(flags, span)};
  bool good = subject != nullptr;
  for (const ast::ParsePiece& piece : parse.pieces) {
    std::string text = "*";
    if (piece.kind == ast::ParsePiece::Kind::Column)
      text = ":" + std::string(kusto_name(piece.type.value_or(Type::String)));
    if (piece.kind == ast::ParsePiece::Kind::Text) {
      const ExprPtr value = piece.text ? bind(*piece.text) : nullptr;
      const auto constant = value ? constant_text(*value) : std::nullopt;
      if (value && !constant) sink_.report(kNotConstant, piece.span, "the texts of a parse pattern must be constants");
      good &= constant.has_value();
      if (constant && kind == "regex") good &= check_regex(*constant, piece.span);
      text = "=" + constant.value_or("");
    }
    arguments.push_back(make_string(std::move(text), piece.span));
  }
  std::vector<Column> added;
  std::vector<Extend::Column> pending;
  if (good && subject->type != Type::String) arguments[0] = converted(subject, Type::String, subject->span);
  std::optional<Column> captured;
  if (good) captured = column_of(make_call("kql.parse", std::move(arguments), Type::Dynamic, span), "parsed", pending);
  flush(pending, span);
  int64_t place = 0;
  for (const ast::ParsePiece& piece : parse.pieces) {
    if (piece.kind != ast::ParsePiece::Kind::Column) continue;
    Column column{piece.column, piece.type.value_or(Type::String)};
    column.broken = !good;
    if (good) {
      ExprPtr element = make_call("kql.element",
                                  {make_column(*captured->id, Type::Dynamic, piece.span),
                                   make_literal(OwnedValue(Value::integer(place++)), Type::Long)},
                                  Type::Dynamic, piece.span);
      column = *column_of(converted(std::move(element), column.type, piece.span), piece.column, pending);
    }
    added.push_back(std::move(column));
  }
  flush(pending, span);
  if (good && parse.drops_unmatched) {
    add_node(Filter{make_call("kql.isnotnull", {make_column(*captured->id, Type::Dynamic, span)}, Type::Bool, span)},
             span);
  }
  for (Column& column : added) add_column(std::move(column));
}

void Binder::bind(const ast::ParseKv& parse, Span span) {
  ExprPtr subject = bind(*parse.subject);
  if (!subject) return;
  const auto text = [&](std::string_view name, std::string_view otherwise) {
    const std::string given = property(parse.properties, name);
    return make_string(given.empty() ? std::string(otherwise) : given, span);
  };
  if (!property(parse.properties, "regex").empty())
    return refuse_operator("parse-kv … with (regex=…)", span, "use extract() for each key");
  // Of two delimiters one may be left out; without both, the keys are found by their names.
  const bool delimited =
      !property(parse.properties, "pair_delimiter").empty() || !property(parse.properties, "kv_delimiter").empty();
  std::vector<ExprPtr> arguments{converted(std::move(subject), Type::String, span),
                                 text("pair_delimiter", delimited ? " " : ""),
                                 text("kv_delimiter", delimited ? "=" : ""),
                                 text("quote", ""),
                                 text("escape", ""),
                                 text("greedy", "false")};
  for (const ast::ColumnDeclaration& declared : parse.columns) arguments.push_back(make_string(declared.name, span));
  ExprPtr object = make_call("kql.parse_kv", std::move(arguments), Type::Dynamic, span);
  std::vector<Extend::Column> pending;
  const auto captured = column_of(std::move(object), "pairs", pending);
  flush(pending, span);
  std::vector<Column> added;
  for (const ast::ColumnDeclaration& declared : parse.columns) {
    ExprPtr member =
        make_call("kql.member", {make_column(*captured->id, Type::Dynamic, declared.span), make_string(declared.name)},
                  Type::Dynamic, declared.span);
    added.push_back(*column_of(converted(std::move(member), declared.type, declared.span), declared.name, pending));
  }
  flush(pending, span);
  for (Column& column : added) add_column(std::move(column));
}

}  // namespace hecate::kql
