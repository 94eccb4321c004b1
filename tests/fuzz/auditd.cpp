// The audit log: lines of a few types and ids, whose bodies are the input's.
#include "ingest/auditd.h"

#include <array>

#include "ingest_line.h"

namespace {

using namespace hecate::ingest;

/// A byte picks type, id and time of the line that follows it.
std::string lines_of(std::string_view bytes) {
  constexpr std::array<std::string_view, 8> kTypes{"SYSCALL", "EXECVE",   "PATH", "SOCKADDR",
                                                   "CWD",     "USER_CMD", "EOE",  "PROCTITLE"};
  std::string text;
  while (!bytes.empty()) {
    const auto pick = static_cast<unsigned char>(bytes.front());
    const std::string_view body = bytes.substr(1, bytes.find('\n', 1) - 1);
    bytes.remove_prefix(std::min(bytes.size(), body.size() + 2));
    text += pick % 16 == 15 ? "node=n type=" : "type=";
    text += kTypes[pick % 8];
    text += " msg=audit(1" + std::to_string(pick / 64) + ".000:" + std::to_string(pick / 16) + "): ";
    text.append(body).append("\n");
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  PathSet wanted;
  for (const std::string_view path : {"type", "a0", "EXECVE.ARGV{}", "EXECVE.ARGV_STR", "PATH{}.name", "SYSCALL.exe",
                                      "PROCTITLE.proctitle", "SOCKADDR.laddr", "key", "log.format", "syslog.host"}) {
    wanted.add(path);
  }
  fuzz::read_lines(bytes, wanted);
  fuzz::read_lines(lines_of(bytes), wanted);
  return 0;
}
