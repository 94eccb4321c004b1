#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "catalog/codes.h"
#include "catalog/loader.h"

namespace hecate {
namespace {

namespace fs = std::filesystem;
constexpr uintmax_t kLargestFile = uintmax_t{4} << 20;

std::vector<fs::path> files_below(const fs::path& folder, std::initializer_list<std::string_view> extensions) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string extension = at->path().extension().string();
    const bool wanted = std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
    if (wanted && at->is_regular_file(error)) files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

yaml::NodePtr read_file(const fs::path& path, SourceMap& sources, DiagnosticSink& sink) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  std::ifstream stream(path, std::ios::binary);
  if (error || !stream || size > kLargestFile) {
    sink.report(catalog::kUnreadable, {},
                fmt::format("{} cannot be read, or is larger than {} MiB", path.string(), kLargestFile >> 20));
    return nullptr;
  }
  std::string text(std::istreambuf_iterator<char>(stream), {});
  const FileId file = sources.add(path.string(), std::move(text));
  yaml::Documents documents = yaml::parse(file, sources, sink);
  if (!documents.complete) return nullptr;
  if (documents.roots.size() == 1) return documents.roots.front();
  sink.report(catalog::kWrongValue, sources.whole(file), "a catalog file holds one YAML document");
  return nullptr;
}

}  // namespace

Result<Catalog> Catalog::load(const std::string& folder, SourceMap& sources, DiagnosticSink& sink) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    sink.report(catalog::kNoFolder, {}, fmt::format("the folder of the catalogs, {}, cannot be read", folder));
    return already_reported();
  }
  Catalog result;
  Impl& impl = *result.impl_;
  // Sources come last: what they name must be there to be checked against.
  static constexpr std::array kFolders{"asim", "tables", "cim", "sources"};
  impl.asim_columns.read((fs::path(folder) / "asim" / "columns.tsv").string());
  for (const fs::path& path : files_below(fs::path(folder) / "tables", {".tsv"})) impl.tables.read(path.string());
  for (const std::string_view kind : kFolders) {
    for (const fs::path& path : files_below(fs::path(folder) / kind, {".yml", ".yaml"})) {
      const size_t errors = sink.errors();
      const yaml::NodePtr root = read_file(path, sources, sink);
      if (!root || sink.errors() != errors) continue;
      if (kind == "cim") catalog::load_cim(*root, impl, sink);
      if (kind == "asim" || kind == "tables") catalog::load_schema(*root, kind == "asim", impl, sink);
      if (kind == "sources") catalog::load_source(*root, impl, sink);
    }
  }
  for (const fs::path& path : files_below(fs::path(folder) / "kusto", {".tsv"}))
    catalog::load_blocks(path.string(), impl, sources, sink);
  return result;
}

}  // namespace hecate
