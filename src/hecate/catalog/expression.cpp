#include "catalog/expression.h"

#include <fmt/format.h>

#include "base/depth_guard.h"
#include "base/json_text.h"
#include "base/text.h"
#include "catalog/codes.h"

namespace hecate::catalog {
namespace {

bool ends_name(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '(' || c == ')' || c == '"' || c == '\'';
}

class Parser {
 public:
  Parser(const MappedText& text, DiagnosticSink& sink) : mapped_(text), text_(text.view()), sink_(sink) {}

  Result<Expression> whole() {
    Result<Expression> result = expression();
    if (!result) return result;
    skip_blanks();
    if (at_ < text_.size())
      return fail(at_, at_ + 1, fmt::format("nothing may follow the expression, but `{}` does", text_.substr(at_, 1)));
    return result;
  }

 private:
  Result<Expression> expression() {
    const DepthGuard guard(depth_);
    if (guard.exceeded()) {
      sink_.report(kTooDeep, mapped_.span(at_, at_ + 1), "this expression is nested too deeply");
      return already_reported();
    }
    skip_blanks();
    if (at_ >= text_.size()) return fail(at_, at_, "an expression is missing at the end");
    const char c = text_[at_];
    if (c == '"' || c == '\'') return string(c);
    if (is_ascii_digit(c) || (c == '-' && at_ + 1 < text_.size() && is_ascii_digit(text_[at_ + 1]))) return number();
    return name_or_call();
  }

  Result<Expression> string(char quote) {
    const size_t begin = at_++;
    Expression result{Expression::Kind::Text, {}, {}, {}};
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      result.text += text_[at_++];
    }
    if (at_ >= text_.size()) return fail(begin, begin + 1, "this string is not closed");
    ++at_;
    result.span = mapped_.span(begin, at_);
    return result;
  }

  Result<Expression> number() {
    const size_t begin = at_++;
    while (at_ < text_.size() && (is_ascii_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    if (at_ < text_.size() && !ends_name(text_[at_]))
      return fail(begin, at_ + 1, "this is neither a number nor a name", "names do not begin with a digit");
    return Expression{
        Expression::Kind::Number, std::string(text_.substr(begin, at_ - begin)), {}, mapped_.span(begin, at_)};
  }

  Result<Expression> name_or_call() {
    const size_t begin = at_;
    while (at_ < text_.size() && !ends_name(text_[at_])) ++at_;
    if (at_ == begin)
      return fail(at_, at_ + 1, fmt::format("an expression cannot begin with `{}`", text_.substr(at_, 1)));
    Expression result{
        Expression::Kind::Name, std::string(text_.substr(begin, at_ - begin)), {}, mapped_.span(begin, at_)};
    const size_t name_end = at_;
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '(') {
      at_ = name_end;
      return result;
    }
    result.kind = Expression::Kind::Call;
    const size_t open = at_++;
    if (!arguments(result, open)) return already_reported();
    return result;
  }

  bool arguments(Expression& call, size_t open) {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == ')') return ++at_, true;
    while (true) {
      Result<Expression> argument = expression();
      if (!argument) return false;
      call.arguments.push_back(std::move(*argument));
      skip_blanks();
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      if (c == ')') return ++at_, true;
      if (c != ',') {
        if (at_ >= text_.size()) return fail(open, open + 1, "this parenthesis is not closed").ok();
        return fail(at_, at_ + 1, fmt::format("`,` or `)` is expected here, not `{}`", text_.substr(at_, 1))).ok();
      }
      ++at_;
    }
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  Result<Expression> fail(size_t begin, size_t end, std::string message, std::string hint = {}) {
    sink_.report(kExpression, mapped_.span(begin, std::min(end, text_.size())), std::move(message), std::move(hint));
    return already_reported();
  }

  const MappedText& mapped_;
  std::string_view text_;
  DiagnosticSink& sink_;
  size_t at_ = 0;
  int depth_ = 0;
};

void write(const Expression& expression, std::string& out) {
  switch (expression.kind) {
    case Expression::Kind::Name:
    case Expression::Kind::Number: out += expression.text; return;
    case Expression::Kind::Text: append_json_quoted(expression.text, out); return;
    case Expression::Kind::Call: break;
  }
  out += expression.text + '(';
  for (size_t i = 0; i < expression.arguments.size(); ++i) {
    if (i > 0) out += ", ";
    write(expression.arguments[i], out);
  }
  out += ')';
}

}  // namespace

Result<Expression> parse_expression(const MappedText& text, DiagnosticSink& sink) { return Parser(text, sink).whole(); }

std::string to_string(const Expression& expression) {
  std::string result;
  write(expression, result);
  return result;
}

}  // namespace hecate::catalog
