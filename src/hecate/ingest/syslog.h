#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace hecate::ingest {

/// The header of a syslog line. Views lie in the line; an absent part is empty.
struct SyslogLine {
  /// RFC 3164's stamp: no year, no zone.
  struct Stamp {
    int month = 0, day = 0, hour = 0, minute = 0, second = 0;
  };
  std::string_view priority;   // "34"
  std::optional<Ticks> time;   // of the stamps that are full
  std::optional<Stamp> stamp;  // of RFC 3164
  std::string_view host, app, pid, message_id, structured_data, message;
};

/// Recognises
///   [<PRI>]Mmm dd hh:mm:ss HOST [APP[PID]:] MESSAGE     RFC 3164 section 4.1 (the BSD form, as files hold it)
///   [<PRI>]RFC3339 HOST APP[PID]: MESSAGE               what rsyslog and journald write by default
///   <PRI>1 RFC3339|- HOST APP PROCID MSGID SD [MESSAGE] RFC 5424 section 6
/// The middle form needs the tag unless there is a PRI: other logs begin with such a time as well.
[[nodiscard]] std::optional<SyslogLine> parse_syslog(std::string_view line);

/// The facility and the severity of a PRI, by the keywords of RFC 5424's tables as syslog.conf spells them.
[[nodiscard]] std::string_view syslog_facility(std::string_view priority);
[[nodiscard]] std::string_view syslog_severity(std::string_view priority);

/// Completes RFC 3164's stamps, which are taken as UTC. The year is the one that brings the stamp nearest to
/// the last full time that the same file gave before; where there was none, the year of the file's last
/// modification (for standard input and texts in memory: of now), or the year before where that would put
/// the record more than a day after it. A 29 February takes the latest leap year up to then.
class SyslogYears {
 public:
  /// A new file begins.
  void begin(Ticks modified) {
    modified_ = modified;
    seen_.reset();
  }
  void saw(Ticks time) { seen_ = time; }
  [[nodiscard]] Ticks complete(const SyslogLine::Stamp& stamp) const;

 private:
  Ticks modified_ = 0;
  std::optional<Ticks> seen_;
};

}  // namespace hecate::ingest
