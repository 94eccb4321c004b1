#include "exec/stream/lane_keys.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "ingest/doubled_escapes.h"
#include "ingest/export_wrapper.h"
#include "ingest/hec.h"
#include "ingest/json_wrapper.h"
#include "ingest/path_walk.h"

namespace hecate::stream {
namespace {

uint8_t signs_at_top(std::string_view key) {
  if (ingest::is_records_key(key)) return KeyTable::kWrapper | KeyTable::kPlainTop;
  if (!ingest::is_hec_key(key)) return KeyTable::kPlainTop;
  return key == "event" ? KeyTable::kEventTop : KeyTable::kEnvelopeTop;
}

/// Whether the event may be another document than the line, or written in another way.
bool stands_for_another(uint32_t node, std::string_view key) {
  if (key == ingest::kWazuhKey) return true;
  return node == 0 && (ingest::is_export_key(key) || key == ingest::kHitsKey);
}

}  // namespace

KeyTable::KeyTable() : keys_(1), written_(1), buckets_(kBuckets), places_(kMostPlaces + kMostKeys) {
  keys_.reserve(kMostKeys);
}

void KeyTable::paths_changed(const ingest::PathSet& paths) {
  for (size_t key = 1; key < keys_.size(); ++key) keys_[key] = make(paths, keys_[key].node, written_[key]);
}

uint32_t KeyTable::begin() {
  if (used_places_ == kMostPlaces) {
    std::fill(places_.begin(), places_.end(), Place{});
    used_places_ = 1;
  }
  return 0;
}

size_t KeyTable::bucket_of(uint32_t node, std::string_view written) const {
  size_t at = XXH3_64bits_withSeed(written.data(), written.size(), node) & (kBuckets - 1);
  for (; buckets_[at] != 0; at = (at + 1) & (kBuckets - 1)) {
    const uint32_t key = buckets_[at];
    if (keys_[key].node == node && written_[key] == written) break;
  }
  return at;
}

const KeyTable::Key* KeyTable::other(uint32_t node, const char* text, uint32_t& place) {
  Place& here = places_[place];
  const auto stands = [&](uint32_t number) { return keys_[number].node == node && keys_[number].stands_at(text); };
  if (place >= kLost) {
    if (!stands(here.other)) return nullptr;
    expect_when_lost(here, here.other);
    place = here.next;
    return &keys_[here.next_key];
  }
  constexpr size_t kMostCompared = 8;  // then a look-up is cheaper
  uint32_t at = places_[here.next].other;
  for (size_t i = 0; at != here.next && i < kMostCompared; ++i, at = places_[at].other) {
    if (!stands(places_[at].key)) continue;
    here.next = at;
    here.next_key = places_[at].key;
    place = at;
    return &keys_[here.next_key];
  }
  return nullptr;
}

const KeyTable::Key& KeyTable::look_up(const ingest::PathSet& paths, uint32_t node, std::string_view written) {
  uint32_t place = kLost;
  return look_up(paths, node, written, place);
}

const KeyTable::Key& KeyTable::look_up(const ingest::PathSet& paths, uint32_t node, std::string_view written,
                                       uint32_t& place) {
  uint32_t& bucket = buckets_[bucket_of(node, written)];
  if (bucket == 0) {
    if (keys_.size() == kMostKeys) {
      place = kLost;
      unknown_ = make(paths, node, written);
      return unknown_;
    }
    bucket = static_cast<uint32_t>(keys_.size());
    keys_.push_back(make(paths, node, written));
    written_.emplace_back(written);
  }
  place = follow(place, bucket);
  return keys_[bucket];
}

uint32_t KeyTable::follow(uint32_t place, uint32_t key) {
  Place& here = places_[place];
  if (place >= kLost) {
    expect_when_lost(here, key);
    return here.next;
  }
  uint32_t at = here.next;
  for (size_t others = 0; at != 0 && places_[at].key != key; ++others) {
    if (others == kMostOthers) return kLost + key;
    at = places_[at].other;
    if (at == here.next) at = 0;
  }
  if (at == 0) {
    if (used_places_ == kMostPlaces) return kLost + key;
    at = static_cast<uint32_t>(used_places_++);
    uint32_t& ring = here.next == 0 ? places_[at].other : places_[here.next].other;
    places_[at].key = key;
    places_[at].other = here.next == 0 ? at : ring;
    ring = at;
  }
  here.next = at;
  here.next_key = key;
  return at;
}

void KeyTable::expect_when_lost(Place& here, uint32_t key) {
  here.other = here.next_key;
  here.next_key = key;
  here.next = kLost + key;
}

KeyTable::Key KeyTable::make(const ingest::PathSet& paths, uint32_t node, std::string_view written) {
  Key key;
  key.node = node;
  const uint32_t child = ingest::descend(paths, node, written);
  if (written.find('\\') != std::string_view::npos || !paths.nodes()[child].more_slots.empty() ||
      stands_for_another(node, written)) {
    key.signs = kUnclear;
  } else if (child != 0) {
    key.slot = paths.nodes()[child].slot;
    if (!paths.nodes()[child].children.empty()) key.child = child;
  }
  if (node == 0) key.signs |= signs_at_top(written);
  const std::string whole = '"' + std::string(written) + "\":";
  if (whole.size() > kReadable) return key;
  key.size = static_cast<uint32_t>(whole.size());
  key.plain = key.child == kNothing && (key.signs & (kUnclear | kWrapper)) == 0;
  const size_t compared = std::min<size_t>(whole.size(), 16);
  key.tail_at = static_cast<uint8_t>(whole.size() - compared);
  key.counting = static_cast<uint16_t>((1U << compared) - 1);
  std::memcpy(key.first.data(), whole.data(), compared);
  std::memcpy(key.last.data(), whole.data() + key.tail_at, compared);
  return key;
}

}  // namespace hecate::stream
