#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "lang/sigma/ast.h"
#include "lang/sigma/python_regex.h"
#include "yaml/yaml.h"

// What the reader of pipelines makes and their application works with. Names and parameters are pySigma's.
namespace hecate::sigma::pipeline {

using Names = std::vector<std::string>;
using Regex = std::shared_ptr<const PythonRegex>;

// --- conditions ----------------------------------------------------------------------------------------

enum class Relation : uint8_t { Equal, NotEqual, GreaterEqual, Greater, LessEqual, Less, In, NotIn };
enum class Over : uint8_t { Any, All };

struct LogsourceIs {
  std::string category, product, service;  // empty: any
};
struct ContainsItem {
  std::string field;
  ast::Value value;
};
struct ContainsField {
  std::string field;
};
struct WasProcessed {
  std::string item;
};
struct StateIs {
  std::string key;
  ast::Value value;
  Relation relation = Relation::Equal;
};
struct IsRule {};
struct IsCorrelation {};
struct AttributeIs {
  std::string name;
  ast::Value value;
  Relation relation = Relation::Equal;
};
struct HasTag {
  std::string tag;
};
struct MatchesString {
  Over over = Over::Any;
  Regex regex;
  bool negated = false;
};
struct MatchesValue {
  Over over = Over::Any;
  ast::Value value;
};
struct HasWildcard {
  Over over = Over::Any;
};
struct IsNull {
  Over over = Over::Any;
};
struct FieldIsOneOf {
  std::set<std::string, std::less<>> names;
  std::vector<Regex> patterns;
  bool excluded = false;
};

struct Condition {
  std::variant<LogsourceIs, ContainsItem, ContainsField, WasProcessed, StateIs, IsRule, IsCorrelation, AttributeIs,
               HasTag, MatchesString, MatchesValue, HasWildcard, IsNull, FieldIsOneOf>
      node;
  std::string name;  // in an expression
  Span span;
};

/// Conditions of one kind: linked, or combined by an expression over their names.
struct ConditionSet {
  std::vector<Condition> conditions;
  Over link = Over::All;
  bool negated = false;
  ast::ConditionPtr expression;
};

// --- transformations -----------------------------------------------------------------------------------

/// field_name_mapping. Nothing under a name: the field is dropped.
struct MapFields {
  std::map<std::string, Names, std::less<>> names;
  std::optional<Names> keywords;  // what a key of null says
};
struct MapPrefixes {
  std::vector<std::pair<std::string, Names>> prefixes;
};
struct AddAffixes {
  std::string prefix, suffix;
};
struct DropItem {};
struct HashesFields {
  std::set<std::string, std::less<>> algorithms;
  std::set<std::string, std::less<>> fields{"Hashes", "Hash"};
  std::string prefix;
  bool drop_algorithm = false;
};
struct ExtractFields {
  Regex regex;
  std::string prefix;
  bool keep_unmatched = false;
};
/// wildcard_placeholders, value_placeholders.
struct ReplacePlaceholders {
  bool by_wildcard = false;
  std::optional<Names> include, exclude;
};
struct AddCondition {
  std::string name;
  ast::Group group;
  bool templates = false;
  bool negated = false;
};
struct ChangeLogsource {
  std::string category, product, service;
};
enum class FieldList : uint8_t { Add, Remove, Set };
struct ChangeFieldList {
  FieldList change = FieldList::Add;
  Names names;
};
struct ReplaceString {
  Regex regex;
  PythonTemplate replacement;
  bool skip_special = false;
  bool interpret_special = false;
};
struct MapString {
  std::map<std::string, Names, std::less<>> mapping;
};
struct SetState {
  std::string key;
  ast::Value value;
};
/// `regex`: emulates Sigma's case-insensitive matching elsewhere; here only `plain` changes anything.
struct ToRegex {
  bool case_sensitive = false;
};
struct SetValue {
  ast::Value value;
};
struct ConvertType {
  bool to_number = false;
};
struct RuleFailure {
  std::string message;
};
struct ItemFailure {
  std::string message;
};
struct StrictMapping {};
struct SetAttribute {
  std::string name;
  ast::Value value;
};
enum class LetterCase : uint8_t { Lower, Upper, Snake };
struct ChangeCase {
  LetterCase to = LetterCase::Lower;
};
struct Step;
struct Nest {
  std::vector<Step> steps;
};

using Transformation =
    std::variant<MapFields, MapPrefixes, AddAffixes, DropItem, HashesFields, ExtractFields, ReplacePlaceholders,
                 AddCondition, ChangeLogsource, ChangeFieldList, ReplaceString, MapString, SetState, ToRegex, SetValue,
                 ConvertType, RuleFailure, ItemFailure, StrictMapping, SetAttribute, ChangeCase, Nest>;

/// A transformation with its conditions: what pySigma calls a processing item.
struct Step {
  std::string id;
  Transformation transformation;
  ConditionSet rule_conditions, item_conditions, field_conditions;
  Span span;
};

struct Pipeline {
  std::string name;
  int64_t priority = 0;
  bool fallback = false;  // its variables stand in for those that no other pipeline has
  std::map<std::string, std::vector<ast::Value>, std::less<>> vars;
  std::vector<Step> steps;
};

}  // namespace hecate::sigma::pipeline
