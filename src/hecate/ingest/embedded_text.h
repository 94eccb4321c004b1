#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ingest/record.h"

namespace hecate::ingest {

class JsonTree;
class XmlTree;

/// JSON or XML that an exporter wrote into a text of a record (Azure's `properties`, `AuditData` of Microsoft 365;
/// `EventData` of Log Analytics' table Event). It is parsed only where somebody wants paths below that text, and at
/// most once for each record. Memory is kept.
class EmbeddedText {
 public:
  EmbeddedText();
  ~EmbeddedText();
  EmbeddedText(const EmbeddedText&) = delete;
  EmbeddedText& operator=(const EmbeddedText&) = delete;

  /// Whether a text may be one, by how it begins.
  [[nodiscard]] static constexpr bool begins(char c) { return c == '{' || c == '[' || c == '<'; }
  /// The same of a text as JSON writes it: some write `\u003c` for `<`.
  [[nodiscard]] static constexpr bool begins_written(char c) { return begins(c) || c == '\\'; }
  [[nodiscard]] static constexpr bool looks_like(std::string_view text) {
    return !text.empty() && begins(text.front());
  }

  /// Forgets the record's texts, which must have lived until now.
  void clear() { used_ = 0; }
  /// Puts the values that are wanted below `trie`: JSON's by their paths, those of a Windows event's data in XML by the
  /// names of the data. `id` is the text's within its record. Nothing where the text is neither, and behind the first
  /// few texts of a record.
  void read(uint32_t id, std::string_view text, const PathSet& wanted, uint32_t trie, FieldValues& out);

 private:
  struct Text {
    uint32_t id = 0;
    bool valid = false;
    bool markup = false;
    std::unique_ptr<JsonTree> json;
    std::unique_ptr<XmlTree> xml;
  };
  const Text* parsed(uint32_t id, std::string_view text);
  static bool parse(Text& into, std::string_view text);

  std::vector<Text> texts_;
  size_t used_ = 0;
};

}  // namespace hecate::ingest
