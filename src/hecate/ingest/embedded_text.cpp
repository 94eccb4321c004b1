#include "ingest/embedded_text.h"

#include "ingest/json_tree.h"
#include "ingest/xml_tree.h"

namespace hecate::ingest {

EmbeddedText::EmbeddedText() = default;
EmbeddedText::~EmbeddedText() = default;

bool EmbeddedText::parse(Text& into, std::string_view text) {
  into.markup = text.starts_with('<');
  if (into.markup) {
    if (!into.xml) into.xml = std::make_unique<XmlTree>();
    return into.xml->parse_data(text);
  }
  if (!into.json) into.json = std::make_unique<JsonTree>();
  return into.json->parse(text) == JsonTree::Fault::None;
}

const EmbeddedText::Text* EmbeddedText::parsed(uint32_t id, std::string_view text) {
  // Far more than any exporter writes; hostile records could have thousands.
  constexpr size_t kMost = 16;
  for (size_t i = 0; i < used_; ++i) {
    if (texts_[i].id == id) return &texts_[i];
  }
  if (used_ == kMost) return nullptr;
  if (used_ == texts_.size()) texts_.emplace_back();
  Text& fresh = texts_[used_++];
  fresh.id = id;
  fresh.valid = parse(fresh, text);
  return &fresh;
}

void EmbeddedText::read(uint32_t id, std::string_view text, const PathSet& wanted, uint32_t trie, FieldValues& out) {
  const Text* known = parsed(id, text);
  if (known == nullptr || !known->valid) return;
  if (known->markup) return known->xml->read_data(wanted, trie, out);
  known->json->read_below(known->json->root(), wanted, trie, out);
}

}  // namespace hecate::ingest
