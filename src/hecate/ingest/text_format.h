#pragma once

#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// The formats of text whose lines have fields. Their names are what the path "log.format" holds.
enum class TextFormat : uint8_t { None, Auditd, Cef, Leef, AccessLog, Cisco, KeyValue, EventText, Csv, Tsv, Zeek, W3c };

[[nodiscard]] std::string_view name_of(TextFormat format);
/// Rows of tables are records of keys and values, as JSON objects are.
[[nodiscard]] bool is_table(TextFormat format);

/// Finds the fields of a line that stands for itself (not an audit log's), with or without a header of syslog before
/// it. Sets `time` where the line says a full one.
[[nodiscard]] TextFormat parse_line(std::string_view text, FieldList& fields, std::optional<Ticks>& time);

}  // namespace hecate::ingest
