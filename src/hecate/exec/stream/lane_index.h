#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "exec/stream/lane_literals.h"

namespace hecate::stream {

/// What one pass over lines of JSON finds, 64 bytes at a time: all that the walk over their members needs, so that it
/// never looks at the inside of a string.
struct LineIndex {
  enum Note : uint8_t {
    kBroken = 1,         // a control character that JSON forbids, or a backslash before what cannot be escaped
    kUnicodeEscape = 2,  // a `\u`: its digits are still to be looked at
    kNonAscii = 4,
  };
  /// What stands somewhere in a block of 64 bytes; blocks without anything have none.
  struct Remark {
    uint32_t block;
    uint8_t notes;
  };

  /// Grows to hold an index of `size` bytes.
  void reserve(size_t size);

  /// Positions of the quotes that no backslash escapes and of the line breaks, ascending. After the last
  /// the last one is repeated.
  std::unique_ptr<uint32_t[]> marks;
  size_t mark_count = 0;
  /// By block: the bytes that are backslashes.
  std::unique_ptr<uint64_t[]> backslashes;
  std::vector<Remark> remarks;
  /// Positions where a fragment of a literal stands.
  std::vector<uint32_t> hits;

  /// Blocks that a kernel leaves to be looked at behind its loop.
  struct Suspect {
    uint64_t unusual;  // bytes below the blank, or not ASCII, but no line feeds
    uint64_t escapes;  // escaped bytes that may be none of those that JSON escapes
    uint32_t block;
  };
  struct Fragments {
    uint64_t at;
    uint32_t block;
  };
  std::unique_ptr<Suspect[]> suspects;
  std::unique_ptr<Fragments[]> fragments;
  size_t capacity = 0;

  /// What a text of blocks of 64 needs beyond its size.
  static constexpr size_t kSlack = 128;
};

/// One implementation of the pass, for one kind of processor. All give the same index.
struct IndexKernel {
  const char* name;
  bool (*supported)();
  /// `text` ends behind a line break.
  void (*run)(std::string_view text, const FragmentTables& fragments, LineIndex& out);
};

/// Best first; the last one runs everywhere.
[[nodiscard]] const std::vector<IndexKernel>& index_kernels();
/// The first that this machine supports.
[[nodiscard]] const IndexKernel& best_index_kernel();

}  // namespace hecate::stream
