#pragma once

#include <string_view>

#include "ingest/record.h"

namespace hecate::ingest {

/// The trie's node for a document's key below `node`, or 0. A key that holds dots takes one step for each
/// piece between them, exactly as PathSet::add cut the path: so it matches however keys share a path's dots.
[[nodiscard]] uint32_t descend(const PathSet& paths, uint32_t node, std::string_view key);

/// The trie's step for "the elements of this array".
constexpr std::string_view kElements = "{}";

/// A path's step for any one key.
constexpr std::string_view kAnyKey = "*";

/// Takes `key` off the front of `path`, with the dot after it where more follows; false where it does not
/// stand there as a whole.
[[nodiscard]] bool take_key(std::string_view& path, std::string_view key);

}  // namespace hecate::ingest
