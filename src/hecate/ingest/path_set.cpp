#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "ingest/path_walk.h"
#include "ingest/record.h"

namespace hecate::ingest {
namespace {

template <typename Word>
uint64_t load(const char* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

void place(PathSet::KeyTable& table, uint32_t child) {
  const size_t mask = table.slots.size() - 1;
  size_t at = table.hashes[child] & mask;
  while (table.slots[at] != 0) at = (at + 1) & mask;
  table.slots[at] = child + 1;
}

/// Puts in the child that stands at `at` now.
void add_to(PathSet::KeyTable& table, uint32_t at, uint32_t hash) {
  table.hashes.insert(table.hashes.begin() + at, hash);
  const auto count = static_cast<uint32_t>(table.hashes.size());
  if (count * 2 <= table.slots.size() && at + 1 == count) return place(table, at);
  table.slots.assign(std::bit_ceil(size_t{count} * 2), 0);
  for (uint32_t child = 0; child < count; ++child) place(table, child);
}

bool key_before(const std::pair<std::string, uint32_t>& entry, std::string_view key) { return entry.first < key; }

}  // namespace

uint32_t PathSet::any_child(uint32_t node) const {
  // `*` sorts before every letter.
  for (const auto& [key, below] : nodes_[node].children) {
    if (key == kAnyKey) return below;
    if (key > kAnyKey) break;
  }
  return 0;
}

uint32_t PathSet::hash_of(std::string_view key) {
  const size_t size = key.size();
  const char* at = key.data();
  uint64_t first = 0;
  uint64_t last = 0;
  if (size >= 8) {
    first = load<uint64_t>(at);
    last = load<uint64_t>(at + size - 8);
  } else if (size >= 4) {
    first = load<uint32_t>(at);
    last = load<uint32_t>(at + size - 4);
  } else if (size > 0) {
    first = load<uint8_t>(at) | load<uint8_t>(at + size / 2) << 8 | load<uint8_t>(at + size - 1) << 16;
  }
  const uint64_t mixed = (first ^ std::rotl(last, 23) ^ size) * 0x9E3779B97F4A7C15U;
  return static_cast<uint32_t>((mixed ^ mixed >> 29) >> 20);
}

uint32_t PathSet::child(uint32_t node, std::string_view key, uint32_t hash) const {
  const auto& children = nodes_[node].children;
  if (children.empty()) return 0;
  const KeyTable& table = nodes_[node].table;
  const size_t mask = table.slots.size() - 1;
  for (size_t at = hash & mask; table.slots[at] != 0; at = (at + 1) & mask) {
    const uint32_t child = table.slots[at] - 1;
    if (table.hashes[child] == hash && children[child].first == key) return children[child].second;
  }
  // An array's elements are not one of its keys.
  return key == kElements ? 0 : any_child(node);
}

uint32_t PathSet::child_or_new(uint32_t node, std::string_view key) {
  auto& children = nodes_[node].children;
  const auto at = std::lower_bound(children.begin(), children.end(), key, key_before);
  if (at != children.end() && at->first == key) return at->second;
  const auto fresh = static_cast<uint32_t>(nodes_.size());
  add_to(nodes_[node].table, static_cast<uint32_t>(at - children.begin()), hash_of(key));
  children.emplace(at, std::string(key), fresh);
  nodes_.emplace_back();
  if (key == kElements) return fresh;
  if (const uint32_t any = any_child(node); any != 0 && any != fresh) copy_below(any, fresh);
  return fresh;
}

/// Puts under a fresh node all that another one has.
void PathSet::copy_below(uint32_t from, uint32_t to) {
  std::vector<std::pair<uint32_t, uint32_t>> open{{from, to}};
  while (!open.empty()) {
    const auto [source, target] = open.back();
    open.pop_back();
    nodes_[target] = nodes_[source];
    for (size_t i = 0; i < nodes_[target].children.size(); ++i) {
      const auto fresh = static_cast<uint32_t>(nodes_.size());
      open.emplace_back(std::exchange(nodes_[target].children[i].second, fresh), fresh);
      nodes_.emplace_back();
    }
  }
}

/// From nodes to their children under a key: under any, to all of them.
void PathSet::step(std::vector<uint32_t>& nodes, std::string_view key) {
  std::vector<uint32_t> below;
  for (const uint32_t node : nodes) {
    const uint32_t child = child_or_new(node, key);
    if (key != kAnyKey) {
      below.push_back(child);
      continue;
    }
    for (const auto& [name, named] : nodes_[node].children) {
      if (name != kElements) below.push_back(named);
    }
  }
  nodes = std::move(below);
}

size_t PathSet::add(std::string_view path) {
  if (const auto known = known_.find(path); known != known_.end()) return known->second;
  known_.emplace(path, slots_);
  identity_ = (identity_ ^ TextHash()(path)) * 0x9E3779B97F4A7C15U + 1;
  std::vector<uint32_t> ends{0};
  for (;;) {
    // One piece between dots: the key, then a step for each `{}` after it.
    const size_t dot = path.find('.');
    std::string_view key = path.substr(0, dot);
    size_t arrays = 0;
    for (; key.ends_with(kElements); ++arrays) key.remove_suffix(kElements.size());
    if (!key.empty() || arrays == 0) step(ends, key);
    for (; arrays > 0; --arrays) step(ends, kElements);
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  for (const uint32_t end : ends) {
    TrieNode& node = nodes_[end];
    if (node.slot < 0) {
      node.slot = static_cast<int32_t>(slots_);
    } else {
      node.more_slots.push_back(static_cast<uint32_t>(slots_));
    }
  }
  return slots_++;
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
