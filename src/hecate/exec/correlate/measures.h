#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace hecate::correlate {

/// Counts different values under additions and removals.
class Distinct {
 public:
  using Entry = std::pair<const std::string, uint32_t>;

  /// The entry stays where it is until its last value is removed.
  const Entry* add(std::string_view value);
  void remove(const Entry* entry);
  [[nodiscard]] size_t size() const { return counts_.size(); }
  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  // Ordered, not hashed: values are the events' own, and nobody may choose them so that they collide.
  std::map<std::string, uint32_t, std::less<>> counts_;
  size_t bytes_ = 0;
};

/// A percentile of numbers under additions and removals, exactly: the numbers up to its rank and those above.
class Quantile {
 public:
  explicit Quantile(double percentile) : share_(percentile / 100) {}

  void add(double number);
  void remove(double number);
  /// Interpolated between the two nearest ranks; there must be a number.
  [[nodiscard]] double value() const;
  [[nodiscard]] size_t size() const { return low_.size() + high_.size(); }
  [[nodiscard]] size_t bytes() const { return size() * kNodeBytes; }

 private:
  static constexpr size_t kNodeBytes = 48;
  void balance();

  double share_;
  std::multiset<double> low_, high_;
};

}  // namespace hecate::correlate
