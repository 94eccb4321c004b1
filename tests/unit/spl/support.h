#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/source_map.h"
#include "lang/spl/spl.h"
#include "plan/plan.h"

namespace hecate::spl {

/// A search and some macros, each in a file of its own.
class Compiler {
 public:
  explicit Compiler(std::vector<std::pair<std::string, std::string>> macros = {}) {
    for (auto& [signature, body] : macros) define(signature, body);
  }

  /// "name" or "name(a,b)".
  void define(const std::string& signature, const std::string& body) {
    Macro macro;
    const size_t open = signature.find('(');
    macro.name = signature.substr(0, open);
    for (size_t at = open; at != std::string::npos && signature[at] != ')';) {
      const size_t end = signature.find_first_of(",)", at + 1);
      macro.arguments.push_back(signature.substr(at + 1, end - at - 1));
      at = end;
    }
    macro.definition = MappedText(body, sources.whole(sources.add("macros/" + macro.name, body)));
    table.define(std::move(macro));
  }

  Result<Plan> compile(const std::string& search) {
    const Span whole = sources.whole(sources.add("search", search));
    Result<Plan> plan = spl::compile(MappedText(search, whole), table, sink);
    // Whatever compiles is sound, and whatever does not has said why.
    if (plan) {
      EXPECT_EQ(verify(*plan), std::nullopt) << search << "\n" << dump(*plan);
    } else {
      EXPECT_GT(sink.errors(), 0U) << search;
    }
    return plan;
  }

  /// The plan, or the diagnostics in short: "SPL005 search:1:5 message (hint) [second label at macro:1:1]".
  std::string text(const std::string& search) {
    sink.clear();
    const Result<Plan> plan = compile(search);
    return plan ? dump(*plan) : diagnostics();
  }

  std::string place(const Span& span) const {
    const Position position = sources.position(span.file, span.begin);
    return std::string(sources.path(span.file)) + ":" + std::to_string(position.line) + ":" +
           std::to_string(position.column) + "-" + std::to_string(sources.position(span.file, span.end).column);
  }

  std::string diagnostics() const {
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) {
      out += std::string(diagnostic.code->id) + " " + place(diagnostic.primary.span) + " " + diagnostic.message;
      if (!diagnostic.hint.empty()) out += " (" + diagnostic.hint + ")";
      for (const Label& label : diagnostic.secondary) out += " [" + label.text + " at " + place(label.span) + "]";
      out += "\n";
    }
    return out;
  }

  SourceMap sources;
  MacroTable table;
  DiagnosticSink sink;
};

}  // namespace hecate::spl
