#include "ingest/export_wrapper.h"

namespace hecate::ingest {
namespace {

using Index = JsonTree::Index;
using Kind = JsonTree::Kind;

std::optional<Index> member(const JsonTree& tree, Index object, std::string_view key) {
  for (auto node = tree.first_child(object); node < tree.next(object); node = tree.next(node)) {
    if (tree.key(node) == key) return node;
  }
  return std::nullopt;
}

std::optional<Index> member(const JsonTree& tree, Index object, std::string_view key, Kind kind) {
  const auto node = member(tree, object, key);
  return node && tree.kind(*node) == kind ? node : std::nullopt;
}

std::optional<std::string_view> text_of(const JsonTree& tree, Index object, std::string_view key) {
  const auto node = member(tree, object, key, Kind::String);
  return node ? std::optional(tree.value(*node).text) : std::nullopt;
}

std::optional<Ticks> time_of(const JsonTree& tree, Index row) {
  const auto node = member(tree, row, "_time");
  if (!node) return std::nullopt;
  const std::string_view text = tree.value(*node).text;
  const auto count = parse_epoch_time(text);
  return count ? count : parse_iso_time(text);
}

/// A row as it stands where it has no `_raw`: the result of a search that makes a table.
ExportedEvent row_of(const JsonTree& tree, Index row) {
  ExportedEvent found{row, member(tree, row, kRawKey, Kind::String), {}};
  if (!found.raw) return found;
  found.metadata.time = time_of(tree, row);
  found.metadata.host = text_of(tree, row, "host");
  found.metadata.source = text_of(tree, row, "source");
  found.metadata.sourcetype = text_of(tree, row, "sourcetype");
  found.metadata.index = text_of(tree, row, "index");
  return found;
}

/// What of an export stands among an object's members.
struct Keys {
  std::optional<Index> source, result;
  bool index = false, preview = false, raw = false, sourcetype = false;
};

Keys keys_of(const JsonTree& tree, Index root) {
  constexpr std::string_view kInitials = "_prs";
  Keys keys;
  for (auto node = tree.first_child(root); node < tree.next(root); node = tree.next(node)) {
    const std::string_view key = tree.key(node);
    // Most keys are none of these.
    if (key.empty() || kInitials.find(key.front()) == std::string_view::npos) continue;
    if (key == kSourceKey && tree.kind(node) == Kind::Object) keys.source = node;
    if (key == "result" && tree.kind(node) == Kind::Object) keys.result = node;
    keys.index |= key == "_index" || key == "_id";
    keys.preview |= key == kPreviewKey && tree.kind(node) == Kind::Bool;
    keys.raw |= key == kRawKey && tree.kind(node) == Kind::String;
    keys.sourcetype |= key == "sourcetype" || key == "_time";
  }
  return keys;
}

}  // namespace

std::optional<ExportedEvent> find_exported(const JsonTree& tree) {
  const Index root = tree.root();
  if (tree.kind(root) != Kind::Object) return std::nullopt;
  const Keys keys = keys_of(tree, root);
  if (keys.source && keys.index) return ExportedEvent{*keys.source, std::nullopt, {}};
  if (keys.preview && keys.result) return row_of(tree, *keys.result);
  if (keys.raw && keys.sourcetype) return row_of(tree, root);
  return std::nullopt;
}

}  // namespace hecate::ingest
