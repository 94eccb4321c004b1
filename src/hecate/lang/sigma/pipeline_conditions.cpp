#include <fmt/format.h>

#include <array>

#include "lang/sigma/condition.h"
#include "lang/sigma/detection.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_read.h"

namespace hecate::sigma::pipeline {
namespace {

using Node = decltype(Condition::node);

struct ConditionRow {
  ConditionKind kind;
  std::string_view name;
  Node (*read)(Parameters&);
  std::string_view doc;
};

Relation relation(Parameters& parameters, bool lists) {
  if (lists) {
    return static_cast<Relation>(parameters.word("op", {"eq", "ne", "gte", "gt", "lte", "lt", "in", "not_in"}));
  }
  return static_cast<Relation>(parameters.word("op", {"eq", "ne", "gte", "gt", "lte", "lt"}));
}

Over over(Parameters& parameters) {
  if (parameters.required_text("cond").empty()) return Over::Any;
  return parameters.word("cond", {"any", "all"}) == 0 ? Over::Any : Over::All;
}

Node logsource(Parameters& parameters) {
  parameters.allow({"category", "product", "service"}, "condition `logsource`");
  LogsourceIs result{parameters.text("category"), parameters.text("product"), parameters.text("service")};
  if (result.category.empty() && result.product.empty() && result.service.empty()) {
    parameters.wrong(parameters.node().span, "a condition on the logsource needs a category, product or service");
  }
  return result;
}

Node contains_item(Parameters& parameters) {
  parameters.allow({"field", "value"}, "condition `contains_detection_item`");
  std::string field = parameters.required_text("field");
  return ContainsItem{std::move(field), parameters.value("value")};
}

Node contains_field(Parameters& parameters) {
  parameters.allow({"field"}, "condition `contains_field`");
  return ContainsField{parameters.required_text("field")};
}

Node was_processed(Parameters& parameters) {
  parameters.allow({"processing_item_id"}, "condition `processing_item_applied`");
  return WasProcessed{parameters.required_text("processing_item_id")};
}

Node state(Parameters& parameters) {
  parameters.allow({"key", "val", "op"}, "condition `processing_state`");
  std::string key = parameters.required_text("key");
  ast::Value value = parameters.value("val");
  return StateIs{std::move(key), std::move(value), relation(parameters, false)};
}

Node is_rule(Parameters& parameters) {
  parameters.allow({}, "condition `is_sigma_rule`");
  return IsRule{};
}

Node is_correlation(Parameters& parameters) {
  parameters.allow({}, "condition `is_sigma_correlation_rule`");
  return IsCorrelation{};
}

Node attribute(Parameters& parameters) {
  parameters.allow({"attribute", "value", "op"}, "condition `rule_attribute`");
  std::string name = parameters.required_text("attribute");
  ast::Value value = parameters.value("value");
  return AttributeIs{std::move(name), std::move(value), relation(parameters, true)};
}

Node tag(Parameters& parameters) {
  parameters.allow({"tag"}, "condition `tag`");
  return HasTag{parameters.required_text("tag")};
}

Node matches_string(Parameters& parameters) {
  parameters.allow({"cond", "pattern", "negate"}, "condition `match_string`");
  const Over which = over(parameters);
  Regex regex = parameters.regex("pattern");
  return MatchesString{which, std::move(regex), parameters.flag("negate")};
}

Node matches_value(Parameters& parameters) {
  parameters.allow({"cond", "value"}, "condition `match_value`");
  const Over which = over(parameters);
  return MatchesValue{which, parameters.value("value")};
}

Node has_wildcard(Parameters& parameters) {
  parameters.allow({"cond"}, "condition `contains_wildcard`");
  return HasWildcard{over(parameters)};
}

Node is_null(Parameters& parameters) {
  parameters.allow({"cond"}, "condition `is_null`");
  return IsNull{over(parameters)};
}

Node fields(Parameters& parameters, bool excluded) {
  parameters.allow({"fields", "mode"}, excluded ? "condition `exclude_fields`" : "condition `include_fields`");
  FieldIsOneOf result;
  result.excluded = excluded;
  const bool patterns = parameters.word("mode", {"plain", "re"}) == 1;
  const Names names = parameters.names("fields", true);
  if (!patterns) {
    result.names.insert(names.begin(), names.end());
    return result;
  }
  const yaml::Node* list = parameters.find("fields");
  if (list == nullptr) return result;
  if (list->is_scalar()) result.patterns.push_back(parameters.compile(*list));
  for (const yaml::NodePtr& item : list->items) {
    if (item->is_scalar()) result.patterns.push_back(parameters.compile(*item));
  }
  return result;
}

Node include_fields(Parameters& parameters) { return fields(parameters, false); }
Node exclude_fields(Parameters& parameters) { return fields(parameters, true); }

using K = ConditionKind;
constexpr std::array kConditions{
    ConditionRow{K::Rule, "logsource", logsource, "The parts of the logsource that are given are those of the rule."},
    ConditionRow{K::Rule, "contains_detection_item", contains_item, "The rule asks this field for this value."},
    ConditionRow{K::Rule, "contains_field", contains_field, "The rule asks for this field."},
    ConditionRow{K::Rule, "processing_item_applied", was_processed, "The transformation with this id was applied."},
    ConditionRow{K::Rule, "processing_state", state, "`set_state` has set this key so."},
    ConditionRow{K::Rule, "is_sigma_rule", is_rule, "It is a rule, no correlation."},
    ConditionRow{K::Rule, "is_sigma_correlation_rule", is_correlation, "It is a correlation."},
    ConditionRow{K::Rule, "rule_attribute", attribute, "An attribute of the rule compares so with a value."},
    ConditionRow{K::Rule, "tag", tag, "The rule has this tag."},
    ConditionRow{K::Item, "match_string", matches_string, "An expression matches the beginning of any or all texts."},
    ConditionRow{K::Item, "match_value", matches_value, "Any or all values are this value."},
    ConditionRow{K::Item, "contains_wildcard", has_wildcard, "Any or all texts have a wildcard."},
    ConditionRow{K::Item, "is_null", is_null, "Any or all values are null."},
    ConditionRow{K::Item, "processing_item_applied", was_processed,
                 "The transformation with this id changed the item."},
    ConditionRow{K::Item, "processing_state", state, "`set_state` has set this key so."},
    ConditionRow{K::FieldName, "include_fields", include_fields,
                 "The field is one of these, or matches one (mode: re)."},
    ConditionRow{K::FieldName, "exclude_fields", exclude_fields, "The field is none of these."},
    ConditionRow{K::FieldName, "processing_item_applied", was_processed,
                 "The transformation with this id changed the field's name."},
    ConditionRow{K::FieldName, "processing_state", state, "`set_state` has set this key so."},
};

constexpr std::array<std::string_view, 3> kPrefixes{"rule", "detection_item", "field_name"};
constexpr std::array<std::string_view, 3> kKinds{"rule condition", "detection item condition", "field name condition"};

const ConditionRow* find_row(ConditionKind kind, std::string_view name) {
  for (const ConditionRow& row : kConditions) {
    if (row.kind == kind && row.name == name) return &row;
  }
  return nullptr;
}

void report_unknown(Parameters& parameters, ConditionKind kind, const yaml::Node& type) {
  std::vector<std::string_view> names;
  for (const ConditionRow& row : kConditions) {
    if (row.kind == kind) names.push_back(row.name);
  }
  const std::string_view near = nearest(type.text(), names);
  parameters.sink().report(
      kPipelineName, type.span, fmt::format("there is no {} `{}`", kKinds[static_cast<size_t>(kind)], type.text()),
      near.empty() ? fmt::format("one of {}", fmt::join(names, ", ")) : fmt::format("did you mean `{}`?", near));
  parameters.fail();
}

void read_condition(Parameters& step, ConditionKind kind, const yaml::Node& node, std::string name, ConditionSet& out) {
  if (!node.is_mapping()) {
    step.wrong(node.span, "a condition is a mapping with a `type`");
    return;
  }
  Parameters parameters(node, step.sink());
  if (parameters.required_text("type").empty()) return step.fail();
  const yaml::Node& type = *parameters.find("type");
  const ConditionRow* row = find_row(kind, type.text());
  if (row == nullptr) return report_unknown(step, kind, type);
  out.conditions.push_back({row->read(parameters), std::move(name), node.span});
  if (!parameters.ok()) step.fail();
}

/// Whether an expression is made of names of conditions alone.
bool check_expression(const ast::Condition& node, const ConditionSet& set, Parameters& step) {
  if (const auto* name = std::get_if<ast::Reference>(&node.node)) {
    for (const Condition& condition : set.conditions) {
      if (condition.name == name->name) return true;
    }
    step.wrong(node.span, fmt::format("there is no condition `{}`", name->name));
    return false;
  }
  if (std::holds_alternative<ast::Selector>(node.node)) {
    step.wrong(node.span, "an expression over conditions has and, or, not and names");
    return false;
  }
  if (const auto* negation = std::get_if<ast::Negation>(&node.node)) {
    return check_expression(*negation->operand, set, step);
  }
  const auto* all = std::get_if<ast::Conjunction>(&node.node);
  bool ok = true;
  for (const ast::ConditionPtr& operand :
       all != nullptr ? all->operands : std::get<ast::Disjunction>(node.node).operands) {
    ok = check_expression(*operand, set, step) && ok;
  }
  return ok;
}

void read_expression(Parameters& step, const std::string& key, bool named, ConditionSet& set) {
  const yaml::Node* node = step.find(key);
  if (node == nullptr || node->is_null()) return;
  if (!node->is_scalar()) return step.wrong(node->span, fmt::format("`{}` must be a text", key));
  if (!named)
    return step.wrong(node->span, fmt::format("`{}` needs conditions with names", key), "make them a mapping");
  Result<ast::ConditionPtr> expression = parse_condition(node->scalar, step.sink());
  if (!expression) return step.fail();
  if (check_expression(**expression, set, step)) set.expression = std::move(*expression);
}

}  // namespace

ConditionSet read_conditions(Parameters& step, ConditionKind kind) {
  const std::string prefix(kPrefixes[static_cast<size_t>(kind)]);
  ConditionSet set;
  const yaml::Node* node = step.find(prefix + "_conditions");
  const bool named = node != nullptr && node->is_mapping();
  if (named) {
    for (const auto& [key, value] : node->entries) read_condition(step, kind, *value, std::string(key->text()), set);
  } else if (node != nullptr && node->is_sequence()) {
    for (const yaml::NodePtr& item : node->items) read_condition(step, kind, *item, {}, set);
  } else if (node != nullptr && !node->is_null()) {
    step.wrong(node->span, fmt::format("`{}_conditions` must be a list or a mapping", prefix));
  }
  set.negated = step.flag(prefix + "_cond_not");
  const bool linked = step.has(prefix + "_cond_op");
  set.link = step.word(prefix + "_cond_op", {"and", "or"}) == 0 ? Over::All : Over::Any;
  if (step.ok()) read_expression(step, prefix + "_cond_expr", named, set);
  if (linked && set.expression) {
    step.wrong(step.find(prefix + "_cond_op")->span, "an expression says already how the conditions are linked",
               "remove one of the two");
  }
  return set;
}

void list_conditions(std::vector<PipelinePart>& out) {
  for (const ConditionRow& row : kConditions) {
    out.push_back({kKinds[static_cast<size_t>(row.kind)], row.name, row.doc, true});
  }
}

}  // namespace hecate::sigma::pipeline
