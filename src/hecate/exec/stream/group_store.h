#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "exec/stream/group_plan.h"
#include "exec/stream/stream.h"

namespace hecate::stream {

/// The groups of all kinds of events, each planned when its first event is seen. Shared by threads.
class GroupStore {
 public:
  GroupStore(const Catalog& catalog, std::vector<HeadSpec> heads) : catalog_(catalog), heads_(std::move(heads)) {}

  /// Records are taken for this type whatever they look like; before the first plan.
  void assume(RecordType type) { assumed_ = type; }
  [[nodiscard]] std::optional<RecordType> assumed() const { return assumed_; }
  [[nodiscard]] const Catalog& catalog() const { return catalog_; }
  [[nodiscard]] const std::vector<HeadSpec>& heads() const { return heads_; }

  /// The group of a record type's records that come from where `metadata` says, or of those of them whose discriminator
  /// has this value. Values beyond kMostKinds and origins beyond kMostOrigins (an attacker may make them up) share a
  /// group.
  [[nodiscard]] std::shared_ptr<const GroupPlan> plan(RecordType type, const Metadata& metadata,
                                                      std::optional<std::string_view> discriminator);
  /// The group of all of a type's records, wherever they come from.
  [[nodiscard]] std::shared_ptr<const GroupPlan> plan_of_any(RecordType type);
  /// What binding had to say so far.
  void report_to(DiagnosticSink& sink);

  static constexpr size_t kMostKinds = 512;   // of one record type, of all origins together
  static constexpr size_t kMostOrigins = 64;  // of one record type

 private:
  struct BoundSpec {
    size_t head;
    BoundHead bound;
    std::vector<std::pair<const Suppressor*, ExprPtr>> suppressors;
    /// Where the predicate begins with a test of the discriminator, the values that it lets through.
    std::optional<std::vector<std::string>> kinds = {};
  };
  /// The rules of a record type and origin before the discriminator is known.
  struct TypeRules {
    std::vector<BoundSpec> specs;
    std::shared_ptr<const GroupPlan> whole;
    std::map<std::string, std::shared_ptr<const GroupPlan>, std::less<>> kinds;  // by the discriminator's value
    std::map<std::string, std::shared_ptr<const GroupPlan>> plans;               // by what is left of the rules
  };

  class Specializer;

  using Origins = std::map<Origin, TypeRules>;

  TypeRules& rules(RecordType type, const Metadata& metadata);
  TypeRules& rules_of_any(RecordType type);
  [[nodiscard]] TypeRules bind_rules(RecordType type, const Origin* origin);
  [[nodiscard]] const std::vector<bool>& possible_heads(RecordType type, const Origin* origin);
  [[nodiscard]] bool takes(RecordType type, const Dataset& dataset) const;
  [[nodiscard]] BoundHead bind_head(RecordType type, const Origin* origin, const Head& head,
                                    const std::vector<ColumnInfo>& columns, const DerivedFields* derived);
  [[nodiscard]] std::shared_ptr<const GroupPlan> make(RecordType type, TypeRules& rules,
                                                      std::optional<std::string_view> discriminator) const;
  [[nodiscard]] std::shared_ptr<const GroupPlan> build(RecordType type, const std::vector<BoundSpec>& specs,
                                                       const std::vector<ExprPtr>& predicates,
                                                       const Specializer& specialize) const;

  const Catalog& catalog_;
  std::vector<HeadSpec> heads_;
  std::optional<RecordType> assumed_;
  std::mutex mutex_;
  std::map<RecordType, Origins> types_;
  std::map<RecordType, TypeRules> whatever_origin_;
  std::map<RecordType, size_t> kinds_;                 // how many are told apart
  std::map<std::string, std::vector<bool>> possible_;  // by head, by what is known of Splunk's metadata
  DiagnosticSink diagnostics_;
};

}  // namespace hecate::stream
