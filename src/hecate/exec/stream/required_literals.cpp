#include "exec/stream/required_literals.h"

#include <algorithm>

#include "base/text.h"

namespace hecate::stream {
namespace {

constexpr size_t kShortest = 3;
constexpr size_t kMostLiterals = 64;
constexpr int kDeepest = 50;

/// Literals of which one is required. Empty: nothing is known.
using Required = std::vector<std::string>;

/// How much a literal tells: the longer the more; a short one tells something only where it is seldom found.
size_t strength(std::string_view literal) {
  if (literal.size() >= kShortest) return literal.size();
  constexpr std::string_view kRare = "`^~${}|<>[]#@!;*+?";
  return literal.find_first_of(kRare) == std::string_view::npos ? 0 : 1;
}

/// Of the weakest.
size_t strength(const Required& required) {
  size_t least = required.empty() ? 0 : SIZE_MAX;
  for (const std::string& literal : required) least = std::min(least, strength(literal));
  return least;
}

/// A walk over a pattern. Anything that it does not know makes it give up as a whole.
class PatternWalk {
 public:
  explicit PatternWalk(std::string_view pattern) : pattern_(pattern) {}

  std::optional<Required> run() {
    Required required = alternatives(0);
    if (gave_up_ || at_ != pattern_.size() || required.empty()) return std::nullopt;
    return required;
  }

 private:
  [[nodiscard]] bool done() const { return gave_up_ || at_ >= pattern_.size(); }
  [[nodiscard]] char peek() const { return pattern_[at_]; }

  Required alternatives(int depth) {
    if (depth > kDeepest) gave_up_ = true;
    Required all = sequence(depth);
    bool known = !all.empty();
    while (!done() && peek() == '|') {
      ++at_;
      Required other = sequence(depth);
      known = known && !other.empty();
      all.insert(all.end(), other.begin(), other.end());
    }
    return known && all.size() <= kMostLiterals ? all : Required{};
  }

  Required sequence(int depth) {
    Required best;
    std::string run;
    const auto consider = [&](Required candidate) {
      if (strength(candidate) > strength(best)) best = std::move(candidate);
    };
    const auto flush = [&] {
      consider({run});
      run.clear();
    };
    while (!done() && peek() != '|' && peek() != ')') {
      if (peek() == '(') {
        flush();
        Required inner = group(depth);
        if (quantifier().least > 0) consider(std::move(inner));
        continue;
      }
      const std::optional<char> literal = one();
      const Quantifier count = quantifier();
      if (literal && count.least > 0) run += ascii_lower(*literal);
      if (!literal || !count.once) flush();
    }
    flush();
    return best;
  }

  /// A group behind its `(`. Lookarounds and conditions require nothing of the text here.
  Required group(int depth) {
    ++at_;
    bool counts = true;
    if (!done() && peek() == '?') {
      ++at_;
      counts = group_kind();
      if (gave_up_) return {};
      if (flags_only_) {
        flags_only_ = false;
        return {};
      }
    } else if (!done() && peek() == '*') {
      gave_up_ = true;  // a verb
    }
    Required inner = alternatives(depth + 1);
    if (done()) gave_up_ = true;
    if (!gave_up_) ++at_;
    return counts ? inner : Required{};
  }

  /// Behind `(?`. False where the group's text is not part of what is matched.
  bool group_kind() {
    if (done()) return give_up();
    const char c = peek();
    if (c == ':' || c == '>') return ++at_, true;
    if (c == '=' || c == '!') return ++at_, false;
    if (c == '<' || c == 'P') return named_or_behind();
    while (!done() && (peek() == 'i' || peek() == 's' || peek() == 'm' || peek() == '-')) ++at_;
    if (done()) return give_up();
    if (peek() == ')') return ++at_, flags_only_ = true;
    if (peek() == ':') return ++at_, true;
    return give_up();
  }

