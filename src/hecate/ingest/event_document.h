#pragma once

#include <optional>

#include "ingest/auditd.h"
#include "ingest/json_tree.h"
#include "ingest/record.h"
#include "ingest/syslog.h"
#include "ingest/text_format.h"
#include "ingest/xml_tree.h"

namespace hecate::ingest {

/// A record's document, put together from what the record is made of: an event (JSON, XML, the fields of a line or of a
/// table's row, or none of these in plain text), the header of the syslog line that carried it (under "syslog.": host,
/// app, pid, message, severity, facility, message_id, structured_data), and the fields of its HEC envelope at the top
/// level. Where a path stands in several of them their values come in this order.
///
/// The path "log.format" holds the name of a text's format. It is about the event, not of it: read_all leaves it out,
/// as it does the fields of other lines of an audit event.
class EventDocument final : public Document {
 public:
  struct JsonPart {
    const JsonTree* tree = nullptr;
    JsonTree::Index object = 0;
  };

  void clear();
  void set_json(JsonPart event) { json_ = event; }
  void set_xml(const XmlTree& event) { xml_ = &event; }
  void set_syslog(const SyslogLine& line) { syslog_ = line; }
  void set_fields(JsonPart fields) { fields_ = fields; }
  void set_line(const FieldList& fields, TextFormat format) {
    line_ = &fields;
    format_ = format;
  }
  void set_audit(const AuditdEvent& event, size_t line) {
    audit_ = &event;
    set_line(event.line(line).fields, TextFormat::Auditd);
  }

  /// Whether anything but text was set.
  [[nodiscard]] bool has_fields() const {
    return json_.tree != nullptr || xml_ != nullptr || line_ != nullptr || fields_.tree != nullptr;
  }

  [[nodiscard]] Shape shape() const override;
  void read(const PathSet& wanted, FieldValues& out) const override;
  void read_all(const std::function<void(std::string_view path, RawValue value)>& visit) const override;
  bool read_json(std::string_view path, std::string& out) const override;

 private:
  JsonPart json_;
  const XmlTree* xml_ = nullptr;
  const FieldList* line_ = nullptr;
  const AuditdEvent* audit_ = nullptr;
  TextFormat format_ = TextFormat::None;
  std::optional<SyslogLine> syslog_;
  JsonPart fields_;
};

}  // namespace hecate::ingest
