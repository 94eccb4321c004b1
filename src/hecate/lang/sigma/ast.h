#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/mapped_text.h"
#include "base/span.h"
#include "lang/sigma/modifiers.h"

namespace hecate::sigma::ast {

// --- values --------------------------------------------------------------------------------------------

struct Text {
  MappedText text;  // as written: Sigma's escapes and wildcards are not resolved yet
};
struct Number {
  std::string spelling;
  std::variant<int64_t, double> value;
};
struct Boolean {
  std::string spelling;
  bool value = false;
};
struct Null {};

struct Value {
  std::variant<Text, Number, Boolean, Null> node;
  Span span;
};

// --- searches ------------------------------------------------------------------------------------------

struct AppliedModifier {
  const ModifierRow* row = nullptr;
  Span span;
};

/// `field|modifier|...: values`, or keywords where the field is empty. Modifiers and value types have been
/// checked against the table.
struct Item {
  std::string field;
  Span field_span;
  std::vector<AppliedModifier> modifiers;
  std::vector<Value> values;
  Span span;
  std::vector<std::string> processed_by;  // ids of the transformations of pipelines that have changed it

  [[nodiscard]] bool keyword() const { return field.empty(); }
  [[nodiscard]] const AppliedModifier* find(ModifierKind kind) const {
    for (const AppliedModifier& modifier : modifiers) {
      if (modifier.row->kind == kind) return &modifier;
    }
    return nullptr;
  }
};

struct Group;
/// A map: every part matches.
struct AllOf {
  std::vector<Group> parts;
};
/// A list: at least one part matches.
struct AnyOf {
  std::vector<Group> parts;
};
struct Group {
  std::variant<Item, AllOf, AnyOf> node;
  Span span;
};

/// A search identifier with what it stands for.
struct Search {
  std::string name;
  Span name_span;
  Group group;
};

// --- the condition -------------------------------------------------------------------------------------

struct Condition;
using ConditionPtr = std::unique_ptr<Condition>;

struct Reference {
  std::string name;
};
enum class Count : uint8_t { One, All };
/// `1 of pattern`, `all of them`.
struct Selector {
  Count count = Count::One;
  std::string pattern;  // `*` stands for any characters; "*" for `them`
  Span pattern_span;
};
struct Negation {
  ConditionPtr operand;
};
struct Conjunction {
  std::vector<ConditionPtr> operands;
};
struct Disjunction {
  std::vector<ConditionPtr> operands;
};
struct Condition {
  std::variant<Reference, Selector, Negation, Conjunction, Disjunction> node;
  Span span;
};

/// Stable text: `(or a (and (not b) (1-of "sel*")))`.
[[nodiscard]] std::string dump(const Condition& condition);

struct Detection {
  std::vector<Search> searches;
  ConditionPtr condition;  // a list of conditions has become a Disjunction
  Span span;
};

}  // namespace hecate::sigma::ast
