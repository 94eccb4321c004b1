// From every published Sigma rule's own condition: an event that it must find, and one as near to it as may be that it
// must not. The events are made from the syntax tree and checked by a reading of the specification that shares
// nothing with the engines (rule_reader.h); then all rules run over all events at once, by the caches of the stream
// engine and by the reference evaluator.
//
// Events are written for a record type of the rule's logsource and taken for it (HuntOptions::assume): that records
// are recognised is tested elsewhere (tests/corpus/sigma_regression, tests/unit/catalog).
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "../public_rules.h"
#include "engine/hunt.h"
#include "event_maker.h"
#include "lang/sigma/detection.h"

namespace hecate::corpus {
namespace {

namespace fs = std::filesystem;

using Detection = engine::CompiledDetection;

struct Expected {
  const Detection* detection = nullptr;
  bool match = false;
  std::string line;
  std::array<bool, 2> fired{};  // by the caches, by the reference
};

struct Table {
  size_t rules = 0, matches = 0, misses = 0;
  std::map<std::string, std::vector<std::string>> not_made;  // rules by reason
  std::vector<std::string> generic;                          // rules of which no record type has the logsource
};

/// The events for one record type, in the order in which they are written.
using Events = std::map<RecordType, std::vector<Expected>>;

struct Written {
  std::string match, miss;
};

class Generator {
 public:
  Generator(const Catalog& catalog, Table& table) : catalog_(catalog), table_(table) {}

  void add(const Detection& detection, Events& events) {
    ++table_.rules;
    DiagnosticSink sink;
    const yaml::Node* document =
        detection.detection->document ? detection.detection->document->find("detection") : nullptr;
    const auto parsed =
        document ? sigma::parse_detection(*document, {}, sink) : Result<sigma::ast::Detection>(already_reported());
    if (!parsed) return not_made(detection, "the rule's text is not at hand");
    const auto* logsource = std::get_if<SigmaLogsource>(&detection.plan.scan().dataset);
    std::string trouble;
    bool has_type = false;
    for (size_t i = 1; i < catalog_.record_types(); ++i) {
      const auto type = static_cast<RecordType>(i);
      if (!catalog_.belongs(type, *logsource)) continue;
      has_type = true;
      if (const auto written = make(*parsed, *logsource, type, trouble)) return keep(detection, type, *written, events);
    }
    // Where the catalogs know no source of the kind, users have `--assume generic`.
    if (!has_type) {
      table_.generic.push_back(name_of(detection));
      if (const auto written = make(*parsed, *logsource, RecordType::Generic, trouble)) {
        return keep(detection, RecordType::Generic, *written, events);
      }
    }
    not_made(detection, trouble);
  }

 private:
  std::optional<Written> make(const sigma::ast::Detection& parsed, const SigmaLogsource& logsource, RecordType type,
                              std::string& trouble) {
    std::map<std::string, FieldForm> forms;
    const auto form = [&](const std::string& field) -> const FieldForm& {
      return forms.try_emplace(field, catalog_, type, logsource, field).first->second;
    };
    Pair pair = EventMaker(parsed, form, regexes_).make();
    trouble = pair.trouble;
    if (!pair.match) return std::nullopt;
    const auto match = written(catalog_, type, *pair.match);
    if (!match) trouble = "two fields stand in each other's way";
    if (!match) return std::nullopt;
    const auto miss = pair.near_miss ? written(catalog_, type, *pair.near_miss) : std::nullopt;
    return Written{*match, miss.value_or("")};
  }

  void keep(const Detection& detection, RecordType type, const Written& written, Events& events) {
    events[type].push_back({&detection, true, written.match, {}});
    ++table_.matches;
    if (written.miss.empty()) return not_made(detection, "no event that it must not find");
    events[type].push_back({&detection, false, written.miss, {}});
    ++table_.misses;
  }

  static std::string name_of(const Detection& detection) {
    return detection.detection->title + " (" + detection.detection->id + ")";
  }
  void not_made(const Detection& detection, const std::string& reason) {
    table_.not_made[reason].push_back(name_of(detection));
  }

