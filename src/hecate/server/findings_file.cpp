#include "server/findings_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "server/codes.h"

namespace hecate::server {
namespace {

constexpr std::string_view kIdKey = R"({"finding_id":")";

/// Every line begins with its id (output::to_ndjson).
std::string_view id_of(std::string_view line) {
  if (!line.starts_with(kIdKey)) return {};
  line.remove_prefix(kIdKey.size());
  return line.substr(0, line.find('"'));
}

}  // namespace

bool FindingsFile::open(const std::string& path, uint64_t known_to, DiagnosticSink& sink) {
  file_ = store::File::open(path, O_RDWR | O_CREAT);
  if (!file_.is_open()) {
    sink.report(kFindingsUnwritable, {}, fmt::format("{}: {}", path, std::strerror(errno)));  // NOLINT
    return false;
  }
  // Somebody may have taken the file away.
  size_ = std::min(known_to, file_.size());
  std::string text(file_.size() - size_, '\0');
  const int64_t got = file_.read_at(size_, text.data(), text.size());
  text.resize(got < 0 ? 0 : static_cast<size_t>(got));
  // A line without its end was being written when the server died: its event is matched again.
  text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    if (const std::string_view id = id_of(std::string_view(text).substr(begin, end - begin)); !id.empty()) {
      written_.emplace(id);
    }
    begin = end + 1;
  }
  size_ += text.size();
  return size_ == file_.size() || file_.truncate(size_);
}

bool FindingsFile::add(std::string_view id, std::string_view line) {
  if (!written_.empty() && written_.contains(std::string(id))) return false;
  pending_ += line;
  pending_ += '\n';
  return true;
}

bool FindingsFile::flush(std::string& failure) {
  if (pending_.empty()) return true;
  if (!file_.write_at(size_, pending_) || !file_.sync()) {
    failure = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): glibc's is safe
    (void)file_.truncate(size_);
    return false;
  }
  size_ += pending_.size();
  pending_.clear();
  return true;
}

}  // namespace hecate::server
