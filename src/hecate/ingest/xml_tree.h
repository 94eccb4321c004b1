#pragma once

#include <functional>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "ingest/record.h"

namespace hecate::ingest {

/// One <Event> element, read by the paths of its usual JSON rendering: elements and attributes without their
/// namespace prefixes joined by dots, `<Data Name="F">` as F, xmlns left out. An element's text is its value;
/// an element that holds nothing at all is the empty string.
class XmlTree {
 public:
  using ScalarVisit = std::function<void(std::string_view path, RawValue value)>;
  static constexpr int kDeepest = 256;

  /// False where the text is not well-formed, not one Event element, holds NUL bytes or is nested too deeply.
  [[nodiscard]] bool parse(std::string_view text);

  /// One element that holds an event's data, whatever it is called (`<DataItem><EventData>…`): for read_data alone.
  [[nodiscard]] bool parse_data(std::string_view text);

  void read(const PathSet& wanted, FieldValues& out) const;
  /// Puts the wanted ones below `trie` among the data by their names alone: of `<Data Name="F">`, else of the element,
  /// however deep it stands.
  void read_data(const PathSet& wanted, uint32_t trie, FieldValues& out) const;
  void visit_scalars(const ScalarVisit& visit) const;
  /// Appends the first element or attribute at a path as JSON: text alone as a string, else an object with
  /// the text as "#text"; what repeats is an array.
  [[nodiscard]] bool write_at(std::string_view path, std::string& out) const;
  /// Event/System/TimeCreated/@SystemTime.
  [[nodiscard]] std::optional<std::string_view> system_time() const;

 private:
  [[nodiscard]] bool load(std::string_view text);
  [[nodiscard]] bool shallow() const;
  [[nodiscard]] std::string_view text_of(pugi::xml_node element) const;
  void read_element(pugi::xml_node element, const PathSet& wanted, uint32_t trie, FieldValues& out) const;
  void read_data(pugi::xml_node element, const PathSet& wanted, uint32_t trie, FieldValues& out) const;
  void visit_element(pugi::xml_node element, std::string& path, const ScalarVisit& visit) const;
  bool write_below(pugi::xml_node element, std::string_view path, std::string& out) const;
  void write_element(pugi::xml_node element, std::string& out) const;

  pugi::xml_document document_;
  std::vector<char> bytes_;  // parsed in place
  mutable Arena joined_;     // texts in several pieces
};

}  // namespace hecate::ingest
