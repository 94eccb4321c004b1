#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// Sorts the numbers from the one at `first` on, and leaves each only once.
void drop_repeated(std::vector<uint32_t>& numbers, size_t first);

/// Which of many literals stand anywhere in a text. Only every `step`th place of a text is looked at: there each
/// literal has one of `step` anchors, of four bytes each, which stand side by side where the literal is probably the
/// rarest in texts. One look-up in a small table of bits tells whether an anchor may stand at a place; there the
/// literals that have it are compared.
class GramIndex {
 public:
  static constexpr size_t kGram = 4;

  explicit GramIndex(size_t step) : step_(step) {}
  [[nodiscard]] size_t shortest() const { return kGram + step_ - 1; }
  /// The literals differ from each other and have at least shortest() bytes; `literals[i]` is number i.
  void build(std::span<const std::string_view> literals);
  [[nodiscard]] bool empty() const { return anchors_.empty(); }
  /// Appends the numbers of those that stand in the text; the same number may come more than once.
  void find(std::string_view text, std::vector<uint32_t>& out) const;

 private:
  struct Anchor {
    uint32_t gram = 0;
    uint32_t offset = 0;  // in the literal
    uint32_t begin = 0;   // of the literal in texts_
    uint32_t size = 0;
    uint32_t number = 0;
    uint32_t tail = 0;  // the literal's last four bytes: of most that only share an anchor they are others
  };
  /// The same four bytes as anchors of several literals: a range of anchors_.
  struct Slot {
    uint32_t gram = 0;
    uint32_t first = 0;
    uint32_t count = 0;
  };
  static uint32_t gram_at(const char* at) {
    uint32_t gram = 0;
    std::memcpy(&gram, at, sizeof gram);
    return gram;
  }
  static uint32_t mix(uint32_t gram) { return gram * 0x9E3779B1U; }
  /// Asked where bits_ say yes, before slots_, which are not near, are looked at.
  [[nodiscard]] bool may_be_slot(uint32_t gram) const {
    const uint32_t bit = mix(gram ^ gram >> 15) >> shift_;
    return (more_bits_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  void add_anchors(std::string_view literal, uint32_t number, size_t at);
  void add_slots();
  void compare(std::string_view text, size_t at, std::vector<uint32_t>& out) const;

  size_t step_;
  std::vector<uint64_t> bits_;  // by the upper bits of mix(): some anchor has them
  std::vector<uint64_t> more_bits_;
  unsigned shift_ = 0;
  std::vector<Slot> slots_;  // by mix(), open addressing; empty ones have no anchors
  std::vector<Anchor> anchors_;
  std::string texts_;
};

}  // namespace hecate::stream
