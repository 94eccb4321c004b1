#pragma once

#include "ingest/event_document.h"
#include "ingest/fault.h"
#include "ingest/hec.h"
#include "ingest/splitter.h"

namespace hecate::ingest {

/// Makes records of units. Keeps its memory from one to the next.
class RecordParser {
 public:
  /// A new file begins; `modified` completes syslog stamps that have no year.
  void begin_file(Ticks modified) { years_.begin(modified); }

  /// Fills raw, document and envelope. The record refers to the unit's text and to this parser until the next.
  [[nodiscard]] Fault parse(const Unit& unit, Record& record);

 private:
  [[nodiscard]] Fault parse_json(std::string_view text, Record& record);
  [[nodiscard]] Fault open_envelope(const HecEnvelope& envelope, Record& record);
  void parse_text(std::string_view text, Record& record);
  bool parse_json_inside(std::string_view text);
  bool parse_xml_inside(std::string_view text);
  void parse_syslog_line(const SyslogLine& line, Record& record);

  JsonTree outer_;  // the record itself, an envelope perhaps
  JsonTree inner_;  // JSON inside an envelope's string or a syslog message
  XmlTree xml_;
  EventDocument document_;
  SyslogYears years_;
};

}  // namespace hecate::ingest
