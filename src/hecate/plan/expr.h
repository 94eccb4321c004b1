#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/span.h"
#include "plan/types.h"
#include "plan/value.h"

namespace hecate {

/// A column of a plan. Ids are generated and never reused within a plan; what users call the column
/// stands in the plan's schema only, so that names differing in case, or equal names, cannot meet in SQL.
enum class ColumnId : uint32_t {};

struct Expr;
/// Expressions are immutable once built and shared: partial evaluation replaces nodes, it never edits.
using ExprPtr = std::shared_ptr<const Expr>;

struct Literal {
  OwnedValue value;
};

/// A column that the plan defines (Scan, Extend, Aggregate).
struct ColumnRef {
  ColumnId column;
};

/// A field of the raw event by its canonical raw path ("process_exec.process.binary", "TargetFilename").
/// Only the catalog makes these, when a head is bound to a source.
struct RawField {
  std::string path;
};

/// A function of exec/functions by its stable name ("text.basename", "spl.eq", "kql.bin").
struct Call {
  std::string function;
  std::vector<ExprPtr> arguments;
};

enum class MatchOp : uint8_t {
  Equals,
  Contains,
  StartsWith,
  EndsWith,
  Wildcard,  // canonical glob: `*` any run (newlines too), `?` one code point, `\` takes the next literally
  Regex,     // unanchored search
  Has,       // Kusto's term match
  HasPrefix,
  HasSuffix,
};
enum class Casing : uint8_t { Sensitive, Insensitive };
enum class Quantifier : uint8_t { Any, All };
enum class RegexDialect : uint8_t { Pcre2, Re2 };

/// Text tests against constant patterns: the one currency into which all three languages lower their
/// atoms. Two-valued: an absent operand (Null) does not match. A Many operand matches where any of its
/// elements does (with Quantifier::All each pattern may be matched by another element); numbers and booleans
/// are tested by their text; a Dynamic object or array matches nothing.
struct Match {
  ExprPtr operand;
  MatchOp op = MatchOp::Equals;
  Casing casing = Casing::Insensitive;
  Quantifier quantifier = Quantifier::Any;  // over the patterns
  RegexDialect dialect = RegexDialect::Pcre2;
  std::vector<std::string> patterns;
};

// Kleene logic: Null and Undecided are "not known". An empty And is true, an empty Or false.
struct And {
  std::vector<ExprPtr> operands;
};
struct Or {
  std::vector<ExprPtr> operands;
};
struct Not {
  ExprPtr operand;
};

struct Expr {
  using Node = std::variant<Literal, ColumnRef, RawField, Call, Match, And, Or, Not>;
  Node node;
  Type type = Type::Bool;
  Span span;
};

// The short way to build them. Types of And/Or/Not/Match are Bool.
[[nodiscard]] ExprPtr make_literal(OwnedValue value, Type type, Span span = {});
[[nodiscard]] ExprPtr make_string(std::string text, Span span = {});
[[nodiscard]] ExprPtr make_bool(bool value, Span span = {});
[[nodiscard]] ExprPtr make_column(ColumnId column, Type type, Span span = {});
[[nodiscard]] ExprPtr make_raw_field(std::string path, Span span = {});
[[nodiscard]] ExprPtr make_call(std::string_view function, std::vector<ExprPtr> arguments, Type type, Span span = {});
[[nodiscard]] ExprPtr make_match(Match match, Span span = {});
/// One operand gives itself; nested Ands are flattened (likewise Or).
[[nodiscard]] ExprPtr make_and(std::vector<ExprPtr> operands, Span span = {});
[[nodiscard]] ExprPtr make_or(std::vector<ExprPtr> operands, Span span = {});
[[nodiscard]] ExprPtr make_not(ExprPtr operand, Span span = {});

/// A Match of one pattern that may hold wildcards in the canonical glob form: it becomes Equals,
/// StartsWith, EndsWith, Contains where it can, so that equal tests of different languages are equal atoms.
[[nodiscard]] ExprPtr make_glob_match(ExprPtr operand, std::string_view glob, Casing casing, Span span = {});
/// Escapes a literal for use inside a canonical glob.
[[nodiscard]] std::string glob_escape(std::string_view literal);

/// Calls `visit(child)` for each direct child.
template <typename Visit>
void for_each_child(const Expr& expr, Visit visit) {
  if (const auto* call = std::get_if<Call>(&expr.node)) {
    for (const ExprPtr& argument : call->arguments) visit(argument);
  } else if (const auto* match = std::get_if<Match>(&expr.node)) {
    visit(match->operand);
  } else if (const auto* all = std::get_if<And>(&expr.node)) {
    for (const ExprPtr& operand : all->operands) visit(operand);
  } else if (const auto* any = std::get_if<Or>(&expr.node)) {
    for (const ExprPtr& operand : any->operands) visit(operand);
  } else if (const auto* negation = std::get_if<Not>(&expr.node)) {
    visit(negation->operand);
  }
}

/// Rebuilds the tree bottom-up; `replace` returns the new node for one whose children are already
/// rewritten, or nullptr to keep it.
template <typename Replace>
ExprPtr rewrite(const ExprPtr& expr, const Replace& replace);

/// Stable text without addresses: `(and (match startswith ci c3 "/etc/") (not (spl.eq c1 "x")))`.
[[nodiscard]] std::string dump(const Expr& expr);

/// Keys for sharing, byte for byte where dump() is for eyes: two constants, or two tests but for their operands,
/// have the same identity only if they mean the same.
[[nodiscard]] std::string identity(const Value& constant);
[[nodiscard]] std::string identity(const Match& match);

// --- implementation ---

namespace detail {
[[nodiscard]] ExprPtr with_children(const ExprPtr& expr, std::vector<ExprPtr> children);
}

template <typename Replace>
ExprPtr rewrite(const ExprPtr& expr, const Replace& replace) {
  std::vector<ExprPtr> children;
  bool changed = false;
  for_each_child(*expr, [&](const ExprPtr& child) {
    children.push_back(rewrite(child, replace));
    changed |= children.back() != child;
  });
  const ExprPtr rebuilt = changed ? detail::with_children(expr, std::move(children)) : expr;
  ExprPtr replaced = replace(rebuilt);
  return replaced ? replaced : rebuilt;
}

}  // namespace hecate
