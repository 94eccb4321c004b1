#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "ingest/fault.h"
#include "ingest/json_scanner.h"
#include "ingest/window.h"

namespace hecate::ingest {

/// A piece of a file that is one record, or one that is lost.
struct Unit {
  enum class Kind : uint8_t {
    End,       // no more
    JsonLine,  // a line that begins with `{` and ends with `}`: nearly always one object, else reject() it
    Json,      // one object found by its braces
    Xml,       // one <Event>…</Event>
    Text,      // any other line, without its line break; an event in text over several lines (event_text.h)
    Row,       // of a table (delimited.h)
    Bad,
  };
  Kind kind = Kind::End;
  std::string_view text;  // empty for Bad; valid until the next call
  uint64_t offset = 0;
  Fault fault = Fault::None;
};

/// Cuts a stream of any of the formats into records, told by how each begins: `{` JSON, `[{` an array of
/// objects, `<Event` XML, anything else a line of text. Of a wrapper of records (json_wrapper.h) each element of its
/// array is a record; its other members are left out.
///
/// A line is tried as a line first. A line that begins an object and does not parse may be a broken line, the
/// beginning of an object over many lines, or several objects; the grammar decides (see JsonScanner). Where an
/// object over several lines breaks, its first line is lost, and with it the lines below that can only have been
/// its inside: those that begin with a blank, a quote or a closing bracket.
class Splitter {
 public:
  Splitter(Window& window, size_t largest) : window_(window), largest_(largest) {}

  Unit next();
  /// How many records of the file stand before what next() is about to give.
  void count_from(uint64_t records) { before_ = records; }
  /// The JsonLine just given is not one object, for this reason.
  void reject(Fault fault);
  /// The records before the unit just given that were passed over since nobody needs to see them (skim.h).
  [[nodiscard]] uint64_t take_skimmed() { return std::exchange(skimmed_, 0); }

 private:
  enum class Line : uint8_t { Complete, TooLong };
  enum class Skip : uint8_t { None, Json, Array, Xml };
  enum class Tag : uint8_t { None, Event, Wrapper, Declaration, Comment, Doctype };
  enum class Scan : uint8_t { Whole, Broken, TooLong };

  // Each returns nothing where the bytes were no record and the next may be looked at.
  std::optional<Unit> dispatch();
  std::optional<Unit> array_element(char c);
  std::optional<Unit> markup(Tag tag);
  bool enter_wrapper();
  std::optional<Unit> leave_wrapper();

  Unit json();
  Unit json_line();
  Unit json_object(Skip when_broken);
  Unit array_object();
  Unit xml_event();
  Unit text_line();
  Unit event_text(size_t size);
  Unit lost_line(Fault fault, Skip then = Skip::None);
  Unit take(Unit::Kind kind, size_t size);
  Unit end();

  void classify(std::string_view line, Fault fault);
  bool find_begin();
  bool skim();
  void skip_inside();
  [[nodiscard]] bool is_inside(size_t indent);
  void skip_line();
  Line find_line(size_t& size);
  Scan scan_object(size_t& size);
  void discard_object();
  void scan_on();
  Scan scan_event(size_t& size);
  [[nodiscard]] bool begins_line(size_t at) const;
  bool opens_array();
  Tag tag_at(size_t at);
  size_t skip_blanks(size_t at);
  bool starts_with(size_t at, std::string_view text);
  bool find(std::string_view what, size_t from, size_t most, size_t& at);

  Window& window_;
  size_t largest_;
  uint64_t before_ = 0;
  uint64_t skimmed_ = 0;
  size_t release_ = 0;  // the size of the unit that was given out last
  size_t indent_ = 0;   // the blanks before the first character that is none
  bool mid_line_ = false;
  bool in_array_ = false;
  bool in_wrapper_ = false;  // the array is a wrapper's
  size_t wrapper_depth_ = 1;
  Fault junk_ = Fault::Json;  // what text behind a unit on the same line is counted as
  Skip skip_ = Skip::None;
  size_t array_indent_ = 0;
  // What is known of the line that was classified last:
  bool over_lines_ = false;
  Fault lost_ = Fault::None;
  uint64_t objects_until_ = 0;  // up to this offset all is complete objects
  uint64_t line_known_ = 0;     // no line break stands before this offset
  uint64_t rescanned_ = 0;
  JsonScanner scanner_;
  JsonScanner::State scanned_ = JsonScanner::State::More;
};

}  // namespace hecate::ingest
