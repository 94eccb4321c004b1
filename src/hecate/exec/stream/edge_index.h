#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// Which of many literals a text begins with, or ends with: one binary search for all of them.
class EdgeIndex {
 public:
  enum class Edge : uint8_t { Front, Back };

  explicit EdgeIndex(Edge edge) : edge_(edge) {}
  /// The literals differ from each other; `literals[i]` is number i.
  void build(std::span<const std::string> literals);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  /// Appends the numbers of those that stand at the text's edge.
  void find(std::string_view text, std::vector<uint32_t>& out) const;
  /// The one that is the whole text.
  void find_whole(std::string_view text, std::vector<uint32_t>& out) const;

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// A literal, in the order in which they sort when read from the edge on. All literals that a text has at its edge
  /// are among the last one that does not sort behind the text, and what that one itself has at its edge.
  struct Entry {
    uint32_t begin = 0;  // in texts_
    uint32_t size = 0;
    uint32_t number = 0;
    uint32_t within = kNone;  // the longest other entry at this one's edge
  };
  [[nodiscard]] std::string_view text_of(const Entry& entry) const { return {texts_.data() + entry.begin, entry.size}; }
  [[nodiscard]] uint64_t key_of(std::string_view text) const;
  [[nodiscard]] bool before(std::string_view a, std::string_view b) const;
  [[nodiscard]] bool stands_at_edge(std::string_view literal, std::string_view text) const {
    return edge_ == Edge::Front ? text.starts_with(literal) : text.ends_with(literal);
  }
  [[nodiscard]] uint32_t last_not_behind(std::string_view text) const;

  Edge edge_;
  std::vector<uint64_t> keys_;  // by entry: its first eight bytes, so that few texts need be compared
  std::vector<Entry> entries_;
  std::string texts_;
};

}  // namespace hecate::stream
