#pragma once

#include <cstddef>
#include <cstdint>
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
  std::vector<uint64_t> key_;
};

}  // namespace hecate::stream
