#include <fmt/format.h>

#include <random>

#include "bench.h"

namespace hecate::bench {
namespace {

bool is_process_creation(std::string_view line) {
  return (line.find("\"EventID\":1,") != std::string_view::npos &&
          line.find("Sysmon/Operational") != std::string_view::npos) ||
         line.find("\"EventID\":4688,") != std::string_view::npos;
}

/// Where a string value ends: at its closing quote.
size_t string_end(std::string_view line, size_t at) {
  while (at < line.size() && line[at] != '"') at += line[at] == '\\' ? 2 : 1;
  return at;
}

}  // namespace

std::string process_creations(std::string_view events, size_t copies) {
  constexpr std::string_view kKey = "\"CommandLine\":\"";
  std::mt19937_64 random(1);
  std::vector<std::string_view> lines;
  for (size_t at = 0; at < events.size();) {
    const size_t end = std::min(events.find('\n', at), events.size());
    const std::string_view line = events.substr(at, end - at);
    if (is_process_creation(line) && line.find(kKey) != std::string_view::npos) lines.push_back(line);
    at = end + 1;
  }
  std::string out;
  for (size_t copy = 0; copy < copies; ++copy) {
    for (const std::string_view line : lines) {
      const size_t end = string_end(line, line.find(kKey) + kKey.size());
      out += line.substr(0, end);
      out += fmt::format(" {:016x}", random());
      out += line.substr(end);
      out += '\n';
    }
  }
  return out;
}

}  // namespace hecate::bench
