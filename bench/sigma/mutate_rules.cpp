#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "bench.h"

namespace hecate::bench {
namespace {

namespace fs = std::filesystem;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Every letter by `shift` places of the alphabet: words of the same length that no event holds.
std::string rotate(std::string_view text, int shift) {
  std::string out(text);
  for (char& c : out) {
    if (!is_letter(c)) continue;
    const char base = c >= 'a' ? 'a' : 'A';
    c = static_cast<char>(base + (c - base + shift) % 26);
  }
  return out;
}

/// Where a line's literal begins: behind `- ` or behind `key: `; npos where the line holds none that may change.
size_t literal_begin(std::string_view line) {
  const size_t start = line.find_first_not_of(' ');
  if (start == std::string_view::npos || line[start] == '#') return std::string_view::npos;
  size_t begin = start;
  if (line.substr(start).starts_with("- ")) begin = line.find_first_not_of(' ', start + 2);
  if (begin == std::string_view::npos) return begin;
  if (line[begin] != '\'' && line[begin] != '"') {
    const size_t colon = line.find(": ", begin);
    const size_t end_colon = line.ends_with(':') ? line.size() - 1 : std::string_view::npos;
    if (end_colon != std::string_view::npos && colon == std::string_view::npos) return end_colon;
    if (colon != std::string_view::npos) {
      const std::string_view key = line.substr(begin, colon - begin);
      for (const std::string_view other :
           {"|re", "|fieldref", "|expand", "|exists", "|cidr", "condition", "timeframe"}) {
        if (key.find(other) != std::string_view::npos) return std::string_view::npos;
      }
      begin = line.find_first_not_of(' ', colon + 2);
    }
  }
  if (begin == std::string_view::npos) return begin;
  const std::string_view value = line.substr(begin);
  const bool escapes = value.starts_with('"') && value.find('\\') != std::string_view::npos;
  if (escapes || value == "null" || value == "true" || value == "false") return std::string_view::npos;
  return begin;
}

std::string mutate(const std::string& text, size_t copy) {
  std::istringstream in(text);
  std::string out;
  bool inside = false;
  bool regex_list = false;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] != ' ' && line[0] != '#') inside = line.starts_with("detection:");
    if (line.starts_with("id: ") && line.size() > 12) {
      line.replace(4, 8, fmt::format("{:08x}", 0xb0000000U + copy));
    } else if (inside) {
      if (line.ends_with(':')) {
        regex_list = line.find("|re") != std::string::npos || line.find("|cidr") != std::string::npos ||
                     line.find("|fieldref") != std::string::npos;
      }
      const size_t begin = regex_list && line.find("- ") != std::string::npos ? std::string::npos : literal_begin(line);
      if (begin != std::string::npos) line = line.substr(0, begin) + rotate(line.substr(begin), static_cast<int>(copy));
    }
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace

std::vector<std::string> mutate_rules(const std::vector<std::string>& folders, const fs::path& to, size_t copies) {
  std::vector<std::string> made;
  for (size_t copy = 1; copy <= copies; ++copy) {
    const fs::path folder = to / std::to_string(copy);
    made.push_back(folder.string());
    if (fs::exists(folder)) continue;
    fs::create_directories(folder);
    size_t number = 0;
    for (const std::string& from : folders) {
      for (const auto& entry : fs::recursive_directory_iterator(from)) {
        if (entry.path().extension() != ".yml") continue;
        std::ofstream(folder / fmt::format("{}.yml", number++)) << mutate(read_whole(entry.path()), copy);
      }
    }
  }
  return made;
}

}  // namespace hecate::bench
