#include "ingest/evtx.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "ingest/little_endian.h"

namespace hecate::ingest {
namespace {

constexpr std::string_view kRecordMagic{"\x2a\x2a\0\0", 4};
constexpr size_t kFileHeader = 4096;
constexpr size_t kChunkHeader = 512;
constexpr size_t kRecordHeader = 24;
constexpr size_t kRecordTail = 4;  // the size again
constexpr size_t kIdOffset = 8;

bool all_zero(std::string_view bytes) { return bytes.find_first_not_of('\0') == std::string_view::npos; }

/// Of the first 120 bytes and the two tables of offsets.
bool checksum_holds(std::string_view chunk) {
  constexpr size_t kFixed = 120;
  constexpr size_t kStored = 124;
  constexpr size_t kTables = 128;
  if (chunk.size() < kChunkHeader) return false;
  const auto* bytes = reinterpret_cast<const Bytef*>(chunk.data());
  uLong sum = crc32(0, bytes, kFixed);
  sum = crc32(sum, bytes + kTables, kChunkHeader - kTables);
  return sum == little_endian<uint32_t>(chunk, kStored);
}

}  // namespace

Unit EvtxReader::next() {
  for (;;) {
    if (chunk_.empty()) {
      if (!window_.has(0)) return {};
      if (const auto unit = next_chunk()) return *unit;
    } else if (const auto unit = next_record()) {
      return *unit;
    } else {
      close_chunk();
    }
  }
}

void EvtxReader::read_header() {
  constexpr size_t kFlags = 120;
  constexpr uint32_t kDirty = 1;
  const std::string_view header = window_.view().substr(0, kFileHeader);
  truncated_ = header.size() < kFileHeader;
  dirty_ = !truncated_ && (little_endian<uint32_t>(header, kFlags) & kDirty) != 0;
  window_.consume(header.size());
}

std::optional<Unit> EvtxReader::next_chunk() {
  (void)window_.has(kFront - 1);
  const std::string_view bytes = window_.view().substr(0, kChunk);
  if (bytes.starts_with(kEvtxMagic)) {
    read_header();  // files one behind the other
  } else if (bytes.starts_with(kEvtxChunkMagic)) {
    open_chunk(bytes);
  } else {
    return lost_chunk(bytes);
  }
  return std::nullopt;
}

/// No chunk begins here. The space behind the last one is filled with zeros; in anything else there may be records
/// whose chunk has lost its header, then another chunk.
std::optional<Unit> EvtxReader::lost_chunk(std::string_view bytes) {
  const size_t magic = front().find(kEvtxChunkMagic);
  const std::string_view lost = bytes.substr(0, magic);
  if (all_zero(lost)) {
    window_.consume(lost.size());
    return std::nullopt;
  }
  open_headless(lost);
  if (std::exchange(in_garbage_, true)) return std::nullopt;
  return bad(Fault::Damaged, 0);
}

void EvtxReader::open_chunk(std::string_view bytes) {
  constexpr size_t kLastId = 32;
  constexpr size_t kFreeSpace = 48;
  chunk_ = bytes;
  at_ = kChunkHeader;
  sound_ = checksum_holds(bytes);
  const bool header = bytes.size() >= kChunkHeader;
  limit_ = header ? little_endian<uint32_t>(bytes, kFreeSpace) : 0;
  limit_known_ = limit_ >= kChunkHeader && limit_ <= kChunk;
  if (!limit_known_) limit_ = kChunk;
  truncated_ = truncated_ || limit_ > bytes.size();
  final_id_ = sound_ ? std::optional(little_endian<uint64_t>(bytes, kLastId)) : std::nullopt;
  begin_chunk();
}

void EvtxReader::open_headless(std::string_view bytes) {
  chunk_ = bytes;
  sound_ = false;
  limit_ = bytes.size();
  limit_known_ = false;
  final_id_.reset();
  at_ = find_record(0);
  begin_chunk();
}

void EvtxReader::begin_chunk() {
  last_id_.reset();
  has_gap_ = false;
  renderer_.begin(chunk_);
}

void EvtxReader::close_chunk() {
  // Where bytes are missing from a chunk the next one begins too early.
  const size_t next = has_gap_ ? front().find(kEvtxChunkMagic, kChunkHeader) : std::string_view::npos;
  window_.consume(std::min(next, chunk_.size()));
  chunk_ = {};
}

std::optional<Unit> EvtxReader::next_record() {
  if (at_ >= limit_ && !goes_on(at_)) return std::nullopt;
  if (at_ >= chunk_.size()) return std::nullopt;
  const size_t size = record_size(at_);
  if (size == 0) return gap();
  // Without a header only the identifiers tell an older record in the free space.
  if (!limit_known_ && last_id_ && id_at(at_) <= *last_id_) return std::nullopt;
  return record(size);
}

/// No record begins where one should.
std::optional<Unit> EvtxReader::gap() {
  const size_t begin = at_;
  const std::string_view rest = chunk_.substr(at_, limit_ - std::min(at_, limit_));
  at_ = std::min(find_record(at_ + 1), std::max(limit_, at_ + 1));
  const bool complete = !final_id_ || last_id_ == final_id_;
  if (all_zero(rest) && complete) return std::nullopt;
  has_gap_ = true;
  return bad(Fault::Damaged, begin);
}

Unit EvtxReader::record(size_t size) {
  using Outcome = BinXmlRenderer::Outcome;
  const size_t begin = at_;
  last_id_ = id_at(begin);
  at_ += size;
  in_garbage_ = false;
  xml_.clear();
  const Outcome outcome = renderer_.render(begin + kRecordHeader, at_ - kRecordTail, xml_);
  if (outcome == Outcome::Damaged) return bad(Fault::Damaged, begin);
  if (outcome == Outcome::TooMuch || xml_.size() > largest_) return bad(Fault::Oversized, begin);
  return {.kind = Unit::Kind::Xml, .text = xml_, .offset = window_.offset() + begin, .fault = Fault::None};
}

Unit EvtxReader::bad(Fault fault, size_t at) const {
  return {.kind = Unit::Kind::Bad, .text = {}, .offset = window_.offset() + at, .fault = fault};
}

bool EvtxReader::goes_on(size_t at) const {
  return (dirty_ || !sound_) && record_size(at) > 0 && last_id_ && id_at(at) == *last_id_ + 1;
}

std::string_view EvtxReader::front() const { return window_.view().substr(0, kFront); }

uint64_t EvtxReader::id_at(size_t at) const { return little_endian<uint64_t>(chunk_, at + kIdOffset); }

/// 0 where there is no whole record.
size_t EvtxReader::record_size(size_t at) const {
  if (at > chunk_.size() || chunk_.size() - at < kRecordHeader + kRecordTail) return 0;
  if (!chunk_.substr(at).starts_with(kRecordMagic)) return 0;
  const size_t size = little_endian<uint32_t>(chunk_, at + kRecordMagic.size());
  if (size < kRecordHeader + kRecordTail || size > chunk_.size() - at) return 0;
  return little_endian<uint32_t>(chunk_, at + size - kRecordTail) == size ? size : 0;
}

/// The chunk's size where no record follows.
size_t EvtxReader::find_record(size_t from) const {
  for (size_t at = chunk_.find(kRecordMagic, from); at < chunk_.size(); at = chunk_.find(kRecordMagic, at + 1)) {
    if (record_size(at) > 0) return at;
  }
  return chunk_.size();
}

}  // namespace hecate::ingest
