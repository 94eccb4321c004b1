#include "lang/sigma/pattern.h"

#include <fmt/format.h>

#include <array>

#include "base/json_text.h"
#include "base/text.h"

namespace hecate::sigma {
namespace {

using Kind = Segment::Kind;

// `-`, `/`, en dash, em dash, horizontal bar (Modifiers Appendix, windash).
constexpr std::array<std::string_view, 5> kDashes{"-", "/", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95"};

// An alternation, not a class: right whether or not the engine reads the pattern as UTF-8.
constexpr std::string_view kAnyDash = "(?:-|/|\xE2\x80\x93|\xE2\x80\x94|\xE2\x80\x95)";

size_t dash_length(std::string_view text, size_t at) {
  for (const std::string_view dash : kDashes) {
    if (text.substr(at, dash.size()) == dash) return dash.size();
  }
  return 0;
}

/// The regular expression of a string with too many free dashes to spell out.
std::string to_regex(const SigmaString& string, Casing casing) {
  std::string out = casing == Casing::Insensitive ? "(?si)\\A" : "(?s)\\A";
  for (const Segment& segment : string.segments()) {
    switch (segment.kind) {
      case Kind::AnyRun: out += ".*"; break;
      case Kind::AnyOne: out += "."; break;
      case Kind::AnyDash: out += kAnyDash; break;
      case Kind::Literal:
        for (const char c : segment.text) {
          if (std::string_view("\\^$.[]|()?*+{}#").find(c) != std::string_view::npos) out += '\\';
          out += c;
        }
        break;
    }
  }
  return out + "\\z";
}

std::string to_glob(const std::vector<Segment>& segments) {
  std::string out;
  for (const Segment& segment : segments) {
    if (segment.kind == Kind::AnyRun)
      out += '*';
    else if (segment.kind == Kind::AnyOne)
      out += '?';
    else
      out += glob_escape(segment.text);
  }
  return out;
}

/// The simplest operation that says the same, so that equal tests are equal atoms however they are spelt.
Pattern to_pattern(const SigmaString& string) {
  const std::vector<Segment>& all = string.segments();
  const auto is = [&](size_t at, Kind kind) { return all[at].kind == kind; };
  if (all.empty()) return {MatchOp::Equals, ""};
  if (all.size() == 1 && is(0, Kind::Literal)) return {MatchOp::Equals, all[0].text};
  if (all.size() == 1 && is(0, Kind::AnyRun)) return {MatchOp::Contains, ""};
  if (all.size() == 2 && is(0, Kind::Literal) && is(1, Kind::AnyRun)) return {MatchOp::StartsWith, all[0].text};
  if (all.size() == 2 && is(0, Kind::AnyRun) && is(1, Kind::Literal)) return {MatchOp::EndsWith, all[1].text};
  if (all.size() == 3 && is(0, Kind::AnyRun) && is(1, Kind::Literal) && is(2, Kind::AnyRun)) {
    return {MatchOp::Contains, all[1].text};
  }
  return {MatchOp::Wildcard, to_glob(all)};
}

/// Decodes one code point of valid UTF-8.
uint32_t next_code_point(std::string_view text, size_t& at) {
  const auto byte = [&](size_t index) { return static_cast<uint32_t>(static_cast<unsigned char>(text[index])); };
  const uint32_t first = byte(at++);
  if (first < 0x80) return first;
  const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  uint32_t code = first & (0x3FU >> more);
  for (size_t i = 0; i < more && at < text.size(); ++i) code = (code << 6) | (byte(at++) & 0x3F);
  return code;
}

std::string escape_xml(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"' && quotes)
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

/// What encoders write as \uXXXX beyond what JSON asks of them.
struct JsonEncoder {
  std::string_view escaped;
  bool non_ascii = false;
  bool upper_case = false;
};

JsonEncoder encoder_of(RawForm form) {
  switch (form) {
    case RawForm::JsonAscii: return {"", true, false};            // Python's json.dumps
    case RawForm::JsonHtml: return {"<>&", false, false};         // Go's encoding/json
    case RawForm::JsonPowerShell: return {"<>&'", false, false};  // ConvertTo-Json of Windows PowerShell
    case RawForm::JsonDotNet: return {"<>&'\"`+", true, true};    // System.Text.Json
    default: return {};
  }
}

std::string escape_json(std::string_view text, const JsonEncoder& encoder) {
  std::string out;
  const auto unit = [&](uint32_t code) {
    out += encoder.upper_case ? fmt::format("\\u{:04X}", code) : fmt::format("\\u{:04x}", code);
  };
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const uint32_t code = next_code_point(text, at);
    const bool escape = code < 0x80 ? encoder.escaped.find(text[begin]) != std::string_view::npos : encoder.non_ascii;
    if (!escape) {
      const std::string quoted = json_quote(text.substr(begin, at - begin));
      out.append(quoted, 1, quoted.size() - 2);
    } else if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  return out;
}

std::string escape_raw(std::string_view text, RawForm form) {
  if (form == RawForm::Xml || form == RawForm::XmlAttribute) return escape_xml(text, form == RawForm::XmlAttribute);
  return escape_json(text, encoder_of(form));
}

}  // namespace

SigmaString SigmaString::parse(std::string_view text) {
  SigmaString result;
  std::string literal;
  const auto flush = [&] {
    result.append_literal(literal);
    literal.clear();
  };
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
      literal += next;
      ++at;
    } else if (c == '*' || c == '?') {
      flush();
      result.append(c == '*' ? Kind::AnyRun : Kind::AnyOne);
    } else {
      literal += c;
    }
  }
  flush();
  return result;
}

void SigmaString::append_literal(std::string_view text) {
  if (text.empty()) return;
  if (!segments_.empty() && segments_.back().kind == Kind::Literal) {
    segments_.back().text += text;
  } else {
    segments_.push_back({Kind::Literal, std::string(text)});
  }
}

void SigmaString::append(Kind kind) {
  if (kind == Kind::AnyRun && !segments_.empty() && segments_.back().kind == Kind::AnyRun) return;
  segments_.push_back({kind, {}});
}

SigmaString SigmaString::wrapped(bool star_before, bool star_after) const {
  SigmaString result;
  if (star_before) result.append(Kind::AnyRun);
  for (const Segment& segment : segments_) {
    if (segment.kind == Kind::Literal)
      result.append_literal(segment.text);
    else
      result.append(segment.kind);
  }
  if (star_after) result.append(Kind::AnyRun);
  return result;
}

SigmaString SigmaString::with_dashes_free() const {
  SigmaString result;
  for (const Segment& segment : segments_) {
    if (segment.kind != Kind::Literal) {
      result.append(segment.kind);
      continue;
    }
    size_t begin = 0;
    for (size_t at = 0; at < segment.text.size();) {
      const size_t dash = dash_length(segment.text, at);
      if (dash == 0) {
        ++at;
        continue;
      }
      result.append_literal(std::string_view(segment.text).substr(begin, at - begin));
      result.append(Kind::AnyDash);
      begin = at += dash;
    }
    result.append_literal(std::string_view(segment.text).substr(begin));
  }
  return result;
}

std::optional<SigmaString> SigmaString::escaped(RawForm form) const {
  SigmaString result;
  bool changed = false;
  for (const Segment& segment : segments_) {
    if (segment.kind != Kind::Literal) {
      result.append(segment.kind);
      continue;
    }
    const std::string text = escape_raw(segment.text, form);
    changed |= text != segment.text;
    result.append_literal(text);
  }
  if (!changed) return std::nullopt;
  return result;
}

void SigmaString::append(const SigmaString& other) {
  for (const Segment& segment : other.segments()) {
    if (segment.kind == Kind::Literal)
      append_literal(segment.text);
    else
      append(segment.kind);
  }
}

std::string SigmaString::plain() const {
  std::string out;
  for (const Segment& segment : segments_) {
    switch (segment.kind) {
      case Kind::AnyRun: out += '*'; break;
      case Kind::AnyOne: out += '?'; break;
      case Kind::AnyDash: out += '-'; break;
      case Kind::Literal:
        for (const char c : segment.text) {
          if (c == '*' || c == '?') out += '\\';
          out += c;
        }
        break;
    }
  }
  return out;
}

std::string SigmaString::source() const {
  std::string out;
  for (size_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = segments_[i];
    if (segment.kind != Kind::Literal) {
      out += segment.kind == Kind::AnyRun ? '*' : segment.kind == Kind::AnyOne ? '?' : '-';
      continue;
    }
    const bool wildcard_next =
        i + 1 < segments_.size() && (segments_[i + 1].kind == Kind::AnyRun || segments_[i + 1].kind == Kind::AnyOne);
    for (size_t at = 0; at < segment.text.size(); ++at) {
      const char c = segment.text[at];
      const bool last = at + 1 == segment.text.size();
      const bool special_next =
          last ? wildcard_next : std::string_view("*?\\").find(segment.text[at + 1]) != std::string_view::npos;
      if (c == '*' || c == '?' || (c == '\\' && special_next)) out += '\\';
      out += c;
    }
  }
  return out;
}

bool SigmaString::has_wildcard() const {
  for (const Segment& segment : segments_) {
    if (segment.kind == Kind::AnyRun || segment.kind == Kind::AnyOne) return true;
  }
  return false;
}

size_t SigmaString::free_dashes() const {
  size_t count = 0;
  for (const Segment& segment : segments_) count += segment.kind == Kind::AnyDash ? 1 : 0;
  return count;
}

std::vector<SigmaString> SigmaString::spelt_out() const {
  std::vector<SigmaString> result(1);
  for (const Segment& segment : segments_) {
    if (segment.kind == Kind::AnyDash) {
      std::vector<SigmaString> longer;
      longer.reserve(result.size() * kDashes.size());
      for (const SigmaString& prefix : result) {
        for (const std::string_view dash : kDashes) longer.emplace_back(prefix).append_literal(dash);
      }
      result = std::move(longer);
      continue;
    }
    for (SigmaString& string : result) {
      if (segment.kind == Kind::Literal)
        string.append_literal(segment.text);
      else
        string.append(segment.kind);
    }
  }
  return result;
}

std::optional<std::string> SigmaString::literal() const {
  if (segments_.empty()) return std::string();
  if (segments_.size() > 1 || segments_.front().kind != Kind::Literal) return std::nullopt;
  return segments_.front().text;
}

std::vector<Pattern> to_patterns(const SigmaString& string, Casing casing) {
  if (string.free_dashes() > kMostSpeltDashes) return {{MatchOp::Regex, to_regex(string, casing)}};
  std::vector<Pattern> result;
  for (const SigmaString& spelt : string.spelt_out()) result.push_back(to_pattern(spelt));
  return result;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  const auto byte = [&](size_t at) {
    return at < bytes.size() ? static_cast<uint32_t>(static_cast<unsigned char>(bytes[at])) : 0U;
  };
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    const size_t left = bytes.size() - at;
    out += kAlphabet[group >> 18];
    out += kAlphabet[(group >> 12) & 63];
    out += left > 1 ? kAlphabet[(group >> 6) & 63] : '=';
    out += left > 2 ? kAlphabet[group & 63] : '=';
  }
  return out;
}

