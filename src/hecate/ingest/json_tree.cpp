#include "ingest/json_tree.h"

#include <simdjson.h>

#include <cstring>

#include "base/json_text.h"
#include "base/text.h"
#include "ingest/json_lexemes.h"
#include "ingest/path_walk.h"

namespace hecate::ingest {
namespace {

// Memory beyond this is given back once a record no longer needs it.
constexpr size_t kKeptCapacity = size_t{1} << 20;

}  // namespace

JsonTree::JsonTree() = default;
JsonTree::~JsonTree() = default;

JsonTree::Fault JsonTree::index(std::string_view text) {
  constexpr size_t kStart = size_t{16} << 10;
  if (!stage_) {
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(kStart, 16, stage_)) {
      return Fault::Syntax;
    }
  }
  const bool huge = stage_->capacity() > kKeptCapacity && text.size() <= kKeptCapacity;
  if (text.size() > stage_->capacity() || huge) {
    const size_t wanted = text.size() < kStart / 2 ? kStart : text.size() * 2;
    if (stage_->set_capacity(wanted)) return Fault::Syntax;
    if (huge) std::vector<Node>().swap(nodes_);
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto error = stage_->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::UTF8_ERROR) return Fault::NotUtf8;
  return error ? Fault::Syntax : Fault::None;
}

/// Turns the structural index into nodes: a state machine with a stack of its own, since nesting is the input's.
class JsonTree::Builder {
 public:
  explicit Builder(JsonTree& tree)
      : tree_(tree),
        text_(tree.text_),
        positions_(tree.stage_->structural_indexes.get()),
        count_(tree.stage_->n_structural_indexes),
        escapes_(text_.find('\\') != std::string_view::npos) {}

  Fault run() {
    if (count_ == 0 || (peek() != '{' && peek() != '[')) return Fault::Syntax;
    if (!value(Node{})) return fault_;
    while (!tree_.open_.empty()) {
      if (!step()) return fault_;
    }
    return at_ == count_ ? Fault::None : Fault::Syntax;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < count_ ? text_[positions_[at_]] : '\0'; }
  [[nodiscard]] uint32_t token_begin() const { return positions_[at_]; }
  /// Only blanks lie between a token and the next structural character.
  [[nodiscard]] uint32_t token_end() const {
    uint32_t end = at_ + 1 < count_ ? positions_[at_ + 1] : static_cast<uint32_t>(text_.size());
    while (end > 0 && is_json_blank(text_[end - 1])) --end;
    return end;
  }

  /// One member or element of the innermost container, or its end.
  bool step() {
    const Index container = tree_.open_.back();
    const bool object = tree_.nodes_[container].kind == Kind::Object;
    const bool empty = container + 1 == tree_.nodes_.size();
    if (peek() == (object ? '}' : ']')) return close(container);
    if (!empty) {
      if (peek() != ',') return false;
      ++at_;
    }
    Node node;
    if (object && !key(node)) return false;
    return value(node);
  }

  bool close(Index container) {
    Node& node = tree_.nodes_[container];
    node.end = token_begin() + 1;
    node.next = static_cast<Index>(tree_.nodes_.size());
    tree_.open_.pop_back();
    ++at_;
    return true;
  }

  bool key(Node& node) {
    uint32_t begin = 0;
    uint32_t end = 0;
    if (peek() != '"' || !string(begin, end, node.key_escaped)) return false;
    node.key_begin = begin + 1;
    node.key_size = end - begin - 2;
    if (peek() != ':') return false;
    ++at_;
    return true;
  }

  bool string(uint32_t& begin, uint32_t& end, bool& escaped) {
    begin = token_begin();
    end = token_end();
    if (end < begin + 2 || text_[end - 1] != '"') return false;
    const std::string_view inside = text_.substr(begin + 1, end - begin - 2);
    escaped = escapes_ && inside.find('\\') != std::string_view::npos;
    if (escaped && !valid_json_escapes(inside)) return false;
    ++at_;
    return true;
  }

  bool value(Node node) {
    const char c = peek();
    if (c == '{' || c == '[') return open(node, c == '{' ? Kind::Object : Kind::Array);
    if (c == '"') {
      node.kind = Kind::String;
      if (!string(node.begin, node.end, node.escaped)) return false;
    } else if (!scalar(node)) {
      return false;
    }
    node.next = static_cast<Index>(tree_.nodes_.size() + 1);
    tree_.nodes_.push_back(node);
    return true;
  }

  bool scalar(Node& node) {
    if (at_ >= count_) return false;
    node.begin = token_begin();
    node.end = token_end();
    if (node.end <= node.begin) return false;
    const std::string_view token = text_.substr(node.begin, node.end - node.begin);
    if (token == "null") {
      node.kind = Kind::Null;
    } else if (token == "true" || token == "false") {
      node.kind = Kind::Bool;
    } else {
      node.kind = Kind::Number;
      if (!valid_json_number(token)) return false;
    }
    ++at_;
    return true;
  }

  bool open(Node node, Kind kind) {
    if (tree_.open_.size() >= kDeepest) {
      fault_ = Fault::TooDeep;
      return false;
    }
    node.kind = kind;
    node.begin = token_begin();
    tree_.open_.push_back(static_cast<Index>(tree_.nodes_.size()));
    tree_.nodes_.push_back(node);
    ++at_;
    return true;
  }

