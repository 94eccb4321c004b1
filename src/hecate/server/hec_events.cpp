#include "server/hec_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/json_text.h"
#include "base/text.h"
#include "ingest/auditd_line.h"
#include "ingest/find_time.h"
#include "ingest/json_scanner.h"
#include "ingest/syslog.h"
#include "ingest/text_format.h"

namespace hecate::server {
namespace {

using ingest::JsonScanner;
using ingest::JsonTree;
using ingest::RawKind;

constexpr std::string_view kBlanks = " \t\r\n";

/// `{"time":1,"host":"h",…,"event":` of one event.
class EnvelopeLine {
 public:
  explicit EnvelopeLine(std::string& out) : out_(out) { out_ += '{'; }

  void time(const std::optional<Ticks>& time) {
    if (!time) return;
    out_ += "\"time\":";
    append_epoch_seconds(*time, out_);
    out_ += ',';
  }
  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    append_json_quoted(key, out_);
    out_ += ':';
    append_json_quoted(value, out_);
    out_ += ',';
  }
  /// As it was written, on one line: within JSON, line breaks stand between values only.
  void json(std::string_view key, std::string_view value) {
    append_json_quoted(key, out_);
    out_ += ':';
    const size_t begin = out_.size();
    out_ += value;
    if (value.find('\n') == std::string_view::npos && value.find('\r') == std::string_view::npos) return;
    const auto is_break = [](char c) { return c == '\n' || c == '\r'; };
    std::replace_if(out_.begin() + static_cast<ptrdiff_t>(begin), out_.end(), is_break, ' ');
  }
  void comma() { out_ += ','; }
  void end() { out_ += "}\n"; }

 private:
  std::string& out_;
};

/// The members of an envelope; others that Splunk does not know either are passed over.
struct Members {
  std::optional<JsonTree::Index> time, host, source, sourcetype, index, event, fields;

  Members(const JsonTree& tree, JsonTree::Index envelope) {
    for (auto node = tree.first_child(envelope); node < tree.next(envelope); node = tree.next(node)) {
      if (std::optional<JsonTree::Index>* member = find(tree.key(node)); member != nullptr && !*member) *member = node;
    }
  }

 private:
  std::optional<JsonTree::Index>* find(std::string_view key) {
    if (key == "event") return &event;
    if (key == "time") return &time;
    if (key == "host") return &host;
    if (key == "source") return &source;
    if (key == "sourcetype") return &sourcetype;
    if (key == "index") return &index;
    return key == "fields" ? &fields : nullptr;
  }
};

/// A member's text, or the default where there is none. False where it is no scalar.
bool text_of(const JsonTree& tree, const std::optional<JsonTree::Index>& node, std::string_view otherwise,
             std::string_view& text) {
  text = otherwise;
  if (!node) return true;
  const ingest::RawValue value = tree.value(*node);
  if (value.kind == RawKind::Json) return false;
  if (value.kind != RawKind::Null && !value.text.empty()) text = value.text;
  return true;
}

bool time_of(const JsonTree& tree, const std::optional<JsonTree::Index>& node, std::optional<Ticks>& time) {
  if (!node) return true;
  const ingest::RawValue value = tree.value(*node);
  if (value.kind == RawKind::Null) return true;
  if (value.kind != RawKind::Number && value.kind != RawKind::String) return false;
  const std::string_view text = trim(value.text);
  // Some senders write an empty text for a time that they do not know.
  if (text.empty()) return true;
  time = parse_epoch_time(text);
  if (time) return true;
  // With an exponent.
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) time = ticks_from_epoch_seconds(seconds);
  return time.has_value();
}

/// Fields are flat: scalars, or lists of them.
std::optional<Hec> check_fields(const JsonTree& tree, JsonTree::Index fields) {
  if (tree.kind(fields) != JsonTree::Kind::Object) return Hec::InvalidData;
  for (auto node = tree.first_child(fields); node < tree.next(fields); node = tree.next(node)) {
    if (tree.kind(node) == JsonTree::Kind::Object) return Hec::IndexedFields;
    if (tree.kind(node) != JsonTree::Kind::Array) continue;
    for (auto item = tree.first_child(node); item < tree.next(node); item = tree.next(item)) {
      const bool flat = tree.kind(item) != JsonTree::Kind::Object && tree.kind(item) != JsonTree::Kind::Array;
      if (!flat) return Hec::IndexedFields;
    }
  }
  return std::nullopt;
}

/// As the reader of the log will look for it (ingest::RecordParser); the time of JSON and XML is its source's affair.
bool says_time(std::string_view line, ingest::FieldList& fields) {
  const std::string_view text = trim(line);
  if (text.starts_with('{') || text.starts_with('<') || ingest::find_auditd(text) || ingest::find_time(text))
    return true;
  const auto syslog = ingest::parse_syslog(text);
  if (syslog && (syslog->time || syslog->stamp)) return true;
  std::optional<Ticks> time;
  fields.clear();
  (void)ingest::parse_line(text, fields, time);
  return time.has_value();
}

}  // namespace

void append_epoch_seconds(Ticks time, std::string& out) {
  const bool negative = time < 0;
  const auto size = negative ? uint64_t{0} - static_cast<uint64_t>(time) : static_cast<uint64_t>(time);
  fmt::format_to(std::back_inserter(out), "{}{}.{:07}", negative ? "-" : "", size / kTicksPerSecond,
                 size % kTicksPerSecond);
}

