#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text_hash.h"
#include "exec/stream/group.h"
#include "exec/stream/group_store.h"
#include "ingest/record.h"

namespace hecate::stream {

/// The values of one record type's events: one walk over the document for all groups of the type.
class EventReader {
 public:
  EventReader(const Catalog& catalog, RecordType type) : catalog_(catalog), type_(type) {}

  /// The number of a raw field here; asked for once by each group, before read().
  size_t field(const std::string& name);
  void read(const ingest::Document& document);
  /// The slots of the paths where a field may stand, in order of preference.
  [[nodiscard]] const std::vector<size_t>& places(size_t field) const { return places_[field]; }
  [[nodiscard]] const ingest::FieldValues& values() const { return values_; }
  /// As the event says it at the first place that holds a value.
  [[nodiscard]] Token token(size_t field) const;

 private:
  const Catalog& catalog_;
  RecordType type_;
  std::unordered_map<std::string, size_t> known_;
  std::vector<std::vector<size_t>> places_;
  ingest::PathSet wanted_;
  ingest::FieldValues values_;
};

/// One thread's groups.
class Groups {
 public:
  explicit Groups(GroupStore& store) : store_(store) {}

  [[nodiscard]] GroupStore& store() { return store_; }
  [[nodiscard]] GroupMemory& memory() { return memory_; }
  /// The group of a record type's records that come from where `metadata` says, or of those of them whose discriminator
  /// has this value.
  [[nodiscard]] Group& group(RecordType type, const Metadata& metadata, std::optional<std::string_view> discriminator);
  /// This thread's group of a plan that another thread's group may have, too.
  Group& of_plan(const std::shared_ptr<const GroupPlan>& plan);
  /// Forgets all values; plans stay.
  void clear_caches();
  [[nodiscard]] uint64_t regex_limit_hits() const;

 private:
  /// By what tells the kinds of a type's records apart, joined.
  using OfType = std::unordered_map<std::string, Group*, TextHash, std::equal_to<>>;
  GroupStore& store_;
  GroupMemory memory_;
  std::unordered_map<const GroupPlan*, std::unique_ptr<Group>> groups_;
  std::vector<OfType> types_;
  std::string key_;
};

}  // namespace hecate::stream
