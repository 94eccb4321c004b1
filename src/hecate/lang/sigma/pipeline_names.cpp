#include <fmt/format.h>

#include "lang/sigma/item_text.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_state.h"

namespace hecate::sigma::pipeline {
namespace {

struct Mapper {
  std::string_view name;
  Names& scratch;

  const Names* operator()(const MapFields& map) const {
    if (name.empty()) return map.keywords ? &*map.keywords : nullptr;
    const auto found = map.names.find(name);
    return found == map.names.end() ? nullptr : &found->second;
  }
  const Names* operator()(const MapPrefixes& map) const {
    if (name.empty()) return nullptr;
    for (const auto& [prefix, names] : map.prefixes) {
      if (!name.starts_with(prefix)) continue;
      scratch.clear();
      for (const std::string& other : names) scratch.push_back(other + std::string(name.substr(prefix.size())));
      return &scratch;
    }
    return nullptr;
  }
  const Names* operator()(const AddAffixes& affixes) const {
    if (name.empty()) return nullptr;
    scratch = {affixes.prefix + std::string(name) + affixes.suffix};
    return &scratch;
  }
  template <typename Other>
  const Names* operator()(const Other& /*no renaming*/) const {
    return nullptr;
  }
};

/// The names that one outside of items becomes.
Names renamed(State& state, const Step& step, const MapName& map, const std::string& name) {
  Names scratch;
  const Names* names = map(name, scratch);
  if (names == nullptr || !applies_to_name(state, step, name)) return {name};
  if (*names == Names{name}) return *names;
  NameSet by = std::move(state.renamed_by[name]);
  state.renamed_by.erase(name);
  if (!step.id.empty()) by.insert(step.id);
  for (const std::string& other : *names) state.renamed_by[other] = by;
  return *names;
}

bool rename_references(State& state, const Step& step, const MapName& map, ast::Item& item) {
  if (item.find(ModifierKind::FieldReference) == nullptr) return false;
  std::vector<ast::Value> values;
  bool changed = false;
  for (const ast::Value& value : item.values) {
    const auto* text = std::get_if<ast::Text>(&value.node);
    const std::string name = text == nullptr ? std::string() : std::string(text->text.view());
    const Names names = text == nullptr ? Names{name} : renamed(state, step, map, name);
    if (names == Names{name}) {
      values.push_back(value);
      continue;
    }
    changed = true;
    for (const std::string& other : names) {
      MappedText mapped;
      mapped.append_generated(other, value.span);
      values.push_back({ast::Text{std::move(mapped)}, value.span});
    }
  }
  if (changed) item.values = std::move(values);
  return changed;
}

/// Keywords stand anywhere in the event; as values of a field they stand anywhere in the field.
void wrap_keywords(ast::Item& item) {
  if (!has_plain_values(item)) return;
  for (ast::Value& value : item.values) {
    if (const auto* number = std::get_if<ast::Number>(&value.node)) {
      value = text_value(SigmaString::parse(number->spelling), value.span);
    }
  }
  (void)change_texts(item, false, [](const SigmaString& text) { return std::vector{text.wrapped(true, true)}; });
}

}  // namespace

MapName name_map(const Transformation& transformation) {
  return [&transformation](std::string_view name, Names& scratch) {
    return std::visit(Mapper{name, scratch}, transformation);
  };
}

bool rename_item(State& state, const Step& step, const MapName& map, ast::Group& group) {
  auto& item = std::get<ast::Item>(group.node);
  const bool references = rename_references(state, step, map, item);
  Names scratch;
  const Names* names = map(item.field, scratch);
  if (names == nullptr || !applies_to_field_of(state, step, item)) return references;
  if (!item.keyword()) state.mapped.insert(item.field);
  state.mapped.insert(names->begin(), names->end());
  if (item.keyword()) wrap_keywords(item);
  if (names->size() == 1) {
    item.field = names->front();
    return true;
  }
  std::vector<ast::Group> parts;
  for (const std::string& name : *names) {
    parts.push_back({item, group.span});
    std::get<ast::Item>(parts.back().node).field = name;
  }
  // "One to many" is any of them; but a value that no field may have, none of them may have.
  const bool none = item.find(ModifierKind::Negate) != nullptr;
  if (none)
    group.node = ast::AllOf{std::move(parts)};
  else
    group.node = ast::AnyOf{std::move(parts)};
  return true;
}

void rename_names(State& state, const Step& step, const MapName& map) {
  Names fields;
  for (const std::string& field : state.subject.metadata.fields) {
    for (std::string& other : renamed(state, step, map, field)) fields.push_back(std::move(other));
  }
  state.subject.metadata.fields = std::move(fields);
  for (std::string* name : state.subject.field_names) {
    Names others = renamed(state, step, map, *name);
    if (others.size() == 1) {
      *name = std::move(others.front());
      continue;
    }
    state.fail(kPipelineValue, state.subject.metadata.title_span,
               fmt::format("`{}` is mapped to {} names, and only one can stand in its place", *name, others.size()),
               step, "map it to one name");
  }
}

}  // namespace hecate::sigma::pipeline
