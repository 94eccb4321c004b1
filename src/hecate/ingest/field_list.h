#pragma once

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "ingest/embedded_text.h"
#include "ingest/record.h"

namespace hecate::ingest {

/// The fields of a line or a row, in its order. Views lie in the line, or in the list's own memory where a value had
/// to be unescaped. Memory is kept from one line to the next.
class FieldList {
 public:
  struct Field {
    std::string_view path;
    std::string_view value;
    bool element = false;  // of an array: its path ends in `{}`
  };
  using ScalarVisit = std::function<void(std::string_view path, RawValue value)>;

  void clear() {
    fields_.clear();
    keys_.clear();
    memory_.reset();
    embedded_.clear();
  }
  void add(std::string_view path, std::string_view value) { fields_.push_back({path, value, false}); }
  void add_element(std::string_view path, std::string_view value) { fields_.push_back({path, value, true}); }
  /// Takes off all fields behind the first `count`, for a parser that finds that it was mistaken.
  void truncate(size_t count) {
    fields_.resize(count);
    keys_.resize(std::min(keys_.size(), count));
  }
  /// For what views cannot show: lives until clear().
  [[nodiscard]] Arena& memory() { return memory_; }

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  /// The first value of that path, or empty.
  [[nodiscard]] std::string_view find(std::string_view path) const;

  /// Puts the wanted values whose paths stand below `trie`.
  void read(const PathSet& wanted, uint32_t trie, FieldValues& out) const;
  void visit_scalars(const ScalarVisit& visit) const;
  /// Appends the first value at a path as JSON, or all its elements as an array; "" is the whole list as an object.
  [[nodiscard]] bool write_at(std::string_view path, std::string& out) const;

 private:
  /// Of a path: the piece before its first dot.
  struct Key {
    uint32_t size = 0;
    uint32_t hash = 0;  // PathSet::hash_of
  };
  void write_all(std::string& out) const;

  std::vector<Field> fields_;
  Arena memory_;
  mutable EmbeddedText embedded_;
  mutable std::vector<Key> keys_;  // by field, as far as somebody asked
};

}  // namespace hecate::ingest
