#include "catalog/evidence.h"

#include <algorithm>

#include "base/text.h"

namespace hecate::catalog {
namespace {

using ingest::RawKind;
using ingest::RawValue;

constexpr size_t kMostTests = 48;         // a bit each, beside the number of a value
constexpr uint64_t kNoText = UINT64_MAX;  // null, an object, an array: no test holds

bool is_text(const RawValue& value) {
  return value.kind != RawKind::Absent && value.kind != RawKind::Null && value.kind != RawKind::Json;
}

}  // namespace

Evidence::Evidence(const Catalog::Impl& catalog) : slots_(catalog.paths.slots()) {
  for (const SourceData& source : catalog.sources) {
    for (const ShapeRule& shape : source.shapes) collect(shape.when);
  }
  for (const TypeData& type : catalog.types) collect(type.when);
}

void Evidence::collect(const std::vector<Condition>& conditions) {
  using Op = Condition::Op;
  for (const Condition& condition : conditions) {
    if (condition.op == Op::Any || condition.op == Op::All) {
      collect(condition.parts);
      continue;
    }
    for (const size_t at : condition.slots) {
      Slot& slot = slots_[at];
      if (condition.op == Op::Exists || condition.op == Op::Missing) {
        slot.use = std::max(slot.use, Use::Presence);
        continue;
      }
      slot.use = Use::Value;
      if (condition.op == Op::Equals) {
        for (const std::string& value : condition.values) slot.equals.try_emplace(value, slot.equals.size() + 1);
      } else if (condition.op == Op::EqualsAnyCase) {
        for (const std::string& value : condition.values)
          slot.folded.try_emplace(fold_case(value), slot.folded.size() + 1);
      } else {
        slot.tests.push_back(&condition);
      }
    }
  }
}

uint64_t Evidence::trait_of(const Slot& slot, const RawValue& value) {
  if (slot.use == Use::Presence) return 0;
  if (!is_text(value)) return kNoText;
  const auto number = [](const auto& known, std::string_view text) {
    const auto at = known.find(text);
    return at == known.end() ? uint64_t{0} : at->second;
  };
  uint64_t trait = slot.equals.empty() ? 0 : number(slot.equals, value.text);
  if (!slot.folded.empty()) trait = trait << 16 | number(slot.folded, fold_case(value.text));
  for (const Condition* test : slot.tests) trait = trait << 1 | uint64_t{matches(*test, value)};
  return trait;
}

bool Evidence::traits(const ingest::FieldValues& values, Traits& out, size_t except) const {
  out.clear();
  for (const uint32_t at : values.found()) {
    const Slot& slot = slots_[at];
    if (slot.use == Use::None || at == except) continue;
    if (slot.tests.size() + (slot.folded.empty() ? 0 : 16) > kMostTests ||
        (slot.use == Use::Value && values.count(at) != 1))
      return false;
    out.push_back({at, trait_of(slot, values.first(at))});
  }
  std::sort(out.begin(), out.end(), [](const Trait& a, const Trait& b) { return a.slot < b.slot; });
  return true;
}

uint64_t Evidence::hash(ingest::Shape shape, const Traits& traits) {
  constexpr uint64_t kMix = 0x9E3779B97F4A7C15U;
  uint64_t hash = static_cast<uint64_t>(shape) + 1;
  for (const Trait& trait : traits) {
    hash = (hash ^ trait.slot) * kMix;
    hash = (hash ^ hash >> 32 ^ trait.what) * kMix;
  }
  return hash ^ hash >> 29;
}

}  // namespace hecate::catalog
