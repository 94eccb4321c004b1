#include "store/segment.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <bit>
#include <cstring>

namespace hecate::store {
namespace {

static_assert(std::endian::native == std::endian::little, "the log's numbers are copied as they lie in memory");

template <typename Number>
void put(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

template <typename Number>
void get(const char*& bytes, Number& number) {
  std::memcpy(&number, bytes, sizeof number);
  bytes += sizeof number;
}

constexpr size_t kHashed = RecordHeader::kSize - sizeof(uint64_t);

}  // namespace

uint64_t hash_of_payload(std::string_view payload) { return XXH3_64bits(payload.data(), payload.size()); }

void RecordHeader::append_to(std::string& bytes) const {
  const size_t begin = bytes.size();
  bytes += kMagic;
  put(bytes, payload_size);
  put(bytes, sequence);
  put(bytes, first_event);
  put(bytes, events);
  put(bytes, uint32_t{0});
  put(bytes, received);
  put(bytes, request.high);
  put(bytes, request.low);
  put(bytes, payload_hash);
  put(bytes, static_cast<uint64_t>(XXH3_64bits(bytes.data() + begin, kHashed)));
}

std::optional<RecordHeader> RecordHeader::read(const char* bytes) {
  uint64_t hash = 0;
  std::memcpy(&hash, bytes + kHashed, sizeof hash);
  if (std::string_view(bytes, kMagic.size()) != kMagic || XXH3_64bits(bytes, kHashed) != hash) return std::nullopt;
  RecordHeader header;
  uint32_t unused = 0;
  bytes += kMagic.size();
  get(bytes, header.payload_size);
  get(bytes, header.sequence);
  get(bytes, header.first_event);
  get(bytes, header.events);
  get(bytes, unused);
  get(bytes, header.received);
  get(bytes, header.request.high);
  get(bytes, header.request.low);
  get(bytes, header.payload_hash);
  return header;
}

bool SegmentScanner::next(Payloads payloads) {
  std::optional<uint64_t> at = offset_;
  while (at && !read_at(*at, payloads)) at = find_magic(*at + 1);
  if (!at) return false;
  damaged_ = *at - offset_;
  begin_ = *at;
  offset_ = *at + RecordHeader::kSize + header_.payload_size;
  return true;
}

bool SegmentScanner::read_at(uint64_t offset, Payloads payloads) {
  std::array<char, RecordHeader::kSize> bytes{};
  if (file_.read_at(offset, bytes.data(), bytes.size()) != static_cast<int64_t>(bytes.size())) return false;
  const auto header = RecordHeader::read(bytes.data());
  if (!header) return false;
  const uint64_t begin = offset + RecordHeader::kSize;
  // A size is only believed where the file has as much.
  if (file_.size() < begin + header->payload_size) return false;
  if (payloads == Payloads::Read) {
    payload_.resize(header->payload_size);
    if (file_.read_at(begin, payload_.data(), payload_.size()) != static_cast<int64_t>(payload_.size())) return false;
    if (hash_of_payload(payload_) != header->payload_hash) return false;
  }
  header_ = *header;
  return true;
}

std::optional<uint64_t> SegmentScanner::find_magic(uint64_t from) {
  constexpr size_t kWindow = size_t{256} << 10;
  constexpr size_t kOverlap = RecordHeader::kMagic.size() - 1;
  window_.resize(kWindow);
  while (true) {
    const int64_t got = file_.read_at(from, window_.data(), kWindow);
    if (got <= static_cast<int64_t>(kOverlap)) return std::nullopt;
    const std::string_view seen(window_.data(), static_cast<size_t>(got));
    const size_t at = seen.find(RecordHeader::kMagic);
    if (at != std::string_view::npos) return from + at;
    from += seen.size() - kOverlap;
  }
}

}  // namespace hecate::store
