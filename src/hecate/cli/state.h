#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/hunt.h"

namespace hecate::cli {

/// Lookups that searches write (`outputlookup`), kept between runs: a CSV file for each in a folder (`--state`).
struct StateFolder {
  std::string path;  // empty: nothing is kept

  void add_to(CLI::App& app);
  /// What earlier runs wrote goes before the rows that the content brings. False where a file cannot be read; said on
  /// stderr.
  [[nodiscard]] bool read(engine::HuntOptions& options) const;
  /// False where one cannot be written; said on stderr.
  [[nodiscard]] bool write(const engine::HuntReport& report) const;
};

}  // namespace hecate::cli
