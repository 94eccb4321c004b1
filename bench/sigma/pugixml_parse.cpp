#include <chrono>
#include <pugixml.hpp>

#include "bench.h"

namespace hecate::bench {

double parse_pugixml(const PaddedText& events, uint64_t& parsed) {
  constexpr unsigned kOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol;
  parsed = 0;
  const std::string_view text = events.view();
  pugi::xml_document document;
  std::vector<char> bytes;
  const auto start = std::chrono::steady_clock::now();
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    bytes.assign(text.data() + at, text.data() + end);
    if (document.load_buffer_inplace(bytes.data(), bytes.size(), kOptions, pugi::encoding_utf8)) ++parsed;
    at = end + 1;
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace hecate::bench
