#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/source_map.h"
#include "yaml/codes.h"
#include "yaml/yaml.h"

namespace hecate::yaml::test {

/// Parses a text and keeps everything that is needed to look at the outcome.
struct Parsed {
  SourceMap sources;
  DiagnosticSink sink;
  FileId file;
  Documents documents;

  explicit Parsed(std::string text)
      : file(sources.add("f.yml", std::move(text))), documents(parse(file, sources, sink)) {}

  [[nodiscard]] const Node& root() const { return *documents.roots.at(0); }
  /// The value under a key of the first document.
  [[nodiscard]] const Node& at(std::string_view key) const {
    static const Node kNothing;
    const Node* node = documents.roots.empty() ? nullptr : root().find(key);
    if (node == nullptr) ADD_FAILURE() << "no key " << key;
    return node == nullptr ? kNothing : *node;
  }
  [[nodiscard]] std::string_view source(Span span) const {
    return sources.text(file).substr(span.begin, span.end - span.begin);
  }
  /// "line:column" of where a part of a scalar's text stands in the file.
  [[nodiscard]] std::string place(const Node& node, std::string_view part) const {
    const size_t begin = node.text().find(part);
    if (begin == std::string_view::npos) return "not in the text";
    const Position at = sources.position(file, node.scalar.span(begin, begin + part.size()).begin);
    return fmt::format("{}:{}", at.line, at.column);
  }
  /// What the file says where a part of a scalar's text comes from.
  [[nodiscard]] std::string_view spelt(const Node& node, std::string_view part) const {
    const size_t begin = node.text().find(part);
    if (begin == std::string_view::npos) return "not in the text";
    return source(node.scalar.span(begin, begin + part.size()));
  }
  [[nodiscard]] std::string codes() const {
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) {
      const Position at = sources.position(file, diagnostic.primary.span.begin);
      out += fmt::format("{}{} {}:{}", out.empty() ? "" : "; ", diagnostic.code->id, at.line, at.column);
    }
    return out;
  }
};

}  // namespace hecate::yaml::test
