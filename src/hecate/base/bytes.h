#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hecate {

/// Numbers and texts as bytes, for files that only Hecate itself reads. Numbers take as many bytes as they need
/// (LEB128).
class ByteWriter {
 public:
  void number(uint64_t value);
  void signed_number(int64_t value);
  /// Any bytes, with their length before them.
  void text(std::string_view text);

  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote, from bytes that need not be what it wrote. After the first thing that cannot be right
/// everything reads as 0 or empty, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t number();
  int64_t signed_number();
  /// A number below `bound`.
  uint64_t below(uint64_t bound);
  bool flag() { return below(2) != 0; }
  /// How many things follow, each of at least one byte: never more than there are bytes, so that it is safe to reserve.
  size_t count();
  /// A view into the bytes.
  std::string_view text();

  void fail();
  [[nodiscard]] bool ok() const { return ok_; }
  /// All was read, and all of it was right.
  [[nodiscard]] bool finished() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace hecate
