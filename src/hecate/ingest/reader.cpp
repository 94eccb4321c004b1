#include "ingest/reader.h"

#include <fmt/format.h>

#include <array>
#include <deque>
#include <optional>
#include <type_traits>
#include <utility>

#include "ingest/bad_records.h"
#include "ingest/block_feed.h"
#include "ingest/byte_source.h"
#include "ingest/codes.h"
#include "ingest/delimited.h"
#include "ingest/evtx.h"
#include "ingest/record_parser.h"
#include "ingest/splitter.h"
#include "ingest/utf16.h"

namespace hecate::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Formats that would otherwise pass for broken text.
std::string_view refused_format(std::string_view head) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMagic{{
      {{"\xFF\xFE\0\0", 4}, "UTF-32 text"},
      {{"7z\xBC\xAF\x27\x1C", 6}, "a 7z archive"},
      {{"Rar!\x1A\x07", 6}, "a RAR archive"},
      {{"PAR1", 4}, "Parquet"},
      {{"Obj\x01", 4}, "Avro"},
      {{"\xFF\x06\0\0sNaPpY", 10}, "snappy"},
  }};
  for (const auto& [magic, name] : kMagic) {
    if (head.starts_with(magic)) return name;
  }
  return {};
}

/// One run over any number of files.
class Run {
 public:
  Run(const ReadOptions& options, const Visit& visit, ReadStats& stats, DiagnosticSink& sink, const Progress& progress,
      std::span<Skimmer* const> skimmers)
      : options_(options), visit_(visit), stats_(stats), sink_(sink), progress_(progress) {
    if (!skimmers.empty()) feed_.emplace(skimmers, options.block, options.largest_record);
  }

  void file(const std::string& path) {
    std::string why;
    const auto file = FileSource::open(path, why);
    if (!file) return unreadable(kUnreadable, path, why);
    const uint64_t before = stats_.compressed_bytes;
    const auto measure = [&] { stats_.compressed_bytes = before + file->bytes_read(); };
    of_file_ = file->modified().has_value();
    unpacked(*file, path, file->modified().value_or(clock_time()), measure);
    measure();
    if (!file->failure().empty()) unreadable(kUnreadable, path, std::string(file->failure()));
  }

  void text(std::string_view text, std::string_view name) {
    TextSource source(text);
    stats_.compressed_bytes += text.size();
    unpacked(source, name, clock_time(), [] {});
  }

  void growing(ByteSource& source, std::string_view name, const Growing& growing) {
    ++stats_.files;
    growing_ = &growing;
    of_file_ = false;
    parser_.begin_file(clock_time(), false);
    const auto on_chunk = [&](size_t bytes) {
      stats_.bytes += bytes;
      stats_.compressed_bytes += bytes;
      return true;
    };
    Window window(source, options_.chunk, on_chunk);
    if (window.has(0) && window[0] == kByteOrderMark[0] && window.has(2) && window.view().starts_with(kByteOrderMark))
      window.consume(kByteOrderMark.size());
    if (growing.table != nullptr) {
      parser_.begin_table(*growing.table);
      RowSplitter rows(window, growing.table->separator(), options_.largest_record);
      return records(rows, name);
    }
    Splitter splitter(window, options_.largest_record);
    records(splitter, name);
  }

  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  void unreadable(const DiagnosticCode& code, std::string_view path, std::string_view why) {
    ++stats_.unreadable_files;
    sink_.report(code, Span{}, fmt::format("{}: {}", path, why));
  }

  void unpacked(ByteSource& source, std::string_view name, Ticks modified, const std::function<void()>& measure) {
    const auto plain = decompress(source);
    if (!plain->is_archive()) {
      read(*plain, name, modified, measure);
    } else {
      while (!stopped_) {
        const auto inside = plain->next_file();
        if (!inside) break;
        // Records know their file's name by a view.
        const std::string& whole = names_.emplace_back(fmt::format("{}!{}", name, inside->name));
        const auto bytes = decompress(*plain);
        if (bytes->is_archive()) {
          unreadable(kUnsupportedFormat, whole, "this is an archive within an archive, which is not read");
          continue;
        }
        read(*bytes, whole, inside->modified.value_or(modified), measure);
        report_cut(*bytes, source, whole);
      }
    }
    report_cut(*plain, source, name);
  }

  /// What cannot be read at all is reported by who opened it.
  void report_cut(const ByteSource& plain, const ByteSource& packed, std::string_view name) {
    if (plain.failure().empty() || !packed.failure().empty()) return;
    ++stats_.truncated_files;
    sink_.report(kTruncatedFile, Span{}, fmt::format("{}: {}", name, plain.failure()));
  }

  void read(ByteSource& source, std::string_view name, Ticks modified, const std::function<void()>& measure) {
    Utf16Decoder decoded(source);
    read_decoded(decoded, name, modified, measure);
    if (decoded.replaced() == 0) return;
    sink_.report(kBadUtf16, Span{},
                 fmt::format("{}: {} characters are not valid UTF-16; read as U+FFFD", name, decoded.replaced()));
  }

