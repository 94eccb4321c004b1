#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "content/codes.h"
#include "content/duration.h"
#include "content/sentinel.h"

// Custom detections of Microsoft Defender XDR, as its API gives them and as public collections keep them in YAML:
// https://learn.microsoft.com/defender-xdr/custom-detection-rules
namespace hecate::content {
namespace {

constexpr auto kMapping = yaml::Node::Kind::Mapping;
constexpr auto kSequence = yaml::Node::Kind::Sequence;

/// How often a rule runs, and how far it then looks back ("Rule frequency").
struct Frequency {
  int64_t every, back;
};
constexpr std::array kFrequencies{Frequency{60, 3'600}, Frequency{3'600, 4 * 3'600}, Frequency{3 * 3'600, 12 * 3'600},
                                  Frequency{12 * 3'600, 48 * 3'600}, Frequency{86'400, 30 * 86'400}};

void read_period(const yaml::Node& document, const DocumentContext& context, Detection& detection) {
  const yaml::Node* schedule = document.find("schedule");
  const yaml::Node* period = schedule == nullptr ? nullptr : schedule->find("period");
  if (period == nullptr || !period->is_scalar()) return;
  const auto seconds = parse_duration(period->text());
  // "0": continuously.
  const int64_t every = seconds && *seconds == 0 ? kFrequencies.front().every : seconds.value_or(-1);
  const auto* known = std::find_if(kFrequencies.begin(), kFrequencies.end(),
                                   [&](const Frequency& each) { return each.every == every; });
  if (known == kFrequencies.end()) {
    context.sink.report(kBadRuleValue, period->span,
                        fmt::format("`{}` is no period of a custom detection", period->text()),
                        "use 0 (continuously), 1H, 3H, 12H or 24H");
    return;
  }
  detection.schedule = Schedule{"",
                                "-" + duration_text(known->back),
                                "now",
                                "",
                                {period->span, period->span, period->span, period->span},
                                known->every};
}

/// The column that an identifier of Graph stands for: `deviceId` is DeviceId.
std::string column_of(std::string_view identifier) {
  std::string column(identifier);
  if (!column.empty() && column[0] >= 'a' && column[0] <= 'z') column[0] = static_cast<char>(column[0] - 32);
  return column;
}

void read_assets(const yaml::Node& alert, const DocumentContext& context, Detection& detection) {
  struct Asset {
    std::string_view word, type;
  };
  static constexpr std::array kAssets{Asset{"device", "host"}, Asset{"user", "account"}, Asset{"mailbox", "mailbox"}};
  const yaml::Node* assets = alert.find("impactedAssets");
  if (assets == nullptr || !has_shape(*assets, kSequence, context)) return;
  for (const yaml::NodePtr& asset : assets->items) {
    if (!has_shape(*asset, kMapping, context)) continue;
    const std::string_view identifier = required_text(*asset, "identifier", context);
    if (identifier.empty()) continue;
    // "#microsoft.graph.security.impactedDeviceAsset"
    std::string kind = fold_case(asset->text_of("@odata.type"));
    if (kind.empty()) kind = fold_case(asset->text_of("type"));
    if (kind.empty()) kind = fold_case(identifier);
    const auto* known = std::find_if(kAssets.begin(), kAssets.end(),
                                     [&](const Asset& each) { return kind.find(each.word) != std::string::npos; });
    if (known == kAssets.end() && kind.find("account") == std::string::npos) {
      context.sink.report(kBadRuleValue, asset->span, fmt::format("`{}` is no impacted asset", kind),
                          "a device, a user or a mailbox");
      continue;
    }
    EntityMapping entity{std::string(known == kAssets.end() ? "account" : known->type), column_of(identifier)};
    entity.identifier = entity.field;
    detection.entities.push_back(std::move(entity));
  }
}

void read_alert_template(const yaml::Node& alert, const DocumentContext& context, Detection& detection) {
  AlertRule rule;
  rule.grouping = AlertRule::Grouping::AlertPerResult;
  rule.title = std::string(alert.text_of("title"));
  rule.description = std::string(alert.text_of("description"));
  if (detection.title.empty()) detection.title = rule.title;
  if (detection.description.empty()) detection.description = rule.description;
  // Without columns they say what the rule says already.
  if (rule.title.find("{{") == std::string::npos) rule.title.clear();
  if (rule.description.find("{{") == std::string::npos) rule.description.clear();
  if (const yaml::Node* severity = alert.find("severity")) detection.level = read_severity(*severity, context);
  const std::string category = tactic_name(alert.text_of("category"));
  if (!category.empty()) detection.attack.tactics.push_back(category);
  for (const std::string& id : text_list(alert, "mitreTechniques"))
    detection.attack.techniques.push_back(technique_id(id));
  read_assets(alert, context, detection);
  detection.alert = std::make_shared<const AlertRule>(std::move(rule));
}

}  // namespace

bool is_defender_rule(const yaml::Node& document) {
  const yaml::Node* condition = document.find("queryCondition");
  return condition != nullptr && condition->is_mapping() && condition->find("queryText") != nullptr;
}

void load_defender_rule(const yaml::Node& document, const DocumentContext& context, Content& content) {
  const yaml::Node* query = document.find("queryCondition")->find("queryText");
  if (!query->is_scalar()) {
    context.sink.report(kWrongType, query->span, "`queryText` must be a text");
    return;
  }
  Detection detection;
  detection.language = Language::Kql;
  detection.path = context.path;
  detection.pack = context.pack;
  detection.type = "CustomDetection";
  detection.title = std::string(document.text_of("displayName"));
  if (detection.title.empty()) detection.title = std::string(document.text_of("name"));
  detection.description = std::string(document.text_of("description"));
  detection.author = std::string(document.text_of("createdBy"));
  detection.query = query->scalar;
  detection.span = query->span;
  const yaml::Node* action = document.find("detectionAction");
  const yaml::Node* alert = action == nullptr ? nullptr : action->find("alertTemplate");
  if (alert != nullptr && has_shape(*alert, kMapping, context)) read_alert_template(*alert, context, detection);
  if (detection.title.empty()) {
    context.sink.report(kMissingKey, document.span, "`displayName` is missing");
    return;
  }
  detection.id = std::string(document.text_of("detectorId"));
  if (detection.id.empty()) detection.id = std::string(document.text_of("id"));
  if (detection.id.empty()) detection.id = detection.title;
  const yaml::Node* enabled = document.find("isEnabled");
  detection.disabled = enabled != nullptr && enabled->as_bool() == false;
  read_period(document, context, detection);
  content.detections.push_back(std::move(detection));
}

}  // namespace hecate::content
