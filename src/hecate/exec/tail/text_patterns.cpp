#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "exec/tail/routines.h"

// KQL's reduce, after the paper that its page names: R. Vaarandi, "A Data Clustering Algorithm for Mining Patterns From
// Event Logs" (2003). Words that stand at the same place in many rows make a row's candidate; candidates that many rows
// have are the patterns.
namespace hecate::tail {
namespace {

/// What the texts may take together.
constexpr size_t kMostBytes = size_t{1} << 30;

struct Word {
  std::string_view text;
  std::string_view before;  // the separators between the word before it and this one
};

class Reducer {
 public:
  explicit Reducer(const TextPatterns& patterns) : patterns_(patterns) {}

  [[nodiscard]] std::vector<Word> words(std::string_view text) const {
    std::vector<Word> found;
    size_t at = 0;
    while (at < text.size()) {
      const size_t gap = at;
      while (at < text.size() && separates(text[at])) ++at;
      const size_t begin = at;
      while (at < text.size() && !separates(text[at])) ++at;
      found.push_back({text.substr(begin, at - begin), text.substr(gap, begin - gap)});
    }
    return found;
  }

  void count(std::string_view text) {
    ++rows_;
    const std::vector<Word> all = words(text);
    for (size_t i = 0; i < all.size(); ++i) ++counts_[key(i, all[i].text)];
  }

  /// The text with a star for each word that is not frequent at its place; empty where none is.
  [[nodiscard]] std::string pattern(std::string_view text) const {
    const std::vector<Word> all = words(text);
    std::string out;
    bool any = false;
    bool starred = false;
    for (size_t i = 0; i < all.size(); ++i) {
      const bool keeps = all[i].text.empty() || frequent(i, all[i].text);
      any = any || (keeps && !all[i].text.empty());
      // What separates a term only because it was said to goes with the term that varies: foo* of fooZ1.
      const bool own = std::all_of(all[i].before.begin(), all[i].before.end(),
                                   [&](char c) { return patterns_.separators.find(c) != std::string::npos; });
      if (!(own && (!keeps || starred))) out += all[i].before;
      if (keeps) out += all[i].text;
      if (!keeps && !(own && starred && !out.empty() && out.back() == '*')) out += '*';
      starred = !keeps;
    }
    return any ? out : std::string();
  }

  [[nodiscard]] uint64_t support() const {
    const auto share = static_cast<uint64_t>(std::ceil(patterns_.threshold * static_cast<double>(rows_)));
    return std::max<uint64_t>(share, 2);
  }

 private:
  [[nodiscard]] bool separates(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    const bool term = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    return !term || patterns_.separators.find(c) != std::string::npos;
  }
  [[nodiscard]] bool frequent(size_t place, std::string_view word) const {
    // Numbers vary: of MachineLearningX4 and MachineLearningX7 the page makes one pattern, though each has many rows.
    if (std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
    const auto found = counts_.find(key(place, word));
    return found != counts_.end() && found->second >= support();
  }
  static std::string key(size_t place, std::string_view word) {
    return std::to_string(place) + ' ' + std::string(word);
  }

  const TextPatterns& patterns_;
  std::unordered_map<std::string, uint64_t> counts_;
  uint64_t rows_ = 0;
};

struct Cluster {
  uint64_t rows = 0;
  size_t order = 0;
  std::string representative;
  Provenance provenance;
};

struct Row {
  std::vector<OwnedValue> values;  // the text alone, unless the rows are kept
  Provenance provenance;
};

}  // namespace

bool run_patterns(const TextPatterns& patterns, RoutineRun& run) {
  Reducer reducer(patterns);
  std::vector<Row> rows;
  size_t bytes = 0;
  RowReader& in = *run.sources.front();
  while (in.next()) {
    Row& row = rows.emplace_back();
    const auto values = patterns.keeps_rows ? in.values() : in.values().first(1);
    for (const Value& value : values) {
      row.values.emplace_back(value);
      bytes += sizeof(OwnedValue) + (value.is_text() ? value.as_text().size() : 0);
    }
    row.provenance = in.provenance();
    if (bytes > kMostBytes || ((rows.size() & 1023) == 0 && run.stopped())) {
      run.error = bytes > kMostBytes ? "Out of Memory: the texts of `reduce` take too much" : "interrupted";
      return false;
    }
    reducer.count(row.values.front().get().as_text());
  }
  if (!(run.error = in.error()).empty()) return false;
  std::map<std::string, Cluster> clusters;
  std::vector<std::string> of_row;
  for (const Row& row : rows) {
    of_row.push_back(reducer.pattern(row.values.front().get().as_text()));
    Cluster& cluster = clusters.try_emplace(of_row.back()).first->second;
    if (cluster.rows++ == 0) cluster.order = clusters.size();
  }
  // Patterns of few rows are no patterns.
  for (std::string& pattern : of_row) {
    if (pattern.empty() || clusters[pattern].rows < reducer.support()) pattern = "others";
  }
  if (patterns.keeps_rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      std::vector<Value> values;
      for (const OwnedValue& value : rows[i].values) values.push_back(value.get());
      values.push_back(Value::string(of_row[i]));
      run.out.add(rows[i].provenance, values);
    }
    return true;
  }
  clusters.clear();
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto [entry, added] = clusters.try_emplace(of_row[i]);
    Cluster& cluster = entry->second;
    if (added) {
      cluster.order = i;
      if (of_row[i] != "others") cluster.representative = rows[i].values.front().get().as_text();
    }
    ++cluster.rows;
    cluster.provenance.add(rows[i].provenance);
  }
  std::vector<std::pair<std::string_view, const Cluster*>> order;
  for (const auto& [pattern, cluster] : clusters) order.emplace_back(pattern, &cluster);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    const bool others = a.first == "others";
    if (others != (b.first == "others")) return !others;
    return a.second->rows != b.second->rows ? a.second->rows > b.second->rows : a.second->order < b.second->order;
  });
  for (const auto& [pattern, cluster] : order) {
    const Value values[] = {Value::string(pattern), Value::integer(static_cast<int64_t>(cluster->rows)),
                            Value::string(cluster->representative)};
    run.out.add(cluster->provenance, values);
  }
  return true;
}

}  // namespace hecate::tail
