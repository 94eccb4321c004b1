// Arbitrary bytes through the reader with small limits. The first byte picks the chunk size; what comes out
// must not depend on it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ingest/reader.h"

namespace {

using namespace hecate;
using namespace hecate::ingest;

struct Digest {
  uint64_t records = 0;
  uint64_t bad = 0;
  uint64_t bytes = 0;
  friend bool operator==(const Digest&, const Digest&) = default;
};

void require(bool holds) {
  if (!holds) std::abort();
}

void look_at(const Record& record, const PathSet& wanted, FieldValues& values, Digest& digest) {
  digest.bytes += record.raw.size();
  values.reset(wanted.slots());
  record.document->read(wanted, values);
  std::string json;
  record.document->read_all([&](std::string_view path, RawValue value) {
    digest.bytes += path.size() + value.text.size();
    json.clear();
    if (digest.bytes % 16 == 0) (void)record.document->read_json(path, json);
  });
  json.clear();
  const bool has_tree = record.document->shape() != Shape::Text;
  require(!has_tree || record.document->read_json("", json));
}

Digest read(std::string_view text, size_t chunk) {
  PathSet wanted;
  for (const std::string_view path : {"a", "a.b", "a{}.b", "a{}{}", "event", "Event.System.EventID",
                                      "Event.EventData.Data", "syslog.host", "syslog.message", "Event", "."}) {
    wanted.add(path);
  }
  FieldValues values;
  Digest digest;
  ReadStats stats;
  DiagnosticSink sink;
  const ReadOptions options{.largest_record = 512, .chunk = chunk};
  const Visit visit = [&](const Record& record) { look_at(record, wanted, values, digest); };
  read_text(text, "fuzz", options, visit, stats, sink);
  digest.records = stats.records;
  digest.bad = stats.malformed + stats.oversized;
  require(stats.records == stats.parsed + digest.bad);
  return digest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  require(read(text, 1 + data[0]) == read(text, size_t{1} << 16));
  return 0;
}
