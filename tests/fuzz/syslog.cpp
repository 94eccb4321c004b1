// Headers of syslog, and tables of lines: CSV, Zeek's logs, W3C's.
#include "ingest/syslog.h"

#include <array>

#include "ingest_line.h"

namespace {

bool lies_in(std::string_view part, std::string_view line) {
  return part.empty() || (part.data() >= line.data() && part.data() + part.size() <= line.data() + line.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate::ingest;
  constexpr std::array<std::string_view, 8> kFronts{
      "",
      "<34>1 2003-10-11T22:14:15.003Z ",
      "<34>Oct 11 22:14:15 ",
      "Oct 11 2024 22:14:15 ",
      "a,b,c\n1,2,3\n4,5,6\n7,8,9\n",
      "#separator \\x09\n#set_separator\t,\n#fields\ta\tb\n#types\tset[string]\tx\n",
      "#Software: Microsoft Internet Information Services\n#Fields: date time cs(Cookie)\n",
      "#fields\ta\n"};
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string text = std::string(kFronts[data[0] % kFronts.size()]).append(bytes);
  PathSet wanted;
  for (const std::string_view path : {"syslog.host", "syslog.message", "a", "a{}", "cs(Cookie)", "log.format"}) {
    wanted.add(path);
  }
  fuzz::read_lines(text, wanted);
  const std::string_view line = std::string_view(text).substr(0, text.find('\n'));
  if (const auto header = parse_syslog(line)) {
    for (const std::string_view part : {header->priority, header->host, header->app, header->pid, header->message_id,
                                        header->structured_data, header->message}) {
      fuzz::require(lies_in(part, line));
    }
  }
  return 0;
}
