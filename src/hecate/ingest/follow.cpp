#include "ingest/follow.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>

#include "ingest/codes.h"
#include "ingest/delimited.h"
#include "ingest/growing_file.h"

namespace hecate::ingest {
namespace {

namespace fs = std::filesystem;
using Positions = std::map<std::string, FilePosition, std::less<>>;

/// Why a file that begins so cannot be followed; empty where it can.
std::string_view refused(std::string_view head) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kMagic{{
      {"\x1F\x8B", "it is packed (gzip)"},
      {"\x28\xB5\x2F\xFD", "it is packed (zstd)"},
      {{"\xFD\x37zXZ\0", 6}, "it is packed (xz)"},
      {"BZh", "it is packed (bzip2)"},
      {"\x04\x22\x4D\x18", "it is packed (lz4)"},
      {"PK\x03\x04", "it is packed (zip)"},
      {"ElfFile", "it is a Windows event log"},
      {"ElfChnk", "it is a Windows event log"},
      {"\xFF\xFE", "it is in UTF-16"},
      {"\xFE\xFF", "it is in UTF-16"},
  }};
  for (const auto& [magic, why] : kMagic) {
    if (head.starts_with(magic)) return why;
  }
  return {};
}

constexpr size_t kMagicBytes = 16;

/// `app.log.1` and `app.log-20261123` are what `app.log` was.
bool is_rotated(std::string_view name, std::string_view own) {
  if (!name.starts_with(own) || name.size() < own.size() + 2) return false;
  const char mark = name[own.size()];
  const char next = name[own.size() + 1];
  return (mark == '.' || mark == '-') && next >= '0' && next <= '9';
}

std::string beginning(int descriptor, size_t most) {
  std::string text(most, '\0');
  const ssize_t count = ::pread(descriptor, text.data(), most, 0);
  text.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return text;
}

std::optional<DelimitedTable> table_of(std::string_view text) {
  TextSource source(text);
  Window window(source, text.size() + 1, [](size_t) { return true; });
  return DelimitedTable::detect(window);
}

/// What a file is, as far as its beginning says it.
struct Shape {
  std::optional<DelimitedTable> table;
  bool undecided = false;  // names of columns, perhaps, and nothing below them yet
};

Shape shape_of(std::string_view head) {
  const size_t end = head.find('\n');
  if (end == std::string_view::npos) return {std::nullopt, true};
  if (head.find('\n', end + 1) != std::string_view::npos)
    return {table_of(head.substr(0, head.rfind('\n') + 1)), false};
  for (const char separator : {'\t', ',', ';'}) {
    const auto cells =
        static_cast<size_t>(std::count(head.begin(), head.begin() + static_cast<ptrdiff_t>(end), separator));
    std::string row = "1";
    for (size_t i = 0; i < cells; ++i) row += {separator, '1'};
    if (cells > 0 && table_of(fmt::format("{}\n{}\n", head.substr(0, end), row))) return {std::nullopt, true};
  }
  return {};
}

/// The lines above an offset that say what the columns of a log are: a table's first, W3C's and Zeek's directives.
std::string header_above(int descriptor, uint64_t offset, bool is_table) {
  constexpr size_t kPiece = size_t{1} << 16;
  std::string lines, line;
  if (!is_table && beginning(descriptor, 1) != "#") return lines;
  for (uint64_t at = 0; at < offset;) {
    std::string piece(std::min<uint64_t>(kPiece, offset - at), '\0');
    const ssize_t count = ::pread(descriptor, piece.data(), piece.size(), static_cast<off_t>(at));
    if (count <= 0) return lines;
    at += static_cast<uint64_t>(count);
    for (const char c : std::string_view(piece).substr(0, static_cast<size_t>(count))) {
      line += c;
      if (c != '\n') continue;
      if (is_table || line.starts_with('#')) lines += line;
      if (is_table) return lines;
      line.clear();
    }
  }
  return lines;
}

/// What all followers share. Records are visited one at a time.
struct Shared {
  const FollowOptions& options;
  const Visit& visit;
  ReadStats& stats;
  DiagnosticSink& sink;
  StopSignal stop = {};
  std::mutex mutex = {};
  bool changed = false;
};

/// Follows one name.
class Follower {
 public:
  Follower(Shared& shared, std::string path, std::optional<FilePosition> saved)
      : shared_(shared), path_(std::move(path)), watch_(path_, shared.stop), saved_(std::move(saved)) {
    if (saved_) progression_.emplace(*saved_);
  }

