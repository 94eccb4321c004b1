#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ingest/record.h"

namespace hecate::ingest {

class JsonTree;

/// JSON that an exporter wrote into a text of a record (Azure's `properties`, `AuditData` of Microsoft 365). It is
/// parsed only where somebody wants paths below that text, and at most once for each record. Memory is kept.
class EmbeddedJson {
 public:
  EmbeddedJson();
  ~EmbeddedJson();
  EmbeddedJson(const EmbeddedJson&) = delete;
  EmbeddedJson& operator=(const EmbeddedJson&) = delete;

  /// Whether a text may be one.
  [[nodiscard]] static bool looks_like(std::string_view text) { return text.starts_with('{') || text.starts_with('['); }

  /// Forgets the record's texts, which must have lived until now.
  void clear() { used_ = 0; }
  /// Puts the values that are wanted below `trie`. `id` is the text's within its record. Nothing where the text is no
  /// JSON, and behind the first few texts of a record.
  void read(uint32_t id, std::string_view text, const PathSet& wanted, uint32_t trie, FieldValues& out);

 private:
  struct Text {
    uint32_t id = 0;
    bool valid = false;
    std::unique_ptr<JsonTree> tree;
  };
  const Text* parsed(uint32_t id, std::string_view text);

  std::vector<Text> texts_;
  size_t used_ = 0;
};

}  // namespace hecate::ingest
