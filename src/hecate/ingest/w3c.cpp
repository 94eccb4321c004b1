#include "ingest/w3c.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "ingest/clock_text.h"

namespace hecate::ingest {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

std::string_view take_word(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  skip_blanks(text);
  return word;
}

/// A word, or a text in quotes, whose doubled quotes are single ones.
std::string_view take_value(std::string_view& text, Arena& memory) {
  if (!text.starts_with('"')) return take_word(text);
  bool doubled = false;
  size_t end = 1;
  for (; end < text.size(); ++end) {
    if (text[end] != '"') continue;
    if (end + 1 == text.size() || text[end + 1] != '"') break;
    doubled = true;
    ++end;
  }
  if (end >= text.size()) return take_word(text);
  std::string_view inside = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  skip_blanks(text);
  if (!doubled) return inside;
  char* to = memory.allocate(inside.size());
  size_t size = 0;
  for (size_t at = 0; at < inside.size(); ++at) {
    to[size++] = inside[at];
    if (inside[at] == '"') ++at;
  }
  return {to, size};
}

std::string_view with_blanks(std::string_view text, Arena& memory) {
  if (text.find('+') == std::string_view::npos) return text;
  char* to = memory.allocate(text.size());
  std::replace_copy(text.begin(), text.end(), to, '+', ' ');
  return {to, text.size()};
}

std::optional<Ticks> time_of(std::string_view date, std::string_view clock) {
  const auto day = parse_iso_time(date);
  const auto since_midnight = read_clock(clock);
  if (!day || !since_midnight) return std::nullopt;
  return *day + *since_midnight;
}

}  // namespace

bool W3cTable::take_directive(std::string_view line) {
  constexpr std::array<std::string_view, 8> kOthers{
      "Version:", "Start-Date:", "End-Date:", "Remark:", "Date:", "Software:", "Fields:", "GMT-Offset:"};
  if (!line.starts_with('#')) return false;
  line.remove_prefix(1);
  const auto name =
      std::find_if(kOthers.begin(), kOthers.end(), [&](std::string_view n) { return line.starts_with(n); });
  if (name == kOthers.end()) return false;
  const std::string_view value = trim(line.substr(name->size()));
  if (*name == "Fields:") {
    take_names(value);
  } else if (*name == "Software:") {
    iis_ = value.starts_with("Microsoft Internet Information Services");
  } else if (*name == "Date:") {
    day_ = value.substr(0, value.find(' '));
  }
  return true;
}

void W3cTable::take_names(std::string_view names) {
  names_.clear();
  while (!names.empty()) {
    const std::string_view name = take_word(names);
    const bool header = name == "cs(User-Agent)" || name == "cs(Cookie)" || name == "cs(Referer)";
    names_.push_back({std::string(name), iis_ && header});
  }
}

bool W3cTable::read_row(std::string_view line, FieldList& fields, std::optional<Ticks>& time) const {
  const size_t before = fields.fields().size();
  std::string_view date = day_;
  std::string_view clock;
  size_t column = 0;
  for (skip_blanks(line); !line.empty(); ++column) {
    if (column == names_.size()) break;
    const Name& name = names_[column];
    std::string_view value = take_value(line, fields.memory());
    if (value.empty() || value == "-") continue;
    if (name.plus_is_blank) value = with_blanks(value, fields.memory());
    if (name.text == "date") date = value;
    if (name.text == "time") clock = value;
    fields.add(name.text, value);
  }
  if (column != names_.size() || !line.empty()) {
    fields.truncate(before);
    return false;
  }
  time = time_of(date, clock);
  return true;
}

}  // namespace hecate::ingest
