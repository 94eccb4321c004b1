#include <fmt/format.h>

#include <algorithm>

#include "catalog/codes.h"
#include "catalog/data_models.h"
#include "catalog/loader.h"
#include "catalog/lowering.h"

namespace hecate::catalog {
namespace {

bool known_vocabulary(std::string_view name) {
  return name == "sigma" || name == "splunk" || name.starts_with("cim.") || name.starts_with("asim.") ||
         name.starts_with("table.");
}

void load_columns(const yaml::Node& node, ColumnGroup& group, const Checker& check) {
  if (const yaml::Node* same = node.find("same")) {
    if (!same->is_sequence()) check.wrong(same->span, "`same` is a list of names");
    for (const yaml::NodePtr& item : same->items) {
      Expression name{Expression::Kind::Name, std::string(item->text()), {}, item->span};
      group.columns.push_back({std::string(item->text()), std::move(name), item->span});
    }
  }
  const yaml::Node* columns = node.find("columns");
  if (columns == nullptr || !check.mapping(*columns, "`columns`")) return;
  for (const auto& [key, value] : columns->entries) {
    if (!value->is_scalar()) {
      check.wrong(value->span, "a column's value is an expression");
      continue;
    }
    Result<Expression> parsed = parse_expression(value->scalar, check.sink());
    if (parsed) group.columns.push_back({std::string(key->text()), std::move(*parsed), key->span});
  }
}

class ColumnCompiler {
 public:
  ColumnCompiler(TypeData& type, const Catalog::Impl& catalog, const Checker& check)
      : type_(type), catalog_(catalog), check_(check) {
    vocabularies_ = {"sigma", "splunk"};
    for (const std::string& dataset : type.cim) vocabularies_.push_back("cim." + dataset);
    for (const auto& [vocabulary, event_types] : type.views) vocabularies_.push_back(vocabulary);
  }

  /// Groups of one level: the source's, or the type's own, which replace those of the source.
  void groups(const std::vector<ColumnGroup>& groups, bool own) {
    std::set<std::pair<std::string, std::string>> defined;
    for (const ColumnGroup& group : groups) {
      bool used = false;
      for (const std::string& vocabulary : vocabularies_) {
        if (!covers(group.vocabulary, vocabulary)) continue;
        used = true;
        for (const ColumnGroup::Column& column : group.columns) {
          if (!defined.emplace(vocabulary, column.name).second) {
            check_.sink().report(kDuplicate, column.span,
                                 fmt::format("column `{}` is defined twice in {}", column.name, vocabulary));
          }
          compile(vocabulary, group, column);
        }
      }
      if (!used && own) {
        check_.sink().report(kUndeclared, group.span,
                             fmt::format("`{}` does not declare {}", type_.name, group.vocabulary));
      }
    }
  }

  /// Which datasets the type's events belong to, and so what they are tagged with.
  void memberships(const std::vector<DeclaredMembership>& declared) {
    for (const DeclaredMembership& each : declared) {
      Membership membership{each.dataset, nullptr};
      if (each.when) {
        const Result<ExprPtr> test =
            lower(*each.when, [this](const Expression& name) { return resolve(name); }, check_.sink());
        if (!test) continue;
        membership.when = *test;
        if ((*test)->type != Type::Bool)
          check_.wrong(each.when->span, "`when` is a test, and this is a value", "equals(Type, \"Logon\")");
      }
      type_.memberships.push_back(std::move(membership));
    }
    CompiledColumns& splunk = type_.columns["splunk"];
    if (splunk.contains("tag")) return;
    if (ExprPtr tags = tags_of(catalog_, type_)) splunk["tag"] = std::move(tags);
  }

 private:
  [[nodiscard]] ExprPtr resolve(const Expression& name) const { return raw_field_of(type_, name, check_); }

  void compile(const std::string& vocabulary, const ColumnGroup& group, const ColumnGroup::Column& column) {
    if (!check_column(vocabulary, column)) return;
    const Result<ExprPtr> value =
        lower(column.value, [this](const Expression& name) { return resolve(name); }, check_.sink());
    if (!value) return;
    type_.columns[vocabulary][column.name] = *value;
    std::erase_if(type_.rows, [&](const Catalog::ColumnRow& row) {
      return row.vocabulary == vocabulary && row.name == column.name;
    });
    type_.rows.push_back(
        {vocabulary, column.name, to_string(column.value), group.evidence, group.confidence, *value, column.span});
  }