  void run() {
    if (saved_) catch_up();
    while (!shared_.stop.requested() && !over_) {
      const auto file = GrowingFile::open(path_, watch_, shared_.stop);
      if (!file) {
        watch_.wait();
        continue;
      }
      read(*file, std::exchange(saved_, std::nullopt).value_or(FilePosition{path_}));
    }
  }

  /// Under the lock. Nothing where no file was opened.
  [[nodiscard]] std::optional<FilePosition> position() const {
    return progression_ ? std::optional(progression_->position()) : std::nullopt;
  }

 private:
  void report(const DiagnosticCode& code, std::string_view why) {
    const std::lock_guard lock(shared_.mutex);
    shared_.sink.report(code, {}, fmt::format("{}: {}", path_, why));
  }

  static bool is_at(int descriptor, const FilePosition& position) {
    struct stat status{};
    return ::fstat(descriptor, &status) == 0 && static_cast<uint64_t>(status.st_dev) == position.device &&
           static_cast<uint64_t>(status.st_ino) == position.inode &&
           static_cast<uint64_t>(status.st_size) >= position.offset &&
           Fingerprint::of(descriptor, position.fingerprint.bytes) == position.fingerprint;
  }

  /// The file that was being read may have another name by now, with more in it than was read; so may those that had
  /// its name after it.
  void catch_up() {
    if (const auto file = GrowingFile::open(path_, watch_, shared_.stop); file && is_at(file->descriptor(), *saved_))
      return;
    struct Named {
      fs::file_time_type time;
      fs::path path;
      bool operator<(const Named& other) const { return std::tie(time, path) < std::tie(other.time, other.path); }
    };
    std::vector<Named> others;
    std::error_code error;
    const fs::path own(path_);
    const fs::path folder = own.has_parent_path() ? own.parent_path() : fs::path(".");
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (is_rotated(name, own.filename().string()) && entry.is_regular_file(error))
        others.push_back({entry.last_write_time(error), entry.path()});
    }
    std::sort(others.begin(), others.end());
    const auto old = std::find_if(others.begin(), others.end(), [&](const Named& other) {
      const auto file = GrowingFile::open(other.path.string(), watch_, shared_.stop, true);
      return file && is_at(file->descriptor(), *saved_);
    });
    if (old == others.end()) {
      report(kLostFile,
             "it is another file than the one that was being read, which is gone; it is read from its beginning");
      saved_.reset();
      return;
    }
    for (auto other = old; other != others.end() && !shared_.stop.requested(); ++other) {
      const auto file = GrowingFile::open(other->path.string(), watch_, shared_.stop, true);
      if (file && !refused(beginning(file->descriptor(), kMagicBytes)).empty()) {
        report(kLostFile, fmt::format("{} is packed, and is not read", other->path.filename().string()));
      } else if (file) {
        read(*file, std::exchange(saved_, std::nullopt).value_or(FilePosition{path_}));
      }
    }
    saved_.reset();
  }

  /// A file that is smaller than what was read of it, or begins otherwise, has been written anew.
  void read(GrowingFile& file, FilePosition from) {
    if (from.inode != 0 && !is_at(file.descriptor(), from)) from = FilePosition{path_};
    struct stat status{};
    if (::fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) return give_up("it is no regular file");
    const auto shape = wait_for_shape(file);
    if (!shape) return;
    from.device = static_cast<uint64_t>(status.st_dev);
    from.inode = static_cast<uint64_t>(status.st_ino);
    from.fingerprint = file.fingerprint();
    if (from.offset > 0)
      file.resume(from.offset, header_above(file.descriptor(), from.offset, shape->table.has_value()));
    Growing growing;
    if (shape->table) growing.table = &*shape->table;
    growing.records_before = from.record - 1;
    {
      const std::lock_guard lock(shared_.mutex);
      progression_.emplace(from);
      shared_.changed = true;
    }
    growing.on_held = [&](uint64_t number, uint64_t offset) {
      const std::lock_guard lock(shared_.mutex);
      progression_->waits(number, file.offset_of(offset));
    };
    ReadStats stats;
    DiagnosticSink said;
    read_growing(
        file, path_, growing, shared_.options.read, [&](const Record& record) { pass(record, file); }, stats, said);
    // Half a line is no bad record: it will be read again.
    const bool stopped = file.end() == GrowingFile::End::Stopped;
    const std::lock_guard lock(shared_.mutex);
    shared_.stats.files += stats.files;
    shared_.stats.bytes += stats.bytes;
    shared_.stats.compressed_bytes += stats.compressed_bytes;
    if (stopped) return;
    shared_.stats.malformed += stats.malformed;
    shared_.stats.oversized += stats.oversized;
    shared_.stats.records += stats.malformed + stats.oversized;
    for (const Diagnostic& diagnostic : said.all()) shared_.sink.report(diagnostic);
  }

