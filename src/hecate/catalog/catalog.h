#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "catalog/search_time.h"
#include "ingest/record.h"
#include "plan/plan.h"

namespace hecate {

namespace catalog {
class DataModelColumns;
}

/// A record type of a source: "sysmon_linux.file_create". Ids are dense, handed out by Catalog::load in the
/// order of the (sorted) files; 0 is "generic": a record that no source recognises.
enum class RecordType : uint32_t { Generic = 0 };

/// What every record has, whatever its source.
struct Metadata {
  std::optional<Ticks> time;
  std::optional<Ticks> file_time;  // Record::file_time
  std::string_view host, source, sourcetype, index;
  bool source_by_catalog = false;  // `source` is the catalog's name for such records, not a file's or an envelope's
};

/// Sources and vocabularies, loaded from catalogs/. Immutable after load; shared between threads.
///
/// A *source* says how its records are recognised in each shape they arrive in and where a raw field of the
/// source is found in that shape. A *record type* (an event id of it) says which Sigma logsource, CIM
/// dataset and ASIM schema it belongs to, and gives each vocabulary's columns as expressions over raw fields.
class Catalog {
 public:
  Catalog();
  ~Catalog();
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;

  /// Loads every *.yml below `folder` (sources/, asim/, tables/, cim/), as catalogs/README.md describes them.
  /// A bad file is reported (CAT…) and left out; fails only where the folder cannot be read at all.
  static Result<Catalog> load(const std::string& folder, SourceMap& sources, DiagnosticSink& sink);

  /// The same catalog under what add-ons say of events. May be null.
  [[nodiscard]] Catalog with(std::shared_ptr<const SearchTime> search_time) const;
  [[nodiscard]] bool has_search_time() const { return search_time_ != nullptr; }

  /// Recognition of one record at a time. Keeps scratch memory, so one for each thread.
  class Recognizer {
   public:
    explicit Recognizer(const Catalog& catalog);
    ~Recognizer();
    Recognizer(Recognizer&&) noexcept;
    /// The type of a record, and its metadata: time, host, source, sourcetype, index by the source's rules,
    /// overridden by the envelope (but a source may rank its own time above it: syslog has no year).
    /// Views live as long as the record or the catalog.
    RecordType recognize(const ingest::Record& record, Metadata& metadata);

    // For those who read events in a way of their own:

    /// What recognition looks at. Other paths may be added to a copy, whose further slots then mean nothing here.
    [[nodiscard]] const ingest::PathSet& paths() const;
    /// Whether the type may depend on what stands at a slot of paths().
    [[nodiscard]] bool asks_for(size_t slot) const;
    /// The slots where a type's own time may stand: the first that reads as one (time_of_text) counts.
    [[nodiscard]] std::span<const size_t> time_slots(RecordType type) const;
    /// The slots where a type's host may stand: the first that holds a text that is not empty counts.
    [[nodiscard]] std::span<const size_t> host_slots(RecordType type) const;
    /// The type of an event in JSON or XML whose values stand by the slots of paths(). They are added to. Appends to
    /// `looked_at` the slots whose values it depends on (a slot perhaps twice): events that have values of the same
    /// kinds at the same slots, and the same values there, are of the same type and have the same source, sourcetype
    /// and index, which are put into `metadata`.
    [[nodiscard]] RecordType type_of(ingest::Shape shape, std::string_view file, ingest::FieldValues& values,
                                     std::vector<uint32_t>& looked_at, Metadata& metadata);

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  [[nodiscard]] size_t record_types() const;
  [[nodiscard]] std::string_view name(RecordType type) const;  // "sysmon_linux.file_create"
  [[nodiscard]] std::string_view title(RecordType type) const;
  [[nodiscard]] std::optional<RecordType> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> names() const;

  /// Whether a record type's events belong to a dataset. SplunkEvents: always. KustoTable: by table or ASIM
  /// view name (imX, _Im_X, ASimX, _ASim_X). SigmaLogsource: every given part must be one of the type's. DataModel:
  /// where some of them may; which of them, DataModel::kMember says.
  [[nodiscard]] bool belongs(RecordType type, const Dataset& dataset) const;

  /// A field or column of a dataset for one record type, as an expression over RawField nodes (and the
  /// metadata functions "meta.time", "meta.host", …), converted to `wanted`. nullptr where the vocabulary has
  /// no such column for this type and there is no raw field to fall back on: the field is then absent in
  /// every event (KQL: ""). SPL: metadata, then the add-on's (CIM) names, then the raw field as flattened. Sigma: the
  /// taxonomy, then the raw field. KQL: the table's or ASIM schema's column. A data model: metadata, then as SPL, with
  /// what the model computes and fills in ("unknown").
  [[nodiscard]] ExprPtr column(RecordType type, const Dataset& dataset, std::string_view field, Type wanted) const;

