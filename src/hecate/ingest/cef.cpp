#include "ingest/cef.h"

#include <array>

#include "base/text.h"
#include "ingest/clock_text.h"

namespace hecate::ingest {
namespace {

constexpr std::array<std::string_view, 7> kHeader{
    "cef.version", "cef.device_vendor", "cef.device_product", "cef.device_version", "cef.device_event_class_id",
    "cef.name",    "cef.severity"};
constexpr std::string_view kLabel = "Label";

bool is_key(char c) { return is_ascii_alnum(c) || c == '_' || c == '.' || c == '-' || c == '[' || c == ']'; }

/// The text without its escapes; other backslashes are themselves (Windows paths are often left as they are).
std::string_view unescape(std::string_view text, std::string_view escapes, Arena& memory) {
  if (text.find('\\') == std::string_view::npos) return text;
  char* to = memory.allocate(text.size());
  size_t size = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '\\' && at + 1 < text.size() && escapes.find(text[at + 1]) != std::string_view::npos) {
      c = text[++at];
      if (c == 'n' || c == 'r') c = '\n';
    }
    to[size++] = c;
  }
  return {to, size};
}

/// Where the next bar stands that is not escaped, or npos.
size_t bar_at(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '|') {
      return at;
    }
  }
  return std::string_view::npos;
}

/// `CEF:0|` or `CEF: 1.2|`, at the front or behind a blank.
size_t begin_of(std::string_view text) {
  constexpr std::string_view kMark = "CEF:";
  constexpr size_t kLongestHeader = 512;
  const std::string_view front = text.substr(0, kLongestHeader);
  for (size_t at = front.find(kMark); at != std::string_view::npos; at = front.find(kMark, at + 1)) {
    size_t digits = at + kMark.size();
    while (digits < text.size() && text[digits] == ' ') ++digits;
    const bool separate = at == 0 || !is_ascii_alnum(text[at - 1]);
    if (separate && digits < text.size() && is_ascii_digit(text[digits])) return at + kMark.size();
  }
  return std::string_view::npos;
}

/// Where the next pair's key begins, at the front or behind a blank; npos where there is none. `equals` is its `=`.
size_t next_key(std::string_view text, size_t from, size_t& equals) {
  for (size_t at = from; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
      continue;
    }
    if (text[at] != '=') continue;
    size_t key = at;
    while (key > from && is_key(text[key - 1])) --key;
    if (key == at || (key > 0 && text[key - 1] != ' ')) continue;
    equals = at;
    return key;
  }
  return std::string_view::npos;
}

void add_extension(std::string_view text, FieldList& fields) {
  constexpr std::string_view kEscapes = "=\\nr|";
  size_t equals = 0;
  size_t key = next_key(text, 0, equals);
  while (key != std::string_view::npos) {
    const std::string_view name = text.substr(key, equals - key);
    const size_t value = equals + 1;
    key = next_key(text, value, equals);
    std::string_view written = text.substr(value, key == std::string_view::npos ? key : key - value);
    // Trailing blanks belong to the next pair; an escaped one cannot be told and is none.
    while (written.ends_with(' ')) written.remove_suffix(1);
    if (!written.empty()) fields.add(name, unescape(written, kEscapes, fields.memory()));
  }
}

/// `cs1Label=Policy cs1=Deny` is Policy=Deny as well.
void add_labelled(FieldList& fields) {
  const size_t count = fields.fields().size();
  for (size_t i = 0; i < count; ++i) {
    const FieldList::Field label = fields.fields()[i];
    if (label.path.size() <= kLabel.size() || !label.path.ends_with(kLabel)) continue;
    const std::string_view value = fields.find(label.path.substr(0, label.path.size() - kLabel.size()));
    if (!value.empty() && fields.find(label.value).empty()) fields.add(label.value, value);
  }
}

}  // namespace

bool parse_cef(std::string_view text, FieldList& fields) {
  const size_t begin = begin_of(text);
  if (begin == std::string_view::npos) return false;
  text.remove_prefix(begin);
  const size_t before = fields.fields().size();
  for (const std::string_view path : kHeader) {
    const size_t bar = bar_at(text);
    // Some end behind the severity without a bar.
    if (bar == std::string_view::npos && path != kHeader.back()) {
      fields.truncate(before);
      return false;
    }
    const std::string_view value = trim(text.substr(0, bar));
    if (!value.empty()) fields.add(path, unescape(value, "|\\", fields.memory()));
    text.remove_prefix(bar == std::string_view::npos ? text.size() : bar + 1);
  }
  add_extension(text, fields);
  add_labelled(fields);
  return true;
}

std::optional<Ticks> cef_time(const FieldList& fields) {
  const std::string_view written = fields.find("rt");
  if (const auto count = parse_epoch_milliseconds(written)) return count;
  return parse_month_first_time(written);
}

}  // namespace hecate::ingest
