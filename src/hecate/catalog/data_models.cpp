#include "catalog/data_models.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/lowering.h"

namespace hecate::catalog {
namespace {

// A field that is computed from others that are computed in turn; models have no more than two steps.
constexpr int kDeepest = 8;

const CimDataset* find_dataset(const Catalog::Impl& catalog, std::string_view name) {
  const auto found = catalog.cim.find(name);
  return found == catalog.cim.end() ? nullptr : &found->second;
}

std::string full_name(const DataModel& model, std::string_view dataset) {
  return fmt::format("{}.{}", model.model, dataset);
}

bool of_model(std::string_view dataset, std::string_view model) {
  return dataset.size() > model.size() && dataset.starts_with(model) && dataset[model.size()] == '.';
}

/// "All_Sessions.DHCP": how `nodename` spells a dataset.
std::string node_path(const Catalog::Impl& catalog, std::string_view dataset) {
  std::string path;
  while (!dataset.empty()) {
    const std::string_view name = dataset.substr(dataset.find('.') + 1);
    path = path.empty() ? std::string(name) : fmt::format("{}.{}", name, path);
    const CimDataset* found = find_dataset(catalog, dataset);
    dataset = found == nullptr ? std::string_view() : std::string_view(found->parent);
  }
  return path;
}

bool is_true(const ExprPtr& expr) {
  const auto* literal = std::get_if<Literal>(&expr->node);
  return literal != nullptr && literal->value.get().is_true();
}

/// The value where a test holds.
ExprPtr only_if(const ExprPtr& test, ExprPtr value) {
  if (is_true(test)) return value;
  const Type type = value->type;
  return make_call("text.if", {test, std::move(value), make_literal(OwnedValue(), type)}, type);
}

}  // namespace

std::string_view root_of(const Catalog::Impl& catalog, std::string_view dataset) {
  const auto found = catalog.cim.find(dataset);
  if (found == catalog.cim.end()) return {};
  return found->second.parent.empty() ? std::string_view(found->first) : root_of(catalog, found->second.parent);
}

bool is_within(const Catalog::Impl& catalog, std::string_view dataset, std::string_view above) {
  while (!dataset.empty() && dataset != above) {
    const CimDataset* found = find_dataset(catalog, dataset);
    dataset = found == nullptr ? std::string_view() : std::string_view(found->parent);
  }
  return !dataset.empty();
}

const CimField* find_field(const Catalog::Impl& catalog, std::string_view dataset, std::string_view field) {
  const CimDataset* found = find_dataset(catalog, dataset);
  if (found == nullptr) return nullptr;
  const auto own = found->fields.find(field);
  return own != found->fields.end() ? &own->second : find_field(catalog, found->parent, field);
}

bool has_column(const Catalog::Impl& catalog, std::string_view root, std::string_view field) {
  return std::any_of(catalog.cim.begin(), catalog.cim.end(), [&](const auto& dataset) {
    return dataset.second.fields.contains(field) && is_within(catalog, dataset.first, root);
  });
}

namespace {

/// The tags of a dataset and of those above it.
std::vector<std::string> tags_of_dataset(const Catalog::Impl& catalog, std::string_view name) {
  std::vector<std::string> tags;
  while (const CimDataset* dataset = find_dataset(catalog, name)) {
    tags.insert(tags.end(), dataset->tags.begin(), dataset->tags.end());
    name = dataset->parent;
  }
  return tags;
}

}  // namespace

ExprPtr tags_of(const Catalog::Impl& catalog, const TypeData& type) {
  // Each tag once, and only if one of its datasets has the event.
  std::map<std::string, std::vector<ExprPtr>> when;
  for (const Membership& membership : type.memberships) {
    for (const std::string& tag : tags_of_dataset(catalog, membership.dataset))
      when[tag].push_back(membership.when ? membership.when : make_bool(true));
  }
  std::vector<ExprPtr> tags;
  for (auto& [tag, tests] : when) {
    const bool always = std::any_of(tests.begin(), tests.end(), is_true);
    tags.push_back(always ? make_string(tag) : only_if(make_or(std::move(tests)), make_string(tag)));
  }
  return tags.empty() ? nullptr : make_call("text.values", std::move(tags), Type::Many);
}

FieldPlace place_of(const Catalog::Impl& catalog, const DataModel& model, std::string_view name) {
  FieldPlace place{model.dataset.empty() ? std::string() : full_name(model, model.dataset), name};
  // Each leading part that names a dataset below the one before it: `All_Changes.Account_Management.src_user`.
  bool named = false;
  for (size_t dot = place.field.find('.'); dot != std::string_view::npos; dot = place.field.find('.')) {
    std::string dataset = full_name(model, place.field.substr(0, dot));
    if (!catalog.cim.contains(dataset) || (named && !is_within(catalog, dataset, place.dataset))) break;
    place = {std::move(dataset), place.field.substr(dot + 1)};
    named = true;
  }
  return place;
}

bool DataModelColumns::has_root(std::string_view root) const {
  return std::find(type_.cim.begin(), type_.cim.end(), root) != type_.cim.end() || tagged(root) != nullptr;
}

/// The datasets at the top of the model to which events of the type may belong.
std::vector<std::string_view> DataModelColumns::roots() const {
  std::vector<std::string_view> roots;
  for (const auto& [name, dataset] : catalog_.cim) {
    if (dataset.parent.empty() && of_model(name, model_.model) && has_root(name)) roots.emplace_back(name);
  }
  return roots;
}

bool DataModelColumns::possible() const {
  if (model_.dataset.empty()) return !roots().empty();
  const std::string_view root = root_of(catalog_, full_name(model_, model_.dataset));
  return !root.empty() && has_root(root);
}

ExprPtr DataModelColumns::tagged(std::string_view dataset) const {
  if (search_time_ == nullptr) return nullptr;
  const std::string_view root = root_of(catalog_, dataset);
  const auto below = [&](std::string_view field) { return event_field_(type_, root, field); };
  return search_time_->tagged(tags_of_dataset(catalog_, dataset), below);
}

/// What record types say of a dataset, or of one below it.
ExprPtr DataModelColumns::declared(std::string_view dataset) const {
  std::vector<ExprPtr> any;
  for (const Membership& membership : type_.memberships) {
    if (!is_within(catalog_, membership.dataset, dataset)) continue;
    if (!membership.when) return make_bool(true);
    any.push_back(membership.when);
  }
  if (ExprPtr tags = tagged(dataset)) any.push_back(std::move(tags));
  return any.empty() ? make_bool(false) : make_or(std::move(any));
}

ExprPtr DataModelColumns::member(std::string_view name) const {
  const CimDataset* dataset = find_dataset(catalog_, name);
  if (dataset == nullptr) return make_bool(false);
  std::vector<ExprPtr> all;
  if (!dataset->parent.empty()) all.push_back(member(dataset->parent));
  // Without a test of its own a dataset is what record types declare; one with a test alone is decided by that.
  if (dataset->parent.empty() || !dataset->tags.empty() || !dataset->where) all.push_back(declared(name));
  if (dataset->where) {
    ExprPtr test = computed(*dataset->where, name, 0);
    all.push_back(test ? std::move(test) : make_bool(false));
  }
  std::erase_if(all, [](const ExprPtr& each) { return is_true(each); });
  return make_and(std::move(all));
}

ExprPtr DataModelColumns::member() const {
  if (!model_.dataset.empty()) return member(full_name(model_, model_.dataset));
  std::vector<ExprPtr> any;
  for (const std::string_view root : roots()) any.push_back(member(root));
  return make_or(std::move(any));
}

ExprPtr DataModelColumns::nodename() const {
  std::vector<ExprPtr> names;
  for (const auto& [name, dataset] : catalog_.cim) {
    if (!of_model(name, model_.model)) continue;
    const std::string_view root = root_of(catalog_, name);
    if (!has_root(root)) continue;
    names.push_back(only_if(member(name), make_string(node_path(catalog_, name))));
  }
  return names.empty() ? nullptr : make_call("text.values", std::move(names), Type::Many);
}

ExprPtr DataModelColumns::column(std::string_view name) const {
  if (name == DataModel::kMember) return member();
  if (name == "nodename") return nodename();
  const FieldPlace place = place_of(catalog_, model_, name);
  const std::string_view root = root_of(catalog_, place.dataset);
  if (root.empty() || !has_root(root)) return nullptr;
  const std::string own = model_.dataset.empty() ? std::string(root) : full_name(model_, model_.dataset);
  const bool inherited = is_within(catalog_, own, place.dataset);
  if (!inherited && !is_within(catalog_, place.dataset, own)) return nullptr;
  ExprPtr found = value(place.dataset, place.field, 0);
  return found && !inherited ? only_if(member(place.dataset), std::move(found)) : found;
}

ExprPtr DataModelColumns::computed(const Expression& expression, std::string_view dataset, int depth) const {
  DiagnosticSink ignored;  // the file was checked when it was loaded
  const auto resolve = [&](const Expression& name) -> ExprPtr {
    ExprPtr found = depth < kDeepest ? value(dataset, name.text, depth + 1) : nullptr;
    return found ? found : make_literal(OwnedValue(), Type::String, name.span);
  };
  const Result<ExprPtr> lowered = lower(expression, resolve, ignored);
  return lowered ? *lowered : nullptr;
}

ExprPtr DataModelColumns::value(std::string_view dataset, std::string_view field, int depth) const {
  const CimField* found = find_field(catalog_, dataset, field);
  if (found == nullptr) return nullptr;
  ExprPtr own = event_field_(type_, root_of(catalog_, dataset), field);
  std::vector<ExprPtr> choices;
  if (own) choices.push_back(std::move(own));
  // Its own name in a computed field means the event's.
  if (found->value && depth == 0) {
    if (ExprPtr value = computed(*found->value, dataset, depth)) choices.push_back(std::move(value));
  }
  if (!found->empty.empty()) choices.push_back(make_string(found->empty));
  if (choices.size() <= 1) return choices.empty() ? nullptr : choices.front();
  return make_call("text.coalesce", std::move(choices), Type::Many);
}

}  // namespace hecate::catalog
