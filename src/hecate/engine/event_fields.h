#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "finding/finding.h"
#include "ingest/record.h"

namespace hecate::engine {

/// Every field of an event as an SPL search shows it: _time and the other metadata, then the raw fields
/// flattened in document order, a repeated path as one multivalue field.
[[nodiscard]] std::vector<ResultField> event_fields(const ingest::Record& record, const Metadata& metadata);

/// The same as one JSON object, for the candidate table's `rest` column, and back.
[[nodiscard]] std::string fields_to_json(const std::vector<ResultField>& fields);
[[nodiscard]] std::vector<ResultField> fields_from_json(std::string_view json);

}  // namespace hecate::engine
