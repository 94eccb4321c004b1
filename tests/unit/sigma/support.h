#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/source_map.h"
#include "lang/sigma/sigma.h"
#include "yaml/yaml.h"

namespace hecate::sigma::test {

/// Compiles one document and keeps what is needed to look at the outcome.
struct Compiled {
  SourceMap sources;
  DiagnosticSink sink;
  std::optional<Rule> rule;
  std::optional<FilterRule> filter;

  explicit Compiled(std::string text) {
    const FileId file = sources.add("rule.yml", std::move(text));
    const yaml::Documents documents = yaml::parse(file, sources, sink);
    if (documents.roots.empty()) return;
    const yaml::Node& root = *documents.roots.front();
    if (document_kind(root) == DocumentKind::Filter) {
      if (Result<FilterRule> result = compile_filter(root, sink)) filter = std::move(*result);
    } else {
      if (Result<Rule> result = compile_rule(root, sink)) rule = std::move(*result);
    }
  }

  /// The filter's predicate, or every diagnostic.
  [[nodiscard]] std::string predicate() const {
    if (!rule) return diagnostics();
    return dump(*std::get<hecate::Filter>(rule->plan.nodes.back().op).predicate);
  }

  /// "SIG021 6:16 `selectoin`" for each: code, place, and the text that is marked.
  [[nodiscard]] std::string diagnostics() const {
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) {
      const Span span = diagnostic.primary.span;
      if (!out.empty()) out += "; ";
      out += diagnostic.code->id;
      if (!span.known()) continue;
      const Position at = sources.position(span.file, span.begin);
      out += fmt::format(" {}:{} `{}`", at.line, at.column,
                         sources.text(span.file).substr(span.begin, span.end - span.begin));
    }
    return out;
  }

  [[nodiscard]] std::string hint() const { return sink.all().empty() ? "" : sink.all().front().hint; }
};

/// A rule around the lines of a detection, which are indented by four.
inline std::string rule_with(std::string_view detection) {
  return fmt::format("title: T\nlogsource:\n    product: windows\ndetection:\n{}\n", detection);
}

/// A rule whose only search has these lines, which are indented by eight.
inline std::string selection(std::string_view lines) {
  return rule_with(fmt::format("    s:\n{}\n    condition: s", lines));
}

/// The predicate of a rule of one item: `one("F|contains: x")`.
inline std::string one(std::string_view item) {
  return Compiled(selection(fmt::format("        {}", item))).predicate();
}

}  // namespace hecate::sigma::test
