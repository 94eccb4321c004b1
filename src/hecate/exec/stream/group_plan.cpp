#include "exec/stream/group_plan.h"

#include <algorithm>

#include "base/text.h"
#include "exec/stream/required_literals.h"

namespace hecate::stream {
namespace {

using Op = Program::Op;
using Index = Program::Index;
using Where = LiteralIndex::Where;

bool is_junction(Op op) { return op == Op::And || op == Op::Or || op == Op::Not; }

/// How a test by literals is looked up; nothing where it is not one.
std::optional<Where> place_of(MatchOp op) {
  switch (op) {
    case MatchOp::Equals: return Where::Whole;
    case MatchOp::StartsWith: return Where::Prefix;
    case MatchOp::EndsWith: return Where::Suffix;
    case MatchOp::Contains: return Where::Anywhere;
    default: return std::nullopt;
  }
}

/// Literals of which one must stand in a folded text that matches; nothing where none is known.
std::optional<std::vector<std::string>> gate_of(const Match& match) {
  std::vector<std::string> literals;
  for (const std::string& pattern : match.patterns) {
    if (match.op == MatchOp::Regex) {
      auto required = match.dialect == RegexDialect::Pcre2 ? required_by_regex(pattern) : std::nullopt;
      if (!required) return std::nullopt;
      literals.insert(literals.end(), required->begin(), required->end());
    } else {
      literals.push_back(fold_case(match.op == MatchOp::Wildcard ? required_by_glob(pattern) : pattern));
      if (literals.back().empty()) return std::nullopt;
    }
  }
  return literals;
}

/// How often a literal may be found among a thousand values, roughly: what matters is that the rarest test of
/// a rule decides when the rule is looked at.
double frequency(Where where, size_t length) {
  if (where == Where::Whole) return 10;
  const double anchored = where == Where::Anywhere ? 1 : 0.5;
  if (length < 3) return 300 * anchored;
  return anchored * 300 / static_cast<double>(length - 1);
}

double frequency(const Match& match) {
  double sum = 0;
  for (const std::string& pattern : match.patterns) {
    sum += frequency(place_of(match.op).value_or(Where::Anywhere), pattern.size());
  }
  return sum;
}

}  // namespace

/// What the nodes of a program mean for single values.
class GroupPlan::Analysis {
 public:
  explicit Analysis(GroupPlan& plan) : plan_(plan), program_(*plan.program_) {}

  void run(const Catalog& catalog) {
    const size_t nodes = program_.size();
    leaf_.resize(nodes, kUnvisited);
    plan_.tested_field_.resize(nodes, kNoField);
    plan_.triggers_.resize(nodes);
    reached_.resize(nodes);
    number_fields(catalog);
    for (size_t i = 0; i <= plan_.fields_.size(); ++i) plan_.tests_.push_back(std::make_unique<FieldTests>());
    for (const BoundRule& rule : plan_.rules_) find_tests(rule.predicate.index);
    for (uint32_t i = 0; i < plan_.rules_.size(); ++i) index_rule(i);
    for (const auto& tests : plan_.tests_) tests->literals.build();
    describe_raw_text();
  }

 private:
  static constexpr size_t kUnvisited = SIZE_MAX;
  static constexpr size_t kNothing = SIZE_MAX - 1;  // constants only
  static constexpr size_t kSeveral = SIZE_MAX - 2;  // several fields, or what is known of the record only
  static constexpr size_t kRawText = SIZE_MAX - 3;

  void number_fields(const Catalog& catalog) {
    const auto& names = program_.raw_fields();
    for (const BoundRule& rule : plan_.rules_) reach(rule.predicate.index);
    std::vector<bool> read(names.size());
    for (Index node = 0; node < program_.size(); ++node) {
      if (reached_[node] && program_.op(node) == Op::Raw) read[program_.raw_index(node)] = true;
    }
    plan_.field_of_.resize(names.size(), kNoField);
    for (size_t i = 0; i < names.size(); ++i) {
      plan_.all_paths_.push_back(catalog.raw_paths(plan_.type_, names[i]));
      if (!read[i]) continue;
      plan_.field_of_[i] = plan_.fields_.size();
      plan_.fields_.push_back({names[i], plan_.all_paths_.back()});
    }
  }

  void reach(Index node) {
    if (reached_[node]) return;
    reached_[node] = true;
    for (const Index operand : program_.operands(node)) reach(operand);
  }

  /// The one raw field below a node, by its raw index, or one of the constants above.
  size_t leaf(Index node) {
    if (leaf_[node] != kUnvisited) return leaf_[node];
    size_t result = kNothing;
    if (program_.op(node) == Op::Raw) {
      result = program_.raw_index(node);
    } else if (program_.op(node) == Op::Metadata) {
      result = program_.metadata_name(node) == "meta.raw" ? kRawText : kSeveral;
    } else if (program_.op(node) == Op::Call &&
               (program_.function(node) == nullptr || is_run_dependent(program_.function(node)->name))) {
      result = kSeveral;
    }
    for (const Index operand : program_.operands(node)) {
      const size_t below = leaf(operand);
      if (below == kNothing || below == result) continue;
      result = result == kNothing ? below : kSeveral;
    }
    return leaf_[node] = result;
  }

