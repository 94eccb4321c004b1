#include "lang/spl/source.h"

#include <fmt/format.h>

namespace hecate::spl {

void Source::report(const DiagnosticCode& code, Range range, std::string message, std::string hint) const {
  Diagnostic diagnostic{&code, std::move(message), {span(range), {}}, {}, std::move(hint)};
  const Span& at = diagnostic.primary.span;
  for (const Expanded::Use& use : expanded_.uses) {
    const bool inside = use.range.begin <= range.begin && range.begin < use.range.end;
    // What was passed as an argument stands in the call itself: one label is enough.
    const bool in_call = at.file == use.call.file && at.begin >= use.call.begin && at.end <= use.call.end;
    if (inside && !in_call)
      diagnostic.secondary.push_back({use.call, fmt::format("in the expansion of `{}`", use.macro)});
  }
  sink_.report(std::move(diagnostic));
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates) {
  const std::string_view found = nearest(name, candidates);
  return found.empty() ? std::string() : fmt::format("did you mean `{}`?", found);
}

}  // namespace hecate::spl
