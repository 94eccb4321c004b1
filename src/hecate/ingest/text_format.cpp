#include "ingest/text_format.h"

#include <array>

#include "base/text.h"
#include "ingest/access_log.h"
#include "ingest/cef.h"
#include "ingest/cisco.h"
#include "ingest/event_text.h"
#include "ingest/key_value.h"
#include "ingest/leef.h"

namespace hecate::ingest {
namespace {

/// `<189>` alone, as firewalls write it before their pairs.
void skip_priority(std::string_view& text) {
  constexpr size_t kLongest = 5;
  if (!text.starts_with('<')) return;
  const size_t end = text.substr(0, kLongest).find('>');
  if (end == std::string_view::npos || end < 2) return;
  for (const char c : text.substr(1, end - 1)) {
    if (!is_ascii_digit(c)) return;
  }
  text.remove_prefix(end + 1);
}

}  // namespace

std::string_view name_of(TextFormat format) {
  constexpr std::array<std::string_view, 12> kNames{"",          "auditd",     "cef", "leef", "access_log", "cisco",
                                                    "key_value", "event_text", "csv", "tsv",  "zeek",       "w3c"};
  return kNames[static_cast<size_t>(format)];
}

bool is_table(TextFormat format) { return format >= TextFormat::Csv; }

TextFormat parse_line(std::string_view text, FieldList& fields, std::optional<Ticks>& time) {
  text = trim(text);
  if (parse_event_text(text, fields, time)) return TextFormat::EventText;
  if (parse_cef(text, fields)) {
    time = cef_time(fields);
    return TextFormat::Cef;
  }
  if (parse_leef(text, fields)) {
    time = leef_time(fields);
    return TextFormat::Leef;
  }
  if (parse_cisco(text, fields)) return TextFormat::Cisco;
  if (parse_access_line(text, fields, time)) return TextFormat::AccessLog;
  skip_priority(text);
  if (parse_key_values(text, fields)) {
    time = key_value_time(fields);
    return TextFormat::KeyValue;
  }
  return TextFormat::None;
}

}  // namespace hecate::ingest
