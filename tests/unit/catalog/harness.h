#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>

#include "catalog/catalog.h"
#include "exec/reference/reference.h"
#include "ingest/reader.h"

namespace hecate {

inline const Catalog& shipped() {
  static const Catalog catalog = [] {
    SourceMap sources;
    DiagnosticSink sink;
    Result<Catalog> loaded = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
    for (const Diagnostic& diagnostic : sink.all()) ADD_FAILURE() << render(diagnostic, sources);
    return loaded ? std::move(*loaded) : Catalog();
  }();
  return catalog;
}

/// One recognised record, and what expressions over it are.
struct Recognised {
  const ingest::Record& record;
  RecordType type;
  Metadata metadata;
  Arena& arena;

  [[nodiscard]] Value raw_field(std::string_view field) const {
    for (const std::string& path : shipped().raw_paths(type, field)) {
      ingest::PathSet paths;
      const size_t slot = paths.add(path);
      ingest::FieldValues values;
      values.reset(paths.slots());
      record.document->read(paths, values);
      if (values.count(slot) == 0) continue;
      std::vector<ingest::RawValue> found;
      values.all(slot, found);
      if (found.size() == 1) return value_of(found.front());
      const auto list = arena.allocate_array<Value>(found.size());
      for (size_t i = 0; i < found.size(); ++i) list[i] = value_of(found[i]);
      return Value::many(list);
    }
    return Value::null();
  }

  [[nodiscard]] Value metadata_value(std::string_view name) const {
    if (name == "meta.time") return metadata.time ? Value::datetime(*metadata.time) : Value::null();
    if (name == "meta.host") return Value::string(metadata.host);
    if (name == "meta.source") return Value::string(metadata.source);
    if (name == "meta.sourcetype") return Value::string(metadata.sourcetype);
    if (name == "meta.index") return Value::string(metadata.index);
    return Value::string(record.raw);
  }

  [[nodiscard]] Value evaluate(const ExprPtr& expr) const {
    const RunParameters run;
    EvalContext context{arena, run};
    const reference::Bindings bindings{[](ColumnId) { return Value::null(); },
                                       [this](std::string_view field) { return raw_field(field); },
                                       [this](std::string_view name) { return metadata_value(name); }};
    return reference::evaluate(*expr, bindings, context);
  }

  /// A column's text; "<absent>" where it has no value, "<no column>" where the vocabulary has none.
  [[nodiscard]] std::string column(const Dataset& dataset, std::string_view field, Type wanted) const {
    const ExprPtr expr = shipped().column(type, dataset, field, wanted);
    if (!expr) return "<no column>";
    const Value value = evaluate(expr);
    return value.is_null() ? "<absent>" : value_text(value);
  }
  [[nodiscard]] std::string sigma(std::string_view field) const { return column(SigmaLogsource{}, field, Type::Many); }
  [[nodiscard]] std::string spl(std::string_view field) const { return column(SplunkEvents{}, field, Type::Many); }
  [[nodiscard]] std::string kql(std::string_view table, std::string_view field) const {
    const Catalog::KustoSchema* schema = shipped().kusto_schema(table);
    const Catalog::KustoColumn* known = schema == nullptr ? nullptr : schema->find(field);
    if (known == nullptr) return "<not in schema>";
    const std::string text = column(KustoTable{std::string(table)}, field, known->type);
    return text == "<no column>" && known->type == Type::String ? "" : text;
  }

 private:
  [[nodiscard]] static Value value_of(const ingest::RawValue& raw) {
    switch (raw.kind) {
      case ingest::RawKind::Absent: return Value::null();
      case ingest::RawKind::Null: return Value::json_null();
      case ingest::RawKind::Json: return Value::dynamic(raw.text);
      default: return Value::string(raw.text);
    }
  }
};

/// Recognises each record of a text and shows it.
inline void for_each_record(std::string_view text, const std::function<void(const Recognised&)>& visit) {
  Catalog::Recognizer recognizer(shipped());
  ingest::ReadStats stats;
  DiagnosticSink sink;
  size_t records = 0;
  ingest::read_text(
      text, "test.log", {},
      [&](const ingest::Record& record) {
        Arena arena;
        Metadata metadata;
        const RecordType type = recognizer.recognize(record, metadata);
        visit(Recognised{record, type, metadata, arena});
        ++records;
      },
      stats, sink);
  EXPECT_GT(records, 0U) << "no record in: " << text.substr(0, 200);
}

}  // namespace hecate
