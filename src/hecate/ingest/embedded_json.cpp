#include "ingest/embedded_json.h"

#include "ingest/json_tree.h"

namespace hecate::ingest {

EmbeddedJson::EmbeddedJson() = default;
EmbeddedJson::~EmbeddedJson() = default;

const EmbeddedJson::Text* EmbeddedJson::parsed(uint32_t id, std::string_view text) {
  // Far more than any exporter writes; hostile records could have thousands.
  constexpr size_t kMost = 16;
  for (size_t i = 0; i < used_; ++i) {
    if (texts_[i].id == id) return &texts_[i];
  }
  if (used_ == kMost) return nullptr;
  if (used_ == texts_.size()) texts_.push_back({0, false, std::make_unique<JsonTree>()});
  Text& fresh = texts_[used_++];
  fresh.id = id;
  fresh.valid = fresh.tree->parse(text) == JsonTree::Fault::None;
  return &fresh;
}

void EmbeddedJson::read(uint32_t id, std::string_view text, const PathSet& wanted, uint32_t trie, FieldValues& out) {
  const Text* known = parsed(id, text);
  if (known != nullptr && known->valid) known->tree->read_below(known->tree->root(), wanted, trie, out);
}

}  // namespace hecate::ingest
