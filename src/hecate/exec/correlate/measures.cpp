#include "exec/correlate/measures.h"

#include <cmath>

namespace hecate::correlate {
namespace {

constexpr size_t kMapNodeBytes = 96;

}  // namespace

const Distinct::Entry* Distinct::add(std::string_view value) {
  auto found = counts_.find(value);
  if (found == counts_.end()) {
    found = counts_.emplace(std::string(value), 0).first;
    bytes_ += kMapNodeBytes + value.size();
  }
  ++found->second;
  return &*found;
}

void Distinct::remove(const Entry* entry) {
  const auto found = counts_.find(entry->first);
  if (--found->second > 0) return;
  bytes_ -= kMapNodeBytes + found->first.size();
  counts_.erase(found);
}

void Quantile::add(double number) {
  (low_.empty() || number > *low_.rbegin() ? high_ : low_).insert(number);
  balance();
}

void Quantile::remove(double number) {
  auto found = low_.find(number);
  if (found != low_.end()) {
    low_.erase(found);
  } else if (found = high_.find(number); found != high_.end()) {
    high_.erase(found);
  }
  balance();
}

/// `low_` holds the ranks 0 to floor(share * (n - 1)).
void Quantile::balance() {
  const size_t count = size();
  const size_t wanted = count == 0 ? 0 : static_cast<size_t>(std::floor(share_ * static_cast<double>(count - 1))) + 1;
  while (low_.size() < wanted) low_.insert(high_.extract(high_.begin()));
  while (low_.size() > wanted) high_.insert(low_.extract(std::prev(low_.end())));
}

double Quantile::value() const {
  const double rank = share_ * static_cast<double>(size() - 1);
  const double fraction = rank - std::floor(rank);
  const double below = *low_.rbegin();
  if (fraction == 0 || high_.empty()) return below;
  return below + fraction * (*high_.begin() - below);
}

}  // namespace hecate::correlate