  bool named_or_behind() {
    if (peek() == 'P') ++at_;
    if (done() || peek() != '<') return give_up();
    ++at_;
    if (!done() && (peek() == '=' || peek() == '!')) return ++at_, false;
    const size_t end = pattern_.find('>', at_);
    if (end == std::string_view::npos) return give_up();
    at_ = end + 1;
    return true;
  }

  /// One character's worth of pattern: its literal, or nothing where it stands for several.
  std::optional<char> one() {
    const char c = pattern_[at_++];
    if (c == '\\') return escape();
    if (c == '[') return skip_class(), std::nullopt;
    if (c == '.' || c == '^' || c == '$') return std::nullopt;
    if (c == '*' || c == '+' || c == '?' || static_cast<unsigned char>(c) >= 0x80) return give_up(), std::nullopt;
    return c;
  }

  std::optional<char> escape() {
    constexpr std::string_view kClasses = "dDwWsShHvVbBAzZGR";
    if (done()) return give_up(), std::nullopt;
    const char c = pattern_[at_++];
    if (!is_ascii_alnum(c)) {
      if (static_cast<unsigned char>(c) >= 0x80) give_up();
      return c;
    }
    if (c == 't') return '\t';
    if (c == 'n') return '\n';
    if (c == 'r') return '\r';
    if (kClasses.find(c) == std::string_view::npos) give_up();
    return std::nullopt;
  }

  void skip_class() {
    if (!done() && peek() == '^') ++at_;
    if (!done() && peek() == ']') ++at_;
    while (!done() && peek() != ']') {
      if (peek() == '[') return void(give_up());  // a POSIX class, perhaps
      if (peek() == '\\') {
        ++at_;
        if (!done() && (peek() == 'Q' || peek() == 'E' || peek() == 'p' || peek() == 'P')) return void(give_up());
      }
      ++at_;
    }
    if (done()) return void(give_up());
    ++at_;
  }

  struct Quantifier {
    unsigned least = 1;
    bool once = true;
  };

  Quantifier quantifier() {
    Quantifier result;
    if (done()) return result;
    const char c = peek();
    if (c == '*' || c == '?') result = {0, false};
    if (c == '+') result = {1, false};
    if (c == '*' || c == '?' || c == '+') {
      ++at_;
    } else if (c == '{') {
      result = {counted() ? 1U : 0U, false};
    } else {
      return result;
    }
    if (!done() && (peek() == '?' || peek() == '+')) ++at_;  // lazy or possessive
    return result;
  }

  /// `{2,5}`: whether at least one is wanted. A brace that counts nothing is a literal to PCRE2.
  bool counted() {
    const size_t close = pattern_.find('}', at_);
    const std::string_view inside = close == std::string_view::npos ? "" : pattern_.substr(at_ + 1, close - at_ - 1);
    const bool counts = !inside.empty() && is_ascii_digit(inside[0]) &&
                        inside.find_first_not_of("0123456789,") == std::string_view::npos;
    if (!counts) return give_up();
    at_ = close + 1;
    return inside.find_first_not_of('0') != std::string_view::npos && inside[inside.find_first_not_of('0')] != ',';
  }

  bool give_up() {
    gave_up_ = true;
    at_ = pattern_.size();
    return false;
  }

  std::string_view pattern_;
  size_t at_ = 0;
  bool gave_up_ = false;
  bool flags_only_ = false;
};

}  // namespace

std::optional<std::vector<std::string>> required_by_regex(std::string_view pattern) {
  return PatternWalk(pattern).run();
}

std::string required_by_glob(std::string_view glob) {
  std::string best;
  std::string run;
  const auto flush = [&] {
    if (run.size() > best.size()) best = run;
    run.clear();
  };
  for (size_t at = 0; at < glob.size(); ++at) {
    if (glob[at] == '*' || glob[at] == '?') {
      flush();
    } else {
      if (glob[at] == '\\' && at + 1 < glob.size()) ++at;
      run += glob[at];
    }
  }
  flush();
  return best;
}

}  // namespace hecate::stream
