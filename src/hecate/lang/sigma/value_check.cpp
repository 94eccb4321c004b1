#include "lang/sigma/value_check.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <charconv>
#include <memory>

#include "base/text.h"
#include "lang/sigma/codes.h"
#include "lang/sigma/placeholders.h"

namespace hecate::sigma {
namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};

std::string pcre2_message(int error) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  if (pcre2_get_error_message(error, buffer.data(), buffer.size()) < 0) return "it does not compile";
  std::string text;
  for (const PCRE2_UCHAR c : buffer) {
    if (c == 0) break;
    text += static_cast<char>(c);
  }
  return text;
}

struct TimeRange {
  Modifier id;
  int64_t least, most;
};
// "week: number between 1 and 52" (Modifiers Appendix); ISO 8601 years of 53 weeks exist.
constexpr std::array<TimeRange, 5> kTimeRanges{{{Modifier::Minute, 0, 59},
                                                {Modifier::Hour, 0, 23},
                                                {Modifier::Day, 1, 31},
                                                {Modifier::Week, 1, 53},
                                                {Modifier::Month, 1, 12}}};

}  // namespace

bool check_regex(std::string_view flags, std::string_view pattern, const MappedText* origin, Span span,
                 DiagnosticSink& sink) {
  const std::string whole = std::string(flags) + std::string(pattern);
  int error = 0;
  PCRE2_SIZE offset = 0;
  const auto* bytes = reinterpret_cast<PCRE2_SPTR>(whole.data());
  const std::unique_ptr<pcre2_code, FreeCode> code(
      pcre2_compile(bytes, whole.size(), PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &offset, nullptr));
  if (code) return true;
  const size_t at = offset < flags.size() ? 0 : offset - flags.size();
  const Span place = origin != nullptr ? origin->span(at, at + 1) : span;
  sink.report(Diagnostic{&kBadRegex,
                         fmt::format("invalid regular expression: {}", pcre2_message(error)),
                         {place.known() ? place : span, {}},
                         {},
                         {}});
  return false;
}

bool check_network(std::string_view text, Span span, DiagnosticSink& sink) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  std::array<unsigned char, 16> bytes{};
  const bool v4 = inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  const bool v6 = !v4 && inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
  bool ok = (v4 || v6) && address.find('\0') == std::string::npos;
  if (ok && slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned prefix = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    ok = error == std::errc{} && end == digits.data() + digits.size() && prefix <= (v4 ? 32U : 128U);
  }
  if (!ok) {
    sink.report(kBadNetwork, span, fmt::format("`{}` is not a network", text),
                "write an address and a prefix length: 10.0.0.0/8, fe80::/10");
  }
  return ok;
}

bool check_time_part(const ast::AppliedModifier& part, const ast::Number& number, Span span, DiagnosticSink& sink) {
  const auto* whole = std::get_if<int64_t>(&number.value);
  if (whole == nullptr) {
    sink.report(kModifierValue, span, fmt::format("`{}` takes a whole number", part.row->name));
    return false;
  }
  for (const TimeRange& range : kTimeRanges) {
    if (range.id != part.row->id || (*whole >= range.least && *whole <= range.most)) continue;
    sink.report(kModifierValue, span, fmt::format("no time has the {} {}", part.row->name, *whole),
                fmt::format("a number from {} to {}", range.least, range.most));
    return false;
  }
  return true;
}

std::optional<std::string> without_placeholders(const MappedText& text, DiagnosticSink& sink) {
  std::string out;
  bool ok = true;
  for (const PlaceholderPiece& piece : split_placeholders(text.view())) {
    if (!piece.placeholder) {
      out += unescape_percent(piece.text);
      continue;
    }
    sink.report(kPlaceholder, text.span(piece.begin, piece.end),
                fmt::format("the placeholder `%{}%` has no value here", piece.text),
                "give it values: `vars` and `value_placeholders` in a --pipeline, or a file of --placeholders");
    ok = false;
  }
  if (!ok) return std::nullopt;
  return out;
}

}  // namespace hecate::sigma
