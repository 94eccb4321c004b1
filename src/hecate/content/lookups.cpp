#include <fmt/format.h>

#include <algorithm>
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

/// "WILDCARD(domain), CIDR(net)" (transforms.conf, match_type).
void read_match_types(std::string_view text, const yaml::Node& node, const DocumentContext& context, Table& table) {
  while (!hecate::trim(text).empty()) {
    const size_t open = text.find('(');
    const size_t close = text.find(')', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) {
      context.sink.report(kWrongType, node.span, "a match type is WILDCARD(column), CIDR(column) or EXACT(column)");
      return;
    }
    std::string kind = fold_case(hecate::trim(text.substr(0, open)));
    while (!kind.empty() && (kind.front() == ',' || kind.front() == ' ')) kind.erase(0, 1);
    const std::string column(hecate::trim(text.substr(open + 1, close - open - 1)));
    if (kind == "wildcard") table.match_types[column] = Table::MatchType::Wildcard;
    if (kind == "cidr") table.match_types[column] = Table::MatchType::Cidr;
    if (kind != "wildcard" && kind != "cidr" && kind != "exact")
      context.sink.report(kWrongType, node.span, fmt::format("there is no match type `{}`", kind));
    text.remove_prefix(close + 1);
  }
}

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
  for (const std::string_view text : types->texts()) read_match_types(text, *types, context, table);
}

/// The columns of a collection: `_key, user, firstTimeSeen`, or a list.
std::vector<std::string> declared_columns(const yaml::Node& document) {
  for (const std::string_view key : {"fields_list", "fields"}) {
    const yaml::Node* node = document.find(key);
    if (node == nullptr) continue;
    std::vector<std::string> columns;
    for (std::string_view text : node->texts()) {
      while (!text.empty()) {
        const size_t comma = std::min(text.find(','), text.size());
        const std::string_view name = hecate::trim(text.substr(0, comma));
        if (!name.empty()) columns.emplace_back(name);
        text.remove_prefix(std::min(comma + 1, text.size()));
      }
    }
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

}  // namespace

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
