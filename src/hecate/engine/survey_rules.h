#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/survey.h"
#include "exec/stream/group_store.h"
#include "exec/stream/groups.h"

namespace hecate::engine {

/// Which rules could match the records that were seen. Records are of one kind where the same rules are left after
/// what is the same for them has been put in: the record type, its discriminator, source, sourcetype and index.
class RuleSurvey {
 public:
  RuleSurvey(const Ruleset& rules, const SurveyOptions& options);

  void look_at(const ingest::Record& record, RecordType type, const Metadata& metadata);
  [[nodiscard]] std::vector<SurveyedRules> finish(DiagnosticSink& sink);

 private:
  struct Field {
    size_t number;  // of the reader
    std::string name;
    bool seen = false;
  };
  struct Kind {
    std::shared_ptr<const stream::GroupPlan> plan;
    std::string source, sourcetype, index;
    std::vector<Field> fields;
  };
  using Key = std::tuple<const stream::GroupPlan*, std::string, std::string, std::string>;
  struct OfType {
    explicit OfType(const Catalog& catalog, RecordType type);
    stream::EventReader reader;
    std::optional<size_t> discriminator;
    std::map<Key, Kind> kinds;
    uint64_t records = 0;
  };
  /// What is known about a rule in the kinds of one type.
  struct Verdict {
    bool able = false;
    std::set<std::string> missing;
  };
  using Verdicts = std::map<const CompiledDetection*, Verdict>;

  Kind& kind_of(OfType& state, RecordType type, const Metadata& metadata);
  void add_fields(OfType& state, Kind& kind);
  void judge(const Kind& kind, Verdicts& verdicts) const;
  void add_correlations(std::vector<SurveyedRules>& rules) const;
  void leave_wanted(SurveyedRules& rules) const;

  // What attackers or odd logs may make up: kinds beyond share the last.
  static constexpr size_t kMostKinds = 1'024;

  const Ruleset& rules_;
  const SurveyOptions& options_;
  std::vector<const CompiledDetection*> heads_;
  std::unique_ptr<stream::GroupStore> store_;
  std::map<RecordType, OfType> types_;
};

}  // namespace hecate::engine
