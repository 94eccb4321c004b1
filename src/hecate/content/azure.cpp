#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/depth_guard.h"
#include "base/text.h"
#include "content/codes.h"
#include "content/functions.h"
#include "content/sentinel.h"

// JSON that Azure gives and takes: templates (`resources`, nested in solutions), what the service lists (`value`), and
// single resources. Of their resources, analytics rules, saved searches and watchlists are content.
namespace hecate::content {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

/// The last GUID of a text: names of resources hold it among expressions of the template.
std::string guid_in(std::string_view text) {
  constexpr size_t kSize = 36;
  for (size_t at = text.size() < kSize ? 0 : text.size() - kSize + 1; at-- > 0;) {
    const std::string_view part = text.substr(at, kSize);
    bool sound = true;
    for (size_t i = 0; i < kSize && sound; ++i) {
      const char c = ascii_lower(part[i]);
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      sound = dash ? c == '-' : is_ascii_digit(c) || (c >= 'a' && c <= 'f');
    }
    if (sound) return std::string(part);
  }
  return {};
}

std::string id_of(const yaml::Node& resource) {
  std::string id = guid_in(resource.text_of("id"));
  return id.empty() ? guid_in(resource.text_of("name")) : id;
}

/// Saved queries of the workspace are hunting queries where they say so.
void load_saved(const yaml::Node& resource, const yaml::Node& properties, const DocumentContext& context,
                Content& content) {
  if (!properties.text_of("functionAlias").empty()) return load_saved_search(properties, context, content);
  if (!equals_ignoring_case(properties.text_of("category"), "Hunting Queries")) return;
  const size_t before = content.detections.size();
  load_rule_properties(properties, "", id_of(resource), context, content);
  const yaml::Node* tags = properties.find("tags");
  if (content.detections.size() == before || tags == nullptr || !tags->is_sequence()) return;
  Detection& detection = content.detections.back();
  for (const yaml::NodePtr& tag : tags->items) {
    const std::string_view name = tag->text_of("name");
    std::string_view values = tag->text_of("value");
    if (name == "description") detection.description = std::string(values);
    while (!values.empty() && (name == "tactics" || name == "techniques")) {
      const size_t comma = std::min(values.find(','), values.size());
      const std::string_view value = trim(values.substr(0, comma));
      values.remove_prefix(std::min(comma + 1, values.size()));
      if (value.empty()) continue;
      if (name == "tactics") detection.attack.tactics.push_back(tactic_name(value));
      if (name == "techniques") detection.attack.techniques.push_back(technique_id(value));
    }
  }
}

class Walk {
 public:
  Walk(const DocumentContext& context, Content& content) : context_(context), content_(content) {}

  void list(const yaml::Node& document, std::string_view key) {
    const yaml::Node* items = document.find(key);
    if (items == nullptr || !items->is_sequence()) return;
    for (const yaml::NodePtr& item : items->items) {
      if (item->is_mapping()) resource(*item);
    }
  }

  void resource(const yaml::Node& resource) {
    const DepthGuard guard(depth_);
    if (guard.exceeded()) return;
    if (is_defender_rule(resource)) return load_defender_rule(resource, context_, content_);
    list(resource, "resources");
    const yaml::Node* properties = resource.find("properties");
    if (properties == nullptr || !properties->is_mapping()) return;
    // A solution's template is a resource that holds templates; so is a linked deployment.
    for (const std::string_view key : {"mainTemplate", "template"}) {
      if (const yaml::Node* inner = properties->find(key)) list(*inner, "resources");
    }
    const std::string_view type = resource.text_of("type");
    if (ends_with(type, "alertRules") || ends_with(type, "alertRuleTemplates")) {
      load_rule(resource, *properties);
    } else if (ends_with(type, "savedSearches")) {
      load_saved(resource, *properties, context_, content_);
    } else if (ends_with(type, "watchlists")) {
      load_watchlist(*properties, context_, content_);
    }
  }

 private:
  void load_rule(const yaml::Node& resource, const yaml::Node& properties) {
    static constexpr std::array<std::string_view, 2> kKinds{"Scheduled", "NRT"};
    const std::string_view kind = resource.text_of("kind");
    const auto* known = std::find_if(kKinds.begin(), kKinds.end(),
                                     [&](std::string_view each) { return equals_ignoring_case(each, kind); });
    if (known != kKinds.end()) load_rule_properties(properties, *known, id_of(resource), context_, content_);
  }

  const DocumentContext& context_;
  Content& content_;
  int depth_ = 0;
};

}  // namespace

bool is_azure_document(const yaml::Node& document) {
  const auto is_list = [&](std::string_view key) {
    const yaml::Node* node = document.find(key);
    return node != nullptr && node->is_sequence();
  };
  const yaml::Node* properties = document.find("properties");
  return is_list("resources") || is_list("value") || (properties != nullptr && document.find("type") != nullptr);
}

void load_azure_document(const yaml::Node& document, const DocumentContext& context, Content& content) {
  Walk walk(context, content);
  walk.list(document, "value");
  walk.resource(document);
}

bool may_be_azure_json(std::string_view text) {
  const auto has = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  if (has("\"queryCondition\"") && has("\"queryText\"")) return true;
  if (!has("\"properties\"") || !has("\"type\"")) return false;
  return has("lertRules\"") || has("lertRuleTemplates\"") || has("avedSearches\"") || has("atchlists\"");
}

}  // namespace hecate::content
