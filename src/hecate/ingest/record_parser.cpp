#include "ingest/record_parser.h"

#include <simdjson.h>

#include "base/text.h"

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

Fault RecordParser::parse(const Unit& unit, Record& record) {
  document_.clear();
  record.envelope = {};
  record.raw = unit.text;
  record.document = &document_;
  switch (unit.kind) {
    case Unit::Kind::End:
    case Unit::Kind::Bad: return unit.fault;
    case Unit::Kind::JsonLine:
    case Unit::Kind::Json: return parse_json(unit.text, record);
    case Unit::Kind::Xml:
      if (!is_text(unit.text)) return Fault::NotText;
      return parse_xml_inside(unit.text) ? Fault::None : Fault::Xml;
    case Unit::Kind::Text: break;
  }
  if (!is_text(unit.text)) return Fault::NotText;
  parse_text(unit.text, record);
  return Fault::None;
}

Fault RecordParser::parse_json(std::string_view text, Record& record) {
  const Fault fault = to_fault(outer_.parse(text));
  if (fault != Fault::None) return fault;
  if (const auto envelope = find_envelope(outer_)) return open_envelope(*envelope, record);
  document_.set_json({&outer_, outer_.root()});
  return Fault::None;
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
  const Envelope inside = record.envelope;
  record.envelope = envelope.metadata;
  if (!record.envelope.time) record.envelope.time = inside.time;
  if (!record.envelope.host) record.envelope.host = inside.host;
  if (record.envelope.time) years_.saw(*record.envelope.time);
  return Fault::None;
}

void RecordParser::parse_text(std::string_view text, Record& record) {
  const std::string_view trimmed = trim(text);
  if (trimmed.starts_with('{') && parse_json_inside(trimmed)) return;
  const bool markup = trimmed.starts_with("<Event") || trimmed.starts_with("<?xml");
  if (markup && parse_xml_inside(find_event(trimmed))) return;
  if (const auto line = parse_syslog(text)) parse_syslog_line(*line, record);
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
  if (message.starts_with('{')) parse_json_inside(message);
}

}  // namespace hecate::ingest
