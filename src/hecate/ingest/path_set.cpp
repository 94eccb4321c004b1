#include <algorithm>

#include "ingest/path_walk.h"
#include "ingest/record.h"

namespace hecate::ingest {
namespace {

bool key_before(const std::pair<std::string, uint32_t>& entry, std::string_view key) { return entry.first < key; }

uint32_t child_or_new(std::vector<PathSet::TrieNode>& nodes, uint32_t node, std::string_view key) {
  auto& children = nodes[node].children;
  const auto at = std::lower_bound(children.begin(), children.end(), key, key_before);
  if (at != children.end() && at->first == key) return at->second;
  const auto fresh = static_cast<uint32_t>(nodes.size());
  children.emplace(at, std::string(key), fresh);
  nodes.emplace_back();
  return fresh;
}

/// One piece of a path between dots: the key, then a step for each `{}` after it.
uint32_t add_piece(std::vector<PathSet::TrieNode>& nodes, uint32_t node, std::string_view piece) {
  size_t arrays = 0;
  while (piece.ends_with(kElements)) {
    piece.remove_suffix(kElements.size());
    ++arrays;
  }
  if (!piece.empty() || arrays == 0) node = child_or_new(nodes, node, piece);
  for (; arrays > 0; --arrays) node = child_or_new(nodes, node, kElements);
  return node;
}

}  // namespace

size_t PathSet::add(std::string_view path) {
  uint32_t node = 0;
  for (;;) {
    const size_t dot = path.find('.');
    node = add_piece(nodes_, node, path.substr(0, dot));
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  int32_t& slot = nodes_[node].slot;
  if (slot < 0) slot = static_cast<int32_t>(slots_++);
  return static_cast<size_t>(slot);
}

uint32_t PathSet::child(uint32_t node, std::string_view key) const {
  const auto& children = nodes_[node].children;
  const auto at = std::lower_bound(children.begin(), children.end(), key, key_before);
  if (at != children.end() && at->first == key) return at->second;
  // `*` sorts before every letter; an array's elements are not one of its keys.
  for (const auto& [any, below] : children) {
    if (any > kAnyKey) break;
    if (any == kAnyKey && key != kElements) return below;
  }
  return 0;
}

uint32_t descend(const PathSet& paths, uint32_t node, std::string_view key) {
  for (;;) {
    const size_t dot = key.find('.');
    node = paths.child(node, key.substr(0, dot));
    if (node == 0 || dot == std::string_view::npos) return node;
    key.remove_prefix(dot + 1);
  }
}

bool take_key(std::string_view& path, std::string_view key) {
  if (!path.starts_with(key)) return false;
  const std::string_view rest = path.substr(key.size());
  if (rest.empty() || rest.starts_with(kElements)) {
    path = rest;
    return true;
  }
  if (rest.front() != '.') return false;
  path = rest.substr(1);
  return true;
}

void FieldValues::reset(size_t slots) {
  // Thousands of paths may be wanted where an event has a few of them.
  for (const uint32_t slot : found_) counts_[slot] = 0;
  found_.clear();
  more_.clear();
  firsts_.resize(slots);
  counts_.resize(slots);
}

void FieldValues::put(size_t slot, RawValue value) {
  if (counts_[slot]++ == 0) {
    firsts_[slot] = value;
    found_.push_back(static_cast<uint32_t>(slot));
  } else {
    more_.emplace_back(static_cast<uint32_t>(slot), value);
  }
}

void FieldValues::all(size_t slot, std::vector<RawValue>& out) const {
  if (counts_[slot] == 0) return;
  out.push_back(firsts_[slot]);
  if (counts_[slot] == 1) return;
  for (const auto& [where, value] : more_) {
    if (where == slot) out.push_back(value);
  }
}

}  // namespace hecate::ingest
