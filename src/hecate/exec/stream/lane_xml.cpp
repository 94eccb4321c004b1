#include "exec/stream/lane_xml.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "base/utf8.h"

namespace hecate::stream {
namespace {

bool is_name_char(char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || c == '.'; }

/// Of eight bytes, those that may be below the blank or equal `end`, `<` or `&`: a superset, that is exact for the
/// first (Bit Twiddling Hacks: haszero, hasless).
uint64_t special(uint64_t word, uint64_t end) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  constexpr uint64_t kHigh = kOnes * 0x80;
  const auto zero = [&](uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
  const uint64_t below = (word - kOnes * 0x20) & ~word;
  return (below | zero(word ^ end * kOnes) | zero(word ^ kOnes * '<') | zero(word ^ kOnes * '&')) & kHigh;
}

bool is_special(char c, char end) { return static_cast<unsigned char>(c) < 0x20 || c == end || c == '<' || c == '&'; }

/// Of `&#10;` and `&#x0a;` what stands before the semicolon: nothing where it is no character of XML.
bool number_of(std::string_view digits, uint32_t& code) {
  int base = 10;
  if (digits.starts_with('x')) {
    base = 16;
    digits.remove_prefix(1);
  }
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, code, base);
  return error == std::errc() && at == end && code != 0 && (code < 0xD800 || (code > 0xDFFF && code < 0xFFFE));
}

}  // namespace

bool XmlWalk::walk(std::string_view text, size_t begin) {
  text_ = text.data();
  text_end_ = text.data() + text.size();
  at_ = begin;
  decoded_.clear();
  out_.begin_line();
  if (!known_event() && !new_event(begin)) return false;
  return end_of_line();
}

/// An event with the markup of an earlier one.
bool XmlWalk::known_event() {
  for (uint32_t node = known_.first(); node != MarkupTrie::kNone; node = known_.below(node)) {
    node = known_.find(node, text_ + at_, text_end_);
    if (node == MarkupTrie::kNone) return false;
    const MarkupTrie::Step step = known_.step(node);
    at_ += step.markup.size();
    if (step.end == MarkupTrie::kWhole) return true;
    if (step.end == MarkupTrie::kEmpty) {
      (void)put(step.slot, {});
      continue;
    }
    Piece piece;
    if (!scan(piece, step.end) || text_[at_] != step.end) return false;
    if (!(step.end == '<' ? put_text(step.slot, piece, step.when_blank) : put(step.slot, piece))) return false;
  }
  return false;
}

bool XmlWalk::new_event(size_t begin) {
  at_ = begin;
  depth_ = 0;
  noted_.clear();
  decoded_.clear();
  out_.begin_line();
  if (!event()) return false;
  remember(begin);
  return true;
}

void XmlWalk::remember(size_t begin) {
  steps_.clear();
  for (const Noted& value : noted_) {
    steps_.push_back({{text_ + begin, value.piece.begin - begin}, value.slot, value.end, value.when_blank});
    begin = value.piece.end;
  }
  steps_.push_back({{text_ + begin, at_ - begin}, -1, MarkupTrie::kWhole, false});
  known_.insert(steps_);
}

bool XmlWalk::event() {
  do {
    // Only the outermost element is an Event; others of its name tell the reader where events end.
    if (text_[at_] != '<') return false;
    const bool end = text_[at_ + 1] == '/';
    if (!(end ? close() : open())) return false;
  } while (depth_ > 0);
  return true;
}

bool XmlWalk::open() {
  ++at_;
  Element element;
  element.name = name();
  if ((element.name == "Event") != (depth_ == 0) || element.name.empty() || depth_ == kDeepest || !attributes())
    return false;
  if (depth_ > 0) {
    Element& parent = elements_[depth_ - 1];
    if (!blank(parent.text)) return false;
    parent.has_values = parent.has_elements = true;
  }
  std::string_view key = element.name;
  if (key == "Data") {
    for (size_t i = 0; i < attribute_count_; ++i) {
      if (attributes_[i].name != "Name") continue;
      if (attributes_[i].value.entities) return false;
      key = bytes(attributes_[i].value);
    }
  }
  if (!enter(key, element) || !put_attributes(element)) return false;
  if (text_[at_] == '/') {
    if (text_[at_ + 1] != '>') return false;
    at_ += 2;
    if (!element.has_values) {
      noted_.push_back({{at_, at_}, element.slot, MarkupTrie::kEmpty, true});
      (void)put(element.slot, {});
    }
    return depth_ > 0 && end_element();
  }
  if (text_[at_] != '>') return false;
  ++at_;
  elements_[depth_++] = element;
  return content();
}

/// Looks up what is wanted at and below an element.
bool XmlWalk::enter(std::string_view key, Element& element) {
  const uint32_t node = depth_ == 0 ? 0 : elements_[depth_ - 1].node;
  if (node == KeyTable::kNothing) return true;
  const KeyTable::Key& found = keys_.look_up(paths_, node, key);
  element.node = found.child;
  element.slot = found.slot;
  return (found.signs & KeyTable::kUnclear) == 0;
}

bool XmlWalk::attributes() {
  attribute_count_ = 0;
  for (;;) {
    const size_t before = at_;
    while (text_[at_] == ' ') ++at_;
    if (text_[at_] == '>' || text_[at_] == '/') return true;
    if (at_ == before || !add_attribute()) return false;
  }
}

