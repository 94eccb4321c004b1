#include "base/kusto_regex.h"

#include <algorithm>
#include <array>
#include <vector>

namespace hecate {
namespace {

/// Whether what a part of the expression begins or ends with is a character of a word.
enum class Side { Word, Other, Unknown };

Side both(Side left, Side right) { return left == right ? left : Side::Unknown; }

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

/// The length of a class from its `[`; of an unclosed one all that is left.
size_t class_length(std::string_view text) {
  size_t at = text.starts_with("[^") ? 2 : 1;
  if (at < text.size() && text[at] == ']') ++at;
  for (; at < text.size() && text[at] != ']'; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '[' && at + 1 < text.size() && text[at + 1] == ':') {
      const size_t end = text.find(":]", at);
      if (end == std::string_view::npos) return text.size();
      at = end + 1;
    }
  }
  return std::min(at + 1, text.size());
}

/// `[\w…]`, `[a-z0-9]`: only characters of words; anything else is not decided.
Side class_side(std::string_view body) {
  if (body.size() < 2 || body[1] == '^') return Side::Unknown;
  for (size_t at = 1; at + 1 < body.size(); ++at) {
    const bool range = body[at] == '-' && at > 1 && is_word(body[at - 1]) && is_word(body[at + 1]);
    if (is_word(body[at]) || range) continue;
    if (body[at] != '\\' || (body[at + 1] != 'w' && body[at + 1] != 'd')) return Side::Unknown;
    ++at;
  }
  return Side::Word;
}

struct Atom {
  size_t length;
  Side side;
};

/// A character, an escape or a class; groups, alternatives and repetitions are the callers'.
Atom atom_of(std::string_view rest) {
  if (rest[0] == '[') {
    const size_t length = class_length(rest);
    return {length, class_side(rest.substr(0, length))};
  }
  if (rest[0] != '\\' || rest.size() == 1) {
    const bool open = rest[0] == '.' || static_cast<unsigned char>(rest[0]) >= 0x80;
    return {1, open ? Side::Unknown : is_word(rest[0]) ? Side::Word : Side::Other};
  }
  const char escaped = rest[1];
  if (escaped == 'w' || escaped == 'd') return {2, Side::Word};
  if (escaped == 'W' || escaped == 's' || !is_word(escaped)) return {2, Side::Other};
  return {2, Side::Unknown};
}

bool may_be_absent(std::string_view repetition) {
  return repetition.starts_with('?') || repetition.starts_with('*') || repetition.starts_with("{0") ||
         repetition.starts_with("{,");
}

/// The length of what opens a group: `(`, `(?:`, `(?i:`, `(?P<name>`; of flags alone, `(?i)`, all of it.
size_t opening_length(std::string_view rest) {
  if (!rest.starts_with("(?")) return 1;
  const size_t end = rest.starts_with("(?<") || rest.starts_with("(?P<") ? rest.find('>') : rest.find_first_of(":)");
  return end == std::string_view::npos ? rest.size() : end + 1;
}

/// What follows at a place: the first character of each alternative.
class Following {
 public:
  explicit Following(std::string_view rest) : rest_(rest) {}

  Side run() { return alternative(0); }

 private:
  static constexpr int kDeepest = 50;

  Side alternative(int depth) {
    while (at_ < rest_.size() && rest_[at_] == '(') {
      const size_t opening = opening_length(rest_.substr(at_));
      const bool flags = rest_.substr(at_, opening).ends_with(')');
      at_ += opening;
      if (!flags) return depth == kDeepest ? Side::Unknown : group(depth + 1);
    }
    if (at_ >= rest_.size()) return Side::Other;
    if (rest_[at_] == '$') return Side::Other;
    if (rest_[at_] == ')' || rest_[at_] == '|' || rest_[at_] == '^') return Side::Unknown;
    const Atom atom = atom_of(rest_.substr(at_));
    at_ += atom.length;
    return may_be_absent(rest_.substr(at_)) ? Side::Unknown : atom.side;
  }

