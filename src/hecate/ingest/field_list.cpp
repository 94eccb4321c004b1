#include "ingest/field_list.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/json_text.h"
#include "ingest/path_walk.h"

namespace hecate::ingest {
namespace {

using Children = std::vector<std::pair<std::string, uint32_t>>;

bool has_any_key(const Children& children) {
  for (const auto& [key, below] : children) {
    if (key >= kAnyKey) return key == kAnyKey;
  }
  return false;
}

/// Most keys differ in their first character.
bool before(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty() || a.front() == b.front()) return a < b;
  return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
}

/// Whether the key is among the children. `at` is a guess, and then where the key stands or would stand.
bool find_key(const Children& children, std::string_view key, uint32_t& at) {
  const size_t count = children.size();
  if (at < count && children[at].first == key) return true;
  const bool behind = at == 0 || (at <= count && before(children[at - 1].first, key));
  if (behind && (at == count || (at < count && before(key, children[at].first)))) return false;
  const auto found = std::lower_bound(children.begin(), children.end(), key,
                                      [](const auto& child, std::string_view k) { return child.first < k; });
  at = static_cast<uint32_t>(found - children.begin());
  return found != children.end() && found->first == key;
}

}  // namespace

std::string_view FieldList::find(std::string_view path) const {
  const auto at = std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.path == path; });
  return at == fields_.end() ? std::string_view{} : at->value;
}

std::vector<uint32_t>& FieldList::guesses_for(const PathSet& wanted, uint32_t trie) const {
  const auto address = reinterpret_cast<uintptr_t>(&wanted);
  std::vector<uint32_t>& guesses = guesses_[((address >> 4) ^ (address >> 10) ^ trie) % kGuesses];
  if (guesses.size() < fields_.size()) guesses.resize(fields_.size());
  return guesses;
}

void FieldList::read(const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  const Children& children = wanted.nodes()[trie].children;
  const bool any = has_any_key(children);
  std::vector<uint32_t>& guesses = guesses_for(wanted, trie);
  for (uint32_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    const std::string_view key = field.path.substr(0, field.path.find('.'));
    const bool found = find_key(children, key, guesses[i]);
    if (!found && !any) continue;
    const bool whole = found && key.size() == field.path.size();
    uint32_t node = whole ? children[guesses[i]].second : descend(wanted, trie, field.path);
    if (node != 0 && field.element) node = wanted.child(node, kElements);
    if (node == 0) continue;
    const PathSet::TrieNode& want = wanted.nodes()[node];
    if (want.slot >= 0) out.put(want, {RawKind::String, field.value});
    if (!want.children.empty() && EmbeddedJson::looks_like(field.value)) {
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
