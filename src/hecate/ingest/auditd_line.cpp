#include "ingest/auditd_line.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "ingest/auditd_values.h"

namespace hecate::ingest {
namespace {

constexpr char kGroupSeparator = '\x1d';

bool is_blank(char c) { return c == ' ' || c == '\t' || c == kGroupSeparator; }

bool is_key(char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || c == '[' || c == ']' || c == '.'; }

/// linux/audit.h. Only those that the kernel writes to syslog where no auditd runs.
std::string_view name_of_number(std::string_view number) {
  struct Row {
    std::string_view number, name;
  };
  constexpr std::array<Row, 22> kTypes{
      {{"1006", "LOGIN"},      {"1300", "SYSCALL"},       {"1302", "PATH"},        {"1303", "IPC"},
       {"1304", "SOCKETCALL"}, {"1305", "CONFIG_CHANGE"}, {"1306", "SOCKADDR"},    {"1307", "CWD"},
       {"1309", "EXECVE"},     {"1318", "OBJ_PID"},       {"1319", "TTY"},         {"1320", "EOE"},
       {"1321", "BPRM_FCAPS"}, {"1322", "CAPSET"},        {"1323", "MMAP"},        {"1325", "NETFILTER_CFG"},
       {"1326", "SECCOMP"},    {"1327", "PROCTITLE"},     {"1330", "KERN_MODULE"}, {"1334", "BPF"},
       {"1400", "AVC"},        {"1701", "ANOM_ABEND"}}};
  const auto row = std::find_if(kTypes.begin(), kTypes.end(), [&](const Row& r) { return r.number == number; });
  return row == kTypes.end() ? number : row->name;
}

std::string_view take_word(std::string_view& text) {
  const size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

/// `1364481363.243:24287): `
bool take_id(std::string_view text, AuditdHeader& header) {
  constexpr int64_t kMostSeconds = int64_t{1} << 37;
  const std::string_view whole = text;
  int64_t seconds = 0;
  unsigned milliseconds = 0;
  if (!take_number(text, seconds) || seconds < 0 || seconds > kMostSeconds || !text.starts_with('.')) return false;
  text.remove_prefix(1);
  const size_t digits = text.size();
  if (!take_number(text, milliseconds) || digits - text.size() != 3 || !text.starts_with(':')) return false;
  text.remove_prefix(1);
  if (!take_number(text, header.serial) || !text.starts_with(')')) return false;
  header.id = whole.substr(0, whole.size() - text.size());
  header.time = seconds * kTicksPerSecond + Ticks{milliseconds} * (kTicksPerSecond / 1000);
  text.remove_prefix(1);
  while (text.starts_with(' ') || text.starts_with(':')) text.remove_prefix(1);
  header.body = text;
  return true;
}

/// `type=T msg=audit(…` or `type=T audit(…`
bool take_type(std::string_view text, AuditdHeader& header) {
  constexpr std::string_view kType = "type=";
  constexpr std::string_view kMessage = "msg=";
  constexpr std::string_view kAudit = "audit(";
  if (!text.starts_with(kType)) return false;
  text.remove_prefix(kType.size());
  header.type = take_word(text);
  if (text.starts_with(kMessage)) text.remove_prefix(kMessage.size());
  if (header.type.empty() || !text.starts_with(kAudit)) return false;
  if (is_ascii_digit(header.type.front())) header.type = name_of_number(header.type);
  return take_id(text.substr(kAudit.size()), header);
}

bool take_header(std::string_view text, AuditdHeader& header) {
  constexpr std::string_view kNode = "node=";
  if (text.starts_with(kNode)) {
    text.remove_prefix(kNode.size());
    header.node = take_word(text);
  }
  return take_type(text, header);
}

/// The text between a quote at the front and the next, which are taken off; all of the rest where there is no other.
std::string_view take_quoted(std::string_view& text, size_t begin, char close) {
  const size_t end = text.find(close, begin);
  const std::string_view inside = text.substr(begin, end == std::string_view::npos ? end : end - begin);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return inside;
}

/// Reads a body piece by piece into fields.
class Body {
 public:
  Body(std::string_view type, FieldList& fields) : execve_(type == "EXECVE"), fields_(fields) {}

  void read(std::string_view text, int depth = 0) {
    while (!text.empty()) {
      if (is_blank(text.front()) || text.front() == '(' || text.front() == ',') {
        text.remove_prefix(1);
        continue;
      }
      size_t key = 0;
      while (key < text.size() && is_key(text[key])) ++key;
      if (key > 0 && key < text.size() && text[key] == '=') {
        const std::string_view name = text.substr(0, key);
        text.remove_prefix(key + 1);
        value(name, text, depth);
      } else {
        word(text);
      }
    }
  }

 private:
  void value(std::string_view name, std::string_view& text, int depth) {
    if (text.starts_with('"')) {
      const std::string_view inside = take_quoted(text, 1, '"');
      return fields_.add(name, inside);
    }
    if (text.starts_with('\'')) {
      // msg='…' of user space reaches to the last quote: its values may hold some (`cmd='…'`).
      const size_t end = name == "msg" ? before_enriched(text).rfind('\'') : text.find('\'', 1);
      const bool closed = end != 0 && end != std::string_view::npos;
      const std::string_view inside = text.substr(1, closed ? end - 1 : std::string_view::npos);
      text.remove_prefix(closed ? end + 1 : text.size());
      fields_.add(name, inside);
      if (depth == 0) read(inside, 1);
      return;
    }
    if (text.starts_with('{')) {
      // SADDR={ saddr_fam=inet laddr=… lport=… }
      const std::string_view inside = take_quoted(text, 1, '}');
      if (depth == 0) read(inside, 1);
      return;
    }
    add_plain(name, take_plain(text, name == "op"));
  }

  /// An unquoted value. Old user space wrote words behind `op=`, and commas and brackets around its pairs.
  static std::string_view take_plain(std::string_view& text, bool words) {
    size_t end = blank_at(text, 0);
    while (words && end < text.size() && text[end] == ' ') {
      const size_t next = blank_at(text, end + 1);
      const std::string_view word = text.substr(end + 1, next - end - 1);
      if (word.empty() || word.find('=') != std::string_view::npos || !is_ascii_alpha(word.front())) break;
      end = next;
    }
    std::string_view plain = text.substr(0, end);
    text.remove_prefix(end);
    if (plain.ends_with(',')) plain.remove_suffix(1);
    if (plain.ends_with(')') && plain.find('(') == std::string_view::npos) plain.remove_suffix(1);
    return plain;
  }

  static size_t blank_at(std::string_view text, size_t from) {
    while (from < text.size() && !is_blank(text[from])) ++from;
    return from;
  }

  static std::string_view before_enriched(std::string_view text) { return text.substr(0, text.find(kGroupSeparator)); }

  void add_plain(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    if (is_auditd_hex(text) && (is_encoded_auditd_field(name) || (execve_ && is_argument(name)))) {
      return add_decoded_auditd(name, text, fields_);
    }
    fields_.add(name, text);
  }

  static bool is_argument(std::string_view name) {
    return name.size() >= 2 && name[0] == 'a' && is_ascii_digit(name[1]) && !name.ends_with("_len");
  }

  /// What SELinux writes without keys: `avc:  denied  { read } for  pid=…`.
  void word(std::string_view& text) {
    if (text.starts_with('{')) {
      const std::string_view inside = trim(take_quoted(text, 1, '}'));
      if (!inside.empty()) fields_.add("seperms", inside);
      return;
    }
    const size_t end = std::max<size_t>(blank_at(text, 0), 1);
    const std::string_view plain = text.substr(0, end);
    if (plain == "denied" || plain == "granted") fields_.add("seresult", plain);
    text.remove_prefix(end);
  }

  bool execve_;
  FieldList& fields_;
};

}  // namespace

std::optional<AuditdHeader> find_auditd(std::string_view text) {
  constexpr size_t kLongestHeader = 512;
  constexpr std::array<std::string_view, 2> kMarks{"node=", "type="};
  AuditdHeader header;
  if (take_header(text, header)) return header;
  const std::string_view front = text.substr(0, kLongestHeader);
  // Nearly every other line is told by this one search.
  if (front.find("audit(") == std::string_view::npos) return std::nullopt;
  for (const std::string_view mark : kMarks) {
    for (size_t at = front.find(mark); at != std::string_view::npos; at = front.find(mark, at + 1)) {
      if (at > 0 && text[at - 1] != ' ') continue;
      header = {};
      header.begin = at;
      if (take_header(text.substr(at), header)) return header;
    }
  }
  return std::nullopt;
}

void parse_auditd(const AuditdHeader& header, FieldList& fields) {
  fields.add("type", header.type);
  if (!header.node.empty()) fields.add("node", header.node);
  fields.add("audit_id", header.id);
  Body(header.type, fields).read(header.body);
  if (header.type == "SOCKADDR" && fields.find("saddr_fam").empty()) {
    add_socket_address(fields.find("saddr"), fields);
  }
}

bool is_user_message(const AuditdHeader& header) { return header.body.find(" msg='") != std::string_view::npos; }

}  // namespace hecate::ingest
