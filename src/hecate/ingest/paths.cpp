#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "ingest/codes.h"
#include "ingest/reader.h"

namespace hecate::ingest {
namespace {

namespace fs = std::filesystem;

/// Collects the files below one folder that the user named.
class FolderWalk {
 public:
  FolderWalk(std::vector<std::string>& files, DiagnosticSink& sink) : files_(files), sink_(sink) {}

  void walk(const fs::path& folder, int depth = 0) {
    // Longer than any path that the system opens; a loop of links is met earlier, by the folder's identity.
    constexpr int kDeepest = 1024;
    std::error_code error;
    const fs::path identity = fs::canonical(folder, error);
    if (error || depth > kDeepest) return unreadable(folder, error);
    if (!seen_.insert(identity.native()).second) {
      sink_.report(kFolderLoop, Span{}, fmt::format("{}: this folder was read already", folder.native()));
      return;
    }
    std::vector<fs::path> entries;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (!at->path().filename().native().starts_with('.')) entries.push_back(at->path());
    }
    if (error) unreadable(folder, error);
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) visit(entry, depth);
  }

 private:
  void visit(const fs::path& entry, int depth) {
    std::error_code error;
    const fs::file_status status = fs::status(entry, error);
    if (fs::is_directory(status)) return walk(entry, depth + 1);
    if (fs::is_regular_file(status)) {
      files_.push_back(entry.native());
      return;
    }
    if (error || !fs::exists(status)) return unreadable(entry, error);
    // A pipe or a device would block the whole hunt; named by itself it is read.
    sink_.report(kUnreadable, Span{}, fmt::format("{}: not a regular file; left out", entry.native()));
  }

  void unreadable(const fs::path& path, std::error_code error) {
    sink_.report(kUnreadable, Span{}, fmt::format("{}: {}", path.native(), error ? error.message() : "cannot be read"));
  }

  std::vector<std::string>& files_;
  DiagnosticSink& sink_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<std::string> expand_paths(const std::vector<std::string>& paths, DiagnosticSink& sink) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = path == "-" ? fs::file_status(fs::file_type::fifo) : fs::status(path, error);
    if (fs::is_directory(status)) {
      const size_t before = files.size();
      FolderWalk(files, sink).walk(path);
      if (files.size() == before) sink.report(kEmptyFolder, Span{}, fmt::format("{}: no files in this folder", path));
    } else if (status.type() == fs::file_type::not_found) {
      sink.report(kNoSuchPath, Span{}, fmt::format("{}: no such file or folder", path));
    } else if (error) {
      sink.report(kUnreadable, Span{}, fmt::format("{}: {}", path, error.message()));
    } else {
      files.push_back(path);
    }
  }
  return files;
}

uint64_t total_size(const std::vector<std::string>& files) {
  uint64_t total = 0;
  for (const std::string& file : files) {
    std::error_code error;
    const uint64_t size = file == "-" ? 0 : fs::file_size(file, error);
    if (!error) total += size;
  }
  return total;
}

}  // namespace hecate::ingest
