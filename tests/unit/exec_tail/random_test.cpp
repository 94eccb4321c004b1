// SQL against the reference evaluator: random filters and extends over random rows, all behind the cut. Seeded.
#include <random>

#include "exec/reference/reference.h"
#include "support.h"

namespace hecate::tail {
namespace {

using namespace test;

/// Typed random expressions: c0, c1 String, c2 Many, c3 Real, c4 Long.
class Generator {
 public:
  Generator(const Query& query, uint32_t seed) : query_(query), random_(seed) {}
  size_t below(size_t bound) { return random_() % bound; }

  std::string word() {
    static const std::vector<std::string> kWords{
        "",     "a",   "A",        "ab",       "a_b",  "b a",  "1", "10",
        "-2.5", "1e3", "\xC3\xA4", "\xC3\x84", "it's", "x\ny", "*", std::string("a\0b", 3)};
    return kWords[below(kWords.size())];
  }
  OwnedValue value(Type type) {
    if (below(6) == 0) return null();
    switch (type) {
      case Type::Many: return below(2) == 0 ? many({word(), word()}) : text(word());
      case Type::Real: return number(static_cast<double>(below(60)) / 4 - 5);
      case Type::Long: return whole(static_cast<int64_t>(below(30)) - 10);
      default: return text(word());
    }
  }

  ExprPtr string(int depth) {
    if (depth <= 0) return below(3) == 0 ? make_string(word()) : query_.column(static_cast<uint32_t>(below(2)));
    switch (below(5)) {
      case 0: return make_call("spl.lower", {string(depth - 1)}, Type::String);
      case 1: return make_call("kql.strcat", {string(depth - 1), string(depth - 1)}, Type::String);
      case 2: return make_call("kql.tostring", {real(depth - 1)}, Type::String);
      case 3: return make_call("kql.iff", {boolean(depth - 1), string(depth - 1), string(depth - 1)}, Type::String);
      default: return string(0);
    }
  }
  ExprPtr several(int depth) {
    if (depth <= 0) return query_.column(2);
    return below(2) == 0 ? make_call("spl.mvappend", {string(depth - 1), several(depth - 1)}, Type::Many)
                         : make_call("spl.mvdedup", {several(depth - 1)}, Type::Many);
  }
  ExprPtr real(int depth) {
    if (depth <= 0)
      return below(3) == 0 ? make_literal(number(static_cast<double>(below(9)) / 2), Type::Real) : query_.column(3);
    switch (below(3)) {
      case 0: return make_call("spl.add", {real(depth - 1), real(depth - 1)}, Type::Real);
      case 1: return make_call("spl.to_real", {string(depth - 1)}, Type::Real);
      default: return make_call("spl.div", {real(depth - 1), real(depth - 1)}, Type::Real);
    }
  }
  ExprPtr match(int depth) {
    static constexpr MatchOp kOps[] = {MatchOp::Equals,   MatchOp::Contains,  MatchOp::StartsWith,
                                       MatchOp::EndsWith, MatchOp::Wildcard,  MatchOp::Regex,
                                       MatchOp::Has,      MatchOp::HasPrefix, MatchOp::HasSuffix};
    ExprPtr operand = below(3) == 0 ? several(depth) : below(4) == 0 ? query_.column(4) : string(depth);
    Match result{std::move(operand),
                 kOps[below(9)],
                 below(2) == 0 ? Casing::Sensitive : Casing::Insensitive,
                 below(3) == 0 ? Quantifier::All : Quantifier::Any,
                 RegexDialect::Pcre2,
                 {}};
    for (size_t i = below(3); i < 3; ++i) result.patterns.push_back(word());
    return make_match(std::move(result));
  }
  ExprPtr boolean(int depth) {
    if (depth <= 0) return match(0);
    switch (below(7)) {
      case 0: return make_and({boolean(depth - 1), boolean(depth - 1), boolean(depth - 1)});
      case 1: return make_or({boolean(depth - 1), boolean(depth - 1)});
      case 2: return make_not(boolean(depth - 1));
      case 3: return make_call("spl.lt", {real(depth - 1), real(depth - 1)}, Type::Bool);
      case 4: return make_call("spl.eq", {string(depth - 1), string(depth - 1)}, Type::Bool);
      case 5: return make_call("spl.isnull", {several(depth - 1)}, Type::Bool);
      default: return match(depth - 1);
    }
  }

 private:
  const Query& query_;
  std::mt19937 random_;
};

void compare(uint32_t seed) {
  Query q({{"s", Type::String}, {"t", Type::String}, {"m", Type::Many}, {"r", Type::Real}, {"l", Type::Long}});
  Generator generate(q, seed);
  for (int i = 0; i < 40; ++i) {
    q.event({generate.value(Type::String), generate.value(Type::String), generate.value(Type::Many),
             generate.value(Type::Real), generate.value(Type::Long)});
  }
  const std::vector<ExprPtr> exprs{generate.boolean(3), generate.string(3), generate.several(2), generate.real(3)};
  const ExprPtr predicate = generate.boolean(3);
  q.add(Limit{1000});  // what follows is the tail's
  Extend extend;
  for (const ExprPtr& expr : exprs) {
    extend.columns.push_back({q.plan.add_column("x", expr->type), expr});
    q.plan.output.push_back({"x", extend.columns.back().id});
  }
  q.add(Filter{predicate}).add(std::move(extend));

  Lines expected;
  Arena arena;
  const RunParameters run;
  for (const Query::Event& event : q.events) {
    EvalContext context{arena, run};
    const reference::Bindings bindings{[&](ColumnId id) { return event.values[static_cast<size_t>(id)].get(); },
                                       [](std::string_view) { return Value::null(); },
                                       [](std::string_view) { return Value::null(); }};
    if (!reference::evaluate(*predicate, bindings, context).is_true()) continue;
    std::string line;
    for (const ExprPtr& expr : exprs)
      line += (line.empty() ? "" : "|") + Query::show(reference::evaluate(*expr, bindings, context));
    expected.push_back(std::move(line));
  }
  ASSERT_EQ(q.rows(), expected) << "seed " << seed << "\n" << dump(q.plan);
}

TEST(Tail, SqlAgreesWithTheReference) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    compare(seed);
    if (HasFatalFailure() || testing::Test::HasNonfatalFailure()) break;
  }
}

}  // namespace
}  // namespace hecate::tail
