#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <unordered_map>

#include "exec/functions/kql_support.h"

// Patterns that rows share: basket, autocluster, diffpatterns (https://learn.microsoft.com/kusto/query/basket-plugin
// and others). All three choose among the closed sets of values: those to which no value can be added without losing a
// row. They are found by prefix-preserving extension (Uno et al., LCM ver. 2, 2004), each once, without keeping any.
namespace hecate::kql_support {
namespace {

using Item = int32_t;
constexpr Item kNone = -1;
/// Looks at a value of a row; far more than a search of so many needs has no end that anybody waits for.
constexpr uint64_t kMostWork = 200'000'000;
constexpr size_t kMostPatterns = 100'000;
constexpr size_t kMostShown = 10'000;

struct Data {
  size_t width = 0;
  std::vector<Item> cells;  // row after row
  std::vector<double> weights;
  std::vector<uint8_t> sides;
  std::vector<std::string_view> texts;  // by item
  std::vector<size_t> columns;          // by item
  double totals[2] = {0, 0};

  [[nodiscard]] Item at(size_t row, size_t column) const { return cells[row * width + column]; }
};

double real(std::string_view json) {
  double value = 0;
  std::from_chars(json.data(), json.data() + json.size(), value);
  return value;
}

/// Rows of [weight, side, values…]. A value that is null is none.
Data read(const JsonParts& rows) {
  Data data;
  std::vector<std::unordered_map<std::string_view, Item>> known;
  for (const std::string_view row : rows.values) {
    const JsonParts cells = json_parts(row);
    if (cells.values.size() < 2) continue;
    data.width = cells.values.size() - 2;
    known.resize(data.width);
    const double weight = real(cells.values[0]);
    if (!(weight > 0)) continue;
    data.weights.push_back(weight);
    data.sides.push_back(cells.values[1] == "1" ? 1 : 0);
    data.totals[data.sides.back()] += weight;
    for (size_t c = 0; c < data.width; ++c) {
      const std::string_view text = cells.values[c + 2];
      if (text == "null") {
        data.cells.push_back(kNone);
        continue;
      }
      const auto [place, fresh] = known[c].emplace(text, static_cast<Item>(data.texts.size()));
      if (fresh) {
        data.texts.push_back(text);
        data.columns.push_back(c);
      }
      data.cells.push_back(place->second);
    }
  }
  return data;
}

struct Pattern {
  std::vector<Item> values;  // by column, or kNone
  double counts[2] = {0, 0};
  [[nodiscard]] double count() const { return counts[0] + counts[1]; }
  [[nodiscard]] size_t size() const {
    return values.size() - static_cast<size_t>(std::count(values.begin(), values.end(), kNone));
  }
  /// Whether this one says no more than the other.
  [[nodiscard]] bool within(const Pattern& other) const {
    for (size_t c = 0; c < values.size(); ++c) {
      if (values[c] != kNone && values[c] != other.values[c]) return false;
    }
    return true;
  }
};

class Miner {
 public:
  /// Patterns that hold at least that share of either side's rows, made of at most so many values that do not follow
  /// from each other.
  Miner(const Data& data, double share, size_t dimensions) : data_(data), share_(share), dimensions_(dimensions) {}

