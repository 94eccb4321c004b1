#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "finding/finding.h"
#include "risk/risk_table.h"

namespace hecate::output {

/// Takes findings as they come; `finish` writes what was held back.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual void write(const Finding& finding) = 0;
  virtual void finish() {}
};

/// One JSON object on one line.
[[nodiscard]] std::string to_ndjson(const Finding& finding);
[[nodiscard]] std::unique_ptr<Writer> make_ndjson_writer(std::FILE* out);

struct TableOptions {
  bool color = false;
  size_t width = 120;     // of the terminal
  size_t most_rows = 50;  // for each detection; the rest is counted
};
/// For eyes: findings by detection, the highest severity first.
[[nodiscard]] std::unique_ptr<Writer> make_table_writer(std::FILE* out, TableOptions options);

/// The rows of a query, without what makes them findings: a table of its columns, or the row as one JSON object.
[[nodiscard]] std::unique_ptr<Writer> make_rows_table_writer(std::FILE* out, TableOptions options);
[[nodiscard]] std::unique_ptr<Writer> make_rows_ndjson_writer(std::FILE* out);

/// Objects by their risk, the highest first: for eyes, or one JSON object on one line for each.
void print_risk_table(const risk::RiskTable& table, std::FILE* out, const TableOptions& options);
void print_risk_ndjson(const risk::RiskTable& table, std::FILE* out);

/// Aligns rows of cells under a header; cuts the widest columns so that a line fits `width`.
[[nodiscard]] std::string format_table(const std::vector<std::string>& header,
                                       const std::vector<std::vector<std::string>>& rows, size_t width);

}  // namespace hecate::output
