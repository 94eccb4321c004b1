#include "content/lookups.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/text.h"
#include "content/codes.h"
#include "content/documents.h"
#include "content/read_file.h"

// Lookups of Splunk: a YAML definition as ESCU publishes it, its rows in a CSV file beside it.
namespace hecate::content {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestLookup = size_t{256} << 20;

void read_matching(const yaml::Node& document, const DocumentContext& context, Table& table) {
  const auto number = [&](std::string_view key, uint64_t& into) {
    const yaml::Node* node = document.find(key);
    const std::optional<int64_t> value = node == nullptr ? std::nullopt : node->as_integer();
    if (value && *value >= 0) into = static_cast<uint64_t>(*value);
  };
  number("max_matches", table.max_matches);
  number("min_matches", table.min_matches);
  table.default_match = std::string(document.text_of("default_match"));
  const yaml::Node* sensitive = document.find("case_sensitive_match");
  if (sensitive != nullptr) table.case_sensitive = fold_case(sensitive->text()) != "false";
  const yaml::Node* types = document.find("match_type");
  if (types == nullptr) return;
  // 2024: one text; 5.x: a list of them.
  for (const std::string_view text : types->texts()) read_match_types(text, types->span, context.sink, table);
}

/// `_key, user, firstTimeSeen`.
void add_names(std::string_view text, std::vector<std::string>& columns) {
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = hecate::trim(text.substr(0, comma));
    if (!name.empty()) columns.emplace_back(name);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

/// The columns of a collection: one text, or a list.
std::vector<std::string> declared_columns(const yaml::Node& document) {
  for (const std::string_view key : {"fields_list", "fields"}) {
    const yaml::Node* node = document.find(key);
    if (node == nullptr) continue;
    std::vector<std::string> columns;
    for (const std::string_view text : node->texts()) add_names(text, columns);
    return columns;
  }
  return {};
}

/// Where the rows may be: `filename`, or the definition's own name (contentctl 5.x); `name_20250101.csv` counts too.
std::optional<std::string> find_rows(const yaml::Node& document, const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  const std::string named(document.text_of("filename"));
  if (!named.empty()) {
    const fs::path file = folder / fs::path(named).filename();
    return file.extension() == ".csv" && fs::exists(file, error) ? std::optional(file.string()) : std::nullopt;
  }
  const std::string stem = fs::path(path).stem().string();
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name == stem + ".csv" || (name.starts_with(stem + "_2") && name.ends_with(".csv")))
      found.push_back(entry.path().string());
  }
  return found.empty() ? std::nullopt : std::optional(*std::max_element(found.begin(), found.end()));
}

/// What a stanza of transforms.conf says of matching.
void read_matching(const Conf::Stanza& stanza, DiagnosticSink& sink, Table& table) {
  const auto number = [&](std::string_view key, uint64_t& into) {
    const std::string_view text = stanza.text_of(key);
    std::from_chars(text.data(), text.data() + text.size(), into);
  };
  number("max_matches", table.max_matches);
  number("min_matches", table.min_matches);
  table.default_match = std::string(stanza.text_of("default_match"));
  if (stanza.find("case_sensitive_match") != nullptr) table.case_sensitive = stanza.is_true("case_sensitive_match");
  read_match_types(stanza.text_of("match_type"), stanza.span, sink, table);
}

/// The rows of a lookup's file; without columns where they cannot be had (reported).
Table read_rows(const std::string& name, std::string_view file, const Conf::Stanza& stanza, const std::string& app,
                DiagnosticSink& sink) {
  const fs::path path = fs::path(app) / "lookups" / fs::path(file).filename();
  if (const std::optional<std::string> text = read_file(path.string(), kLargestLookup)) return read_csv(name, *text);
  sink.report(kUnreadable, stanza.span, fmt::format("{}: cannot be read", path.string()));
  Table table;
  table.given = false;
  return table;
}

}  // namespace

void read_match_types(std::string_view text, Span span, DiagnosticSink& sink, Table& table) {
  while (!hecate::trim(text).empty()) {
    const size_t open = text.find('(');
    const size_t close = text.find(')', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) {
      sink.report(kWrongType, span, "a match type is WILDCARD(column), CIDR(column) or EXACT(column)");
      return;
    }
    std::string kind = fold_case(hecate::trim(text.substr(0, open)));
    while (!kind.empty() && (kind.front() == ',' || kind.front() == ' ')) kind.erase(0, 1);
    const std::string column(hecate::trim(text.substr(open + 1, close - open - 1)));
    if (kind == "wildcard") table.match_types[column] = Table::MatchType::Wildcard;
    if (kind == "cidr") table.match_types[column] = Table::MatchType::Cidr;
    if (kind != "wildcard" && kind != "cidr" && kind != "exact")
      sink.report(kWrongType, span, fmt::format("there is no match type `{}`", kind));
    text.remove_prefix(close + 1);
  }
}

void load_conf_lookups(const std::map<std::string, Conf::Stanza, std::less<>>& transforms,
                       const std::map<std::string, Conf::Stanza, std::less<>>& collections, const std::string& app,
                       std::vector<Table>& tables, DiagnosticSink& sink) {
  for (const auto& [name, stanza] : transforms) {
    const std::string_view file = stanza.text_of("filename");
    const std::string_view kind = stanza.text_of("external_type");
    Table table;
    if (!file.empty()) {
      table = read_rows(name, file, stanza, app, sink);
    } else if (equals_ignoring_case(kind, "kvstore")) {
      table.given = false;
      add_names(stanza.text_of("fields_list"), table.columns);
      const auto collection = collections.find(stanza.text_of("collection"));
      if (table.columns.empty() && collection != collections.end()) {
        for (const auto& [key, value] : collection->second.values) {
          if (key.starts_with("field.")) table.columns.push_back(key.substr(6));
        }
      }
    } else if (!kind.empty() || stanza.find("external_cmd") != nullptr) {
      sink.report(kUnsupportedSetting, stanza.span,
                  fmt::format("`{}`: lookups that run a program or read shapes are not supported", name),
                  "put its rows into a CSV file");
      continue;
    } else {
      continue;  // an extraction
    }
    table.name = name;
    read_matching(stanza, sink, table);
    tables.push_back(std::move(table));
  }
}

void load_lookup(const yaml::Node& document, const DocumentContext& context, Content& content) {
  const std::string name(required_text(document, "name", context));
  if (name.empty()) return;
  Table table;
  table.given = false;
  table.columns = declared_columns(document);
  if (const std::optional<std::string> file = find_rows(document, context.path)) {
    if (const std::optional<std::string> text = read_file(*file, kLargestLookup)) {
      table = read_csv(name, *text);
      // Searches may name the file instead of the definition.
      Table plain = table;
      plain.name = fs::path(*file).filename().string();
      content.tables.push_back(std::move(plain));
    } else {
      context.sink.report(kUnreadable, document.span, fmt::format("{}: cannot be read", *file));
    }
  }
  table.name = name;
  read_matching(document, context, table);
  content.tables.push_back(std::move(table));
}

void load_lookup_file(const std::string& path, Content& content, DiagnosticSink& sink) {
  const std::optional<std::string> text = read_file(path, kLargestLookup);
  if (!text) {
    sink.report(kUnreadable, {}, fmt::format("{}: cannot be read", path));
    return;
  }
  content.tables.push_back(read_csv(fs::path(path).filename().string(), *text));
}

}  // namespace hecate::content
