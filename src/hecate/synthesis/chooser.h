#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace hecate::synthesis {

/// Which of several possibilities to take: the first ones in the first attempt, others later. The same in every run.
class Chooser {
 public:
  void begin(size_t attempt) {
    attempt_ = attempt;
    random_.seed(static_cast<std::mt19937::result_type>(attempt));
  }
  [[nodiscard]] size_t attempt() const { return attempt_; }
  [[nodiscard]] size_t operator()(size_t count) { return attempt_ == 0 || count < 2 ? 0 : random_() % count; }
  /// All of them, in the order in which to try.
  [[nodiscard]] std::vector<size_t> order(size_t count);

 private:
  size_t attempt_ = 0;
  std::mt19937 random_{1};
};

}  // namespace hecate::synthesis
