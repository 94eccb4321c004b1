#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace hecate::ingest {

/// The first bytes of a file, by which it is known again under another name, and found to be another one under its own.
struct Fingerprint {
  static constexpr size_t kMost = 256;
  uint64_t hash = 0;
  size_t bytes = 0;

  [[nodiscard]] static Fingerprint of(std::string_view bytes);
  /// Of what an open file begins with, no more than `most` bytes.
  [[nodiscard]] static Fingerprint of(int descriptor, size_t most = kMost);
  bool operator==(const Fingerprint&) const = default;
};

/// How far a file has been read.
struct FilePosition {
  std::string path;
  uint64_t device = 0, inode = 0;
  Fingerprint fingerprint = {};
  uint64_t offset = 0;              // where to go on
  uint64_t record = 1;              // the number of the record that begins there
  std::vector<uint64_t> seen = {};  // records from there on that have been looked at
};

/// The file in which positions outlive the program: one JSON object.
class PositionFile {
 public:
  explicit PositionFile(std::string path) : path_(std::move(path)) {}

  /// By the paths of the files; none where the file does not exist yet. Nothing where it cannot be read (reported).
  [[nodiscard]] std::optional<std::map<std::string, FilePosition, std::less<>>> load(DiagnosticSink& sink) const;
  /// Whole or not at all, whenever the program is stopped. False where it cannot be written.
  [[nodiscard]] bool save(const std::vector<FilePosition>& positions) const;

 private:
  std::string path_;
};

/// Where reading may go on so that no record is lost and none looked at twice: records come in order, but for lines of
/// an audit log that wait for others of their event.
class Progression {
 public:
  explicit Progression(FilePosition from);

  /// Whether the record was looked at before reading was interrupted.
  [[nodiscard]] bool was_seen(uint64_t number) const { return skipped_.contains(number); }
  void waits(uint64_t number, uint64_t offset) { waiting_.emplace(number, offset); }
  void done(uint64_t number, uint64_t offset);
  [[nodiscard]] FilePosition position() const;
  void is_file(uint64_t device, uint64_t inode) {
    from_.device = device;
    from_.inode = inode;
  }
  void begins_with(const Fingerprint& fingerprint) { from_.fingerprint = fingerprint; }

 private:
  FilePosition from_;
  std::set<uint64_t> skipped_;
  std::map<uint64_t, uint64_t> waiting_;  // number -> offset
  std::set<uint64_t> done_;               // those from the one to go on with
  uint64_t last_ = 0, last_offset_ = 0;   // the one furthest on
};

}  // namespace hecate::ingest
