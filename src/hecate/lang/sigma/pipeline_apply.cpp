#include "lang/sigma/pipeline_apply.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/sigma/condition.h"
#include "lang/sigma/item_check.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_state.h"

namespace hecate::sigma::pipeline {
namespace {

std::vector<ast::Group>* parts_of(ast::Group& group) {
  if (auto* all = std::get_if<ast::AllOf>(&group.node)) return &all->parts;
  if (auto* any = std::get_if<ast::AnyOf>(&group.node)) return &any->parts;
  return nullptr;
}

bool is_empty(const ast::Group& group) {
  const auto* all = std::get_if<ast::AllOf>(&group.node);
  const auto* any = std::get_if<ast::AnyOf>(&group.node);
  return (all != nullptr && all->parts.empty()) || (any != nullptr && any->parts.empty());
}

/// Takes out what a transformation has dropped.
void prune(ast::Group& group) {
  std::vector<ast::Group>* parts = parts_of(group);
  if (parts == nullptr) return;
  for (ast::Group& part : *parts) prune(part);
  std::erase_if(*parts, is_empty);
}

/// Calls `change` for each item's group; it may put another group in its place, which is not looked at again.
template <typename Change>
void for_each_item(ast::Group& group, const Change& change) {
  if (std::vector<ast::Group>* parts = parts_of(group)) {
    for (ast::Group& part : *parts) for_each_item(part, change);
  } else {
    change(group);
  }
}

void mark(ast::Group& group, const std::string& id) {
  if (id.empty()) return;
  for_each_item(group, [&](ast::Group& leaf) {
    Names& by = std::get<ast::Item>(leaf.node).processed_by;
    if (std::find(by.begin(), by.end(), id) == by.end()) by.push_back(id);
  });
}

/// Python's string.Template, safe_substitute: `$name`, `${name}`, `$$`.
std::string substitute(std::string_view text, const SigmaLogsource& logsource) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$') {
      out += text[at];
      continue;
    }
    if (text.substr(at, 2) == "$$") {
      out += '$';
      ++at;
      continue;
    }
    bool known = false;
    for (const auto& [name, value] : {std::pair<std::string_view, const std::string*>{"category", &logsource.category},
                                      {"product", &logsource.product},
                                      {"service", &logsource.service}}) {
      const std::string braced = fmt::format("${{{}}}", name);
      const std::string bare = fmt::format("${}", name);
      const bool is_braced = text.substr(at, braced.size()) == braced;
      const size_t end = at + bare.size();
      const auto name_goes_on = [&] {
        return end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_');
      };
      if (!is_braced && (text.substr(at, bare.size()) != bare || name_goes_on())) continue;
      out += value->empty() ? "None" : *value;
      at += (is_braced ? braced.size() : bare.size()) - 1;
      known = true;
      break;
    }
    if (!known) out += '$';
  }
  return out;
}

class Application {
 public:
  Application(const Pipelines& pipelines, const PipelineSubject& subject, DiagnosticSink& sink)
      : pipelines_(pipelines), state_{subject, sink, {}, {}, {}, {}, {}, {}, 0, 0, false} {
    for (const bool fallback : {true, false}) {
      for (const auto& pipeline : pipelines.all()) {
        if (pipeline->fallback != fallback) continue;
        for (const auto& [name, values] : pipeline->vars) state_.vars[name] = values;
      }
    }
  }

  bool run() {
    for (const auto& pipeline : pipelines_.all()) {
      for (const Step& step : pipeline->steps) {
        if (!state_.failed) this->step(step);
      }
    }
    if (!state_.failed && detection() != nullptr) finish();
    return !state_.failed;
  }

 private:
  [[nodiscard]] ast::Detection* detection() const { return state_.subject.detection; }
  [[nodiscard]] Metadata& rule() const { return state_.subject.metadata; }

