#include "ingest/xml_tree.h"

#include <unordered_map>
#include <utility>

#include "base/json_text.h"
#include "ingest/path_walk.h"

namespace hecate::ingest {
namespace {

// Without pugi::parse_doctype a DOCTYPE is passed over, and entities that it declares are never expanded.
constexpr unsigned kOptions = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol;

std::string_view local_name(std::string_view name) {
  const size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool declares_namespace(std::string_view attribute) { return attribute == "xmlns" || attribute.starts_with("xmlns:"); }

/// `<Data Name="F">` is known by its Name.
bool named_data(pugi::xml_node element) { return local_name(element.name()) == "Data" && element.attribute("Name"); }

std::string_view key_of(pugi::xml_node element) {
  return named_data(element) ? std::string_view(element.attribute("Name").value()) : local_name(element.name());
}

bool is_element(pugi::xml_node node) { return node.type() == pugi::node_element; }
bool is_text(pugi::xml_node node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; }

/// Whether an attribute is a value of its own.
bool is_value(pugi::xml_node element, pugi::xml_attribute attribute) {
  const std::string_view name = attribute.name();
  return !declares_namespace(name) && !(name == "Name" && named_data(element));
}

bool has_values(pugi::xml_node element) {
  for (const pugi::xml_attribute attribute : element.attributes()) {
    if (is_value(element, attribute)) return true;
  }
  return false;
}

bool has_elements(pugi::xml_node element) {
  for (const pugi::xml_node child : element.children()) {
    if (is_element(child)) return true;
  }
  return false;
}

/// Whether an element's own text is a value: where it has some, or nothing else either.
bool has_text(pugi::xml_node element, std::string_view text) {
  return !text.empty() || (!has_values(element) && !has_elements(element));
}

using Members = std::vector<std::pair<std::string_view, std::vector<pugi::xml_node>>>;

/// An element's child elements by key, in the order of each key's first.
Members members_of(pugi::xml_node element) {
  Members members;
  std::unordered_map<std::string_view, size_t> places;
  for (const pugi::xml_node child : element.children()) {
    if (!is_element(child)) continue;
    const auto [place, fresh] = places.emplace(key_of(child), members.size());
    if (fresh) members.emplace_back(place->first, std::vector<pugi::xml_node>{});
    members[place->second].second.push_back(child);
  }
  return members;
}

RawValue string_value(std::string_view text) { return {RawKind::String, text}; }

}  // namespace

bool XmlTree::load(std::string_view text) {
  joined_.reset();
  if (text.empty() || text.find('\0') != std::string_view::npos) return false;
  bytes_.assign(text.begin(), text.end());
  if (!document_.load_buffer_inplace(bytes_.data(), bytes_.size(), kOptions, pugi::encoding_utf8)) return false;
  const pugi::xml_node first = document_.first_child();
  return is_element(first) && !first.next_sibling() && shallow();
}

bool XmlTree::parse(std::string_view text) {
  return load(text) && local_name(document_.first_child().name()) == "Event";
}

bool XmlTree::parse_data(std::string_view text) { return load(text); }

/// Walks without recursion; what is not too deep may then be walked with it.
bool XmlTree::shallow() const {
  int depth = 1;
  for (pugi::xml_node node = document_.first_child(); node;) {
    if (node.first_child()) {
      if (++depth > kDeepest) return false;
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node) node = node.next_sibling();
  }
  return true;
}

std::string_view XmlTree::text_of(pugi::xml_node element) const {
  std::string_view first;
  size_t size = 0;
  for (const pugi::xml_node child : element.children()) {
    if (!is_text(child)) continue;
    const std::string_view piece = child.value();
    if (size == 0) first = piece;
    size += piece.size();
  }
  if (size == first.size()) return first;
  char* joined = joined_.allocate(size);
  size = 0;
  for (const pugi::xml_node child : element.children()) {
    if (is_text(child)) size += std::string_view(child.value()).copy(joined + size, std::string_view::npos);
  }
  return {joined, size};
}

void XmlTree::read(const PathSet& wanted, FieldValues& out) const {
  const pugi::xml_node event = document_.first_child();
  const uint32_t trie = descend(wanted, 0, key_of(event));
  if (trie != 0) read_element(event, wanted, trie, out);
}

void XmlTree::read_element(pugi::xml_node element, const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  const PathSet::TrieNode& want = wanted.nodes()[trie];
  if (want.slot >= 0) {
    const std::string_view text = text_of(element);
    if (has_text(element, text)) out.put(want, string_value(text));
  }
  if (want.children.empty()) return;
  for (const pugi::xml_attribute attribute : element.attributes()) {
    if (!is_value(element, attribute)) continue;
    const uint32_t below = descend(wanted, trie, local_name(attribute.name()));
    if (below == 0 || wanted.nodes()[below].slot < 0) continue;
    out.put(wanted.nodes()[below], string_value(attribute.value()));
  }
  for (const pugi::xml_node child : element.children()) {
    if (!is_element(child)) continue;
    const uint32_t below = descend(wanted, trie, key_of(child));
    if (below != 0) read_element(child, wanted, below, out);
  }
}

void XmlTree::read_data(const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  read_data(document_.first_child(), wanted, trie, out);
}

void XmlTree::read_data(pugi::xml_node element, const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  for (const pugi::xml_node child : element.children()) {
    if (!is_element(child)) continue;
    if (has_elements(child)) {
      read_data(child, wanted, trie, out);
      continue;
    }
    const uint32_t below = descend(wanted, trie, key_of(child));
    if (below == 0 || wanted.nodes()[below].slot < 0) continue;
    out.put(wanted.nodes()[below], string_value(text_of(child)));
  }
}

void XmlTree::visit_scalars(const ScalarVisit& visit) const {
  const pugi::xml_node event = document_.first_child();
  std::string path(key_of(event));
  visit_element(event, path, visit);
}

void XmlTree::visit_element(pugi::xml_node element, std::string& path, const ScalarVisit& visit) const {
  const std::string_view text = text_of(element);
  if (has_text(element, text)) visit(path, string_value(text));
  const size_t size = path.size();
  for (const pugi::xml_attribute attribute : element.attributes()) {
    if (!is_value(element, attribute)) continue;
    path += '.';
    path += local_name(attribute.name());
    visit(path, string_value(attribute.value()));
    path.resize(size);
  }
  for (const pugi::xml_node child : element.children()) {
    if (!is_element(child)) continue;
    path += '.';
    path += key_of(child);
    visit_element(child, path, visit);
    path.resize(size);
  }
}

bool XmlTree::write_at(std::string_view path, std::string& out) const {
  const pugi::xml_node event = document_.first_child();
  if (path.empty()) {
    out += '{';
    append_json_quoted(key_of(event), out);
    out += ':';
    write_element(event, out);
    out += '}';
    return true;
  }
  return take_key(path, key_of(event)) && write_below(event, path, out);
}

bool XmlTree::write_below(pugi::xml_node element, std::string_view path, std::string& out) const {
  if (path.empty()) {
    write_element(element, out);
    return true;
  }
  for (const pugi::xml_attribute attribute : element.attributes()) {
    if (!is_value(element, attribute) || path != local_name(attribute.name())) continue;
    append_json_quoted(attribute.value(), out);
    return true;
  }
  for (const pugi::xml_node child : element.children()) {
    std::string_view rest = path;
    if (is_element(child) && take_key(rest, key_of(child)) && write_below(child, rest, out)) return true;
  }
  return false;
}

void XmlTree::write_element(pugi::xml_node element, std::string& out) const {
  const std::string_view text = text_of(element);
  if (!has_values(element) && !has_elements(element)) return append_json_quoted(text, out);
  out += '{';
  const size_t start = out.size();
  const auto separate = [&] {
    if (out.size() > start) out += ',';
  };
  for (const pugi::xml_attribute attribute : element.attributes()) {
    if (!is_value(element, attribute)) continue;
    separate();
    append_json_quoted(local_name(attribute.name()), out);
    out += ':';
    append_json_quoted(attribute.value(), out);
  }
  if (!text.empty()) {
    separate();
    out += "\"#text\":";
    append_json_quoted(text, out);
  }
  for (const auto& [key, members] : members_of(element)) {
    separate();
    append_json_quoted(key, out);
    out += members.size() > 1 ? ":[" : ":";
    for (const pugi::xml_node member : members) {
      if (member != members.front()) out += ',';
      write_element(member, out);
    }
    if (members.size() > 1) out += ']';
  }
  out += '}';
}

std::optional<std::string_view> XmlTree::system_time() const {
  for (const pugi::xml_node part : document_.first_child().children()) {
    if (local_name(part.name()) != "System") continue;
    for (const pugi::xml_node child : part.children()) {
      if (local_name(child.name()) == "TimeCreated") return child.attribute("SystemTime").value();
    }
  }
  return std::nullopt;
}

}  // namespace hecate::ingest
