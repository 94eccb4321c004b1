#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace hecate::correlate {

/// The columns of one event that a correlation looks at, in one allocation. Each may be absent.
class Row {
 public:
  void add(std::optional<std::string_view> column) {
    const uint32_t size = column ? static_cast<uint32_t>(column->size()) : kAbsent;
    char length[sizeof size];
    std::memcpy(length, &size, sizeof size);
    packed_.append(length, sizeof size);
    if (column) packed_.append(*column);
  }

  /// Reads from the front: rows have few columns.
  [[nodiscard]] std::optional<std::string_view> at(size_t column) const {
    const size_t begin = begin_of(column);
    const uint32_t size = length_at(begin);
    if (size == kAbsent) return std::nullopt;
    return std::string_view(packed_).substr(begin + sizeof size, size);
  }

  /// The first columns, byte for byte: equal where all of them are.
  [[nodiscard]] std::string_view prefix(size_t columns) const {
    return std::string_view(packed_).substr(0, begin_of(columns));
  }
  [[nodiscard]] std::string_view slice(size_t from, size_t to) const {
    const size_t begin = begin_of(from);
    return std::string_view(packed_).substr(begin, begin_of(to) - begin);
  }
  [[nodiscard]] bool has_all(size_t from, size_t to) const {
    for (size_t i = from; i < to; ++i) {
      if (!at(i)) return false;
    }
    return true;
  }

  static Row from_packed(std::string_view packed) {
    Row row;
    row.packed_ = packed;
    return row;
  }
  [[nodiscard]] size_t bytes() const { return packed_.size(); }

 private:
  static constexpr uint32_t kAbsent = 0xFFFFFFFF;

  [[nodiscard]] uint32_t length_at(size_t begin) const {
    uint32_t size = kAbsent;
    if (begin + sizeof size <= packed_.size()) std::memcpy(&size, packed_.data() + begin, sizeof size);
    return size;
  }
  [[nodiscard]] size_t begin_of(size_t column) const {
    size_t begin = 0;
    for (size_t i = 0; i < column && begin < packed_.size(); ++i) {
      const uint32_t size = length_at(begin);
      begin += sizeof size + (size == kAbsent ? 0 : size);
    }
    return begin;
  }

  std::string packed_;
};

}  // namespace hecate::correlate
