#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exec/stream/lane_walk.h"
#include "exec/stream/token.h"

namespace hecate::stream {

/// What lines have in common whose wanted values are of the same slots and kinds, in the same order.
struct Layout {
  struct Place {
    size_t at = SIZE_MAX;  // in LineWalk::codes(); SIZE_MAX: there is no value
    LineWalk::Kind kind = LineWalk::Kind::Null;
    [[nodiscard]] bool found() const { return at != SIZE_MAX; }
  };

  /// Where a group's field stands.
  struct Field {
    uint32_t at = 0;  // in LineWalk::codes(), where the form is Plain
    Token::Form form = Token::Form::Absent;
    bool string = false;  // may be written with escapes
  };
  /// What lines of one kind are read like.
  struct Reading {
    uint32_t kind = 0;
    std::vector<Field> fields;    // by field of the group
    std::vector<uint32_t> times;  // where the event's time may stand, in order of preference
    bool many_times = false;      // behind these there are several of one slot
    // Where the kind's events may be sighted:
    std::vector<Field> all;    // by Program::raw_fields()
    std::vector<Field> hosts;  // where the host may stand, in order of preference
  };

  std::vector<LineWalk::Code> codes;
  std::vector<uint32_t> told;  // places of the values that may tell what kind an event is, by slot
  bool unclear = false;        // there are several of one slot
  std::string places;          // slots and kinds of these values, for KindMemo

  // Of KindMemo::Alike:
  uint64_t generation = 0;
  uint32_t alike = 0;
  std::vector<uint32_t> asked;  // by slot there: where its value stands

  std::vector<Reading> readings;

  /// When there are more all are forgotten.
  static constexpr size_t kMostReadings = 64;

  /// Where the slot's value stands; of several the first, as Many.
  [[nodiscard]] Place find(size_t slot) const;
  /// The first of a field's slots that has a value.
  [[nodiscard]] Field field(std::span<const uint32_t> slots) const;
};

/// The layouts that were seen. Bounded: when there are too many all are forgotten.
class Layouts {
 public:
  static constexpr size_t kMost = size_t{1} << 12;

  /// Null where the layout is new.
  [[nodiscard]] Layout* find(std::span<const LineWalk::Code> codes) const;
  /// A new one, which is then to be filled in. Not when there are kMost.
  Layout& add(std::span<const LineWalk::Code> codes);
  [[nodiscard]] size_t size() const { return layouts_.size(); }
  void clear();

 private:
  static constexpr size_t kBuckets = 2 * kMost;
  struct Bucket {
    uint64_t hash = 0;
    Layout* layout = nullptr;
  };
  static uint64_t hash_of(std::span<const LineWalk::Code> codes);

  std::vector<Bucket> buckets_;
  std::vector<std::unique_ptr<Layout>> layouts_;
};

}  // namespace hecate::stream
