#include "lang/sigma/python_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hecate::sigma {
namespace {

// Rules are small and pipelines are not hostile by trade, but both come from files.
constexpr uint32_t kMatchLimit = 1'000'000;

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  if (pcre2_get_error_message(error, buffer.data(), buffer.size()) < 0) return "it does not compile";
  std::string text;
  for (const PCRE2_UCHAR c : buffer) {
    if (c == 0) break;
    text += static_cast<char>(c);
  }
  return text;
}

struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

}  // namespace

struct PythonRegex::Code {
  pcre2_code* code = nullptr;
  explicit Code(pcre2_code* compiled) : code(compiled) {}
  ~Code() { pcre2_code_free(code); }
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
};

PythonRegex::PythonRegex(std::unique_ptr<Code> code) : code_(std::move(code)) {
  uint32_t count = 0;
  uint32_t size = 0;
  PCRE2_SPTR table = nullptr;
  uint32_t groups = 0;
  pcre2_pattern_info(code_->code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code_->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
  pcre2_pattern_info(code_->code, PCRE2_INFO_NAMETABLE, &table);
  pcre2_pattern_info(code_->code, PCRE2_INFO_CAPTURECOUNT, &groups);
  groups_ = groups;
  for (uint32_t i = 0; i < count; ++i) {
    const PCRE2_SPTR entry = table + static_cast<size_t>(i) * size;
    const size_t number = static_cast<size_t>(entry[0]) << 8 | entry[1];
    names_.emplace_back(reinterpret_cast<const char*>(entry + 2), number);
  }
  std::sort(names_.begin(), names_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
}

PythonRegex::~PythonRegex() = default;

std::shared_ptr<const PythonRegex> PythonRegex::compile(std::string_view pattern, Error& error) {
  int code = 0;
  PCRE2_SIZE offset = 0;
  const auto* bytes = reinterpret_cast<PCRE2_SPTR>(pattern.data());
  pcre2_code* compiled =
      pcre2_compile(bytes, pattern.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &code, &offset, nullptr);
  if (compiled == nullptr) {
    error = {message_of(code), offset};
    return nullptr;
  }
  // The constructor is private: make_shared cannot reach it.
  return std::shared_ptr<const PythonRegex>(new PythonRegex(std::make_unique<Code>(compiled)));
}

std::optional<PythonRegex::Match> PythonRegex::search(std::string_view text, size_t from, uint32_t options,
                                                      bool& limited) const {
  const std::unique_ptr<pcre2_match_data, FreeMatchData> data(
      pcre2_match_data_create_from_pattern(code_->code, nullptr));
  const std::unique_ptr<pcre2_match_context, FreeContext> context(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(context.get(), kMatchLimit);
  const int result = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, options,
                                 data.get(), context.get());
  if (result < 0) {
    limited = limited || result != PCRE2_ERROR_NOMATCH;
    return std::nullopt;
  }
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data.get());
  Match match;
  for (size_t i = 0; i <= groups_; ++i) {
    const PCRE2_SIZE begin = offsets[2 * i];
    const PCRE2_SIZE end = offsets[2 * i + 1];
    const bool set = begin != PCRE2_UNSET && i < static_cast<size_t>(result) && end >= begin;
    match.groups.push_back(set ? std::optional(std::string(text.substr(begin, end - begin))) : std::nullopt);
  }
  match.begin = offsets[0];
  match.end = std::max(offsets[0], offsets[1]);
  return match;
}

std::optional<PythonRegex::Match> PythonRegex::match(std::string_view text) const {
  bool limited = false;
  return search(text, 0, PCRE2_ANCHORED, limited);
}

std::vector<PythonRegex::Match> PythonRegex::find_all(std::string_view text, bool& limited) const {
  std::vector<Match> result;
  size_t from = 0;
  uint32_t options = 0;
  while (from <= text.size()) {
    std::optional<Match> found = search(text, from, options, limited);
    if (limited) break;
    if (!found) {
      // After an empty match only one that is not empty may begin at the same place; then one step further.
      if (options == 0) break;
      options = 0;
      ++from;
      while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) ++from;
      continue;
    }
    from = found->end;
    options = found->begin == found->end ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0U;
    result.push_back(std::move(*found));
  }
  return result;
}

/// Reads a template from left to right into its pieces.
class PythonTemplate::Reader {
 public:
  Reader(std::string_view text, const PythonRegex& regex, std::string& error)
      : text_(text), regex_(regex), error_(error) {}

  /// False, with the error, where the template is no good.
  bool read(std::vector<Piece>& pieces) {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c != '\\') {
        literal_ += c;
      } else if (!escape(pieces)) {
        return false;
      }
    }
    pieces.push_back({std::move(literal_), std::nullopt});
    return true;
  }

 private:
  /// Behind a backslash.
  bool escape(std::vector<Piece>& pieces) {
    constexpr std::string_view kEscapes = "abfnrtv\\";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
    if (at_ == text_.size()) return fail("a backslash at the end");
    const char c = text_[at_++];
    if (const size_t known = kEscapes.find(c); known != std::string_view::npos) {
      literal_ += kMeanings[known];
      return true;
    }
    if (is_ascii_digit(c)) return put(numbered_group(c), pieces);
    if (c == 'g' && at_ < text_.size() && text_[at_] == '<') {
      const std::optional<size_t> group = named_group();
      return group && put(*group, pieces);
    }
    if (is_ascii_alpha(c)) return fail(std::string("bad escape `\\") + c + "`");
    literal_ += '\\';
    literal_ += c;
    return true;
  }

  /// One digit or two.
  size_t numbered_group(char first) {
    const auto digit = [](char c) { return static_cast<size_t>(c - '0'); };
    if (at_ == text_.size() || !is_ascii_digit(text_[at_])) return digit(first);
    return digit(first) * 10 + digit(text_[at_++]);
  }

  /// At the `<` of `\g<name>` or `\g<1>`.
  std::optional<size_t> named_group() {
    const size_t close = text_.find('>', at_);
    std::string_view name;
    if (close != std::string_view::npos) name = text_.substr(at_ + 1, close - at_ - 1);
    at_ = close == std::string_view::npos ? text_.size() : close + 1;
    const bool is_number = !name.empty() && name.size() <= 3 && std::all_of(name.begin(), name.end(), is_ascii_digit);
    if (is_number) return std::stoul(std::string(name));
    const auto& names = regex_.names();
    const auto named = std::find_if(names.begin(), names.end(), [&](const auto& known) { return known.first == name; });
    if (named != names.end()) return named->second;
    (void)fail("the expression has no group `" + std::string(name) + "`");
    return std::nullopt;
  }

  bool put(size_t group, std::vector<Piece>& pieces) {
    if (group > regex_.groups()) return fail("the expression has no group " + std::to_string(group));
    pieces.push_back({std::exchange(literal_, {}), group});
    return true;
  }

  bool fail(std::string message) {
    error_ = std::move(message);
    return false;
  }

  std::string_view text_;
  const PythonRegex& regex_;
  std::string& error_;
  size_t at_ = 0;
  std::string literal_;  // since the last group
};

std::optional<PythonTemplate> PythonTemplate::parse(std::string_view text, const PythonRegex& regex,
                                                    std::string& error) {
  PythonTemplate result;
  if (!Reader(text, regex, error).read(result.pieces_)) return std::nullopt;
  return result;
}

std::string PythonTemplate::expand(const PythonRegex::Match& match) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.text;
    if (piece.group && *piece.group < match.groups.size()) out += match.groups[*piece.group].value_or("");
  }
  return out;
}

}  // namespace hecate::sigma
