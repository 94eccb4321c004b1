#include "exec/stream/group_plan.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "exec/stream/required_literals.h"
#include "exec/stream/text_sources.h"

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

/// The literals of a test, each to be looked for in folded texts; nothing where none is known.
struct LiteralPlan {
  FieldTests::Way way;
  Where where;
  std::vector<std::string> literals;
  bool decoded = false;  // TextSources::decoded
};

/// What stays of literals in texts that are read as JSON or XML; nothing where too little of one does.
std::optional<std::vector<std::string>> plain_parts(const std::vector<std::string>& literals) {
  std::vector<std::string> parts;
  for (const std::string& literal : literals) {
    parts.emplace_back(plain_part(literal));
    if (parts.back().empty()) return std::nullopt;
  }
  return parts;
}

/// Anywhere in a text, what is shorter than this is found too often to be looked for in every value.
constexpr size_t kFew = 8;
constexpr size_t kShortest = 7;

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
    plan_.tested_.resize(nodes);
    plan_.triggers_.resize(nodes);
    reached_.resize(nodes);
    number_fields(catalog);
    for (size_t i = 0; i <= plan_.fields_.size(); ++i) plan_.tests_.push_back(std::make_unique<FieldTests>());
    for (const BoundRule& rule : plan_.rules_) find_tests(rule.predicate.index);
    for (uint32_t i = 0; i < plan_.rules_.size(); ++i) index_rule(i);
    for (const Index node : tests_) add_test(node);
    for (const auto& tests : plan_.tests_) tests->literals.build();
    if (raw_is_described_) plan_.raw_literals_ = std::move(raw_literals_);
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
    if (!seen_.insert(node).second) return;
    const size_t below = leaf(node);
    if (below == kNothing) return;
    std::vector<uint32_t> hints;
    if (below == kSeveral) {
      hints = hinting(node);
      if (hints.empty()) return;
    }
    tests_.push_back(node);
    plan_.tested_[node].by = hints.empty() ? Tested::By::Field : Tested::By::Hints;
    const auto raw = static_cast<uint32_t>(plan_.raw_text());
    plan_.reads_raw_ =
        plan_.reads_raw_ || below == kRawText || std::find(hints.begin(), hints.end(), raw) != hints.end();
    if (!hints.empty()) plan_.hints_.emplace(node, std::move(hints));
  }

  /// The fields in whose texts a test of several looks for literals.
  std::vector<uint32_t> hinting(Index node) {
    if (program_.op(node) != Op::Match || !literals_of(node)) return {};
    const auto sources = text_sources(program_, program_.operands(node)[0]);
    if (!sources) return {};
    std::vector<uint32_t> fields;
    for (const Index source : sources->leaves) fields.push_back(static_cast<uint32_t>(field_of_leaf(leaf(source))));
    return fields;
  }

  [[nodiscard]] size_t field_of_leaf(size_t leaf) const {
    return leaf == kRawText ? plan_.raw_text() : plan_.field_of_[leaf];
  }

  void add_test(Index node) {
    Tested& tested = plan_.tested_[node];
    const std::optional<LiteralPlan>& plan = literals_of(node);
    const bool is_sought = plan && (!is_short(*plan) || !plan_.triggers_[node].empty());
    if (tested.by == Tested::By::Hints) {
      if (!is_sought) {
        tested.by = Tested::By::Nothing;
        plan_.hints_.erase(node);
        return;
      }
      for (const uint32_t field : plan_.hints_.at(node)) number_test(node, field, *plan, FieldTests::Way::Hinted);
      return;
    }
    tested.field = static_cast<uint32_t>(field_of_leaf(leaf(node)));
    const bool is_raw = tested.field == plan_.raw_text();
    if (is_sought || (plan && is_raw)) {
      tested.number = number_test(node, tested.field, *plan, plan->way);
      return;
    }
    FieldTests& tests = *plan_.tests_[tested.field];
    tested.deferred = true;
    tested.number = static_cast<uint32_t>(tests.tests.size());
    tests.tests.push_back({node, FieldTests::Way::Deferred});
    if (is_raw) raw_is_described_ = false;
  }

  /// Looking for short literals in every value costs more than the few questions that it spares.
  static bool is_short(const LiteralPlan& plan) {
    return plan.where == Where::Anywhere && plan.literals.size() <= kFew &&
           std::any_of(plan.literals.begin(), plan.literals.end(),
                       [](const std::string& literal) { return literal.size() < kShortest; });
  }

  uint32_t number_test(Index node, uint32_t field, const LiteralPlan& plan, FieldTests::Way way) {
    FieldTests& tests = *plan_.tests_[field];
    const auto number = static_cast<uint32_t>(tests.tests.size());
    tests.tests.push_back({node, way});
    // Caseless regular expressions fold more than fold_case() does: U+017F matches `s`.
    if (program_.match(node).op == MatchOp::Regex) tests.ascii_gated.push_back(number);
    if (plan.decoded) tests.decoded.push_back(number);
    for (const std::string& literal : plan.literals) {
      tests.literals.add(plan.where, literal, number);
      if (field == plan_.raw_text()) raw_literals_.push_back(literal);
      if (field == plan_.raw_text() && literal.empty()) raw_is_described_ = false;
    }
    return number;
  }

  /// The literals of which one stands in the value wherever a test holds. Found once: they are asked for again where
  /// triggers are chosen and where the index is filled.
  const std::optional<LiteralPlan>& literals_of(Index node) {
    const auto known = literals_.find(node);
    return known != literals_.end() ? known->second : literals_.emplace(node, find_literals(node)).first->second;
  }

  [[nodiscard]] std::optional<LiteralPlan> find_literals(Index node) const {
    if (program_.op(node) != Op::Match) return std::nullopt;
    const Match& match = program_.match(node);
    const Index operand = program_.operands(node)[0];
    const bool is_value = reads_value(operand);
    const auto sources = is_value ? std::nullopt : text_sources(program_, operand);
    if (!is_value && !sources) return std::nullopt;
    const auto where = is_value ? place_of(match.op) : std::nullopt;
    if (where && match.casing == Casing::Insensitive) {
      LiteralPlan plan{FieldTests::Way::Literals, *where, {}, false};
      for (const std::string& pattern : match.patterns) plan.literals.push_back(fold_case(pattern));
      return plan;
    }
    auto gate = gate_of(match);
    const bool decoded = sources && sources->decoded;
    if (gate && decoded) gate = plain_parts(*gate);
    if (!gate || (sources && stand_in_constants(*gate, *sources))) return std::nullopt;
    return LiteralPlan{FieldTests::Way::Gated, where.value_or(Where::Anywhere), std::move(*gate), decoded};
  }

  /// Whether a value that no field gives may match.
  [[nodiscard]] bool stand_in_constants(const std::vector<std::string>& literals, const TextSources& sources) const {
    return std::any_of(sources.constants.begin(), sources.constants.end(), [&](Index constant) {
      const std::string text = fold_case(program_.constant(constant).as_text());
      return std::any_of(literals.begin(), literals.end(),
                         [&](const std::string& literal) { return text.find(literal) != std::string::npos; });
    });
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
        // What has no literals is not found by looking at values.
        if (plan_.tested_[node].by == Tested::By::Nothing || !literals_of(node)) return std::nullopt;
        return Necessary{{node}, frequency(program_.match(node))};
      default: return std::nullopt;
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

  GroupPlan& plan_;
  const Program& program_;
  std::vector<size_t> leaf_;
  std::vector<bool> reached_;
  std::unordered_set<Index> seen_;
  std::vector<Index> tests_;
  std::unordered_map<Index, std::optional<LiteralPlan>> literals_;
  std::vector<std::string> raw_literals_;
  bool raw_is_described_ = true;
};

GroupPlan::GroupPlan(RecordType type, std::vector<BoundRule> rules, std::unique_ptr<Program> program,
                     const Catalog& catalog)
    : type_(type), rules_(std::move(rules)), program_(std::move(program)) {
  Analysis(*this).run(catalog);
  program_->seal();
}

}  // namespace hecate::stream
