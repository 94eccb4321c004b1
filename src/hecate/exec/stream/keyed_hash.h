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

  std::vector<uint64_t> key_;
};

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
  if (left > 0) {
    char rest[16] = {};
    std::memcpy(rest, at, left);
    second += product(word(rest) + key[0], word(rest + 8) + key[1]);
  }
  const Wide sum = first + second;
  return {static_cast<uint64_t>(sum), static_cast<uint64_t>(sum >> 64)};
}

}  // namespace hecate::stream
