#include "ingest/record_parser.h"

#include <simdjson.h>

#include "base/text.h"
#include "ingest/doubled_escapes.h"
#include "ingest/find_time.h"

namespace hecate::ingest {
namespace {

Fault to_fault(JsonTree::Fault fault) {
  switch (fault) {
    case JsonTree::Fault::None: return Fault::None;
    case JsonTree::Fault::Syntax: return Fault::Json;
    case JsonTree::Fault::NotUtf8: return Fault::NotText;
    case JsonTree::Fault::TooDeep: return Fault::TooDeep;
  }
  return Fault::Json;
}

bool is_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && simdjson::validate_utf8(text.data(), text.size());
}

/// From the first `<Event>` or `<Event …>` to the last `</Event>`, or empty.
std::string_view find_event(std::string_view text) {
  constexpr std::string_view kBegin = "<Event";
  constexpr std::string_view kEnd = "</Event>";
  const size_t end = text.rfind(kEnd);
  if (end == std::string_view::npos) return {};
  for (size_t at = text.find(kBegin); at < end; at = text.find(kBegin, at + 1)) {
    const char behind = text[at + kBegin.size()];
    if (behind == '>' || behind == ' ' || behind == '\t' || behind == '\n' || behind == '\r') {
      return text.substr(at, end + kEnd.size() - at);
    }
  }
  return {};
}

}  // namespace

void RecordParser::begin_file(Ticks modified, bool of_file) {
  modified_ = of_file ? std::optional(modified) : std::nullopt;
  years_.begin(modified);
  table_ = nullptr;
  zeek_.reset();
  w3c_.reset();
  join_.reset();
  released_ = nullptr;
}

bool RecordParser::take_directive(const Unit& unit) {
  if (unit.kind == Unit::Kind::Row) return table_->is_header(unit.text);
  if (unit.kind != Unit::Kind::Text || !unit.text.starts_with('#') || !is_text(unit.text)) return false;
  return zeek_.take_directive(unit.text) || w3c_.take_directive(unit.text);
}

bool RecordParser::hold(const Unit& unit, uint64_t number) {
  if (unit.kind != Unit::Kind::Text) return false;
  const auto header = find_auditd(unit.text);
  if (!header || !is_text(unit.text)) return false;
  join_.take(unit.text, *header, number, unit.offset);
  return true;
}

bool RecordParser::release(Record& record) {
  if (released_ == nullptr || released_line_ == released_->size()) {
    released_ = join_.next();
    released_line_ = 0;
    if (released_ == nullptr) return false;
  }
  const AuditdEvent::Line& line = released_->line(released_line_);
  document_.clear();
  record.envelope = {};
  record.raw = line.text;
  record.number = line.number;
  record.byte_offset = line.offset;
  record.document = &document_;
  record.file_time = modified_;
  fill_audit(*released_, released_line_++, record);
  return true;
}

Fault RecordParser::parse(const Unit& unit, Record& record) {
  document_.clear();
  record.envelope = {};
  record.raw = unit.text;
  record.document = &document_;
  record.file_time = modified_;
  switch (unit.kind) {
    case Unit::Kind::End:
    case Unit::Kind::Bad: return unit.fault;
    case Unit::Kind::JsonLine:
    case Unit::Kind::Json: return parse_json(unit.text, record);
    case Unit::Kind::Xml:
      if (!is_text(unit.text)) return Fault::NotText;
      return parse_xml_inside(unit.text) ? Fault::None : Fault::Xml;
    case Unit::Kind::Text:
    case Unit::Kind::Row: break;
  }
  if (!is_text(unit.text)) return Fault::NotText;
  if (unit.kind == Unit::Kind::Row || zeek_.active() || w3c_.active()) return parse_row(unit.text, record);
  parse_text(unit.text, record);
  return Fault::None;
}

Fault RecordParser::parse_json(std::string_view text, Record& record) {
  const Fault fault = to_fault(outer_.parse(text));
  if (fault != Fault::None) return fault;
  if (const auto envelope = find_envelope(outer_)) return open_envelope(*envelope, record);
  if (const auto exported = find_exported(outer_)) {
    open_exported(*exported, record);
    return Fault::None;
  }
  unescaped_.clear();
  const bool changed = without_doubled_escapes(outer_, unescaped_);
  if (changed && inner_.parse(unescaped_) == JsonTree::Fault::None) {
    document_.set_json({&inner_, inner_.root()});
  } else {
    document_.set_json({&outer_, outer_.root()});
  }
  return Fault::None;
}

void RecordParser::open_exported(const ExportedEvent& exported, Record& record) {
  record.raw = outer_.text(exported.event);
  const RawValue raw = exported.raw ? outer_.value(*exported.raw) : RawValue{};
  if (!raw.text.empty()) {
    record.raw = raw.text;
    parse_text(raw.text, record);
    // What Splunk extracted from a line of which we can read nothing.
    if (!document_.has_fields()) document_.set_fields({&outer_, exported.event});
  } else {
    document_.set_json({&outer_, exported.event});
  }
  keep_metadata(exported.metadata, record);
}

