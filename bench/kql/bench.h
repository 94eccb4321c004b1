#pragma once

#include <filesystem>
#include <string>

#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/hunt.h"
#include "engine/ruleset.h"

namespace hecate::bench {

/// (a), (e): how many queries of a corpus (NDJSON: source, kind, query) bind and run without error, and how long each
/// takes to be parsed, bound and planned.
void print_queries(const std::filesystem::path& share, const std::filesystem::path& corpus,
                   const std::filesystem::path& work, bool verbose);

/// (b): how many of the documentation's examples give what their pages show. `accepted`: mismatches that are the page's
/// fault, with the reason; `only`: cases whose name contains it.
void print_documented(const std::filesystem::path& share, const std::filesystem::path& cases,
                      const std::filesystem::path& accepted, const std::string& only, bool verbose);

struct SearchOptions {
  std::filesystem::path share, events;
  std::filesystem::path folder;  // of the searches
  std::string chdb;              // a command that answers for chDB; empty: without it
  std::string only;              // searches whose name contains it
  int repeat = 5;                // the fastest time counts
};
/// (c): typical queries beside DuckDB and chDB.
void print_searches(const SearchOptions& options);

/// (d): the corpus' analytics rules in one pass, beside `singles` of them alone.
void print_analytics(const std::filesystem::path& share, const std::filesystem::path& corpus,
                     const std::filesystem::path& events, size_t singles, bool verbose);

}  // namespace hecate::bench
