#include "lang/sigma/placeholders.h"

#include <algorithm>

#include "base/text.h"

namespace hecate::sigma {
namespace {

// "Custom placeholders can be defined as required": letters of any script, digits, and what names have.
bool is_name(char c) {
  return is_ascii_alnum(c) || c == '_' || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

/// How many characters from `at` on are an escape and not to be looked at.
size_t escape_length(std::string_view text, size_t at) {
  if (text[at] != '\\' || at + 1 == text.size()) return 0;
  return std::string_view("\\%*?").find(text[at + 1]) != std::string_view::npos ? 2 : 0;
}

}  // namespace

std::vector<PlaceholderPiece> split_placeholders(std::string_view text) {
  std::vector<PlaceholderPiece> pieces;
  size_t begin = 0;
  const auto literal = [&](size_t end) {
    if (end > begin) pieces.push_back({std::string(text.substr(begin, end - begin)), false, begin, end});
  };
  for (size_t at = 0; at < text.size();) {
    if (const size_t length = escape_length(text, at); length > 0) {
      at += length;
      continue;
    }
    size_t end = at + 1;
    if (text[at] == '%') {
      while (end < text.size() && is_name(text[end])) ++end;
    }
    if (text[at] != '%' || end == at + 1 || end >= text.size() || text[end] != '%') {
      ++at;
      continue;
    }
    literal(at);
    pieces.push_back({std::string(text.substr(at + 1, end - at - 1)), true, at, end + 1});
    begin = at = end + 1;
  }
  literal(text.size());
  return pieces;
}

bool has_placeholder(std::string_view text) {
  const std::vector<PlaceholderPiece> pieces = split_placeholders(text);
  return std::any_of(pieces.begin(), pieces.end(), [](const PlaceholderPiece& piece) { return piece.placeholder; });
}

std::string unescape_percent(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t length = escape_length(text, at);
    if (length > 0 && text[at + 1] != '%') {
      out += text[at++];
    } else if (length > 0) {
      ++at;
    }
    out += text[at];
  }
  return out;
}

}  // namespace hecate::sigma
