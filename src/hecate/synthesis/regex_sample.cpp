#include "synthesis/regex_sample.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace hecate::synthesis {
namespace {

// Repetitions of repetitions may ask for any length.
constexpr size_t kLongest = size_t{64} << 10;

bool is_word(char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// What stands for any character, in the order of preference.
std::string printable() {
  std::string result = "ax1A9_";
  for (char c = ' '; c < 0x7F; ++c) {
    if (result.find(c) == std::string::npos) result += c;
  }
  return result + "\t\n";
}

std::string of_class(char name) {
  std::string result;
  for (const char c : printable()) {
    const bool digit = c >= '0' && c <= '9';
    const bool space = c == ' ' || c == '\t' || c == '\n';
    const bool in = (name | 0x20) == 'd' ? digit : (name | 0x20) == 'w' ? is_word(c) : space;
    if (in == (name >= 'a')) result += c;
  }
  return result;
}

class Sampler {
 public:
  Sampler(std::string_view pattern, const std::function<size_t(size_t)>& choose) : pattern_(pattern), choose_(choose) {}

  std::optional<Sample> run() {
    Sample sample;
    sample.text = alternatives(sample, 0);
    if (!known_ || at_ != pattern_.size()) return std::nullopt;
    return sample;
  }

 private:
  [[nodiscard]] bool more() const { return known_ && at_ < pattern_.size(); }
  [[nodiscard]] bool next(std::string_view text) {
    if (!pattern_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  std::string unknown() {
    known_ = false;
    return {};
  }

  std::string alternatives(Sample& sample, int depth) {
    if (depth > 50) return unknown();
    std::vector<std::pair<std::string, Sample>> all;
    do {
      Sample own;
      std::string text = sequence(own, depth);
      all.emplace_back(std::move(text), own);
    } while (known_ && next("|"));
    auto& [text, own] = all[choose_(all.size())];
    sample.at_begin |= own.at_begin;
    sample.at_end |= own.at_end;
    return text;
  }

  std::string sequence(Sample& sample, int depth) {
    std::string text;
    while (more() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      if (next("^")) {
        sample.at_begin = true;
      } else if (next("$")) {
        sample.at_end = true;
      } else {
        const size_t begin = at_;
        std::string one = atom(sample, depth);
        for (size_t i = repetitions(); i > 0 && known_; --i) {
          text += one;
          if (text.size() > kLongest) return unknown();
          // Another one of a class or group need not be the same.
          if (i > 1) {
            const size_t end = at_;
            at_ = begin;
            one = atom(sample, depth);
            at_ = end;
          }
        }
      }
    }
    return text;
  }

  std::string atom(Sample& sample, int depth) {
    const char c = pattern_[at_++];
    if (c == '(') return group(sample, depth);
    if (c == '[') return one_of(bracket());
    if (c == '\\') return escape(sample);
    if (c == '.') return one_of(printable().substr(0, 20));
    if (c == '*' || c == '+' || c == '?') return unknown();
    return {c};
  }

  std::string one_of(const std::string& set) {
    if (set.empty()) return unknown();
    return {set[choose_(set.size())]};
  }

  std::string group(Sample& sample, int depth) {
    bool zero_width = false;
    if (next("?")) {
      if (next(":") || next(">")) {
      } else if (next("=") || next("!") || next("<=") || next("<!")) {
        zero_width = true;
      } else if (next("P<") || next("<")) {
        at_ = std::min(pattern_.find('>', at_), pattern_.size() - 1) + 1;
      } else {
        while (more() && pattern_[at_] != ')' && pattern_[at_] != ':') ++at_;
        if (next(")")) return {};
        ++at_;
      }
    }
    Sample ignored;
    std::string text = alternatives(zero_width ? ignored : sample, depth + 1);
    if (!next(")")) return unknown();
    return zero_width ? std::string() : text;
  }

  std::string escape(Sample& sample) {
    if (!more()) return unknown();
    const char c = pattern_[at_++];
    if (std::string_view("dDwWsS").find(c) != std::string_view::npos) return one_of(of_class(c));
    if (c == 'b' || c == 'B') return {};
    if (c == 'A' || c == 'Z' || c == 'z') {
      (c == 'A' ? sample.at_begin : sample.at_end) = true;
      return {};
    }
    return one_of(escaped_set(c));
  }

  std::string escaped_set(char c) {
    if (std::string_view("dDwWsS").find(c) != std::string_view::npos) return of_class(c);
    if (c == 't') return "\t";
    if (c == 'n') return "\n";
    if (c == 'r') return "\r";
    if (c == 'x' && at_ + 2 <= pattern_.size()) {
      unsigned value = 0;
      std::from_chars(pattern_.data() + at_, pattern_.data() + at_ + 2, value, 16);
      at_ += 2;
      return value > 0 && value < 0x80 ? std::string(1, static_cast<char>(value)) : std::string();
    }
    if (is_word(c)) known_ = false;
    return {c};
  }

  std::string bracket() {
    const bool negated = next("^");
    std::string set;
    for (bool first = true; more() && (first || pattern_[at_] != ']'); first = false) {
      const char c = pattern_[at_++];
      std::string part = c == '\\' && more() ? escaped_set(pattern_[at_++]) : std::string(1, c);
      const bool range =
          part.size() == 1 && at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']';
      if (range) {
        ++at_;
        char end = pattern_[at_++];
        if (end == '\\' && more()) {
          const std::string last = escaped_set(pattern_[at_++]);
          if (last.size() != 1) return unknown();
          end = last.front();
        }
        const char begin = part.front();
        part.clear();
        for (int k = begin; k <= end; ++k) part += static_cast<char>(k);
      }
      set += part;
    }
    if (!next("]")) known_ = false;
    if (!negated) return set;
    std::string rest;
    for (const char c : printable()) {
      if (set.find(c) == std::string::npos) rest += c;
    }
    return rest;
  }

  size_t repetitions() {
    size_t least = 1, most = 1;
    if (next("*")) {
      least = 0, most = 2;
    } else if (next("+")) {
      most = 3;
    } else if (next("?")) {
      least = 0;
    } else if (more() && pattern_[at_] == '{' && at_ + 1 < pattern_.size() && std::isdigit(pattern_[at_ + 1]) != 0) {
      const char* end = pattern_.data() + pattern_.size();
      const char* p = std::from_chars(pattern_.data() + at_ + 1, end, least).ptr;
      most = least;
      if (p < end && *p == ',') {
        most = least + 2;
        p = std::from_chars(p + 1, end, most).ptr;
      }
      at_ = static_cast<size_t>(p - pattern_.data());
      if (!next("}")) known_ = false;
      if (least > 5000) known_ = false;
      most = std::min(most, least + 2);
    } else {
      return 1;
    }
    if (!next("?")) (void)next("+");
    return least + choose_(most - least + 1);
  }

  std::string_view pattern_;
  const std::function<size_t(size_t)>& choose_;
  size_t at_ = 0;
  bool known_ = true;
};

}  // namespace

std::optional<Sample> sample_of(std::string_view pattern, const std::function<size_t(size_t)>& choose) {
  return Sampler(pattern, choose).run();
}

}  // namespace hecate::synthesis
