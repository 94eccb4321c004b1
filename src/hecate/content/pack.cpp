#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

constexpr std::array<std::string_view, 15> kPackKeys{"pack",          "title",       "version",        "description",
                                                     "license",       "attribution", "references",     "derived_fields",
                                                     "field_aliases", "pipelines",   "schedule",       "disabled",
                                                     "attack",        "detections",  "false_positives"};
constexpr std::array<std::string_view, 6> kDetectionKeys{"id", "entities", "risk", "schedule", "disabled", "attack"};
constexpr std::array<std::string_view, 4> kScheduleKeys{"cron", "earliest", "latest", "window"};
constexpr std::array<std::string_view, 2> kAttackKeys{"tactics", "techniques"};
constexpr std::array<std::string_view, 3> kRiskKeys{"message", "objects", "threat_objects"};
constexpr std::array<std::string_view, 2> kFalsePositiveKeys{"scenario", "filter"};

constexpr auto kList = yaml::Node::Kind::Sequence;
constexpr auto kMapping = yaml::Node::Kind::Mapping;

/// The value under a key, if it has the shape that it must have; else null, and reported.
const yaml::Node* find(const yaml::Node& node, std::string_view key, yaml::Node::Kind wanted,
                       const DocumentContext& context) {
  const yaml::Node* value = node.find(key);
  return value != nullptr && has_shape(*value, wanted, context) ? value : nullptr;
}

void apply_schedule(const yaml::Node& node, const DocumentContext& context, Detection& detection) {
  refuse_unknown_keys(node, kScheduleKeys, context);
  const auto place = [&](std::string_view key) {
    const yaml::Node* value = node.find(key);
    return value == nullptr ? node.span : value->span;
  };
  detection.schedule = Schedule{std::string(required_text(node, "cron", context)),
                                std::string(node.text_of("earliest")),
                                std::string(node.text_of("latest")),
                                std::string(node.text_of("window")),
                                {place("cron"), place("earliest"), place("latest"), place("window")}};
}

void apply_attack(const yaml::Node& node, const DocumentContext& context, Detection& detection) {
  refuse_unknown_keys(node, kAttackKeys, context);
  const auto merge = [](std::vector<std::string>& into, std::string name) {
    if (std::find(into.begin(), into.end(), name) == into.end()) into.push_back(std::move(name));
  };
  for (const std::string& tactic : text_list(node, "tactics")) merge(detection.attack.tactics, tactic_name(tactic));
  for (const std::string& id : text_list(node, "techniques")) merge(detection.attack.techniques, technique_id(id));
}

/// What stands for the whole pack or for one detection of it.
void apply_common(const yaml::Node& node, const DocumentContext& context, Detection& detection) {
  if (const yaml::Node* schedule = find(node, "schedule", kMapping, context))
    apply_schedule(*schedule, context, detection);
  if (const yaml::Node* attack = find(node, "attack", kMapping, context)) apply_attack(*attack, context, detection);
  if (const yaml::Node* disabled = node.find("disabled")) {
    const auto value = disabled->as_bool();
    if (!value) context.sink.report(kWrongType, disabled->span, "`disabled` must be true or false");
    detection.disabled = value.value_or(detection.disabled);
  }
}

void apply_detection(const yaml::Node& node, const DocumentContext& context, Detection& detection) {
  refuse_unknown_keys(node, kDetectionKeys, context);
  apply_common(node, context, detection);
  if (const yaml::Node* entities = find(node, "entities", kList, context)) {
    detection.entities.clear();
    for (const yaml::NodePtr& item : entities->items) {
      if (!has_shape(*item, kMapping, context)) continue;
      detection.entities.push_back(
          {std::string(required_text(*item, "type", context)), std::string(required_text(*item, "field", context))});
    }
  }
  if (const yaml::Node* risk = find(node, "risk", kMapping, context)) {
    refuse_unknown_keys(*risk, kRiskKeys, context);
    detection.risk = read_risk(*risk, "objects", context);
  }
}

}  // namespace

std::optional<Pack> load_pack(const yaml::Node& document, const DocumentContext& context) {
  refuse_unknown_keys(document, kPackKeys, context);
  Pack pack;
  pack.name = std::string(required_text(document, "pack", context));
  if (pack.name.empty()) return std::nullopt;
  pack.title = std::string(document.text_of("title"));
  pack.version = std::string(document.text_of("version"));
  if (const yaml::Node* derived = find(document, "derived_fields", kMapping, context)) {
    for (const auto& [name, expression] : derived->entries) {
      if (!has_shape(*expression, yaml::Node::Kind::Scalar, context)) continue;
      pack.derived_fields[std::string(name->text())] = {std::string(expression->text()), expression->span};
    }
  }
  if (const yaml::Node* aliases = find(document, "field_aliases", kMapping, context)) {
    for (const auto& [table, columns] : aliases->entries) {
      if (!has_shape(*columns, kMapping, context)) continue;
      for (const auto& [column, instead] : columns->entries) {
        if (!has_shape(*instead, yaml::Node::Kind::Scalar, context)) continue;
        pack.field_aliases[std::string(table->text())][std::string(column->text())] = std::string(instead->text());
      }
    }
  }
  if (const yaml::Node* pipelines = find(document, "pipelines", kList, context)) {
    for (const yaml::NodePtr& item : pipelines->items) {
      if (!has_shape(*item, yaml::Node::Kind::Scalar, context)) continue;
      pack.pipelines.emplace_back(std::string(item->text()), item->span);
    }
  }
  if (const yaml::Node* scenarios = find(document, "false_positives", kList, context)) {
    for (const yaml::NodePtr& scenario : scenarios->items) {
      if (has_shape(*scenario, kMapping, context)) refuse_unknown_keys(*scenario, kFalsePositiveKeys, context);
    }
  }
  return pack;
}

void apply_pack(const yaml::Node& document, size_t pack, const DocumentContext& context, Content& content) {
  std::vector<std::string> scenarios;
  if (const yaml::Node* list = document.find("false_positives")) {
    for (const yaml::NodePtr& item : list->items) scenarios.emplace_back(item->text_of("scenario"));
  }
  Detection nobody;
  apply_common(document, context, nobody);  // what is wrong is said once, not once for each detection
  DiagnosticSink said;
  for (Detection& detection : content.detections) {
    if (detection.pack != pack) continue;
    apply_common(document, {context.path, context.pack, said}, detection);
    detection.false_positives.insert(detection.false_positives.end(), scenarios.begin(), scenarios.end());
  }
  const yaml::Node* own = find(document, "detections", kList, context);
  if (own == nullptr) return;
  for (const yaml::NodePtr& item : own->items) {
    if (!has_shape(*item, kMapping, context)) continue;
    const std::string_view id = required_text(*item, "id", context);
    if (id.empty()) continue;
    const auto detection = std::find_if(content.detections.begin(), content.detections.end(),
                                        [&](const Detection& d) { return d.pack == pack && d.id == id; });
    if (detection == content.detections.end()) {
      context.sink.report(kUnknownDetection, item->span, fmt::format("no detection of this pack has the id `{}`", id));
    } else {
      apply_detection(*item, context, *detection);
    }
  }
}

}  // namespace hecate::content
