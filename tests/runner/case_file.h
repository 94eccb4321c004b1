#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/table.h"

namespace hecate::cases {

/// A macro of SPL that stood before a case.
struct CaseMacro {
  std::string name;
  std::vector<std::string> arguments;
  std::string definition;
};

/// One `query` or `error` of a .case file.
struct Case {
  bool is_error = false;
  std::string language;               // sigma, spl, kql
  std::string text;                   // the query
  std::vector<std::string> expected;  // rows, or the rendered diagnostics
  size_t line = 0;                    // of its header, from 1
  size_t expected_begin = 0;          // the lines [begin, end) of the file that hold the expectation, from 0
  size_t expected_end = 0;
  std::string events_name, events;  // what stood last before it
  std::string assume;               // a record type, or empty: events that no source recognises
  std::string now;
  std::vector<Table> tables;  // lookups that stood before it
  std::vector<CaseMacro> macros;
  std::vector<std::string> skips;  // engines that are left out, with the reason ("sql: …")
};

struct CaseFile {
  std::string path;
  std::vector<std::string> lines;
  std::vector<Case> cases;
  std::vector<std::string> problems;  // what is wrong with the file itself
};

/// Reads the format that docs/cases.md describes.
[[nodiscard]] CaseFile read_case_file(const std::string& path);
/// Puts the given expectations in the place of those in the file.
void rewrite(const CaseFile& file, const std::vector<std::vector<std::string>>& expectations);

}  // namespace hecate::cases
