#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/evtx_values.h"

namespace hecate::ingest {

/// Renders the binary XML of one chunk's records as Windows does: one line, attributes in single quotes, template
/// instances resolved, an array in an element as the element repeated. MS-EVEN6 2.2.12 has the grammar;
///
///   Fragment         = { FragmentHeader | Element | TemplateInstance | PI } [ EOF ]
///   Element          = OpenStart [ AttributeList ] ( CloseEmpty | CloseStart Content EndElement )
///   AttributeList    = size { Attribute AttributeData }
///   Content          = { Element | Datum | CDATA | PI }
///   Datum            = ValueText | Substitution | CharRef | EntityRef
///   TemplateInstance = definition (here or elsewhere in the chunk) and its values
///
/// in a file names and template definitions stand in the chunk and are referred to by their offsets ("Windows XML
/// Event Log (EVTX) format", libevtx).
class BinXmlRenderer {
 public:
  /// A new chunk, which must outlive its records' rendering.
  void begin(std::string_view chunk);

  enum class Outcome : uint8_t { Done, Damaged, TooMuch };
  /// Appends the XML of the record whose binary XML stands between two offsets in the chunk.
  [[nodiscard]] Outcome render(size_t begin, size_t end, std::string& out);

 private:
  struct Cursor {
    size_t at;
    size_t end;  // nothing from here on belongs to what is read
  };
  struct Value {
    uint8_t type = 0;
    std::string_view bytes;
  };
  /// What the surroundings say about a piece of binary XML.
  struct Scope {
    size_t first_value = 0;  // of the template instance around, in values_
    size_t values = 0;
    bool dependencies = true;  // elements that stand in a value itself have no dependency identifiers
    int depth = 0;
  };
  struct Name {
    size_t begin = 0;  // in names_
    size_t size = 0;
    size_t stored = 0;  // bytes of the name's structure in the chunk
  };
  struct Tag {
    uint16_t dependency;
    size_t end;  // offset behind the element
    std::string_view name;
  };
  /// The array that makes the element around it repeat.
  struct Repeat {
    EvtxType type = EvtxType::Null;
    std::string_view rest;
  };

  [[nodiscard]] bool fragment(Cursor& cursor, const Scope& scope);
  [[nodiscard]] bool element(Cursor& cursor, const Scope& scope);
  [[nodiscard]] std::optional<Tag> open_start(Cursor& cursor, bool dependencies);
  [[nodiscard]] bool attribute_list(Cursor& cursor, const Scope& scope);
  [[nodiscard]] bool attribute(Cursor& cursor, const Scope& scope);
  [[nodiscard]] bool content(Cursor& cursor, const Scope& scope, Repeat& repeat);
  [[nodiscard]] bool datum(Cursor& cursor, const Scope& scope, XmlPlace place, Repeat* repeat);
  [[nodiscard]] bool value_text(Cursor& cursor, XmlPlace place);
  [[nodiscard]] bool substitution(Cursor& cursor, const Scope& scope, XmlPlace place, Repeat* repeat);
  [[nodiscard]] bool substitute(const Value& value, const Scope& scope, XmlPlace place, Repeat* repeat);
  [[nodiscard]] bool character(Cursor& cursor);
  [[nodiscard]] bool entity(Cursor& cursor);
  [[nodiscard]] bool cdata(Cursor& cursor);
  [[nodiscard]] bool instruction(Cursor& cursor);
  [[nodiscard]] bool template_instance(Cursor& cursor, const Scope& scope);
  [[nodiscard]] std::optional<Cursor> template_definition(Cursor& cursor);
  [[nodiscard]] bool template_values(Cursor& cursor, Scope& inner);

  [[nodiscard]] bool is_null(const Scope& scope, uint16_t value) const;
  [[nodiscard]] std::optional<std::string_view> name(Cursor& cursor);
  [[nodiscard]] const Name* name_at(size_t offset);
  [[nodiscard]] std::optional<std::string_view> counted_text(Cursor& cursor);
  [[nodiscard]] std::optional<uint8_t> peek(const Cursor& cursor) const;
  template <typename T>
  [[nodiscard]] std::optional<T> take(Cursor& cursor) const;
  [[nodiscard]] static bool skip(Cursor& cursor, size_t size);
  /// Counts one step of work; false where a record or a chunk has used up what any honest one needs.
  [[nodiscard]] bool step();

  std::string_view chunk_;
  std::string* out_ = nullptr;
  size_t out_begin_ = 0;
  std::vector<Value> values_;    // of all open template instances
  std::vector<uint32_t> known_;  // by offset in the chunk: 1 + index in found_
  std::vector<Name> found_;
  std::string names_;
  uint64_t chunk_steps_ = 0;
  uint64_t chunk_bytes_ = 0;
  uint64_t steps_ = 0;
  bool too_much_ = false;
};

}  // namespace hecate::ingest
