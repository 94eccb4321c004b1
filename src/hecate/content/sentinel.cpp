#include "content/sentinel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "content/codes.h"
#include "content/duration.h"

// Analytics rules and hunting queries of Sentinel:
// https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation. What is refused there and harmless here
// is a warning: the rule runs.
namespace hecate::content {
namespace {

constexpr int64_t kHour = 3'600;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kShortest = 5 * 60;
constexpr int64_t kLongest = 14 * kDay;

constexpr std::array<std::string_view, 14> kTactics{
    "reconnaissance",       "resource-development", "initial-access",    "execution", "persistence",
    "privilege-escalation", "defense-evasion",      "credential-access", "discovery", "lateral-movement",
    "collection",           "command-and-control",  "exfiltration",      "impact"};
/// Of ATT&CK for industrial systems, and one of Sentinel's own.
constexpr std::array<std::string_view, 4> kOtherTactics{"inhibit-response-function", "impair-process-control",
                                                        "pre-attack", "evasion"};

constexpr std::array<std::string_view, 48> kRuleKeys{"id",
                                                     "name",
                                                     "displayName",
                                                     "description",
                                                     "descriptionDetailed",
                                                     "author",
                                                     "severity",
                                                     "requiredDataConnectors",
                                                     "queryFrequency",
                                                     "queryPeriod",
                                                     "triggerOperator",
                                                     "triggerThreshold",
                                                     "tactics",
                                                     "techniques",
                                                     "subTechniques",
                                                     "relevantTechniques",
                                                     "query",
                                                     "entityMappings",
                                                     "sentinelEntitiesMappings",
                                                     "customDetails",
                                                     "alertDetailsOverride",
                                                     "eventGroupingSettings",
                                                     "suppressionEnabled",
                                                     "suppressionDuration",
                                                     "incidentConfiguration",
                                                     "version",
                                                     "kind",
                                                     "tags",
                                                     "status",
                                                     "metadata",
                                                     "enabled",
                                                     "startTimeUtc",
                                                     "alertRuleTemplateName",
                                                     "templateVersion",
                                                     "lastModifiedUtc",
                                                     "createdDateUTC",
                                                     "lastUpdatedDateUTC",
                                                     "isEnabled",
                                                     "references",
                                                     "category",
                                                     "functionAlias",
                                                     "query_language",
                                                     "previousVersion",
                                                     "additionalFiles",
                                                     "packageId",
                                                     "productName",
                                                     "$schema",
                                                     "source"};

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = ascii_lower(text[i]);
    if (dash ? c != '-' : !(is_ascii_digit(c) || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

void read_tactics(const yaml::Node& rule, const DocumentContext& context, Detection& detection) {
  const yaml::Node* tactics = rule.find("tactics");
  for (const std::string& text : text_list(rule, "tactics")) {
    const std::string tactic = tactic_name(text);
    detection.attack.tactics.push_back(tactic);
    const bool known = std::find(kTactics.begin(), kTactics.end(), tactic) != kTactics.end() ||
                       std::find(kOtherTactics.begin(), kOtherTactics.end(), tactic) != kOtherTactics.end();
    if (known) continue;
    const std::string_view near = nearest(tactic, kTactics);
    if (!near.empty()) detection.attack.tactics.back() = std::string(near);
    context.sink.report(kMisspelt, tactics->span, fmt::format("there is no tactic `{}`", text),
                        near.empty() ? "the tactics are those of ATT&CK: Execution, Persistence, …"
                                     : fmt::format("taken for `{}`", near));
  }
  for (const std::string_view key : {"relevantTechniques", "techniques", "subTechniques"}) {
    for (const std::string& text : text_list(rule, key)) {
      const std::string id = technique_id(trim(text));
      const bool sound = id.size() >= 5 && id[0] == 'T' &&
                         std::all_of(id.begin() + 1, id.end(), [](char c) { return is_ascii_digit(c) || c == '.'; });
      refuse_as_service(!sound, rule.find(key)->span, fmt::format("`{}` is no technique", text), context,
                        "a technique of ATT&CK is `T1053` or `T1053.003`");
      auto& techniques = detection.attack.techniques;
      if (std::find(techniques.begin(), techniques.end(), id) == techniques.end()) techniques.push_back(id);
    }
  }
}

/// The limits of the service; a query alone, for hunting, has none.
void check_rule(const yaml::Node& rule, const DocumentContext& context, const Detection& detection) {
  const yaml::Node* id = rule.find("id");
  if (id != nullptr) {
    refuse_as_service(!is_guid(id->text()), id->span, "the id of an analytics rule is a GUID", context,
                      "such as 3fb65cc4-f32b-4d16-a1c8-863dff1c9022");
  }
  refuse_as_service(code_points(detection.title) > 256, detection.span, "a name has at most 256 characters", context);
  refuse_as_service(code_points(detection.description) > 5'000, detection.span,
                    "a description has at most 5,000 characters", context);
  refuse_as_service(detection.query.size() > 10'000, detection.span, "a query has at most 10,000 characters", context,
                    "put a part of it into a function of the workspace");
  refuse_as_service(!detection.attack.techniques.empty() && detection.attack.tactics.empty(), detection.span,
                    "techniques need one of their tactics", context);
  const yaml::Node* version = rule.find("version");
  if (version != nullptr) {
    const std::string_view text = version->text();
    refuse_as_service(std::count(text.begin(), text.end(), '.') != 2, version->span,
                      fmt::format("`{}` is no version", text), context, "such as 1.0.0");
  }
}

void read_common(const yaml::Node& rule, std::string_view kind, const DocumentContext& context, Detection& detection) {
  if (const yaml::Node* severity = rule.find("severity")) detection.level = read_severity(*severity, context);
  read_tactics(rule, context, detection);
  read_entities(rule, context, detection);
  detection.references = text_list(rule, "references");
  if (kind.empty() && rule.find("queryFrequency") == nullptr) return;
  detection.type = std::string(kind);
  for (const auto& [key, value] : rule.entries) {
    if (std::find(kRuleKeys.begin(), kRuleKeys.end(), key->text()) != kRuleKeys.end()) continue;
    const std::string_view near = nearest(key->text(), kRuleKeys);
    if (near.empty()) continue;  // collections have keys of their own
    context.sink.report(kMisspelt, key->span,
                        fmt::format("an analytics rule has no key `{}`: it is ignored", key->text()),
                        fmt::format("did you mean `{}`?", near));
  }
  read_alert(rule, context, detection);
  read_rule_schedule(rule, equals_ignoring_case(kind, "NRT"), context, detection);
  check_rule(rule, context, detection);
}

/// `kind`, where there is one: Scheduled or NRT. Rules of other products' alerts have no query.
std::string_view read_kind(const yaml::Node& document, const DocumentContext& context) {
  static constexpr std::array<std::string_view, 2> kKinds{"Scheduled", "NRT"};
  const yaml::Node* kind = document.find("kind");
  if (kind == nullptr || !kind->is_scalar()) return {};
  return read_choice(*kind, kKinds, "kind of rule", context);
}

}  // namespace

void refuse_as_service(bool refused, Span span, const std::string& message, const DocumentContext& context,
                       const std::string& hint) {
  if (refused) context.sink.report(kRefusedByService, span, message, hint);
}

std::string_view read_choice(const yaml::Node& value, std::span<const std::string_view> choices, std::string_view what,
                             const DocumentContext& context) {
  for (const std::string_view choice : choices) {
    if (equals_ignoring_case(choice, trim(value.text()))) return choice;
  }
  const std::string_view near = nearest(value.text(), choices);
  if (!near.empty()) {
    context.sink.report(kMisspelt, value.span, fmt::format("`{}` is no {}", value.text(), what),
                        fmt::format("taken for `{}`", near));
    return near;
  }
  context.sink.report(kBadRuleValue, value.span, fmt::format("`{}` is no {}", value.text(), what),
                      fmt::format("use {}", fmt::join(choices, ", ")));
  return {};
}

Level read_severity(const yaml::Node& severity, const DocumentContext& context) {
  static constexpr std::array<std::string_view, 4> kSeverities{"Informational", "Low", "Medium", "High"};
  if (const auto level = level_by_name(trim(severity.text()))) return *level;
  const std::string_view near = nearest(severity.text(), kSeverities);
  if (near.empty()) {
    context.sink.report(kBadLevel, severity.span, fmt::format("`{}` is no severity", severity.text()),
                        "use Informational, Low, Medium or High");
    return Level::Medium;
  }
  context.sink.report(kMisspelt, severity.span, fmt::format("`{}` is no severity", severity.text()),
                      fmt::format("taken for `{}`", near));
  return level_by_name(near).value_or(Level::Medium);
}

void read_rule_schedule(const yaml::Node& rule, bool near_real_time, const DocumentContext& context,
                        Detection& detection) {
  if (near_real_time) {
    // Every minute, over the events that came in during the last one.
    detection.schedule = Schedule{"", "-1m", "now", "", {}, 60};
    return;
  }
  const auto read = [&](std::string_view key) -> std::optional<int64_t> {
    const yaml::Node* node = rule.find(key);
    if (node == nullptr) {
      refuse_as_service(true, detection.span, fmt::format("a scheduled rule has a `{}`", key), context, "such as 1h");
      return std::nullopt;
    }
    const auto seconds = parse_duration(node->text());
    if (!seconds || *seconds == 0) {
      context.sink.report(kBadRuleValue, node->span, fmt::format("`{}` is no span of time", node->text()),
                          "such as 5m, 1h, 14d or PT5M");
      return std::nullopt;
    }
    refuse_as_service(*seconds < kShortest || *seconds > kLongest, node->span,
                      fmt::format("`{}` lies between 5 minutes and 14 days", key), context);
    return seconds;
  };
  const auto frequency = read("queryFrequency");
  const auto period = read("queryPeriod");
  if (!frequency || !period) return;
  const Span span = rule.find("queryPeriod")->span;
  refuse_as_service(*period < *frequency, span,
                    "`queryPeriod` is shorter than `queryFrequency`: events between two runs are never seen", context);
  refuse_as_service(*period >= 2 * kDay && *frequency < kHour, rule.find("queryFrequency")->span,
                    "a rule over two days or more runs at most once an hour", context);
  detection.schedule = Schedule{
      "", "-" + duration_text(*period), "now", "", {rule.find("queryFrequency")->span, span, span, span}, *frequency};
}

void load_sentinel_rule(const yaml::Node& document, const DocumentContext& context, Content& content) {
  std::optional<Detection> found = query_detection(document, Language::Kql, "query", context);
  if (!found) return;
  read_common(document, read_kind(document, context), context, *found);
  content.detections.push_back(std::move(*found));
}

void load_rule_properties(const yaml::Node& properties, std::string_view kind, const std::string& id,
                          const DocumentContext& context, Content& content) {
  const yaml::Node* query = properties.find("query");
  if (query == nullptr || !query->is_scalar()) return;  // Fusion, and rules that pass on alerts of other products
  Detection detection;
  detection.language = Language::Kql;
  detection.path = context.path;
  detection.pack = context.pack;
  detection.title = std::string(required_text(properties, "displayName", context));
  detection.id = id.empty() ? detection.title : id;
  detection.description = std::string(properties.text_of("description"));
  detection.query = query->scalar;
  detection.span = properties.find("displayName") != nullptr ? properties.find("displayName")->span : query->span;
  const yaml::Node* enabled = properties.find("enabled");
  detection.disabled = enabled != nullptr && enabled->as_bool() == false;
  read_common(properties, kind, context, detection);
  content.detections.push_back(std::move(detection));
}

}  // namespace hecate::content
