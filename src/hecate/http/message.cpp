#include "http/message.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace hecate::http {
namespace {

const std::string* find_header(const Headers& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return equals_ignoring_case(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

std::optional<std::string_view> find_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const size_t equals = std::min(one.find('='), one.size());
    if (one.substr(0, equals) == name) return one.substr(std::min(one.size(), equals + 1));
  }
  return std::nullopt;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_ascii_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const std::string* value = find_header(headers, name);
  return value == nullptr ? std::string_view() : *value;
}

bool Request::has_header(std::string_view name) const { return find_header(headers, name) != nullptr; }

std::string Request::parameter(std::string_view name) const {
  return decode_query(find_parameter(query, name).value_or(std::string_view()));
}

bool Request::has_parameter(std::string_view name) const { return find_parameter(query, name).has_value(); }

std::string decode_query(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    const char* digits = text.data() + at + 1;
    const bool encoded =
        text[at] == '%' && text.size() - at > 2 && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    out += encoded ? static_cast<char>(value) : text[at] == '+' ? ' ' : text[at];
    if (encoded) at += 2;
  }
  return out;
}

bool decode_base64(std::string_view text, std::string& out) {
  while (text.ends_with('=')) text.remove_suffix(1);
  out.clear();
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return false;
    bits = (bits << 6U) | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<uint32_t>(count)) & 0xFFU);
  }
  return true;
}

}  // namespace hecate::http
