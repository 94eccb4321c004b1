#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// What stands at the front of a line of the Linux audit log. Views lie in the line.
struct AuditdHeader {
  std::string_view node, type;
  std::string_view id;  // "1364481363.243:24287"
  Ticks time = 0;
  uint64_t serial = 0;
  size_t begin = 0;       // where `node=` or `type=` stands: behind a syslog header
  std::string_view body;  // what follows `): `
};

/// Recognises `[node=N ]type=T msg=audit(SECONDS.MMM:SERIAL): …` and the kernel's own `audit: type=1300 audit(…): …`,
/// both perhaps behind a header of syslog. Of the kernel's numbers the usual ones get their names.
[[nodiscard]] std::optional<AuditdHeader> find_auditd(std::string_view text);

/// The fields of the line: `type`, `node`, `audit_id`, then those of the body, of `msg='…'` inside it, and of what
/// auditd adds behind a group separator (log_format = ENRICHED). Values that are hexadecimal because they hold blanks
/// or quotes are decoded (auparse's type "escaped"), `saddr` gives `saddr_fam`, `laddr`, `lport` or `path`; several
/// keys are several values.
void parse_auditd(const AuditdHeader& header, FieldList& fields);

/// Whether the line is a message of user space, which is an event by itself.
[[nodiscard]] bool is_user_message(const AuditdHeader& header);

}  // namespace hecate::ingest
