#pragma once

#include <filesystem>
#include <string>

#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/hunt.h"
#include "engine/ruleset.h"

namespace hecate::bench {

/// (a), (e): how many queries of a corpus (NDJSON: source, kind, query) bind and run without error, and how long each
/// takes.
void print_queries(const std::filesystem::path& share, const std::filesystem::path& corpus,
                   const std::filesystem::path& work, bool verbose);

/// (b): how many of the documentation's examples give what their pages show. `accepted`: mismatches that are the page's
/// fault, with the reason; `only`: cases whose name contains it.
void print_documented(const std::filesystem::path& share, const std::filesystem::path& cases,
                      const std::filesystem::path& accepted, const std::string& only, bool verbose);

}  // namespace hecate::bench
