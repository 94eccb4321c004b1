#include "content/add_on.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "content/codes.h"
#include "content/lookups.h"

namespace hecate::content {
namespace {

using Stanza = Conf::Stanza;

/// The rest of a key behind its class's prefix ("EXTRACT-"), or nothing.
std::optional<std::string_view> behind(std::string_view key, std::string_view prefix) {
  if (!key.starts_with(prefix)) return std::nullopt;
  return key.substr(prefix.size());
}

std::vector<std::string> words(std::string_view text, std::string_view separators) {
  std::vector<std::string> result;
  for (size_t at = 0; at < text.size();) {
    at = text.find_first_not_of(separators, at);
    if (at == std::string_view::npos) break;
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    result.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return result;
}

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

int hex_digit(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool escape =
        text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
    result += escape ? static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])) : text[at];
    if (escape) at += 2;
  }
  return result;
}

/// A stanza's pattern as a regular expression of the whole name (props.conf.spec): `...` is any text, `*` any but
/// separators of paths, a dot itself; the rest is a regular expression already.
std::string path_pattern(std::string_view pattern) {
  std::string regex = "^(?:";
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern.substr(at).starts_with("...")) {
      regex += ".*";
      at += 2;
    } else if (pattern[at] == '*') {
      regex += "[^/\\\\]*";
    } else if (pattern[at] == '.') {
      regex += "\\.";
    } else {
      regex += pattern[at];
    }
  }
  return regex + ")$";
}

/// Sourcetypes are names, unless they begin with `(?::){0}`, which takes wildcards.
std::string sourcetype_pattern(std::string_view name) {
  constexpr std::string_view kWild = "(?::){0}";
  if (name.starts_with(kWild)) return path_pattern(name.substr(kWild.size()));
  std::string regex = "^";
  for (const char c : name) {
    if (!is_ascii_alnum(c) && static_cast<unsigned char>(c) < 0x80) regex += '\\';
    regex += c;
  }
  return regex + "$";
}

/// `EXTRACT-x = regex [in field]`.
AddOn::Extraction read_extract(const MappedText& text) {
  AddOn::Extraction extraction;
  const std::string_view all = text.view();
  extraction.regex = text;
  extraction.span = text.span(0, all.size());
  const size_t in = all.rfind(" in ");
  const std::string_view field = in == std::string_view::npos ? std::string_view() : trim(all.substr(in + 4));
  const auto of_name = [](char c) { return is_ascii_alnum(c) || c == '_'; };
  if (!field.empty() && std::all_of(field.begin(), field.end(), of_name)) {
    extraction.regex = text.slice(0, in);
    extraction.source = std::string(field);
  }
  return extraction;
}

/// FORMAT: `a::$1 b::"x $2"`.
std::vector<AddOn::Extraction::Part> read_format(std::string_view text) {
  std::vector<AddOn::Extraction::Part> parts;
  while (!(text = trim(text)).empty()) {
    const size_t colons = text.find("::");
    if (colons == std::string_view::npos) break;
    const std::string field = unquoted(trim(text.substr(0, colons)));
    text.remove_prefix(colons + 2);
    const bool quoted = text.starts_with('"');
    const size_t end =
        quoted ? std::min(text.find('"', 1), text.size() - 1) + 1 : std::min(text.find(' '), text.size());
    parts.push_back({field, unquoted(text.substr(0, end))});
    text.remove_prefix(end);
  }
  return parts;
}

/// DELIMS: one quoted set of characters, or two.
void read_delimiters(std::string_view text, AddOn::Extraction& extraction) {
  std::vector<std::string> sets;
  for (size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    std::string set;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      const bool escape = text[at] == '\\' && at + 1 < text.size();
      if (escape) ++at;
      set += escape && text[at] == 't' ? '\t' : text[at];
    }
    sets.push_back(std::move(set));
  }
  if (!sets.empty()) extraction.pair_delimiters = sets[0];
  if (sets.size() > 1) extraction.value_delimiters = sets[1];
}

