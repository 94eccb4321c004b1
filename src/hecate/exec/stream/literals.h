#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text_hash.h"
#include "exec/stream/edge_index.h"
#include "exec/stream/gram_index.h"

namespace hecate::stream {

/// Which of many literals stand in a text. Immutable after build(), shared by threads. Texts and literals are
/// compared byte by byte: where case does not matter both are folded before.
class LiteralIndex {
 public:
  enum class Where : uint8_t { Whole, Prefix, Suffix, Anywhere };

  /// `id` is given out where the literal stands in a text. Several ids may have one literal, and one id several.
  void add(Where where, std::string_view literal, uint32_t id);
  void build();
  /// Appends the ids; the same id may come more than once. `found` is memory for the literals, kept by the caller.
  void find(std::string_view text, std::vector<uint32_t>& found, std::vector<uint32_t>& out) const;
  /// Of different literals.
  [[nodiscard]] size_t size() const { return size_; }

 private:
  /// Literals that are looked for in one way, each with its ids.
  struct Family {
    std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>> known;  // while it is built
    std::vector<std::string> texts;
    std::vector<std::vector<uint32_t>> ids_of;
    // Afterwards by literal: where its ids begin among all, and behind the last their number.
    std::vector<uint32_t> begins;
    std::vector<uint32_t> ids;
  };
  [[nodiscard]] const Family& family(Where where) const { return families_[static_cast<size_t>(where)]; }
  void build_anywhere();
  static void seal(Family& family);
  static void report(const Family& family, const std::vector<uint32_t>& found, std::vector<uint32_t>& out);
  void find_anywhere(std::string_view text, std::vector<uint32_t>& found) const;
  void find_short(std::string_view text, std::vector<uint32_t>& found) const;
  void find_pairs_and_triples(std::string_view text, std::vector<uint32_t>& found) const;

  std::array<Family, 4> families_;
  size_t size_ = 0;
  size_t longest_whole_ = 0;
  EdgeIndex wholes_{EdgeIndex::Edge::Front}, prefixes_{EdgeIndex::Edge::Front}, suffixes_{EdgeIndex::Edge::Back};

  // Literals of Anywhere by their length.
  std::vector<uint32_t> everywhere_;                // the empty literal
  std::vector<std::pair<char, uint32_t>> singles_;  // by memchr: rarely more than a few
  std::vector<uint64_t> starts_;                    // by two bytes: a literal of two or three bytes begins with them
  std::unordered_map<uint16_t, uint32_t> pairs_;
  std::unordered_map<uint32_t, uint32_t> triples_;
  /// Of four bytes and more.
  struct Grams {
    GramIndex index;
    std::vector<uint32_t> literals;  // by the number in the index
  };
  std::array<Grams, 3> grams_{Grams{GramIndex(4), {}}, Grams{GramIndex(2), {}}, Grams{GramIndex(1), {}}};
};

}  // namespace hecate::stream
