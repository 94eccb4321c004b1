#include "content/splunk_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

namespace fs = std::filesystem;

/// A value that holds JSON, which is YAML, too. Null where there is none, or it is broken (reported).
yaml::NodePtr json_value(const Conf::Stanza& stanza, std::string_view key, SourceMap& sources, DiagnosticSink& sink) {
  const std::string_view text = stanza.text_of(key);
  if (text.empty()) return nullptr;
  const FileId file = sources.add(fmt::format("{}:{}", stanza.path, key), std::string(text));
  yaml::Documents parsed = yaml::parse(file, sources, sink);
  return parsed.roots.empty() ? nullptr : parsed.roots.front();
}

/// savedsearches.conf.spec of the risk action: objects and threat objects in one list.
Risk read_risk_action(const Conf::Stanza& stanza, SourceMap& sources, DiagnosticSink& sink) {
  Risk risk;
  risk.message = std::string(stanza.text_of("action.risk.param._risk_message"));
  const yaml::NodePtr entries = json_value(stanza, "action.risk.param._risk", sources, sink);
  if (entries == nullptr) return risk;
  for (const yaml::NodePtr& entry : entries->items) {
    if (!entry->is_mapping()) continue;
    if (const auto field = entry->text_of("risk_object_field"); !field.empty()) {
      const yaml::Node* score = entry->find("risk_score");
      risk.objects.push_back({std::string(field), std::string(entry->text_of("risk_object_type")),
                              score == nullptr ? 0 : score->as_integer().value_or(0)});
    }
    if (const auto field = entry->text_of("threat_object_field"); !field.empty()) {
      risk.threat_objects.push_back({std::string(field), std::string(entry->text_of("threat_object_type"))});
    }
  }
  return risk;
}

Level level_of(const Conf::Stanza& stanza, const Risk& risk) {
  if (const std::optional<Level> level = level_by_risk(risk)) return *level;
  return level_by_name(stanza.text_of("action.notable.param.severity")).value_or(Level::Medium);
}

/// Content packs say which of their searches detect, and which support these or only inform.
bool is_detection(const Conf::Stanza& stanza) {
  const std::string_view type = stanza.text_of("action.escu.search_type");
  return stanza.find("search") != nullptr && (type.empty() || type == "detection");
}

void load_search(const std::string& name, const Conf::Stanza& stanza, Content& content, SourceMap& sources,
                 DiagnosticSink& sink) {
  Detection detection;
  detection.language = Language::Spl;
  detection.id = name;
  const std::string_view label = stanza.text_of("action.correlationsearch.label");
  detection.title = label.empty() ? name : std::string(label);
  detection.description = std::string(stanza.text_of("description"));
  detection.path = stanza.path;
  detection.span = stanza.span;
  detection.query = *stanza.find("search");
  detection.disabled = stanza.is_true("disabled");
  detection.risk = read_risk_action(stanza, sources, sink);
  detection.level = level_of(stanza, detection.risk);
  if (const auto known = stanza.text_of("action.escu.known_false_positives"); !known.empty()) {
    detection.false_positives.emplace_back(known);
  }
  if (stanza.find("cron_schedule") != nullptr) {
    const auto place = [&](std::string_view key) {
      const MappedText* value = stanza.find(key);
      return value == nullptr ? stanza.span : value->span(0, value->size());
    };
    detection.schedule = Schedule{std::string(stanza.text_of("cron_schedule")),
                                  std::string(stanza.text_of("dispatch.earliest_time")),
                                  std::string(stanza.text_of("dispatch.latest_time")),
                                  std::string(stanza.text_of("schedule_window")),
                                  {place("cron_schedule"), place("dispatch.earliest_time"),
                                   place("dispatch.latest_time"), place("schedule_window")}};
  }
  const yaml::NodePtr notes = json_value(stanza, "action.correlationsearch.annotations", sources, sink);
  if (notes != nullptr && notes->is_mapping()) {
    for (const std::string& id : text_list(*notes, "mitre_attack")) {
      detection.attack.techniques.push_back(technique_id(id));
    }
    detection.stories = text_list(*notes, "analytic_story");
  }
  content.detections.push_back(std::move(detection));
}

/// `name(2)` is the macro with two arguments.
void load_macro(std::string name, const Conf::Stanza& stanza, Content& content, DiagnosticSink& sink) {
  const MappedText* definition = stanza.find("definition");
  if (definition == nullptr) {
    sink.report(kMissingKey, stanza.span, "`definition` is missing");
    return;
  }
  if (stanza.is_true("iseval")) {
    sink.report(kUnsupportedSetting, stanza.span, fmt::format("`{}`: macros with `iseval` are not supported", name),
                "write what the expression comes to");
    return;
  }
  MacroDefinition macro;
  if (name.ends_with(')')) name.resize(std::min(name.rfind('('), name.size()));
  macro.name = std::move(name);
  std::string argument;
  for (const char c : std::string(stanza.text_of("args")) + ',') {
    if (c != ',') {
      if (c != ' ' && c != '"') argument += c;
      continue;
    }
    if (!argument.empty()) macro.arguments.push_back(argument);
    argument.clear();
  }
  // Splunk takes the quotes off a definition that stands in them as a whole only where it is an eval expression.
  macro.definition = *definition;
  content.macros.push_back(std::move(macro));
}

}  // namespace

Conf* SplunkApp::conf(std::string_view file_name) {
  if (file_name == "savedsearches.conf") return &savedsearches;
  if (file_name == "macros.conf") return &macros;
  if (file_name == "props.conf") return &add_on.props;
  if (file_name == "transforms.conf") return &add_on.transforms;
  if (file_name == "eventtypes.conf") return &add_on.event_types;
  if (file_name == "tags.conf") return &add_on.tags;
  return file_name == "collections.conf" ? &add_on.collections : nullptr;
}

std::string SplunkApp::folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  const fs::path layer = folder.filename();
  return (layer == "default" || layer == "local" ? folder.parent_path() : folder).string();
}

void load_splunk_app(const SplunkApp& app, Content& content, SourceMap& sources, DiagnosticSink& sink) {
  load_add_on(app.add_on, content.add_on, content.tables, sink);
  for (const auto& [name, stanza] : app.macros.stanzas()) load_macro(name, stanza, content, sink);
  for (const auto& [name, stanza] : app.savedsearches.stanzas()) {
    if (is_detection(stanza)) load_search(name, stanza, content, sources, sink);
  }
}

}  // namespace hecate::content
