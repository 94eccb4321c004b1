#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// NH of UMAC (RFC 4418 section 5.2.1; Black et al., CRYPTO 1999) over words of 64 bits, under a key that is
/// drawn anew for each object: two different texts of one length, chosen without knowing the key, have the same
/// hash with probability 2^-64. Caches that compare length and hash need no copy of the text.
class KeyedHash {
 public:
  struct Digest {
    uint64_t low = 0;
    uint64_t high = 0;
    friend bool operator==(const Digest&, const Digest&) = default;
    /// For choosing a slot: all bits of both halves count.
    [[nodiscard]] uint64_t slot() const { return (low ^ (high << 1 | high >> 63)) * 0x9E3779B97F4A7C15U; }
  };

  /// The key is as long as the longest text: no word of it is used twice.
  static constexpr size_t kLongest = size_t{32} << 10;

  KeyedHash();
  /// `text` is at most kLongest bytes.
  [[nodiscard]] Digest operator()(std::string_view text) const;

 private:
  __extension__ using Wide = unsigned __int128;
  static uint64_t word(const char* at) {
    uint64_t result = 0;
    std::memcpy(&result, at, sizeof result);
    return result;
  }
  static Wide product(uint64_t a, uint64_t b) { return Wide{a} * b; }
  static Wide last(const char* at, size_t left, bool more_before, const uint64_t* key);

  std::vector<uint64_t> key_;
};

/// Of the last 1 to 15 bytes. Words that overlap those before, or each other, tell texts of one length apart as well as
/// words with zeros behind them would, and need no copy.
inline KeyedHash::Wide KeyedHash::last(const char* at, size_t left, bool more_before, const uint64_t* key) {
  const auto half = [](const char* from) {
    uint32_t result = 0;
    std::memcpy(&result, from, sizeof result);
    return uint64_t{result};
  };
  if (more_before) return product(word(at + left - 16) + key[0], word(at + left - 8) + key[1]);
  if (left >= 8) return product(word(at) + key[0], word(at + left - 8) + key[1]);
  if (left >= 4) return product(half(at) + key[0], half(at + left - 4) + key[1]);
  const auto byte = [at](size_t i) { return uint64_t{static_cast<unsigned char>(at[i])}; };
  return product((byte(0) | byte(left / 2) << 8 | byte(left - 1) << 16) + key[0], key[1]);
}

inline KeyedHash::Digest KeyedHash::operator()(std::string_view text) const {
  assert(text.size() <= kLongest);
  const char* at = text.data();
  const uint64_t* key = key_.data();
  size_t left = text.size();
  // Two sums, so that one multiplication does not wait for the other.
  Wide first = 0;
  Wide second = 0;
  for (; left >= 32; left -= 32, at += 32, key += 4) {
    first += product(word(at) + key[0], word(at + 8) + key[1]);
    second += product(word(at + 16) + key[2], word(at + 24) + key[3]);
  }
  if (left >= 16) {
    first += product(word(at) + key[0], word(at + 8) + key[1]);
    left -= 16, at += 16, key += 2;
  }
  if (left > 0) second += last(at, left, text.size() >= 16, key);
  const Wide sum = first + second;
  return {static_cast<uint64_t>(sum), static_cast<uint64_t>(sum >> 64)};
}

}  // namespace hecate::stream