/// What an envelope says goes before what the event inside says of itself.
void RecordParser::keep_metadata(const Envelope& outside, Record& record) {
  const Envelope inside = record.envelope;
  record.envelope = outside;
  if (!record.envelope.time) record.envelope.time = inside.time;
  if (!record.envelope.host) record.envelope.host = inside.host;
  if (record.envelope.time) years_.saw(*record.envelope.time);
}

Fault RecordParser::open_envelope(const HecEnvelope& envelope, Record& record) {
  const RawValue event = outer_.value(envelope.event);
  // HEC itself refuses such: "Event field cannot be blank".
  if (event.kind == RawKind::Null || (event.kind == RawKind::String && event.text.empty())) return Fault::Envelope;
  record.raw = event.text;
  if (outer_.kind(envelope.event) == JsonTree::Kind::Object) {
    document_.set_json({&outer_, envelope.event});
  } else if (event.kind == RawKind::String) {
    parse_text(event.text, record);
  }
  if (envelope.fields) document_.set_fields({&outer_, *envelope.fields});
  keep_metadata(envelope.metadata, record);
  return Fault::None;
}

Fault RecordParser::parse_row(std::string_view text, Record& record) {
  fields_.clear();
  bool good = false;
  TextFormat format = TextFormat::None;
  if (table_ != nullptr) {
    good = table_->read_row(text, fields_);
    format = table_->separator() == '\t' ? TextFormat::Tsv : TextFormat::Csv;
  } else if (zeek_.active()) {
    good = zeek_.read_row(text, fields_);
    format = TextFormat::Zeek;
  } else {
    good = w3c_.read_row(text, fields_, record.envelope.time);
    format = TextFormat::W3c;
  }
  if (!good) return Fault::Row;
  document_.set_line(fields_, format);
  return Fault::None;
}

void RecordParser::fill_audit(const AuditdEvent& event, size_t line, Record& record) {
  const AuditdHeader& header = event.line(line).header;
  document_.set_audit(event, line);
  record.envelope.time = header.time;
  years_.saw(header.time);
  if (header.begin > 0) {
    if (const auto syslog = parse_syslog(event.line(line).text)) {
      document_.set_syslog(*syslog);
      if (!syslog->host.empty()) record.envelope.host = syslog->host;
    }
  }
  if (!header.node.empty()) record.envelope.host = header.node;
}

/// The fields of a format that is told by the line itself.
void RecordParser::parse_fields(std::string_view text, Record& record) {
  fields_.clear();
  std::optional<Ticks> time;
  const TextFormat format = parse_line(text, fields_, time);
  if (format != TextFormat::None) document_.set_line(fields_, format);
  // No format says where; a syslog header has told it already.
  if (!time && format == TextFormat::None && !record.envelope.time) time = find_time(text);
  if (!time) return;
  record.envelope.time = time;
  years_.saw(*time);
}

void RecordParser::parse_text(std::string_view text, Record& record) {
  const std::string_view trimmed = trim(text);
  if (trimmed.starts_with('{') && parse_json_inside(trimmed)) return;
  const bool markup = trimmed.starts_with("<Event") || trimmed.starts_with("<?xml");
  if (markup && parse_xml_inside(find_event(trimmed))) return;
  if (const AuditdEvent* event = join_.alone(text)) return fill_audit(*event, 0, record);
  if (const auto line = parse_syslog(text)) return parse_syslog_line(*line, record);
  parse_fields(text, record);
}

bool RecordParser::parse_json_inside(std::string_view text) {
  if (inner_.parse(text) != JsonTree::Fault::None || inner_.kind(inner_.root()) != JsonTree::Kind::Object) return false;
  document_.set_json({&inner_, inner_.root()});
  return true;
}

bool RecordParser::parse_xml_inside(std::string_view text) {
  if (!xml_.parse(text)) return false;
  document_.set_xml(xml_);
  return true;
}

void RecordParser::parse_syslog_line(const SyslogLine& line, Record& record) {
  document_.set_syslog(line);
  std::optional<Ticks> time = line.time;
  if (time) {
    years_.saw(*time);
  } else if (line.stamp) {
    time = years_.complete(*line.stamp);
  }
  if (parse_xml_inside(find_event(line.message))) {
    // The event knows its own time and host better; its time tells the year of the stamps below.
    const auto stamp = line.stamp ? xml_.system_time() : std::nullopt;
    if (const auto created = stamp ? parse_iso_time(*stamp) : std::nullopt) years_.saw(*created);
    return;
  }
  record.envelope.time = time;
  if (!line.host.empty()) record.envelope.host = line.host;
  const std::string_view message = trim(line.message);
  if (message.starts_with('{') && parse_json_inside(message)) return;
  parse_fields(message, record);
}

}  // namespace hecate::ingest
