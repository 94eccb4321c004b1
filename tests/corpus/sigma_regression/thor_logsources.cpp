#include "thor_logsources.h"

#include <algorithm>

namespace hecate::corpus {
namespace {

constexpr std::string_view kChannelPrefix = "WinEventLog:";

std::set<std::string> texts_in_lower_case(const yaml::Node& node) {
  std::set<std::string> result;
  for (const std::string_view text : node.texts()) result.insert(lower_case(text));
  return result;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return result;
}

ThorLogsources::ThorLogsources(const yaml::Node& root) {
  const yaml::Node* logsources = root.find("logsources");
  if (logsources == nullptr) return;
  for (const auto& [name, entry] : logsources->entries) {
    if (const yaml::Node* sources = entry->find("sources")) {
      if (entry->text_of("product") != "windows") continue;
      std::set<std::string>& channels = services_[std::string(entry->text_of("service"))];
      for (const std::string_view source : sources->texts()) {
        if (source.starts_with(kChannelPrefix)) channels.insert(lower_case(source.substr(kChannelPrefix.size())));
      }
      continue;
    }
    const yaml::Node* rewrite = entry->find("rewrite");
    if (rewrite == nullptr) continue;
    Category category{std::string(entry->text_of("product")),
                      std::string(entry->text_of("category")),
                      std::string(rewrite->text_of("service")),
                      {}};
    if (const yaml::Node* conditions = entry->find("conditions")) {
      for (const auto& [field, value] : conditions->entries) {
        category.conditions[std::string(field->text())] = texts_in_lower_case(*value);
      }
    }
    categories_.push_back(std::move(category));
  }
}

bool ThorLogsources::in_service(const std::string& service, const EventHeader& event) const {
  const auto found = services_.find(service);
  return found != services_.end() && found->second.contains(event.channel);
}

bool ThorLogsources::holds(const Category& category, const EventHeader& event) {
  return std::all_of(category.conditions.begin(), category.conditions.end(), [&](const auto& condition) {
    const std::string& value = condition.first == "EventID" ? event.event_id : event.event_type;
    return condition.second.contains(lower_case(value));
  });
}

bool ThorLogsources::allows(const yaml::Node& logsource, const EventHeader& event) const {
  const std::string product(logsource.text_of("product"));
  const std::string category(logsource.text_of("category"));
  const std::string service(logsource.text_of("service"));
  if (!category.empty()) {
    return std::any_of(categories_.begin(), categories_.end(), [&](const Category& known) {
      const bool meant = known.category == category &&
                         (product.empty() || known.product.empty() || known.product == product) &&
                         (service.empty() || known.service == service);
      return meant && in_service(known.service, event) && holds(known, event);
    });
  }
  if (product != "windows") return false;
  return service.empty() || in_service(service, event);
}

}  // namespace hecate::corpus
