#pragma once

#include <bit>
#include <cstring>

#include "exec/stream/lane_index.h"

namespace hecate::stream::lane {

/// What a kernel tells of 64 bytes, a bit for each.
struct BlockMasks {
  uint64_t quotes = 0;
  uint64_t backslashes = 0;
  uint64_t breaks = 0;   // line feeds
  uint64_t unusual = 0;  // below the blank, or not ASCII; line feeds among them
  uint64_t fragments = 0;
};

/// What goes on from one block to the next.
struct PassState {
  uint64_t escaped = 0;  // the next block's first byte follows an odd run of backslashes
  uint32_t* marks = nullptr;
  uint64_t* backslashes = nullptr;
  LineIndex::Suspect* suspects = nullptr;
  LineIndex::Fragments* fragments = nullptr;
};

/// The bytes that a backslash escapes (simdjson's way: Keiser, Lemire, On-Demand JSON, 2023, find_escaped).
[[gnu::always_inline]] inline uint64_t escaped_bytes(uint64_t backslashes, uint64_t& carry) {
  constexpr uint64_t kOddBits = 0xAAAAAAAAAAAAAAAAU;
  const uint64_t potential = backslashes & ~carry;
  const uint64_t maybe_odd = (potential << 1) | kOddBits;
  const uint64_t code = (maybe_odd - potential) ^ kOddBits;
  const uint64_t escaped = code ^ (backslashes | carry);
  carry = (code & backslashes) >> 63;
  return escaped;
}

// A kernel's loop calls nothing: no vector register outlives a call, and its tables would be loaded again and again.
// What is rare is noted, and looked at behind the loop.

[[gnu::always_inline]] inline void suspect(PassState& state, size_t block, uint64_t unusual, uint64_t escapes) {
  if ((unusual | escapes) != 0) *state.suspects++ = {unusual, escapes, static_cast<uint32_t>(block)};
}

/// Tells apart what is unusual in a block. A carriage return before a line feed is none.
inline uint8_t notes_of(std::string_view text, size_t block, uint64_t unusual) {
  uint8_t notes = 0;
  for (; unusual != 0; unusual &= unusual - 1) {
    const size_t at = block * 64 + static_cast<size_t>(std::countr_zero(unusual));
    if (text[at] < 0) {
      notes |= LineIndex::kNonAscii;
    } else if (text[at] != '\r' || at + 1 == text.size() || text[at + 1] != '\n') {
      notes |= LineIndex::kBroken;
    }
    if (notes == (LineIndex::kNonAscii | LineIndex::kBroken)) break;
  }
  return notes;
}

/// For escapes that are not all of one letter: which of JSON's they are (RFC 8259, section 7).
inline uint8_t notes_of_escapes(std::string_view text, size_t block, uint64_t escaped) {
  uint8_t notes = 0;
  for (; escaped != 0; escaped &= escaped - 1) {
    const size_t at = block * 64 + static_cast<size_t>(std::countr_zero(escaped));
    const char c = at < text.size() ? text[at] : '\0';
    if (c == 'u') {
      notes |= LineIndex::kUnicodeEscape;
    } else if (std::strchr("\"\\/bfnrt", c) == nullptr || c == '\0') {
      notes |= LineIndex::kBroken;
    }
  }
  return notes;
}

inline void add_remarks(std::string_view text, const PassState& state, LineIndex& out) {
  for (const LineIndex::Suspect* it = out.suspects.get(); it != state.suspects; ++it) {
    const auto notes =
        static_cast<uint8_t>(notes_of(text, it->block, it->unusual) | notes_of_escapes(text, it->block, it->escapes));
    if (notes != 0) out.remarks.push_back({it->block, notes});
  }
}

inline void add_hits(const PassState& state, LineIndex& out) {
  for (const LineIndex::Fragments* it = out.fragments.get(); it != state.fragments; ++it) {
    for (uint64_t at = it->at; at != 0; at &= at - 1) {
      out.hits.push_back(it->block * 64 + static_cast<uint32_t>(std::countr_zero(at)));
    }
  }
}

/// Positions of a mask's bits, eight at a time: most blocks have fewer, and a loop over each would be mispredicted.
[[gnu::always_inline]] inline uint32_t* put_marks(uint32_t* to, uint32_t base, uint64_t bits) {
  const auto count = static_cast<size_t>(std::popcount(bits));
  for (size_t done = 0; done < count; done += 8) {
    for (size_t i = 0; i < 8; ++i) {
      to[done + i] = base + static_cast<uint32_t>(std::countr_zero(bits));
      bits &= bits - 1;
    }
  }
  return to + count;
}

/// A kernel's loop over whole blocks, then over a copy of the rest with blanks behind it. A block reads two bytes
/// beyond itself (fragments), so that the last block is never read in place.
template <typename Block>
[[gnu::always_inline]] inline void for_blocks(std::string_view text, const Block& block) {
  constexpr size_t kBeyond = 2;
  size_t at = 0;
  for (; at + 64 + kBeyond <= text.size(); at += 64) block(text.data() + at, at / 64);
  char rest[192];
  std::memset(rest, ' ', sizeof(rest));
  std::memcpy(rest, text.data() + at, text.size() - at);
  for (size_t done = 0; at + done < text.size(); done += 64) block(rest + done, (at + done) / 64);
}

inline void finish(std::string_view text, const PassState& state, LineIndex& out) {
  add_remarks(text, state, out);
  add_hits(state, out);
  out.mark_count = static_cast<size_t>(state.marks - out.marks.get());
  const auto last = static_cast<uint32_t>(text.empty() ? 0 : text.size() - 1);
  for (size_t i = 0; i < 4; ++i) out.marks[out.mark_count + i] = last;
}

inline void begin(LineIndex& out, std::string_view text, PassState& state) {
  out.reserve(text.size());
  out.remarks.clear();
  out.hits.clear();
  state.marks = out.marks.get();
  state.backslashes = out.backslashes.get();
  state.suspects = out.suspects.get();
  state.fragments = out.fragments.get();
}

extern const IndexKernel kAvx512Kernel;
extern const IndexKernel kAvx2Kernel;
extern const IndexKernel kPortableKernel;

}  // namespace hecate::stream::lane
