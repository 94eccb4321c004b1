#include "ingest/auditd_values.h"

#include <arpa/inet.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "base/text.h"

namespace hecate::ingest {
namespace {

constexpr char kKeySeparator = '\x01';

/// Sorted.
constexpr std::array<std::string_view, 32> kEncoded{
    "acct",      "cmd",         "cmdline",     "comm",     "cwd",     "data",
    "device",    "dir",         "exe",         "file",     "grp",     "invalid_context",
    "key",       "name",        "new-chardev", "new-disk", "new-fs",  "new-rng",
    "ocomm",     "old-chardev", "old-disk",    "old-fs",   "old-rng", "path",
    "proctitle", "root_dir",    "sw",          "vm",       "vm-ctx",  "watch",
    "whse",      "working_dir"};
static_assert(std::is_sorted(kEncoded.begin(), kEncoded.end()));

int digit(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

std::string_view decode(std::string_view hex, Arena& memory) {
  char* to = memory.allocate(hex.size() / 2);
  for (size_t at = 0; at + 1 < hex.size(); at += 2) {
    to[at / 2] = static_cast<char>(digit(hex[at]) * 16 + digit(hex[at + 1]));
  }
  return {to, hex.size() / 2};
}

std::string_view as_utf8(std::string_view text, Arena& memory) {
  if (simdjson::validate_utf8(text.data(), text.size())) return text;
  return memory.copy(valid_utf8(text));
}

void add_port(std::string_view bytes, FieldList& fields) {
  const auto high = static_cast<unsigned char>(bytes[0]);
  const auto low = static_cast<unsigned char>(bytes[1]);
  fields.add("lport", fields.memory().copy(std::to_string(high * 256 + low)));
}

void add_address(int family, std::string_view bytes, FieldList& fields) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr) return;
  fields.add("laddr", fields.memory().copy(text.data()));
}

/// sun_path: a path up to its NUL, or an abstract name behind one, which is written with `@`.
void add_local(std::string_view path, FieldList& fields) {
  const bool abstract = path.size() > 1 && path[0] == '\0' && path[1] != '\0';
  std::string text = abstract ? "@" : "";
  if (abstract) path.remove_prefix(1);
  text += path.substr(0, path.find('\0'));
  if (!text.empty()) fields.add("path", fields.memory().copy(valid_utf8(text)));
}

}  // namespace

bool is_auditd_hex(std::string_view text) {
  if (text.empty() || text.size() % 2 != 0) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_ascii_digit(c) || (c >= 'A' && c <= 'F'); });
}

bool is_encoded_auditd_field(std::string_view name) {
  return std::binary_search(kEncoded.begin(), kEncoded.end(), name);
}

void add_decoded_auditd(std::string_view name, std::string_view hex, FieldList& fields) {
  std::string_view text = decode(hex, fields.memory());
  const bool keys = name == "key";
  while (text.ends_with('\0')) text.remove_suffix(1);
  if (text.find('\0') != std::string_view::npos) {
    char* to = fields.memory().allocate(text.size());
    std::replace_copy(text.begin(), text.end(), to, '\0', ' ');
    text = {to, text.size()};
  }
  text = as_utf8(text, fields.memory());
  while (keys && text.find(kKeySeparator) != std::string_view::npos) {
    const size_t end = text.find(kKeySeparator);
    if (end > 0) fields.add(name, text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (!text.empty()) fields.add(name, text);
}

void add_socket_address(std::string_view hex, FieldList& fields) {
  constexpr size_t kInetSize = 8;
  constexpr size_t kInet6Size = 24;
  if (!is_auditd_hex(hex)) return;
  const std::string_view bytes = decode(hex, fields.memory());
  if (bytes.size() < 2) return;
  // The family stands in the host's byte order; all families fit one byte.
  const int family = static_cast<unsigned char>(bytes[0]) | static_cast<unsigned char>(bytes[1]);
  if (family == AF_INET && bytes.size() >= kInetSize) {
    fields.add("saddr_fam", "inet");
    add_address(AF_INET, bytes.substr(4), fields);
    add_port(bytes.substr(2), fields);
  } else if (family == AF_INET6 && bytes.size() >= kInet6Size) {
    fields.add("saddr_fam", "inet6");
    add_address(AF_INET6, bytes.substr(8), fields);
    add_port(bytes.substr(2), fields);
  } else if (family == AF_UNIX) {
    fields.add("saddr_fam", "local");
    add_local(bytes.substr(2), fields);
  } else if (family == 16) {  // AF_NETLINK
    fields.add("saddr_fam", "netlink");
  }
}

}  // namespace hecate::ingest
