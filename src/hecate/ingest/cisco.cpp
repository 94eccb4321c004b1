#include "ingest/cisco.h"

#include "base/text.h"

namespace hecate::ingest {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_name(char c) { return is_upper(c) || is_ascii_digit(c) || c == '_'; }

struct Mark {
  std::string_view facility, severity, mnemonic, message;
};

/// Reads a mark that begins behind `%`.
bool read_mark(std::string_view text, Mark& mark) {
  constexpr size_t kLongest = 96;
  const size_t colon = text.substr(0, kLongest).find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, colon);
  // The severity is the last piece but one, a single digit.
  const size_t last = name.rfind('-');
  if (last == std::string_view::npos || last < 3 || last + 1 == name.size()) return false;
  const char severity = name[last - 1];
  if (severity < '0' || severity > '7' || name[last - 2] != '-') return false;
  mark.facility = name.substr(0, last - 2);
  mark.severity = name.substr(last - 1, 1);
  mark.mnemonic = name.substr(last + 1);
  if (!is_upper(mark.facility.front())) return false;
  for (const char c : mark.facility) {
    if (!is_name(c) && c != '-') return false;
  }
  for (const char c : mark.mnemonic) {
    if (!is_name(c)) return false;
  }
  mark.message = trim(text.substr(colon + 1));
  return true;
}

}  // namespace

bool parse_cisco(std::string_view text, FieldList& fields) {
  constexpr size_t kLongestHeader = 256;
  const std::string_view front = text.substr(0, kLongestHeader);
  for (size_t at = front.find('%'); at != std::string_view::npos; at = front.find('%', at + 1)) {
    Mark mark;
    if (at > 0 && text[at - 1] != ' ' && text[at - 1] != ':') continue;
    if (!read_mark(text.substr(at + 1), mark)) continue;
    fields.add("cisco.facility", mark.facility);
    fields.add("cisco.severity", mark.severity);
    fields.add("cisco.mnemonic", mark.mnemonic);
    if (!mark.message.empty()) fields.add("cisco.message", mark.message);
    return true;
  }
  return false;
}

}  // namespace hecate::ingest
