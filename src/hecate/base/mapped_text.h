#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace hecate {

/// A text that was put together from pieces of source files: a YAML block scalar with its indentation
/// taken off, an SPL search with its macros expanded. Every byte still knows where it came from.
class MappedText {
 public:
  MappedText() = default;
  /// The whole of `text` stands at `origin.begin` in `origin.file`, byte for byte.
  MappedText(std::string text, Span origin);

  [[nodiscard]] std::string_view view() const { return text_; }
  [[nodiscard]] size_t size() const { return text_.size(); }

  /// Appends text that stands byte for byte in the file from `at` on.
  void append_verbatim(std::string_view text, FileId file, uint32_t at);
  /// Appends text that all comes from one place but is spelt otherwise there (an escape, a generated
  /// piece): every byte of it maps to the whole of `origin`.
  void append_generated(std::string_view text, Span origin);
  /// Appends a part of another mapped text with its origins.
  void append(const MappedText& other, size_t begin, size_t end);

  [[nodiscard]] MappedText slice(size_t begin, size_t end) const;

  /// Where the bytes [begin, end) come from. A range that crosses pieces gives the cover of its first
  /// and last byte if they lie in one file, else the origin of the first piece alone.
  [[nodiscard]] Span span(size_t begin, size_t end) const;

 private:
  struct Piece {
    uint32_t begin;  // offset in text_
    Span origin;     // verbatim: begins at origin.begin; generated: the whole origin
    bool verbatim;
  };
  [[nodiscard]] const Piece* piece_at(size_t offset) const;
  [[nodiscard]] Span byte_span(size_t offset) const;

  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace hecate
