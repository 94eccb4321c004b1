#include "ingest/event_document.h"

#include <array>
#include <utility>

#include "base/json_text.h"
#include "ingest/path_walk.h"

namespace hecate::ingest {
namespace {

constexpr std::string_view kSyslog = "syslog";
constexpr std::string_view kFormat = "log.format";
using Part = std::pair<std::string_view, std::string_view>;

std::array<Part, 8> parts_of(const SyslogLine& line) {
  return {{{"facility", syslog_facility(line.priority)},
           {"severity", syslog_severity(line.priority)},
           {"host", line.host},
           {"app", line.app},
           {"pid", line.pid},
           {"message_id", line.message_id},
           {"structured_data", line.structured_data},
           {"message", line.message}}};
}

/// The message is there even where it is empty; every other part only where the line has it.
bool present(const Part& part) { return !part.second.empty() || part.first == "message"; }

void read_syslog(const SyslogLine& line, const PathSet& wanted, FieldValues& out) {
  const uint32_t trie = wanted.child(0, kSyslog);
  if (trie == 0) return;
  for (const Part& part : parts_of(line)) {
    const uint32_t node = wanted.child(trie, part.first);
    if (node == 0 || wanted.nodes()[node].slot < 0 || !present(part)) continue;
    out.put(wanted.nodes()[node], {RawKind::String, part.second});
  }
}

bool write_syslog(const SyslogLine& line, std::string_view path, std::string& out) {
  if (!take_key(path, kSyslog)) return false;
  if (!path.empty()) {
    for (const Part& part : parts_of(line)) {
      if (part.first != path || !present(part)) continue;
      append_json_quoted(part.second, out);
      return true;
    }
    return false;
  }
  char before = '{';
  for (const Part& part : parts_of(line)) {
    if (!present(part)) continue;
    out += std::exchange(before, ',');
    append_json_quoted(part.first, out);
    out += ':';
    append_json_quoted(part.second, out);
  }
  out += '}';
  return true;
}

void read_format(TextFormat format, const PathSet& wanted, FieldValues& out) {
  const uint32_t node = descend(wanted, 0, kFormat);
  if (node == 0 || wanted.nodes()[node].slot < 0) return;
  out.put(wanted.nodes()[node], {RawKind::String, name_of(format)});
}

}  // namespace

void EventDocument::clear() {
  json_ = fields_ = {};
  xml_ = nullptr;
  line_ = nullptr;
  audit_ = nullptr;
  format_ = TextFormat::None;
  syslog_.reset();
}

Shape EventDocument::shape() const {
  if (json_.tree != nullptr || is_table(format_)) return Shape::Json;
  return xml_ != nullptr ? Shape::Xml : Shape::Text;
}

void EventDocument::read(const PathSet& wanted, FieldValues& out) const {
  if (json_.tree != nullptr) json_.tree->read_members(json_.object, wanted, 0, out);
  if (xml_ != nullptr) xml_->read(wanted, out);
  if (line_ != nullptr) {
    line_->read(wanted, 0, out);
    read_format(format_, wanted, out);
  }
  if (audit_ != nullptr) audit_->read(wanted, out);
  if (syslog_) read_syslog(*syslog_, wanted, out);
  if (fields_.tree != nullptr) fields_.tree->read_members(fields_.object, wanted, 0, out);
}

void EventDocument::read_all(const std::function<void(std::string_view path, RawValue value)>& visit) const {
  if (json_.tree != nullptr) json_.tree->visit_scalars(json_.object, visit);
  if (xml_ != nullptr) xml_->visit_scalars(visit);
  if (line_ != nullptr) line_->visit_scalars(visit);
  if (syslog_) {
    for (const Part& part : parts_of(*syslog_)) {
      if (present(part)) visit(std::string(kSyslog).append(".").append(part.first), {RawKind::String, part.second});
    }
  }
  if (fields_.tree != nullptr) fields_.tree->visit_scalars(fields_.object, visit);
}

bool EventDocument::read_json(std::string_view path, std::string& out) const {
  if (json_.tree != nullptr) {
    if (path.empty()) {
      json_.tree->write(json_.object, out);
      return true;
    }
    if (json_.tree->write_at(json_.object, path, out)) return true;
  }
  if (xml_ != nullptr && xml_->write_at(path, out)) return true;
  if (line_ != nullptr && line_->write_at(path, out)) return true;
  if (audit_ != nullptr && audit_->write_at(path, out)) return true;
  if (syslog_ && write_syslog(*syslog_, path, out)) return true;
  return !path.empty() && fields_.tree != nullptr && fields_.tree->write_at(fields_.object, path, out);
}

}  // namespace hecate::ingest
