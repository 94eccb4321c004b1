#include "exec/stream/lane_walk.h"

#include "base/text.h"
#include "ingest/embedded_text.h"
#include "ingest/json_lexemes.h"
#include "ingest/path_walk.h"

// The walk is one loop whose state stays in registers: on lines of 2 KB calls cost as much as the work.
#define HECATE_INLINE [[gnu::always_inline]] inline

namespace hecate::stream {

/// Where the walk stands. A quote that is not inside a string follows a brace, a bracket, a comma, a colon or a blank
/// and never a backslash: it is the next mark.
struct LineWalk::Cursor {
  const char* text;
  size_t readable;       // where KeyTable::kReadable bytes and a word can still be read
  const uint32_t* mark;  // the first behind `at`
  size_t at;
  size_t found;
  uint32_t place;
  uint8_t signs;

  [[nodiscard]] char c() const { return text[at]; }
  void skip_blanks() {
    while (text[at] == ' ') ++at;
  }
};

namespace {

constexpr size_t kWord = 8;

/// How many of the bytes, up to 8, are digits.
HECATE_INLINE size_t leading_digits(const char* text) {
  if constexpr (std::endian::native != std::endian::little) {
    size_t count = 0;
    while (count < kWord && is_ascii_digit(text[count])) ++count;
    return count;
  }
  const uint64_t word = lane::load_word(text) ^ 0x3030303030303030U;
  const uint64_t others = (word | ((word & 0x7F7F7F7F7F7F7F7FU) + 0x7676767676767676U)) & 0x8080808080808080U;
  return others == 0 ? kWord : static_cast<size_t>(std::countr_zero(others)) / 8;
}

}  // namespace

bool LineWalk::walk(std::string_view text, const LineIndex& index, size_t begin, size_t& mark) {
  Cursor cursor{text.data(),
                text.size() < KeyTable::kReadable ? 0 : text.size() - KeyTable::kReadable,
                index.marks.get() + mark,
                begin + 1,
                0,
                keys_.begin(),
                0};
  const bool whole = object(cursor);
  while (cursor.text[*cursor.mark] != '\n') ++cursor.mark;
  mark = static_cast<size_t>(cursor.mark - index.marks.get()) + 1;
  found_ = cursor.found;
  signs_ = cursor.signs;
  return whole;
}

bool LineWalk::object(Cursor& shared) {
  Cursor cursor = shared;
  const bool whole = [&]() __attribute__((always_inline)) {
    Frame frame{0, -1, true};
    size_t depth = 0;
    cursor.skip_blanks();
    bool empty = cursor.c() == '}';
    for (;;) {
      if (cursor.found == kMostFound) return false;
      if (!empty) {
        uint32_t child = frame.node;
        int32_t slot = frame.slot;
        if (frame.object && frame.node != KeyTable::kNothing) expected_texts(cursor, frame);
        if (frame.object && !member(cursor, frame, child, slot)) return false;
        const char c = cursor.c();
        if (c == '"') {
          const size_t end = cursor.mark[1];
          if (cursor.text[end] != '"') return false;
          // JSON or XML inside a text, of which something is wanted.
          if (child != KeyTable::kNothing && ingest::EmbeddedText::begins_written(cursor.text[cursor.at + 1]))
            return false;
          put(cursor, slot, Kind::String, cursor.at + 1, end);
          cursor.mark += 2;
          cursor.at = end + 1;
        } else if (c == '{' || c == '[') {
          if (depth == kDeepest) return false;
          put(cursor, slot, Kind::Container, 0, 0);
          outer_[depth++] = frame;
          if (!enter(c, child, frame)) return false;
          ++cursor.at;
          cursor.skip_blanks();
          empty = cursor.c() == (frame.object ? '}' : ']');
          continue;
        } else if (!scalar(cursor, slot)) {
          return false;
        }
        if (!frame.object) join_elements(cursor, slot);
      }
      empty = false;
      while (cursor.c() != ',') {
        cursor.skip_blanks();
        if (cursor.c() == ',') break;
        if (cursor.c() != (frame.object ? '}' : ']')) return false;
        ++cursor.at;
        if (depth == 0) {
          while (cursor.c() == ' ' || cursor.c() == '\r') ++cursor.at;
          return cursor.c() == '\n';
        }
        frame = outer_[--depth];
      }
      ++cursor.at;
      cursor.skip_blanks();
    }
  }();
  shared = cursor;
  return whole;
}

/// Passes over members that are as in the event before: the expected key, and a text that is followed by another
/// member, without blanks. Stops at the beginning of one that is not.
HECATE_INLINE void LineWalk::expected_texts(Cursor& cursor, const Frame& frame) {
  while (cursor.at < cursor.readable && cursor.found + 1 < kMostFound) {  // there is room for one more behind it
    uint32_t place = cursor.place;
    const KeyTable::Key& key = keys_.expected(place);
    if (key.node != frame.node || !key.plain || !key.stands_at(cursor.text + cursor.at)) return;
    const size_t begin = cursor.at + key.size;
    const size_t end = cursor.mark[3];
    if (cursor.text[begin] != '"' || end >= cursor.readable) return;
    if (std::memcmp(cursor.text + end, R"(",")", 3) != 0) return;
    put(cursor, key.slot, Kind::String, begin + 1, end);
    cursor.signs |= key.signs;
    cursor.place = place;
    cursor.mark += 4;
    cursor.at = end + 2;
  }
}

/// Moves from a member's beginning to its value.
HECATE_INLINE bool LineWalk::member(Cursor& cursor, const Frame& frame, uint32_t& child, int32_t& slot) {
  if (frame.node != KeyTable::kNothing && cursor.at < cursor.readable) {
    const char* text = cursor.text + cursor.at;
    uint32_t place = cursor.place;
    const KeyTable::Key* key = &keys_.expected(place);
    if (key->node != frame.node || !key->stands_at(text)) {
      place = cursor.place;
      key = keys_.other(frame.node, text, place);
    }
    if (key != nullptr) {
      cursor.place = place;
      cursor.at += key->size;
      cursor.mark += 2;
      cursor.signs |= key->signs;
      child = key->child;
      slot = key->slot;
      cursor.skip_blanks();
      if ((key->signs & (KeyTable::kUnclear | KeyTable::kWrapper)) == 0) return true;
      return (key->signs & KeyTable::kUnclear) == 0 && cursor.c() != '[';
    }
  }
  Cursor copy = cursor;  // so that the cursor itself stays in registers
  const bool good = key(copy, frame, child, slot);
  cursor = copy;
  return good;
}

[[gnu::noinline]] bool LineWalk::key(Cursor& cursor, const Frame& frame, uint32_t& child, int32_t& slot) {
  const size_t begin = cursor.at;
  const size_t end = cursor.mark[1];
  if (cursor.c() != '"' || cursor.text[end] != '"') return false;
  cursor.mark += 2;
  cursor.at = end + 1;
  uint8_t signs = 0;
  child = KeyTable::kNothing;
  slot = -1;
  if (frame.node != KeyTable::kNothing) {
    const KeyTable::Key& found =
        keys_.look_up(paths_, frame.node, {cursor.text + begin + 1, end - begin - 1}, cursor.place);
    child = found.child;
    slot = found.slot;
    signs = found.signs;
  }
  cursor.signs |= signs;
  cursor.skip_blanks();
  if (cursor.c() != ':') return false;
  ++cursor.at;
  cursor.skip_blanks();
  if ((signs & KeyTable::kUnclear) != 0) return false;
  return (signs & KeyTable::kWrapper) == 0 || cursor.c() != '[';
}

/// False where several wanted paths lead to the elements.
[[gnu::noinline]] bool LineWalk::enter(char c, uint32_t node, Frame& frame) const {
  frame = {node, -1, c == '{'};
  if (c == '{' || node == KeyTable::kNothing) return true;
  const uint32_t elements = paths_.child(node, ingest::kElements);
  const bool wanted = elements != 0;
  if (wanted && !paths_.nodes()[elements].more_slots.empty()) return false;
  frame.slot = wanted ? paths_.nodes()[elements].slot : -1;
  frame.node = wanted && !paths_.nodes()[elements].children.empty() ? elements : KeyTable::kNothing;
  return true;
}

HECATE_INLINE bool LineWalk::scalar(Cursor& cursor, int32_t slot) {
  const size_t begin = cursor.at;
  if (begin < cursor.readable) {
    // Most are short numbers without sign and fraction.
    const size_t digits = leading_digits(cursor.text + begin);
    const char next = cursor.text[begin + digits];
    if (digits > 0 && digits < kWord && (next == ',' || next == '}') && (cursor.c() != '0' || digits == 1)) {
      cursor.at += digits;
      put(cursor, slot, Kind::Scalar, begin, cursor.at);
      return true;
    }
  }
  const char* text = cursor.text;
  size_t at = begin;
  while (text[at] != ',' && text[at] != '}' && text[at] != ']' && text[at] > ' ') ++at;
  cursor.at = at;
  const std::string_view written(text + begin, at - begin);
  if (written != "null" && written != "true" && written != "false" && !ingest::valid_json_number(written)) return false;
  put(cursor, slot, written == "null" ? Kind::Null : Kind::Scalar, begin, at);
  return true;
}

/// Without a branch, which values are wanted being hard to foresee: one that is not is overwritten by the next.
HECATE_INLINE void LineWalk::put(Cursor& cursor, int32_t slot, Kind kind, size_t begin, size_t end) {
  const size_t at = cursor.found;
  codes_[at] = code(static_cast<uint32_t>(slot), kind);
  values_[at] = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  cursor.found += slot >= 0 ? 1 : 0;
}

bool LineWalk::add(size_t slot, Kind kind, Value value) {
  if (found_ == kMostFound) return false;
  codes_[found_] = code(slot, kind);
  values_[found_++] = value;
  return true;
}

/// Several wanted elements of one array are Many, however many.
void LineWalk::join_elements(Cursor& cursor, int32_t slot) {
  if (slot < 0 || cursor.found < 2) return;
  const auto wanted = static_cast<size_t>(slot);
  if (slot_of(codes_[cursor.found - 1]) != wanted || slot_of(codes_[cursor.found - 2]) != wanted) return;
  --cursor.found;
  codes_[cursor.found - 1] = code(wanted, Kind::Many);
}

}  // namespace hecate::stream