  /// The places where a raw field of a record type may stand in an event of the given shape, in order of
  /// preference: canonical "TargetFilename" is "Event.EventData.TargetFilename" in XML and nested JSON and
  /// "TargetFilename" in flat JSON.
  [[nodiscard]] std::vector<std::string> raw_paths(RecordType type, std::string_view raw_field) const;

  /// The raw field (EventID) whose value tells kinds of records apart within a type, or empty. Rules are
  /// partially evaluated for each of its values; it changes no result.
  [[nodiscard]] std::string_view discriminator(RecordType type) const;

  // --- KQL schemas ---
  struct KustoColumn {
    std::string name;
    Type type = Type::String;
    /// ASIM: what a name-only column (TargetFileName) should have been when a path is compared with it;
    /// empty for all other columns.
    std::string path_column;
    /// ASIM: the only values that the column can have, by `|`; empty where any is possible.
    std::string values;
  };
  /// A parameter of the filtering views of an ASIM schema: `imDns(domain_has_any=…)`.
  struct KustoParameter {
    enum class Test : uint8_t { None, AtLeast, AtMost, Equals, In, HasAny, HasAll, HasAnyPrefix, HasAnyAddressPrefix };
    std::string name;
    Type type = Type::Dynamic;
    Test test = Test::None;
    std::vector<std::string> columns;  // a row is kept where one of them passes
  };
  struct KustoSchema {
    std::string name;  // "FileEvent" or the table's own name
    bool asim = false;
    std::vector<KustoColumn> columns;
    std::vector<KustoParameter> parameters = {};                           // by place
    [[nodiscard]] const KustoColumn* find(std::string_view column) const;  // case-sensitive, as Kusto is
  };
  /// The schema of a table or ASIM view by the name a query uses, or null.
  [[nodiscard]] const KustoSchema* kusto_schema(std::string_view table) const;
  [[nodiscard]] std::vector<std::string_view> kusto_tables() const;
  /// The parameters of a view; those without filters (`_ASim_Dns`) have `pack` alone.
  [[nodiscard]] std::span<const KustoParameter> parameters(std::string_view view) const;
  /// Whether events may be rows of the table; of the others only the columns are known.
  [[nodiscard]] bool has_rows(std::string_view table) const;

  /// Compiles a catalog expression ("basename(TargetFilename)") as a pack may use for its derived fields;
  /// bare names become what `column` says in the given dataset.
  [[nodiscard]] Result<ExprPtr> compile_expression(std::string_view text, Span span, RecordType type,
                                                   const Dataset& dataset, DiagnosticSink& sink) const;

  /// One column of a record type as its catalog file states it, for listings and tests.
  struct ColumnRow {
    std::string vocabulary;  // "sigma", "splunk", "cim.Endpoint.Processes", "asim.FileEvent", "table.Syslog"
    std::string name;
    std::string expression;
    std::string evidence;
    char confidence = 'U';  // A two sources agree, B one source, C inferred or own design, U own knowledge
    ExprPtr value;          // not yet converted
    Span span;
  };
  [[nodiscard]] std::span<const ColumnRow> columns(RecordType type) const;
  /// Reads what is otherwise read when a query asks for it (catalogs/kusto), and reports what is wrong with it.
  void check_views(DiagnosticSink& sink) const;
  /// What a CIM data model fills in where an event has no value ("unknown"); empty where nothing.
  [[nodiscard]] std::string_view cim_default(std::string_view dataset, std::string_view field) const;

  // --- data models (CIM) ---
  /// All datasets: "Endpoint.Processes", "Network_Traffic.All_Traffic".
  [[nodiscard]] std::vector<std::string_view> data_models() const;
  /// Whether a catalog file has the model and, where one is named, its dataset.
  [[nodiscard]] bool has_data_model(const DataModel& model) const;
  /// Whether a name that a query uses (`Processes.dest`) is a field of the model, or one that every event has. Of whole
  /// events (DataModel::events) any name may be.
  [[nodiscard]] bool has_field(const DataModel& model, std::string_view field) const;

  struct Impl;
  /// The catalog as it was loaded (catalog/model.h), for those who write events that a source recognises.
  [[nodiscard]] const Impl& model() const { return *impl_; }

 private:
  [[nodiscard]] catalog::DataModelColumns columns_of(RecordType type, const DataModel& model) const;
  [[nodiscard]] ExprPtr splunk_field(RecordType type, std::string_view field) const;

  std::shared_ptr<Impl> impl_;  // shared by those that differ in their add-ons
  std::shared_ptr<const SearchTime> search_time_;
  friend class Recognizer;
};

}  // namespace hecate