  JsonTree& tree_;
  std::string_view text_;
  const uint32_t* positions_;
  uint32_t count_;
  uint32_t at_ = 0;
  bool escapes_;
  Fault fault_ = Fault::Syntax;
};

JsonTree::Fault JsonTree::parse(std::string_view text) {
  unescaped_.reset();
  embedded_.clear();
  open_.clear();
  text_ = text;
  nodes_.clear();
  if (text.empty() || text.size() >= UINT32_MAX) return Fault::Syntax;
  const Fault fault = index(text);
  if (fault != Fault::None) return fault;
  return Builder(*this).run();
}

std::string_view JsonTree::unescape(std::string_view text) const {
  char* to = unescaped_.allocate(text.size());
  return {to, unescape_json(text, to)};
}

std::string_view JsonTree::key(Index node) const {
  const Node& n = nodes_[node];
  const std::string_view key = text_.substr(n.key_begin, n.key_size);
  return n.key_escaped ? unescape(key) : key;
}

RawValue JsonTree::value(Index node) const {
  const Node& n = nodes_[node];
  const std::string_view written = text(node);
  switch (n.kind) {
    case Kind::Null: return {RawKind::Null, {}};
    case Kind::Bool: return {RawKind::Bool, written};
    case Kind::Number: return {RawKind::Number, written};
    case Kind::String: {
      const std::string_view inside = written.substr(1, written.size() - 2);
      if (n.escaped) return {RawKind::String, unescape(inside), inside};
      return {RawKind::String, inside};
    }
    case Kind::Object:
    case Kind::Array: return {RawKind::Json, written};
  }
  return {};
}

void JsonTree::read_members(Index object, const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  for (Index child = object + 1; child < nodes_[object].next; child = nodes_[child].next) {
    const uint32_t below = descend(wanted, trie, key(child));
    if (below != 0) read_value(child, wanted, below, out);
  }
}

void JsonTree::read_value(Index node, const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  const PathSet::TrieNode& want = wanted.nodes()[trie];
  if (want.slot >= 0) out.put(want, value(node));
  if (!want.children.empty()) read_below(node, wanted, trie, out);
}

void JsonTree::read_below(Index node, const PathSet& wanted, uint32_t trie, FieldValues& out) const {
  if (kind(node) == Kind::Object) return read_members(node, wanted, trie, out);
  if (kind(node) == Kind::String) {
    // Only then is the text unescaped for it.
    if (!EmbeddedText::begins_written(text(node)[1])) return;
    const std::string_view inside = value(node).text;
    if (EmbeddedText::looks_like(inside)) embedded_.read(node, inside, wanted, trie, out);
    return;
  }
  if (kind(node) != Kind::Array) return;
  const uint32_t elements = wanted.child(trie, kElements);
  if (elements == 0) return;
  for (Index child = node + 1; child < nodes_[node].next; child = nodes_[child].next) {
    read_value(child, wanted, elements, out);
  }
}

void JsonTree::visit_scalars(Index object, const ScalarVisit& visit) const {
  std::string path;
  for (Index child = object + 1; child < nodes_[object].next; child = nodes_[child].next) {
    path = key(child);
    visit_value(child, path, visit);
  }
}

void JsonTree::visit_below(Index node, std::string& path, const ScalarVisit& visit) const {
  const size_t size = path.size();
  const bool object = kind(node) == Kind::Object;
  for (Index child = node + 1; child < nodes_[node].next; child = nodes_[child].next) {
    if (object) {
      path += '.';
      path += key(child);
    } else {
      path += kElements;
    }
    visit_value(child, path, visit);
    path.resize(size);
  }
}

void JsonTree::visit_value(Index node, std::string& path, const ScalarVisit& visit) const {
  if (kind(node) == Kind::Object || kind(node) == Kind::Array) return visit_below(node, path, visit);
  visit(path, value(node));
}

bool JsonTree::write_at(Index object, std::string_view path, std::string& out) const {
  if (kind(object) != Kind::Object) return false;
  for (Index child = object + 1; child < nodes_[object].next; child = nodes_[child].next) {
    std::string_view rest = path;
    if (take_key(rest, key(child)) && write_value_at(child, rest, out)) return true;
  }
  return false;
}

bool JsonTree::write_value_at(Index node, std::string_view path, std::string& out) const {
  if (path.empty()) {
    write(node, out);
    return true;
  }
  if (!path.starts_with(kElements)) return write_at(node, path, out);
  if (kind(node) != Kind::Array) return false;
  path.remove_prefix(kElements.size());
  if (path.starts_with('.')) path.remove_prefix(1);
  for (Index child = node + 1; child < nodes_[node].next; child = nodes_[child].next) {
    if (write_value_at(child, path, out)) return true;
  }
  return false;
}

void JsonTree::write(Index node, std::string& out) const {
  const Kind what = kind(node);
  if (what == Kind::String) return append_json_quoted(value(node).text, out);
  if (what != Kind::Object && what != Kind::Array) {
    out += text(node);
    return;
  }
  out += what == Kind::Object ? '{' : '[';
  for (Index child = node + 1; child < nodes_[node].next; child = nodes_[child].next) {
    if (child != node + 1) out += ',';
    if (what == Kind::Object) {
      append_json_quoted(key(child), out);
      out += ':';
    }
    write(child, out);
  }
  out += what == Kind::Object ? '}' : ']';
}

}  // namespace hecate::ingest
