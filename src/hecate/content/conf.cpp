#include "content/conf.h"

#include <algorithm>

#include "base/text.h"
#include "content/codes.h"

namespace hecate::content {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kDefault = "default";

struct Line {
  size_t begin = 0;
  size_t end = 0;  // without the line break, and without blanks behind
  size_t next = 0;
};

Line line_at(std::string_view text, size_t begin) {
  Line line{begin, std::min(text.find('\n', begin), text.size()), 0};
  line.next = std::min(line.end + 1, text.size());
  while (line.end > line.begin && kBlanks.find(text[line.end - 1]) != std::string_view::npos) --line.end;
  return line;
}

size_t skip_blanks(std::string_view text, size_t at, size_t end) {
  while (at < end && kBlanks.find(text[at]) != std::string_view::npos) ++at;
  return at;
}

Span span_of(FileId file, size_t begin, size_t end) {
  return {file, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
}

/// From `begin` to the end of its line, which is then the last of the value: a backslash at a line's end joins the next
/// line, and the break stays a part of the value.
MappedText read_value(FileId file, std::string_view text, size_t begin, Line& line) {
  MappedText value;
  while (line.end > begin && text[line.end - 1] == '\\' && line.next < text.size()) {
    value.append_verbatim(text.substr(begin, line.end - 1 - begin), file, static_cast<uint32_t>(begin));
    value.append_generated("\n", span_of(file, line.end - 1, line.end));
    line = line_at(text, line.next);
    begin = line.begin;
  }
  value.append_verbatim(text.substr(begin, line.end - begin), file, static_cast<uint32_t>(begin));
  return value;
}

}  // namespace

const MappedText* Conf::Stanza::find(std::string_view key) const {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

std::string_view Conf::Stanza::text_of(std::string_view key) const {
  const MappedText* value = find(key);
  return value == nullptr ? std::string_view() : value->view();
}

bool Conf::Stanza::is_true(std::string_view key) const {
  const std::string_view value = text_of(key);
  return value == "1" || equals_ignoring_case(value, "true") || equals_ignoring_case(value, "t") ||
         equals_ignoring_case(value, "yes");
}

void Conf::read(FileId file, const std::string& path, std::string_view text, DiagnosticSink& sink) {
  std::string name(kDefault);
  for (size_t at = 0; at < text.size();) {
    Line line = line_at(text, at);
    at = line.next;
    line.begin = skip_blanks(text, line.begin, line.end);
    if (line.begin == line.end || text[line.begin] == '#') continue;
    if (text[line.begin] == '[' && text[line.end - 1] == ']') {
      name = std::string(text.substr(line.begin + 1, line.end - line.begin - 2));
      stanzas_.try_emplace(name, Stanza{span_of(file, line.begin, line.end), path, {}});
      continue;
    }
    const size_t equals = text.substr(0, line.end).find('=', line.begin);
    if (equals == std::string_view::npos) {
      sink.report(kBadConfLine, span_of(file, line.begin, line.end),
                  "this line is neither a stanza nor a key with a value",
                  "a value that goes on in the next line ends with a backslash");
      continue;
    }
    size_t key_end = equals;
    while (key_end > line.begin && kBlanks.find(text[key_end - 1]) != std::string_view::npos) --key_end;
    const std::string key(text.substr(line.begin, key_end - line.begin));
    MappedText value = read_value(file, text, skip_blanks(text, equals + 1, line.end), line);
    at = line.next;
    stanzas_.try_emplace(name, Stanza{{}, path, {}}).first->second.values.insert_or_assign(key, std::move(value));
  }
}

std::map<std::string, Conf::Stanza, std::less<>> Conf::stanzas() const {
  auto result = stanzas_;
  const auto common = result.find(kDefault);
  if (common == result.end()) return result;
  const Stanza defaults = std::move(common->second);
  result.erase(common);
  for (auto& [name, stanza] : result) stanza.values.insert(defaults.values.begin(), defaults.values.end());
  return result;
}

}  // namespace hecate::content
