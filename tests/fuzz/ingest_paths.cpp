// The first line holds paths between blanks, the rest is a JSON text. Every scalar that read_all shows under a
// path must be what read finds there.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/json_tree.h"
#include "ingest/record.h"

namespace {

using namespace hecate::ingest;

void require(bool holds) {
  if (!holds) std::abort();
}

void add_paths(std::string_view line, PathSet& paths) {
  while (!line.empty()) {
    const size_t blank = line.find(' ');
    const std::string_view path = line.substr(0, blank);
    require(paths.add(path) == paths.add(path));
    if (blank == std::string_view::npos) return;
    line.remove_prefix(blank + 1);
  }
}

bool holds_scalars(const RawValue& value) { return value.kind != RawKind::Json; }

void compare(const JsonTree& tree) {
  std::map<std::string, std::vector<std::string>> shown;
  size_t scalars = 0;
  tree.visit_scalars(tree.root(), [&](std::string_view path, RawValue value) {
    // A key that itself ends in {} looks like an array's element: paths cannot tell them apart.
    if (path.find("{}") == std::string_view::npos && ++scalars <= 100)
      shown[std::string(path)].emplace_back(value.text);
  });
  if (scalars > 100) return;
  PathSet wanted;
  std::vector<const std::vector<std::string>*> expected;
  for (const auto& [path, texts] : shown) {
    require(wanted.add(path) == expected.size());
    expected.push_back(&texts);
  }
  FieldValues values;
  values.reset(wanted.slots());
  tree.read_members(tree.root(), wanted, 0, values);
  for (size_t slot = 0; slot < expected.size(); ++slot) {
    std::vector<RawValue> all;
    values.all(slot, all);
    size_t found = 0;
    for (const RawValue& value : all) {
      if (holds_scalars(value)) require(found < expected[slot]->size() && value.text == (*expected[slot])[found++]);
    }
    require(found == expected[slot]->size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\n'), input.size());
  PathSet paths;
  add_paths(input.substr(0, end), paths);
  JsonTree tree;
  if (tree.parse(input.substr(std::min(end + 1, input.size()))) != JsonTree::Fault::None) return 0;
  FieldValues values;
  values.reset(paths.slots());
  if (tree.kind(tree.root()) != JsonTree::Kind::Object) return 0;
  tree.read_members(tree.root(), paths, 0, values);
  std::string once;
  tree.write(tree.root(), once);
  JsonTree again;
  require(again.parse(once) == JsonTree::Fault::None);
  std::string twice;
  again.write(again.root(), twice);
  require(once == twice);
  compare(tree);
  return 0;
}
