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
  struct Value {
    /// Decoded: of XML, a text with entities, whose meaning XmlWalk holds.
    enum class Kind : uint8_t { String, Scalar, Null, Container, Many, Decoded };
    uint32_t begin = 0;  // of a string between its quotes
    uint32_t end = 0;
    Kind kind = Kind::Null;
  };

  /// The slots of `paths` are those of found() and value(). They must be announced again when there are more.
  explicit LineWalk(const ingest::PathSet& paths) : paths_(paths) {}
  void paths_changed();

  /// The line begins at `begin` with a brace; `mark` is the index's first mark behind that and becomes the first of
  /// the next line. False where the line is anything but an object that the index's notes do not object to.
  bool walk(std::string_view text, const LineIndex& index, size_t begin, size_t& mark);
  /// Where the line break stands, after walk() returned true.
  [[nodiscard]] size_t line_end() const { return at_; }
  /// Whether the object has all signs of an envelope (ingest/hec.h).
  [[nodiscard]] bool may_be_envelope() const { return has_event_ && envelope_keys_ == top_keys_; }

  // For a walk over a line of another format, which puts its values here:
  void begin_line() {
    ++line_;
    found_.clear();
  }
  void put(int32_t slot, Value found);

  /// The slots that have a value in this line.
  [[nodiscard]] std::span<const uint32_t> found() const { return found_; }
  [[nodiscard]] const Value* value(size_t slot) const { return seen_[slot] == line_ ? &values_[slot] : nullptr; }

 private:
  struct Frame {
    uint32_t node = KeyTable::kNothing;  // an array's: that of its elements
    int32_t slot = -1;                   // an array's: that of its elements
    bool object = true;
  };
  static constexpr size_t kDeepest = 64;

  bool object();
  bool member();
  bool key(uint32_t& node, int32_t& slot);
  void note_top_key(KeyTable::Step::What what);
  bool value(uint32_t node, int32_t slot);
  bool open(char c, uint32_t node, int32_t slot);
  bool scalar(int32_t slot);
  bool end_of_line();
  void skip_blanks() {
    while (text_[at_] == ' ') ++at_;
  }

  const ingest::PathSet& paths_;
  KeyTable keys_;
  std::vector<Value> values_;   // by slot
  std::vector<uint64_t> seen_;  // by slot: the line that values_ speaks of
  std::vector<uint32_t> found_;
  uint64_t line_ = 0;

  const char* text_ = nullptr;
  const char* text_end_ = nullptr;
  const uint32_t* mark_ = nullptr;
  size_t at_ = 0;
  Frame frame_;
  std::array<Frame, kDeepest> outer_;
  size_t depth_ = 0;
  bool opened_ = false;
  bool has_event_ = false;
  bool wrapper_ = false;  // the last key at the top may be that of a wrapper's records
  uint32_t top_keys_ = 0;
  uint32_t envelope_keys_ = 0;
};

}  // namespace hecate::stream
