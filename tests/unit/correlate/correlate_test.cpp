// Sigma Correlation Rules Specification 2.1.0, "Correlation Types"; docs/correlations.md says what the specification
// leaves open.
#include "exec/correlate/correlate.h"

#include "support.h"

namespace hecate::correlate::test {
namespace {

std::vector<Event> at(std::vector<Ticks> seconds, size_t source = 0) {
  std::vector<Event> events;
  for (const Ticks second : seconds) events.push_back({second, source, {}, 0});
  return events;
}

std::string run(const Spec& spec, const std::vector<Event>& events) {
  return Stream({spec}).add(events).matches_text();
}

// --- event_count ---------------------------------------------------------------------------------------

TEST(EventCount, WindowsSlide) {
  // "The time frame should not be restricted to boundaries": 58 s to 62 s is one window, whatever minute it is in.
  const Spec three = spec(Measure::Events, 1, 10, {at_least(3)});
  EXPECT_EQ(run(three, at({58, 60, 62})), "0@58..62=3v3");
  EXPECT_EQ(run(three, at({0, 5, 11})), "");
  EXPECT_EQ(run(three, at({0, 5, 11, 13})), "0@5..13=3v3");
}

TEST(EventCount, BothEndsBelongToTheWindow) {
  EXPECT_EQ(run(spec(Measure::Events, 1, 10, {at_least(2)}), at({0, 10})), "0@0..10=2v2");
  EXPECT_EQ(run(spec(Measure::Events, 1, 10, {at_least(2)}), at({0, 11})), "");
}

TEST(EventCount, OneFindingForABurst) {
  const Spec two = spec(Measure::Events, 1, 10, {at_least(2)});
  EXPECT_EQ(run(two, at({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})), "0@0..10=11v11");
  // What goes on longer than the timespan is found again.
  EXPECT_EQ(run(two, at({0, 4, 8, 12, 16, 20})), "0@0..8=3v3 0@12..20=3v3");
}

TEST(EventCount, CountsTheEventsOfAllRules) {
  Spec both = spec(Measure::Events, 2, 10, {at_least(3)});
  EXPECT_EQ(run(both, {{0, 0, {}}, {1, 1, {}}, {2, 1, {}}}), "0@0..2=3v3");
}

TEST(EventCount, GroupsAreSeparate) {
  Spec by = spec(Measure::Events, 1, 10, {at_least(2)});
  by.keys = by.columns = 1;
  EXPECT_EQ(run(by, {{0, 0, {"a"}}, {1, 0, {"b"}}, {2, 0, {"a"}}}), "0@0..2=2v2");
  EXPECT_EQ(run(by, {{0, 0, {"a"}}, {1, 0, {"A"}}}), "");
}

TEST(EventCount, UpperBoundsWaitForTheEnd) {
  // "101 to 200": gt 100, lte 200. Here 2 to 3; a burst of 5 passes through 2 and 3 and is neither.
  Spec range = spec(Measure::Events, 1, 10, {{Comparison::Greater, 1}, {Comparison::LessOrEqual, 3}});
  EXPECT_EQ(run(range, at({0, 1, 2})), "0@0..2=3v3");
  EXPECT_EQ(run(range, at({0, 1, 2, 3, 4})), "");
  EXPECT_EQ(run(range, at({0, 1, 2, 3, 4, 20, 21})), "0@20..21=2v2");
}

TEST(EventCount, OtherComparisons) {
  EXPECT_EQ(run(spec(Measure::Events, 1, 10, {{Comparison::Equal, 2}}), at({0, 1, 20, 21, 22, 40})), "0@0..1=2v2");
  EXPECT_EQ(run(spec(Measure::Events, 1, 10, {{Comparison::Less, 3}}), at({0, 1, 2, 20})), "0@20..20=1v1");
  EXPECT_EQ(run(spec(Measure::Events, 1, 10, {{Comparison::NotEqual, 2}}), at({0, 1, 20})), "0@20..20=1v1");
  EXPECT_EQ(run(spec(Measure::Events, 1, 10, {{Comparison::Greater, 2}}), at({0, 1})), "");
}

// --- value_count ---------------------------------------------------------------------------------------

TEST(ValueCount, CountsDifferentValues) {
  Spec users = spec(Measure::Values, 1, 10, {at_least(3)});
  users.keys = 1, users.values = 1, users.columns = 2;
  EXPECT_EQ(run(users, {{0, 0, {"ip", "a"}}, {1, 0, {"ip", "b"}}, {2, 0, {"ip", "a"}}, {3, 0, {"ip", "c"}}}),
            "0@0..3=4v3");
  EXPECT_EQ(run(users, {{0, 0, {"ip", "a"}}, {1, 0, {"ip", "b"}}, {12, 0, {"ip", "c"}}}), "");
}

TEST(ValueCount, AMissingFieldDoesNotCount) {
  Spec users = spec(Measure::Values, 1, 10, {at_least(2)});
  users.values = users.columns = 1;
  EXPECT_EQ(run(users, {{0, 0, {"a"}}, {1, 0, {"-"}}, {2, 0, {"-"}}}), "");
  EXPECT_EQ(run(users, {{0, 0, {"a"}}, {1, 0, {""}}}), "0@0..1=2v2");
}

TEST(ValueCount, SeveralFieldsAreTuples) {
  Spec pairs = spec(Measure::Values, 1, 10, {at_least(2)});
  pairs.values = pairs.columns = 2;
  EXPECT_EQ(run(pairs, {{0, 0, {"a", "b"}}, {1, 0, {"a", "b"}}}), "");
  EXPECT_EQ(run(pairs, {{0, 0, {"a", "bc"}}, {1, 0, {"ab", "c"}}}), "0@0..1=2v2");
}

// --- numbers -------------------------------------------------------------------------------------------

Spec numbers(Measure measure, double threshold) {
  Spec result = spec(measure, 1, 10, {{Comparison::Greater, threshold}});
  result.values = result.columns = 1;
  return result;
}

TEST(Numbers, Sum) {
  EXPECT_EQ(run(numbers(Measure::Sum, 10), {{0, 0, {"6"}}, {1, 0, {"4"}}, {2, 0, {"0.5"}}}), "0@0..2=3v10.5");
  EXPECT_EQ(run(numbers(Measure::Sum, 10), {{0, 0, {"6"}}, {11, 0, {"6"}}}), "");
  EXPECT_EQ(run(numbers(Measure::Sum, 1), {{0, 0, {"many"}}, {1, 0, {"-"}}, {2, 0, {" 2 "}}}), "0@2..2=1v2");
}

TEST(Numbers, AnAverageIsThatOfAWholeWindow) {
  // The first event alone is above 7; the window that it begins is not.
  EXPECT_EQ(run(numbers(Measure::Average, 7), {{0, 0, {"9"}}, {1, 0, {"1"}}, {2, 0, {"2"}}}), "");
  EXPECT_EQ(run(numbers(Measure::Average, 7), {{0, 0, {"1"}}, {9, 0, {"9"}}, {12, 0, {"8"}}}), "0@9..12=2v8.5");
}

TEST(Numbers, PercentileAndMedian) {
  Spec median = numbers(Measure::Percentile, 4);
  EXPECT_EQ(run(median, {{0, 0, {"1"}}, {1, 0, {"5"}}, {2, 0, {"100"}}}), "0@0..2=3v5");
  EXPECT_EQ(run(median, {{0, 0, {"1"}}, {1, 0, {"2"}}, {2, 0, {"4"}}, {3, 0, {"3"}}}), "");
  median.percentile = 90;
  EXPECT_EQ(run(median, {{0, 0, {"0"}}, {1, 0, {"5"}}}), "0@0..1=2v4.5");
}

// --- temporal ------------------------------------------------------------------------------------------

TEST(Temporal, AllRulesInAnyOrder) {
  const Spec three = spec(Measure::Rules, 3, 10, {at_least(3)});
  EXPECT_EQ(run(three, {{0, 2, {}}, {3, 0, {}}, {9, 1, {}}}), "0@0..9=3v3");
  EXPECT_EQ(run(three, {{0, 2, {}}, {3, 0, {}}, {11, 1, {}}}), "");
  EXPECT_EQ(run(three, {{0, 0, {}}, {1, 0, {}}, {2, 1, {}}}), "");
}

TEST(Temporal, Ordered) {
  Spec pair = spec(Measure::Rules, 2, 10, {at_least(2)});
  pair.ordered = true;
  EXPECT_EQ(run(pair, {{0, 0, {}}, {5, 1, {}}}), "0@0..5=2");
  EXPECT_EQ(run(pair, {{0, 1, {}}, {5, 0, {}}}), "");
  EXPECT_EQ(run(pair, {{0, 1, {}}, {5, 0, {}}, {9, 1, {}}}), "0@5..9=2");
  EXPECT_EQ(run(pair, {{5, 1, {}}, {5, 0, {}}}), "0@5..5=2") << "one moment";
}

TEST(Temporal, OrderedNeedsOneSequenceWithinTheTimespan) {
  Spec three = spec(Measure::Rules, 3, 10, {at_least(3)});
  three.ordered = true;
  EXPECT_EQ(run(three, {{0, 0, {}}, {1, 2, {}}, {2, 1, {}}, {9, 0, {}}}), "");
  EXPECT_EQ(run(three, {{0, 0, {}}, {2, 1, {}}, {11, 2, {}}}), "");
  EXPECT_EQ(run(three, {{0, 0, {}}, {2, 0, {}}, {3, 1, {}}, {11, 2, {}}}), "0@2..11=3");
}

TEST(Temporal, OrderedWithFewerThanAll) {
  Spec two_of_three = spec(Measure::Rules, 3, 10, {at_least(2)});
  two_of_three.ordered = true;
  EXPECT_EQ(run(two_of_three, {{0, 0, {}}, {1, 2, {}}}), "0@0..1=2");
  EXPECT_EQ(run(two_of_three, {{0, 2, {}}, {1, 1, {}}, {2, 0, {}}}), "");
}

TEST(Temporal, Combinations) {
  Spec either = spec(Measure::Rules, 3, 10, {});
  either.combinations = {{{0, 1}, {}}, {{2}, {}}};  // (a and b) or c
  EXPECT_EQ(run(either, {{0, 2, {}}}), "0@0..0=1");
  EXPECT_EQ(run(either, {{0, 0, {}}}), "");
  EXPECT_EQ(run(either, {{0, 1, {}}, {1, 0, {}}}), "0@0..1=2");
}

// --- absence (sigma-specification#198) -----------------------------------------------------------------

TEST(Absence, WaitsForTheEndOfTheWindow) {
  Spec spec_ab = spec(Measure::Rules, 2, 10, {});
  spec_ab.combinations = {{{0}, {1}}};  // a and not b
  EXPECT_EQ(run(spec_ab, {{0, 0, {}}}), "0@0..0=1");
  EXPECT_EQ(run(spec_ab, {{0, 0, {}}, {10, 1, {}}}), "") << "it still comes";
  EXPECT_EQ(run(spec_ab, {{0, 0, {}}, {11, 1, {}}}), "0@0..0=1") << "it comes too late";
  EXPECT_EQ(run(spec_ab, {{0, 1, {}}, {10, 0, {}}}), "") << "proximity has no direction";
  EXPECT_EQ(run(spec_ab, {{0, 1, {}}, {11, 0, {}}}), "0@11..11=1");
  EXPECT_EQ(run(spec_ab, {{0, 0, {}}, {9, 1, {}}, {15, 0, {}}, {30, 0, {}}}), "0@30..30=1");
}

TEST(Absence, Ordered) {
  Spec after = spec(Measure::Rules, 2, 10, {});
  after.ordered = true;
  after.combinations = {{{0}, {1}}};  // a, and then no b
  EXPECT_EQ(run(after, {{0, 1, {}}, {5, 0, {}}}), "0@5..5=1");
  EXPECT_EQ(run(after, {{0, 0, {}}, {5, 1, {}}}), "");
  Spec between = spec(Measure::Rules, 3, 10, {});
  between.ordered = true;
  between.combinations = {{{0, 2}, {1}}};  // a, no b, c
  EXPECT_EQ(run(between, {{0, 0, {}}, {5, 2, {}}, {6, 1, {}}}), "0@0..5=2");
  EXPECT_EQ(run(between, {{0, 0, {}}, {3, 1, {}}, {5, 2, {}}}), "");
  EXPECT_EQ(run(between, {{0, 0, {}}, {3, 1, {}}, {4, 0, {}}, {5, 2, {}}}), "0@4..5=2");
  Spec before = spec(Measure::Rules, 2, 10, {});
  before.ordered = true;
  before.combinations = {{{1}, {0}}};  // no a before b
  EXPECT_EQ(run(before, {{0, 0, {}}, {5, 1, {}}}), "");
  EXPECT_EQ(run(before, {{0, 1, {}}, {5, 0, {}}}), "0@0..0=1");
}

// --- correlations of correlations ----------------------------------------------------------------------

/// 0: three events of rule 0; 1: a match of 0, then rule 1. By one key.
std::vector<Spec> chain(Ticks inner, Ticks outer) {
  Spec many = spec(Measure::Events, 1, inner, {at_least(3)});
  Spec then = spec(Measure::Rules, 2, outer, {at_least(2)});
  then.ordered = true;
  then.sources[0] = {0, {0}};
  for (Spec* each : {&many, &then}) each->keys = each->columns = 1;
  return {many, then};
}

TEST(Chain, ManyFailuresThenASuccess) {
  Stream stream(chain(10, 10));
  stream.add(
      {{0, 0, {"u"}, 0}, {1, 0, {"u"}, 0}, {2, 0, {"u"}, 0}, {3, 0, {"u"}, 0}, {5, 1, {"u"}, 1}, {5, 1, {"v"}, 1}});
  EXPECT_EQ(stream.matches_text(), "0@0..3=4v4 1@0..5=5");
}

TEST(Chain, WhatHoldsOnIsStillBefore) {
  // The failures go on for longer than the outer timespan; the success right after the last of them counts.
  Stream stream(chain(100, 5));
  std::vector<Event> events;
  for (Ticks second = 0; second < 60; ++second) events.push_back({second, 0, {"u"}, 0});
  events.push_back({61, 1, {"u"}, 1});
  EXPECT_EQ(stream.add(events).matches_text(), "0@0..59=60v60 1@56..61=5");
}

TEST(Chain, MatchesAreCountedOnce) {
  std::vector<Spec> specs = chain(10, 100);
  specs[1] = spec(Measure::Events, 1, 100, {at_least(2)});
  specs[1].sources[0] = {0, {}};
  Stream stream(std::move(specs));
  stream.add({{0, 0, {"u"}}, {1, 0, {"u"}}, {2, 0, {"u"}}, {3, 0, {"u"}}, {4, 0, {"u"}}});
  EXPECT_EQ(stream.matches_text(), "0@0..4=5v5");
}

TEST(Chain, WaitsForWhatIsDecidedLate) {
  // Exactly two events of rule 0 within 10 s, and then rule 1 within 5 s of the second.
  std::vector<Spec> specs = chain(10, 5);
  specs[0].thresholds = {{Comparison::Equal, 2}};
  EXPECT_EQ(Stream(specs).add({{0, 0, {"u"}, 0}, {2, 0, {"u"}, 0}, {4, 1, {"u"}, 1}}).matches_text(),
            "0@0..2=2v2 1@0..4=3");
  EXPECT_EQ(Stream(specs).add({{0, 0, {"u"}, 0}, {2, 0, {"u"}, 0}, {4, 1, {"u"}, 1}, {5, 0, {"u"}, 0}}).matches_text(),
            "");
}

TEST(Chain, ALongOneNeedsNoStack) {
  std::vector<Spec> specs{spec(Measure::Events, 1, 10, {at_least(1)})};
  for (size_t i = 1; i < 2'000; ++i) {
    specs.push_back(spec(Measure::Events, 1, 10, {at_least(1)}));
    specs[i].sources[0] = {i - 1, {}};
  }
  Stream stream(std::move(specs));
  stream.add({{0, 0, {}}});
  (void)stream.matches_text();
  EXPECT_EQ(stream.matches.size(), 2'000U);
}

// --- order and bounds ----------------------------------------------------------------------------------

TEST(Order, EventsMayComeInAnyOrder) {
  const Spec three = spec(Measure::Events, 1, 10, {at_least(3)});
  EXPECT_EQ(run(three, at({4, 0, 100, 2})), "0@0..4=3v3");
}

TEST(Order, LateEventsAreCounted) {
  Limits limits;
  limits.lateness = 5 * kSecond;
  Stream stream({spec(Measure::Events, 1, 10, {at_least(3)})}, limits);
  stream.add(at({0, 20, 30, 18, 3}));
  EXPECT_EQ(stream.matches_text(), "");
  EXPECT_EQ(stream.stats().late, 2U) << "20 was correlated when 30 came, so 18 and 3 are late";
}

TEST(Order, OtherEventsMoveTheClock) {
  Limits limits;
  limits.lateness = 5 * kSecond;
  Stream stream({spec(Measure::Events, 1, 10, {at_least(3)})}, limits);
  stream.add(at({0, 1, 2}));
  stream.reach(14);
  EXPECT_TRUE(stream.matches.empty()) << "what is of 9 s may come yet";
  stream.reach(16);
  ASSERT_EQ(stream.matches.size(), 1U);
  stream.add(at({10, 11, 12}));
  EXPECT_EQ(stream.stats().late, 1U) << "10 is before 16 less 5";
  EXPECT_EQ(stream.matches_text(), "0@0..2=3v3") << "a match is made once";

  Stream whole({spec(Measure::Events, 1, 10, {at_least(3)})});
  whole.add(at({0, 1}));
  whole.reach(1'000);
  whole.add(at({2}));
  EXPECT_EQ(whole.matches_text(), "0@0..2=3v3") << "without a lateness nothing is over before the end";
}

TEST(Order, AClockThatIsWrongMovesNothing) {
  Limits limits;
  limits.lateness = 5 * kSecond;
  Stream stream({spec(Measure::Events, 1, 10, {at_least(3)})}, limits);
  constexpr Ticks kYear2099 = 4'070'908'800;
  stream.add(at({0, kYear2099, 1, 2, 3}));
  EXPECT_EQ(stream.matches_text(), "0@0..3=4v4");
  EXPECT_EQ(stream.stats().ahead, 1U);
  EXPECT_EQ(stream.stats().late, 0U);
}

TEST(Order, WithoutABoundInTimeNothingIsLateWhileItFits) {
  Stream stream({spec(Measure::Events, 1, 10, {at_least(3)})});
  stream.add(at({4'070'908'800, 5, 3, 1'000'000, 4, -62'135'596'800}));
  EXPECT_EQ(stream.matches_text(), "0@3..5=3v3");
  EXPECT_EQ(stream.stats().late, 0U);
}

TEST(Bounds, AFloodOfGroupsStaysWithinTheCap) {
  Limits limits;
  limits.buffered_bytes = 1 << 20;
  limits.state_bytes = 4 << 20;
  Spec by = spec(Measure::Events, 1, 3600, {at_least(2)});
  by.keys = by.columns = 1;
  Stream stream({by}, limits);
  for (int i = 0; i < 100'000; ++i) stream.add({{i / 1000, 0, {fmt::format("attacker {}", i)}}});
  stream.add({{101, 0, {"victim"}}, {102, 0, {"victim"}}});
  EXPECT_EQ(stream.matches_text(), "0@101..102=2v2");
  EXPECT_LE(stream.stats().peak_bytes, limits.buffered_bytes + limits.state_bytes + 4096);
  EXPECT_GT(stream.stats().evicted_groups, 50'000U);
  EXPECT_EQ(stream.stats().evicted_groups, stream.stats().evicted_events);
}

TEST(Bounds, AMatchThatIsEvictedIsNotLost) {
  Limits limits;
  limits.buffered_bytes = 0;
  limits.state_bytes = 2'000;
  Spec by = spec(Measure::Events, 1, 3600, {at_least(2)});
  by.keys = by.columns = 1;
  Stream stream({by}, limits);
  stream.add({{0, 0, {"a"}}, {1, 0, {"a"}}});
  for (int i = 0; i < 100; ++i) stream.add({{2 + i, 0, {fmt::format("{}", i)}}});
  EXPECT_EQ(stream.matches_text(), "0@0..1=2v2");
}

TEST(Bounds, ALongBufferIsReleasedFromItsBeginning) {
  Limits limits;
  limits.buffered_bytes = 10'000;
  Stream stream({spec(Measure::Events, 1, 10, {at_least(3)})}, limits);
  for (Ticks second = 0; second < 10'000; second += 100) stream.add(at({second + 2, second, second + 1}));
  (void)stream.matches_text();
  EXPECT_EQ(stream.matches.size(), 100U);
  stream.add(at({0}));
  EXPECT_EQ(stream.stats().late, 1U);
}

TEST(Bounds, AFloodIntoOneGroupKeepsItsPace) {
  Spec average = numbers(Measure::Percentile, 1e9);
  average.timespan = 100'000 * kSecond;
  Spec ordered = spec(Measure::Rules, 3, 100'000, {at_least(3)});
  ordered.ordered = true;
  Spec absent = spec(Measure::Rules, 2, 100'000, {});
  absent.ordered = true;
  absent.combinations = {{{0}, {1}}};
  Stream stream({average, ordered, absent});
  for (Ticks second = 0; second < 4'000; ++second) {
    stream.add({{second, 0, {"1"}, 0}, {second, second < 2'000 ? 0U : 2U, {}, 1}, {second, 0, {}, 2}});
  }
  stream.add({{4'000, 1, {}, 1}, {4'000, 1, {}, 2}});
  EXPECT_EQ(stream.matches_text(), "");
}

}  // namespace
}  // namespace hecate::correlate::test