std::vector<std::string> base64_offsets(std::string_view bytes) {
  // The first characters hold bits of the bytes before, the last ones bits of the bytes behind: what is left
  // is what depends on the value alone.
  constexpr std::array<size_t, 3> kStart{0, 2, 3};
  constexpr std::array<size_t, 3> kCut{0, 3, 2};
  std::vector<std::string> result;
  for (size_t offset = 0; offset < 3; ++offset) {
    const std::string encoded = base64(std::string(offset, ' ') + std::string(bytes));
    const size_t end = encoded.size() - kCut[(bytes.size() + offset) % 3];
    if (end > kStart[offset]) result.push_back(encoded.substr(kStart[offset], end - kStart[offset]));
  }
  return result;
}

std::vector<std::string> encoded(Modifier modifier, const std::string& literal) {
  switch (modifier) {
    case Modifier::Base64: return {base64(literal)};
    case Modifier::Base64Offset: return base64_offsets(literal);
    case Modifier::Utf16Le: return {utf16(literal, Utf16::Little)};
    case Modifier::Utf16Be: return {utf16(literal, Utf16::Big)};
    default: return {utf16(literal, Utf16::Marked)};
  }
}

std::string utf16(std::string_view text, Utf16 form) {
  const std::string valid = valid_utf8(text);
  std::string out = form == Utf16::Marked ? "\xFF\xFE" : "";
  const auto unit = [&](uint32_t code) {
    const char low = static_cast<char>(code & 0xFF);
    const char high = static_cast<char>(code >> 8 & 0xFF);
    out += form == Utf16::Big ? high : low;
    out += form == Utf16::Big ? low : high;
  };
  for (size_t at = 0; at < valid.size();) {
    const uint32_t code = next_code_point(valid, at);
    if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  return out;
}

}  // namespace hecate::sigma
