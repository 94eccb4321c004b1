#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exec/stream/lane_keys.h"
#include "exec/stream/lane_markup.h"
#include "exec/stream/lane_walk.h"

namespace hecate::stream {

/// Walks over one event in XML on one line (`<Event>…</Event>`) and puts its wanted values where a walk over JSON puts
/// them, by the paths and with the meaning that ingest::XmlTree gives them. Accepts only what is plain: elements,
/// attributes and texts. Namespace prefixes, comments, CDATA, instructions, an element with both text and elements,
/// control characters and entities other than XML's five and numbers are left to the reader's parser, as is whatever
/// that might refuse.
class XmlWalk {
 public:
  XmlWalk(const ingest::PathSet& paths, LineWalk& out) : paths_(paths), out_(out) {}
  void paths_changed() {
    keys_.paths_changed(paths_);
    known_.clear();
  }

  /// The line begins at `begin`; `text` ends behind a line break. False where the line is anything else than an event.
  bool walk(std::string_view text, size_t begin);
  /// Behind the event's end tag, after walk() returned true.
  [[nodiscard]] size_t end() const { return end_; }
  /// The text of a value that was written with entities (LineWalk::Kind::Decoded), until the next walk.
  [[nodiscard]] std::string_view decoded(const LineWalk::Value& value) const {
    return std::string_view(decoded_).substr(value.begin, value.end - value.begin);
  }

 private:
  static constexpr size_t kDeepest = 16;
  static constexpr size_t kMostAttributes = 8;

  /// A piece of the line, with whether there are entities in it.
  struct Piece {
    size_t begin = 0;
    size_t end = 0;
    bool entities = false;
  };
  struct Attribute {
    std::string_view name;
    Piece value;
  };
  struct Element {
    std::string_view name;
    Piece text;
    uint32_t node = KeyTable::kNothing;  // where its children's paths begin
    int32_t slot = -1;
    bool has_values = false;  // attributes or elements: then no text is no value
    bool has_elements = false;
  };

  /// A value of the event that is walked over, for events with the same markup.
  struct Noted {
    Piece piece;
    int32_t slot;
    char end;
    bool when_blank;
  };

  bool known_event();
  bool new_event(size_t begin);
  void remember(size_t begin);
  bool event();
  bool open();
  bool close();
  bool content();
  bool end_element();
  bool attributes();
  bool add_attribute();
  bool enter(std::string_view key, Element& element);
  bool put_attributes(Element& element);
  bool put(int32_t slot, const Piece& value);
  bool put_text(int32_t slot, const Piece& text, bool when_blank);
  bool decode(std::string_view written);
  bool scan(Piece& piece, char end);
  [[nodiscard]] bool blank(const Piece& piece) const;
  std::string_view name();
  bool end_of_line();
  [[nodiscard]] std::string_view bytes(const Piece& piece) const {
    return {text_ + piece.begin, piece.end - piece.begin};
  }

  const ingest::PathSet& paths_;
  LineWalk& out_;
  KeyTable keys_;
  MarkupTrie known_;
  std::vector<Noted> noted_;
  std::vector<MarkupTrie::Step> steps_;
  std::string decoded_;

  const char* text_ = nullptr;
  const char* text_end_ = nullptr;
  size_t at_ = 0;
  size_t end_ = 0;
  std::array<Element, kDeepest> elements_;  // those that are open
  size_t depth_ = 0;
  std::array<Attribute, kMostAttributes> attributes_;
  size_t attribute_count_ = 0;
};

}  // namespace hecate::stream
