#pragma once

#include <cstdint>

namespace hecate {

/// Identifies a text registered with a SourceMap. Values are handed out by SourceMap::add only.
enum class FileId : uint32_t { None = 0xFFFFFFFF };

/// A half-open byte range [begin, end) of one source text. Every node of every frontend carries one,
/// YAML included, so that a diagnostic can always show the line it speaks of.
struct Span {
  FileId file = FileId::None;
  uint32_t begin = 0;
  uint32_t end = 0;

  [[nodiscard]] bool known() const { return file != FileId::None; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// The smallest span that covers both. Where they lie in different files the first one wins.
[[nodiscard]] inline Span cover(Span a, Span b) {
  if (!a.known()) return b;
  if (!b.known() || a.file != b.file) return a;
  return {a.file, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

}  // namespace hecate
