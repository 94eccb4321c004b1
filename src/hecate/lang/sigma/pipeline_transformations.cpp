#include <fmt/format.h>

#include <array>

#include "base/depth_guard.h"
#include "lang/sigma/detection.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_read.h"

namespace hecate::sigma::pipeline {
namespace {

using Read = std::optional<Transformation>;

struct TransformationRow {
  std::string_view name;
  Read (*read)(Parameters&, int depth);  // null: refused, for the reason in `doc`
  std::string_view doc;
};

/// A mapping's value: a name, a list of names, or nothing.
std::optional<Names> targets(Parameters& step, const yaml::Node& node) {
  if (node.is_scalar()) return Names{std::string(node.text())};
  if (node.is_null()) return std::nullopt;
  Names names;
  for (const yaml::NodePtr& item : node.items) {
    if (item->is_scalar())
      names.emplace_back(item->text());
    else
      step.wrong(item->span, "a name is mapped to a text or a list of texts");
  }
  if (node.is_mapping()) step.wrong(node.span, "a name is mapped to a text or a list of texts");
  return names;
}

const yaml::Node* mapping(Parameters& step) {
  const yaml::Node* node = step.find("mapping");
  if (node != nullptr && node->is_mapping()) return node;
  step.wrong(node == nullptr ? step.node().span : node->span, "`mapping` must be a mapping of names");
  return nullptr;
}

Read map_fields(Parameters& step, int /*depth*/) {
  step.allow({"mapping"}, "transformation `field_name_mapping`");
  MapFields result;
  const yaml::Node* node = mapping(step);
  if (node == nullptr) return std::nullopt;
  for (const auto& [key, value] : node->entries) {
    std::optional<Names> names = targets(step, *value);
    if (!names) continue;  // as pySigma has it: a name mapped to null stays
    if (key->is_null())
      result.keywords = std::move(*names);
    else
      result.names.insert_or_assign(std::string(key->text()), std::move(*names));
  }
  return result;
}

Read map_prefixes(Parameters& step, int /*depth*/) {
  step.allow({"mapping"}, "transformation `field_name_prefix_mapping`");
  MapPrefixes result;
  const yaml::Node* node = mapping(step);
  if (node == nullptr) return std::nullopt;
  for (const auto& [key, value] : node->entries) {
    if (key->is_null()) {
      step.wrong(key->span, "null is no prefix");
      continue;
    }
    std::optional<Names> names = targets(step, *value);
    if (names) result.prefixes.emplace_back(std::string(key->text()), std::move(*names));
  }
  return result;
}

Read field_prefix(Parameters& step, int /*depth*/) {
  step.allow({"prefix"}, "transformation `field_name_prefix`");
  return AddAffixes{step.required_text("prefix"), {}};
}

Read field_suffix(Parameters& step, int /*depth*/) {
  step.allow({"suffix"}, "transformation `field_name_suffix`");
  return AddAffixes{{}, step.required_text("suffix")};
}

Read drop_item(Parameters& step, int /*depth*/) {
  step.allow({}, "transformation `drop_detection_item`");
  return DropItem{};
}

Read hashes_fields(Parameters& step, int /*depth*/) {
  step.allow({"valid_hash_algos", "field_prefix", "drop_algo_prefix", "field_to_parse"},
             "transformation `hashes_fields`");
  HashesFields result;
  const Names algorithms = step.names("valid_hash_algos", true);
  result.algorithms.insert(algorithms.begin(), algorithms.end());
  result.prefix = step.text("field_prefix");
  result.drop_algorithm = step.flag("drop_algo_prefix");
  if (step.has("field_to_parse")) {
    const Names fields = step.names("field_to_parse", true);
    result.fields = {fields.begin(), fields.end()};
  }
  return result;
}

Read extract_fields(Parameters& step, int /*depth*/) {
  step.allow({"regex", "field_prefix", "preserve_unmatched"}, "transformation `extract_fields`");
  ExtractFields result{step.regex("regex"), step.text("field_prefix"), step.flag("preserve_unmatched")};
  if (result.regex && result.regex->names().empty()) {
    step.wrong(step.find("regex")->span, "the expression has no named group",
               "name what is to be extracted: (?P<name>...)");
  }
  return result;
}

Read placeholders(Parameters& step, bool by_wildcard) {
  step.allow({"include", "exclude"},
             by_wildcard ? "transformation `wildcard_placeholders`" : "transformation `value_placeholders`");
  ReplacePlaceholders result;
  result.by_wildcard = by_wildcard;
  if (step.has("include")) result.include = step.names("include", true);
  if (step.has("exclude")) result.exclude = step.names("exclude", true);
  if (result.include && result.exclude) {
    step.wrong(step.find("exclude")->span, "`include` and `exclude` cannot stand together", "remove one of them");
  }
  return result;
}

Read wildcard_placeholders(Parameters& step, int /*depth*/) { return placeholders(step, true); }
Read value_placeholders(Parameters& step, int /*depth*/) { return placeholders(step, false); }

Read add_condition(Parameters& step, int /*depth*/) {
  step.allow({"conditions", "name", "template", "negated"}, "transformation `add_condition`");
  AddCondition result;
  result.name = step.text("name");
  result.templates = step.flag("template");
  result.negated = step.flag("negated");
  const yaml::Node* conditions = step.find("conditions");
  if (conditions == nullptr || !conditions->is_mapping()) {
    step.wrong(conditions == nullptr ? step.node().span : conditions->span,
               "`conditions` must be a mapping of fields to values");
    return std::nullopt;
  }
  Result<ast::Group> group = parse_search(*conditions, conditions->span, step.sink());
  if (!group) {
    step.fail();
    return std::nullopt;
  }
  result.group = std::move(*group);
  return result;
}

Read change_logsource(Parameters& step, int /*depth*/) {
  step.allow({"category", "product", "service"}, "transformation `change_logsource`");
  ChangeLogsource result{step.text("category"), step.text("product"), step.text("service")};
  if (result.category.empty() && result.product.empty() && result.service.empty()) {
    step.wrong(step.node().span, "a logsource needs a category, product or service");
  }
  return result;
}

Read add_field(Parameters& step, int /*depth*/) {
  step.allow({"field"}, "transformation `add_field`");
  return ChangeFieldList{FieldList::Add, step.names("field", true)};
}
Read remove_field(Parameters& step, int /*depth*/) {
  step.allow({"field"}, "transformation `remove_field`");
  return ChangeFieldList{FieldList::Remove, step.names("field", true)};
}
Read set_field(Parameters& step, int /*depth*/) {
  step.allow({"fields"}, "transformation `set_field`");
  return ChangeFieldList{FieldList::Set, step.names("fields", true)};
}

Read replace_string(Parameters& step, int /*depth*/) {
  step.allow({"regex", "replacement", "skip_special", "interpret_special"}, "transformation `replace_string`");
  ReplaceString result;
  result.regex = step.regex("regex");
  result.skip_special = step.flag("skip_special");
  result.interpret_special = step.flag("interpret_special");
  const std::string replacement = step.text("replacement");
  if (!step.has("replacement")) step.wrong(step.node().span, "`replacement` is missing here");
  if (!result.regex) return std::nullopt;
  std::string error;
  std::optional<PythonTemplate> parsed = PythonTemplate::parse(replacement, *result.regex, error);
  if (!parsed) {
    step.wrong(step.find("replacement")->span, fmt::format("invalid replacement: {}", error));
    return std::nullopt;
  }
  result.replacement = std::move(*parsed);
  return result;
}

Read map_string(Parameters& step, int /*depth*/) {
  step.allow({"mapping"}, "transformation `map_string`");
  MapString result;
  const yaml::Node* node = mapping(step);
  if (node == nullptr) return std::nullopt;
  for (const auto& [key, value] : node->entries) {
    std::optional<Names> names = targets(step, *value);
    if (names) result.mapping.insert_or_assign(std::string(key->text()), std::move(*names));
  }
  return result;
}

Read set_state(Parameters& step, int /*depth*/) {
  step.allow({"key", "val"}, "transformation `set_state`");
  std::string key = step.required_text("key");
  return SetState{std::move(key), step.value("val")};
}

Read to_regex(Parameters& step, int /*depth*/) {
  step.allow({"method"}, "transformation `regex`");
  return ToRegex{step.word("method", {"ignore_case_brackets", "ignore_case_flag", "plain"}) == 2};
}

Read set_value(Parameters& step, int /*depth*/) {
  step.allow({"value", "force_type"}, "transformation `set_value`");
  SetValue result{step.value("value")};
  if (!step.has("force_type")) return result;
  const bool number = step.word("force_type", {"str", "num"}) == 1;
  const yaml::Node& node = *step.find("value");
  const bool scalar = node.is_scalar() && !node.as_bool();
  if (!scalar) {
    step.wrong(node.span, "only a text or a number can be forced to a type");
  } else if (!number) {
    result.value.node = ast::Text{node.scalar};
  } else if (std::optional<ast::Number> parsed = number_of(node.text())) {
    result.value.node = std::move(*parsed);
  } else {
    step.wrong(node.span, fmt::format("`{}` is no number", node.text()));
  }
  return result;
}

Read convert_type(Parameters& step, int /*depth*/) {
  step.allow({"target_type"}, "transformation `convert_type`");
  (void)step.required_text("target_type");
  return ConvertType{step.word("target_type", {"str", "num"}) == 1};
}

Read rule_failure(Parameters& step, int /*depth*/) {
  step.allow({"message"}, "transformation `rule_failure`");
  return RuleFailure{step.required_text("message")};
}
Read item_failure(Parameters& step, int /*depth*/) {
  step.allow({"message"}, "transformation `detection_item_failure`");
  return ItemFailure{step.required_text("message")};
}
Read strict_mapping(Parameters& step, int /*depth*/) {
  step.allow({}, "transformation `strict_field_mapping_failure`");
  return StrictMapping{};
}

Read set_attribute(Parameters& step, int /*depth*/) {
  step.allow({"attribute", "value"}, "transformation `set_custom_attribute`");
  std::string name = step.required_text("attribute");
  return SetAttribute{std::move(name), step.value("value")};
}

Read change_case(Parameters& step, int /*depth*/) {
  step.allow({"method"}, "transformation `case`");
  return ChangeCase{static_cast<LetterCase>(step.word("method", {"lower", "upper", "snake_case"}))};
}

Read nest(Parameters& step, int depth) {
  step.allow({"items"}, "transformation `nest`");
  Nest result;
  const yaml::Node* items = step.find("items");
  if (items == nullptr || !items->is_sequence()) {
    step.wrong(items == nullptr ? step.node().span : items->span, "`items` must be a list of transformations");
    return std::nullopt;
  }
  DepthGuard guard(depth);
  if (guard.exceeded()) {
    step.wrong(items->span, "transformations are nested too deeply");
    return std::nullopt;
  }
  for (const yaml::NodePtr& item : items->items) {
    std::optional<Step> read = read_step(*item, step.sink(), depth);
    if (read)
      result.steps.push_back(std::move(*read));
    else
      step.fail();
  }
  return result;
}

constexpr std::array kTransformations{
    TransformationRow{"field_name_mapping", map_fields, "Fields get other names; a list of names is any of them."},
    TransformationRow{"field_name_prefix_mapping", map_prefixes, "Beginnings of fields' names are replaced."},
    TransformationRow{"field_name_prefix", field_prefix, "Fields' names get a beginning."},
    TransformationRow{"field_name_suffix", field_suffix, "Fields' names get an end."},
    TransformationRow{"field_name_transform", nullptr, "it calls a function of Python's"},
    TransformationRow{"drop_detection_item", drop_item, "Items are removed."},
    TransformationRow{"hashes_fields", hashes_fields, "Hashes becomes a field for each algorithm."},
    TransformationRow{"extract_fields", extract_fields, "Named groups of an expression become fields."},
    TransformationRow{"wildcard_placeholders", wildcard_placeholders, "Placeholders become `*`."},
    TransformationRow{"value_placeholders", value_placeholders, "Placeholders become the values in `vars`."},
    TransformationRow{"query_expression_placeholders", nullptr, "it makes text of another query language"},
    TransformationRow{"file_placeholders", nullptr, "it reads other files; write the values into `vars`"},
    TransformationRow{"http_placeholders", nullptr, "it reads from the network; write the values into `vars`"},
    TransformationRow{"command_placeholders", nullptr, "it runs commands; write the values into `vars`"},
    TransformationRow{"add_condition", add_condition, "The rule must also match, or not match, these fields."},
    TransformationRow{"change_logsource", change_logsource, "The rule looks at another logsource."},
    TransformationRow{"add_field", add_field, "Names are added to the rule's `fields`."},
    TransformationRow{"remove_field", remove_field, "Names are removed from the rule's `fields`."},
    TransformationRow{"set_field", set_field, "The rule's `fields` are these."},
    TransformationRow{"replace_string", replace_string, "What an expression matches in texts is replaced."},
    TransformationRow{"map_string", map_string, "Texts become one or several others."},
    TransformationRow{"set_state", set_state, "A key for conditions on the state."},
    TransformationRow{"regex", to_regex,
                      "`plain` makes texts case-sensitive; the others ask for what Sigma does anyway."},
    TransformationRow{"set_value", set_value, "All values become this one."},
    TransformationRow{"convert_type", convert_type, "Numbers become texts, or texts numbers."},
    TransformationRow{"rule_failure", rule_failure, "The rule is refused."},
    TransformationRow{"detection_item_failure", item_failure, "A rule with such an item is refused."},
    TransformationRow{"strict_field_mapping_failure", strict_mapping,
                      "A rule with a field that no mapping has is refused."},
    TransformationRow{"set_custom_attribute", set_attribute, "An attribute for `rule_attribute`."},
    TransformationRow{"nest", nest, "Several transformations under one condition."},
    TransformationRow{"case", change_case, "Texts in lower case, upper case or snake_case."},
};

}  // namespace

std::optional<Transformation> read_transformation(Parameters& step, int depth) {
  if (step.required_text("type").empty()) return std::nullopt;
  const yaml::Node& type = *step.find("type");
  std::vector<std::string_view> names;
  for (const TransformationRow& row : kTransformations) {
    names.push_back(row.name);
    if (row.name != type.text()) continue;
    if (row.read != nullptr) return row.read(step, depth);
    step.sink().report(kPipelineUnsupported, type.span,
                       fmt::format("the transformation `{}` is not supported: {}", row.name, row.doc));
    step.fail();
    return std::nullopt;
  }
  const std::string_view near = nearest(type.text(), names);
  step.sink().report(kPipelineName, type.span, fmt::format("there is no transformation `{}`", type.text()),
                     near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  step.fail();
  return std::nullopt;
}

void list_transformations(std::vector<PipelinePart>& out) {
  for (const TransformationRow& row : kTransformations) {
    out.push_back({"transformation", row.name, row.doc, row.read != nullptr});
  }
}

}  // namespace hecate::sigma::pipeline
