#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "ingest/byte_source.h"
#include "ingest/record.h"
#include "ingest/skim.h"

namespace hecate::ingest {

/// Limits that keep memory bounded on any input.
struct ReadOptions {
  size_t largest_record = size_t{16} << 20;  // longer ones are counted as oversized and skipped
  size_t chunk = size_t{1} << 20;
  /// What a skimmer gets at once: small enough for a core's second cache.
  size_t block = size_t{256} << 10;
};

/// Counters of one run. Bad records are counted by reason; the first few of each file and reason become a
/// diagnostic with the record's number and what was wrong.
struct ReadStats {
  uint64_t files = 0;
  uint64_t unreadable_files = 0;
  uint64_t bytes = 0;             // after decompression
  uint64_t compressed_bytes = 0;  // as read from disk: for progress
  uint64_t records = 0;           // all, bad ones included
  uint64_t parsed = 0;
  uint64_t malformed = 0;  // not parseable, or not UTF-8
  uint64_t oversized = 0;
  uint64_t truncated_files = 0;  // a compressed stream that ends too early or is corrupt
};

using Visit = std::function<void(const Record&)>;
/// Called now and then while reading with the stats so far; returning false stops the reading.
using Progress = std::function<bool(const ReadStats&)>;

/// What paths mean: files as they are; folders recursively, in sorted order, hidden files left out;
/// "-" is standard input. Paths that do not exist are reported (ING001).
[[nodiscard]] std::vector<std::string> expand_paths(const std::vector<std::string>& paths, DiagnosticSink& sink);
/// The bytes on disk of all files, for an ETA; stdin counts nothing.
[[nodiscard]] uint64_t total_size(const std::vector<std::string>& files);

/// Streams every record of the files through `visit`, in order but for lines of an audit log, which wait for their
/// event (auditd.h). Plain, gzip and zstd are told by their magic bytes, formats by content (docs/formats.md lists
/// them). A HEC envelope is taken off. Bad input is counted and skipped.
///
/// - What is text, JSON or XML is told record by record (splitter.h), so a file may mix them. A line that
///   begins with `{` and is not JSON is malformed, never text; so is a line with NUL bytes or broken UTF-8.
/// - A syslog line keeps its header under "syslog." (event_document.h); an event XML or a JSON object in its
///   message is the document, `raw` the whole line. Host and time of the header go into the envelope unless
///   there is an event XML. RFC 3164 stamps have no year and no zone: syslog.h says what they get.
/// - What counts as a HEC envelope stands in hec.h. Its `fields` are read as top-level paths.
/// - A Windows event log (EVTX) gives the XML of its events; evtx.h says what a damaged one gives. UTF-16 is read as
///   UTF-8 (utf16.h), of which the offsets then are.
/// - Some other binary formats are refused by name (ING005). Compressed files that end too early or are
///   corrupt are used up to there (ING004).
///
/// Records that one of the skimmers passes over are counted and not visited. There are as many threads as skimmers;
/// the first skimmer is the calling thread's, as is every visit.
void read_files(const std::vector<std::string>& files, const ReadOptions& options, const Visit& visit, ReadStats& stats,
                DiagnosticSink& sink, const Progress& progress = {}, std::span<Skimmer* const> skimmers = {});

class DelimitedTable;
/// What is known of a file that grows.
struct Growing {
  const DelimitedTable* table = nullptr;  // where it is one
  uint64_t records_before = 0;            // of the file, before what is read
  /// Told of lines that wait for others of their event, before they are visited: number and offset.
  std::function<void(uint64_t, uint64_t)> on_held = {};
};
/// The same for a file that grows and is plain text: it is not asked for more than it has to find out what it is.
void read_growing(ByteSource& source, std::string_view name, const Growing& growing, const ReadOptions& options,
                  const Visit& visit, ReadStats& stats, DiagnosticSink& sink);

/// The same for a text in memory, for tests and cases; `name` is what Record::file says.
void read_text(std::string_view text, std::string_view name, const ReadOptions& options, const Visit& visit,
               ReadStats& stats, DiagnosticSink& sink, std::span<Skimmer* const> skimmers = {});

}  // namespace hecate::ingest
