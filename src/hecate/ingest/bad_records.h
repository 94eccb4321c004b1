#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "ingest/fault.h"
#include "ingest/reader.h"

namespace hecate::ingest {

/// The bad records of one file, counted by reason; the first few of each are named.
class BadRecords {
 public:
  void count(Fault fault, uint64_t record, ReadStats& stats);
  /// One diagnostic for each reason.
  void report(std::string_view file, const ReadOptions& options, DiagnosticSink& sink) const;

 private:
  static constexpr size_t kNamed = 3;
  struct Reason {
    uint64_t count = 0;
    std::vector<uint64_t> first;
  };
  std::array<Reason, kFaults> reasons_;
};

}  // namespace hecate::ingest
