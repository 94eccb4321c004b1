// Arbitrary bytes as a Windows event log: whole, and as the chunks of one. What comes out must not depend on the size
// of the reads, and each record is an event.
#include "ingest/evtx.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ingest/reader.h"

namespace {

using namespace hecate;
using namespace hecate::ingest;

constexpr size_t kChunk = 65536;

void require(bool holds) {
  if (!holds) std::abort();
}

uint64_t mix(uint64_t digest, std::string_view text) {
  for (const char c : text) digest = (digest ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  return digest;
}

uint64_t read(std::string_view log, size_t chunk) {
  uint64_t digest = 0;
  ReadStats stats;
  DiagnosticSink sink;
  const Visit visit = [&](const Record& record) {
    require(record.document->shape() == Shape::Xml);
    digest = mix(digest, record.raw) + record.byte_offset;
    record.document->read_all(
        [&](std::string_view path, RawValue value) { digest = mix(mix(digest, path), value.text); });
  };
  read_text(log, "fuzz", {.chunk = chunk}, visit, stats, sink);
  require(stats.records == stats.parsed + stats.malformed + stats.oversized);
  return digest + stats.records;
}

/// What a fuzzer builds by itself only with luck: the input is a chunk, and again the beginning of one that is cut off.
std::string among_others(std::string_view bytes) {
  std::string log(kEvtxMagic);
  log.resize(4096);
  std::string chunk(bytes.substr(0, kChunk));
  chunk.resize(kChunk);
  return log + chunk + chunk.substr(0, 700);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with(kEvtxMagic) || bytes.starts_with(kEvtxChunkMagic)) {
    require(read(bytes, 4099) == read(bytes, size_t{1} << 20));
  }
  (void)read(among_others(bytes), kChunk);
  return 0;
}
