#include "ingest/key_value.h"

#include <string>

#include "base/text.h"

namespace hecate::ingest {
namespace {

bool is_key(char c) {
  return is_ascii_alnum(c) || c == '_' || c == '-' || c == '.' || c == '@' || c == '/' || c == '{' || c == '}';
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

size_t blank_at(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && !is_blank(text[at])) ++at;
  return at;
}

/// The end of a quoted text that begins behind its quote, or npos.
size_t closing_quote(std::string_view text, bool& escaped) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') return at;
    if (text[at] != '\\' || at + 1 == text.size()) continue;
    // Windows paths stand in quotes as they are: a backslash before anything else is itself.
    if (text[at + 1] != '"' && text[at + 1] != '\\') continue;
    // A path's last backslash before the end: `path="C:\" x=…`.
    if (text[at + 1] == '"' && (at + 2 == text.size() || is_blank(text[at + 2])) &&
        text.find('"', at + 2) == std::string_view::npos) {
      return at + 1;
    }
    escaped = true;
    ++at;
  }
  return std::string_view::npos;
}

std::string_view unescaped(std::string_view text, Arena& memory) {
  char* to = memory.allocate(text.size());
  size_t size = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
    to[size++] = text[at];
  }
  return {to, size};
}

/// `[UFW BLOCK] [12.5] ` in front.
void skip_brackets(std::string_view& text) {
  constexpr size_t kLongest = 40;
  while (text.starts_with('[')) {
    const size_t end = text.substr(0, kLongest).find(']');
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
    skip_blanks(text);
  }
}

}  // namespace

bool take_key_value(std::string_view& text, KeyValue& pair, Arena& memory) {
  std::string_view rest = text;
  skip_blanks(rest);
  size_t at = 0;
  while (at < rest.size() && is_key(rest[at])) ++at;
  if (at == 0 || at == rest.size() || rest[at] != '=') return false;
  pair.key = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  pair.quoted = rest.starts_with('"');
  if (pair.quoted) {
    bool escaped = false;
    const size_t end = closing_quote(rest.substr(1), escaped);
    if (end == std::string_view::npos) return false;
    const std::string_view inside = rest.substr(1, end);
    pair.value = escaped ? unescaped(inside, memory) : inside;
    rest.remove_prefix(end + 2);
  } else {
    const size_t end = blank_at(rest);
    pair.value = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  text = rest;
  return true;
}

bool parse_key_values(std::string_view text, FieldList& fields) {
  constexpr size_t kFewest = 3;
  constexpr size_t kPairsForBareWord = 4;
  skip_brackets(text);
  const size_t before = fields.fields().size();
  size_t pairs = 0;
  size_t bare = 0;
  for (KeyValue pair; !text.empty();) {
    if (take_key_value(text, pair, fields.memory())) {
      ++pairs;
      if (pair.quoted || !pair.value.empty()) fields.add(pair.key, pair.value);
      // Some write a comma or a semicolon between pairs.
      if (pair.quoted && !text.empty() && (text.front() == ',' || text.front() == ';')) text.remove_prefix(1);
    } else {
      skip_blanks(text);
      const size_t word = blank_at(text);
      // A line that begins with a word is prose; one whose words outnumber its pairs early on need not be read to its
      // end.
      if (word > 0 && (pairs == 0 || ++bare > 2 + pairs / kPairsForBareWord)) break;
      text.remove_prefix(word);
    }
    skip_blanks(text);
  }
  if (text.empty() && pairs >= kFewest && bare * kPairsForBareWord <= pairs) return true;
  fields.truncate(before);
  return false;
}

std::optional<Ticks> key_value_time(const FieldList& fields) {
  const std::string_view date = fields.find("date");
  const std::string_view time = fields.find("time");
  if (!date.empty() && !time.empty()) {
    std::string text(date);
    text.append("T").append(time);
    const std::string_view zone = fields.find("tz");
    if (const auto with_zone = parse_iso_time(text + std::string(zone)); with_zone && !zone.empty()) return with_zone;
    // Without the zone the count of seconds is the better witness.
    if (const auto seconds = parse_epoch_time(fields.find("eventtime").substr(0, 10))) return seconds;
    return parse_iso_time(text);
  }
  return std::nullopt;
}

}  // namespace hecate::ingest
