#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/model.h"
#include "synthesis/fields.h"

namespace hecate::synthesis {

/// A form in which events of a record type are written as JSON: where its raw fields stand, and how it is recognised.
class RecordForm {
 public:
  /// All forms in JSON of a record type, in the order of its source's file; none where it is text alone.
  [[nodiscard]] static std::vector<RecordForm> of(const Catalog& catalog, RecordType type);

  [[nodiscard]] RecordType type() const { return type_; }
  /// Null where the event is what its fields are.
  [[nodiscard]] const catalog::ShapeRule* shape() const { return shape_; }
  /// Where a raw field stands.
  [[nodiscard]] std::string path_of(std::string_view raw_field) const;
  /// What an event must have to be taken for the type, over raw fields that are paths.
  [[nodiscard]] std::vector<ExprPtr> conditions() const;
  /// What its metadata are unless an envelope says otherwise: "sourcetype", "source", "index".
  [[nodiscard]] std::map<std::string, std::string> metadata() const;

 private:
  RecordForm(const Catalog& catalog, RecordType type, const catalog::ShapeRule* shape)
      : catalog_(&catalog), type_(type), shape_(shape) {}
  [[nodiscard]] bool has_place(const std::string& path) const;
  [[nodiscard]] ExprPtr condition(const catalog::Condition& condition,
                                  const std::map<size_t, std::string>& paths) const;

  const Catalog* catalog_;
  RecordType type_;
  const catalog::ShapeRule* shape_;
};

/// One event: values by path, and its envelope.
struct EventContent {
  std::map<std::string, FieldNeeds::Content> fields;
  std::map<std::string, std::string> envelope;  // "host", "source", …
  double time = 0;                              // seconds since 1970
  std::string free_text;                        // words of the event that are no field's
};

/// A line of JSON in the envelope of Splunk's HTTP Event Collector. Nothing where two fields are in each other's way.
[[nodiscard]] std::optional<std::string> written(const EventContent& event);

}  // namespace hecate::synthesis
