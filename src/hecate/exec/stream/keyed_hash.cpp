#include "exec/stream/keyed_hash.h"

#include <random>

namespace hecate::stream {
KeyedHash::KeyedHash() : key_(kLongest / sizeof(uint64_t) + 2) {
  std::random_device random;
  for (uint64_t& part : key_) part = (uint64_t{random()} << 32) | random();
}

}  // namespace hecate::stream
