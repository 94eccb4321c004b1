#include <fmt/format.h>

#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

/// entityMappings: [{entityType, fieldMappings: [{identifier, columnName}]}]
std::vector<EntityMapping> read_entities(const yaml::Node& document) {
  std::vector<EntityMapping> result;
  const yaml::Node* mappings = document.find("entityMappings");
  if (mappings == nullptr) return result;
  for (const yaml::NodePtr& mapping : mappings->items) {
    const yaml::Node* fields = mapping->find("fieldMappings");
    if (fields == nullptr) continue;
    for (const yaml::NodePtr& field : fields->items) {
      result.push_back({tactic_name(mapping->text_of("entityType")), std::string(field->text_of("columnName"))});
    }
  }
  return result;
}

}  // namespace

void load_sentinel_rule(const yaml::Node& document, const DocumentContext& context, Content& content) {
  std::optional<Detection> found = query_detection(document, Language::Kql, "query", context);
  if (!found) return;
  Detection& detection = *found;
  if (const yaml::Node* severity = document.find("severity")) {
    const auto level = level_by_name(severity->text());
    if (!level) {
      context.sink.report(kBadLevel, severity->span, fmt::format("`{}` is no severity", severity->text()),
                          "use Informational, Low, Medium or High");
    }
    detection.level = level.value_or(Level::Medium);
  }
  for (const std::string& tactic : text_list(document, "tactics"))
    detection.attack.tactics.push_back(tactic_name(tactic));
  for (const std::string& id : text_list(document, "relevantTechniques"))
    detection.attack.techniques.push_back(technique_id(id));
  detection.entities = read_entities(document);
  content.detections.push_back(std::move(*found));
}

}  // namespace hecate::content
