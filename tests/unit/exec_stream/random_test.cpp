// The shared program against the reference evaluator, on random trees over random events. Seeded: what fails once
// fails always.
#include <gtest/gtest.h>

#include <random>

#include "exec/reference/reference.h"
#include "exec/stream/program.h"

namespace hecate::stream {
namespace {

constexpr size_t kFields = 6;

/// Exact, kinds and all.
std::string show(const Value& value) {
  std::string out = std::to_string(static_cast<int>(value.kind())) + ":";
  if (value.kind() != Kind::Many) return out + value_text(value);
  for (const Value& element : value.as_list()) out += show(element) + "|";
  return out;
}

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  size_t below(size_t bound) { return random_() % bound; }
  std::string text() {
    static const std::vector<std::string> kTexts{"",     "a",   "A",        "ab",       "a b",  "b_a", "1",  "10",
                                                 "-2.5", "1e3", "\xC3\xA4", "\xC3\x84", "x\ny", "*",   "a*", "true"};
    return kTexts[below(kTexts.size())];
  }
  OwnedValue value() {
    switch (below(10)) {
      case 0: return OwnedValue(Value::null());
      case 1: return OwnedValue(Value::json_null());
      case 2: return OwnedValue(Value::undecided());
      case 3: return OwnedValue(Value::boolean(below(2) == 0));
      case 4: return OwnedValue(Value::integer(static_cast<int64_t>(below(20)) - 5));
      case 5: return OwnedValue(Value::real(static_cast<double>(below(40)) / 4 - 2));
      case 6: return OwnedValue::many({text(), text(), text()});
      case 7: return OwnedValue(Value::datetime(static_cast<Ticks>(below(1000)) * kTicksPerSecond));
      default: return OwnedValue::string(text());
    }
  }
  ExprPtr field() { return make_raw_field("f" + std::to_string(below(kFields))); }

  ExprPtr scalar(int depth) {
    if (depth <= 0) return below(4) == 0 ? make_string(text()) : field();
    static const std::vector<std::string_view> kUnary{
        "text.lower", "text.upper",   "text.basename", "text.trim",  "spl.to_text", "spl.to_real",   "spl.to_many",
        "spl.len",    "kql.tostring", "kql.tolong",    "kql.strlen", "spl.mvcount", "convert.string"};
    static const std::vector<std::string_view> kBinary{"spl.add",    "spl.concat", "spl.mvappend", "text.coalesce",
                                                       "spl.nullif", "kql.strcat", "text.concat"};
    switch (below(4)) {
      case 0: return make_call(kUnary[below(kUnary.size())], {scalar(depth - 1)}, Type::String);
      case 1: return make_call(kBinary[below(kBinary.size())], {scalar(depth - 1), scalar(depth - 1)}, Type::String);
      case 2: return make_call("spl.if", {boolean(depth - 1), scalar(depth - 1), scalar(depth - 1)}, Type::String);
      default: return field();
    }
  }

  ExprPtr match(int depth) {
    static constexpr MatchOp kOps[] = {MatchOp::Equals,   MatchOp::Contains,  MatchOp::StartsWith,
                                       MatchOp::EndsWith, MatchOp::Wildcard,  MatchOp::Regex,
                                       MatchOp::Has,      MatchOp::HasPrefix, MatchOp::HasSuffix};
    Match result{scalar(depth),
                 kOps[below(9)],
                 below(2) == 0 ? Casing::Sensitive : Casing::Insensitive,
                 below(3) == 0 ? Quantifier::All : Quantifier::Any,
                 below(2) == 0 ? RegexDialect::Pcre2 : RegexDialect::Re2,
                 {}};
    for (size_t i = below(3); i < 3; ++i) result.patterns.push_back(text());
    return make_match(std::move(result));
  }

  ExprPtr boolean(int depth) {
    if (depth <= 0) return match(0);
    static const std::vector<std::string_view> kTests{
        "spl.eq", "spl.lt", "spl.search_gt", "kql.eq", "sigma.gt", "sigma.field_equals", "text.equals"};
    switch (below(8)) {
      case 0: return make_and(operands(depth));
      case 1: return make_or(operands(depth));
      case 2: return make_not(boolean(depth - 1));
      case 3: return make_call(kTests[below(kTests.size())], {scalar(depth - 1), scalar(depth - 1)}, Type::Bool);
      case 4: return make_call(below(2) == 0 ? "sigma.exists" : "spl.isnull", {scalar(depth - 1)}, Type::Bool);
      case 5: return make_call("spl.gt", {make_call("spl.now", {}, Type::Real), scalar(depth - 1)}, Type::Bool);
      default: return match(depth - 1);
    }
  }

 private:
  std::vector<ExprPtr> operands(int depth) {
    std::vector<ExprPtr> result;
    for (size_t i = below(4); i < 4; ++i) result.push_back(boolean(depth - 1));
    return result;
  }
  std::mt19937 random_;
};

class Event final : public EventSource {
 public:
  Event(const Program& program, const std::vector<OwnedValue>& fields) : program_(program), fields_(fields) {}
  Value raw_field(size_t index) override { return by_path(program_.raw_fields()[index]); }
  Value metadata(std::string_view /*name*/) override { return Value::null(); }
  [[nodiscard]] Value by_path(std::string_view path) const { return fields_[static_cast<size_t>(path[1] - '0')].get(); }

 private:
  const Program& program_;
  const std::vector<OwnedValue>& fields_;
};

void compare(uint32_t seed, std::optional<Ticks> now) {
  Generator generate(seed);
  Program program;
  std::vector<ExprPtr> exprs;
  std::vector<Program::Index> indexes;
  for (int i = 0; i < 60; ++i) {
    exprs.push_back(generate.below(3) == 0 ? generate.scalar(3) : generate.boolean(3));
    indexes.push_back(program.add(*exprs.back()));
  }
  Arena arena;
  RunParameters run;
  run.now = now;
  for (int e = 0; e < 12; ++e) {
    std::vector<OwnedValue> fields;
    for (size_t f = 0; f < kFields; ++f) fields.push_back(generate.value());
    Event event(program, fields);
    const reference::Bindings bindings{[](ColumnId) { return Value::null(); },
                                       [&](std::string_view path) { return event.by_path(path); },
                                       [](std::string_view) { return Value::null(); }};
    arena.reset();
    program.begin_event();
    EvalContext context{arena, run};
    for (size_t i = 0; i < exprs.size(); ++i) {
      const std::string expected = show(reference::evaluate(*exprs[i], bindings, context));
      ASSERT_EQ(show(program.evaluate(indexes[i], event, context)), expected)
          << "seed " << seed << ": " << dump(*exprs[i]);
    }
  }
}

TEST(Program, AgreesWithTheReferenceOnRandomTrees) {
  for (uint32_t seed = 1; seed <= 100; ++seed) compare(seed, std::nullopt);
}

TEST(Program, AgreesWithTheReferenceWhenTheRunIsKnown) {
  for (uint32_t seed = 1001; seed <= 1030; ++seed) compare(seed, 100 * kTicksPerSecond);
}

}  // namespace
}  // namespace hecate::stream
