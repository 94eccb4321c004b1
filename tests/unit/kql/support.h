#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/source_map.h"
#include "lang/kql/kql.h"

namespace hecate::kql::test {

/// A small schema in the manner of ASIM and the native tables.
inline const std::vector<TableSchema>& tables() {
  static const std::vector<TableSchema> all = {{"T",
                                                {{"S", Type::String, ""},
                                                 {"s", Type::String, ""},
                                                 {"N", Type::Long, ""},
                                                 {"R", Type::Real, ""},
                                                 {"B", Type::Bool, ""},
                                                 {"Time", Type::Datetime, ""},
                                                 {"Span", Type::Timespan, ""},
                                                 {"D", Type::Dynamic, ""},
                                                 {"E", Type::Dynamic, ""}}},
                                               {"imFileEvent",
                                                {{"TimeGenerated", Type::Datetime, ""},
                                                 {"TargetFileName", Type::String, "TargetFilePath"},
                                                 {"TargetFilePath", Type::String, ""},
                                                 {"ActorUsername", Type::String, ""}}}};
  return all;
}

inline Environment environment() {
  Environment result;
  result.find_table = [](std::string_view name) -> const TableSchema* {
    for (const TableSchema& table : tables()) {
      if (table.name == name) return &table;
    }
    return nullptr;
  };
  for (const TableSchema& table : tables()) result.table_names.push_back(table.name);
  return result;
}

/// What a query gives: the plan as text, or each diagnostic as `CODE line:column message`.
struct Outcome {
  std::string plan;
  std::vector<std::string> diagnostics;
  std::vector<std::string> hints;
  std::vector<size_t> secondary;
  bool verified = false;
};

inline Outcome run(const std::string& query, const Environment& env = environment()) {
  SourceMap sources;
  const FileId file = sources.add("query.kql", query);
  DiagnosticSink sink;
  const MappedText text(query, sources.whole(file));
  const auto plan = compile(text, env, sink);
  Outcome outcome;
  if (plan.ok()) {
    outcome.plan = dump(*plan);
    const auto breach = verify(*plan);
    outcome.verified = !breach.has_value();
    if (breach) outcome.plan += "BREACH " + *breach;
  }
  for (const Diagnostic& diagnostic : sink.all()) {
    const Position at = sources.position(diagnostic.primary.span.file, diagnostic.primary.span.begin);
    outcome.diagnostics.push_back(std::string(diagnostic.code->id) + " " + std::to_string(at.line) + ":" +
                                  std::to_string(at.column) + " " + diagnostic.message);
    outcome.hints.push_back(diagnostic.hint);
    outcome.secondary.push_back(diagnostic.secondary.size());
  }
  return outcome;
}

}  // namespace hecate::kql::test
