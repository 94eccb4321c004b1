#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/loaded.h"

namespace hecate::bench {

struct AllOptions {
  std::filesystem::path share;   // the folder with catalogs/
  std::filesystem::path events;  // NDJSON
  std::filesystem::path work;
  std::vector<std::string> sigma;  // folders of Sigma rules
  std::vector<std::string> all;    // and of all content together
  int repeat = 3;
  size_t separate = 50;  // detections that DuckDB is asked one by one
};

/// All heads in one pass beside those of Sigma alone; what tails cost; memory.
void print_pass(const AllOptions& options);
/// From one rule to all of them, and with one thread and two.
void print_curve(const AllOptions& options);
/// What DuckDB takes for one detection after the other, extrapolated, beside everything in one hunt.
void print_separately(const AllOptions& options);
/// Compressed input beside the time that its decompressor takes alone.
void print_inputs(const AllOptions& options);

}  // namespace hecate::bench
