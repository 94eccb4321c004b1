#include "ingest/doubled_escapes.h"

#include <optional>

namespace hecate::ingest {
namespace {

using Index = JsonTree::Index;

std::optional<Index> object_in(const JsonTree& tree, std::optional<Index> object, std::string_view key) {
  if (!object) return std::nullopt;
  for (auto node = tree.first_child(*object); node < tree.next(*object); node = tree.next(node)) {
    if (tree.kind(node) == JsonTree::Kind::Object && tree.key(node) == key) return node;
  }
  return std::nullopt;
}

/// `win.eventdata` or `data.win.eventdata`.
std::optional<Index> event_data(const JsonTree& tree) {
  if (tree.kind(tree.root()) != JsonTree::Kind::Object) return std::nullopt;
  auto win = object_in(tree, tree.root(), kWazuhKey);
  if (!win) win = object_in(tree, object_in(tree, tree.root(), "data"), kWazuhKey);
  return object_in(tree, win, "eventdata");
}

/// Copies JSON, one level of escapes taken off within its texts; false where a text's escapes are no two levels. In
/// JSON's own spelling `\\\\` is the text `\\`, and `\\\"` is `\"`.
bool unescape_once(std::string_view json, std::string& out) {
  constexpr std::string_view kBackslash = R"(\\\\)";
  constexpr std::string_view kQuote = R"(\\\")";
  bool any = false;
  for (size_t at = 0; at < json.size();) {
    const std::string_view rest = json.substr(at);
    if (rest.front() != '\\') {
      out += rest.front();
      ++at;
    } else if (rest.starts_with(kBackslash) || rest.starts_with(kQuote)) {
      out += rest.substr(2, 2);
      at += kBackslash.size();
      any = true;
    } else if (rest.starts_with(R"(\\)")) {
      return false;
    } else {
      out += rest.substr(0, 2);
      at += 2;
    }
  }
  return any;
}

}  // namespace

bool without_doubled_escapes(const JsonTree& tree, std::string& out) {
  const auto data = event_data(tree);
  if (!data) return false;
  const std::string_view all = tree.text(tree.root());
  const std::string_view inside = tree.text(*data);
  const auto begin = static_cast<size_t>(inside.data() - all.data());
  out.append(all.substr(0, begin));
  if (!unescape_once(inside, out)) return false;
  out.append(all.substr(begin + inside.size()));
  return true;
}

}  // namespace hecate::ingest
