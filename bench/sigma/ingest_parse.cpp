#include <chrono>

#include "bench.h"
#include "ingest/reader.h"

namespace hecate::bench {

double parse_ingest(const PaddedText& events, uint64_t& parsed) {
  ingest::ReadStats stats;
  DiagnosticSink sink;
  const auto start = std::chrono::steady_clock::now();
  ingest::read_text(events.view(), "events", {}, [](const ingest::Record&) {}, stats, sink);
  parsed = stats.parsed;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace hecate::bench
