#include "ingest/hec.h"

#include <charconv>

namespace hecate::ingest {
namespace {

/// Epoch seconds; a number may be written with an exponent.
std::optional<Ticks> epoch_time(std::string_view text) {
  if (const auto time = parse_epoch_time(text)) return time;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return ticks_from_epoch_seconds(seconds);
}

/// One metadata value; false where it cannot belong to an envelope.
bool take_text(const JsonTree& tree, JsonTree::Index node, std::optional<std::string_view>& text) {
  const RawValue value = tree.value(node);
  if (value.kind == RawKind::Json) return false;
  if (value.kind != RawKind::Null && !text) text = value.text;
  return true;
}

bool take_time(const JsonTree& tree, JsonTree::Index node, std::optional<Ticks>& time) {
  const RawValue value = tree.value(node);
  if (value.kind == RawKind::Null) return true;
  if (value.kind != RawKind::Number && value.kind != RawKind::String) return false;
  const auto read = epoch_time(value.text);
  if (!time) time = read;
  return read.has_value();
}

bool take_fields(const JsonTree& tree, JsonTree::Index node, std::optional<JsonTree::Index>& fields) {
  if (tree.kind(node) == JsonTree::Kind::Null) return true;
  if (tree.kind(node) != JsonTree::Kind::Object) return false;
  if (!fields) fields = node;
  return true;
}

bool take_member(const JsonTree& tree, JsonTree::Index node, HecEnvelope& envelope, bool& has_event) {
  const std::string_view key = tree.key(node);
  if (!is_hec_key(key)) return false;
  if (key == "event") {
    if (!has_event) envelope.event = node;
    return has_event = true;
  }
  if (key == "time") return take_time(tree, node, envelope.metadata.time);
  if (key == "host") return take_text(tree, node, envelope.metadata.host);
  if (key == "source") return take_text(tree, node, envelope.metadata.source);
  if (key == "sourcetype") return take_text(tree, node, envelope.metadata.sourcetype);
  if (key == "index") return take_text(tree, node, envelope.metadata.index);
  return take_fields(tree, node, envelope.fields);
}

}  // namespace

std::optional<HecEnvelope> find_envelope(const JsonTree& tree) {
  HecEnvelope envelope;
  bool has_event = false;
  const JsonTree::Index root = tree.root();
  if (tree.kind(root) != JsonTree::Kind::Object) return std::nullopt;
  for (auto node = tree.first_child(root); node < tree.next(root); node = tree.next(node)) {
    if (!take_member(tree, node, envelope, has_event)) return std::nullopt;
  }
  if (!has_event) return std::nullopt;
  return envelope;
}

}  // namespace hecate::ingest
