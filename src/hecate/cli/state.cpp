#include "cli/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/text.h"

namespace hecate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".csv";

/// A lookup's name is what content says it is: it must not lead out of the folder, nor be another's.
std::string file_name(std::string_view table) {
  std::string name;
  for (const char c : table) {
    const bool plain = is_ascii_alnum(c) || c == '_' || c == '-' || (c == '.' && !name.empty()) ||
                       static_cast<unsigned char>(c) >= 0x80;
    name += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return name + std::string(kExtension);
}

std::string table_name(std::string_view stem) {
  std::string name;
  for (size_t at = 0; at < stem.size(); ++at) {
    unsigned value = 0;
    const char* digits = stem.data() + at + 1;
    const bool encoded =
        stem[at] == '%' && stem.size() - at > 2 && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    name += encoded ? static_cast<char>(value) : stem[at];
    if (encoded) at += 2;
  }
  return name;
}

bool write_file(const fs::path& path, const std::string& text) {
  // Never half a table: another run may read it, and this one may be stopped.
  const fs::path part = path.string() + ".part";
  std::ofstream file(part, std::ios::binary);
  file << text;
  file.close();
  std::error_code error;
  if (file) fs::rename(part, path, error);
  return file && !error;
}

}  // namespace

void StateFolder::add_to(CLI::App& app) {
  app.add_option("--state", path,
                 "A folder in which lookups that searches write are kept for later runs, a CSV file for each")
      ->type_name("FOLDER");
}

bool StateFolder::read(engine::HuntOptions& options) const {
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) return true;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
    if (entry.is_regular_file(error) && entry.path().extension() == kExtension) files.push_back(entry.path());
  }
  if (error) {
    fmt::print(stderr, "hecate: --state: {}: {}\n", path, error.message());
    return false;
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& one : files) {
    std::ifstream file(one, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) {
      fmt::print(stderr, "hecate: {}: cannot be read\n", one.string());
      return false;
    }
    options.tables.push_back(read_csv(table_name(one.stem().string()), text));
  }
  return true;
}

bool StateFolder::write(const engine::HuntReport& report) const {
  if (path.empty() || report.written.empty()) return true;
  std::error_code error;
  fs::create_directories(path, error);
  for (const auto& [name, table] : report.written) {
    const fs::path file = fs::path(path) / file_name(name);
    if (write_file(file, write_csv(table))) continue;
    fmt::print(stderr, "hecate: {}: cannot be written\n", file.string());
    return false;
  }
  return true;
}

}  // namespace hecate::cli
