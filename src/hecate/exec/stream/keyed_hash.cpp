#include "exec/stream/keyed_hash.h"

#include <cassert>
#include <cstring>
#include <random>

namespace hecate::stream {
namespace {

__extension__ using Wide = unsigned __int128;

uint64_t word(const char* at) {
  uint64_t result = 0;
  std::memcpy(&result, at, sizeof result);
  return result;
}

Wide product(uint64_t a, uint64_t b) { return Wide{a} * b; }

}  // namespace

KeyedHash::KeyedHash() : key_(kLongest / sizeof(uint64_t) + 2) {
  std::random_device random;
  for (uint64_t& part : key_) part = (uint64_t{random()} << 32) | random();
}

KeyedHash::Digest KeyedHash::operator()(std::string_view text) const {
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
