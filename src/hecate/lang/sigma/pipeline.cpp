#include "lang/sigma/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "lang/sigma/detection.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_read.h"

namespace hecate::sigma {
namespace {

using pipeline::Parameters;
using pipeline::Pipeline;

constexpr std::array<std::string_view, 7> kKeys{
    "name", "priority", "vars", "transformations", "postprocessing", "finalizers", "allowed_backends"};

void check_keys(const yaml::Node& document, DiagnosticSink& sink) {
  for (const auto& [key, value] : document.entries) {
    if (std::find(kKeys.begin(), kKeys.end(), key->text()) != kKeys.end()) continue;
    const std::string_view near = nearest(key->text(), kKeys);
    sink.report(kPipelineName, key->span, fmt::format("a pipeline has no key `{}`", key->text()),
                near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  }
}

/// What works on query text, of which there is none: named, and left out.
void report_ignored(const yaml::Node& document, DiagnosticSink& sink) {
  constexpr std::string_view kWhy = "rules run over events; no query text is made";
  for (const std::string_view key : {"postprocessing", "finalizers"}) {
    const yaml::Node* list = document.find(key);
    if (list == nullptr) continue;
    for (const yaml::NodePtr& item : list->items) {
      const yaml::Node* type = item->find("type");
      sink.report(kPipelineIgnored, type != nullptr ? type->span : item->span,
                  fmt::format("`{}` in {} has no effect here", item->text_of("type"), key), std::string(kWhy));
    }
  }
  if (const yaml::Node* backends = document.find("allowed_backends"); backends != nullptr && !backends->is_null()) {
    sink.report(kPipelineIgnored, backends->span,
                "this pipeline was written for other tools; it is applied all the same",
                "check that its fields are those of your events");
  }
}

bool read_values(const yaml::Node& node, Pipeline& out, DiagnosticSink& sink) {
  if (node.is_null()) return true;
  if (!node.is_mapping()) {
    sink.report(kPipelineShape, node.span, "variables are a mapping of names to values");
    return false;
  }
  bool ok = true;
  for (const auto& [key, value] : node.entries) {
    std::vector<ast::Value>& values = out.vars[std::string(key->text())];
    const auto add = [&](const yaml::Node& scalar) {
      const bool fits = scalar.is_scalar();
      if (fits) values.push_back({scalar_value(scalar), scalar.span});
      if (!fits) {
        sink.report(kPipelineShape, scalar.span.known() ? scalar.span : key->span,
                    fmt::format("the variable `{}` must be texts or numbers", key->text()));
      }
      ok = ok && fits;
    };
    if (value->is_sequence()) {
      for (const yaml::NodePtr& item : value->items) add(*item);
    } else {
      add(*value);
    }
  }
  return ok;
}

bool read_steps(const yaml::Node& document, Pipeline& out, DiagnosticSink& sink) {
  const yaml::Node* list = document.find("transformations");
  if (list == nullptr || list->is_null()) return true;
  if (!list->is_sequence()) {
    sink.report(kPipelineShape, list->span, "`transformations` must be a list");
    return false;
  }
  bool ok = true;
  for (const yaml::NodePtr& item : list->items) {
    std::optional<pipeline::Step> step = pipeline::read_step(*item, sink, 0);
    ok &= step.has_value();
    if (step) out.steps.push_back(std::move(*step));
  }
  return ok;
}

}  // namespace

bool Pipelines::add(const yaml::Node& document, DiagnosticSink& sink) {
  const size_t before = sink.errors();
  if (!document.is_mapping()) {
    sink.report(kPipelineShape, document.span, "a processing pipeline is a mapping with `transformations`");
    return false;
  }
  check_keys(document, sink);
  report_ignored(document, sink);
  auto added = std::make_unique<Pipeline>();
  added->name = document.text_of("name");
  if (const yaml::Node* priority = document.find("priority"); priority != nullptr && !priority->is_null()) {
    const std::optional<int64_t> number = priority->as_integer();
    if (!number) sink.report(kPipelineShape, priority->span, "`priority` must be a whole number");
    added->priority = number.value_or(0);
  }
  const yaml::Node* vars = document.find("vars");
  bool ok = vars == nullptr || read_values(*vars, *added, sink);
  ok = read_steps(document, *added, sink) && ok;
  if (!ok || sink.errors() > before) return false;
  insert(std::move(added));
  return true;
}

bool Pipelines::add_values(const yaml::Node& document, DiagnosticSink& sink) {
  auto added = std::make_unique<Pipeline>();
  added->name = "values of placeholders";
  added->priority = std::numeric_limits<int64_t>::max();
  added->fallback = true;
  if (!read_values(document, *added, sink)) return false;
  pipeline::ReplacePlaceholders replace;
  replace.include.emplace();
  for (const auto& [name, values] : added->vars) replace.include->push_back(name);
  pipeline::Step step;
  step.transformation = std::move(replace);
  step.span = document.span;
  added->steps.push_back(std::move(step));
  insert(std::move(added));
  return true;
}

void Pipelines::insert(std::shared_ptr<const Pipeline> added) {
  const auto at = std::upper_bound(pipelines_.begin(), pipelines_.end(), added->priority,
                                   [](int64_t priority, const auto& other) { return priority < other->priority; });
  pipelines_.insert(at, std::move(added));
}

bool Pipelines::is_pipeline(const yaml::Node& document) {
  return document.is_mapping() && document.find("transformations") != nullptr;
}

std::vector<PipelinePart> pipeline_parts() {
  std::vector<PipelinePart> parts;
  pipeline::list_transformations(parts);
  pipeline::list_conditions(parts);
  return parts;
}

}  // namespace hecate::sigma
