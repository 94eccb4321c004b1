// Bodies of the event collector. What is taken is one record for each event when the log is read: were it another
// number, findings would name the wrong events, and events be lost.
#include <cstdlib>

#include "ingest/reader.h"
#include "server/hec_events.h"
#include "server/inflate.h"

namespace {

using namespace hecate;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_back(const server::EventLines& lines) {
  ingest::ReadStats stats;
  DiagnosticSink sink;
  uint64_t visited = 0;
  const auto visit = [&](const ingest::Record& record) { require(record.number == ++visited); };
  ingest::read_text(lines.text, "hec", {}, visit, stats, sink);
  require(visited == lines.events && stats.records == lines.events);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  server::EventDefaults defaults{"host", "", "st", "main", std::nullopt};
  if ((data[0] & 2) != 0) defaults.time = 17'000'000'000'000'000;
  server::EventLines lines;
  static const server::Token kToken;
  static server::HecEvents events;
  if ((data[0] & 4) != 0) {
    std::string plain;
    (void)server::inflate(body, 1U << 20U, plain);
    require(plain.size() <= (1U << 20U) + 1);
  }
  const auto fault = (data[0] & 1) != 0 ? server::HecEvents::read_lines(body, defaults, 5, lines)
                                        : events.read_envelopes(body, defaults, kToken, lines);
  if (!fault) read_back(lines);
  return 0;
}