  [[nodiscard]] std::vector<Pattern> find() {
    std::vector<uint32_t> rows(data_.weights.size());
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<uint32_t>(i);
    if (rows.empty()) return {};
    Pattern root;
    root.values.assign(data_.width, kNone);
    close(rows, root);
    extend(rows, root, kNone, 0);
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool frequent(const double (&counts)[2]) const {
    for (const size_t side : {0, 1}) {
      if (data_.totals[side] > 0 && counts[side] >= share_ * data_.totals[side] * (1 - 1e-12)) return true;
    }
    return false;
  }
  /// Adds the values that all of the rows have, and counts them.
  void close(const std::vector<uint32_t>& rows, Pattern& pattern) {
    pattern.counts[0] = pattern.counts[1] = 0;
    for (const uint32_t row : rows) pattern.counts[data_.sides[row]] += data_.weights[row];
    for (size_t c = 0; c < data_.width; ++c) {
      if (pattern.values[c] != kNone) continue;
      const Item first = data_.at(rows.front(), c);
      const bool same = first != kNone && std::all_of(rows.begin(), rows.end(), [&](uint32_t row) {
                          ++work_;
                          return data_.at(row, c) == first;
                        });
      if (same) pattern.values[c] = first;
    }
  }
  /// As deep as there are columns.
  void extend(const std::vector<uint32_t>& rows, const Pattern& pattern, Item core, size_t depth) {
    if (found_.size() >= kMostPatterns || work_ > kMostWork) return;
    if (pattern.size() > 0) found_.push_back(pattern);
    if (depth == dimensions_) return;
    std::map<Item, std::vector<uint32_t>> with;
    for (size_t c = 0; c < data_.width; ++c) {
      if (pattern.values[c] != kNone) continue;
      std::unordered_map<Item, std::array<double, 2>> counts;
      for (const uint32_t row : rows) {
        const Item item = data_.at(row, c);
        if (item > core) counts[item][data_.sides[row]] += data_.weights[row];
      }
      for (const uint32_t row : rows) {
        const auto count = counts.find(data_.at(row, c));
        if (count == counts.end()) continue;
        const double both[2] = {count->second[0], count->second[1]};
        if (frequent(both)) with[count->first].push_back(row);
      }
      work_ += 2 * rows.size();
      if (work_ > kMostWork) return;
    }
    for (const auto& [item, own] : with) {
      Pattern next = pattern;
      next.values[data_.columns[static_cast<size_t>(item)]] = item;
      close(own, next);
      // A set is made of its smallest values only: what closing added must not stand before the new one.
      const bool first = [&] {
        for (size_t c = 0; c < data_.width; ++c) {
          if (next.values[c] != pattern.values[c] && next.values[c] < item) return false;
        }
        return true;
      }();
      if (first) extend(own, next, item, depth + 1);
    }
  }

  const Data& data_;
  double share_;
  size_t dimensions_;
  uint64_t work_ = 0;
  std::vector<Pattern> found_;
};

/// The better first; equals by their values, so that runs agree.
template <typename Score>
void rank(std::vector<Pattern>& patterns, Score score) {
  std::stable_sort(patterns.begin(), patterns.end(), [&](const Pattern& a, const Pattern& b) {
    const double x = score(a);
    const double y = score(b);
    if (x != y) return x > y;
    return a.count() != b.count() ? a.count() > b.count() : a.values > b.values;
  });
}

bool comparable(const Pattern& pattern, const std::vector<Pattern>& chosen) {
  return std::any_of(chosen.begin(), chosen.end(),
                     [&](const Pattern& other) { return pattern.within(other) || other.within(pattern); });
}

std::vector<Pattern> basket(const Data& data, double share, size_t dimensions) {
  std::vector<Pattern> found = Miner(data, share, dimensions).find();
  rank(found, [](const Pattern& pattern) { return pattern.count() * static_cast<double>(pattern.size()); });
  return found;
}

/// How much a column tells: its values' entropy, as a share of all columns'.
std::vector<double> information(const Data& data) {
  std::vector<double> of_item(data.texts.size(), 0);
  for (size_t row = 0; row < data.weights.size(); ++row) {
    for (size_t c = 0; c < data.width; ++c) {
      if (data.at(row, c) != kNone) of_item[static_cast<size_t>(data.at(row, c))] += data.weights[row];
    }
  }
  std::vector<double> bits(data.width, 0);
  double all = 0;
  for (size_t item = 0; item < of_item.size(); ++item) {
    const double share = of_item[item] / data.totals[0];
    const double own = share > 0 ? -share * std::log2(share) : 0;
    bits[data.columns[item]] += own;
    all += own;
  }
  for (double& each : bits) each = all > 0 ? each / all : 1.0 / static_cast<double>(data.width);
  return bits;
}

/// The best by a weighted geometric mean of how many rows they hold and how much they say of them, as long as at least
/// half of a pattern's rows are in none before.
std::vector<Pattern> autocluster(const Data& data, double size_weight, size_t most) {
  constexpr double kSmallest = 0.05;
  constexpr size_t kMostLookedAt = 200;
  std::vector<Pattern> candidates = Miner(data, kSmallest, data.width).find();
  const std::vector<double> bits = information(data);
  rank(candidates, [&](const Pattern& pattern) {
    double told = 0;
    for (size_t c = 0; c < data.width; ++c) told += pattern.values[c] == kNone ? 0 : bits[c];
    return std::pow(pattern.count() / data.totals[0], size_weight) * std::pow(told, 1 - size_weight);
  });
  std::vector<Pattern> chosen;
  std::vector<bool> covered(data.weights.size(), false);
  for (size_t i = 0; i < std::min(candidates.size(), kMostLookedAt) && chosen.size() < most; ++i) {
    const Pattern& pattern = candidates[i];
    if (comparable(pattern, chosen)) continue;
    double fresh = 0;
    std::vector<size_t> rows;
    for (size_t row = 0; row < data.weights.size(); ++row) {
      bool holds = !covered[row];
      for (size_t c = 0; holds && c < data.width; ++c)
        holds = pattern.values[c] == kNone || pattern.values[c] == data.at(row, c);
      if (!holds) continue;
      fresh += data.weights[row];
      rows.push_back(row);
    }
    if (fresh < pattern.count() / 2) continue;
    for (const size_t row : rows) covered[row] = true;
    chosen.push_back(pattern);
  }
  return chosen;
}

double percent(double count, double total) { return total > 0 ? 100 * count / total : 0; }

double difference(const Data& data, const Pattern& pattern) {
  return std::abs(percent(pattern.counts[0], data.totals[0]) - percent(pattern.counts[1], data.totals[1]));
}

/// The largest differences, of patterns that say the same only the best.
std::vector<Pattern> differences(const Data& data, double share, size_t dimensions) {
  constexpr size_t kMostChosen = 100;
  std::vector<Pattern> candidates = Miner(data, share, dimensions).find();
  rank(candidates, [&](const Pattern& pattern) { return difference(data, pattern); });
  std::vector<Pattern> chosen;
  for (const Pattern& pattern : candidates) {
    if (chosen.size() == kMostChosen || difference(data, pattern) < 100 * share) break;
    if (!comparable(pattern, chosen)) chosen.push_back(pattern);
  }
  return chosen;
}

/// (rows, plugin, threshold or weight of the size, most dimensions or patterns)
Value patterns(Arguments a, EvalContext& c) {
  const auto rows = array_of(a[0]);
  if (!rows) return Value::null();
  const Data data = read(*rows);
  const std::string_view plugin = a[1].as_text();
  // A threshold is 0.015 at least; published queries ask for less.
  const double degree = plugin == "autocluster" ? a[2].as_real() : std::max(a[2].as_real(), 0.015);
  const auto most = static_cast<size_t>(std::max<int64_t>(1, a[3].as_integer()));
  const bool diff = plugin == "diffpatterns";
  const auto rounded = [](double value, double digits) { return std::round(value * digits) / digits; };
  ArrayWriter out;
  const std::vector<Pattern> found = diff                 ? differences(data, degree, most)
                                     : plugin == "basket" ? basket(data, degree, most)
                                                          : autocluster(data, degree, most);
  for (const Pattern& pattern : found) {
    if (out.size() == kMostShown) break;
    ArrayWriter each;
    each.add_real(pattern.counts[0]);
    if (diff) {
      each.add_real(pattern.counts[1]);
      each.add_real(rounded(percent(pattern.counts[0], data.totals[0]), 100));
      each.add_real(rounded(percent(pattern.counts[1], data.totals[1]), 100));
      each.add_real(rounded(difference(data, pattern), 100));
    } else {
      each.add_real(rounded(percent(pattern.counts[0], data.totals[0]), 10));
    }
    for (const Item item : pattern.values)
      each.add(item == kNone ? std::string_view("null") : data.texts[static_cast<size_t>(item)]);
    out.add(each.text());
  }
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.plugin_patterns", 4, 4, false, &patterns, "Patterns that rows share."},
};

}  // namespace

std::span<const Function> pattern_functions() { return kFunctions; }

}  // namespace hecate::kql_support
