#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

#include "base/json_text.h"
#include "exec/functions/kql_support.h"

// What parse, parse-where and parse-kv are lowered to.
namespace hecate::kql_support {
namespace {

/// Whether a captured text can be converted to the type that its column declares.
bool converts(std::string_view text, std::string_view type) {
  if (type == "long" || type == "int") return to_long(text).has_value();
  if (type == "real" || type == "decimal") return to_real(text).has_value();
  if (type == "datetime") return to_datetime(text).has_value();
  if (type == "timespan") return to_timespan(text).has_value();
  if (type == "bool")
    return text == "true" || text == "false" || text == "True" || text == "False" || text == "1" || text == "0";
  return true;
}

Value captured(const std::vector<std::string_view>& texts, EvalContext& c) {
  std::string out = "[";
  for (const std::string_view text : texts) {
    if (out.size() > 1) out += ',';
    append_json_quoted(text, out);
  }
  return dynamic_value(out + "]", c);
}

/// A column before a `*` takes what its type can hold, a text nothing.
size_t typed_length(std::string_view text, std::string_view type) {
  const bool real = type == "real" || type == "decimal";
  if (!real && type != "long" && type != "int") return 0;
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || (real && text[at] == '.'))) ++at;
  return at;
}

/// Texts follow each other, each at its first place behind the one before; without a `*` or a column between, at once.
/// The last text ends the subject (parse-operator, simple mode).
std::optional<std::vector<std::string_view>> match_simple(std::string_view subject, Arguments pieces) {
  std::vector<std::string_view> texts;
  size_t at = 0;
  size_t from = 0;        // where what is not yet captured begins
  std::string_view type;  // of the column that waits
  bool captures = false;  // a column waits for its end
  bool free = false;      // anything may stand before the next text
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::string_view piece = pieces[i].as_text();
    const std::string_view text = piece.substr(1);
    if (piece[0] == '*') {
      if (captures) {
        const size_t length = typed_length(subject.substr(from), type);
        texts.push_back(subject.substr(from, length));
        at = from + length;
        captures = false;
      }
      free = true;
    } else if (piece[0] == ':') {
      if (captures) texts.push_back({});
      captures = free = true;
      from = at;
      type = text;
    } else {
      size_t found = free ? subject.find(text, at) : subject.substr(at).starts_with(text) ? at : std::string_view::npos;
      const bool last = i + 1 == pieces.size();
      if (last && free && subject.size() >= at + text.size() && subject.ends_with(text))
        found = subject.size() - text.size();
      if (found == std::string_view::npos || (last && found + text.size() != subject.size())) return std::nullopt;
      if (captures) texts.push_back(subject.substr(from, found - from));
      captures = free = false;
      at = found + text.size();
    }
  }
  if (captures) texts.push_back(subject.substr(from));
  if (!free && at != subject.size()) return std::nullopt;
  return texts;
}

/// https://learn.microsoft.com/kusto/query/parse-operator: how the pieces become one regular expression.
std::string regex_of(Arguments pieces, std::string_view flags) {
  std::string pattern = flags.empty() ? "" : "(?" + std::string(flags) + ")";
  for (const Value& each : pieces) {
    const std::string_view piece = each.as_text();
    const std::string_view rest = piece.substr(1);
    if (piece[0] == '*') pattern += ".*?";
    if (piece[0] == '=') pattern += rest;
    if (piece[0] == ':') {
      const bool whole = rest == "long" || rest == "int";
      pattern += whole ? "(?P<hecate>-?\\d+)" : rest == "real" ? "(?P<hecate>-?\\d*\\.?\\d+)" : "(?P<hecate>.*)";
    }
  }
  return pattern;
}

struct ParseRegex {
  std::unique_ptr<RE2> regex;
  std::vector<int> groups;  // of the columns
};

