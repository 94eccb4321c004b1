#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The published rules as corpus tests find them, beside the repository.
namespace hecate::corpus {

/// The first entry, in a folder of the shared material, whose name begins so.
inline std::optional<std::filesystem::path> find_shared(std::string_view folder, std::string_view prefix) {
  namespace fs = std::filesystem;
  const char* shared = std::getenv("HECATE_SHARED");
  const fs::path root = shared != nullptr ? fs::path(shared) : fs::path(HECATE_SOURCE_DIR) / ".." / "shared";
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / folder, error)) {
    if (entry.path().filename().string().starts_with(prefix)) return entry.path();
  }
  return std::nullopt;
}

/// SigmaHQ's rules, packed.
inline std::optional<std::filesystem::path> sigmahq_archive() { return find_shared("corpora", "sigmahq-"); }

/// An archive of rules, unpacked into a folder that goes when the test does.
class Unpacked {
 public:
  explicit Unpacked(const std::filesystem::path& archive) {
    std::string name = std::filesystem::temp_directory_path() / "hecate-corpus-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    const std::string command = "tar --zstd -xf '" + archive.string() + "' -C '" + path_.string() + "'";
    if (std::system(command.c_str()) != 0) std::cout << "cannot unpack " << archive << "\n";
  }
  ~Unpacked() {
    std::error_code error;
    if (!path_.empty()) std::filesystem::remove_all(path_, error);
  }
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::vector<std::string> rule_folders() const {
    std::vector<std::string> folders;
    for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().filename().string().starts_with("rules")) folders.push_back(entry.path().string());
    }
    return folders;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace hecate::corpus
