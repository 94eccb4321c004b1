#include <simdjson.h>

#include <chrono>

#include "bench.h"

namespace hecate::bench {

double parse_simdjson(const PaddedText& events, uint64_t& parsed) {
  static simdjson::dom::parser parser;
  parsed = 0;
  const std::string_view text = events.view();
  const auto start = std::chrono::steady_clock::now();
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    // Within one padded buffer every line has bytes behind it: nothing need be copied.
    simdjson::dom::element document;
    if (parser.parse(text.data() + at, end - at, false).get(document) == simdjson::SUCCESS) ++parsed;
    at = end + 1;
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace hecate::bench
