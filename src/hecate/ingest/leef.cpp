#include "ingest/leef.h"

#include <array>
#include <charconv>

#include "base/text.h"
#include "ingest/clock_text.h"

namespace hecate::ingest {
namespace {

constexpr std::array<std::string_view, 5> kHeader{"leef.version", "leef.vendor", "leef.product", "leef.product_version",
                                                  "leef.event_id"};

size_t begin_of(std::string_view text) {
  constexpr std::string_view kMark = "LEEF:";
  constexpr size_t kLongestHeader = 512;
  const size_t at = text.substr(0, kLongestHeader).find(kMark);
  if (at == std::string_view::npos || (at > 0 && is_ascii_alnum(text[at - 1]))) return std::string_view::npos;
  const size_t digits = at + kMark.size();
  return digits < text.size() && is_ascii_digit(text[digits]) ? digits : std::string_view::npos;
}

/// What a delimiter field says, or nothing where it says none.
std::optional<char> delimiter_of(std::string_view text) {
  if (text.size() == 1) return text.front();
  if (text.starts_with('0')) text.remove_prefix(1);
  if (!text.starts_with('x') && !text.starts_with('X')) return std::nullopt;
  text.remove_prefix(1);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 127) return std::nullopt;
  return static_cast<char>(value);
}

/// LEEF 2.0's sixth field. It may be left out, and then the tab separates: what stands there is an attribute.
char take_delimiter(std::string_view& text) {
  constexpr size_t kLongest = 6;
  const size_t bar = text.substr(0, kLongest).find('|');
  if (bar == std::string_view::npos) return '\t';
  const auto delimiter = delimiter_of(text.substr(0, bar));
  // A bar as the delimiter looks like an empty field before one: `||`.
  const bool is_bar = bar == 0 && text.size() > 1 && text[1] == '|';
  if (bar > 0 && !delimiter) return '\t';
  text.remove_prefix(is_bar ? 2 : bar + 1);
  return is_bar ? '|' : delimiter.value_or('\t');
}

bool is_key(char c) { return is_ascii_alnum(c) || c == '_' || c == '.' || c == '-'; }

void add_pair(std::string_view text, FieldList& fields) {
  text = trim(text);
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) return;
  const std::string_view value = trim(text.substr(equals + 1));
  if (!value.empty()) fields.add(trim(text.substr(0, equals)), value);
}

/// Where in blank-separated attributes the next key begins, behind `from`.
size_t next_pair(std::string_view text, size_t from) {
  for (size_t at = text.find('=', from); at != std::string_view::npos; at = text.find('=', at + 1)) {
    size_t key = at;
    while (key > from && is_key(text[key - 1])) --key;
    if (key < at && key > from && text[key - 1] == ' ') return key;
  }
  return text.size();
}

void add_blank_separated(std::string_view text, FieldList& fields) {
  while (!text.empty()) {
    const size_t equals = text.find('=');
    const size_t next = equals == std::string_view::npos ? text.size() : next_pair(text, equals + 1);
    add_pair(text.substr(0, next), fields);
    text.remove_prefix(next);
  }
}

}  // namespace

bool parse_leef(std::string_view text, FieldList& fields) {
  const size_t begin = begin_of(text);
  if (begin == std::string_view::npos) return false;
  text.remove_prefix(begin);
  const bool second = text.starts_with('2');
  const size_t before = fields.fields().size();
  for (const std::string_view path : kHeader) {
    const size_t bar = text.find('|');
    if (bar == std::string_view::npos) {
      fields.truncate(before);
      return false;
    }
    if (const std::string_view value = trim(text.substr(0, bar)); !value.empty()) fields.add(path, value);
    text.remove_prefix(bar + 1);
  }
  const char delimiter = second ? take_delimiter(text) : '\t';
  if (text.find(delimiter) == std::string_view::npos) {
    add_blank_separated(text, fields);
    return true;
  }
  while (!text.empty()) {
    const size_t end = text.find(delimiter);
    add_pair(text.substr(0, end), fields);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return true;
}

std::optional<Ticks> leef_time(const FieldList& fields) {
  const std::string_view written = fields.find("devTime");
  if (const auto count = parse_epoch_milliseconds(written)) return count;
  if (const auto time = parse_month_first_time(written)) return time;
  return parse_iso_time(written);
}

}  // namespace hecate::ingest