AddOn::Extraction read_transform(const Stanza& stanza) {
  AddOn::Extraction extraction;
  extraction.span = stanza.span;
  if (const MappedText* regex = stanza.find("REGEX")) extraction.regex = *regex;
  extraction.format = read_format(stanza.text_of("FORMAT"));
  read_delimiters(stanza.text_of("DELIMS"), extraction);
  for (const std::string& name : words(stanza.text_of("FIELDS"), ", \t")) extraction.fields.push_back(unquoted(name));
  if (stanza.find("SOURCE_KEY") != nullptr) extraction.source = std::string(stanza.text_of("SOURCE_KEY"));
  extraction.several = stanza.is_true("MV_ADD");
  if (stanza.find("CLEAN_KEYS") != nullptr) extraction.clean_keys = stanza.is_true("CLEAN_KEYS");
  return extraction;
}

/// `FIELDALIAS-x = from AS to from2 ASNEW to2`.
void read_aliases(const MappedText& text, AddOn::Props& props, DiagnosticSink& sink) {
  std::vector<std::string> names;
  // Names with blanks stand in quotes.
  std::string_view rest = text.view();
  while (!(rest = trim(rest)).empty()) {
    const bool quoted = rest.front() == '"';
    const size_t end =
        quoted ? std::min(rest.find('"', 1), rest.size() - 1) + 1 : std::min(rest.find(' '), rest.size());
    names.push_back(unquoted(rest.substr(0, end)));
    rest.remove_prefix(end);
  }
  for (size_t at = 0; at + 2 < names.size(); at += 3) {
    const bool as = equals_ignoring_case(names[at + 1], "AS");
    if (!as && !equals_ignoring_case(names[at + 1], "ASNEW")) break;
    props.aliases.push_back({names[at], names[at + 2], as});
  }
  if (names.empty() || names.size() % 3 != 0) {
    sink.report(kUnsupportedSetting, text.span(0, text.view().size()),
                "an alias is `field AS name`, or several of these");
  }
}

/// REPORT- names stanzas of transforms.conf.
void read_report(const MappedText& text, const std::map<std::string, Stanza, std::less<>>& transforms,
                 AddOn::Props& props, DiagnosticSink& sink) {
  for (const std::string& name : words(text.view(), ", \t")) {
    const auto found = transforms.find(name);
    if (found == transforms.end()) {
      sink.report(kNoTransform, text.span(0, text.view().size()),
                  fmt::format("there is no stanza `{}` in transforms.conf", name));
      continue;
    }
    props.extractions.push_back(read_transform(found->second));
  }
}

void read_kv_mode(const Stanza& stanza, AddOn::Props& props, DiagnosticSink& sink) {
  const MappedText* mode = stanza.find("KV_MODE");
  if (mode == nullptr) return;
  const std::string name = fold_case(mode->view());
  if (name == "none") props.kv_mode = AddOn::KvMode::None;
  if (name == "auto" || name == "auto_escaped") props.kv_mode = AddOn::KvMode::Auto;
  if (name == "json") props.kv_mode = AddOn::KvMode::Json;
  if (name == "xml") props.kv_mode = AddOn::KvMode::Xml;
  if (!props.kv_mode) {
    sink.report(kUnsupportedSetting, mode->span(0, mode->view().size()),
                fmt::format("KV_MODE `{}` is not supported", mode->view()), "none, auto, auto_escaped, json or xml");
  }
}

