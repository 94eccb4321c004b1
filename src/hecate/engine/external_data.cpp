#include "engine/external_data.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/text.h"
#include "engine/codes.h"
#include "lang/kql/lexer.h"

namespace hecate::engine {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kLargestFile = uintmax_t{256} << 20;

/// One `externaldata (columns) [locations] with (properties)`, as far as it decides how a file is read.
struct Request {
  std::vector<std::string> columns;
  std::string location, format;
  Span span;
  bool skip_first = false;
};

/// Looks at tokens, not at a tree: a query need not be sound to say what it reads.
class Finder {
 public:
  explicit Finder(const MappedText& query) : query_(query), tokens_(kql::lex(query, ignored_)) {}

  std::vector<Request> find() {
    std::vector<Request> requests;
    for (; at_ < tokens_.list.size(); ++at_) {
      if (!is("externaldata") && !is("external_data")) continue;
      read(requests);
    }
    return requests;
  }

 private:
  [[nodiscard]] const kql::Token& token(size_t ahead = 0) const {
    return tokens_.list[std::min(at_ + ahead, tokens_.list.size() - 1)];
  }
  [[nodiscard]] bool is(std::string_view text, size_t ahead = 0) const { return token(ahead).text == text; }
  [[nodiscard]] bool ends() const { return token().kind == kql::TokenKind::End; }
  [[nodiscard]] std::string constant() const {
    const Value value = tokens_.constants[token().constant].get();
    return value.is_text() ? std::string(value.as_text()) : value_text(value);
  }

  void read(std::vector<Request>& requests) {
    Request request;
    for (++at_; !ends() && !is("["); ++at_) {
      if (is(":", 1)) request.columns.emplace_back(token().text);
    }
    const size_t first = requests.size();
    for (; !ends() && !is("]"); ++at_) {
      if (token().kind != kql::TokenKind::Constant || token().type != Type::String) continue;
      request.location = constant();
      request.span = query_.span(token().begin, token().end);
      requests.push_back(request);
    }
    if (is("with", 1)) read_properties(std::span(requests).subspan(first));
  }

  void read_properties(std::span<Request> requests) {
    for (++at_; !ends() && !is(")"); ++at_) {
      if (!is("=", 1)) continue;
      const std::string name = fold_case(token().text);
      at_ += 2;
      const std::string value =
          fold_case(token().kind == kql::TokenKind::Constant ? constant() : std::string(token().text));
      for (Request& request : requests) {
        if (name == "format") request.format = value;
        if (name == "ignorefirstrecord") request.skip_first = value == "true" || value == "1";
      }
    }
  }

  const MappedText& query_;
  DiagnosticSink ignored_;  // the compiler reports what is wrong
  kql::Tokens tokens_;
  size_t at_ = 0;
};

/// What a location's file is called: without folders, and without what a URL has behind the name.
std::string_view last_name(std::string_view location) {
  location = location.substr(0, location.find_first_of("?#;"));
  return location.substr(location.find_last_of("/\\") + 1);
}

std::optional<std::string> file_for(const ExternalData& given, std::string_view location) {
  if (const auto named = given.files.find(location); named != given.files.end()) return named->second;
  const std::string_view name = last_name(location);
  if (name.empty() || name == "." || name == "..") return std::nullopt;
  std::error_code error;
  for (const std::string& folder : given.folders) {
    const fs::path path = fs::path(folder) / name;
    if (fs::is_regular_file(path, error)) return path.string();
  }
  return std::nullopt;
}

std::optional<std::string> read_whole(const std::string& path, Span span, DiagnosticSink& sink) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  std::ifstream stream(path, std::ios::binary);
  if (error || !stream || size > kLargestFile) {
    sink.report(
        kBadExternalData, span,
        error || !stream ? fmt::format("{}: cannot be read", path) : fmt::format("{}: more than 256 MiB", path));
    return std::nullopt;
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

void read_delimited(std::string_view text, char delimiter, Table& table) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    std::vector<std::string>& row = table.rows.emplace_back();
    while (row.size() < table.columns.size()) {
      const size_t cell = delimiter == '\0' ? line.size() : std::min(line.find(delimiter), line.size());
      row.emplace_back(line.substr(0, cell));
      line.remove_prefix(std::min(cell + 1, line.size()));
    }
  }
}

