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
  [[nodiscard]] bool confirm(std::string_view text, size_t hit) const;

 private:
  struct Anchor {
    uint32_t fragment;  // three folded bytes
    uint32_t literal;
    uint32_t offset;  // of the fragment in the literal
  };
  void fill(const std::vector<uint32_t>& fragments);

  std::vector<std::string> literals_;  // folded
  std::vector<Anchor> anchors_;        // by literal
  FragmentTables tables_;
};

}  // namespace hecate::stream
