#include "ingest/splitter.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "ingest/event_text.h"
#include "ingest/json_lexemes.h"
#include "ingest/json_wrapper.h"

namespace hecate::ingest {
namespace {

// Runs of blanks are passed over in pieces of this size; markup around events is no longer than it.
constexpr size_t kPiece = size_t{64} << 10;
// How much may be read twice because objects over several lines were begun and not ended. Hostile input
// that nests such beginnings is cut by lines alone after that.
constexpr uint64_t kMostRescanned = uint64_t{64} << 20;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view without_blanks_behind(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

Unit Splitter::next() {
  window_.consume(release_);
  release_ = 0;
  for (;;) {
    if (skip_ != Skip::None) skip_inside();
    if (!find_begin()) return end();
    if (skim()) continue;
    if (auto unit = dispatch()) return *unit;
  }
}

/// Passes over lines that were looked at already, where a record begins with its line and nothing is known of it.
bool Splitter::skim() {
  if (!window_.can_skim() || mid_line_ || indent_ > 0 || in_array_) return false;
  if (lost_ != Fault::None || over_lines_ || window_.offset() < objects_until_) return false;
  const uint64_t records = window_.skim(before_ + skimmed_);
  skimmed_ += records;
  return records > 0;
}

Unit Splitter::end() {
  if (!in_array_) return {Unit::Kind::End, {}, window_.offset(), Fault::None};
  in_array_ = in_wrapper_ = false;
  return {Unit::Kind::Bad, {}, window_.offset(), Fault::Json};
}

void Splitter::reject(Fault fault) {
  const std::string_view line = window_.view().substr(0, release_);
  release_ = 0;
  classify(line, fault);
}

/// What a line that begins with `{` and is not one object may be.
void Splitter::classify(std::string_view line, Fault fault) {
  lost_ = fault;
  if (fault != Fault::Json) return;
  size_t objects = 0;
  for (size_t at = 0;;) {
    while (at < line.size() && is_blank(line[at])) ++at;
    if (at == line.size()) {
      if (objects < 2) return;
      objects_until_ = window_.offset() + at;
      break;
    }
    if (line[at] != '{') return;
    JsonScanner scanner;
    const auto state = scanner.scan(line.substr(at));
    if (state == JsonScanner::State::Failed || scanner.in_string()) return;
    if (state == JsonScanner::State::More) {
      over_lines_ = at == 0;
      objects_until_ = window_.offset() + at;
      break;
    }
    at += scanner.at();
    ++objects;
  }
  lost_ = Fault::None;
}

std::optional<Unit> Splitter::dispatch() {
  const char c = window_[indent_];
  if (in_array_) {
    window_.consume(indent_);
    return array_element(c);
  }
  if (c == '{') {
    window_.consume(indent_);
    if (enter_wrapper()) return std::nullopt;
    return json();
  }
  if (c == '[' && opens_array()) {
    window_.consume(indent_ + 1);
    in_array_ = mid_line_ = true;
    in_wrapper_ = false;
    return std::nullopt;
  }
  const Tag tag = c == '<' ? tag_at(indent_) : Tag::None;
  if (tag != Tag::None) {
    window_.consume(indent_);
    return markup(tag);
  }
  if (mid_line_) return lost_line(junk_);
  return text_line();
}

Unit Splitter::json() {
  junk_ = Fault::Json;
  if (window_.offset() < objects_until_) return json_object(Skip::None);
  Unit unit;
  if (lost_ == Fault::None && !over_lines_) {
    unit = json_line();
    if (unit.kind != Unit::Kind::End) return unit;
  }
  if (lost_ != Fault::None) {
    const Fault fault = lost_;
    lost_ = Fault::None;
    return lost_line(fault);
  }
  if (!over_lines_) return json_object(Skip::None);
  over_lines_ = false;
  return rescanned_ > kMostRescanned ? lost_line(Fault::Json) : json_object(Skip::Json);
}

/// A whole line; or End where the line cannot be one object, which is then classified.
Unit Splitter::json_line() {
  size_t size = 0;
  if (find_line(size) == Line::TooLong) {
    // Many objects may stand on one endless line.
    return json_object(Skip::None);
  }
  const std::string_view line = without_blanks_behind(window_.view().substr(0, size));
  if (line.back() == '}') return take(Unit::Kind::JsonLine, line.size());
  classify(line, Fault::Json);
  return {};
}

Unit Splitter::json_object(Skip when_broken) {
  size_t size = 0;
  switch (scan_object(size)) {
    case Scan::Whole: return take(Unit::Kind::Json, size);
    case Scan::TooLong: return lost_line(Fault::Oversized, when_broken);
    case Scan::Broken: break;
  }
  rescanned_ += size;
  return lost_line(Fault::Json, when_broken);
}

std::optional<Unit> Splitter::array_element(char c) {
  junk_ = Fault::Json;
  // A wrapper at the beginning of a line is no element: the one before it broke off.
  if (c == '{' && in_wrapper_ && !mid_line_ && enter_wrapper()) return std::nullopt;
  if (c == '{') return array_object();
  if (c == ',' || c == ']') {
    in_array_ = c == ',';
    mid_line_ = true;
    window_.consume(1);
    return c == ']' && in_wrapper_ ? leave_wrapper() : std::nullopt;
  }
  array_indent_ = indent_;
  return lost_line(Fault::Json, Skip::Array);
}

bool Splitter::enter_wrapper() {
  const WrapperOpening opening = wrapper_opening(window_);
  if (opening.size == 0) return false;
  window_.consume(opening.size);
  wrapper_depth_ = opening.depth;
  in_array_ = in_wrapper_ = mid_line_ = true;
  return true;
}

/// Passes over what a wrapper holds behind its records: to the scanner, members behind a first one.
std::optional<Unit> Splitter::leave_wrapper() {
  constexpr std::string_view kFirstMembers = R"({"":{"":0)";
  in_wrapper_ = false;
  const uint64_t begin = window_.offset();
  scanner_ = JsonScanner();
  scanned_ = scanner_.scan(kFirstMembers.substr(wrapper_depth_ == 1 ? 4 : 0));
  scan_on();
  if (scanned_ == JsonScanner::State::Done) return std::nullopt;
  Unit lost = lost_line(Fault::Json);
  lost.offset = begin;
  return lost;
}

Unit Splitter::array_object() {
  array_indent_ = mid_line_ ? 0 : indent_;
  size_t size = 0;
  switch (scan_object(size)) {
    case Scan::Whole: return take(Unit::Kind::Json, size);
    case Scan::TooLong: {
      const Unit unit{Unit::Kind::Bad, {}, window_.offset(), Fault::Oversized};
      discard_object();
      return unit;
    }
    case Scan::Broken: break;
  }
  if (size == window_.size()) in_array_ = false;  // the file ends within it: one loss, not two
  return lost_line(Fault::Json, Skip::Array);
}

std::optional<Unit> Splitter::markup(Tag tag) {
  junk_ = Fault::Xml;
  size_t at = 0;
  std::string_view close;
  switch (tag) {
    case Tag::None:
    case Tag::Doctype: return lost_line(Fault::Xml);
    case Tag::Event: return xml_event();
    case Tag::Declaration: close = "?>"; break;
    case Tag::Wrapper: close = ">"; break;
    case Tag::Comment: close = "-->"; break;
  }
  if (!find(close, 1, kPiece, at)) return lost_line(Fault::Xml);
  window_.consume(at + close.size());
  mid_line_ = true;
  return std::nullopt;
}

Unit Splitter::xml_event() {
  size_t size = 0;
  switch (scan_event(size)) {
    case Scan::Whole: return take(Unit::Kind::Xml, size);
    case Scan::TooLong: return lost_line(Fault::Oversized, Skip::Xml);
    case Scan::Broken: break;
  }
  return lost_line(Fault::Xml, Skip::Xml);
}

Unit Splitter::text_line() {
  if (const size_t event = event_text_size(window_, largest_); event > 0) return event_text(event);
  size_t size = 0;
  if (find_line(size) == Line::TooLong) return lost_line(Fault::Oversized);
  Unit unit = take(Unit::Kind::Text, size);
  if (unit.text.ends_with('\r')) unit.text.remove_suffix(1);
  return unit;
}

/// The lines of one event, as one text.
Unit Splitter::event_text(size_t size) {
  if (size > largest_) return lost_line(Fault::Oversized);
  Unit unit = take(Unit::Kind::Text, size);
  while (!unit.text.empty() && (is_blank(unit.text.back()) || unit.text.back() == '\n')) unit.text.remove_suffix(1);
  return unit;
}

Unit Splitter::lost_line(Fault fault, Skip then) {
  const Unit unit{Unit::Kind::Bad, {}, window_.offset(), fault};
  skip_line();
  skip_ = then;
  return unit;
}

Unit Splitter::take(Unit::Kind kind, size_t size) {
  release_ = size;
  mid_line_ = true;
  return {kind, window_.view().substr(0, size), window_.offset(), Fault::None};
}

/// Passes over blank lines. Leaves the window at the beginning of a line (so that text keeps its
/// indentation) or behind the last unit; false at the end of the input.
bool Splitter::find_begin() {
  size_t at = 0;
  while (window_.has(at)) {
    const char c = window_[at];
    if (c == '\n') {
      window_.consume(at + 1);
      mid_line_ = false;
      at = 0;
      continue;
    }
    if (!is_blank(c)) {
      indent_ = at;
      return true;
    }
    if (++at == kPiece) {
      window_.consume(at);
      at = 0;
    }
  }
  window_.consume(window_.size());
  return false;
}

/// Passes over lines that can only be the inside of the record that was lost.
void Splitter::skip_inside() {
  while (window_.has(0)) {
    size_t indent = 0;
    while (indent < kPiece && window_.has(indent) && is_blank(window_[indent])) ++indent;
    if (window_.has(indent) && window_[indent] != '\n' && !is_inside(indent)) break;
    skip_line();
  }
  skip_ = Skip::None;
}

bool Splitter::is_inside(size_t indent) {
  const char c = window_[indent];
  switch (skip_) {
    case Skip::None: return false;
    case Skip::Json: return indent > 0 || c == '"' || c == '}' || c == ']';
    case Skip::Array: return indent > array_indent_ || (c != '{' && c != ']');
    case Skip::Xml: break;
  }
  if (c != '<' || !window_.has(indent + 1) || tag_at(indent) != Tag::None) return false;
  const char name = window_[indent + 1];
  return is_ascii_alpha(name) || name == '/';
}

void Splitter::skip_line() {
  do {
    const std::string_view view = window_.view();
    const size_t end = view.find('\n');
    if (end != std::string_view::npos) {
      window_.consume(end + 1);
      mid_line_ = false;
      return;
    }
    window_.consume(view.size());
  } while (window_.more());
}

Splitter::Line Splitter::find_line(size_t& size) {
  size_t at = line_known_ > window_.offset() ? line_known_ - window_.offset() : 0;
  for (;;) {
    const std::string_view view = window_.view();
    const size_t end = std::min(view.find('\n', at), view.size());
    line_known_ = window_.offset() + end;
    if (end > largest_) return Line::TooLong;
    at = end;
    if (end < view.size() || !window_.more()) {
      size = end;
      return Line::Complete;
    }
  }
}

Splitter::Scan Splitter::scan_object(size_t& size) {
  scanner_ = JsonScanner();
  for (;;) {
    scanned_ = scanner_.scan(window_.view());
    size = scanner_.at();
    if (scanned_ == JsonScanner::State::Failed) return Scan::Broken;
    if (size > largest_) return Scan::TooLong;
    if (scanned_ == JsonScanner::State::Done) return Scan::Whole;
    if (!window_.more()) return Scan::Broken;
  }
}

/// Finds the end of an object that is too long, without holding it.
void Splitter::discard_object() {
  window_.consume(scanner_.at());
  scan_on();
  mid_line_ = true;
  if (scanned_ != JsonScanner::State::Done) {
    skip_line();
    skip_ = Skip::Array;
  }
}

/// Lets the scanner go on from the window's front until it is done, without holding what it passes.
void Splitter::scan_on() {
  while (scanned_ == JsonScanner::State::More) {
    scanner_.forget();
    scanned_ = scanner_.scan(window_.view());
    window_.consume(scanner_.at());
    if (scanned_ == JsonScanner::State::More && !window_.more()) return;
  }
}

/// An event ends at its own end tag; user data may hold further elements of that name, but no event begins
/// on a line of its own that is not indented deeper than the first.
Splitter::Scan Splitter::scan_event(size_t& size) {
  constexpr size_t kDeepest = 16;
  constexpr std::string_view kEnd = "</Event>";
  constexpr std::string_view kData = "<![CDATA[";
  size_t depth = starts_with(0, "<Event/>") ? 0 : 1;
  size = std::string_view("<Event/>").size();
  for (size_t at = 1; depth > 0;) {
    if (!find("<", at, largest_, at)) return window_.size() > largest_ ? Scan::TooLong : Scan::Broken;
    // Most tags are told by one look at their second character.
    const char second = window_.has(at + 1) ? window_[at + 1] : '\0';
    if (second != '/' && second != 'E' && second != '!') {
      ++at;
      continue;
    }
    if (starts_with(at, kEnd)) {
      --depth;
      size = at + kEnd.size();
    } else if (starts_with(at, kData)) {
      if (!find("]]>", at, largest_, at)) return window_.size() > largest_ ? Scan::TooLong : Scan::Broken;
    } else if (tag_at(at) == Tag::Event && (begins_line(at) || ++depth > kDeepest)) {
      return Scan::Broken;
    }
    ++at;
  }
  return size > largest_ ? Scan::TooLong : Scan::Whole;
}

bool Splitter::begins_line(size_t at) const {
  size_t indent = 0;
  while (at > 0 && indent <= indent_ && is_blank(window_[at - 1])) {
    --at;
    ++indent;
  }
  return indent <= indent_ && at > 0 && window_[at - 1] == '\n';
}

/// `[{"`, `[{}` or an empty array; `[{main} …` and `[2022-…` are text.
bool Splitter::opens_array() {
  size_t at = skip_blanks(indent_ + 1);
  if (!window_.has(at)) return false;
  if (window_[at] == ']') {
    at += 1;
    while (window_.has(at) && at < kPiece && is_blank(window_[at])) ++at;
    return !window_.has(at) || window_[at] == '\n';
  }
  if (window_[at] != '{') return false;
  at = skip_blanks(at + 1);
  return window_.has(at) && (window_[at] == '"' || window_[at] == '}');
}

Splitter::Tag Splitter::tag_at(size_t at) {
  const auto named = [&](std::string_view tag) {
    if (!starts_with(at, tag)) return false;
    const size_t behind = at + tag.size();
    if (!window_.has(behind)) return true;
    const char c = window_[behind];
    return c == '>' || c == '/' || c == '\n' || is_blank(c);
  };
  if (named("<Event")) return Tag::Event;
  if (named("<Events") || named("</Events")) return Tag::Wrapper;
  if (named("<?xml")) return Tag::Declaration;
  if (starts_with(at, "<!--")) return Tag::Comment;
  if (starts_with(at, "<!DOCTYPE")) return Tag::Doctype;
  return Tag::None;
}

size_t Splitter::skip_blanks(size_t at) {
  while (at < kPiece && window_.has(at) && is_json_blank(window_[at])) ++at;
  return at;
}

bool Splitter::starts_with(size_t at, std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (!window_.has(at + i) || window_[at + i] != text[i]) return false;
  }
  return true;
}

/// Looks for a text that begins at `from` or behind and no further than `most`.
bool Splitter::find(std::string_view what, size_t from, size_t most, size_t& at) {
  for (;;) {
    const std::string_view view = window_.view();
    const size_t found = view.find(what, from);
    if (found != std::string_view::npos) {
      at = found;
      return found <= most;
    }
    if (view.size() > most) return false;
    from = std::max(from, view.size() < what.size() ? 0 : view.size() - what.size() + 1);
    if (!window_.more()) return false;
  }
}

}  // namespace hecate::ingest
