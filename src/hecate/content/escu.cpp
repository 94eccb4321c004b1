#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

/// The three generations of the schema keep risk in three places (see docs/packs.md).
Risk read_any_risk(const yaml::Node& document, const DocumentContext& context) {
  if (const yaml::Node* rba = document.find("rba")) return read_risk(*rba, "risk_objects", context);
  Risk risk;
  if (const yaml::Node* intermediate = document.find("intermediate_findings")) {
    risk = read_risk(*intermediate, "entities", context);
    const yaml::Node* entities = intermediate->find("entities");
    if (risk.message.empty() && entities != nullptr && !entities->items.empty()) {
      risk.message = std::string(entities->items.front()->text_of("message"));
    }
    risk.threat_objects = read_risk(document, "", context).threat_objects;
    return risk;
  }
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

std::vector<std::string> mitre_ids(const yaml::Node& document) {
  if (document.find("mitre_attack_id") != nullptr) return text_list(document, "mitre_attack_id");
  const yaml::Node* tags = document.find("tags");
  return tags == nullptr ? std::vector<std::string>{} : text_list(*tags, "mitre_attack_id");
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
  int64_t highest = 0;
  for (const RiskObject& object : detection.risk.objects) highest = std::max(highest, object.score);
  if (!detection.risk.objects.empty()) detection.level = level_by_score(highest);
  for (const std::string& id : mitre_ids(document)) detection.attack.techniques.push_back(technique_id(id));
  if (const auto known = document.text_of("known_false_positives"); !known.empty())
    detection.false_positives.emplace_back(known);
  detection.references = text_list(document, "references");
  content.macros.push_back(filter_macro(detection.title, detection.span));
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
