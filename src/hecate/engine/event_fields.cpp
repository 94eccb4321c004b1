#include "engine/event_fields.h"

#include <unordered_map>

#include "base/json_text.h"
#include "ingest/reader.h"

namespace hecate::engine {
namespace {

/// Gathers values by path, in the order of first appearance.
class FieldCollector {
 public:
  void add(std::string_view path, ingest::RawValue value) {
    if (value.kind == ingest::RawKind::Absent) return;
    const auto [entry, added] = index_.emplace(std::string(path), fields_.size());
    if (added) fields_.emplace_back(std::string(path), std::vector<std::string>{});
    // Splunk extracts a JSON null as this text.
    fields_[entry->second].second.emplace_back(value.kind == ingest::RawKind::Null ? "null" : value.text);
  }

  void move_to(std::vector<ResultField>& result) {
    for (auto& [name, values] : fields_) {
      result.push_back(
          {name, values.size() == 1 ? OwnedValue::string(values.front()) : OwnedValue::many(values), true});
    }
  }

 private:
  std::unordered_map<std::string, size_t> index_;
  std::vector<std::pair<std::string, std::vector<std::string>>> fields_;
};

void add_text(std::vector<ResultField>& fields, std::string_view name, std::string_view value) {
  if (!value.empty()) fields.push_back({std::string(name), OwnedValue::string(std::string(value)), true});
}

}  // namespace

std::vector<ResultField> event_fields(const ingest::Record& record, const Metadata& metadata) {
  std::vector<ResultField> fields;
  if (metadata.time) fields.push_back({"_time", OwnedValue(Value::real(epoch_seconds(*metadata.time))), true});
  add_text(fields, "host", metadata.host);
  add_text(fields, "source", metadata.source);
  add_text(fields, "sourcetype", metadata.sourcetype);
  add_text(fields, "index", metadata.index);
  add_text(fields, "_raw", record.raw);
  FieldCollector collector;
  record.document->read_all([&](std::string_view path, ingest::RawValue value) { collector.add(path, value); });
  collector.move_to(fields);
  return fields;
}

std::string fields_to_json(const std::vector<ResultField>& fields) {
  std::string json = "{";
  for (const ResultField& field : fields) {
    if (json.size() > 1) json += ',';
    append_json_quoted(field.name, json);
    json += ':';
    // A name that ends in `{}` is an array's: written as one, so that reading takes off just what writing added.
    const bool array_of_one = field.name.ends_with("{}") && field.value.get().kind() != Kind::Many;
    if (array_of_one) json += '[';
    append_value_json(field.value.get(), json);
    if (array_of_one) json += ']';
  }
  return json + "}";
}

std::vector<ResultField> fields_from_json(std::string_view json) {
  std::vector<ResultField> fields;
  FieldCollector collector;
  ingest::ReadStats stats;
  DiagnosticSink ignored;
  const auto visit = [&](const ingest::Record& record) {
    record.document->read_all([&](std::string_view path, ingest::RawValue value) {
      // Multivalue fields were written as arrays, whose paths end in `{}`.
      collector.add(path.ends_with("{}") ? path.substr(0, path.size() - 2) : path, value);
    });
  };
  ingest::read_text(json, "row", {}, visit, stats, ignored);
  collector.move_to(fields);
  return fields;
}

}  // namespace hecate::engine
