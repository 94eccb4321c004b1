#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record.h"

namespace hecate::stream {

/// Where a key leads in the trie of wanted paths. Remembers every key of the events, wanted or not, so that a walk
/// over an event costs one look-up a key and never cuts a key at its dots.
class KeyTable {
 public:
  /// Nothing is wanted from here on.
  static constexpr uint32_t kNothing = UINT32_MAX;

  struct Step {
    uint32_t node = kNothing;
    int32_t slot = -1;
    enum class What : uint8_t {
      Key,
      Event,     // "event" at the top: what a HEC envelope has
      Envelope,  // a key at the top that a HEC envelope may have
      Wrapper,   // a key at the top under which a wrapper has its records (ingest/json_wrapper.h)
      Unclear,   // written with escapes, or several wanted paths lead there (one with `*`, and one without)
    } what = What::Key;
  };

  /// Steps from `node` (not kNothing) by a key as it is written between its quotes. `end` is where the memory ends
  /// that the key stands in.
  [[nodiscard]] Step step(const ingest::PathSet& paths, uint32_t node, std::string_view key, const char* end);
  /// The paths have changed.
  void forget();

 private:
  // A flood of made-up keys costs time, not memory.
  static constexpr size_t kSlots = size_t{1} << 13;
  static constexpr size_t kMost = kSlots / 2;

  /// Up to 24 bytes are these words themselves.
  struct Words {
    uint64_t first = 0, middle = 0, last = 0;
    friend bool operator==(const Words&, const Words&) = default;
  };
  struct Entry {
    Words words;
    uint32_t node = kNothing;
    uint32_t size = 0;
    Step step;
    std::string whole;  // of longer keys
  };

  static Words words_of(std::string_view key, const char* end);
  static Step find(const ingest::PathSet& paths, uint32_t node, std::string_view key);

  std::vector<Entry> entries_;
  size_t used_ = 0;
};

}  // namespace hecate::stream
