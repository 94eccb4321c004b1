#include "synthesis/regex_sample.h"

#include <gtest/gtest.h>

#include "exec/functions/match.h"

namespace hecate::synthesis {
namespace {

/// Whatever is chosen, the sample is one that PCRE2 finds.
TEST(RegexSample, IsFoundByItsExpression) {
  for (const std::string pattern :
       {"abc", "^a.c$", "(foo|ba[rz])+", "\\d{2,4}-\\w+", "[^\\\\/]+\\.exe$", "(?i)power(?:shell|cat)\\.exe",
        "^(?<drive>[A-Z]):\\\\", "a*b?c+", "\\x41\\t", "[a-f0-9]{32}", "(?P<x>\\S+)\\s"}) {
    std::string error;
    const auto regex = Regex::compile(pattern, RegexDialect::Pcre2, Casing::Sensitive, error);
    ASSERT_TRUE(regex) << pattern << ": " << error;
    for (size_t seed = 0; seed < 20; ++seed) {
      size_t state = seed;
      const auto sample = sample_of(pattern, [&](size_t count) { return (state = state * 7 + 3) % count; });
      ASSERT_TRUE(sample) << pattern;
      EXPECT_TRUE(regex->search(sample->text)) << pattern << " in " << sample->text;
    }
  }
}

TEST(RegexSample, SaysWhatMayStandAround) {
  const auto first = [](size_t) { return size_t{0}; };
  EXPECT_TRUE(sample_of("^a", first)->at_begin);
  EXPECT_FALSE(sample_of("^a", first)->at_end);
  EXPECT_TRUE(sample_of("a$", first)->at_end);
  EXPECT_FALSE(sample_of("(", first));
}

}  // namespace
}  // namespace hecate::synthesis