bool XmlWalk::add_attribute() {
  if (attribute_count_ == kMostAttributes) return false;
  Attribute& attribute = attributes_[attribute_count_++];
  attribute.name = name();
  if (attribute.name.empty() || text_[at_] != '=') return false;
  const char quote = text_[at_ + 1];
  if (quote != '"' && quote != '\'') return false;
  at_ += 2;
  if (!scan(attribute.value, quote) || text_[at_] != quote) return false;
  ++at_;
  return true;
}

bool XmlWalk::put_attributes(Element& element) {
  const bool named = element.name == "Data";
  for (size_t i = 0; i < attribute_count_; ++i) {
    const Attribute& attribute = attributes_[i];
    if (attribute.name == "xmlns" || (named && attribute.name == "Name")) continue;
    element.has_values = true;
    int32_t slot = -1;
    if (element.node != KeyTable::kNothing) {
      const KeyTable::Key& found = keys_.look_up(paths_, element.node, attribute.name);
      if ((found.signs & KeyTable::kUnclear) != 0) return false;
      slot = found.slot;
    }
    noted_.push_back({attribute.value, slot, text_[attribute.value.end], true});
    if (!put(slot, attribute.value)) return false;
  }
  return true;
}

/// The text behind a tag.
bool XmlWalk::content() {
  Piece piece;
  if (!scan(piece, '<')) return false;
  if (text_[at_] != '<') return false;
  elements_[depth_ - 1].text = piece;
  return true;
}

bool XmlWalk::close() {
  if (depth_ == 0) return false;
  const Element& element = elements_[depth_ - 1];
  const size_t size = element.name.size();
  at_ += 2;
  if (size >= static_cast<size_t>(text_end_ - (text_ + at_))) return false;
  if (std::memcmp(text_ + at_, element.name.data(), size) != 0 || text_[at_ + size] != '>') return false;
  at_ += size + 1;
  --depth_;
  if (!element.has_elements) {
    noted_.push_back({element.text, element.slot, '<', !element.has_values});
    if (!put_text(element.slot, element.text, !element.has_values)) return false;
  }
  return depth_ == 0 || end_element();
}

/// Text behind an element would be the outer one's.
bool XmlWalk::end_element() {
  Piece piece;
  return scan(piece, '<') && text_[at_] == '<' && blank(piece);
}

/// An element's own text. The parser leaves out texts of blanks alone.
bool XmlWalk::put_text(int32_t slot, const Piece& text, bool when_blank) {
  if (!blank(text)) return put(slot, text);
  return !when_blank || put(slot, {});
}

bool XmlWalk::put(int32_t slot, const Piece& value) {
  if (slot < 0) return true;
  auto kind = LineWalk::Kind::String;
  LineWalk::Value found{static_cast<uint32_t>(value.begin), static_cast<uint32_t>(value.end)};
  if (value.entities) {
    found.begin = static_cast<uint32_t>(decoded_.size());
    if (!decode(bytes(value))) return false;
    found.end = static_cast<uint32_t>(decoded_.size());
    kind = LineWalk::Kind::Decoded;
  }
  return out_.add(static_cast<size_t>(slot), kind, found);
}

/// XML 1.0, section 4.6 and 4.1.
bool XmlWalk::decode(std::string_view written) {
  struct Entity {
    std::string_view name;
    char meaning;
  };
  constexpr std::array<Entity, 5> kEntities{{{"quot", '"'}, {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"apos", '\''}}};
  for (;;) {
    const size_t entity = written.find('&');
    decoded_ += written.substr(0, entity);
    if (entity == std::string_view::npos) return true;
    written.remove_prefix(entity + 1);
    const size_t end = written.find(';');
    if (end == std::string_view::npos) return false;
    const std::string_view name = written.substr(0, end);
    written.remove_prefix(end + 1);
    uint32_t code = 0;
    if (name.starts_with('#')) {
      if (!number_of(name.substr(1), code)) return false;
      append_utf8(code, decoded_);
      continue;
    }
    for (const auto& [known, meaning] : kEntities) {
      if (name == known) code = static_cast<unsigned char>(meaning);
    }
    if (code == 0) return false;
    decoded_ += static_cast<char>(code);
  }
}

/// Up to `end` or `<`; false where a control character stands before it.
bool XmlWalk::scan(Piece& piece, char end) {
  piece = {at_, at_, false};
  for (;;) {
    if constexpr (std::endian::native == std::endian::little) {
      while (text_end_ - (text_ + at_) >= 8) {
        uint64_t word = 0;
        std::memcpy(&word, text_ + at_, sizeof(word));
        const uint64_t found = special(word, static_cast<unsigned char>(end));
        if (found != 0) {
          at_ += static_cast<size_t>(std::countr_zero(found)) / 8;
          break;
        }
        at_ += 8;
      }
    }
    while (!is_special(text_[at_], end)) ++at_;  // the text ends with a line break
    if (text_[at_] != '&') break;
    piece.entities = true;
    ++at_;
  }
  piece.end = at_;
  return static_cast<unsigned char>(text_[at_]) >= 0x20;
}

bool XmlWalk::blank(const Piece& piece) const {
  for (size_t at = piece.begin; at < piece.end; ++at) {
    if (text_[at] != ' ') return false;
  }
  return true;
}

std::string_view XmlWalk::name() {
  const size_t begin = at_;
  if (!is_ascii_alpha(text_[at_]) && text_[at_] != '_') return {};
  while (is_name_char(text_[at_])) ++at_;
  return {text_ + begin, at_ - begin};
}

bool XmlWalk::end_of_line() {
  end_ = at_;
  while (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r') ++at_;
  return text_[at_] == '\n';
}

}  // namespace hecate::stream