  void give_up(std::string_view why) {
    report(kCannotFollow, fmt::format("{}, and cannot be followed", why));
    over_ = true;
  }

  /// Nothing where the file cannot be read, or reading is to stop.
  std::optional<Shape> wait_for_shape(GrowingFile& file) {
    constexpr size_t kHead = size_t{64} << 10;
    for (;; watch_.wait()) {
      if (shared_.stop.requested()) return std::nullopt;
      const std::string head = beginning(file.descriptor(), kHead);
      if (const std::string_view why = refused(head); !why.empty()) {
        give_up(why);
        return std::nullopt;
      }
      Shape shape = shape_of(head);
      if (!shape.undecided || head.size() == kHead || is_left(file)) return shape;
    }
  }

  /// Whether no more will come to the file.
  [[nodiscard]] bool is_left(const GrowingFile& file) const {
    struct stat own{}, named{};
    return ::fstat(file.descriptor(), &own) != 0 || ::stat(path_.c_str(), &named) != 0 || own.st_ino != named.st_ino;
  }

  void pass(const Record& record, const GrowingFile& file) {
    const std::lock_guard lock(shared_.mutex);
    if (file.end() == GrowingFile::End::Stopped) return;
    const uint64_t offset = file.offset_of(record.byte_offset);
    if (!progression_->was_seen(record.number)) {
      Record own = record;
      own.byte_offset = offset;
      ++shared_.stats.records;
      ++shared_.stats.parsed;
      shared_.visit(own);
    }
    progression_->done(record.number, offset);
    progression_->begins_with(file.fingerprint());
    shared_.changed = true;
  }

  Shared& shared_;
  std::string path_;
  FileWatch watch_;
  std::optional<FilePosition> saved_;
  std::optional<Progression> progression_;
  bool over_ = false;
};

/// Where a signal comes within the time.
bool told_to_stop(std::chrono::milliseconds within) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  const struct timespec time{0, static_cast<long>(within.count()) * 1'000'000};
  return ::sigtimedwait(&signals, nullptr, &time) > 0;
}

}  // namespace

bool follow_files(const FollowOptions& options, const Visit& visit, ReadStats& stats, DiagnosticSink& sink) {
  const PositionFile file(options.position_file);
  const bool keeps = !options.position_file.empty();
  Positions saved;
  if (keeps) {
    auto loaded = file.load(sink);
    if (!loaded) return false;
    saved = std::move(*loaded);
  }
  Shared shared{options, visit, stats, sink};
  std::vector<std::unique_ptr<Follower>> followers;
  for (const std::string& path : options.files) {
    const auto known = saved.extract(path);
    followers.push_back(
        std::make_unique<Follower>(shared, path, known.empty() ? std::nullopt : std::optional(known.mapped())));
  }
  bool ok = true;
  bool heard = true;
  // What was found goes out before it is said to have been.
  const auto pause = [&] {
    const std::lock_guard lock(shared.mutex);
    heard = heard && (!options.on_pause || options.on_pause());
    if (!heard || !keeps || !std::exchange(shared.changed, false)) return;
    std::vector<FilePosition> positions;
    for (const auto& [path, position] : saved) positions.push_back(position);  // of files that are not followed now
    for (const auto& follower : followers) {
      if (auto position = follower->position()) positions.push_back(std::move(*position));
    }
    const bool written = file.save(positions);
    if (!written && ok) sink.report(kBadPosition, {}, fmt::format("{}: cannot be written", options.position_file));
    ok = written;
  };
  std::atomic<size_t> running = followers.size();
  std::vector<std::jthread> threads;
  for (const auto& follower : followers) {
    threads.emplace_back([&running, &one = *follower] {
      one.run();
      --running;
    });
  }
  constexpr std::chrono::milliseconds kPause{200};
  while (running > 0 && heard && !told_to_stop(kPause)) pause();
  const bool told = running > 0;
  shared.stop.request();
  threads.clear();
  // A file that nobody wrote to, or that never came, was followed all the same.
  if (told) stats.files = std::max<uint64_t>(stats.files, followers.size());
  pause();
  return ok && heard;
}

}  // namespace hecate::ingest
