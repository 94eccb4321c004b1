#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "store/file.h"

namespace hecate::store {

/// What tells a request from others of its sender; zero for those that nobody numbered.
struct RequestKey {
  uint64_t high = 0, low = 0;
  [[nodiscard]] bool empty() const { return high == 0 && low == 0; }
  bool operator==(const RequestKey&) const = default;
};

/// One record of the log: the events of one request.
///
///   bytes  0   magic, FF 48 4C 01
///          4   size of the payload
///          8   sequence, from 1
///         16   number of the first event, from 1
///         24   events
///         28   0
///         32   when it was received, in ticks
///         40   request key
///         56   XXH3 of the payload
///         64   XXH3 of the bytes 0 to 63
///         72   the payload
///
/// All numbers are little-endian. The payload is UTF-8, in which FF does not occur: behind damage the next magic is
/// that of a record, whatever a sender writes into its events.
struct RecordHeader {
  static constexpr size_t kSize = 72;
  static constexpr std::string_view kMagic = "\xFF\x48\x4C\x01";

  uint32_t payload_size = 0;
  uint64_t sequence = 0;
  uint64_t first_event = 0;
  uint32_t events = 0;
  Ticks received = 0;
  RequestKey request;
  uint64_t payload_hash = 0;

  void append_to(std::string& bytes) const;
  /// Of kSize bytes; nothing where they are no header, or a damaged one.
  [[nodiscard]] static std::optional<RecordHeader> read(const char* bytes);
};

[[nodiscard]] uint64_t hash_of_payload(std::string_view payload);

/// Reads the records of one segment in order, and goes over what is damaged.
class SegmentScanner {
 public:
  enum class Payloads : uint8_t { Read, Skip };

  explicit SegmentScanner(File file, uint64_t offset = 0) : file_(std::move(file)), offset_(offset) {}

  /// False where no whole record follows; after more was written, the next call looks at the same place again. Without
  /// its payload a record may be damaged all the same.
  [[nodiscard]] bool next(Payloads payloads = Payloads::Read);

  // Of the record that was read last:
  [[nodiscard]] const RecordHeader& header() const { return header_; }
  [[nodiscard]] std::string_view payload() const { return payload_; }
  [[nodiscard]] uint64_t begin() const { return begin_; }
  /// The bytes before it that were no record.
  [[nodiscard]] uint64_t damaged() const { return damaged_; }
  /// Where it ends: all that is behind is not known yet.
  [[nodiscard]] uint64_t offset() const { return offset_; }
  /// Bytes behind that place belong to no record.
  void skip_to(uint64_t offset) { offset_ = offset; }
  [[nodiscard]] const File& file() const { return file_; }

 private:
  [[nodiscard]] bool read_at(uint64_t offset, Payloads payloads);
  [[nodiscard]] std::optional<uint64_t> find_magic(uint64_t from);

  File file_;
  uint64_t offset_ = 0;
  uint64_t begin_ = 0;
  uint64_t damaged_ = 0;
  RecordHeader header_;
  std::string payload_;
  std::string window_;
};

}  // namespace hecate::store
