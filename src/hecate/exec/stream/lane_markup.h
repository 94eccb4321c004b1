#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// The markup of events in XML that were walked over before, cut at their values. Events of one kind differ in their
/// values alone: to compare the bytes between them with those of an event that was understood takes a fraction of
/// understanding them anew. Bounded: a flood of made-up markup empties it and costs time.
class MarkupTrie {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  static constexpr char kEmpty = 'e';  // an empty value, which nothing is written of
  static constexpr char kWhole = 'w';  // no value: the event ends with this markup

  /// A value and what stands before it.
  struct Step {
    std::string_view markup;
    int32_t slot = -1;
    char end = '<';           // behind the value: `<`, a quote, kEmpty or kWhole
    bool when_blank = false;  // a text of blanks alone is an empty value
  };

  [[nodiscard]] uint32_t first() const { return nodes_.empty() ? kNone : 0; }
  /// Of `node` and those beside it the one with whose markup a text begins, or kNone.
  [[nodiscard]] uint32_t find(uint32_t node, const char* text, const char* text_end) const;
  [[nodiscard]] Step step(uint32_t node) const;
  /// The first of those that may follow.
  [[nodiscard]] uint32_t below(uint32_t node) const { return nodes_[node].below; }
  /// A whole event, step by step.
  void insert(std::span<const Step> steps);
  void clear();

 private:
  static constexpr size_t kMostNodes = 8192;
  static constexpr size_t kMostBytes = size_t{1} << 20;

  struct Node {
    uint32_t begin = 0;  // of its markup
    uint32_t size = 0;
    int32_t slot = -1;
    char end = '<';
    bool when_blank = false;
    uint32_t below = kNone;
    uint32_t beside = kNone;
  };
  uint32_t add(const Step& step);
  [[nodiscard]] bool same(const Node& node, const Step& step) const;

  std::vector<Node> nodes_;
  std::string bytes_;
};

}  // namespace hecate::stream
