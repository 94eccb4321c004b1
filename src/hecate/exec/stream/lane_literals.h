#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// Which fragments of three bytes may begin at a byte, by buckets: a byte's bit k is set at place i where some
/// fragment of bucket k has this byte there. Case of ASCII letters is folded into the tables.
struct FragmentTables {
  std::array<std::array<uint8_t, 128>, 3> by_byte{};
  /// The same from both halves of a byte, for processors that look up 16 entries at a time: a superset.
  std::array<std::array<uint8_t, 16>, 3> by_low{};
  std::array<std::array<uint8_t, 16>, 3> by_high{};
  bool empty = true;
};

/// Finds out which lines hold none of a set of literals, ASCII case-insensitively, with the help of the index pass:
/// that looks for one fragment of three bytes of each literal, and where one stands the literals are compared.
class LiteralScreen {
 public:
  /// More fragments than this make the pass slower than a search for the literals by themselves (research: 74
  /// fragments in 8 buckets run at a tenth of the speed).
  static constexpr size_t kMostFragments = 16;
  static constexpr size_t kShortest = 3;

  /// Chooses the fragments that are rarest in `sample`. False where the literals cannot be screened: too many, too
  /// short, or not ASCII; then the screen is empty.
  bool build(std::vector<std::string> literals, std::string_view sample);

  [[nodiscard]] bool empty() const { return literals_.empty(); }
  [[nodiscard]] const FragmentTables& tables() const { return tables_; }
  [[nodiscard]] const std::vector<std::string>& literals() const { return literals_; }
  /// Whether all of these are among the literals.
  [[nodiscard]] bool covers(const std::vector<std::string>& literals) const;
  /// Whether one of the literals stands where a fragment was found at `hit`.
  [[nodiscard]] bool confirm(std::string_view text, size_t hit) const {
    // Most hits are of bytes from different fragments.
    if (text.size() - hit < 3) return false;
    const uint32_t fragment = folded_fragment(text.data() + hit);
    const size_t bit = bit_of(fragment);
    return (known_[bit / 64] >> (bit % 64) & 1) != 0 && stands_at(text, hit);
  }

 private:
  struct Anchor {
    uint32_t fragment;  // three folded bytes
    uint32_t literal;
    uint32_t offset;  // of the fragment in the literal
  };
  void fill(const std::vector<uint32_t>& fragments);
  [[nodiscard]] bool stands_at(std::string_view text, size_t hit) const;

  /// With the bit set that tells cases of letters apart: other bytes may become equal.
  static uint32_t folded_fragment(const char* at) {
    const auto byte = [at](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(at[i])); };
    return byte(0) | byte(1) << 8 | byte(2) << 16 | 0x202020U;
  }
  static size_t bit_of(uint32_t fragment) { return fragment * 0x9E3779B1U >> 20; }

  std::vector<std::string> literals_;  // folded
  std::vector<Anchor> anchors_;        // by literal
  FragmentTables tables_;
  std::array<uint64_t, 64> known_{};  // by bit_of(): whether a fragment may be looked for
};

}  // namespace hecate::stream
