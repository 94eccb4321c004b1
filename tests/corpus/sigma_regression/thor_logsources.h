#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "yaml/yaml.h"

namespace hecate::corpus {

/// What the map of logsources asks of an event.
struct EventHeader {
  std::string channel;  // in small letters
  std::string event_id;
  std::string event_type;
};

/// SigmaHQ's own map of logsources to Windows channels (tests/thor.yml), read without Hecate's catalog: a second
/// opinion on which events a rule is meant for.
class ThorLogsources {
 public:
  explicit ThorLogsources(const yaml::Node& root);

  /// Whether a rule with this `logsource` is meant for the event.
  [[nodiscard]] bool allows(const yaml::Node& logsource, const EventHeader& event) const;
  [[nodiscard]] size_t size() const { return categories_.size() + services_.size(); }

 private:
  struct Category {
    std::string product, category, service;  // service: where it is rewritten to
    std::map<std::string, std::set<std::string>> conditions;
  };
  [[nodiscard]] bool in_service(const std::string& service, const EventHeader& event) const;
  [[nodiscard]] static bool holds(const Category& category, const EventHeader& event);

  std::vector<Category> categories_;
  std::map<std::string, std::set<std::string>> services_;  // of Windows: channels in small letters
};

[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace hecate::corpus
