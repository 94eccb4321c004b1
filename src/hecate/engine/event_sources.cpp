#include "engine/event_sources.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <filesystem>

namespace hecate::engine {

const EventSources::CurrentFile& EventSources::file_of(const ingest::Record& record) {
  if (file_.number >= 0 && file_.path == record.file) return file_;
  const auto [at, added] = numbers_.try_emplace(std::string(record.file), files_.size());
  if (added) files_.emplace_back(record.file);
  file_ = {static_cast<int64_t>(at->second), at->first, std::filesystem::path(record.file).filename().string()};
  return file_;
}

const EventSources::Identity& EventSources::identity_of(const ingest::Record& record, int64_t order) {
  if (identity_.order == order) return identity_;
  const CurrentFile& file = file_of(record);
  const uint64_t position = XXH3_64bits_withSeed(file.name.data(), file.name.size(), record.number);
  identity_ = {order, (file.number << kRecordBits) | (static_cast<int64_t>(record.number) & kRecordMask),
               XXH3_64bits_withSeed(record.raw.data(), record.raw.size(), position)};
  return identity_;
}

Finding::Source EventSources::source_at(int64_t source) const {
  return {files_[static_cast<size_t>(source >> kRecordBits)], static_cast<uint64_t>(source & kRecordMask)};
}

}  // namespace hecate::engine