  /// The tests that a predicate is made of: what stands below and/or/not.
  void find_tests(Index node) {
    if (is_junction(program_.op(node))) {
      for (const Index operand : program_.operands(node)) find_tests(operand);
      return;
    }
    if (plan_.tested_field_[node] != kNoField) return;
    const size_t below = leaf(node);
    if (below == kSeveral || below == kNothing) return;
    const size_t field = below == kRawText ? plan_.raw_text() : plan_.field_of_[below];
    plan_.reads_raw_ = plan_.reads_raw_ || below == kRawText;
    plan_.tested_field_[node] = field;
    add_test(node, *plan_.tests_[field]);
  }

  void add_test(Index node, FieldTests& tests) {
    const auto number = static_cast<uint32_t>(tests.tests.size());
    tests.tests.push_back(node);
    tests.gated.push_back(false);
    if (program_.op(node) != Op::Match || !reads_value(program_.operands(node)[0])) {
      tests.direct.push_back(number);
      return;
    }
    const Match& match = program_.match(node);
    const auto where = place_of(match.op);
    if (where && match.casing == Casing::Insensitive) {
      for (const std::string& pattern : match.patterns) tests.literals.add(*where, fold_case(pattern), number);
      return;
    }
    const auto gate = gate_of(match);
    if (!gate) {
      tests.direct.push_back(number);
      return;
    }
    tests.gated[number] = true;
    // Caseless regular expressions fold more than case_fold() does: U+017F matches `s`.
    if (match.op == MatchOp::Regex) tests.ascii_gated.push_back(number);
    for (const std::string& literal : *gate) tests.literals.add(where.value_or(Where::Anywhere), literal, number);
  }

  /// Whether an operand is the value itself, folded or not.
  [[nodiscard]] bool reads_value(Index operand) const {
    if (program_.op(operand) == Op::Fold) operand = program_.operands(operand)[0];
    return program_.op(operand) == Op::Raw || program_.op(operand) == Op::Metadata;
  }

  // --- when a rule is looked at ---

  /// Tests of which one must hold wherever the node is true; nothing where none is known.
  struct Necessary {
    std::vector<Index> tests;
    double frequency = 0;
  };

  std::optional<Necessary> necessary(Index node) {
    switch (program_.op(node)) {
      case Op::And: return rarest(node);
      case Op::Or: return any_of(node);
      case Op::Not: return std::nullopt;
      case Op::Match:
        if (plan_.tested_field_[node] == kNoField) return std::nullopt;
        return Necessary{{node}, frequency(program_.match(node))};
      default:
        if (plan_.tested_field_[node] == kNoField) return std::nullopt;
        return Necessary{{node}, 500};
    }
  }

  std::optional<Necessary> rarest(Index node) {
    std::optional<Necessary> best;
    for (const Index operand : program_.operands(node)) {
      std::optional<Necessary> candidate = necessary(operand);
      if (candidate && (!best || candidate->frequency < best->frequency)) best = std::move(candidate);
    }
    return best;
  }

  std::optional<Necessary> any_of(Index node) {
    Necessary all;
    for (const Index operand : program_.operands(node)) {
      const std::optional<Necessary> one = necessary(operand);
      if (!one) return std::nullopt;
      all.tests.insert(all.tests.end(), one->tests.begin(), one->tests.end());
      all.frequency += one->frequency;
    }
    return all;
  }

  void index_rule(uint32_t rule) {
    std::optional<Necessary> needed = necessary(plan_.rules_[rule].predicate.index);
    if (!needed) {
      plan_.always_.push_back(rule);
      return;
    }
    std::sort(needed->tests.begin(), needed->tests.end());
    needed->tests.erase(std::unique(needed->tests.begin(), needed->tests.end()), needed->tests.end());
    for (const Index test : needed->tests) plan_.triggers_[test].push_back(rule);
  }

  void describe_raw_text() {
    const FieldTests& tests = *plan_.tests_[plan_.raw_text()];
    if (!tests.direct.empty()) return;
    std::vector<std::string> literals;
    for (size_t number = 0; number < tests.tests.size(); ++number) {
      const Match& match = program_.match(tests.tests[number]);
      const auto gate = match.op == MatchOp::Regex ? gate_of(match) : std::nullopt;
      for (const std::string& pattern : gate ? *gate : match.patterns) {
        literals.push_back(match.op == MatchOp::Wildcard ? fold_case(required_by_glob(pattern)) : fold_case(pattern));
        if (literals.back().empty()) return;
      }
    }
    plan_.raw_literals_ = std::move(literals);
  }

  GroupPlan& plan_;
  const Program& program_;
  std::vector<size_t> leaf_;
  std::vector<bool> reached_;
};

GroupPlan::GroupPlan(RecordType type, std::vector<BoundRule> rules, std::unique_ptr<Program> program,
                     const Catalog& catalog)
    : type_(type), rules_(std::move(rules)), program_(std::move(program)) {
  Analysis(*this).run(catalog);
  program_->seal();
}

}  // namespace hecate::stream
