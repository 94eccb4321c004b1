#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/evtx_binxml.h"
#include "ingest/splitter.h"
#include "ingest/window.h"

namespace hecate::ingest {

constexpr std::string_view kEvtxMagic{"ElfFile\0", 8};
constexpr std::string_view kEvtxChunkMagic{"ElfChnk\0", 8};

/// The records of a Windows event log (EVTX), in the order of the file: each is given as the XML that Windows shows
/// for it. Works forward through the bytes and holds no more than one chunk of 64 KiB, so that logs may be compressed
/// or come through a pipe. Begins at the file's header, or at a chunk where the header is missing.
///
/// What a damaged file still holds is given: chunks are found by their signature, records by theirs; each stretch
/// that cannot be read is one Bad unit. The free space of an undamaged chunk may hold older, overwritten records:
/// they are not part of the log and are left alone. In a log that was not closed (flag "dirty") or a chunk whose
/// header is damaged the records behind that space's beginning count as long as their identifiers go on.
class EvtxReader {
 public:
  EvtxReader(Window& window, size_t largest) : window_(window), largest_(largest) {}

  /// Xml, Bad or End. The text is valid until the next call.
  Unit next();
  /// Whether the bytes ended in the middle of a chunk.
  [[nodiscard]] bool truncated() const { return truncated_; }

 private:
  static constexpr size_t kChunk = 65536;
  // The next chunk's signature may begin in the last bytes of this one.
  static constexpr size_t kFront = kChunk + kEvtxChunkMagic.size() - 1;

  void read_header();
  /// Bad for a stretch of bytes without a header; then, or else, its records may be read.
  std::optional<Unit> next_chunk();
  std::optional<Unit> lost_chunk(std::string_view bytes);
  void open_chunk(std::string_view bytes);
  void open_headless(std::string_view bytes);
  void begin_chunk();
  void close_chunk();
  /// Nothing at the end of the chunk.
  std::optional<Unit> next_record();
  std::optional<Unit> gap();
  Unit record(size_t size);

  [[nodiscard]] Unit bad(Fault fault, size_t at) const;
  [[nodiscard]] std::string_view front() const;
  [[nodiscard]] bool goes_on(size_t at) const;
  [[nodiscard]] uint64_t id_at(size_t at) const;
  [[nodiscard]] size_t record_size(size_t at) const;
  [[nodiscard]] size_t find_record(size_t from) const;

  Window& window_;
  size_t largest_;
  BinXmlRenderer renderer_;
  std::string xml_;
  std::string_view chunk_;  // the front of the window; empty between chunks
  size_t at_ = 0;           // the next record in the chunk
  size_t limit_ = 0;        // where the chunk's free space begins
  bool limit_known_ = false;
  bool sound_ = false;                // the chunk's header can be trusted
  std::optional<uint64_t> final_id_;  // of the chunk's last record, as the header says
  std::optional<uint64_t> last_id_;   // of the record that was read last
  bool has_gap_ = false;
  bool dirty_ = true;  // the log was not closed, or no header says that it was
  bool in_garbage_ = false;
  bool truncated_ = false;
};

}  // namespace hecate::ingest
