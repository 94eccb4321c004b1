#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "content/codes.h"
#include "content/duration.h"
#include "content/entity_types.h"
#include "content/sentinel.h"

// What becomes of a rule's rows: when there is an alert, what it says, which entities are in it, which incident it
// joins.
namespace hecate::content {
namespace {

constexpr auto kMapping = yaml::Node::Kind::Mapping;
constexpr auto kSequence = yaml::Node::Kind::Sequence;

const yaml::Node* find(const yaml::Node& node, std::string_view key, yaml::Node::Kind kind,
                       const DocumentContext& context) {
  const yaml::Node* value = node.find(key);
  return value != nullptr && !value->is_null() && has_shape(*value, kind, context) ? value : nullptr;
}

bool read_flag(const yaml::Node& node, std::string_view key, bool otherwise) {
  const yaml::Node* value = node.find(key);
  return value == nullptr ? otherwise : value->as_bool().value_or(otherwise);
}

int64_t read_duration(const yaml::Node& node, std::string_view key, const DocumentContext& context) {
  const yaml::Node* value = node.find(key);
  if (value == nullptr || !value->is_scalar()) return 0;
  const auto seconds = parse_duration(value->text());
  if (!seconds) {
    context.sink.report(kBadRuleValue, value->span, fmt::format("`{}` is no span of time", value->text()),
                        "such as 5h or PT5H");
  }
  return seconds.value_or(0);
}

void read_trigger(const yaml::Node& rule, const DocumentContext& context, AlertRule& alert) {
  static constexpr std::array<std::string_view, 8> kNames{"gt", "GreaterThan", "lt", "LessThan",
                                                          "eq", "Equal",       "ne", "NotEqual"};
  if (const yaml::Node* node = rule.find("triggerOperator"); node != nullptr && node->is_scalar()) {
    const std::string_view name = read_choice(*node, kNames, "trigger operator", context);
    const auto at = static_cast<size_t>(std::find(kNames.begin(), kNames.end(), name) - kNames.begin());
    if (at < kNames.size()) alert.trigger = static_cast<AlertRule::Trigger>(at / 2);
  }
  const yaml::Node* node = rule.find("triggerThreshold");
  if (node == nullptr || node->is_null()) return;
  const auto threshold = node->as_integer();
  if (!threshold || *threshold < 0) {
    context.sink.report(kBadRuleValue, node->span, fmt::format("`{}` is no threshold", node->text()),
                        "a whole number from 0 to 10,000");
    return;
  }
  refuse_as_service(*threshold > 10'000, node->span, "a threshold is at most 10,000", context);
  alert.threshold = *threshold;
}

/// How often `{{Column}}` stands in a format.
size_t placeholders(std::string_view format) {
  size_t count = 0;
  for (size_t at = format.find("{{"); at != std::string_view::npos; at = format.find("{{", at + 2)) ++count;
  return count;
}

std::string read_format(const yaml::Node& override, std::string_view key, size_t most, const DocumentContext& context) {
  const yaml::Node* node = override.find(key);
  if (node == nullptr || !node->is_scalar()) return {};
  refuse_as_service(code_points(node->text()) > most, node->span,
                    fmt::format("`{}` has at most {} characters", key, most), context);
  refuse_as_service(placeholders(node->text()) > 3, node->span, fmt::format("`{}` names at most three columns", key),
                    context);
  return std::string(node->text());
}

void read_override(const yaml::Node& rule, const DocumentContext& context, AlertRule& alert) {
  static constexpr std::array<std::string_view, 9> kProperties{
      "AlertLink",   "ConfidenceLevel", "ConfidenceScore",  "ExtendedLinks", "ProductComponentName",
      "ProductName", "ProviderName",    "RemediationSteps", "Techniques"};
  const yaml::Node* override = find(rule, "alertDetailsOverride", kMapping, context);
  if (override == nullptr) return;
  alert.title = read_format(*override, "alertDisplayNameFormat", 256, context);
  alert.description = read_format(*override, "alertDescriptionFormat", 5'000, context);
  alert.tactics_column = std::string(override->text_of("alertTacticsColumnName"));
  alert.severity_column = std::string(override->text_of("alertSeverityColumnName"));
  const yaml::Node* properties = find(*override, "alertDynamicProperties", kSequence, context);
  if (properties == nullptr) return;
  for (const yaml::NodePtr& item : properties->items) {
    if (!has_shape(*item, kMapping, context)) continue;
    const yaml::Node* name = item->find("alertProperty");
    if (name == nullptr || required_text(*item, "value", context).empty()) continue;
    const std::string_view known = read_choice(*name, kProperties, "property of an alert", context);
    if (!known.empty()) alert.properties.push_back({std::string(known), std::string(item->text_of("value"))});
  }
}

void read_custom_details(const yaml::Node& rule, const DocumentContext& context, AlertRule& alert) {
  const yaml::Node* details = find(rule, "customDetails", kMapping, context);
  if (details == nullptr) return;
  refuse_as_service(details->entries.size() > 20, details->span, "an alert has at most 20 custom details", context);
  for (const auto& [key, value] : details->entries) {
    const std::string_view name = key->text();
    const bool sound = !name.empty() && name.size() <= 20 && is_ascii_alpha(name.front()) &&
                       std::all_of(name.begin(), name.end(), [](char c) { return is_ascii_alnum(c) || c == '_'; });
    refuse_as_service(!sound, key->span, fmt::format("`{}` is no name of a custom detail", name), context,
                      "letters, digits and `_`, at most 20, a letter first");
    if (value->is_scalar()) alert.custom_details.push_back({std::string(name), std::string(value->text())});
  }
}

void read_grouping(const yaml::Node& rule, const DocumentContext& context, AlertRule& alert) {
  static constexpr std::array<std::string_view, 2> kKinds{"SingleAlert", "AlertPerResult"};
  const yaml::Node* settings = find(rule, "eventGroupingSettings", kMapping, context);
  const yaml::Node* kind = settings == nullptr ? nullptr : settings->find("aggregationKind");
  if (kind == nullptr || !kind->is_scalar()) return;
  const std::string_view name = read_choice(*kind, kKinds, "grouping of events", context);
  if (name == kKinds[0]) alert.grouping = AlertRule::Grouping::SingleAlert;
  if (name == kKinds[1]) alert.grouping = AlertRule::Grouping::AlertPerResult;
}

void check_known_entities(const yaml::Node& grouping, const DocumentContext& context, const Detection& detection,
                          AlertRule::Incident& incident) {
  for (const std::string& name : incident.entities) {
    const EntityType* type = find_entity_type(name);
    const bool mapped = type != nullptr && std::any_of(detection.entities.begin(), detection.entities.end(),
                                                       [&](const EntityMapping& e) { return e.type == type->kind; });
    refuse_as_service(!mapped, grouping.find("groupByEntities")->span,
                      fmt::format("incidents are grouped by `{}`, and no entity of that type is mapped", name),
                      context);
  }
}

/// Kept for the server: a hunt makes findings, not incidents.
void read_incident(const yaml::Node& rule, const DocumentContext& context, const Detection& detection,
                   AlertRule& alert) {
  static constexpr std::array<std::string_view, 3> kMethods{"AllEntities", "AnyAlert", "Selected"};
  const yaml::Node* configuration = find(rule, "incidentConfiguration", kMapping, context);
  if (configuration == nullptr) return;
  AlertRule::Incident& incident = alert.incident;
  incident.create = read_flag(*configuration, "createIncident", true);
  const yaml::Node* grouping = find(*configuration, "groupingConfiguration", kMapping, context);
  if (grouping == nullptr) return;
  incident.group = read_flag(*grouping, "enabled", false);
  incident.reopen = read_flag(*grouping, "reopenClosedIncident", false);
  incident.lookback_seconds = read_duration(*grouping, "lookbackDuration", context);
  if (const yaml::Node* method = grouping->find("matchingMethod"); method != nullptr && method->is_scalar())
    incident.matching = std::string(read_choice(*method, kMethods, "way to group incidents", context));
  incident.entities = text_list(*grouping, "groupByEntities");
  incident.alert_details = text_list(*grouping, "groupByAlertDetails");
  incident.custom_details = text_list(*grouping, "groupByCustomDetails");
  check_known_entities(*grouping, context, detection, incident);
  const bool nothing = incident.entities.empty() && incident.alert_details.empty() && incident.custom_details.empty();
  refuse_as_service(incident.group && incident.matching == "Selected" && nothing, grouping->span,
                    "incidents are grouped by what is selected, and nothing is", context);
}

/// One of entityMappings; nothing where no identifier could be read.
std::optional<EntityMapping> read_entity(const yaml::Node& mapping, const DocumentContext& context) {
  const yaml::Node* name = mapping.find("entityType");
  const yaml::Node* fields = find(mapping, "fieldMappings", kSequence, context);
  if (name == nullptr || fields == nullptr) {
    context.sink.report(kMissingKey, mapping.span, "an entity needs `entityType` and `fieldMappings`");
    return std::nullopt;
  }
  std::vector<std::string_view> names;
  for (const EntityType& type : entity_types()) names.push_back(type.name);
  const std::string_view known = read_choice(*name, names, "type of entity", context);
  const EntityType* type = find_entity_type(known);
  if (type == nullptr) return std::nullopt;
  refuse_as_service(fields->items.size() > 3, fields->span, "an entity has one to three identifiers", context);

  std::vector<EntityMapping::Identifier> identifiers;
  for (const yaml::NodePtr& field : fields->items) {
    if (!has_shape(*field, kMapping, context)) continue;
    const yaml::Node* identifier = field->find("identifier");
    const std::string column(required_text(*field, "columnName", context));
    if (identifier == nullptr || column.empty()) continue;
    const std::string_view spelt =
        read_choice(*identifier, type->identifiers, fmt::format("identifier of `{}`", type->name), context);
    if (!spelt.empty()) identifiers.push_back({std::string(spelt), column});
  }
  if (identifiers.empty()) return std::nullopt;
  const auto given = [&](std::string_view required) {
    return std::any_of(identifiers.begin(), identifiers.end(), [&](const auto& each) { return each.name == required; });
  };
  const bool enough = type->all ? std::all_of(type->required.begin(), type->required.end(), given)
                                : std::any_of(type->required.begin(), type->required.end(), given);
  refuse_as_service(!enough, fields->span, fmt::format("this does not identify an entity `{}`", type->name), context,
                    fmt::format("it needs {}{}", type->all ? "" : "one of ", fmt::join(type->required, ", ")));
  // What names the entity goes first; a hash is named by its value, not by its algorithm.
  const auto names_it = [&](const EntityMapping::Identifier& each) {
    const bool required = std::find(type->required.begin(), type->required.end(), each.name) != type->required.end();
    return required && !(type->all && each.name == type->required.front());
  };
  std::stable_partition(identifiers.begin(), identifiers.end(), names_it);
  EntityMapping result{std::string(type->kind), identifiers.front().field};
  result.identifier = identifiers.front().name;
  result.others.assign(identifiers.begin() + 1, identifiers.end());
  return result;
}

}  // namespace

bool AlertRule::triggers(int64_t rows) const {
  switch (trigger) {
    case Trigger::Above: return rows > threshold;
    case Trigger::Below: return rows < threshold;
    case Trigger::Equal: return rows == threshold;
    case Trigger::NotEqual: return rows != threshold;
  }
  return true;
}

void read_entities(const yaml::Node& rule, const DocumentContext& context, Detection& detection) {
  const yaml::Node* mappings = find(rule, "entityMappings", kSequence, context);
  if (mappings == nullptr) return;
  refuse_as_service(mappings->items.size() > 10, mappings->span, "a rule maps at most ten entities", context);
  for (const yaml::NodePtr& mapping : mappings->items) {
    if (!has_shape(*mapping, kMapping, context)) continue;
    if (auto entity = read_entity(*mapping, context)) detection.entities.push_back(std::move(*entity));
  }
}

void read_alert(const yaml::Node& rule, const DocumentContext& context, Detection& detection) {
  AlertRule alert;
  read_trigger(rule, context, alert);
  read_override(rule, context, alert);
  read_custom_details(rule, context, alert);
  read_grouping(rule, context, alert);
  if (read_flag(rule, "suppressionEnabled", false)) {
    alert.suppression_seconds = read_duration(rule, "suppressionDuration", context);
    refuse_as_service(alert.suppression_seconds == 0, rule.span, "suppression needs a `suppressionDuration`", context);
  }
  read_incident(rule, context, detection, alert);
  detection.alert = std::make_shared<const AlertRule>(std::move(alert));
}

}  // namespace hecate::content
