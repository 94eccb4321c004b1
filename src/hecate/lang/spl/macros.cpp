#include "lang/spl/macros.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "lang/spl/codes.h"

namespace hecate::spl {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;  // of text read in all expansions of one search
constexpr size_t kBytesPerCall = 64;            // so that empty macros count as well
constexpr size_t kDeepest = 32;

/// The end of a quoted string that begins at `at`: after its closing quote, or the end of the text.
size_t after_quoted(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

struct CallText {
  std::string_view name;
  std::vector<std::pair<size_t, size_t>> arguments;  // ranges, quotes and blanks taken off
};

std::pair<size_t, size_t> trimmed(std::string_view text, size_t begin, size_t end) {
  const auto blank = [&](size_t at) {
    return text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r';
  };
  while (begin < end && blank(begin)) ++begin;
  while (end > begin && blank(end - 1)) --end;
  if (end - begin >= 2 && text[begin] == '"' && text[end - 1] == '"') return {begin + 1, end - 1};
  return {begin, end};
}

/// call := name [ "(" [ argument { "," argument } ] ")" ]
CallText read_call(std::string_view text, size_t begin, size_t end) {
  CallText call;
  const size_t open = std::min(text.find('(', begin), end);
  call.name = trim(text.substr(begin, open - begin));
  if (open == end) return call;
  size_t close = end;
  while (close > open + 1 && text[close - 1] != ')') --close;
  const size_t last = close > open + 1 ? close - 1 : end;
  int depth = 0;
  size_t start = open + 1;
  for (size_t at = start; at < last; ++at) {
    if (text[at] == '"') {
      at = std::min(after_quoted(text, at), last) - 1;
    } else if (text[at] == '(') {
      ++depth;
    } else if (text[at] == ')') {
      --depth;
    } else if (text[at] == ',' && depth == 0) {
      call.arguments.push_back(trimmed(text, start, at));
      start = at + 1;
    }
  }
  if (!call.arguments.empty() || !trim(text.substr(start, last - start)).empty()) {
    call.arguments.push_back(trimmed(text, start, last));
  }
  return call;
}

class Expander {
 public:
  Expander(const MacroTable& macros, DiagnosticSink& sink) : macros_(macros), sink_(sink) {}

  Result<Expanded> run(const MappedText& search) {
    Expanded out;
    expand(search, out);
    if (failed_) return already_reported();
    return out;
  }

 private:
  void fail(const DiagnosticCode& code, Span span, std::string message, std::string hint = {}) {
    Diagnostic diagnostic{&code, std::move(message), {span, {}}, {}, std::move(hint)};
    for (const auto& [name, call] : stack_)
      diagnostic.secondary.push_back({call, fmt::format("in the expansion of `{}`", name)});
    sink_.report(std::move(diagnostic));
    failed_ = true;
  }

  bool afford(size_t bytes, Span span) {
    read_ += bytes + kBytesPerCall;
    if (read_ <= kMostBytes) return true;
    if (!exhausted_) fail(kMacroLimit, span, "macros expand to too much text");
    exhausted_ = true;
    return false;
  }

  void expand(const MappedText& text, Expanded& out) {
    if (!afford(text.size(), text.span(0, text.size()))) return;
    const std::string_view view = text.view();
    size_t copied = 0;
    for (size_t at = 0; at < view.size();) {
      if (view[at] == '"') {
        at = after_quoted(view, at);
      } else if (view[at] == '\\') {
        at += 2;
      } else if (view[at] == '`') {
        out.text.append(text, copied, at);
        at = view.substr(at, 3) == "```" ? skip_comment(text, at) : expand_call(text, at, out);
        copied = at;
      } else {
        ++at;
      }
    }
    out.text.append(text, copied, view.size());
  }

  size_t skip_comment(const MappedText& text, size_t at) {
    const size_t end = text.view().find("```", at + 3);
    if (end != std::string_view::npos) return end + 3;
    fail(kUnclosedBacktick, text.span(at, at + 3), "this comment is never closed", "close it with ```");
    return text.size();
  }

  /// Expands the call whose opening backtick is at `at`; returns where to go on.
  size_t expand_call(const MappedText& text, size_t at, Expanded& out) {
    const std::string_view view = text.view();
    size_t end = at + 1;
    while (end < view.size() && view[end] != '`') end = view[end] == '"' ? after_quoted(view, end) : end + 1;
    if (end >= view.size()) {
      fail(kUnclosedBacktick, text.span(at, at + 1), "this macro call is never closed", "close it with a backtick");
      return view.size();
    }
    const CallText call = read_call(view, at + 1, end);
    const Span span = text.span(at, end + 1);
    const Macro* macro = macros_.find(call.name, call.arguments.size());
    if (macro == nullptr) {
      unknown(call, text.span(at + 1, end));
    } else if (enter(*macro, span)) {
      const auto begin = static_cast<uint32_t>(out.text.size());
      const size_t index = out.uses.size();
      out.uses.push_back({{begin, begin}, span, macro->name});
      expand(substitute(*macro, call, text, span), out);
      out.uses[index].range.end = static_cast<uint32_t>(out.text.size());
      stack_.pop_back();
    }
    return end + 1;
  }

  bool enter(const Macro& macro, Span span) {
    const bool inside_itself =
        std::any_of(stack_.begin(), stack_.end(), [&](const auto& use) { return use.first == macro.name; });
    // A macro may call another of its own name with a different number of arguments, so only depth is an error then.
    if (stack_.size() >= kDeepest) {
      if (!exhausted_) {
        fail(kMacroLimit, span,
             inside_itself ? fmt::format("the macro `{}` uses itself", macro.name)
                           : fmt::format("macros are nested more than {} deep", kDeepest));
      }
      exhausted_ = true;
      return false;
    }
    if (exhausted_) return false;
    stack_.emplace_back(macro.name, span);
    return true;
  }

  MappedText substitute(const Macro& macro, const CallText& call, const MappedText& caller, Span span) {
    MappedText out;
    const std::string_view body = macro.definition.view();
    size_t copied = 0;
    for (size_t at = 0; at < body.size(); ++at) {
      if (body[at] != '$') continue;
      const size_t close = body.find('$', at + 1);
      if (close == std::string_view::npos) break;
      const auto named = std::find(macro.arguments.begin(), macro.arguments.end(), body.substr(at + 1, close - at - 1));
      if (named == macro.arguments.end()) continue;
      const auto [begin, end] = call.arguments[static_cast<size_t>(named - macro.arguments.begin())];
      if (!afford(end - begin, span)) return out;
      out.append(macro.definition, copied, at);
      out.append(caller, begin, end);
      at = close;
      copied = close + 1;
    }
    out.append(macro.definition, copied, body.size());
    return out;
  }

  void unknown(const CallText& call, Span span) {
    const std::vector<size_t> arities = macros_.arities(call.name);
    std::string hint;
    if (!arities.empty()) {
      hint = fmt::format("`{}` is defined with {} argument(s)", call.name, fmt::join(arities, " or "));
    } else {
      hint = did_you_mean(call.name, macros_.names());
    }
    const size_t count = call.arguments.size();
    fail(kUnknownMacro, span,
         count == 0 ? fmt::format("unknown macro `{}`", call.name)
                    : fmt::format("unknown macro `{}` with {} argument(s)", call.name, count),
         std::move(hint));
  }

  const MacroTable& macros_;
  DiagnosticSink& sink_;
  std::vector<std::pair<std::string, Span>> stack_;
  size_t read_ = 0;
  bool failed_ = false;
  bool exhausted_ = false;
};

}  // namespace

Result<Expanded> expand(const MappedText& search, const MacroTable& macros, DiagnosticSink& sink) {
  return Expander(macros, sink).run(search);
}

}  // namespace hecate::spl
