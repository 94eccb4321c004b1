#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "content/codes.h"
#include "content/documents.h"

// ESCU's deployments (one for each type of detection, or for what its tags name) and the schedules that took their
// place in 2026: "Default Baseline", "Default EventBasedDetection", and those that detections name.
namespace hecate::content {
namespace {

constexpr std::string_view kDefault = "Default ";
constexpr std::string_view kEventBased = "EventBasedDetection";

/// Every detection but a baseline looks for events.
bool is_of_type(const Detection& detection, std::string_view type) {
  if (equals_ignoring_case(type, kEventBased)) return !equals_ignoring_case(detection.type, "Baseline");
  return equals_ignoring_case(detection.type, type);
}

bool shares_story(const Detection& detection, const Deployment& deployment) {
  return std::any_of(deployment.stories.begin(), deployment.stories.end(), [&](const std::string& story) {
    return std::find(detection.stories.begin(), detection.stories.end(), story) != detection.stories.end();
  });
}

/// What a detection asks for by name, else what is for its stories, else what is for its type.
std::optional<size_t> deployment_of(const Detection& detection, const std::vector<Deployment>& deployments) {
  const auto first = [&](const auto& suits) -> std::optional<size_t> {
    const auto found = std::find_if(deployments.begin(), deployments.end(), suits);
    return found == deployments.end() ? std::nullopt : std::optional<size_t>(found - deployments.begin());
  };
  if (!detection.schedule_name.empty())
    return first([&](const Deployment& each) { return each.name == detection.schedule_name; });
  if (const auto by_story = first([&](const Deployment& each) { return shares_story(detection, each); }))
    return by_story;
  return first([&](const Deployment& each) {
    return !each.type.empty() && each.stories.empty() && is_of_type(detection, each.type);
  });
}

}  // namespace

Schedule read_schedule(const yaml::Node& mapping) {
  const auto place = [&](std::string_view key) {
    const yaml::Node* value = mapping.find(key);
    return value == nullptr ? mapping.span : value->span;
  };
  return {std::string(mapping.text_of("cron_schedule")),
          std::string(mapping.text_of("earliest_time")),
          std::string(mapping.text_of("latest_time")),
          std::string(mapping.text_of("schedule_window")),
          {place("cron_schedule"), place("earliest_time"), place("latest_time"), place("schedule_window")}};
}

void load_deployment(const yaml::Node& document, const DocumentContext& context, Content& content) {
  const yaml::Node* scheduling = document.find("scheduling");
  if (scheduling == nullptr) scheduling = &document;
  if (!has_shape(*scheduling, yaml::Node::Kind::Mapping, context)) return;
  if (required_text(*scheduling, "cron_schedule", context).empty()) return;
  Deployment deployment;
  deployment.name = std::string(required_text(document, "name", context));
  deployment.span = document.span;
  deployment.schedule = read_schedule(*scheduling);
  deployment.type = std::string(document.text_of("type"));
  if (const yaml::Node* tags = document.find("tags"); tags != nullptr && tags->is_mapping()) {
    if (deployment.type.empty()) deployment.type = std::string(tags->text_of("type"));
    deployment.stories = text_list(*tags, "analytic_story");
  }
  // Schedules say in their name whom they are for.
  const bool is_default =
      deployment.type.empty() && deployment.stories.empty() && deployment.name.starts_with(kDefault);
  if (is_default) deployment.type = deployment.name.substr(kDefault.size());
  if (const yaml::Node* action = document.find("alert_action"); action != nullptr && action->is_mapping()) {
    const yaml::Node* rba = action->find("rba");
    const yaml::Node* enabled = rba != nullptr && rba->is_mapping() ? rba->find("enabled") : nullptr;
    deployment.risk = enabled != nullptr && enabled->as_bool().value_or(false);
    deployment.notable = action->find("notable") != nullptr;
  }
  content.deployments.push_back(std::move(deployment));
}

void apply_deployments(Content& content, DiagnosticSink& sink) {
  const auto& all = content.deployments;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto same = std::find_if(all.begin(), all.begin() + static_cast<ptrdiff_t>(i), [&](const Deployment& before) {
      return before.name == all[i].name ||
             (!all[i].type.empty() && before.type == all[i].type && before.stories == all[i].stories);
    });
    if (same == all.begin() + static_cast<ptrdiff_t>(i)) continue;
    sink.report(Diagnostic{&kDuplicateDeployment,
                           fmt::format("`{}` is for the detections that `{}` is for", all[i].name, same->name),
                           {all[i].span, {}},
                           {{same->span, "the first"}},
                           "give it another type"});
  }
  std::vector<std::string_view> names;
  for (const Deployment& deployment : all) names.push_back(deployment.name);
  for (Detection& detection : content.detections) {
    detection.deployment = detection.type.empty() ? std::nullopt : deployment_of(detection, all);
    if (!detection.schedule && detection.deployment) detection.schedule = all[*detection.deployment].schedule;
    if (detection.schedule_name.empty() || detection.deployment) continue;
    const std::string_view near = nearest(detection.schedule_name, names);
    sink.report(kUnknownSchedule, detection.schedule_span,
                fmt::format("there is no schedule `{}`", detection.schedule_name),
                near.empty() ? "" : fmt::format("did you mean `{}`?", near));
  }
}

}  // namespace hecate::content