/// Settings that change events before they are indexed: what is read here are events as they are.
bool is_index_time(std::string_view key) {
  constexpr std::array<std::string_view, 6> kKeys{"BREAK_ONLY_BEFORE", "DATETIME_CONFIG", "EVENT_BREAKER",
                                                  "LINE_BREAKER",      "PREAMBLE_REGEX",  "MUST_BREAK_AFTER"};
  return key.starts_with("TRANSFORMS-") || key.starts_with("SEDCMD-") || key.starts_with("INGEST_EVAL") ||
         std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

void report_index_time(const std::string& name, const Stanza& stanza, DiagnosticSink& sink) {
  std::string keys;
  for (const auto& [key, value] : stanza.values) {
    if (is_index_time(key)) keys += (keys.empty() ? "" : ", ") + key;
  }
  if (keys.empty()) return;
  sink.report(kIndexTime, stanza.span, fmt::format("[{}]: settings of indexing are not applied: {}", name, keys),
              "events are read as they stand in their files; formats are told by their content");
}

void read_names(const std::string& name, AddOn::Props& props) {
  if (const auto source = behind(name, "source::")) {
    props.by = AddOn::By::Source;
    props.pattern = path_pattern(*source);
  } else if (const auto host = behind(name, "host::")) {
    props.by = AddOn::By::Host;
    props.pattern = "(?i)" + path_pattern(*host);
  } else {
    props.pattern = sourcetype_pattern(name);
  }
}

void read_time(const Stanza& stanza, AddOn::Props& props) {
  props.time_prefix = std::string(stanza.text_of("TIME_PREFIX"));
  props.time_format = std::string(stanza.text_of("TIME_FORMAT"));
  props.zone = std::string(stanza.text_of("TZ"));
  const std::string_view lookahead = stanza.text_of("MAX_TIMESTAMP_LOOKAHEAD");
  int64_t characters = 0;
  if (std::from_chars(lookahead.data(), lookahead.data() + lookahead.size(), characters).ec != std::errc()) return;
  // props.conf.spec, MAX_TIMESTAMP_LOOKAHEAD: 0 and -1 disable the limit.
  props.time_lookahead = characters > 0 ? static_cast<size_t>(characters) : std::string_view::npos;
}

AddOn::Props read_props(const std::string& name, const Stanza& stanza,
                        const std::map<std::string, Stanza, std::less<>>& transforms, DiagnosticSink& sink) {
  AddOn::Props props;
  props.span = stanza.span;
  read_names(name, props);
  if (props.by == AddOn::By::Source) props.sourcetype = std::string(stanza.text_of("sourcetype"));
  if (stanza.find("rename") != nullptr) props.sourcetype = std::string(stanza.text_of("rename"));
  // Keys are in ASCII order, as classes are applied.
  for (const auto& [key, value] : stanza.values) {
    if (behind(key, "EXTRACT-")) props.extractions.push_back(read_extract(value));
  }
  for (const auto& [key, value] : stanza.values) {
    if (behind(key, "REPORT-")) read_report(value, transforms, props, sink);
    if (behind(key, "FIELDALIAS-")) read_aliases(value, props, sink);
    if (const auto field = behind(key, "EVAL-")) props.calculated.push_back({std::string(*field), value});
    if (behind(key, "LOOKUP-")) props.lookups.push_back(value);
  }
  read_kv_mode(stanza, props, sink);
  read_time(stanza, props);
  report_index_time(name, stanza, sink);
  return props;
}

void read_event_types(const Conf& conf, AddOn& add_on) {
  for (const auto& [name, stanza] : conf.stanzas()) {
    const MappedText* search = stanza.find("search");
    if (search == nullptr || trim(search->view()).empty() || stanza.is_true("disabled")) continue;
    add_on.event_types.push_back({name, *search, stanza.span});
  }
}

/// `[field=value]`, and below it `tag = enabled`. Values may be written with %xx.
void read_tags(const Conf& conf, AddOn& add_on) {
  for (const auto& [name, stanza] : conf.stanzas()) {
    const size_t equals = name.find('=');
    if (equals == std::string::npos) continue;
    for (const auto& [tag, state] : stanza.values) {
      if (equals_ignoring_case(state.view(), "enabled"))
        add_on.tags.push_back({name.substr(0, equals), percent_decoded(name.substr(equals + 1)), tag});
    }
  }
}

}  // namespace

void load_add_on(const AddOnFiles& files, AddOn& add_on, std::vector<Table>& tables, DiagnosticSink& sink) {
  const auto transforms = files.transforms.stanzas();
  for (const auto& [name, stanza] : files.props.stanzas()) {
    add_on.props.push_back(read_props(name, stanza, transforms, sink));
  }
  read_event_types(files.event_types, add_on);
  read_tags(files.tags, add_on);
  load_conf_lookups(transforms, files.collections.stanzas(), files.folder, tables, sink);
}

}  // namespace hecate::content
