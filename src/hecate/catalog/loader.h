#pragma once

#include <initializer_list>

#include "catalog/model.h"
#include "yaml/yaml.h"

namespace hecate::catalog {

/// Reads single YAML values of a catalog file and reports what is wrong with them.
class Checker {
 public:
  explicit Checker(DiagnosticSink& sink) : sink_(sink) {}

  [[nodiscard]] DiagnosticSink& sink() const { return sink_; }
  bool mapping(const yaml::Node& node, std::string_view what) const;
  /// Reports every key that is not allowed.
  void keys(const yaml::Node& node, std::initializer_list<std::string_view> allowed) const;
  [[nodiscard]] std::string text(const yaml::Node& node, std::string_view key) const;
  [[nodiscard]] std::string required(const yaml::Node& node, std::string_view key) const;
  /// A scalar or a sequence of scalars.
  [[nodiscard]] std::vector<std::string> texts(const yaml::Node& node, std::string_view key) const;
  [[nodiscard]] std::vector<std::string> texts(const yaml::Node& value) const;
  void wrong(Span span, std::string message, std::string hint = {}) const;
  void unknown(const DiagnosticCode& code, Span span, std::string_view kind, std::string_view name,
               const std::vector<std::string_view>& known) const;

 private:
  DiagnosticSink& sink_;
};

/// asim/*.yml and tables/*.yml.
void load_schema(const yaml::Node& root, bool asim, Catalog::Impl& catalog, DiagnosticSink& sink);
/// kusto/*.tsv: what its blocks declare; the types of all sources have been loaded.
void load_blocks(const std::string& path, Catalog::Impl& catalog, SourceMap& sources, DiagnosticSink& sink);
/// Makes a table of the list of tables one that has rows. False: there is none of that name.
bool add_listed_table(Catalog::Impl& catalog, const std::string& name);
/// cim/*.yml.
void load_cim(const yaml::Node& root, Catalog::Impl& catalog, DiagnosticSink& sink);
/// sources/*.yml.
void load_source(const yaml::Node& root, Catalog::Impl& catalog, DiagnosticSink& sink);

[[nodiscard]] std::vector<Condition> load_conditions(const yaml::Node& node, const SourceData& source,
                                                     ingest::PathSet& paths, const Checker& check);
[[nodiscard]] std::vector<ColumnGroup> load_groups(const yaml::Node& node, const Checker& check);
/// A record type's entry in `cim`.
struct DeclaredMembership {
  std::string dataset;
  std::optional<Expression> when;
};
/// Compiles the columns of a type: the source's, its own, tags, schema defaults and aliases.
void compile_columns(TypeData& type, const SourceData& source, const std::vector<ColumnGroup>& own,
                     const std::vector<DeclaredMembership>& memberships, const Catalog::Impl& catalog,
                     const Checker& check);

/// "asim.*" stands for whatever ASIM schemas a type has.
[[nodiscard]] bool covers(std::string_view pattern, std::string_view vocabulary);
/// What a bare name of an expression means: a raw field, or a variable of the type with what follows it.
[[nodiscard]] ExprPtr raw_field_of(const TypeData& type, const Expression& name, const Checker& check);

/// The paths where a raw field may stand, by preference; the field as it is written comes last.
[[nodiscard]] std::vector<std::string> paths_of(const SourceData& source, std::string_view field);

/// names.cpp: the spellings of a name that the source's rules allow, the one as written first; the paths of all of
/// them; and the column that is meant by a name, or null.
[[nodiscard]] std::vector<std::string> spellings_of(const NameRules& rules, std::string_view field);
[[nodiscard]] std::vector<std::string> written_paths_of(const SourceData& source, std::string_view field);
[[nodiscard]] const ExprPtr* find_spelled(const CompiledColumns& columns, const NameRules& rules,
                                          std::string_view name);

}  // namespace hecate::catalog
