// CEF, LEEF, Cisco, access logs and pairs, bare and behind what makes them recognised.
#include <array>

#include "ingest/text_format.h"
#include "ingest_line.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate;
  using namespace hecate::ingest;
  constexpr std::array<std::string_view, 8> kFronts{"",
                                                    "CEF:0|v|p|1|id|name|5|",
                                                    "<134>Jan  1 00:00:00 h CEF:0|",
                                                    "LEEF:2.0|v|p|1|id|",
                                                    "LEEF:1.0|v|p|1|id|",
                                                    "h - u [10/Oct/2000:13:55:36 -0700] \"",
                                                    "%ASA-6-",
                                                    "date=2024-01-02 time=03:04:05 "};
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  PathSet wanted;
  for (const std::string_view path : {"cef.name", "src", "leef.event_id", "cisco.message", "uri_query", "date"}) {
    wanted.add(path);
  }
  const std::string text = std::string(kFronts[data[0] % kFronts.size()]).append(bytes);
  fuzz::read_lines(text, wanted);
  FieldList fields;
  std::optional<Ticks> time;
  const TextFormat format = parse_line(text, fields, time);
  fuzz::require(format != TextFormat::None || fields.empty());
  return 0;
}
