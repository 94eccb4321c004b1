#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "exec/stream/lane_index.h"
#include "exec/stream/lane_keys.h"
#include "ingest/record.h"

namespace hecate::stream {

/// Walks over the members of one JSON object on one line, by the index of its quotes, and notes where the wanted
/// values stand. Accepts nothing that is not JSON, but for what only the index knows (LineIndex::Note).
class LineWalk {
 public:
  /// Decoded: of XML, a text with entities, whose meaning XmlWalk holds.
  enum class Kind : uint8_t { String, Scalar, Null, Container, Many, Decoded };
  struct Value {
    uint32_t begin = 0;  // of a string between its quotes
    uint32_t end = 0;
  };
  /// What is known of a value without its bytes: which slot's it is, and of which kind.
  using Code = uint32_t;
  static constexpr Code code(size_t slot, Kind kind) { return static_cast<Code>(slot) << 3 | static_cast<Code>(kind); }
  static constexpr size_t slot_of(Code code) { return code >> 3; }
  static constexpr Kind kind_of(Code code) { return static_cast<Kind>(code & 7); }

  /// The slots of `paths` are those of the codes. Paths may be added, and are announced.
  explicit LineWalk(const ingest::PathSet& paths) : paths_(paths) {}
  void paths_changed() { keys_.paths_changed(paths_); }

  /// The line begins at `begin` with a brace; `mark` is the index's first mark behind that and becomes the first of
  /// the next line. False where the line is anything but an object that the index's notes do not object to.
  bool walk(std::string_view text, const LineIndex& index, size_t begin, size_t& mark);
  /// Whether the object has all signs of an envelope (ingest/hec.h).
  [[nodiscard]] bool may_be_envelope() const {
    return (signs_ & KeyTable::kEventTop) != 0 && (signs_ & KeyTable::kPlainTop) == 0;
  }

  // For a walk over a line of another format, which puts its values here:
  void begin_line() { found_ = 0; }
  /// False where there is no room for more.
  [[nodiscard]] bool add(size_t slot, Kind kind, Value value);

  /// The wanted values in the order of the line. A slot may come several times; of an array's elements that are
  /// wanted, several are told as Many.
  [[nodiscard]] std::span<const Code> codes() const { return {codes_.data(), found_}; }
  [[nodiscard]] const Value& value(size_t at) const { return values_[at]; }

 private:
  struct Frame {
    uint32_t node = KeyTable::kNothing;  // an array's: that of its elements
    int32_t slot = -1;                   // an array's: that of its elements
    bool object = true;
  };
  static constexpr size_t kDeepest = 64;
  static constexpr size_t kMostFound = 1024;

  struct Cursor;
  bool object(Cursor& cursor);
  void expected_texts(Cursor& cursor, const Frame& frame);
  bool member(Cursor& cursor, const Frame& frame, uint32_t& child, int32_t& slot);
  bool key(Cursor& cursor, const Frame& frame, uint32_t& child, int32_t& slot);
  bool scalar(Cursor& cursor, int32_t slot);
  void join_elements(Cursor& cursor, int32_t slot);
  void put(Cursor& cursor, int32_t slot, Kind kind, size_t begin, size_t end);
  bool enter(char c, uint32_t node, Frame& frame) const;

  const ingest::PathSet& paths_;
  KeyTable keys_;
  std::array<Frame, kDeepest> outer_;

  // Of the line:
  std::array<Code, kMostFound> codes_;
  std::array<Value, kMostFound> values_;
  size_t found_ = 0;
  uint8_t signs_ = 0;
};

}  // namespace hecate::stream