  void step(const Step& step) {
    if (!applies_to_rule(state_, step)) return;
    if (!step.id.empty()) state_.applied.insert(step.id);
    std::visit([&](const auto& transformation) { apply(step, transformation); }, step.transformation);
  }

  // --- of the rule ---

  void apply(const Step& step, const AddCondition& add) {
    if (detection() == nullptr) return;
    // Underscored: not part of the rule's own `1 of them`.
    const std::string name = add.name.empty() ? fmt::format("_pipeline_{}", ++state_.conditions_added) : add.name;
    ast::Group group = add.group;
    if (add.templates) {
      for_each_item(group, [&](ast::Group& leaf) { fill_template(std::get<ast::Item>(leaf.node)); });
    }
    mark(group, step.id);
    std::erase_if(detection()->searches, [&](const ast::Search& search) { return search.name == name; });
    detection()->searches.push_back({name, step.span, std::move(group)});
    auto reference = std::make_unique<ast::Condition>(ast::Condition{ast::Reference{name}, step.span});
    if (add.negated) {
      reference = std::make_unique<ast::Condition>(ast::Condition{ast::Negation{std::move(reference)}, step.span});
    }
    const Span span = detection()->condition->span;
    ast::Conjunction both;
    both.operands.push_back(std::move(reference));
    both.operands.push_back(std::move(detection()->condition));
    detection()->condition = std::make_unique<ast::Condition>(ast::Condition{std::move(both), span});
  }

  void fill_template(ast::Item& item) const {
    for (ast::Value& value : item.values) {
      const auto* text = std::get_if<ast::Text>(&value.node);
      if (text == nullptr || text->text.view().find('$') == std::string_view::npos) continue;
      MappedText mapped;
      mapped.append_generated(substitute(text->text.view(), rule().logsource), value.span);
      value.node = ast::Text{std::move(mapped)};
    }
  }

  void apply(const Step& /*step*/, const ChangeLogsource& change) {
    if (detection() != nullptr) rule().logsource = {change.product, change.category, change.service};
  }

  void apply(const Step& /*step*/, const ChangeFieldList& change) {
    Names& fields = rule().fields;
    if (change.change == FieldList::Set) fields = change.names;
    if (change.change == FieldList::Add) fields.insert(fields.end(), change.names.begin(), change.names.end());
    if (change.change != FieldList::Remove) return;
    for (const std::string& name : change.names) {
      const auto found = std::find(fields.begin(), fields.end(), name);
      if (found != fields.end()) fields.erase(found);
    }
  }

  void apply(const Step& /*step*/, const SetState& set) { state_.values[set.key] = set.value; }
  void apply(const Step& /*step*/, const SetAttribute& set) { state_.attributes[set.name] = set.value; }

  void apply(const Step& step, const RuleFailure& failure) {
    state_.fail(kPipelineFailure, rule().title_span, failure.message, step);
  }

  void apply(const Step& step, const StrictMapping& /*strict*/) {
    if (detection() == nullptr) return;
    for (ast::Search& search : detection()->searches) {
      for_each_item(search.group, [&](ast::Group& leaf) {
        const auto& item = std::get<ast::Item>(leaf.node);
        if (item.keyword() || state_.mapped.contains(item.field)) return;
        state_.fail(kPipelineFailure, item.field_span, fmt::format("the field `{}` is not mapped", item.field), step,
                    "add it to a field_name_mapping");
      });
    }
  }

  void apply(const Step& /*step*/, const Nest& nest) {
    for (const Step& inner : nest.steps) {
      if (!state_.failed) step(inner);
    }
  }

  // --- of names and values ---

  void apply(const Step& step, const MapFields& /*map*/) { rename(step); }
  void apply(const Step& step, const MapPrefixes& /*map*/) { rename(step); }
  void apply(const Step& step, const AddAffixes& /*affixes*/) { rename(step); }

  void rename(const Step& step) {
    const MapName map = name_map(step.transformation);
    rename_names(state_, step, map);
    change_items(step, [&](ast::Group& group) { return rename_item(state_, step, map, group); });
  }