  /// All alternatives of the group that is open, and what may stand in for it where it may be absent.
  Side group(int depth) {
    Side side = alternative(depth);
    while (skip_to_end_of_alternative()) side = both(side, alternative(depth));
    return may_be_absent(rest_.substr(std::min(at_, rest_.size()))) ? Side::Unknown : side;
  }

  /// To behind the `|` that ends it, or behind the `)`: then there is none left.
  bool skip_to_end_of_alternative() {
    for (int depth = 0; at_ < rest_.size();) {
      const char c = rest_[at_];
      if (depth == 0 && (c == '|' || c == ')')) {
        ++at_;
        return c == '|';
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      at_ += c == '[' || c == '\\' ? atom_of(rest_.substr(at_)).length : 1;
    }
    return false;
  }

  std::string_view rest_;
  size_t at_ = 0;
};

struct Boundary {
  std::string_view spelling;
  bool start;
};

constexpr std::array<Boundary, 4> kBoundaries{
    {{"\\<", true}, {"\\>", false}, {"\\b{start}", true}, {"\\b{end}", false}}};

/// Goes through the expression once and keeps what each open group may end with.
class Translator {
 public:
  explicit Translator(std::string_view source) : source_(source) {}

  KustoRegex run() {
    groups_.push_back({});
    while (at_ < source_.size()) step();
    return std::move(out_);
  }

 private:
  struct Group {
    std::vector<Side> ends;  ///< of the alternatives before this one
  };

  void copy(size_t length) {
    out_.pattern += source_.substr(at_, length);
    at_ += length;
  }

  void step() {
    const std::string_view rest = source_.substr(at_);
    if (rest[0] == '(') return open(rest);
    if (rest[0] == ')' && groups_.size() > 1) return close();
    if (rest[0] == '|') {
      groups_.back().ends.push_back(before_);
      before_ = Side::Unknown;
      return copy(1);
    }
    if (std::string_view("?*+{").find(rest[0]) != std::string_view::npos) {
      if (may_be_absent(rest)) before_ = Side::Unknown;
      return copy(rest[0] == '{' ? std::min(rest.find('}'), rest.size() - 1) + 1 : 1);
    }
    const auto* boundary = std::find_if(kBoundaries.begin(), kBoundaries.end(),
                                        [&](const Boundary& each) { return rest.starts_with(each.spelling); });
    if (boundary != kBoundaries.end()) return bound(*boundary);
    if (rest.starts_with("\\b{") || rest.starts_with("\\B{")) out_.unsupported = rest.substr(0, 2);
    if (rest[0] == '$') return copy(1);
    const Atom atom = atom_of(rest);
    before_ = atom.side;
    copy(atom.length);
  }

  void open(std::string_view rest) {
    const size_t length = opening_length(rest);
    const bool flags = rest.substr(0, length).ends_with(')');
    if (!flags) groups_.push_back({});
    if (rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!') {
      out_.pattern += "(?P<";
      at_ += 3;
      return copy(length - 3);
    }
    copy(length);
  }

  void close() {
    Side side = before_;
    for (const Side end : groups_.back().ends) side = both(side, end);
    groups_.pop_back();
    before_ = side;
    copy(1);
  }

  void bound(const Boundary& boundary) {
    const std::string_view spelling = source_.substr(at_, boundary.spelling.size());
    at_ += spelling.size();
    const Side side = boundary.start ? Following(source_.substr(at_)).run() : before_;
    if (side == Side::Unknown) out_.unsupported = spelling;
    out_.pattern += side == Side::Other ? "[^\\x00-\\x{10FFFF}]" : "\\b";
    out_.angle_boundary |= spelling.size() == 2;
  }

  std::string_view source_;
  size_t at_ = 0;
  std::vector<Group> groups_;
  Side before_ = Side::Other;  ///< the start of the text is not a word
  KustoRegex out_;
};

}  // namespace

KustoRegex kusto_regex(std::string_view pattern) { return Translator(pattern).run(); }

std::string re2_pattern(std::string_view pattern) { return kusto_regex(pattern).pattern; }

}  // namespace hecate