  const Catalog& catalog_;
  Table& table_;
  Regexes regexes_;
};

/// All rules that the type's events are for, as without `assume`.
std::vector<const Detection*> rules_of(const engine::Ruleset& rules, RecordType type,
                                       const std::vector<Expected>& events) {
  std::vector<const Detection*> result;
  for (const auto& detection : rules.detections()) {
    if (rules.catalog().belongs(type, detection->plan.scan().dataset)) result.push_back(detection.get());
  }
  for (const Expected& event : events) {
    if (type == RecordType::Generic && event.match) result.push_back(event.detection);
  }
  return result;
}

void run(const engine::Ruleset& rules, RecordType type, std::vector<Expected>& events, size_t engine) {
  std::string text;
  for (const Expected& event : events) text += event.line + "\n";
  DiagnosticSink sink;
  engine::HuntOptions options;
  options.text = &text;
  options.assume = type;
  options.only = rules_of(rules, type, events);
  options.evaluation = engine == 0 ? stream::Evaluation::Caches : stream::Evaluation::Reference;
  const auto report = engine::hunt(
      rules, options,
      [&](Finding&& finding) {
        if (!finding.source) return;
        Expected& event = events.at(finding.source->record - 1);
        if (event.detection->detection == finding.detection) event.fired[engine] = true;
      },
      sink);
  ASSERT_EQ(report.read.parsed, events.size());
}

void check(const Catalog& catalog, const Events& events) {
  size_t wrong = 0;
  for (const auto& [type, list] : events) {
    for (const Expected& event : list) {
      if (event.fired[0] == event.match && event.fired[1] == event.match) continue;
      ++wrong;
      ADD_FAILURE() << event.detection->detection->title << " (" << event.detection->detection->id << ")\n"
                    << "  as " << catalog.name(type) << ": " << event.line << "\n  must " << (event.match ? "" : "not ")
                    << "fire; caches: " << event.fired[0] << ", reference: " << event.fired[1];
    }
  }
  std::cout << wrong << " events judged wrongly\n";
}

void print(const Table& table, const Events& events) {
  std::cout << table.rules << " rules, for " << table.matches << " an event to find, for " << table.misses
            << " one not to find; " << events.size() << " record types\n";
  const auto list = [](const std::string& title, const std::vector<std::string>& rules) {
    std::cout << title << ": " << rules.size() << "\n";
    for (const std::string& rule : rules) std::cout << "    " << rule << "\n";
  };
  list("taken for generic, as no record type has their logsource", table.generic);
  for (const auto& [reason, rules] : table.not_made) list("not made, " + reason, rules);
}

TEST(CorpusGeneratedEvents, EveryRuleFindsItsOwnEventAndNotItsNeighbour) {
  const auto archive = sigmahq_archive();
  if (!archive) GTEST_SKIP() << "the corpora are not beside the repository";

  const Unpacked unpacked(*archive);
  SourceMap sources;
  DiagnosticSink sink;
  const auto catalog = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  engine::CompileOptions options;
  options.keep_origins = true;
  const engine::Ruleset rules(content::load(unpacked.rule_folders(), sources, sink), *catalog, options, sink);
  ASSERT_GT(rules.detections().size(), 3000U);

  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  Table table;
  Events events;
  Generator generator(*catalog, table);
  for (const auto& detection : rules.detections()) {
    if (detection->detection->language == Language::Sigma && !detection->correlation) generator.add(*detection, events);
  }
  print(table, events);
  std::cout << "made in " << seconds() << " s\n";
  for (auto& [type, list] : events) {
    for (const size_t engine : {0U, 1U}) run(rules, type, list, engine);
  }
  std::cout << "run in " << seconds() << " s\n";
  check(*catalog, events);
  EXPECT_LT((table.rules - table.misses) * 20, table.rules) << "for more than 5 % of the rules no events were made";
}

}  // namespace
}  // namespace hecate::corpus