/// A query's parse patterns are few: each thread keeps the last ones. Only a cache.
const ParseRegex* compiled(const std::string& pattern) {
  constexpr size_t kKept = 64;
  constexpr std::string_view kMark = "(?P<hecate>";
  thread_local std::unordered_map<std::string, ParseRegex> cache;
  const auto known = cache.find(pattern);
  if (known != cache.end()) return known->second.regex->ok() ? &known->second : nullptr;
  if (cache.size() >= kKept) cache.clear();
  // The columns' groups are named one after the other, so that groups of the user's own do not count.
  std::string named;
  int columns = 0;
  for (size_t at = 0; at < pattern.size();) {
    const size_t mark = pattern.find(kMark, at);
    named += pattern.substr(at, mark - at);
    if (mark == std::string::npos) break;
    named += "(?P<hecate" + std::to_string(columns++) + ">";
    at = mark + kMark.size();
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(int64_t{8} << 20);
  ParseRegex entry{std::make_unique<RE2>(named, options), {}};
  if (entry.regex->ok()) {
    const auto& names = entry.regex->NamedCapturingGroups();
    for (int i = 0; i < columns; ++i) entry.groups.push_back(names.at("hecate" + std::to_string(i)));
  }
  const auto& kept = cache.emplace(pattern, std::move(entry)).first->second;
  return kept.regex->ok() ? &kept : nullptr;
}

std::optional<std::vector<std::string_view>> match_regex(std::string_view subject, std::string_view flags,
                                                         Arguments pieces) {
  const ParseRegex* entry = compiled(regex_of(pieces, flags));
  if (entry == nullptr) return std::nullopt;
  std::vector<re2::StringPiece> groups(static_cast<size_t>(entry->regex->NumberOfCapturingGroups()) + 1);
  if (!entry->regex->Match({subject.data(), subject.size()}, 0, subject.size(), RE2::UNANCHORED, groups.data(),
                           static_cast<int>(groups.size())))
    return std::nullopt;
  std::vector<std::string_view> texts;
  for (const int group : entry->groups) {
    const re2::StringPiece& text = groups[static_cast<size_t>(group)];
    texts.push_back(text.data() == nullptr ? std::string_view() : std::string_view(text.data(), text.size()));
  }
  return texts;
}

/// (subject, kind, flags, pieces…): the columns' texts, or null where the subject does not match. A piece is `*`, `=`
/// and a text, or `:` and the type of a column.
Value parse(Arguments a, EvalContext& c) {
  const std::string_view subject = text_of(a[0], c);
  const std::string_view kind = a[1].as_text();
  const Arguments pieces = a.subspan(3);
  const auto is_piece = [](const Value& each) { return each.is_text() && !each.as_text().empty(); };
  if (!a[1].is_text() || !a[2].is_text() || !std::all_of(pieces.begin(), pieces.end(), is_piece)) return Value::null();
  auto texts = kind == "regex" ? match_regex(subject, a[2].as_text(), pieces) : match_simple(subject, pieces);
  if (!texts) return Value::null();
  if (kind == "simple") {
    size_t at = 0;
    for (const Value& each : pieces) {
      const std::string_view piece = each.as_text();
      if (piece[0] == ':' && !converts((*texts)[at++], piece.substr(1))) return Value::null();
    }
  }
  return captured(*texts, c);
}

/// Reads `key=value` pairs. Keys and values may stand in quotes; within them the escape takes the next character as it
/// is.
class PairReader {
 public:
  PairReader(std::string_view text, std::string_view quotes, std::string_view escape)
      : text_(text),
        open_(quotes.empty() ? '\0' : quotes[0]),
        close_(quotes.size() > 1 ? quotes[1] : open_),
        escape_(escape.empty() ? '\0' : escape[0]) {}

  /// Between pairs stands one text, between key and value another. Greedy: a value reaches to the delimiter before the
  /// next key.
  std::string read(std::string_view pairs, std::string_view between, bool greedy) {
    while (at_ < text_.size() && !pairs.empty() && !between.empty()) {
      while (text_.substr(at_).starts_with(pairs)) at_ += pairs.size();
      std::string key;
      if (!quoted(key)) {
        const size_t middle = text_.find(between, at_);
        if (middle == std::string_view::npos) break;
        std::string_view words = text_.substr(at_, middle - at_);
        // What stands before the last delimiter is no part of the key.
        if (const size_t last = words.rfind(pairs); last != std::string_view::npos)
          words.remove_prefix(last + pairs.size());
        key = trimmed(words);
        at_ = middle;
      }
      if (!text_.substr(at_).starts_with(between)) {
        at_ = next(pairs, at_);
        continue;
      }
      at_ += between.size();
      std::string value;
      if (!quoted(value)) {
        const size_t end = greedy ? greedy_end(pairs, between) : text_.find(pairs, at_);
        value = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
        at_ = std::min(text_.size(), end);
      }
      add(key, value);
    }
    return object_ + "}";
  }

  /// Anything that is no letter or digit may be a delimiter: a key is known by its name.
  std::string find(Arguments keys) {
    const auto word = [](char c) {
      return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
    };
    for (const Value& each : keys) {
      const std::string_view key = each.as_text();
      for (size_t found = text_.find(key); found != std::string_view::npos; found = text_.find(key, found + 1)) {
        at_ = found + key.size();
        if ((found > 0 && word(text_[found - 1])) || at_ >= text_.size() || word(text_[at_])) continue;
        while (at_ < text_.size() && !word(text_[at_]) && (open_ == '\0' || text_[at_] != open_)) ++at_;
        std::string value;
        if (!quoted(value)) {
          const size_t begin = at_;
          while (at_ < text_.size() && word(text_[at_])) ++at_;
          value = text_.substr(begin, at_ - begin);
        }
        add(std::string(key), value);
        break;
      }
    }
    return object_ + "}";
  }

 private:
  static std::string trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return std::string(text);
  }
  [[nodiscard]] size_t next(std::string_view pairs, size_t from) const {
    const size_t end = text_.find(pairs, from);
    return end == std::string_view::npos ? text_.size() : end + pairs.size();
  }
  [[nodiscard]] size_t greedy_end(std::string_view pairs, std::string_view between) const {
    const size_t key = text_.find(between, at_);
    if (key == std::string_view::npos) return key;
    const size_t cut = text_.rfind(pairs, key);
    return cut != std::string_view::npos && cut >= at_ ? cut : text_.find(pairs, at_);
  }
  bool quoted(std::string& out) {
    if (open_ == '\0' || at_ >= text_.size() || text_[at_] != open_) return false;
    for (++at_; at_ < text_.size() && text_[at_] != close_; ++at_) {
      if (escape_ != '\0' && text_[at_] == escape_ && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    at_ = std::min(at_ + 1, text_.size());
    return true;
  }
  void add(const std::string& key, std::string_view value) {
    if (key.empty()) return;
    if (object_.size() > 1) object_ += ',';
    append_json_quoted(key, object_);
    object_ += ':';
    append_json_quoted(value, object_);
  }

  std::string_view text_;
  char open_, close_, escape_;
  size_t at_ = 0;
  std::string object_ = "{";
};

/// (text, pair delimiter, key delimiter, quote, escape, greedy, keys…): an object of the pairs (parse-kv-operator).
/// Without delimiters the keys are looked for by their names.
Value parse_kv(Arguments a, EvalContext& c) {
  const auto is_text = [](const Value& each) { return each.is_text(); };
  if (!std::all_of(a.begin() + 1, a.end(), is_text)) return Value::null();
  PairReader reader(text_of(a[0], c), a[3].as_text(), a[4].as_text());
  const bool by_name = a[1].as_text().empty() && a[2].as_text().empty();
  const auto json = canonical_json(by_name ? reader.find(a.subspan(6))
                                           : reader.read(a[1].as_text(), a[2].as_text(), a[5].as_text() == "true"));
  return json ? Value::dynamic(c.arena.copy(*json)) : Value::null();
}

constexpr std::array kFunctions{
    Function{"kql.parse", 3, -1, true, &parse, "The texts that a pattern captures."},
    Function{"kql.parse_kv", 6, -1, true, &parse_kv, "The pairs of a text as an object."},
};

}  // namespace

std::span<const Function> capture_functions() { return kFunctions; }

}  // namespace hecate::kql_support
