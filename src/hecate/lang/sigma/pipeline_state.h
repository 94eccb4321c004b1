#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "lang/sigma/pipeline_apply.h"
#include "lang/sigma/pipeline_model.h"

namespace hecate::sigma::pipeline {

using NameSet = std::set<std::string, std::less<>>;

/// What pipelines know while they work on one rule.
struct State {
  const PipelineSubject& subject;
  DiagnosticSink& sink;
  std::map<std::string, std::vector<ast::Value>, std::less<>> vars;
  std::map<std::string, ast::Value, std::less<>> values;      // set_state
  std::map<std::string, ast::Value, std::less<>> attributes;  // set_custom_attribute
  NameSet applied;                                            // ids of transformations
  std::map<std::string, NameSet, std::less<>> renamed_by;     // names outside of items: what renamed them
  NameSet mapped;                                             // names that a mapping has, and those that it gives
  size_t made = 0;                                            // values that transformations have made
  size_t conditions_added = 0;
  bool failed = false;

  /// Reports, and refuses the rule.
  void fail(const DiagnosticCode& code, Span span, std::string message, const Step& step, std::string hint = {});
};

// --- conditions ---

[[nodiscard]] bool applies_to_rule(State& state, const Step& step);
[[nodiscard]] bool applies_to_item(State& state, const Step& step, const ast::Item& item);
/// Whether the name of the item's field itself is to be changed, and not one that it refers to.
[[nodiscard]] bool applies_to_field_of(State& state, const Step& step, const ast::Item& item);
/// Of a name outside of items: in `fields`, in a reference.
[[nodiscard]] bool applies_to_name(State& state, const Step& step, std::string_view name);

// --- transformations of one item: whether they changed it. `group` holds the item, and may hold a group after ---

/// Renames by MapFields, MapPrefixes or AddAffixes. `map` gives nothing for names that stay.
using MapName = std::function<const Names*(std::string_view name, Names& scratch)>;
[[nodiscard]] MapName name_map(const Transformation& transformation);
bool rename_item(State& state, const Step& step, const MapName& map, ast::Group& group);
/// Renames in the rule's `fields` and the subject's own names.
void rename_names(State& state, const Step& step, const MapName& map);

bool change_values(State& state, const Step& step, ast::Group& group);
bool replace_placeholders(State& state, const Step& step, const ReplacePlaceholders& replace, ast::Group& group);

}  // namespace hecate::sigma::pipeline
