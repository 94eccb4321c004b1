#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>

#include "base/text.h"
#include "exec/functions/kql_support.h"
#include "exec/functions/match.h"

namespace hecate::kql_support {
namespace {

bool any_null(Arguments a) {
  return std::any_of(a.begin(), a.end(), [](const Value& value) { return value.is_null(); });
}
Value empty_string() { return Value::string(""); }

size_t next_code_point(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}
/// The byte at which code point `index` begins.
size_t offset_of(std::string_view text, int64_t index) {
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at = next_code_point(text, at);
  return at;
}

Value to_string(Arguments a, EvalContext& c) { return Value::string(text_of(a[0], c)); }
Value lower(Arguments a, EvalContext& c) { return string_value(fold_case(text_of(a[0], c)), c); }
Value upper(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  std::string out;
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t code_point = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
    const auto read = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (read <= 0) {
      out += text[at++];
      continue;
    }
    utf8proc_uint8_t buffer[4];
    const auto written = utf8proc_encode_char(utf8proc_toupper(code_point), buffer);
    out.append(reinterpret_cast<const char*>(buffer), static_cast<size_t>(written));
    at += static_cast<size_t>(read);
  }
  return string_value(out, c);
}
Value length(Arguments a, EvalContext& c) {
  return Value::integer(static_cast<int64_t>(code_points(text_of(a[0], c))));
}
Value size(Arguments a, EvalContext& c) { return Value::integer(static_cast<int64_t>(text_of(a[0], c).size())); }

Value concat(Arguments a, EvalContext& c) {
  std::string out;
  for (const Value& value : a) {
    out += text_of(value, c);
    if (out.size() > kLargestText) return empty_string();
  }
  return string_value(out, c);
}
Value concat_delim(Arguments a, EvalContext& c) {
  std::string out;
  for (size_t i = 1; i < a.size(); ++i) {
    if (i > 1) out += text_of(a[0], c);
    out += text_of(a[i], c);
    if (out.size() > kLargestText) return empty_string();
  }
  return string_value(out, c);
}

/// substring-function: counts characters from 0; a negative start counts from the end, and one before the beginning
/// gives "".
Value substring(Arguments a, EvalContext& c) {
  if (any_null(a)) return empty_string();
  const std::string_view text = text_of(a[0], c);
  int64_t start = a[1].as_integer();
  if (start < 0) start += static_cast<int64_t>(code_points(text));
  if (start < 0) return empty_string();
  const std::string_view rest = text.substr(offset_of(text, start));
  if (a.size() < 3) return Value::string(rest);
  if (a[2].as_integer() <= 0) return empty_string();
  return Value::string(rest.substr(0, offset_of(rest, a[2].as_integer())));
}

/// indexof-function: from `start` (below zero: from the end), within `length` characters (-1: all that follow),
/// the occurrence of that number.
Value index_of(Arguments a, EvalContext& c) {
  const auto number = [&](size_t i, int64_t otherwise) { return a.size() > i ? a[i].as_integer() : otherwise; };
  if (any_null(a)) return Value::integer(-1);
  const std::string_view text = text_of(a[0], c);
  const std::string_view wanted = text_of(a[1], c);
  int64_t start = number(2, 0);
  if (start < 0) start = std::max<int64_t>(0, start + static_cast<int64_t>(code_points(text)));
  const size_t from = offset_of(text, start);
  const int64_t length = number(3, -1);
  int64_t occurrence = number(4, 1);
  if (occurrence < 1) return Value::null();
  // The page's example counts the length anew behind each occurrence.
  for (size_t at = from; at <= text.size();) {
    const size_t end = length < 0 ? text.size() : at + offset_of(text.substr(at), length);
    const size_t found = text.substr(0, end).find(wanted, at);
    if (found == std::string_view::npos) break;
    if (--occurrence == 0) return Value::integer(static_cast<int64_t>(code_points(text.substr(0, found))));
    at = found + 1;
  }
  return Value::integer(-1);
}

Value replace(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  const std::string_view from = text_of(a[1], c);
  const std::string_view to = text_of(a[2], c);
  if (from.empty()) return Value::string(text);
  std::string out;
  size_t at = 0;
  for (size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, at)) {
    out += text.substr(at, found - at);
    out += to;
    at = found + from.size();
    if (out.size() > kLargestText) return empty_string();
  }
  out += text.substr(at);
  return string_value(out, c);
}

