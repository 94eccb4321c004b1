#pragma once

#include "ingest/auditd.h"
#include "ingest/delimited.h"
#include "ingest/event_document.h"
#include "ingest/export_wrapper.h"
#include "ingest/fault.h"
#include "ingest/hec.h"
#include "ingest/splitter.h"
#include "ingest/w3c.h"
#include "ingest/zeek.h"

namespace hecate::ingest {

/// Makes records of units. Keeps its memory from one to the next.
class RecordParser {
 public:
  /// A new file begins; `modified` completes syslog stamps that have no year, and is the time of events without one.
  /// Unless that is no file's time, but a guess.
  void begin_file(Ticks modified, bool of_file);
  /// The file is a table; units are its rows. The table must outlive the file.
  void begin_table(const DelimitedTable& table) { table_ = &table; }

  /// Takes a line that is no record: a directive of a log that is a table, or a table's line of names once more.
  [[nodiscard]] bool take_directive(const Unit& unit);
  /// Takes a line that waits for others of its event (an audit log's); its text is copied.
  [[nodiscard]] bool hold(const Unit& unit, uint64_t number);
  /// Fills the next record that waited and waits no more, with its number and offset; false where there is none.
  [[nodiscard]] bool release(Record& record);
  /// No lines come any more.
  void finish() { join_.finish(); }
  /// Lines that came too late to be put together with those of their event.
  [[nodiscard]] uint64_t late_lines() const { return join_.late(); }

  /// Fills raw, document and envelope. The record refers to the unit's text and to this parser until the next.
  [[nodiscard]] Fault parse(const Unit& unit, Record& record);

 private:
  [[nodiscard]] Fault parse_json(std::string_view text, Record& record);
  [[nodiscard]] Fault parse_row(std::string_view text, Record& record);
  [[nodiscard]] Fault open_envelope(const HecEnvelope& envelope, Record& record);
  void open_exported(const ExportedEvent& exported, Record& record);
  void keep_metadata(const Envelope& outside, Record& record);
  void parse_text(std::string_view text, Record& record);
  bool parse_json_inside(std::string_view text);
  bool parse_xml_inside(std::string_view text);
  void parse_syslog_line(const SyslogLine& line, Record& record);
  void parse_fields(std::string_view text, Record& record);
  void fill_audit(const AuditdEvent& event, size_t line, Record& record);

  JsonTree outer_;         // the record itself, an envelope perhaps
  JsonTree inner_;         // JSON inside an envelope's string or a syslog message
  std::string unescaped_;  // a record that was escaped twice
  XmlTree xml_;
  FieldList fields_;  // of a line or a row
  const DelimitedTable* table_ = nullptr;
  ZeekTable zeek_;
  W3cTable w3c_;
  std::optional<Ticks> modified_;
  AuditdJoin join_;
  const AuditdEvent* released_ = nullptr;
  size_t released_line_ = 0;
  EventDocument document_;
  SyslogYears years_;
};

}  // namespace hecate::ingest
