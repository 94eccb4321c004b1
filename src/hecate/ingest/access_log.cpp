#include "ingest/access_log.h"

#include <array>
#include <string>

#include "base/text.h"
#include "ingest/clock_text.h"

namespace hecate::ingest {
namespace {

std::string_view take_word(std::string_view& text) {
  const size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

void add(std::string_view path, std::string_view value, FieldList& fields) {
  if (!value.empty() && value != "-") fields.add(path, value);
}

int hex_digit(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string_view unescape(std::string_view text, Arena& memory) {
  if (text.find('\\') == std::string_view::npos) return text;
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '\\' || at + 1 == text.size()) {
      out += c;
    } else if (text[at + 1] == '"' || text[at + 1] == '\\') {
      out += text[++at];
    } else if (text[at + 1] == 'x' && at + 3 < text.size() && hex_digit(text[at + 2]) >= 0 &&
               hex_digit(text[at + 3]) >= 0 && text.substr(at + 2, 2) != "00") {
      out += static_cast<char>(hex_digit(text[at + 2]) * 16 + hex_digit(text[at + 3]));
      at += 3;
    } else {
      out += c;
    }
  }
  return memory.copy(valid_utf8(out));
}

/// Takes `"…"` and the blank behind it; false where there is none.
bool take_quoted(std::string_view& text, std::string_view& inside, Arena& memory) {
  if (!text.starts_with('"')) return false;
  for (size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
      continue;
    }
    // Servers that do not escape write quotes as they are; the closing one has a blank or nothing behind it.
    if (text[at] != '"' || (at + 1 < text.size() && text[at + 1] != ' ')) continue;
    inside = unescape(text.substr(1, at - 1), memory);
    text.remove_prefix(at + 1 == text.size() ? at + 1 : at + 2);
    return true;
  }
  return false;
}

bool is_number(std::string_view text) { return text == "-" || read_digits(text, 9).has_value(); }

/// `GET /a?b HTTP/1.0`, or `GET /a` (HTTP 0.9).
void add_request(std::string_view request, FieldList& fields) {
  add("request", request, fields);
  const size_t blank = request.find(' ');
  if (blank == 0 || blank == std::string_view::npos) return;
  for (const char c : request.substr(0, blank)) {
    if (!is_ascii_alpha(c) && c != '-' && c != '_') return;
  }
  std::string_view uri = request.substr(blank + 1);
  const size_t version = uri.rfind(" HTTP/");
  fields.add("method", request.substr(0, blank));
  if (version != std::string_view::npos) {
    fields.add("version", uri.substr(version + 1));
    uri = uri.substr(0, version);
  }
  add("uri", uri, fields);
  const size_t query = uri.find('?');
  add("uri_path", uri.substr(0, query), fields);
  if (query != std::string_view::npos) add("uri_query", uri.substr(query + 1), fields);
}

/// The words before the `[`: host, ident, user; a site before them.
bool add_front(std::string_view text, FieldList& fields) {
  std::array<std::string_view, 4> words;
  size_t count = 0;
  for (text = trim(text); !text.empty(); ++count) {
    if (count == words.size()) return false;
    words[count] = take_word(text);
    if (words[count].empty()) return false;
  }
  if (count < 3) return false;
  size_t first = 0;
  if (count == 4) add("site", words[first++], fields);
  add("clientip", words[first], fields);
  add("ident", words[first + 1], fields);
  add("user", words[first + 2], fields);
  return true;
}

}  // namespace

bool parse_access_line(std::string_view text, FieldList& fields, std::optional<Ticks>& time) {
  constexpr size_t kLongestFront = 512;
  constexpr std::array<std::string_view, 2> kQuoted{"referer", "useragent"};
  const size_t open = text.substr(0, kLongestFront).find(" [");
  const size_t close = open == std::string_view::npos ? open : text.find("] \"", open);
  if (close == std::string_view::npos) return false;
  const auto stamp = parse_access_time(text.substr(open + 2, close - open - 2));
  if (!stamp) return false;
  const size_t before = fields.fields().size();
  std::string_view rest = text.substr(close + 2);
  std::string_view request;
  bool good = add_front(text.substr(0, open), fields) && take_quoted(rest, request, fields.memory());
  const std::string_view status = take_word(rest);
  const std::string_view bytes = take_word(rest);
  good = good && is_number(status) && is_number(bytes) && !status.empty() && !bytes.empty();
  if (!good) {
    fields.truncate(before);
    return false;
  }
  add_request(request, fields);
  add("status", status, fields);
  add("bytes", bytes, fields);
  for (const std::string_view path : kQuoted) {
    std::string_view value;
    if (!take_quoted(rest, value, fields.memory())) break;
    add(path, value, fields);
  }
  time = stamp;
  return true;
}

}  // namespace hecate::ingest
