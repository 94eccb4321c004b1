#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"

namespace hecate::spl {

/// Byte offsets [begin, end) in the expanded text.
struct Range {
  uint32_t begin = 0;
  uint32_t end = 0;
};
[[nodiscard]] inline Range cover(Range a, Range b) { return {a.begin, b.end}; }

/// A search after macro expansion, which still knows which macro each part came from.
struct Expanded {
  struct Use {
    Range range;  // what the macro became
    Span call;    // where it was called
    std::string macro;
  };
  MappedText text;
  std::vector<Use> uses;
};

/// The expanded text and the sink: how parser and lowering report.
class Source {
 public:
  Source(const Expanded& expanded, DiagnosticSink& sink) : expanded_(expanded), sink_(sink) {}

  [[nodiscard]] std::string_view text() const { return expanded_.text.view(); }
  [[nodiscard]] std::string_view text(Range range) const { return text().substr(range.begin, range.end - range.begin); }
  [[nodiscard]] DiagnosticSink& sink() const { return sink_; }
  [[nodiscard]] Span span(Range range) const { return expanded_.text.span(range.begin, range.end); }
  /// Inside a macro's body the calls that led there become second labels.
  void report(const DiagnosticCode& code, Range range, std::string message, std::string hint = {}) const;

 private:
  const Expanded& expanded_;
  DiagnosticSink& sink_;
};

/// "Did you mean `x`?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace hecate::spl
