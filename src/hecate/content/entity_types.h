#pragma once

#include <span>
#include <string_view>

namespace hecate::content {

/// A type of entity that Sentinel's alerts have, with what identifies one
/// (https://learn.microsoft.com/azure/sentinel/entities-reference).
struct EntityType {
  std::string_view name;  // "FileHash"
  std::string_view kind;  // as findings call it: "file-hash"
  std::span<const std::string_view> identifiers;
  /// Of these one must be given, save where `all`: then each.
  std::span<const std::string_view> required;
  bool all = false;
};

[[nodiscard]] std::span<const EntityType> entity_types();
/// By its name, whatever its case; null where there is none.
[[nodiscard]] const EntityType* find_entity_type(std::string_view name);
/// The identifier as it is spelt, whatever the case of `name`; empty where the type has none such.
[[nodiscard]] std::string_view find_identifier(const EntityType& type, std::string_view name);

}  // namespace hecate::content
