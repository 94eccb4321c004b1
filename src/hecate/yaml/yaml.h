#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "base/result.h"

namespace hecate::yaml {

class Node;
/// Nodes are immutable and shared: an alias is the same node again, never a copy.
using NodePtr = std::shared_ptr<const Node>;

/// A YAML node that knows where every byte of it stands in its file. Built on yaml-cpp's event parser.
class Node {
 public:
  enum class Kind { Null, Scalar, Sequence, Mapping };

  Kind kind = Kind::Null;
  Span span;
  /// A scalar's text as YAML reads it (indentation off, escapes resolved), each byte mapped to the file.
  MappedText scalar;
  /// The scalar was written without quotes and not as a block: `4625`, `true` and `null` may be more than text.
  bool plain = false;
  std::vector<NodePtr> items;                        // of a sequence
  std::vector<std::pair<NodePtr, NodePtr>> entries;  // of a mapping, in order; keys are scalars or other nodes

  [[nodiscard]] bool is_null() const { return kind == Kind::Null; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::Scalar; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::Sequence; }
  [[nodiscard]] bool is_mapping() const { return kind == Kind::Mapping; }
  [[nodiscard]] std::string_view text() const { return scalar.view(); }

  /// The value under a key of a mapping, or null.
  [[nodiscard]] const Node* find(std::string_view key) const;
  /// The key's own node, for its span.
  [[nodiscard]] const Node* find_key(std::string_view key) const;
  /// The scalar under a key, or empty.
  [[nodiscard]] std::string_view text_of(std::string_view key) const;
  /// YAML 1.2 core booleans of plain scalars (true/True/TRUE, false/...).
  [[nodiscard]] std::optional<bool> as_bool() const;
  /// A whole number in decimal, of a plain scalar.
  [[nodiscard]] std::optional<int64_t> as_integer() const;
  [[nodiscard]] std::optional<double> as_number() const;
  /// A sequence's scalars, or the one scalar there is, or nothing.
  [[nodiscard]] std::vector<std::string_view> texts() const;
};

/// All documents of a file. A syntax error is reported as YML001 at its place, and the documents before it
/// are kept; a duplicate key as YML002 (the first value stays); too deep or alias bombs as YML003.
/// `complete` is false where an error cut the file short.
struct Documents {
  std::vector<NodePtr> roots;
  bool complete = true;
};
[[nodiscard]] Documents parse(FileId file, const SourceMap& sources, DiagnosticSink& sink);

}  // namespace hecate::yaml
