#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/common.h"
#include "server/tokens.h"

namespace hecate::cli {

/// The file of a server's tokens.
class TokenFile {
 public:
  explicit TokenFile(std::string path) : path_(std::move(path)) {}

  /// What is wrong is said on stderr.
  [[nodiscard]] std::optional<server::Tokens> load();
  /// Since it was loaded.
  [[nodiscard]] bool changed() const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] std::filesystem::file_time_type last_change() const;

  std::string path_;
  std::filesystem::file_time_type loaded_{};
};

/// `serve token add` and `serve token list`.
Command add_serve_token(CLI::App& serve);

}  // namespace hecate::cli