std::optional<HecFault> HecEvents::read_envelopes(std::string_view body, const EventDefaults& defaults,
                                                  const Token& token, EventLines& out) {
  const Source source{defaults, token, out};
  tried_until_ = 0;
  size_t at = std::min(body.find_first_not_of(kBlanks), body.size());
  if (at < body.size() && body[at] == '[') return read_array(body.substr(at), source);
  while (at < body.size()) {
    size_t size = 0;
    if (!parse_next(body, at, size)) return HecFault{Hec::InvalidData, out.events};
    if (const auto wrong = read_envelope(tree_.root(), source)) return HecFault{*wrong, out.events};
    if (size > kLargestEvent || out.text.size() > kLargestRequest) return HecFault{Hec::InvalidData, out.events, true};
    at = std::min(body.find_first_not_of(kBlanks, at + size), body.size());
    ++out.events;
  }
  return out.events == 0 ? std::optional(HecFault{Hec::NoData, std::nullopt}) : std::nullopt;
}

/// Nearly always a line is an object. Where it is not, its other objects are not looked for in this way: a body without
/// line breaks would be read once for each.
bool HecEvents::parse_next(std::string_view body, size_t at, size_t& size) {
  const std::string_view rest = body.substr(at);
  if (rest.front() != '{') return false;
  if (at >= tried_until_) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    tried_until_ = at + line.size();
    size = line.find_last_not_of(kBlanks) + 1;
    if (line[size - 1] == '}' && tree_.parse(line.substr(0, size)) == JsonTree::Fault::None) return true;
  }
  JsonScanner scanner;
  if (scanner.scan(rest) != JsonScanner::State::Done) return false;
  size = scanner.at();
  return tree_.parse(rest.substr(0, size)) == JsonTree::Fault::None;
}

std::optional<HecFault> HecEvents::read_array(std::string_view text, const Source& source) {
  if (tree_.parse(text) != JsonTree::Fault::None) return HecFault{Hec::InvalidData, 0};
  for (auto node = tree_.first_child(tree_.root()); node < tree_.next(tree_.root()); node = tree_.next(node)) {
    if (tree_.kind(node) != JsonTree::Kind::Object) return HecFault{Hec::InvalidData, source.out.events};
    const bool too_large = tree_.text(node).size() > kLargestEvent || source.out.text.size() > kLargestRequest;
    if (too_large) return HecFault{Hec::InvalidData, source.out.events, true};
    if (const auto wrong = read_envelope(node, source)) return HecFault{*wrong, source.out.events};
    ++source.out.events;
  }
  return source.out.events == 0 ? std::optional(HecFault{Hec::NoData, std::nullopt}) : std::nullopt;
}

std::optional<Hec> HecEvents::read_envelope(JsonTree::Index envelope, const Source& source) {
  const Members members(tree_, envelope);
  if (!members.event || tree_.kind(*members.event) == JsonTree::Kind::Null) return Hec::EventRequired;
  const ingest::RawValue event = tree_.value(*members.event);
  if (event.kind == RawKind::String && event.text.empty()) return Hec::EventBlank;

  const EventDefaults& defaults = source.defaults;
  std::optional<Ticks> time = defaults.time;
  std::string_view host, origin, sourcetype, index;
  const bool good = time_of(tree_, members.time, time) && text_of(tree_, members.host, defaults.host, host) &&
                    text_of(tree_, members.source, defaults.source, origin) &&
                    text_of(tree_, members.sourcetype, defaults.sourcetype, sourcetype) &&
                    text_of(tree_, members.index, defaults.index, index);
  if (!good) return Hec::InvalidData;
  if (!is_index_name(index) || !source.token.allows(index)) return Hec::IncorrectIndex;
  const bool has_fields = members.fields && tree_.kind(*members.fields) != JsonTree::Kind::Null;
  if (has_fields) {
    if (const auto wrong = check_fields(tree_, *members.fields)) return wrong;
  }

  EnvelopeLine line(source.out.text);
  line.time(time);
  line.text("host", host);
  line.text("source", origin);
  line.text("sourcetype", sourcetype);
  line.text("index", index);
  if (has_fields) {
    line.json("fields", tree_.text(*members.fields));
    line.comma();
  }
  line.json("event", tree_.text(*members.event));
  line.end();
  return std::nullopt;
}

std::optional<HecFault> HecEvents::read_lines(std::string_view body, const EventDefaults& defaults, Ticks received,
                                              EventLines& out) {
  ingest::FieldList fields;
  while (!body.empty()) {
    std::string_view line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    if (line.size() > kLargestEvent || out.text.size() > kLargestRequest)
      return HecFault{Hec::InvalidData, out.events, true};
    EnvelopeLine envelope(out.text);
    envelope.time(defaults.time || says_time(line, fields) ? defaults.time : std::optional(received));
    envelope.text("host", defaults.host);
    envelope.text("source", defaults.source);
    envelope.text("sourcetype", defaults.sourcetype);
    envelope.text("index", defaults.index);
    out.text += "\"event\":";
    append_json_quoted(line, out.text);
    envelope.end();
    ++out.events;
  }
  return out.events == 0 ? std::optional(HecFault{Hec::NoData, std::nullopt}) : std::nullopt;
}

}  // namespace hecate::server
