#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/ruleset.h"
#include "ingest/reader.h"

namespace hecate::engine {

/// Records of one record type in one file; type Generic are those that no source recognises.
struct SurveyedType {
  RecordType type = RecordType::Generic;
  uint64_t records = 0;
  std::map<std::string, uint64_t> formats;  // "JSON", "XML", "syslog", "cef", "text": how many records
  std::map<std::string, uint64_t> sourcetypes;
  std::optional<Ticks> first, last;
  std::set<std::string> hosts;  // the first kMostHosts
  bool more_hosts = false;
  std::map<std::string, uint64_t> keys;  // of unrecognised ones: in how many records
};

struct SurveyedFile {
  std::string name;
  std::string container;  // "EVTX", "gzip", "UTF-16, zstd"; empty for plain bytes
  uint64_t bytes = 0;     // after decompression
  uint64_t records = 0;
  uint64_t bad = 0;
  std::vector<SurveyedType> types;  // the most frequent first
};

/// A rule whose condition cannot hold because fields that it reads never occur.
struct BlindRule {
  const CompiledDetection* rule = nullptr;
  std::vector<std::string> missing;  // raw fields
};

/// What the rules have to do with the records of one type, in all files.
struct SurveyedRules {
  RecordType type = RecordType::Generic;
  uint64_t records = 0;
  std::vector<const CompiledDetection*> able;  // nothing that is the same for all these records rules them out
  std::vector<BlindRule> blind;                // would be able, but for the fields
};

struct Survey {
  static constexpr size_t kMostHosts = 1'000;
  static constexpr size_t kMostKeys = 5'000;

  std::vector<SurveyedFile> files;
  std::vector<SurveyedRules> rules;  // by type, the most frequent first
  ingest::ReadStats read;
};

struct SurveyOptions {
  std::vector<std::string> files;  // expanded paths
  ingest::ReadOptions read;
  std::optional<RecordType> assume;
  std::optional<std::vector<const CompiledDetection*>> only;  // what is said of rules is said of these alone
  ingest::Progress progress;
};

/// Reads logs without running the rules: what is in them, and which rules could find something there. Rules that only
/// feed correlations count as rules; a correlation counts where all that it refers to can.
[[nodiscard]] Survey survey(const Ruleset& rules, const SurveyOptions& options, DiagnosticSink& sink);

}  // namespace hecate::engine
