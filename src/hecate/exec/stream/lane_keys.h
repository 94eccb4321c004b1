#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "ingest/record.h"

namespace hecate::stream {

/// Where a key leads in the trie of wanted paths, and which key came next before. Remembers every key of the events,
/// wanted or not, as it is written, and the order in which keys follow each other: events of one kind have the same
/// keys in the same order, so that a walk compares the text with the key that it expects and looks none up.
class KeyTable {
 public:
  /// Nothing is wanted from here on.
  static constexpr uint32_t kNothing = UINT32_MAX;

  /// What a key says of the event.
  enum Sign : uint8_t {
    kPlainTop = 1,     // at the top, and none that a HEC envelope has
    kEventTop = 2,     // "event" at the top: what a HEC envelope has
    kEnvelopeTop = 4,  // a key at the top that a HEC envelope may have
    kWrapper = 8,      // a key at the top under which a wrapper has its records (ingest/json_wrapper.h)
    // Written with escapes, or several wanted paths lead there (one with `*`, and one without); or what may stand for
    // another document than the line (ingest/export_wrapper.h, ingest/doubled_escapes.h, answers of Elasticsearch).
    kUnclear = 16,
  };

  /// A key below one node of the trie.
  struct alignas(64) Key {
    // The first and the last 16 bytes of `"key":`; of shorter ones both times the whole, with zeros behind it.
    std::array<uint64_t, 2> first{}, last{};
    uint32_t size = UINT32_MAX;  // of `"key":`; UINT32_MAX where it is never expected
    uint32_t node = kNothing;
    uint32_t child = kNothing;
    int32_t slot = -1;
    uint8_t signs = 0;
    bool plain = false;     // a text under it is a value, or nothing that is wanted
    uint8_t tail_at = 0;    // where the last 16 bytes begin
    uint16_t counting = 0;  // which of 16 bytes count, a bit for each

    /// Whether `"key":` stands there. kReadable bytes can be read.
    [[nodiscard]] bool stands_at(const char* text) const;
  };
  static constexpr size_t kReadable = 32;

  KeyTable();
  /// What stood there in the last event that came by; `place` becomes its own.
  [[nodiscard]] const Key& expected(uint32_t& place) const {
    const Place& here = places_[place];
    // Mostly it is the place behind this one. A branch that is foreseen waits for no load: each place would be one.
    if (here.next == place + 1) [[likely]] {
      ++place;
      asm("" : "+r"(place));  // not without the branch
    } else {
      place = here.next;
    }
    return keys_[here.next_key];
  }
  /// What stood there in other events, if it stands in the text: `place` becomes its own.
  [[nodiscard]] const Key* other(uint32_t node, const char* text, uint32_t& place);
  /// The key that stands between its quotes as `written`, below `node` (not kNothing). `place` becomes its own.
  const Key& look_up(const ingest::PathSet& paths, uint32_t node, std::string_view written, uint32_t& place);
  /// The same where no order is learnt.
  const Key& look_up(const ingest::PathSet& paths, uint32_t node, std::string_view written);
  /// An event begins.
  [[nodiscard]] uint32_t begin();
  void paths_changed(const ingest::PathSet& paths);

 private:
  // A flood of made-up keys costs time, not memory.
  static constexpr size_t kBuckets = size_t{1} << 13;
  static constexpr size_t kMostKeys = kBuckets / 2;
  static constexpr size_t kMostPlaces = size_t{1} << 15;
  static constexpr size_t kMostOthers = 32;
  // From here on there is a place for each key, where only this key is known to stand before it: where there are more
  // orders than places.
  static constexpr uint32_t kLost = kMostPlaces;

  /// A place in the order of keys: the keys before it are those of all events that come by. All that was seen to
  /// follow is a ring of places, which `next` is one of.
  struct Place {
    uint32_t key = 0;       // the first of keys_ is none
    uint32_t other = 0;     // the next of the ring that this place is one of; of a place from kLost on, a key
    uint32_t next = 0;      // what followed in the last event
    uint32_t next_key = 0;  // its key
  };

  [[nodiscard]] size_t bucket_of(uint32_t node, std::string_view written) const;
  [[nodiscard]] uint32_t follow(uint32_t place, uint32_t key);
  static void expect_when_lost(Place& here, uint32_t key);
  static Key make(const ingest::PathSet& paths, uint32_t node, std::string_view written);

  std::vector<Key> keys_;
  std::vector<std::string> written_;  // by key
  std::vector<uint32_t> buckets_;     // keys, by node and text
  std::vector<Place> places_;
  size_t used_places_ = 1;  // the first is where events begin
  Key unknown_;             // where there is no room
};

namespace lane {

inline uint64_t load_word(const char* from) {
  uint64_t word = 0;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

struct WordMasks {
  std::array<std::array<uint64_t, 2>, 17> of{};  // by size: which of 16 bytes count
};

/// Bytes in the order of memory, whatever the processor's.
constexpr WordMasks make_word_masks() {
  WordMasks masks;
  for (size_t size = 0; size <= 16; ++size) {
    for (size_t word = 0; word < 2; ++word) {
      std::array<uint8_t, 8> bytes{};
      for (size_t i = 0; i < 8; ++i) bytes[i] = word * 8 + i < size ? 0xFF : 0;
      masks.of[size][word] = std::bit_cast<uint64_t>(bytes);
    }
  }
  return masks;
}
inline constexpr WordMasks kWordMasks = make_word_masks();

}  // namespace lane

[[gnu::always_inline]] inline bool KeyTable::Key::stands_at(const char* text) const {
  if (size > kReadable) return false;
  // A short key's tail is its beginning, so that there is nothing to tell apart.
  const char* tail = text + tail_at;
#if defined(__SSE2__)
  const auto load = [](const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); };
  const __m128i a = _mm_cmpeq_epi8(load(text), load(first.data()));
  const __m128i b = _mm_cmpeq_epi8(load(tail), load(last.data()));
  return (static_cast<uint32_t>(_mm_movemask_epi8(_mm_and_si128(a, b))) & counting) == counting;
#else
  using lane::load_word;
  const auto& mask = lane::kWordMasks.of[size < 16 ? size : 16];
  const uint64_t a = (load_word(text) ^ first[0]) | (load_word(tail) ^ last[0]);
  const uint64_t b = (load_word(text + 8) ^ first[1]) | (load_word(tail + 8) ^ last[1]);
  return ((a & mask[0]) | (b & mask[1])) == 0;
#endif
}

}  // namespace hecate::stream