  void apply(const Step& step, const ReplacePlaceholders& replace) {
    change_items(step, [&](ast::Group& group) { return replace_placeholders(state_, step, replace, group); });
  }

  template <typename OfValues>
  void apply(const Step& step, const OfValues& /*transformation*/) {
    change_items(step, [&](ast::Group& group) { return change_values(state_, step, group); });
  }

  template <typename Change>
  void change_items(const Step& step, const Change& change) {
    if (detection() == nullptr) return;
    for (ast::Search& search : detection()->searches) {
      for_each_item(search.group, [&](ast::Group& leaf) {
        if (state_.failed || !applies_to_item(state_, step, std::get<ast::Item>(leaf.node))) return;
        if (change(leaf)) mark(leaf, step.id);
      });
      prune(search.group);
    }
  }

  // --- the end ---

  /// Searches that were dropped whole are neither true nor false: the condition is as if it did not name them.
  void finish() {
    std::vector<std::string> dropped;
    for (const ast::Search& search : detection()->searches) {
      if (is_empty(search.group)) dropped.push_back(search.name);
    }
    for (ast::Search& search : detection()->searches) {
      for_each_item(search.group, [&](ast::Group& leaf) {
        const auto* item = std::get_if<ast::Item>(&leaf.node);
        if (item != nullptr && !check_values(*item, state_.sink)) state_.failed = true;
      });
    }
    if (dropped.empty() || state_.failed) return;
    detection()->condition = without(std::move(detection()->condition), dropped);
    std::erase_if(detection()->searches, [](const ast::Search& search) { return is_empty(search.group); });
    if (detection()->condition) return;
    state_.sink.report(kPipelineNothingLeft, rule().title_span,
                       "pipelines have dropped everything that this rule asks");
    state_.failed = true;
  }

  ast::ConditionPtr without(ast::ConditionPtr node, const std::vector<std::string>& dropped) const {
    const auto is_dropped = [&](const std::string& name) {
      return std::find(dropped.begin(), dropped.end(), name) != dropped.end();
    };
    if (const auto* reference = std::get_if<ast::Reference>(&node->node)) {
      return is_dropped(reference->name) ? nullptr : std::move(node);
    }
    if (const auto* selector = std::get_if<ast::Selector>(&node->node)) {
      bool any_dropped = false;
      bool any_left = false;
      for (const ast::Search& search : detection()->searches) {
        if (selects(selector->pattern, search.name)) (is_dropped(search.name) ? any_dropped : any_left) = true;
      }
      return any_dropped && !any_left ? nullptr : std::move(node);
    }
    if (auto* negation = std::get_if<ast::Negation>(&node->node)) {
      negation->operand = without(std::move(negation->operand), dropped);
      return negation->operand ? std::move(node) : nullptr;
    }
    auto* all = std::get_if<ast::Conjunction>(&node->node);
    auto& operands = all != nullptr ? all->operands : std::get<ast::Disjunction>(node->node).operands;
    for (ast::ConditionPtr& operand : operands) operand = without(std::move(operand), dropped);
    std::erase(operands, nullptr);
    if (operands.empty()) return nullptr;
    if (operands.size() > 1) return node;
    return std::move(operands.front());
  }

  const Pipelines& pipelines_;
  State state_;
};

}  // namespace

void State::fail(const DiagnosticCode& code, Span span, std::string message, const Step& step, std::string hint) {
  sink.report(
      Diagnostic{&code, std::move(message), {span, {}}, {{step.span, "by this transformation"}}, std::move(hint)});
  failed = true;
}

}  // namespace hecate::sigma::pipeline

namespace hecate::sigma {

bool apply_pipelines(const Pipelines& pipelines, const PipelineSubject& subject, DiagnosticSink& sink) {
  return pipeline::Application(pipelines, subject, sink).run();
}

}  // namespace hecate::sigma