Value reverse(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  std::string out(text.size(), '\0');
  size_t left = text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t end = next_code_point(text, at);
    left -= end - at;
    text.copy(out.data() + left, end - at, at);
    at = end;
  }
  return string_value(out, c);
}

/// strrep-function: at most 1024 times.
Value repeat(Arguments a, EvalContext& c) {
  if (a[1].is_null()) return empty_string();
  const std::string_view text = text_of(a[0], c);
  const std::string_view delimiter = a.size() > 2 ? text_of(a[2], c) : std::string_view();
  std::string out;
  for (int64_t i = 0; i < std::min<int64_t>(a[1].as_integer(), 1024) && out.size() < size_t{1} << 20; ++i) {
    if (i > 0) out += delimiter;
    out += text;
  }
  return string_value(out, c);
}

/// split-function: with an index an array of that one part; an empty delimiter divides nothing.
Value split(Arguments a, EvalContext& c) {
  std::string_view text = text_of(a[0], c);
  const std::string_view delimiter = text_of(a[1], c);
  std::vector<std::string_view> parts;
  for (size_t found = delimiter.empty() ? std::string_view::npos : text.find(delimiter);
       found != std::string_view::npos; found = text.find(delimiter)) {
    parts.push_back(text.substr(0, found));
    text.remove_prefix(found + delimiter.size());
  }
  parts.push_back(text);
  if (a.size() > 2) {
    if (a[2].is_null()) return Value::null();
    const int64_t index = a[2].as_integer();
    const bool inside = index >= 0 && index < static_cast<int64_t>(parts.size());
    parts = inside ? std::vector{parts[static_cast<size_t>(index)]} : std::vector<std::string_view>{};
  }
  std::string out = "[";
  for (const std::string_view part : parts) {
    if (out.size() > 1) out += ',';
    append_value_json(Value::string(part), out);
  }
  return Value::dynamic(c.arena.copy(out + "]"));
}

Value to_hex(Arguments a, EvalContext& c) {
  if (any_null(a)) return empty_string();
  const int64_t width = a.size() > 1 ? std::clamp<int64_t>(a[1].as_integer(), 0, 16) : 0;
  return string_value(fmt::format("{:0{}x}", static_cast<uint64_t>(a[0].as_integer()), width), c);
}

/// toguid-function: 32 hexadecimal digits, wherever dashes stand between them.
Value to_guid(Arguments a, EvalContext& c) {
  std::string_view text = trim(text_of(a[0], c));
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
  std::string guid;
  for (const char ch : fold_case(text)) {
    if (ch == '-') continue;
    if (guid.size() >= 36 || std::string_view("0123456789abcdef").find(ch) == std::string_view::npos)
      return Value::null();
    guid += ch;
    const bool dash_follows = guid.size() == 8 || guid.size() == 13 || guid.size() == 18 || guid.size() == 23;
    if (dash_follows) guid += '-';
  }
  return guid.size() == 36 ? string_value(guid, c) : Value::null();
}

Value compare(Arguments a, EvalContext& c) {
  const int order = text_of(a[0], c).compare(text_of(a[1], c));
  return Value::integer(order < 0 ? -1 : order > 0 ? 1 : 0);
}
Value ascii_only(Arguments a, EvalContext& c) { return Value::boolean(is_ascii(text_of(a[0], c))); }
Value utf8_only(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  return Value::boolean(valid_utf8(text) == text);
}

