#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/diagnostic.h"
#include "store/file.h"

namespace hecate::server {

/// Findings as NDJSON, one object a line, each written once: after a start, those behind the position that was kept
/// last are known by their ids.
class FindingsFile {
 public:
  /// `known_to` is the size that the file had when everything in it was done with.
  [[nodiscard]] bool open(const std::string& path, uint64_t known_to, DiagnosticSink& sink);
  [[nodiscard]] uint64_t size() const { return size_; }

  /// To be written by the next flush(), unless it stands in the file already: false then.
  bool add(std::string_view id, std::string_view line);
  [[nodiscard]] const std::string& pending() const { return pending_; }
  /// Writes what was added and waits for the disk. False where it cannot be written, all of it: it stays pending.
  [[nodiscard]] bool flush(std::string& failure);
  /// All events up to where the file was written are done with: what stands in it is not met again.
  void forget() { written_.clear(); }

 private:
  store::File file_;
  uint64_t size_ = 0;
  std::string pending_;
  std::unordered_set<std::string> written_;  // behind the last position
};

}  // namespace hecate::server
