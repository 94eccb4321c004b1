#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_map.h"
#include "base/span.h"

namespace hecate {

enum class Severity { Note, Warning, Error };

/// One row of a module's table of diagnostics: the stable code, what severity it has, what it means.
/// A module lists its codes in `<module>/codes.h` and offers them as a span, from which
/// docs/diagnostics.md and `hecate explain CODE` are made.
struct DiagnosticCode {
  std::string_view id;  // "SPL012"
  Severity severity;
  std::string_view meaning;  // one sentence for the reference
};

struct Label {
  Span span;
  std::string text;
};

struct Diagnostic {
  const DiagnosticCode* code = nullptr;
  std::string message;
  Label primary;                 // the span may be unknown (a missing folder has none)
  std::vector<Label> secondary;  // "first defined here", "in this macro"
  std::string hint;              // how to mend it; may be empty
};

/// Collects what frontends report. Counts errors and warnings; keeps at most `limit` diagnostics so that
/// hostile content cannot exhaust memory (the counts stay right).
class DiagnosticSink {
 public:
  explicit DiagnosticSink(size_t limit = 10'000) : limit_(limit) {}

  void report(Diagnostic diagnostic);
  /// The short way: code, message, span, and a hint if there is one.
  void report(const DiagnosticCode& code, Span span, std::string message, std::string hint = {});

  [[nodiscard]] size_t errors() const { return errors_; }
  [[nodiscard]] size_t warnings() const { return warnings_; }
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }
  /// How many were counted but not kept.
  [[nodiscard]] size_t dropped() const { return dropped_; }
  void clear();

 private:
  size_t limit_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
  size_t dropped_ = 0;
  std::vector<Diagnostic> all_;
};

struct RenderOptions {
  bool color = false;
};

/// As a good compiler would print it: severity, code, message, place, the source line with carets, hint.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const SourceMap& sources, RenderOptions options = {});

/// One JSON object on one line:
/// {"severity","code","message","file","line","column","end_line","end_column","label","related":[…],"hint"}
[[nodiscard]] std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources);

[[nodiscard]] std::string_view to_string(Severity severity);

/// The candidate nearest to `name` for a "did you mean" hint, or empty where none is near enough
/// (Damerau-Levenshtein distance at most a third of the name, at least 1; ASCII case does not count).
[[nodiscard]] std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace hecate
