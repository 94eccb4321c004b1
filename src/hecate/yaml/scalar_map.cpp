#include "yaml/scalar_map.h"

#include <algorithm>

namespace hecate::yaml {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Walks the file's text beside the value. Blanks in the value stand for any run of blanks in the file
/// (folding, indentation); an escape in double quotes stands for what it means.
class Aligner {
 public:
  Aligner(std::string_view text, FileId file, size_t at, std::string_view value)
      : text_(text), file_(file), at_(at), value_(value) {}

  MappedScalar run() {
    const size_t start = at_;
    skip_properties();
    skip_indicator();
    for (size_t i = 0; i < value_.size();) i += step(i);
    MappedScalar result{std::move(mapped_), {file_, static_cast<uint32_t>(first_), static_cast<uint32_t>(at_)}};
    if (value_.empty() || first_ == std::string_view::npos) {
      result.span = {file_, static_cast<uint32_t>(start), static_cast<uint32_t>(std::min(text_.size(), start + 1))};
    }
    return result;
  }

 private:
  /// yaml-cpp's mark is at the anchor or tag, if there is one.
  void skip_properties() {
    while (at_ < text_.size() && (text_[at_] == '&' || text_[at_] == '!')) {
      if (text_.substr(at_).starts_with("!<")) at_ = std::min(text_.find('>', at_), text_.size());
      while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
      skip_blanks_and_comments();
    }
  }

  void skip_blanks_and_comments() {
    while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == '#')) {
      at_ = text_[at_] == '#' ? std::min(text_.find('\n', at_), text_.size()) : at_ + 1;
    }
  }

  void skip_indicator() {
    if (at_ >= text_.size()) return;
    const char c = text_[at_];
    if (c == '|' || c == '>') {
      at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;  // the header line of a block
    } else if (c == '\'' || c == '"') {
      quote_ = c;
      ++at_;
    }
  }

  /// Consumes one byte (or one escape) of the value; returns how many bytes of the value that was.
  size_t step(size_t i) {
    const char c = value_[i];
    if (at_ < text_.size() && quote_ == '"' && text_[at_] == '\\') return escape(i);
    if (c == '\n' || c == ' ') {
      if (!consume_blank(c)) return generated(i);
      return 1;
    }
    while (at_ < text_.size() && text_[at_] != c && is_blank(text_[at_])) ++at_;  // indentation, folding
    if (at_ < text_.size() && quote_ == '"' && text_[at_] == '\\') return escape(i);
    if (at_ >= text_.size() || text_[at_] != c) return generated(i);
    verbatim(c);
    if (quote_ == '\'' && c == '\'' && at_ < text_.size() && text_[at_] == '\'') ++at_;  // '' is one quote
    return 1;
  }

  bool consume_blank(char c) {
    size_t probe = at_;
    while (probe < text_.size() && text_[probe] != c && is_blank(text_[probe])) ++probe;
    if (probe < text_.size() && text_[probe] == c) {
      at_ = probe;
      verbatim(c);
      return true;
    }
    // A folded line break: a blank in the value, line break and indentation in the file.
    if (at_ < text_.size() && is_blank(text_[at_])) {
      const size_t begin = at_;
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      mapped_.append_generated(std::string_view(&c, 1),
                               {file_, static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)});
      return true;
    }
    return false;
  }

  size_t escape(size_t i) {
    const size_t begin = at_;
    const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (kind == '\n' || kind == '\r') {  // an escaped line break means nothing
      at_ += 2;
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      return 0;
    }
    const size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    at_ = std::min(text_.size(), at_ + 2 + digits);
    size_t length = 1;  // one code point of the value
    while (i + length < value_.size() && (static_cast<unsigned char>(value_[i + length]) & 0xC0) == 0x80) ++length;
    note_first(begin);
    mapped_.append_generated(value_.substr(i, length),
                             {file_, static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)});
    return length;
  }

  size_t generated(size_t i) {
    const auto here = static_cast<uint32_t>(std::min(at_, text_.size()));
    mapped_.append_generated(value_.substr(i, 1), {file_, here, here});
    return 1;
  }

  void verbatim(char c) {
    note_first(at_);
    mapped_.append_verbatim(std::string_view(&c, 1), file_, static_cast<uint32_t>(at_));
    ++at_;
  }

  void note_first(size_t at) { first_ = std::min(first_, at); }

  std::string_view text_;
  FileId file_;
  size_t at_;
  std::string_view value_;
  char quote_ = '\0';
  size_t first_ = std::string_view::npos;
  MappedText mapped_;
};

}  // namespace

MappedScalar map_scalar(std::string_view file_text, FileId file, uint32_t mark, std::string_view value) {
  return Aligner(file_text, file, mark, value).run();
}

}  // namespace hecate::yaml
