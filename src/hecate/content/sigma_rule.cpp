#include <fmt/format.h>

#include "base/text.h"
#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

/// Sigma's tags hold ATT&CK: "attack.t1053.003" a technique, "attack.persistence" a tactic; groups and software
/// ("attack.g0016", "attack.s0002") are neither.
void add_tag(std::string_view tag, Attack& attack) {
  constexpr std::string_view kPrefix = "attack.";
  if (!tag.starts_with(kPrefix)) return;
  tag.remove_prefix(kPrefix.size());
  const bool numbered = tag.size() > 1 && is_ascii_digit(tag[1]);
  if (numbered && ascii_lower(tag[0]) == 't') attack.techniques.push_back(technique_id(tag));
  if (!numbered) attack.tactics.push_back(tactic_name(tag));
}

}  // namespace

void load_sigma_rule(const yaml::NodePtr& document, const DocumentContext& context, Content& content) {
  Detection detection;
  detection.language = Language::Sigma;
  detection.document = document;
  detection.path = context.path;
  detection.pack = context.pack;
  detection.title = std::string(document->text_of("title"));
  detection.id = std::string(document->text_of("id"));
  if (detection.id.empty()) detection.id = detection.title;
  detection.name = std::string(document->text_of("name"));
  detection.description = std::string(document->text_of("description"));
  detection.author = std::string(document->text_of("author"));
  detection.status = std::string(document->text_of("status"));
  if (const yaml::Node* level = document->find("level"); level != nullptr) {
    // The frontend reports a level that does not exist, with its place.
    detection.level = level_by_name(level->text()).value_or(Level::Medium);
  }
  const yaml::Node* title = document->find("title");
  detection.span = title != nullptr ? title->span : document->span;
  for (const std::string& tag : text_list(*document, "tags")) add_tag(tag, detection.attack);
  detection.false_positives = text_list(*document, "falsepositives");
  detection.references = text_list(*document, "references");
  content.detections.push_back(std::move(detection));
}

}  // namespace hecate::content
