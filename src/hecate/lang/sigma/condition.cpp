#include "lang/sigma/condition.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/depth_guard.h"
#include "base/text.h"
#include "lang/sigma/codes.h"

namespace hecate::sigma {
namespace {

using ast::Condition;
using ast::ConditionPtr;

struct Token {
  enum class Kind : uint8_t { End, Open, Close, Pipe, Word, Other };
  Kind kind = Kind::End;
  std::string_view text;
  size_t begin = 0;
  size_t end = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_word(char c) {
  // Names are YAML keys: letters of any script, and whatever cannot be part of the grammar.
  return !is_blank(c) && std::string_view("()|,<>=!\"'&").find(c) == std::string_view::npos;
}

Token next_token(std::string_view text, size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at >= text.size()) return {Token::Kind::End, {}, text.size(), text.size()};
  size_t end = at + 1;
  Token::Kind kind = Token::Kind::Other;
  if (text[at] == '(')
    kind = Token::Kind::Open;
  else if (text[at] == ')')
    kind = Token::Kind::Close;
  else if (text[at] == '|')
    kind = Token::Kind::Pipe;
  else if (is_word(text[at])) {
    kind = Token::Kind::Word;
    while (end < text.size() && is_word(text[end])) ++end;
  }
  return {kind, text.substr(at, end - at), at, end};
}

ConditionPtr make(decltype(Condition::node) node, Span span) {
  return std::make_unique<Condition>(Condition{std::move(node), span});
}

bool is_count(std::string_view word) {
  for (const char c : word) {
    if (!is_ascii_digit(c)) return false;
  }
  return !word.empty();
}

/// The condition language (Sigma Rules Specification 2.1, "Condition").
///
///   condition = or
///   or        = and { "or" and }
///   and       = not { "and" not }
///   not       = "not" not | primary
///   primary   = "(" or ")" | selector | name
///   selector  = ( "1" | "any" | "all" ) "of" ( "them" | pattern )
///
/// A null pointer from a production means: reported, give up.
class Parser {
 public:
  Parser(const MappedText& text, DiagnosticSink& sink) : text_(text), sink_(sink) { advance(); }

  ConditionPtr condition() {
    if (token_.kind == Token::Kind::End) {
      sink_.report(kEmptySelection, text_.span(0, text_.size()), "the condition is empty",
                   "name a search identifier of the detection");
      return nullptr;
    }
    ConditionPtr result = disjunction();
    if (!result || token_.kind == Token::Kind::End) return result;
    if (token_.kind == Token::Kind::Pipe) return refuse_aggregation();
    if (token_.kind == Token::Kind::Close) return fail("this `)` closes nothing", "remove it");
    return fail(fmt::format("expected `and` or `or` before `{}`", token_.text), missing_operator_hint());
  }

 private:
  [[nodiscard]] Span span_of(const Token& token) const { return text_.span(token.begin, token.end); }
  void advance() {
    last_end_ = token_.end;
    token_ = next_token(text_.view(), token_.end);
  }
  [[nodiscard]] Span span_from(size_t begin) const { return text_.span(begin, last_end_); }

  ConditionPtr fail(std::string message, std::string hint = {}) {
    sink_.report(kConditionSyntax, span_of(token_), std::move(message), std::move(hint));
    return nullptr;
  }

  [[nodiscard]] std::string missing_operator_hint() const {
    if (token_.text == "&") return "write `and`";
    return "join two searches with `and` or `or`";
  }

  ConditionPtr refuse_aggregation() {
    const Token pipe = token_;
    advance();
    const std::string name(token_.kind == Token::Kind::Word ? token_.text : "");
    const Span span = text_.span(pipe.begin, text_.size());
    sink_.report(kAggregation, span, fmt::format("the aggregation `| {}` is not part of Sigma any more", name),
                 name == "near" ? "write a correlation rule of type temporal"
                                : "write a correlation rule (event_count, value_count, ...)");
    return nullptr;
  }

  /// The next token is the operator or function word, which is written in lower case.
  bool is_operator(std::string_view word) {
    if (token_.kind != Token::Kind::Word || !equals_ignoring_case(token_.text, word)) return false;
    if (token_.text != word) {
      sink_.report(kUppercaseOperator, span_of(token_), fmt::format("`{}` is read as `{}`", token_.text, word),
                   fmt::format("write `{}`: other tools take `{}` for a name", word, token_.text));
    }
    return true;
  }

  ConditionPtr disjunction() {
    return chain<ast::Disjunction>("or", [this] { return conjunction(); });
  }
  ConditionPtr conjunction() {
    return chain<ast::Conjunction>("and", [this] { return negation(); });
  }

  template <typename Junction, typename Operand>
  ConditionPtr chain(std::string_view word, const Operand& operand) {
    const size_t begin = token_.begin;
    ConditionPtr first = operand();
    if (!first || !is_operator(word)) return first;
    Junction junction;
    junction.operands.push_back(std::move(first));
    // The first test of the loop would report an upper-case operator a second time.
    do {
      advance();
      ConditionPtr next = operand();
      if (!next) return nullptr;
      junction.operands.push_back(std::move(next));
    } while (is_operator(word));
    return make(std::move(junction), span_from(begin));
  }

  ConditionPtr negation() {
    const DepthGuard guard(depth_);
    if (guard.exceeded()) {
      sink_.report(kTooDeep, span_of(token_), "this condition is nested too deeply",
                   fmt::format("at most {} levels are read", DepthGuard::kDeepest));
      return nullptr;
    }
    if (!is_operator("not")) return primary();
    const size_t begin = token_.begin;
    advance();
    ConditionPtr operand = negation();
    if (!operand) return nullptr;
    return make(ast::Negation{std::move(operand)}, span_from(begin));
  }

