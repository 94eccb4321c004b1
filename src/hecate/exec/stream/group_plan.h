#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "exec/stream/bind.h"
#include "exec/stream/literals.h"
#include "exec/stream/program.h"
#include "plan/cut.h"

namespace hecate::stream {

struct HeadSpec;
struct Suppressor;

/// A raw field that decides on a group's rules, and the paths where it may stand, in order of preference.
struct GroupField {
  std::string name;
  std::vector<std::string> paths;
};

/// An expression with its node in the group's program.
struct Term {
  ExprPtr expr;
  Program::Index index = 0;
};

/// A rule as it is for one kind of event.
struct BoundRule {
  size_t head = 0;  // index into the specs
  Term predicate;
  std::vector<Term> live;
  std::vector<std::pair<const Suppressor*, Term>> suppressors;
  bool shows_record = false;  // its findings show every field of the event
};

/// Tests on one field's value: which of them hold is all that rules need to know of it.
struct FieldTests {
  /// How a test is told from a value.
  enum class Way : uint8_t {
    Literals,  // by the index of literals: it holds where one of its literals is found, and nowhere else
    Gated,     // where none of its literals is found it fails; where one is, it is asked when a rule depends on it
    Hinted,    // the same, but of a value that is made of several fields: only the whole event can tell
    Deferred,  // nothing is known of it before it is asked
  };
  struct Test {
    Program::Index node;
    Way way;
  };
  std::vector<Test> tests;            // by number
  std::vector<uint32_t> ascii_gated;  // whose gate does not hold for ASCII in disguise (base/text.h)
  std::vector<uint32_t> decoded;      // whose gate does not hold for encoded texts (text_sources.h)
  LiteralIndex literals;              // give test numbers
};

/// What a group knows of one node of its program.
struct Tested {
  enum class By : uint8_t { Nothing, Field, Hints };
  By by = By::Nothing;
  bool deferred = false;
  uint32_t field = 0;
  uint32_t number = 0;  // in the field's tests
};

/// The rules that can match one kind of event - a record type and perhaps a value of its discriminator -
/// partially evaluated, with all that is the same for every thread. Immutable.
class GroupPlan {
 public:
  GroupPlan(RecordType type, std::vector<BoundRule> rules, std::unique_ptr<Program> program, const Catalog& catalog);

  [[nodiscard]] RecordType type() const { return type_; }
  [[nodiscard]] const Program& program() const { return *program_; }
  [[nodiscard]] const std::vector<BoundRule>& rules() const { return rules_; }
  /// What predicates read. The raw text, where they read it, is the one after the last.
  [[nodiscard]] const std::vector<GroupField>& fields() const { return fields_; }
  [[nodiscard]] bool reads_raw() const { return reads_raw_; }
  /// Whether a text in which something is encoded must be looked at, whatever literals it lacks.
  [[nodiscard]] bool decodes_raw() const { return reads_raw_ && !tests_.back()->decoded.empty(); }
  [[nodiscard]] const std::optional<std::vector<std::string>>& raw_literals() const { return raw_literals_; }
  /// All raw fields of the program (what findings show, too), with their paths: by Program::raw_fields().
  [[nodiscard]] const std::vector<std::vector<std::string>>& all_paths() const { return all_paths_; }
  /// By the program's raw index: the field's number, or kNoField.
  [[nodiscard]] size_t field_of(size_t raw_index) const { return field_of_[raw_index]; }

  [[nodiscard]] const FieldTests& tests(size_t field) const { return *tests_[field]; }
  [[nodiscard]] size_t raw_text() const { return fields_.size(); }

  /// A node that is a test: what it depends on. Of others nothing is known from single values.
  [[nodiscard]] const Tested& tested(Program::Index node) const { return tested_[node]; }
  /// Of a node that is tested by hints: the fields in one of which a hint stands wherever it is true.
  [[nodiscard]] const std::vector<uint32_t>& hinting_fields(Program::Index node) const { return hints_.at(node); }
  /// The rules of which one necessary test is this one.
  [[nodiscard]] const std::vector<uint32_t>& rules_needing(Program::Index test) const { return triggers_[test]; }
  /// The rules of which no test is necessary.
  [[nodiscard]] const std::vector<uint32_t>& rules_always() const { return always_; }

  static constexpr size_t kNoField = SIZE_MAX;

 private:
  class Analysis;
  RecordType type_;
  std::vector<BoundRule> rules_;
  std::unique_ptr<Program> program_;
  std::vector<GroupField> fields_;
  bool reads_raw_ = false;
  std::optional<std::vector<std::string>> raw_literals_;
  std::vector<std::vector<std::string>> all_paths_;
  std::vector<size_t> field_of_;
  std::vector<std::unique_ptr<FieldTests>> tests_;
  std::vector<Tested> tested_;  // by node
  std::unordered_map<Program::Index, std::vector<uint32_t>> hints_;
  std::vector<std::vector<uint32_t>> triggers_;
  std::vector<uint32_t> always_;
};

}  // namespace hecate::stream
