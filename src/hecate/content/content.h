#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "content/add_on.h"
#include "plan/plan.h"
#include "plan/table.h"
#include "yaml/yaml.h"

namespace hecate::content {

class RuleCache;

enum class Level { Informational, Low, Medium, High, Critical };
[[nodiscard]] std::string_view to_string(Level level);
/// By its name, whatever its case; "info" is informational.
[[nodiscard]] std::optional<Level> level_by_name(std::string_view name);

struct Attack {
  std::vector<std::string> tactics;     // "privilege-escalation"
  std::vector<std::string> techniques;  // "T1053.003"
};

struct EntityMapping {
  std::string type, field;
  /// Sentinel: what the field is of the entity ("HostName"), and its other identifiers.
  struct Identifier {
    std::string name, field;
  };
  std::string identifier = {};
  std::vector<Identifier> others = {};
};
struct RiskObject {
  std::string field, type;
  int64_t score = 0;
  std::string message{};  // where it has one of its own
};
struct ThreatObject {
  std::string field, type;
};
struct Risk {
  std::string message;  // `$field$` is filled from the result row
  std::vector<RiskObject> objects;
  std::vector<ThreatObject> threat_objects;
};
/// Splunk ES: the highest score of a finding gives its severity (20 informational, 40 low, 60 medium, 80 high); none
/// without risk objects.
[[nodiscard]] std::optional<Level> level_by_risk(const Risk& risk);

/// When a search is to run, and over which span of time. engine/schedules.h checks what the texts say.
struct Schedule {
  std::string cron, earliest, latest, window;
  /// Where these stand.
  struct Places {
    Span cron, earliest, latest, window;
  } places = {};
  int64_t every_seconds = 0;  // Sentinel: instead of a cron expression
};

/// How detections are to run that do not say it themselves: ESCU's deployments, and the schedules that follow them.
struct Deployment {
  std::string name;
  /// The detections that it is for: their type ("TTP"; "EventBasedDetection": all but baselines), their stories.
  std::string type;
  std::vector<std::string> stories;
  Schedule schedule;
  bool risk = false, notable = false;  // what a finding is to become
  Span span;
};

/// What an analytics rule of Sentinel makes of its rows
/// (https://learn.microsoft.com/azure/sentinel/create-analytics-rules). `{{Column}}` is filled from the rows.
struct AlertRule {
  /// How many rows make an alert.
  enum class Trigger : uint8_t { Above, Below, Equal, NotEqual };
  /// Default: the rule does not say it.
  enum class Grouping : uint8_t { Default, SingleAlert, AlertPerResult };
  struct Detail {
    std::string name, column;
  };
  struct Incident {
    bool create = true;
    bool group = false, reopen = false;
    int64_t lookback_seconds = 0;
    std::string matching;  // "AllEntities", "AnyAlert", "Selected"
    std::vector<std::string> entities, alert_details, custom_details;
  };

  Trigger trigger = Trigger::Above;
  int64_t threshold = 0;
  Grouping grouping = Grouping::Default;
  std::string title, description;               // formats
  std::string tactics_column, severity_column;  // what these columns hold goes before the rule's own
  std::vector<Detail> properties;               // alertDynamicProperties
  std::vector<Detail> custom_details;
  int64_t suppression_seconds = 0;  // 0: none
  Incident incident;

