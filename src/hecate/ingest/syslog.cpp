#include "ingest/syslog.h"

#include <array>
#include <cstdlib>

#include "base/text.h"

namespace hecate::ingest {
namespace {

constexpr std::array<std::string_view, 24> kFacilities{"kern",   "user",   "mail",    "daemon", "auth",     "syslog",
                                                       "lpr",    "news",   "uucp",    "cron",   "authpriv", "ftp",
                                                       "ntp",    "audit",  "console", "cron2",  "local0",   "local1",
                                                       "local2", "local3", "local4",  "local5", "local6",   "local7"};
constexpr std::array<std::string_view, 8> kSeverities{"emerg",   "alert",  "crit", "err",
                                                      "warning", "notice", "info", "debug"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// The word up to the next blank, which is taken off as well.
std::string_view take_word(std::string_view& text) {
  const size_t blank = text.find(' ');
  const std::string_view word = text.substr(0, blank);
  text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  return word;
}

std::string_view nil_is_empty(std::string_view word) { return word == "-" ? std::string_view{} : word; }

std::optional<int> small_number(std::string_view digits, int least, int most) {
  int value = 0;
  if (digits.empty() || digits.size() > 3) return std::nullopt;
  for (const char c : digits) {
    if (!is_ascii_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value < least || value > most) return std::nullopt;
  return value;
}

void take_priority(std::string_view& text, SyslogLine& line) {
  constexpr int kMostPriority = 191;
  if (!text.starts_with('<')) return;
  const size_t end = text.substr(0, 5).find('>');
  if (end == std::string_view::npos || !small_number(text.substr(1, end - 1), 0, kMostPriority)) return;
  line.priority = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
}

/// `Nov 22 10:00:00 ` or `Nov  2 10:00:00 `.
std::optional<SyslogLine::Stamp> take_stamp(std::string_view& text) {
  constexpr size_t kSize = 15;
  if (text.size() <= kSize || text[kSize] != ' ' || text[3] != ' ' || text[6] != ' ') return std::nullopt;
  if (text[9] != ':' || text[12] != ':') return std::nullopt;
  SyslogLine::Stamp stamp;
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (text.starts_with(kMonths[i])) stamp.month = static_cast<int>(i) + 1;
  }
  const auto day = small_number(trim(text.substr(4, 2)), 1, 31);
  const auto hour = small_number(text.substr(7, 2), 0, 23);
  const auto minute = small_number(text.substr(10, 2), 0, 59);
  const auto second = small_number(text.substr(13, 2), 0, 60);
  if (stamp.month == 0 || !day || !hour || !minute || !second) return std::nullopt;
  stamp.day = *day;
  stamp.hour = *hour;
  stamp.minute = *minute;
  stamp.second = *second;
  text.remove_prefix(kSize + 1);
  return stamp;
}

std::optional<Ticks> take_full_time(std::string_view& text) {
  constexpr size_t kTimeAt = 10;
  if (text.size() <= kTimeAt || text[kTimeAt] != 'T' || !is_ascii_digit(text[0])) return std::nullopt;
  std::string_view rest = text;
  const auto time = parse_iso_time(take_word(rest));
  if (time) text = rest;
  return time;
}

/// What other formats begin with looks like a tag: `CEF:0|…`, `LEEF:2.0|…`, `%ASA-6-302013: …`.
bool begins_message(std::string_view text) {
  return text.starts_with("CEF:") || text.starts_with("LEEF:") || text.starts_with('%');
}

/// `app[pid]:` or `app:`; whether there was one.
bool take_tag(std::string_view& text, SyslogLine& line) {
  if (begins_message(text)) return true;
  const size_t end = text.find_first_of(": ");
  if (end == std::string_view::npos || end == 0 || text[end] != ':') return false;
  std::string_view tag = text.substr(0, end);
  if (tag.ends_with(']')) {
    const size_t open = tag.find('[');
    if (open == std::string_view::npos || open == 0) return false;
    line.pid = tag.substr(open + 1, tag.size() - open - 2);
    tag = tag.substr(0, open);
  }
  line.app = tag;
  text.remove_prefix(end + 1);
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

/// RFC 5424 section 6.3: `-`, or elements in brackets, in whose quoted values `"`, `\` and `]` are escaped.
bool take_structured_data(std::string_view& text, SyslogLine& line) {
  size_t at = 0;
  if (text.starts_with('-')) {
    at = 1;
  } else {
    if (!text.starts_with('[')) return false;
    bool quoted = false;
    for (bool inside = false; at < text.size() && (inside || text[at] == '['); ++at) {
      const char c = text[at];
      if (quoted && c == '\\')
        ++at;
      else if (c == '"')
        quoted = !quoted;
      else if (!quoted)
        inside = c != ']';
    }
    if (at > text.size() || quoted || text[at - 1] != ']') return false;
    line.structured_data = text.substr(0, at);
  }
  if (at < text.size() && text[at] != ' ') return false;
  text.remove_prefix(at == text.size() ? at : at + 1);
  return true;
}

bool parse_rfc5424(std::string_view text, SyslogLine& line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const std::string_view stamp = take_word(text);
  if (stamp != "-") {
    line.time = parse_iso_time(stamp);
    if (!line.time || stamp.find('T') == std::string_view::npos) return false;
  }
  line.host = nil_is_empty(take_word(text));
  line.app = nil_is_empty(take_word(text));
  line.pid = nil_is_empty(take_word(text));
  line.message_id = nil_is_empty(take_word(text));
  if (!take_structured_data(text, line)) return false;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  line.message = text;
  return true;
}

bool leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

Ticks in_year(const SyslogLine::Stamp& s, int64_t year) {
  return ticks_from_civil(year, s.month, s.day, s.hour, s.minute, s.second);
}

Ticks distance(Ticks a, Ticks b) { return a < b ? b - a : a - b; }

}  // namespace

std::optional<SyslogLine> parse_syslog(std::string_view text) {
  SyslogLine line;
  take_priority(text, line);
  const bool priority = !line.priority.empty();
  if (priority && text.starts_with("1 ")) {
    SyslogLine full = line;
    if (parse_rfc5424(text.substr(2), full)) return full;
  }
  line.stamp = take_stamp(text);
  if (!line.stamp) line.time = take_full_time(text);
  if (!line.stamp && !line.time) return std::nullopt;
  line.host = take_word(text);
  if (line.host.empty()) return std::nullopt;
  const bool tag = take_tag(text, line);
  if (!tag && !line.stamp && !priority) return std::nullopt;
  line.message = text;
  return line;
}

std::string_view syslog_facility(std::string_view priority) {
  const auto value = small_number(priority, 0, 191);
  return value ? kFacilities[static_cast<size_t>(*value / 8)] : std::string_view{};
}

std::string_view syslog_severity(std::string_view priority) {
  const auto value = small_number(priority, 0, 191);
  return value ? kSeverities[static_cast<size_t>(*value % 8)] : std::string_view{};
}

Ticks SyslogYears::complete(const SyslogLine::Stamp& stamp) const {
  const Ticks reference = seen_.value_or(modified_);
  int64_t year = civil_time(reference).year;
  if (seen_) {
    for (const int64_t other : {year - 1, year + 1}) {
      if (distance(in_year(stamp, other), reference) < distance(in_year(stamp, year), reference)) year = other;
    }
  } else if (in_year(stamp, year) > reference + kTicksPerDay) {
    --year;
  }
  while (stamp.month == 2 && stamp.day == 29 && !leap(year)) --year;
  return in_year(stamp, year);
}

}  // namespace hecate::ingest
