#include "ingest/field_list.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/json_text.h"
#include "ingest/path_walk.h"

namespace hecate::ingest {
std::string_view FieldList::find(std::string_view path) const {
  const auto at = std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.path == path; });
  return at == fields_.end() ? std::string_view{} : at->value;
}

void FieldList::read(const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  for (size_t i = keys_.size(); i < fields_.size(); ++i) {
    const std::string_view key = fields_[i].path.substr(0, fields_[i].path.find('.'));
    keys_.push_back({static_cast<uint32_t>(key.size()), PathSet::hash_of(key)});
  }
  for (uint32_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    const Key& key = keys_[i];
    uint32_t node = wanted.child(trie, field.path.substr(0, key.size), key.hash);
    if (node == 0) continue;
    if (key.size < field.path.size()) node = descend(wanted, node, field.path.substr(key.size + 1));
    if (node != 0 && field.element) node = wanted.child(node, kElements);
    if (node == 0) continue;
    const PathSet::TrieNode& want = wanted.nodes()[node];
    if (want.slot >= 0) out.put(want, {RawKind::String, field.value});
    if (!want.children.empty() && EmbeddedText::looks_like(field.value)) {
      embedded_.read(i, field.value, wanted, node, out);
    }
  }
}

void FieldList::visit_scalars(const ScalarVisit& visit) const {
  std::string path;
  for (const Field& field : fields_) {
    const RawValue value{RawKind::String, field.value};
    if (!field.element) {
      visit(field.path, value);
      continue;
    }
    path.assign(field.path).append(kElements);
    visit(path, value);
  }
}

bool FieldList::write_at(std::string_view path, std::string& out) const {
  if (path.empty()) {
    write_all(out);
    return true;
  }
  const bool element = path.ends_with(kElements);
  if (element) path.remove_suffix(kElements.size());
  char before = '[';
  for (const Field& field : fields_) {
    if (field.path != path) continue;
    if (element || !field.element) {
      append_json_quoted(field.value, out);
      return true;
    }
    out += std::exchange(before, ',');
    append_json_quoted(field.value, out);
  }
  if (before == ',') out += ']';
  return before == ',';
}

/// A path that comes several times is written once, as an array.
void FieldList::write_all(std::string& out) const {
  std::vector<std::pair<std::string_view, std::vector<const Field*>>> paths;
  std::unordered_map<std::string_view, size_t> known;
  for (const Field& field : fields_) {
    const auto [at, fresh] = known.emplace(field.path, paths.size());
    if (fresh) paths.push_back({field.path, {}});
    paths[at->second].second.push_back(&field);
  }
  char before = '{';
  for (const auto& [path, fields] : paths) {
    out += std::exchange(before, ',');
    append_json_quoted(path, out);
    out += ':';
    const bool array = fields.size() > 1 || fields.front()->element;
    if (array) out += '[';
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) out += ',';
      append_json_quoted(fields[i]->value, out);
    }
    if (array) out += ']';
  }
  out += paths.empty() ? "{}" : "}";
}

}  // namespace hecate::ingest
