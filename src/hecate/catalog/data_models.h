#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "catalog/model.h"

namespace hecate::catalog {

/// The dataset at the top of a dataset's branch, and itself where it is that one; empty where there is no such dataset.
[[nodiscard]] std::string_view root_of(const Catalog::Impl& catalog, std::string_view dataset);
/// Whether a dataset is another one, or below it.
[[nodiscard]] bool is_within(const Catalog::Impl& catalog, std::string_view dataset, std::string_view above);
/// The field of a dataset, or of one above it; null where there is none.
[[nodiscard]] const CimField* find_field(const Catalog::Impl& catalog, std::string_view dataset,
                                         std::string_view field);
/// Whether a column may be given for a root dataset: a field of its own or of a dataset below it.
[[nodiscard]] bool has_column(const Catalog::Impl& catalog, std::string_view root, std::string_view field);
/// `tag`, as far as the record type's datasets say it: what their events are tagged with. Null where it has none.
[[nodiscard]] ExprPtr tags_of(const Catalog::Impl& catalog, const TypeData& type);

/// What a search-time field is in one record type, as the events of a root dataset have it.
using EventField = std::function<ExprPtr(const TypeData& type, std::string_view root, std::string_view field)>;

/// Columns of a data model for one record type.
class DataModelColumns {
 public:
  /// With add-ons events that they tag belong to the datasets that have these tags.
  DataModelColumns(const Catalog::Impl& catalog, const TypeData& type, const DataModel& model, EventField event_field,
                   const SearchTime* search_time)
      : catalog_(catalog),
        type_(type),
        model_(model),
        event_field_(std::move(event_field)),
        search_time_(search_time) {}

  /// Whether any event of the type can belong to the dataset.
  [[nodiscard]] bool possible() const;
  /// A field as a query names it, with what the model fills in; null where no event of the type has it.
  [[nodiscard]] ExprPtr column(std::string_view name) const;
  /// A test: DataModel::kMember.
  [[nodiscard]] ExprPtr member() const;

 private:
  [[nodiscard]] ExprPtr nodename() const;
  [[nodiscard]] ExprPtr member(std::string_view dataset) const;
  [[nodiscard]] ExprPtr declared(std::string_view dataset) const;
  /// Events that add-ons tag as the dataset's are; nullptr: none.
  [[nodiscard]] ExprPtr tagged(std::string_view dataset) const;
  [[nodiscard]] bool has_root(std::string_view root) const;
  [[nodiscard]] std::vector<std::string_view> roots() const;
  [[nodiscard]] ExprPtr value(std::string_view dataset, std::string_view field, int depth) const;
  [[nodiscard]] ExprPtr computed(const Expression& expression, std::string_view dataset, int depth) const;

  const Catalog::Impl& catalog_;
  const TypeData& type_;
  const DataModel& model_;
  EventField event_field_;
  const SearchTime* search_time_;
};

/// Where a name of a query stands: `Processes.dest` is the field `dest` of Endpoint.Processes.
struct FieldPlace {
  std::string dataset;
  std::string_view field;
};
[[nodiscard]] FieldPlace place_of(const Catalog::Impl& catalog, const DataModel& model, std::string_view name);

}  // namespace hecate::catalog
