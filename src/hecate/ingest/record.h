#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text_hash.h"
#include "base/time.h"

namespace hecate::ingest {

/// A scalar (or a whole sub-document) of a raw event, as it was written.
enum class RawKind : uint8_t { Absent, Null, Bool, Number, String, Json };
struct RawValue {
  RawKind kind = RawKind::Absent;
  std::string_view text;  // String: unescaped; Number, Bool: verbatim; Json: the JSON text of an object or array
  /// Of a JSON string with escapes: as it stands between its quotes. Empty of all others.
  std::string_view escaped{};
};

/// The set of raw paths that somebody wants, compiled for one walk over an event. Paths are written as
/// Splunk writes them: keys joined by dots, `{}` after a key whose value is an array
/// ("process_exec.ancestors{}.pid"). A path matches case-sensitively. Keys that hold dots themselves are
/// matched too ("pod_labels.app.kubernetes.io/name"): the walk tries every split.
/// A piece `*` stands for any one key ("Event.UserData.*.Param1"), whether or not other paths name it: what a path
/// means does not depend on the others.
class PathSet {
 public:
  /// Returns the slot of the path (the same for the same path).
  size_t add(std::string_view path);
  [[nodiscard]] size_t slots() const { return slots_; }

  /// A node's children by the hashes of their keys.
  struct KeyTable {
    std::vector<uint32_t> hashes;  // by child
    std::vector<uint32_t> slots;   // a child's number + 1, or 0
  };
  struct TrieNode {
    std::vector<std::pair<std::string, uint32_t>> children;  // key -> node, sorted by key
    int32_t slot = -1;
    std::vector<uint32_t> more_slots;  // of other paths that lead here, too
    KeyTable table;
  };
  [[nodiscard]] const std::vector<TrieNode>& nodes() const { return nodes_; }
  /// The child of a node under a key, or 0 (the root is nobody's child).
  [[nodiscard]] uint32_t child(uint32_t node, std::string_view key) const { return child(node, key, hash_of(key)); }
  /// The same, with hash_of(key).
  [[nodiscard]] uint32_t child(uint32_t node, std::string_view key, uint32_t hash) const;
  [[nodiscard]] static uint32_t hash_of(std::string_view key);
  /// Equal where the same paths were added in the same order.
  [[nodiscard]] uint64_t identity() const { return identity_; }

 private:
  uint32_t child_or_new(uint32_t node, std::string_view key);
  uint32_t any_child(uint32_t node) const;
  void step(std::vector<uint32_t>& nodes, std::string_view key);
  void copy_below(uint32_t from, uint32_t to);

  // A node under a key holds all that stands below `*` beside it, so that a walk over an event goes one way.
  std::vector<TrieNode> nodes_{TrieNode{}};
  std::unordered_map<std::string, size_t, TextHash, std::equal_to<>> known_;  // slots by path
  size_t slots_ = 0;
  uint64_t identity_ = 0;
};

/// What one walk found: for each slot no, one or several values in document order.
class FieldValues {
 public:
  void reset(size_t slots);
  void put(size_t slot, RawValue value);
  /// For all paths that lead to a node.
  void put(const PathSet::TrieNode& node, RawValue value) {
    if (node.slot >= 0) put(static_cast<size_t>(node.slot), value);
    for (const uint32_t slot : node.more_slots) put(slot, value);
  }
  [[nodiscard]] size_t count(size_t slot) const { return counts_[slot]; }
  /// The first value; Absent where there is none.
  [[nodiscard]] RawValue first(size_t slot) const { return counts_[slot] == 0 ? RawValue{} : firsts_[slot]; }
  /// The slots that hold values, in the order in which they were found.
  [[nodiscard]] const std::vector<uint32_t>& found() const { return found_; }
  /// All values of a slot, in document order, appended to `out`.
  void all(size_t slot, std::vector<RawValue>& out) const;

 private:
  std::vector<RawValue> firsts_;
  std::vector<uint32_t> counts_;
  std::vector<uint32_t> found_;
  std::vector<std::pair<uint32_t, RawValue>> more_;
};

enum class Shape : uint8_t { Json, Xml, Text };

/// One parsed event: a tree of keys and values. The views stay valid until the reader's next record.
class Document {
 public:
  virtual ~Document() = default;
  [[nodiscard]] virtual Shape shape() const = 0;
  /// Fills the wanted paths. XML gives the paths of the usual JSON rendering: attributes under their
  /// element ("Event.System.TimeCreated.SystemTime"), `<Data Name="F">` under "Event.EventData.F",
  /// an element's text under its own path.
  virtual void read(const PathSet& wanted, FieldValues& out) const = 0;
  /// Every scalar, flattened, in document order.
  virtual void read_all(const std::function<void(std::string_view path, RawValue value)>& visit) const = 0;
  /// Where a JSON object or array is wanted as a value: its canonical (minified) text appended to `out`.
  /// False where the path does not exist.
  virtual bool read_json(std::string_view path, std::string& out) const = 0;
};

/// What a HEC envelope says of the event inside, and what syslog says of its message.
struct Envelope {
  std::optional<Ticks> time;
  std::optional<std::string_view> host, source, sourcetype, index;
};

/// One record, valid during the visit only.
struct Record {
  uint64_t number = 0;    // from 1, within its file; bad records count too, blank lines do not
  std::string_view raw;   // the event as written, without envelope and line break
  std::string_view file;  // as given by the user
  const Document* document = nullptr;
  Envelope envelope;
  uint64_t byte_offset = 0;  // of the record in the (decompressed) file
  /// When its file was last changed: what remains of a time where neither event nor envelope say one.
  std::optional<Ticks> file_time{};
};

}  // namespace hecate::ingest
