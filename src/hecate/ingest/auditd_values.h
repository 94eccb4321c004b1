#pragma once

#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// Capital hexadecimal digits, as the kernel's audit_log_n_hex writes them.
[[nodiscard]] bool is_auditd_hex(std::string_view text);

/// Fields whose unquoted values are hexadecimal: AUPARSE_TYPE_ESCAPED and its kin in auparse's typetab.h.
[[nodiscard]] bool is_encoded_auditd_field(std::string_view name);

/// Adds the decoded text. NULs (between a command line's words) become blanks, broken UTF-8 U+FFFD; `key` is cut at
/// \x01, by which the kernel joins the keys of several rules.
void add_decoded_auditd(std::string_view name, std::string_view hex, FieldList& fields);

/// A sockaddr in hexadecimal, as auditd's ENRICHED format names its parts: saddr_fam (inet, inet6, local, netlink),
/// laddr and lport, or path. Adds nothing where it is none of these.
void add_socket_address(std::string_view hex, FieldList& fields);

}  // namespace hecate::ingest