/// Text after text: what one has matched, and what stands in its place, the others do not look at. A rewrite that is
/// no string keeps what was matched (replace-strings-function).
Value replace_several(Arguments a, EvalContext& c) {
  const auto lookups = array_of(a[1]);
  const auto rewrites = array_of(a[2]);
  if (!lookups || !rewrites || lookups->values.size() != rewrites->values.size()) return empty_string();
  struct Piece {
    std::string_view text;
    bool done;
  };
  std::vector<Piece> pieces{{text_of(a[0], c), false}};
  for (size_t i = 0; i < lookups->values.size(); ++i) {
    const Value wanted = unwrap(Value::dynamic(lookups->values[i]), c);
    const Value rewrite = unwrap(Value::dynamic(rewrites->values[i]), c);
    if (wanted.kind() != Kind::String || wanted.as_text().empty()) continue;
    const std::string_view to = rewrite.kind() == Kind::String ? rewrite.as_text() : wanted.as_text();
    std::vector<Piece> next;
    for (const Piece& piece : pieces) {
      std::string_view rest = piece.text;
      for (size_t found = piece.done ? std::string_view::npos : find_text(rest, wanted.as_text());
           found != std::string_view::npos; found = find_text(rest, wanted.as_text())) {
        next.push_back({rest.substr(0, found), false});
        next.push_back({to, true});
        rest.remove_prefix(found + wanted.as_text().size());
      }
      next.push_back({rest, piece.done});
    }
    pieces = std::move(next);
  }
  std::string out;
  for (const Piece& piece : pieces) {
    out += piece.text;
    if (out.size() > kLargestText) return empty_string();
  }
  return string_value(out, c);
}

/// The place of the first element that the text has as a term (has-any-index-function).
Value has_any_index(Arguments a, EvalContext& c) {
  std::vector<std::string_view> wanted;
  append_texts(a[1], wanted, c);
  const std::string text = fold_case(text_of(a[0], c));
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (has_term(text, fold_case(wanted[i]), true, true)) return Value::integer(static_cast<int64_t>(i));
  }
  return Value::integer(-1);
}

constexpr Function kFunctions[] = {
    {"kql.tostring", 1, 1, true, &to_string, "To string; null is \"\"."},
    {"kql.tolower", 1, 1, true, &lower, "Lower case."},
    {"kql.toupper", 1, 1, true, &upper, "Upper case."},
    {"kql.strlen", 1, 1, true, &length, "Characters."},
    {"kql.string_size", 1, 1, true, &size, "Bytes."},
    {"kql.strcat", 1, -1, true, &concat, "Joins texts."},
    {"kql.strcat_delim", 2, -1, true, &concat_delim, "Joins texts with a delimiter."},
    {"kql.substring", 2, 3, true, &substring, "A part of a text."},
    {"kql.indexof", 2, 5, true, &index_of, "Where a text holds another, or -1."},
    {"kql.replace_string", 3, 3, true, &replace, "Replaces all occurrences."},
    {"kql.reverse", 1, 1, true, &reverse, "The characters backwards."},
    {"kql.strrep", 2, 3, true, &repeat, "Repeats a text."},
    {"kql.split", 2, 3, true, &split, "The parts between separators."},
    {"kql.tohex", 1, 2, true, &to_hex, "Hexadecimal digits."},
    {"kql.strcmp", 2, 2, true, &compare, "How two texts compare."},
    {"kql.isascii", 1, 1, true, &ascii_only, "Only ASCII characters."},
    {"kql.isutf8", 1, 1, true, &utf8_only, "Valid UTF-8."},
    {"kql.replace_strings", 3, 3, true, &replace_several, "Replaces all occurrences of several texts."},
    {"kql.has_any_index", 2, 2, true, &has_any_index, "The place of the first text that is had."},
    {"kql.toguid", 1, 1, false, &to_guid, "To guid."},
};

}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace hecate::kql_support