/// The file has no names; the first ones of `read_csv` are made up.
void read_commas(std::string_view text, Table& table) {
  table.rows = read_csv(table.name, fmt::format("{}\n{}", fmt::join(table.columns, ","), text)).rows;
}

std::string cell_of(simdjson::dom::element value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(value.get_string().value_unsafe());
  return simdjson::minify(value);
}

void add_object(simdjson::dom::element element, Table& table) {
  simdjson::dom::object object;
  if (element.get_object().get(object) != simdjson::SUCCESS) return;
  std::vector<std::string>& row = table.rows.emplace_back();
  for (const std::string& column : table.columns) {
    simdjson::dom::element value;
    row.push_back(object.at_key(column).get(value) == simdjson::SUCCESS ? cell_of(value) : std::string());
  }
}

/// Objects one after another, or in an array; their members by the names of the declared columns.
bool read_json(const std::string& text, Table& table) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::dom::document_stream documents;
  const size_t batch = std::max<size_t>(text.size() + 1, simdjson::dom::MINIMAL_BATCH_SIZE);
  if (parser.parse_many(padded, batch).get(documents) != simdjson::SUCCESS) return false;
  for (auto document : documents) {
    simdjson::dom::element element;
    if (std::move(document).get(element) != simdjson::SUCCESS) return false;
    simdjson::dom::array array;
    if (element.get_array().get(array) == simdjson::SUCCESS) {
      for (const simdjson::dom::element item : array) add_object(item, table);
    } else {
      add_object(element, table);
    }
  }
  return true;
}

/// What the query says, else what the name does, else commas.
std::string format_of(const Request& request) {
  if (!request.format.empty()) return request.format;
  const std::string extension = fold_case(fs::path(std::string(last_name(request.location))).extension().string());
  return extension.empty() ? "csv" : extension.substr(1);
}

bool read_rows(const std::string& format, const std::string& text, Table& table) {
  if (format == "csv") return read_commas(text, table), true;
  if (format == "tsv" || format == "tsve") return read_delimited(text, '\t', table), true;
  if (format == "psv") return read_delimited(text, '|', table), true;
  if (format == "scsv") return read_delimited(text, ';', table), true;
  if (format == "sohsv") return read_delimited(text, '\x01', table), true;
  if (format == "txt") return read_delimited(text, '\0', table), true;
  if (format == "json" || format == "multijson") return read_json(text, table);
  if (format != "raw") return false;
  std::vector<std::string> row(table.columns.size());
  if (!row.empty()) row.front() = text;
  table.rows.push_back(std::move(row));
  return true;
}

}  // namespace

void serve_external_data(const ExternalData& given, const content::Content& content, Tables& tables,
                         DiagnosticSink& sink) {
  if (given.empty()) return;
  const auto serve = [&](const MappedText& query) {
    for (const Request& request : Finder(query).find()) {
      const std::optional<std::string> path = file_for(given, request.location);
      if (!path || request.columns.empty()) continue;
      const std::optional<std::string> text = read_whole(*path, request.span, sink);
      if (!text) continue;
      Table table;
      table.name = request.location;
      table.columns = request.columns;
      if (!read_rows(format_of(request), *text, table)) {
        sink.report(kBadExternalData, request.span, fmt::format("{}: cannot be read as {}", *path, format_of(request)),
                    "csv, tsv, psv, scsv, txt, raw, json and multijson are supported");
        continue;
      }
      if (request.skip_first && !table.rows.empty()) table.rows.erase(table.rows.begin());
      tables.put(std::move(table));
    }
  };
  for (const content::Detection& detection : content.detections) {
    if (detection.language == Language::Kql) serve(detection.query);
  }
  for (const content::SavedFunction& function : content.functions) serve(function.body);
}

}  // namespace hecate::engine