  ConditionPtr primary() {
    if (token_.kind == Token::Kind::Open) return parenthesis();
    if (token_.kind == Token::Kind::End) return fail("the condition ends where a search identifier is expected");
    if (token_.kind != Token::Kind::Word) {
      return fail(fmt::format("expected a search identifier, found `{}`", token_.text));
    }
    if (const std::optional<Token> of = following_of()) return selector(*of);
    for (const std::string_view word : {"and", "or", "of", "them"}) {
      if (token_.text == word) return fail(fmt::format("expected a search identifier, found the word `{}`", word));
    }
    if (token_.text.find('*') != std::string_view::npos) {
      return fail(fmt::format("`{}` is a pattern, which needs a quantifier", token_.text),
                  fmt::format("write `1 of {0}` or `all of {0}`", token_.text));
    }
    const Token name = token_;
    advance();
    return make(ast::Reference{std::string(name.text)}, span_of(name));
  }

  ConditionPtr parenthesis() {
    const Token open = token_;
    advance();
    ConditionPtr inner = disjunction();
    if (!inner) return nullptr;
    if (token_.kind == Token::Kind::Pipe) return refuse_aggregation();
    if (token_.kind == Token::Kind::Close) {
      advance();
      return inner;
    }
    const bool end = token_.kind == Token::Kind::End;
    Diagnostic diagnostic{&kConditionSyntax,
                          end ? "this `(` is never closed" : fmt::format("expected `)` before `{}`", token_.text),
                          {span_of(end ? open : token_), {}},
                          {},
                          end ? "add `)`" : missing_operator_hint()};
    if (!end) diagnostic.secondary.push_back({span_of(open), "opened here"});
    sink_.report(std::move(diagnostic));
    return nullptr;
  }

  /// The word `of` behind the present token.
  std::optional<Token> following_of() {
    const Token next = next_token(text_.view(), token_.end);
    if (next.kind != Token::Kind::Word || !equals_ignoring_case(next.text, "of")) return std::nullopt;
    return next;
  }

  ConditionPtr selector(const Token& of) {
    const Token count = token_;
    const bool all = equals_ignoring_case(count.text, "all");
    if (!all && count.text != "1" && !equals_ignoring_case(count.text, "any")) {
      if (is_count(count.text)) {
        sink_.report(kCountOf, span_of(count), fmt::format("`{} of` is not part of Sigma", count.text),
                     "the specification has `1 of` and `all of`");
        return nullptr;
      }
      return fail(fmt::format("expected `1` or `all` before `of`, found `{}`", count.text));
    }
    if (all) (void)is_operator("all");
    advance();
    (void)is_operator("of");
    advance();
    if (token_.kind != Token::Kind::Word) {
      sink_.report(kConditionSyntax, token_.kind == Token::Kind::End ? span_of(of) : span_of(token_),
                   fmt::format("expected `them` or a pattern of search identifiers behind `{} of`", count.text));
      return nullptr;
    }
    ast::Selector selector{all ? ast::Count::All : ast::Count::One, std::string(token_.text), span_of(token_)};
    if (is_operator("them")) selector.pattern = "*";
    advance();
    return make(std::move(selector), span_from(count.begin));
  }

  const MappedText& text_;
  DiagnosticSink& sink_;
  Token token_;
  size_t last_end_ = 0;
  int depth_ = 0;
};

bool glob(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

struct Dumper {
  std::string operator()(const ast::Reference& reference) const { return reference.name; }
  std::string operator()(const ast::Selector& selector) const {
    return fmt::format("({}-of {})", selector.count == ast::Count::All ? "all" : "1", selector.pattern);
  }
  std::string operator()(const ast::Negation& negation) const { return "(not " + dump(*negation.operand) + ")"; }
  std::string operator()(const ast::Conjunction& all) const { return list("and", all.operands); }
  std::string operator()(const ast::Disjunction& any) const { return list("or", any.operands); }

  static std::string list(std::string_view head, const std::vector<ConditionPtr>& operands) {
    std::string out = fmt::format("({}", head);
    for (const ConditionPtr& operand : operands) out += " " + dump(*operand);
    return out + ")";
  }
};

bool any_negation(const std::vector<ConditionPtr>& operands) {
  for (const ConditionPtr& operand : operands) {
    if (has_negation(*operand)) return true;
  }
  return false;
}

}  // namespace

Result<ConditionPtr> parse_condition(const MappedText& text, DiagnosticSink& sink) {
  ConditionPtr condition = Parser(text, sink).condition();
  if (!condition) return already_reported();
  return condition;
}

bool selects(std::string_view pattern, std::string_view name) {
  if (name.starts_with('_') && !pattern.starts_with('_')) return false;
  return glob(pattern, name);
}

bool has_negation(const Condition& condition) {
  if (std::holds_alternative<ast::Negation>(condition.node)) return true;
  if (const auto* all = std::get_if<ast::Conjunction>(&condition.node)) return any_negation(all->operands);
  if (const auto* any = std::get_if<ast::Disjunction>(&condition.node)) return any_negation(any->operands);
  return false;
}

namespace ast {

std::string dump(const Condition& condition) { return std::visit(Dumper{}, condition.node); }

}  // namespace ast

}  // namespace hecate::sigma
