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

/// The groups of all kinds of events, each planned when its first event is seen. Shared by threads; those that meet
/// events of different types at first plan them at the same time.
class GroupStore {
 public:
  GroupStore(const Catalog& catalog, std::vector<HeadSpec> heads);

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

  /// All of one record type.
  struct OfType {
    std::mutex mutex;
    std::map<Origin, TypeRules> origins;
    std::optional<TypeRules> whatever_origin;
    size_t kinds = 0;  // how many are told apart
  };

  OfType& of_type(RecordType type);
  TypeRules& rules(RecordType type, OfType& known, const Metadata& metadata);
  TypeRules& rules_of_any(RecordType type, OfType& known);
  [[nodiscard]] TypeRules bind_rules(RecordType type, const Origin* origin);
  [[nodiscard]] const std::vector<bool>& possible_heads(RecordType type, const Origin* origin);
  [[nodiscard]] std::vector<bool> taken_datasets(RecordType type) const;
  [[nodiscard]] bool takes(RecordType type, const Dataset& dataset) const;
  [[nodiscard]] BoundHead bind_head(RecordType type, const Origin* origin, const Head& head,
                                    const std::vector<ColumnInfo>& columns, const DerivedFields* derived,
                                    DiagnosticSink& sink) const;
  [[nodiscard]] std::shared_ptr<const GroupPlan> make(RecordType type, TypeRules& rules,
                                                      std::optional<std::string_view> discriminator) const;
  [[nodiscard]] std::shared_ptr<const GroupPlan> build(RecordType type, const std::vector<BoundSpec>& specs,
                                                       const std::vector<ExprPtr>& predicates,
                                                       const Specializer& specialize) const;

  const Catalog& catalog_;
  std::vector<HeadSpec> heads_;
  std::vector<const Dataset*> datasets_;  // different ones
  std::vector<size_t> dataset_of_;        // by head
  std::optional<RecordType> assumed_;
  std::mutex mutex_;  // of what follows; no other lock is taken under it
  std::map<RecordType, OfType> types_;
  std::map<std::string, std::vector<bool>> possible_;  // by head, by what is known of Splunk's metadata
  DiagnosticSink diagnostics_;
};

}  // namespace hecate::stream
