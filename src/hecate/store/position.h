#pragma once

#include <cstdint>
#include <string>

#include "store/file.h"

namespace hecate::store {

/// How far a reader of the log came.
struct Position {
  uint64_t sequence = 0;  // of the last record it has done with
  uint64_t output = 0;    // the size that its output had then

  bool operator==(const Position&) const = default;
};

/// Keeps a position in a file of two slots, written in turns: a write that is cut off leaves the one before.
class PositionFile {
 public:
  /// False where the file can neither be read nor made; errno says why.
  [[nodiscard]] bool open(const std::string& path);
  [[nodiscard]] const Position& position() const { return position_; }
  /// An older position may be found after a power cut, never a later one: who writes it has written what it stands for.
  [[nodiscard]] bool write(const Position& position);
  [[nodiscard]] bool sync() const { return file_.sync(); }

 private:
  File file_;
  Position position_;
  uint64_t turn_ = 0;
};

}  // namespace hecate::store
