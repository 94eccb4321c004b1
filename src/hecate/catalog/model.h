#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/expression.h"
#include "catalog/table_list.h"
#include "catalog/view_columns.h"

namespace hecate::catalog {

/// A test of a record's raw fields. Slots are those of Catalog::Impl::paths.
struct Condition {
  enum class Op { Exists, Missing, Equals, EqualsAnyCase, Prefix, Contains, Matches, AnyBit, Any, All };
  Op op = Op::Exists;
  std::vector<size_t> slots;        // the first that holds a value counts
  std::vector<std::string> values;  // Equals…, Prefix, Contains, Matches (PCRE2): one of them
  int64_t bits = 0;                 // AnyBit: a whole number that has one of these bits
  std::vector<Condition> parts;     // Any, All
};

struct ShapeRule {
  std::string name;
  ingest::Shape of = ingest::Shape::Json;
  std::vector<Condition> when;                             // all must hold
  std::vector<std::string> templates;                      // "Event.EventData.{}"
  std::map<std::string, std::vector<std::string>> fields;  // fields that stand elsewhere
  std::string sourcetype;                                  // overrides the source's
};

struct SplunkMetadata {
  std::string sourcetype, source, index;
};

/// Columns of one vocabulary with what is known about their truth.
struct ColumnGroup {
  struct Column {
    std::string name;
    Expression value;
    Span span;
  };
  std::string vocabulary;  // "sigma", "splunk", "cim.Endpoint.Processes", "asim.*", "table.Syslog"
  std::string evidence;
  char confidence = 'U';
  std::vector<Column> columns;
  Span span;
};

/// A dataset of a data model that events of a record type belong to.
struct Membership {
  std::string dataset;  // "Change.Account_Management"
  ExprPtr when;         // over raw fields; null: all of them
};

struct TypeData {
  std::string name;  // "sysmon_linux.file_create"
  std::string title;
  uint32_t source = 0;
  std::vector<Condition> when;
  SplunkMetadata splunk;
  std::map<std::string, std::string> variables;  // $event
  std::vector<SigmaLogsource> sigma;
  std::vector<std::string> cim;         // root datasets: "Endpoint.Processes"
  std::vector<Membership> memberships;  // in them, and in those below them
  /// The tables and ASIM schemas that its events are rows of ("table.Syslog", "asim.FileEvent"), and what EventType may
  /// be in them.
  std::map<std::string, std::vector<std::string>, std::less<>> views;
  std::map<std::string, CompiledColumns, std::less<>> columns;  // by vocabulary, without wildcards
  std::vector<ColumnBlock> blocks;  // columns of views that are read when they are asked for
  std::vector<Catalog::ColumnRow> rows;
};

/// How the names that rules write find a source's fields, where vendors, exporters and rules do not agree on one
/// spelling.
struct NameRules {
  bool ignore_case = false;      // of columns; raw fields also with the initials of their keys small, or capital
  bool through_arrays = false;   // `a.b` stands for `a{}.b`, too
  bool objects_as_text = false;  // Sigma: an object or array is its JSON text
  bool in_words = false;         // ThreatName is also written "Threat Name"
  std::vector<std::string> optional_prefixes;  // a rule may write them, and the event may lack them
  [[nodiscard]] bool exact() const { return !ignore_case && !through_arrays && !in_words && optional_prefixes.empty(); }
};

struct SourceData {
  std::string name, title;
  int64_t priority = 0;
  std::string discriminator;  // the raw field that tells kinds of records apart within a type
  std::vector<ShapeRule> shapes;
  NameRules names;
  std::vector<size_t> time_slots, host_slots;
  bool event_time_first = false;  // the event's own time is better than the envelope's
  SplunkMetadata splunk;
  std::vector<ColumnGroup> groups;  // of all its types
  uint32_t first_type = 0;
  uint32_t type_count = 0;
};

/// A table or an ASIM schema.
struct SchemaData {
  Catalog::KustoSchema schema;
  std::map<std::string, std::vector<std::string>> aliases;  // column -> what it stands for, by preference
  std::map<std::string, Expression> defaults;
};

struct View {
  size_t schema = 0;
  std::set<std::string> event_types;  // none: all
  bool filters = true;                // whether it takes the schema's parameters
};

struct CimField {
  std::string type;
  std::string empty;                // what the data model fills in where the event has no value
  std::optional<Expression> value;  // what the data model computes from its other fields before that
};

/// A dataset of a data model.
struct CimDataset {
  std::string parent;                                   // "Authentication.Authentication"; empty: a root
  std::vector<std::string> tags;                        // what events that record types declare for it are tagged with
  std::optional<Expression> where;                      // a test over the dataset's fields
  std::map<std::string, CimField, std::less<>> fields;  // its own, not its parent's
};

}  // namespace hecate::catalog

namespace hecate {

struct Catalog::Impl {
  /// What a condition may ask of a record beside its document. No document can hold these keys: they are not UTF-8.
  static constexpr std::string_view kRawText = "\xffraw";
  static constexpr std::string_view kFileName =
      "\xff"
      "file";

  std::vector<catalog::TypeData> types;      // by RecordType; [0] is generic
  std::vector<catalog::SourceData> sources;  // in the order in which recognition asks them
  std::vector<catalog::SchemaData> schemas;
  std::map<std::string, catalog::View, std::less<>> views;
  catalog::TableList tables;                                    // those that no source has rows of
  catalog::SchemaColumns asim_columns;                          // of ASIM schemas, beside those of their own files
  catalog::ViewColumns view_columns;                            // of the types' blocks
  std::map<std::string, catalog::CimDataset, std::less<>> cim;  // by "Endpoint.Processes"
  ingest::PathSet paths;                                        // everything that recognition looks at
  size_t raw_slot = paths.add(kRawText);                        // the text of a record that is neither JSON nor XML
  size_t file_slot = paths.add(kFileName);                      // the last part of the file's name
  std::optional<catalog::SourceData> generic;

  [[nodiscard]] const catalog::TypeData& type(RecordType id) const { return types[static_cast<size_t>(id)]; }
  [[nodiscard]] const catalog::SourceData* source_of(RecordType id) const;
};

}  // namespace hecate
