#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_text.h"
#include "base/text.h"

namespace hecate {
namespace {

constexpr size_t kWidestLine = 160;

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(std::string_view text, std::string_view style) const {
    if (!on) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", style, text);
  }
};

std::string_view severity_style(Severity severity) {
  switch (severity) {
    case Severity::Error: return "1;31";
    case Severity::Warning: return "1;33";
    case Severity::Note: return "1;36";
  }
  return "0";
}

std::string place(Span span, const SourceMap& sources) {
  const Position at = sources.position(span.file, span.begin);
  const std::string path = printable(sources.path(span.file));
  return path.empty() ? fmt::format("{}:{}", at.line, at.column) : fmt::format("{}:{}:{}", path, at.line, at.column);
}

/// The part of a long line around [column, column + length), so that a 100 kB line does not flood the screen.
struct Excerpt {
  std::string text;
  size_t caret_at;
  size_t caret_length;
};

Excerpt excerpt(std::string_view line, size_t begin, size_t length) {
  begin = std::min(begin, line.size());
  length = std::min(length, line.size() - begin);
  size_t from = 0;
  if (line.size() > kWidestLine && begin > kWidestLine / 2) from = begin - kWidestLine / 2;
  const auto within_character = [&](size_t at) {
    return at > 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80;
  };
  while (within_character(from)) --from;
  size_t to = std::min(line.size(), from + kWidestLine);
  while (to > begin && within_character(to)) --to;
  const std::string before = printable(line.substr(from, begin - from));
  const std::string marked = printable(line.substr(begin, std::min(length, to - begin)));
  const std::string after = begin + length < to ? printable(line.substr(begin + length, to - begin - length)) : "";
  return {before + marked + after, code_points(before), code_points(marked)};
}

std::string snippet(const Label& label, const SourceMap& sources, const Paint& paint, std::string_view style,
                    char mark) {
  const Position at = sources.position(label.span.file, label.span.begin);
  const std::string_view line = sources.line(label.span.file, at.line);
  const std::string number = std::to_string(at.line);
  const std::string margin(number.size(), ' ');
  const auto line_begin = static_cast<size_t>(line.data() - sources.text(label.span.file).data());
  const size_t begin = label.span.begin - std::min<size_t>(line_begin, label.span.begin);
  const Excerpt part = excerpt(line, line.empty() ? 0 : begin, label.span.end - label.span.begin);
  std::string out = fmt::format("{} {}\n", margin, paint("|", "1;34"));
  out += fmt::format("{} {} {}\n", paint(number, "1;34"), paint("|", "1;34"), part.text);
  std::string carets(std::max<size_t>(1, part.caret_length), mark);
  if (!label.text.empty()) carets += " " + printable(label.text);
  out += fmt::format("{} {} {}{}\n", margin, paint("|", "1;34"), std::string(part.caret_at, ' '), paint(carets, style));
  return out;
}

std::string location_fields(Span span, const SourceMap& sources) {
  if (!span.known()) return R"("file":null,"line":null,"column":null,"end_line":null,"end_column":null)";
  const Position from = sources.position(span.file, span.begin);
  const Position to = sources.position(span.file, span.end);
  return fmt::format(R"("file":{},"line":{},"column":{},"end_line":{},"end_column":{})",
                     json_quote(sources.path(span.file)), from.line, from.column, to.line, to.column);
}

}  // namespace

void DiagnosticSink::report(Diagnostic diagnostic) {
  if (diagnostic.code->severity == Severity::Error) ++errors_;
  if (diagnostic.code->severity == Severity::Warning) ++warnings_;
  if (all_.size() >= limit_) {
    ++dropped_;
    return;
  }
  all_.push_back(std::move(diagnostic));
}

void DiagnosticSink::report(const DiagnosticCode& code, Span span, std::string message, std::string hint) {
  report(Diagnostic{&code, std::move(message), {span, {}}, {}, std::move(hint)});
}

void DiagnosticSink::clear() {
  errors_ = warnings_ = dropped_ = 0;
  all_.clear();
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Note: return "note";
  }
  return "error";
}

std::string render(const Diagnostic& diagnostic, const SourceMap& sources, RenderOptions options) {
  const Paint paint{options.color};
  const std::string_view style = severity_style(diagnostic.code->severity);
  std::string out = fmt::format(
      "{}: {}\n", paint(fmt::format("{}[{}]", to_string(diagnostic.code->severity), diagnostic.code->id), style),
      paint(printable(diagnostic.message, true), "1"));
  if (diagnostic.primary.span.known()) {
    out += fmt::format(" {} {}\n", paint("-->", "1;34"), place(diagnostic.primary.span, sources));
    out += snippet(diagnostic.primary, sources, paint, style, '^');
  }
  for (const Label& label : diagnostic.secondary) {
    if (!label.span.known()) continue;
    out += fmt::format(" {} {}\n", paint(":::", "1;34"), place(label.span, sources));
    out += snippet(label, sources, paint, "1;34", '-');
  }
  if (!diagnostic.hint.empty())
    out += fmt::format(" {} {}\n", paint("= hint:", "1;34"), printable(diagnostic.hint, true));
  return out;
}

std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources) {
  std::string related;
  for (const Label& label : diagnostic.secondary) {
    if (!related.empty()) related += ',';
    related += fmt::format(R"({{{},"label":{}}})", location_fields(label.span, sources), json_quote(label.text));
  }
  return fmt::format(R"({{"severity":"{}","code":"{}","message":{},{},"label":{},"related":[{}],"hint":{}}})",
                     to_string(diagnostic.code->severity), diagnostic.code->id, json_quote(diagnostic.message),
                     location_fields(diagnostic.primary.span, sources), json_quote(diagnostic.primary.text), related,
                     diagnostic.hint.empty() ? "null" : json_quote(diagnostic.hint));
}

namespace {

constexpr size_t kLongestName = 100;
constexpr size_t kLongestCandidate = kLongestName + kLongestName / 3 + 1;

/// With swapped neighbours as one change, case ignored; `limit` where it is that or more. Three rows are enough, and
/// most candidates are given up after a few letters: thousands of names are looked through for a word that none is
/// near.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  std::array<std::array<size_t, kLongestCandidate + 1>, 3> rows;
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& before = rows[(i + 2) % 3];
    const auto& two_before = rows[(i + 1) % 3];
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = ascii_lower(a[i - 1]) == ascii_lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && ascii_lower(a[i - 1]) == ascii_lower(b[j - 2]) &&
                           ascii_lower(a[i - 2]) == ascii_lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], two_before[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least >= limit) return limit;
  }
  return std::min(rows[a.size() % 3][b.size()], limit);
}

}  // namespace

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.empty() || name.size() > kLongestName) return {};
  const size_t allowed = std::max<size_t>(1, name.size() / 3);
  std::string_view best;
  size_t best_distance = allowed + 1;
  for (const std::string_view candidate : candidates) {
    const size_t longer = std::max(candidate.size(), name.size());
    const size_t shorter = std::min(candidate.size(), name.size());
    if (longer - shorter > allowed) continue;
    const size_t distance = edit_distance(name, candidate, best_distance);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace hecate
