#include "exec/stream/lane_markup.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace hecate::stream {

uint32_t MarkupTrie::find(uint32_t node, const char* text, const char* text_end) const {
  const auto room = static_cast<size_t>(text_end - text);
  for (; node != kNone; node = nodes_[node].beside) {
    const Node& at = nodes_[node];
    if (at.size <= room && std::memcmp(text, bytes_.data() + at.begin, at.size) == 0) return node;
  }
  return kNone;
}

MarkupTrie::Step MarkupTrie::step(uint32_t node) const {
  const Node& at = nodes_[node];
  return {std::string_view(bytes_).substr(at.begin, at.size), at.slot, at.end, at.when_blank};
}

bool MarkupTrie::same(const Node& node, const Step& step) const {
  return node.end == step.end && std::string_view(bytes_).substr(node.begin, node.size) == step.markup;
}

void MarkupTrie::insert(std::span<const Step> steps) {
  const size_t size = std::accumulate(steps.begin(), steps.end(), size_t{0},
                                      [](size_t sum, const Step& step) { return sum + step.markup.size(); });
  if (steps.size() > kMostNodes || size > kMostBytes) return;
  if (nodes_.size() + steps.size() > kMostNodes || bytes_.size() + size > kMostBytes) clear();
  uint32_t above = kNone;
  for (const Step& step : steps) {
    uint32_t last = kNone;
    uint32_t node = above == kNone ? first() : nodes_[above].below;
    while (node != kNone && !same(nodes_[node], step)) {
      last = node;
      node = nodes_[node].beside;
    }
    if (node == kNone) {
      node = add(step);
      if (last != kNone) {
        nodes_[last].beside = node;
      } else if (above != kNone) {
        nodes_[above].below = node;
      }
    }
    above = node;
  }
}

uint32_t MarkupTrie::add(const Step& step) {
  nodes_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(step.markup.size()), step.slot,
                    step.end, step.when_blank, kNone, kNone});
  bytes_ += step.markup;
  return static_cast<uint32_t>(nodes_.size() - 1);
}

void MarkupTrie::clear() {
  nodes_.clear();
  bytes_.clear();
}

}  // namespace hecate::stream
