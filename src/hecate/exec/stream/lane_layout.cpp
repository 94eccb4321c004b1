#include "exec/stream/lane_layout.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace hecate::stream {

Layout::Place Layout::find(size_t slot) const {
  Place place;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (LineWalk::slot_of(codes[i]) != slot) continue;
    if (place.found()) return {place.at, LineWalk::Kind::Many};
    place = {i, LineWalk::kind_of(codes[i])};
  }
  return place;
}

Layout::Field Layout::field(std::span<const uint32_t> slots) const {
  using Kind = LineWalk::Kind;
  for (const uint32_t slot : slots) {
    const Place place = find(slot);
    if (!place.found()) continue;
    if (place.kind == Kind::Null) return {0, Token::Form::Null, false};
    if (place.kind == Kind::Container || place.kind == Kind::Many) return {0, Token::Form::Complex, false};
    return {static_cast<uint32_t>(place.at), Token::Form::Plain, place.kind == Kind::String};
  }
  return {};
}

uint64_t Layouts::hash_of(std::span<const LineWalk::Code> codes) {
  return XXH3_64bits(codes.data(), codes.size_bytes());
}

Layout* Layouts::find(std::span<const LineWalk::Code> codes) const {
  if (buckets_.empty()) return nullptr;
  const uint64_t hash = hash_of(codes);
  for (size_t at = hash & (kBuckets - 1);; at = (at + 1) & (kBuckets - 1)) {
    const Bucket& bucket = buckets_[at];
    if (bucket.layout == nullptr) return nullptr;
    if (bucket.hash == hash && bucket.layout->codes.size() == codes.size() &&
        std::memcmp(bucket.layout->codes.data(), codes.data(), codes.size_bytes()) == 0) {
      return bucket.layout;
    }
  }
}

Layout& Layouts::add(std::span<const LineWalk::Code> codes) {
  if (buckets_.empty()) buckets_.resize(kBuckets);
  Layout& layout = *layouts_.emplace_back(std::make_unique<Layout>());
  layout.codes.assign(codes.begin(), codes.end());
  const uint64_t hash = hash_of(codes);
  size_t at = hash & (kBuckets - 1);
  while (buckets_[at].layout != nullptr) at = (at + 1) & (kBuckets - 1);
  buckets_[at] = {hash, &layout};
  return layout;
}

void Layouts::clear() {
  buckets_.clear();
  layouts_.clear();
}

}  // namespace hecate::stream
