#include "common/answers.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>

#include "engine/hunt.h"
#include "exec/tail/database.h"
#include "exec/tail/vectors.h"

namespace hecate::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string over(std::string_view sql, const fs::path& events) {
  std::string text(sql);
  for (size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}", at)) {
    text.replace(at, 2, events.string());
  }
  return text;
}

/// A JSON array's elements in the order of their texts; other texts as they are.
std::string without_order(std::string text) {
  if (!text.starts_with('[')) return text;
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(text).get_array().get(array) != simdjson::SUCCESS) return text;
  std::vector<std::string> elements;
  for (const simdjson::dom::element element : array) elements.push_back(simdjson::minify(element));
  std::sort(elements.begin(), elements.end());
  std::string sorted;
  for (const std::string& element : elements) sorted += (sorted.empty() ? "[" : ",") + element;
  return sorted.empty() ? "[]" : sorted + "]";
}

TextRows sorted(TextRows rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

engine::HuntOptions options_over(const fs::path& events) {
  engine::HuntOptions options;
  options.files = {events.string()};
  return options;
}

}  // namespace

Answer ask_hecate(const Loaded& search, const fs::path& events, DiagnosticSink& sink) {
  Answer answer;
  const auto start = Clock::now();
  engine::hunt(*search.rules, options_over(events), [&](Finding&&) { ++answer.rows; }, sink);
  answer.seconds = seconds_since(start);
  return answer;
}

TextRows rows_of_hecate(const Loaded& search, const fs::path& events, DiagnosticSink& sink) {
  TextRows rows;
  const auto add = [&](Finding&& finding) {
    auto& row = rows.emplace_back();
    for (const ResultField& field : finding.result) row.push_back(without_order(value_text(field.value.get())));
  };
  engine::hunt(*search.rules, options_over(events), add, sink);
  return sorted(std::move(rows));
}

Answer ask_duckdb(std::string_view sql, const fs::path& events) {
  DiagnosticSink sink;
  const auto database = tail::Database::open({}, sink);
  const tail::Connection connection(**database);
  const std::string text = over(sql, events);
  Answer answer;
  const auto start = Clock::now();
  tail::QueryResult result(connection, text);
  answer.error = result.error();
  answer.rows = result.error().empty() ? duckdb_row_count(&result.handle()) : 0;
  answer.seconds = seconds_since(start);
  return answer;
}

TextRows rows_of_duckdb(std::string_view sql, const fs::path& events) {
  DiagnosticSink sink;
  const auto database = tail::Database::open({}, sink);
  const tail::Connection connection(**database);
  tail::QueryResult result(connection, fmt::format("SELECT COLUMNS(*)::VARCHAR FROM ({})", over(sql, events)));
  TextRows rows;
  Arena arena;
  while (duckdb_data_chunk chunk = result.error().empty() ? duckdb_fetch_chunk(result.handle()) : nullptr) {
    for (idx_t at = 0; at < duckdb_data_chunk_get_size(chunk); ++at) {
      auto& row = rows.emplace_back();
      for (idx_t column = 0; column < duckdb_data_chunk_get_column_count(chunk); ++column) {
        const Value value = tail::read_value(duckdb_data_chunk_get_vector(chunk, column), at, Type::String, arena);
        row.push_back(without_order(value.is_null() ? std::string() : value_text(value)));
      }
    }
    duckdb_destroy_data_chunk(&chunk);
  }
  return sorted(std::move(rows));
}

}  // namespace hecate::bench
