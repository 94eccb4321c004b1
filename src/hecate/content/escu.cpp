#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

bool scores(const Risk& risk, const RiskObject& object) {
  return std::any_of(risk.objects.begin(), risk.objects.end(),
                     [&](const RiskObject& other) { return other.field == object.field && other.type == object.type; });
}

/// ESCU 6: what a finding is about, and what intermediate findings add to. No entity is scored twice.
Risk read_findings(const yaml::Node& document, const DocumentContext& context) {
  Risk risk;
  if (const yaml::Node* intermediate = document.find("intermediate_findings")) {
    risk = read_risk(*intermediate, "entities", context);
  }
  if (const yaml::Node* finding = document.find("finding")) {
    const yaml::Node* entity = finding->find("entity");
    const std::string title(finding->text_of("title"));
    if (entity != nullptr && has_shape(*entity, yaml::Node::Kind::Mapping, context)) {
      const yaml::Node* score = entity->find("score");
      const RiskObject object{std::string(required_text(*entity, "field", context)),
                              std::string(entity->text_of("type")),
                              score == nullptr ? 0 : score->as_integer().value_or(0), title};
      if (!scores(risk, object)) risk.objects.insert(risk.objects.begin(), object);
    }
    if (risk.message.empty()) risk.message = title;
  }
  if (risk.message.empty() && !risk.objects.empty()) risk.message = risk.objects.front().message;
  risk.threat_objects = read_risk(document, "", context).threat_objects;
  return risk;
}

/// The three generations of the schema keep risk in three places (see docs/packs.md).
Risk read_any_risk(const yaml::Node& document, const DocumentContext& context) {
  if (const yaml::Node* rba = document.find("rba")) return read_risk(*rba, "risk_objects", context);
  if (document.find("finding") != nullptr || document.find("intermediate_findings") != nullptr) {
    return read_findings(document, context);
  }
  Risk risk;
  const yaml::Node* tags = document.find("tags");
  if (tags == nullptr || tags->find("observable") == nullptr) return risk;
  risk.message = std::string(tags->text_of("message"));
  const yaml::Node* score = tags->find("risk_score");
  for (const yaml::NodePtr& item : tags->find("observable")->items) {
    const std::string field(item->text_of("name"));
    const std::string type(item->text_of("type"));
    const auto roles = text_list(*item, "role");
    if (std::find(roles.begin(), roles.end(), "Attacker") != roles.end()) {
      risk.threat_objects.push_back({field, type});
    } else {
      risk.objects.push_back({field, type, score == nullptr ? 0 : score->as_integer().value_or(0)});
    }
  }
  return risk;
}

/// A list under the document's own key, or under that of its tags (until ESCU 5).
std::vector<std::string> tagged(const yaml::Node& document, std::string_view key) {
  if (document.find(key) != nullptr) return text_list(document, key);
  const yaml::Node* tags = document.find("tags");
  return tags == nullptr ? std::vector<std::string>{} : text_list(*tags, key);
}

/// contentctl's `tests`; ESCU 6 marks some as not made for automation.
void load_attack_data_tests(const yaml::Node& document, const Detection& detection, const DocumentContext& context,
                            Content& content) {
  const yaml::Node* tests = document.find("tests");
  if (tests == nullptr || !tests->is_sequence()) return;
  for (const yaml::NodePtr& node : tests->items) {
    const yaml::Node* list = node->is_mapping() ? node->find("attack_data") : nullptr;
    if (list == nullptr || node->text_of("test_type") == "experimental") continue;
    AttackDataTest test;
    test.name = std::string(node->text_of("name"));
    test.path = context.path;
    test.detection = detection.id;
    test.span = node->span;
    for (const yaml::NodePtr& item : list->items) {
      if (!has_shape(*item, yaml::Node::Kind::Mapping, context)) continue;
      test.data.push_back({std::string(required_text(*item, "data", context)), std::string(item->text_of("source")),
                           std::string(item->text_of("sourcetype")), std::string(item->text_of("host")),
                           std::string(item->text_of("custom_index"))});
    }
    if (!test.data.empty()) content.attack_data_tests.push_back(std::move(test));
  }
}

/// ESCU's packager gives every detection an empty filter macro, by which a site tunes it without editing the
/// search: the name in lower case, each blank, hyphen, dot and slash an underscore, then `_filter` (contentctl,
/// "Macro.get_macros").
MacroDefinition filter_macro(std::string_view detection_name, Span origin) {
  MacroDefinition macro;
  for (const char c : detection_name) macro.name += c == ' ' || c == '-' || c == '.' || c == '/' ? '_' : ascii_lower(c);
  macro.name += "_filter";
  macro.definition.append_generated("search *", origin);
  macro.implicit = true;
  return macro;
}

}  // namespace

void load_escu_detection(const yaml::Node& document, const DocumentContext& context, Content& content) {
  std::optional<Detection> found = query_detection(document, Language::Spl, "search", context);
  if (!found) return;
  Detection& detection = *found;
  detection.risk = read_any_risk(document, context);
  detection.level = level_by_risk(detection.risk).value_or(detection.level);
  detection.stories = tagged(document, "analytic_story");
  detection.type = std::string(document.text_of("type"));
  const yaml::Node* own = document.find("deployment");
  const yaml::Node* scheduling = own != nullptr && own->is_mapping() ? own->find("scheduling") : nullptr;
  if (scheduling != nullptr && scheduling->is_mapping()) detection.schedule = read_schedule(*scheduling);
  if (const yaml::Node* named = document.find("custom_schedule")) {
    detection.schedule_name = std::string(named->text());
    detection.schedule_span = named->span;
  }
  for (const std::string& id : tagged(document, "mitre_attack_id"))
    detection.attack.techniques.push_back(technique_id(id));
  if (const auto known = document.text_of("known_false_positives"); !known.empty())
    detection.false_positives.emplace_back(known);
  detection.references = text_list(document, "references");
  content.macros.push_back(filter_macro(detection.title, detection.span));
  load_attack_data_tests(document, detection, context, content);
  content.detections.push_back(std::move(*found));
}

void load_escu_macro(const yaml::Node& document, const DocumentContext& context, Content& content) {
  const yaml::Node* definition = document.find("definition");
  MacroDefinition macro;
  macro.name = std::string(required_text(document, "name", context));
  if (!definition->is_scalar()) {
    context.sink.report(kWrongType, definition->span, "`definition` must be a text");
    return;
  }
  macro.arguments = text_list(document, "arguments");
  macro.definition = definition->scalar;
  content.macros.push_back(std::move(macro));
}

}  // namespace hecate::content
