#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "ingest/embedded_text.h"
#include "ingest/record.h"

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace hecate::ingest {

/// One JSON object or array as a flat tree over its own text. Memory is kept from one parse to the next.
///
/// simdjson's first stage finds the structural characters and proves the text to be UTF-8; the tree is built
/// on its index, because neither of simdjson's own second stages fits: its DOM loses a number's spelling
/// (1.50) and refuses integers beyond 64 bits, On-Demand finds a broken record only while it is being read.
class JsonTree {
 public:
  enum class Fault : uint8_t { None, Syntax, NotUtf8, TooDeep };
  enum class Kind : uint8_t { Null, Bool, Number, String, Object, Array };
  using Index = uint32_t;
  using ScalarVisit = std::function<void(std::string_view path, RawValue value)>;

  static constexpr size_t kDeepest = 1024;

  JsonTree();
  ~JsonTree();
  JsonTree(const JsonTree&) = delete;
  JsonTree& operator=(const JsonTree&) = delete;

  /// Parses exactly one object or array; nothing but blanks may stand around it. The text must outlive the tree.
  [[nodiscard]] Fault parse(std::string_view text);

  [[nodiscard]] Index root() const { return 0; }
  [[nodiscard]] Kind kind(Index node) const { return nodes_[node].kind; }
  [[nodiscard]] bool has_children(Index node) const { return node + 1 < nodes_[node].next; }
  [[nodiscard]] Index first_child(Index node) const { return node + 1; }
  /// The node after this one's whole subtree: its next sibling, or its parent's end.
  [[nodiscard]] Index next(Index node) const { return nodes_[node].next; }
  /// A member's key, unescaped.
  [[nodiscard]] std::string_view key(Index node) const;
  [[nodiscard]] RawValue value(Index node) const;
  /// As written; a string with its quotes.
  [[nodiscard]] std::string_view text(Index node) const {
    return text_.substr(nodes_[node].begin, nodes_[node].end - nodes_[node].begin);
  }

  /// Puts the wanted values among an object's members.
  void read_members(Index object, const PathSet& wanted, uint32_t trie, FieldValues& out) const;
  /// The same below an object, an array, or a text that is JSON or XML itself.
  void read_below(Index node, const PathSet& wanted, uint32_t trie, FieldValues& out) const;
  /// Visits every scalar below an object, in document order.
  void visit_scalars(Index object, const ScalarVisit& visit) const;
  /// Appends the minified text of the first value at a path below an object.
  [[nodiscard]] bool write_at(Index object, std::string_view path, std::string& out) const;
  void write(Index node, std::string& out) const;

 private:
  struct Node {
    uint32_t key_begin = 0, key_size = 0;  // between the quotes
    uint32_t begin = 0, end = 0;
    Index next = 0;
    Kind kind = Kind::Null;
    bool key_escaped = false;
    bool escaped = false;
  };
  class Builder;

  [[nodiscard]] Fault index(std::string_view text);
  [[nodiscard]] std::string_view unescape(std::string_view text) const;
  void read_value(Index node, const PathSet& wanted, uint32_t trie, FieldValues& out) const;
  void visit_below(Index node, std::string& path, const ScalarVisit& visit) const;
  void visit_value(Index node, std::string& path, const ScalarVisit& visit) const;
  [[nodiscard]] bool write_value_at(Index node, std::string_view path, std::string& out) const;

  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
  std::string_view text_;
  std::vector<Node> nodes_;
  std::vector<Index> open_;
  mutable Arena unescaped_;  // grows while values are read, emptied by the next parse
  mutable EmbeddedText embedded_;
};

}  // namespace hecate::ingest
