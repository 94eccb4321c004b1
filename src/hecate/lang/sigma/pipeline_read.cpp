#include "lang/sigma/pipeline_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lang/sigma/detection.h"
#include "lang/sigma/pipeline_codes.h"

namespace hecate::sigma::pipeline {
namespace {

constexpr std::array<std::string_view, 14> kStepKeys{
    "id",
    "type",
    "rule_conditions",
    "rule_cond_op",
    "rule_cond_not",
    "rule_cond_expr",
    "detection_item_conditions",
    "detection_item_cond_op",
    "detection_item_cond_not",
    "detection_item_cond_expr",
    "field_name_conditions",
    "field_name_cond_op",
    "field_name_cond_not",
    "field_name_cond_expr",
};

}  // namespace

void Parameters::wrong(Span span, std::string message, std::string hint) {
  sink_.report(kPipelineShape, span.known() ? span : node_.span, std::move(message), std::move(hint));
  ok_ = false;
}

void Parameters::allow(std::initializer_list<std::string_view> known, std::string_view what) {
  std::vector<std::string_view> names(known);
  names.emplace_back("type");
  if (step_) names.insert(names.end(), kStepKeys.begin(), kStepKeys.end());
  for (const auto& [key, value] : node_.entries) {
    if (std::find(names.begin(), names.end(), key->text()) != names.end()) continue;
    const std::string_view near = nearest(key->text(), names);
    sink_.report(kPipelineName, key->span, fmt::format("the {} has no parameter `{}`", what, key->text()),
                 near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    ok_ = false;
  }
}

bool Parameters::has(std::string_view key) const {
  const yaml::Node* node = node_.find(key);
  return node != nullptr && !node->is_null();
}

const yaml::Node* Parameters::required(std::string_view key) {
  const yaml::Node* node = node_.find(key);
  if (node == nullptr) wrong(node_.span, fmt::format("`{}` is missing here", key));
  return node;
}

std::string Parameters::text(std::string_view key) {
  const yaml::Node* node = node_.find(key);
  if (node == nullptr || node->is_null()) return {};
  if (node->is_scalar()) return std::string(node->text());
  wrong(node->span, fmt::format("`{}` must be a text", key));
  return {};
}

std::string Parameters::required_text(std::string_view key) {
  const yaml::Node* node = required(key);
  if (node == nullptr) return {};
  if (!node->is_scalar() || node->text().empty()) {
    wrong(node->span, fmt::format("`{}` must be a text", key));
    return {};
  }
  return std::string(node->text());
}

bool Parameters::flag(std::string_view key, bool otherwise) {
  const yaml::Node* node = node_.find(key);
  if (node == nullptr || node->is_null()) return otherwise;
  const std::optional<bool> value = node->as_bool();
  if (!value) wrong(node->span, fmt::format("`{}` must be true or false", key));
  return value.value_or(otherwise);
}

Names Parameters::names(std::string_view key, bool must) {
  const yaml::Node* node = must ? required(key) : node_.find(key);
  Names result;
  if (node == nullptr) return result;
  if (node->is_scalar()) return {std::string(node->text())};
  if (!node->is_sequence()) {
    if (must || node->is_mapping()) wrong(node->span, fmt::format("`{}` must be a text or a list of texts", key));
    return result;
  }
  for (const yaml::NodePtr& item : node->items) {
    if (item->is_scalar()) {
      result.emplace_back(item->text());
    } else {
      wrong(item->span, fmt::format("`{}` must be a list of texts", key));
    }
  }
  return result;
}

ast::Value Parameters::value(std::string_view key) {
  const yaml::Node* node = required(key);
  if (node == nullptr) return {ast::Null{}, node_.span};
  if (node->is_mapping() || node->is_sequence()) {
    wrong(node->span, fmt::format("`{}` must be a text, a number, true, false or null", key));
    return {ast::Null{}, node->span};
  }
  return {scalar_value(*node), node->span};
}

size_t Parameters::word(std::string_view key, std::initializer_list<std::string_view> words) {
  const yaml::Node* node = node_.find(key);
  if (node == nullptr || node->is_null()) return 0;
  const auto found = std::find(words.begin(), words.end(), node->text());
  if (node->is_scalar() && found != words.end()) return static_cast<size_t>(found - words.begin());
  const std::vector<std::string_view> all(words);
  wrong(node->span, fmt::format("`{}` is one of {}", key, fmt::join(all, ", ")));
  return 0;
}

Regex Parameters::compile(const yaml::Node& pattern) {
  PythonRegex::Error error;
  Regex regex = PythonRegex::compile(pattern.text(), error);
  if (!regex) {
    const bool inside = error.offset < pattern.scalar.size();
    wrong(inside ? pattern.scalar.span(error.offset, error.offset + 1) : pattern.span,
          fmt::format("invalid regular expression: {}", error.message));
  }
  return regex;
}

Regex Parameters::regex(std::string_view key) {
  const yaml::Node* node = required(key);
  if (node == nullptr) return nullptr;
  if (node->is_scalar()) return compile(*node);
  wrong(node->span, fmt::format("`{}` must be a regular expression", key));
  return nullptr;
}

std::optional<Step> read_step(const yaml::Node& node, DiagnosticSink& sink, int depth) {
  Parameters parameters(node, sink, true);
  if (!node.is_mapping()) {
    parameters.wrong(node.span, "a transformation is a mapping with a `type`");
    return std::nullopt;
  }
  Step step;
  step.span = node.span;
  step.id = parameters.text("id");
  std::optional<Transformation> transformation = read_transformation(parameters, depth);
  step.rule_conditions = read_conditions(parameters, ConditionKind::Rule);
  step.item_conditions = read_conditions(parameters, ConditionKind::Item);
  step.field_conditions = read_conditions(parameters, ConditionKind::FieldName);
  if (!transformation || !parameters.ok()) return std::nullopt;
  step.transformation = std::move(*transformation);
  return step;
}

}  // namespace hecate::sigma::pipeline
