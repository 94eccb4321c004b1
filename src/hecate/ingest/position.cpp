#include "ingest/position.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/json_text.h"
#include "ingest/codes.h"

namespace hecate::ingest {
namespace {

constexpr int64_t kVersion = 1;

bool read_position(simdjson::dom::element entry, FilePosition& position) {
  std::string_view path;
  simdjson::dom::array seen;
  uint64_t bytes = 0;
  const bool ok = entry["path"].get(path) == simdjson::SUCCESS &&
                  entry["device"].get(position.device) == simdjson::SUCCESS &&
                  entry["inode"].get(position.inode) == simdjson::SUCCESS &&
                  entry["fingerprint"].get(position.fingerprint.hash) == simdjson::SUCCESS &&
                  entry["fingerprint_bytes"].get(bytes) == simdjson::SUCCESS && bytes <= Fingerprint::kMost &&
                  entry["offset"].get(position.offset) == simdjson::SUCCESS &&
                  entry["record"].get(position.record) == simdjson::SUCCESS && position.record > 0 &&
                  entry["seen"].get(seen) == simdjson::SUCCESS;
  if (!ok) return false;
  position.path = path;
  position.fingerprint.bytes = bytes;
  for (const simdjson::dom::element number : seen) {
    if (uint64_t value = 0; number.get(value) == simdjson::SUCCESS) position.seen.push_back(value);
  }
  return true;
}

}  // namespace

Fingerprint Fingerprint::of(std::string_view bytes) {
  // FNV-1a: a check, not a defence.
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return {hash, bytes.size()};
}

Fingerprint Fingerprint::of(int descriptor, size_t most) {
  std::array<char, kMost> bytes{};
  const ssize_t count = ::pread(descriptor, bytes.data(), std::min(most, bytes.size()), 0);
  return of({bytes.data(), count > 0 ? static_cast<size_t>(count) : 0});
}

std::optional<std::map<std::string, FilePosition, std::less<>>> PositionFile::load(DiagnosticSink& sink) const {
  std::map<std::string, FilePosition, std::less<>> positions;
  std::error_code error;
  if (!std::filesystem::exists(path_, error) && !error) return positions;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array files;
  int64_t version = 0;
  bool ok = parser.load(path_).get(root) == simdjson::SUCCESS && root["version"].get(version) == simdjson::SUCCESS &&
            version == kVersion && root["files"].get(files) == simdjson::SUCCESS;
  for (size_t i = 0; ok && i < files.size(); ++i) {
    FilePosition position;
    ok = read_position(files.at(i).value_unsafe(), position);
    if (ok) positions[position.path] = std::move(position);
  }
  if (ok) return positions;
  sink.report(kBadPosition, {}, fmt::format("{}: this is no file of positions", path_),
              "name another file, or remove this one: all files are then read from their beginnings");
  return std::nullopt;
}

bool PositionFile::save(const std::vector<FilePosition>& positions) const {
  const std::string part = path_ + ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out << fmt::format(R"({{"version":{},"files":[)", kVersion);
  for (size_t i = 0; i < positions.size(); ++i) {
    const FilePosition& at = positions[i];
    out << fmt::format(
        R"({}{{"path":{},"device":{},"inode":{},"fingerprint":{},"fingerprint_bytes":{},"offset":{},"record":{},"seen":[{}]}})",
        i == 0 ? "" : ",", json_quote(at.path), at.device, at.inode, at.fingerprint.hash, at.fingerprint.bytes,
        at.offset, at.record, fmt::join(at.seen, ","));
  }
  out << "]}\n";
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(part, path_, error);
  return out && !error;
}

Progression::Progression(FilePosition from)
    : from_(std::move(from)), skipped_(from_.seen.begin(), from_.seen.end()), done_(skipped_) {}

void Progression::done(uint64_t number, uint64_t offset) {
  waiting_.erase(number);
  if (number >= last_) {
    last_ = number;
    last_offset_ = offset;
  }
  done_.insert(number);
  done_.erase(done_.begin(), done_.lower_bound(waiting_.empty() ? last_ : waiting_.begin()->first));
}

FilePosition Progression::position() const {
  FilePosition at = from_;
  if (!waiting_.empty()) {
    at.record = waiting_.begin()->first;
    at.offset = waiting_.begin()->second;
  } else if (last_ > 0) {
    at.record = last_;
    at.offset = last_offset_;
  }
  at.seen.assign(done_.begin(), done_.end());
  return at;
}

}  // namespace hecate::ingest
