#include "base/mapped_text.h"

#include <algorithm>

namespace hecate {

MappedText::MappedText(std::string text, Span origin) { append_verbatim(text, origin.file, origin.begin); }

void MappedText::append_verbatim(std::string_view text, FileId file, uint32_t at) {
  if (text.empty()) return;
  const auto size = static_cast<uint32_t>(text.size());
  const bool continues = !pieces_.empty() && pieces_.back().verbatim && pieces_.back().origin.file == file &&
                         pieces_.back().origin.end == at;
  if (continues) {
    pieces_.back().origin.end += size;
  } else {
    pieces_.push_back({static_cast<uint32_t>(text_.size()), {file, at, at + size}, true});
  }
  text_ += text;
}

void MappedText::append_generated(std::string_view text, Span origin) {
  if (text.empty()) return;
  pieces_.push_back({static_cast<uint32_t>(text_.size()), origin, false});
  text_ += text;
}

void MappedText::append(const MappedText& other, size_t begin, size_t end) {
  end = std::min(end, other.text_.size());
  while (begin < end) {
    const Piece* piece = other.piece_at(begin);
    const Piece* next = piece + 1;
    const bool last = next == other.pieces_.data() + other.pieces_.size();
    const size_t piece_end = std::min<size_t>(end, last ? other.text_.size() : next->begin);
    const std::string_view text = std::string_view(other.text_).substr(begin, piece_end - begin);
    if (piece->verbatim) {
      append_verbatim(text, piece->origin.file, piece->origin.begin + static_cast<uint32_t>(begin - piece->begin));
    } else {
      append_generated(text, piece->origin);
    }
    begin = piece_end;
  }
}

MappedText MappedText::slice(size_t begin, size_t end) const {
  MappedText result;
  result.append(*this, begin, end);
  return result;
}

const MappedText::Piece* MappedText::piece_at(size_t offset) const {
  if (pieces_.empty()) return nullptr;
  auto after = std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                                [](size_t value, const Piece& piece) { return value < piece.begin; });
  return after == pieces_.begin() ? &pieces_.front() : &*std::prev(after);
}

Span MappedText::byte_span(size_t offset) const {
  const Piece* piece = piece_at(offset);
  if (piece == nullptr) return {};
  if (!piece->verbatim) return piece->origin;
  const uint32_t at = piece->origin.begin + static_cast<uint32_t>(offset - piece->begin);
  return {piece->origin.file, at, at + 1};
}

Span MappedText::span(size_t begin, size_t end) const {
  if (pieces_.empty()) return {};
  if (begin >= text_.size()) {  // "at the end of the text"
    Span last = byte_span(text_.size() - 1);
    return {last.file, last.end, last.end};
  }
  if (end <= begin) {
    Span at = byte_span(begin);
    return {at.file, at.begin, at.begin};
  }
  const Span first = byte_span(begin);
  const Span last = byte_span(std::min(end, text_.size()) - 1);
  if (first.file == last.file) return cover(first, last);
  const Piece* piece = piece_at(begin);
  return piece->verbatim ? Span{first.file, first.begin, piece->origin.end} : first;
}

}  // namespace hecate
