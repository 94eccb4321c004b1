#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "finding/finding.h"
#include "ingest/record.h"

namespace hecate::engine {

/// Where the events of a hunt stand, each in one integer, and what tells them from others.
class EventSources {
 public:
  struct Identity {
    int64_t order = -1;
    int64_t source = 0;  // for source_at()
    uint64_t hash = 0;   // over the bytes, the file's name without its folder and the position
  };

  /// Of the current event, the `order`-th: many detections may take the same event.
  [[nodiscard]] const Identity& identity_of(const ingest::Record& record, int64_t order);
  [[nodiscard]] Finding::Source source_at(int64_t source) const;

 private:
  // The file's number above, the record's number below.
  static constexpr int kRecordBits = 40;
  static constexpr int64_t kRecordMask = (int64_t{1} << kRecordBits) - 1;

  /// Of the file that records come from now. Its name is without the folder, so that the same file under another path
  /// gives the same findings.
  struct CurrentFile {
    int64_t number = -1;
    std::string path, name;
  };

  const CurrentFile& file_of(const ingest::Record& record);

  std::vector<std::string> files_;
  std::map<std::string, size_t, std::less<>> numbers_;
  CurrentFile file_;
  Identity identity_;
};

}  // namespace hecate::engine