  bool check_column(const std::string& vocabulary, const ColumnGroup::Column& column) {
    std::vector<std::string_view> known;
    if (vocabulary.starts_with("cim.")) {
      const std::string root = vocabulary.substr(4);
      if (!catalog_.cim.contains(root)) return false;  // has been reported
      if (has_column(catalog_, root, column.name)) return true;
      for (const auto& [name, field] : catalog_.cim.find(root)->second.fields) known.push_back(name);
    } else if (vocabulary != "sigma" && vocabulary != "splunk") {
      const bool asim = vocabulary.starts_with("asim.");
      for (const SchemaData& data : catalog_.schemas) {
        if (data.schema.asim != asim || data.schema.name != vocabulary.substr(asim ? 5 : 6)) continue;
        for (const auto& known_column : data.schema.columns) known.push_back(known_column.name);
      }
      if (known.empty()) return false;
    } else {
      return true;
    }
    if (std::find(known.begin(), known.end(), column.name) != known.end()) return true;
    check_.unknown(kUnknownColumn, column.span, fmt::format("column in {}", vocabulary), column.name, known);
    return false;
  }

  TypeData& type_;
  const Catalog::Impl& catalog_;
  const Checker& check_;
  std::vector<std::string> vocabularies_;
};

}  // namespace

bool covers(std::string_view pattern, std::string_view vocabulary) {
  if (!pattern.ends_with(".*")) return pattern == vocabulary;
  return vocabulary.starts_with(pattern.substr(0, pattern.size() - 1));
}

ExprPtr raw_field_of(const TypeData& type, const Expression& name, const Checker& check) {
  if (!name.text.starts_with('$')) return make_raw_field(name.text, name.span);
  const size_t dot = name.text.find('.');
  const auto variable = type.variables.find(name.text.substr(1, dot == std::string::npos ? dot : dot - 1));
  if (variable == type.variables.end()) {
    check.wrong(name.span, fmt::format("`{}` has no `{}` in its `with`", type.name, name.text.substr(0, dot)));
    return nullptr;
  }
  return make_raw_field(variable->second + (dot == std::string::npos ? "" : name.text.substr(dot)), name.span);
}

std::vector<ColumnGroup> load_groups(const yaml::Node& node, const Checker& check) {
  std::vector<ColumnGroup> result;
  if (!node.is_sequence()) check.wrong(node.span, "`columns` is a list of groups, each `for` a vocabulary");
  for (const yaml::NodePtr& item : node.items) {
    if (!check.mapping(*item, "a group of columns")) continue;
    check.keys(*item, {"for", "evidence", "confidence", "note", "same", "columns"});
    ColumnGroup group;
    group.span = item->span;
    group.vocabulary = check.required(*item, "for");
    if (!group.vocabulary.empty() && !known_vocabulary(group.vocabulary)) {
      check.wrong(
          item->find("for")->span, fmt::format("`{}` is no vocabulary", group.vocabulary),
          "sigma, splunk, cim.<Model.Dataset>, asim.<Schema>, table.<Table>, or one of the last three with `*`");
    }
    group.evidence = check.required(*item, "evidence");
    const std::string confidence = check.required(*item, "confidence");
    if (confidence.size() == 1) group.confidence = confidence.front();
    if (!confidence.empty() && confidence != "A" && confidence != "B" && confidence != "C" && confidence != "U") {
      check.wrong(item->find("confidence")->span, "`confidence` is A, B, C or U");
    }
    load_columns(*item, group, check);
    result.push_back(std::move(group));
  }
  return result;
}

void compile_columns(TypeData& type, const SourceData& source, const std::vector<ColumnGroup>& own,
                     const std::vector<DeclaredMembership>& memberships, const Catalog::Impl& catalog,
                     const Checker& check) {
  ColumnCompiler compiler(type, catalog, check);
  compiler.groups(source.groups, false);
  compiler.groups(own, true);
  compiler.memberships(memberships);
}

}  // namespace hecate::catalog