  [[nodiscard]] bool triggers(int64_t rows) const;
};

/// One detection in one language, as its own file and its pack describe it.
struct Detection {
  std::string id, title, description, author, status;
  Language language = Language::Sigma;
  Level level = Level::Medium;
  MappedText query;        // SPL and KQL
  std::string name;        // Sigma: what other documents may call the rule
  yaml::NodePtr document;  // Sigma
  /// Sigma: the plan that an earlier run compiled (without fields shown); there is no document then.
  std::shared_ptr<const Plan> compiled;
  Attack attack;
  std::vector<EntityMapping> entities;
  std::shared_ptr<const AlertRule> alert;  // Sentinel and Defender; or null
  Risk risk;
  std::string type;  // ESCU: "TTP", "Anomaly", "Hunting", "Correlation", "Baseline"
  std::optional<Schedule> schedule;
  std::string schedule_name;  // ESCU: a schedule of that name, where it asks for one
  Span schedule_span;
  std::optional<size_t> deployment;  // what the schedule came from
  bool disabled = false;             // keeps it off the server's schedule; hunt and test run it all the same
  std::vector<std::string> false_positives, references;
  std::vector<std::string> stories;  // ESCU: the analytic stories that it is part of
  std::string path;
  Span span;  // where it is defined, for messages that speak of it as a whole
  std::optional<size_t> pack;
};

struct MacroDefinition {
  std::string name;
  std::vector<std::string> arguments;
  MappedText definition;
  /// Made by Hecate as ESCU's packager does (`<detection>_filter` = `search *`); any written definition wins.
  bool implicit = false;
};

/// Raises or lowers the score of the risk events that its search finds (Splunk ES, "risk factors").
struct RiskFactor {
  Detection search;
  double add = 0;
  double multiply = 1;
};

/// A function that KQL queries may call: an ASIM parser, a saved function of a workspace.
struct SavedFunction {
  std::string name;
  MappedText parameters;  // "disabled: bool = false, pack: bool = false"
  MappedText body;
  std::string path;
  Span span;
};

struct FilterDocument {
  yaml::NodePtr document;
  std::string path;
  std::optional<size_t> pack;
};

/// A processing pipeline of Sigma that stands among the content. It works where a pack names its file.
struct PipelineDocument {
  yaml::NodePtr document;
  std::string path;
};

struct DerivedField {
  std::string expression;
  Span span;
};

/// What a pack.yml declares for all content below its folder.
struct Pack {
  std::string name, title, version, folder;
  std::map<std::string, DerivedField, std::less<>> derived_fields;
  /// table -> column -> the column to use instead
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> field_aliases;
  /// Files of pipelines for its Sigma rules, as paths; each is one of Content::pipelines.
  std::vector<std::pair<std::string, Span>> pipelines;
};

/// What a test expects of one detection.
struct Expectation {
  std::string detection;
  int64_t findings = 0;
  std::map<std::string, int64_t> suppressed;                // by filter id
  std::vector<std::map<std::string, std::string>> results;  // by finding: fields that must be equal, as text
  std::vector<std::string> messages;
  struct RiskExpectation {
    std::string object, type;
    int64_t score = 0;
  };
  std::vector<RiskExpectation> risk;
  Span span;
};

struct TestCase {
  std::string name, path;
  std::string events;       // inline text, or
  std::string events_file;  // a file
  std::vector<Expectation> expectations;
  Span span;
};

/// Events that a test of an ESCU detection replays.
struct AttackData {
  std::string address;  // a URL, or a path
  std::string source, sourcetype, host, index;
};
struct AttackDataTest {
  std::string name, path;
  std::string detection;  // its id
  std::vector<AttackData> data;
  Span span;
};

struct Content {
  std::vector<Detection> detections;
  std::vector<MacroDefinition> macros;
  std::vector<FilterDocument> filters;
  std::vector<RiskFactor> risk_factors;
  std::vector<PipelineDocument> pipelines;
  std::vector<Pack> packs;
  std::vector<TestCase> tests;
  std::vector<AttackDataTest> attack_data_tests;
  std::vector<Deployment> deployments;
  std::vector<Table> tables;  // lookups; watchlists as "watchlist:alias"
  std::vector<SavedFunction> functions;
  AddOn add_on;  // of all apps
  size_t files = 0;
};

/// Loads files and folders (recursively, sorted, hidden files left out) of any mix of content: Sigma rules and
/// filters, ESCU detections and macros, Sentinel rules, packs, bare .spl and .kql. What is wrong is reported
/// (CNT…) and left out; the rest is loaded. Later paths win over earlier ones for macros of the same name.
/// With a cache, rules that it knows come with their plans, and the other rules are offered to it.
[[nodiscard]] Content load(const std::vector<std::string>& paths, SourceMap& sources, DiagnosticSink& sink,
                           RuleCache* cache = nullptr);

/// One document of text, for `hecate query` and tests of the loader.
void load_text(std::string path, std::string text, Content& content, SourceMap& sources, DiagnosticSink& sink);

}  // namespace hecate::content
