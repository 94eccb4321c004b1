#include "engine/file_tables.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

#include "ingest/reader.h"

namespace hecate::engine {
namespace {

std::optional<Type> type_of(const ingest::RawValue& value) {
  switch (value.kind) {
    case ingest::RawKind::Absent:
    case ingest::RawKind::Null: return std::nullopt;
    case ingest::RawKind::Bool: return Type::Bool;
    case ingest::RawKind::Json: return Type::Dynamic;
    case ingest::RawKind::String: return Type::String;
    case ingest::RawKind::Number: {
      int64_t whole = 0;  // a larger number than a long holds is real
      const char* const last = value.text.data() + value.text.size();
      const auto [end, error] = std::from_chars(value.text.data(), last, whole);
      return error == std::errc{} && end == last ? Type::Long : Type::Real;
    }
  }
  return std::nullopt;
}

Type unite(Type a, Type b) {
  if (a == b) return a;
  const auto numeric = [](Type type) { return type == Type::Long || type == Type::Real; };
  if (numeric(a) && numeric(b)) return Type::Real;
  return a == Type::Dynamic || b == Type::Dynamic ? Type::Dynamic : Type::String;
}

/// The top-level keys of a file's records with their types, in order of first appearance.
class SchemaBuilder {
 public:
  void add(const ingest::Record& record) {
    record.document->read_all([&](std::string_view path, ingest::RawValue value) {
      const size_t end = path.find_first_of(".{");
      const bool nested = end != std::string_view::npos;
      const auto type = nested ? std::optional<Type>(Type::Dynamic) : type_of(value);
      put(path.substr(0, end), type);
    });
  }

  [[nodiscard]] kql::TableSchema finish(std::string name) const {
    kql::TableSchema schema{std::move(name), {}};
    for (const auto& [column, type] : columns_) schema.columns.push_back({column, type.value_or(Type::String), {}});
    return schema;
  }
  [[nodiscard]] bool empty() const { return columns_.empty(); }

 private:
  void put(std::string_view name, std::optional<Type> type) {
    const auto [entry, added] = index_.emplace(std::string(name), columns_.size());
    if (added) columns_.emplace_back(std::string(name), std::nullopt);
    std::optional<Type>& known = columns_[entry->second].second;
    if (type) known = known ? unite(*known, *type) : *type;
  }

  std::map<std::string, size_t, std::less<>> index_;
  std::vector<std::pair<std::string, std::optional<Type>>> columns_;
};

}  // namespace

std::vector<kql::TableSchema> infer_file_tables(const std::vector<std::string>& files, const Catalog& catalog) {
  std::vector<kql::TableSchema> tables;
  Catalog::Recognizer recognizer(catalog);
  for (const std::string& file : files) {
    if (file == "-") continue;
    SchemaBuilder builder;
    ingest::ReadStats stats;
    DiagnosticSink ignored;  // the hunt itself reports what is wrong with the file
    const auto visit = [&](const ingest::Record& record) {
      Metadata metadata;
      if (recognizer.recognize(record, metadata) == RecordType::Generic) builder.add(record);
    };
    ingest::read_files({file}, {}, visit, stats, ignored);
    if (!builder.empty()) tables.push_back(builder.finish(std::filesystem::path(file).stem().string()));
  }
  return tables;
}

kql::TableSchema infer_table(const std::string& text, const std::string& name) {
  SchemaBuilder builder;
  ingest::ReadStats stats;
  DiagnosticSink ignored;
  ingest::read_text(text, name, {}, [&](const ingest::Record& record) { builder.add(record); }, stats, ignored);
  return builder.finish(name);
}

}  // namespace hecate::engine