  void read_decoded(ByteSource& source, std::string_view name, Ticks modified, const std::function<void()>& measure) {
    ++stats_.files;
    if (feed_) feed_->begin(source, name);
    const auto on_chunk = [&](size_t bytes) {
      stats_.bytes += bytes;
      measure();
      if (progress_ && !progress_(stats_)) stopped_ = true;
      return !stopped_;
    };
    Window window(source, options_.chunk, on_chunk, feed_ ? &*feed_ : nullptr);
    constexpr size_t kLongestMagic = 10;
    (void)window.has(kLongestMagic - 1);
    const std::string_view refused = refused_format(window.view());
    if (!refused.empty()) {
      return unreadable(kUnsupportedFormat, name, fmt::format("this is {}, which is not read", refused));
    }
    parser_.begin_file(modified, of_file_);
    if (window.view().starts_with(kEvtxMagic) || window.view().starts_with(kEvtxChunkMagic)) {
      EvtxReader log(window, options_.largest_record);
      records(log, name);
      if (log.truncated() && !stopped_ && source.failure().empty()) {
        ++stats_.truncated_files;
        sink_.report(kTruncatedFile, Span{}, fmt::format("{}: the Windows event log ends too early", name));
      }
      return;
    }
    if (window.view().starts_with(kByteOrderMark)) window.consume(kByteOrderMark.size());
    if (const auto table = DelimitedTable::detect(window)) {
      parser_.begin_table(*table);
      RowSplitter rows(window, table->separator(), options_.largest_record);
      return records(rows, name);
    }
    Splitter splitter(window, options_.largest_record);
    records(splitter, name);
  }

  /// Of a Splitter, an EvtxReader or a RowSplitter.
  template <typename Units>
  void records(Units& units, std::string_view name) {
    BadRecords bad;
    Record record;
    record.file = name;
    if (growing_ != nullptr) record.number = growing_->records_before;
    const auto next = [&] {
      if constexpr (std::is_same_v<Units, Splitter>) units.count_from(record.number);
      return units.next();
    };
    for (Unit unit = next(); !stopped_; unit = next()) {
      if constexpr (std::is_same_v<Units, Splitter>) pass_over(units.take_skimmed(), record);
      if (unit.kind == Unit::Kind::End) break;
      if (parser_.take_directive(unit)) continue;
      if (parser_.hold(unit, record.number + 1)) {
        ++record.number;
        ++stats_.records;
        if (growing_ != nullptr && growing_->on_held) growing_->on_held(record.number, unit.offset);
        release(name);
        continue;
      }
      const Fault fault = parser_.parse(unit, record);
      if constexpr (std::is_same_v<Units, Splitter>) {
        if (fault != Fault::None && unit.kind == Unit::Kind::JsonLine) {
          units.reject(fault);
          continue;
        }
      }
      ++record.number;
      ++stats_.records;
      record.byte_offset = unit.offset;
      if (fault != Fault::None) {
        bad.count(fault, record.number, stats_);
        continue;
      }
      ++stats_.parsed;
      visit_(record);
    }
    parser_.finish();
    release(name);
    bad.report(name, options_, sink_);
    if (parser_.late_lines() == 0) return;
    sink_.report(
        kLateAuditLine, Span{},
        fmt::format("{}: {} lines of the audit log came when their event was complete", name, parser_.late_lines()));
  }

  void pass_over(uint64_t records, Record& before) {
    before.number += records;
    stats_.records += records;
    stats_.parsed += records;
  }

  /// Visits the records that waited for others and wait no more.
  void release(std::string_view name) {
    Record record;
    record.file = name;
    while (parser_.release(record)) {
      ++stats_.parsed;
      visit_(record);
    }
  }

  const ReadOptions& options_;
  const Visit& visit_;
  ReadStats& stats_;
  DiagnosticSink& sink_;
  const Progress& progress_;
  const Growing* growing_ = nullptr;
  bool of_file_ = false;  // whether `modified` is the time of a file
  RecordParser parser_;
  std::optional<BlockFeed> feed_;
  std::deque<std::string> names_;  // of files in archives
  bool stopped_ = false;
};

}  // namespace

void read_files(const std::vector<std::string>& files, const ReadOptions& options, const Visit& visit, ReadStats& stats,
                DiagnosticSink& sink, const Progress& progress, std::span<Skimmer* const> skimmers) {
  Run run(options, visit, stats, sink, progress, skimmers);
  for (const std::string& file : files) {
    if (run.stopped()) return;
    run.file(file);
  }
}

void read_growing(ByteSource& source, std::string_view name, const Growing& growing, const ReadOptions& options,
                  const Visit& visit, ReadStats& stats, DiagnosticSink& sink) {
  const Progress none;
  Run(options, visit, stats, sink, none, {}).growing(source, name, growing);
}

void read_text(std::string_view text, std::string_view name, const ReadOptions& options, const Visit& visit,
               ReadStats& stats, DiagnosticSink& sink, std::span<Skimmer* const> skimmers) {
  const Progress none;
  Run run(options, visit, stats, sink, none, skimmers);
  run.text(text, name);
}

}  // namespace hecate::ingest
