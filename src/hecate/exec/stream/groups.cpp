#include "exec/stream/groups.h"

namespace hecate::stream {

size_t EventReader::field(const std::string& name) {
  const auto [at, added] = known_.try_emplace(name, places_.size());
  if (added) {
    std::vector<size_t>& slots = places_.emplace_back();
    for (const std::string& path : catalog_.raw_paths(type_, name)) slots.push_back(wanted_.add(path));
  }
  return at->second;
}

void EventReader::read(const ingest::Document& document) {
  values_.reset(wanted_.slots());
  document.read(wanted_, values_);
}

Token EventReader::token(size_t field) const {
  for (const size_t slot : places_[field]) {
    const size_t count = values_.count(slot);
    if (count == 0) continue;
    const ingest::RawValue value = values_.first(slot);
    if (count > 1 || value.kind == ingest::RawKind::Json) return {{}, Token::Form::Complex};
    if (value.kind == ingest::RawKind::Absent) return {};
    // As the fast lane has it, so that what is known of a value is found.
    if (!value.escaped.empty()) return {value.escaped, Token::Form::Escaped};
    return {value.text, value.kind == ingest::RawKind::Null ? Token::Form::Null : Token::Form::Plain};
  }
  return {};
}

Group& Groups::group(RecordType type, const Metadata& metadata, std::optional<std::string_view> discriminator) {
  const auto index = static_cast<size_t>(type);
  if (index >= types_.size()) types_.resize(index + 1);
  key_.clear();
  // A byte that no text holds keeps the parts apart.
  const auto add = [this](std::optional<std::string_view> part) {
    if (part) key_.append(*part) += '\xFE';
    key_ += '\xFF';
  };
  add(metadata.sourcetype);
  add(metadata.index);
  add(metadata.source_by_catalog ? std::optional(metadata.source) : std::nullopt);
  add(discriminator);
  OfType& known = types_[index];
  if (const auto kind = known.find(key_); kind != known.end()) return *kind->second;
  Group& found = of_plan(store_.plan(type, metadata, discriminator));
  // Made-up values must not fill the memory; the store stops telling them apart, too.
  if (known.size() < GroupStore::kMostKinds + GroupStore::kMostOrigins) known.emplace(key_, &found);
  return found;
}

Group& Groups::of_plan(const std::shared_ptr<const GroupPlan>& plan) {
  std::unique_ptr<Group>& group = groups_[plan.get()];
  if (!group) group = std::make_unique<Group>(plan, memory_);
  return *group;
}

void Groups::clear_caches() {
  for (const auto& [plan, group] : groups_) group->clear();
}

uint64_t Groups::regex_limit_hits() const {
  uint64_t hits = 0;
  for (const auto& [plan, group] : groups_) hits += group->regex_limit_hits();
  return hits;
}

}  // namespace hecate::stream
