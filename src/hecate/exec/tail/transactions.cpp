#include "exec/tail/transactions.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>
#include <unordered_map>

namespace hecate::tail {
namespace {

// Between a row's parts, its fields and the values of one. None of them can stand in a field's text unnoticed, but at
// worst two values become one.
constexpr char kPart = '\x1D';
constexpr char kValue = '\x1F';

/// One row, as transaction_row() writes it.
struct Entry {
  double time = 0;
  bool starts = false, ends = false;
  std::vector<std::set<std::string_view>> fields;
};

Entry read_entry(std::string_view text) {
  Entry entry;
  size_t part = 0;
  while (true) {
    const size_t end = std::min(text.find(kPart), text.size());
    const std::string_view piece = text.substr(0, end);
    if (part == 0) std::from_chars(piece.data(), piece.data() + piece.size(), entry.time);
    if (part == 1) {
      entry.starts = piece.starts_with('1');
      entry.ends = piece.ends_with('1');
    }
    if (part >= 2) {
      auto& values = entry.fields.emplace_back();
      for (size_t at = 0; at < piece.size();) {
        const size_t stop = std::min(piece.find(kValue, at), piece.size());
        values.insert(piece.substr(at, stop - at));
        at = stop + 1;
      }
    }
    ++part;
    if (end == text.size()) return entry;
    text.remove_prefix(end + 1);
  }
}

/// A transaction that may still take rows.
struct Open {
  int64_t number = 0;
  double newest = 0, oldest = 0;
  uint64_t events = 0;
  std::vector<std::set<std::string_view>> fields;
};

struct Options {
  double max_span = -1, max_pause = -1;
  uint64_t max_events = 0;
  bool has_start = false, has_end = false;
  bool connected = true, keep_orphans = false, keep_evicted = false;
};

/// Takes rows from the newest to the oldest, as Splunk does: a transaction begins with its last event and is complete
/// when its start condition is met (Search Reference, transaction, "keepevicted").
class Assigner {
 public:
  Assigner(const Options& options, size_t rows) : options_(options), numbers_(rows, 0) {}

  void take(size_t row, const Entry& entry) {
    close_old(entry.time);
    size_t at = find(entry);
    const bool fits = at < open_.size() && !(options_.has_end && entry.ends);
    if (!fits) {
      const bool opens = !options_.has_end || entry.ends;
      if (!opens) return;
      if (open_.size() >= kMostOpen) evict(0);
      open_.push_back(
          {++last_, entry.time, entry.time, 0, std::vector<std::set<std::string_view>>(entry.fields.size())});
      at = open_.size() - 1;
    }
    Open& transaction = open_[at];
    transaction.oldest = entry.time;
    ++transaction.events;
    for (size_t i = 0; i < entry.fields.size(); ++i)
      transaction.fields[i].insert(entry.fields[i].begin(), entry.fields[i].end());
    numbers_[row] = transaction.number;
    const bool full = options_.max_events != 0 && transaction.events >= options_.max_events;
    if (full || (options_.has_start && entry.starts)) open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  std::vector<int64_t> finish() {
    while (!open_.empty()) evict(0);
    for (int64_t& number : numbers_) {
      if (evicted_.contains(number)) number = 0;
      if (number == 0 && options_.keep_orphans) number = ++last_;
    }
    return std::move(numbers_);
  }

 private:
  // limits.conf, [transactions], maxopentxn.
  static constexpr size_t kMostOpen = 5000;

  /// Without its start a transaction is not complete; where none is asked for, all are.
  void evict(size_t at) {
    if (options_.has_start && !options_.keep_evicted) evicted_.insert(open_[at].number);
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  /// What is too far from the events that come now is complete.
  void close_old(double time) {
    const auto far = [&](const Open& each) {
      const bool span = options_.max_span >= 0 && each.newest - time > options_.max_span;
      const bool pause = options_.max_pause >= 0 && each.oldest - time > options_.max_pause;
      return span || pause;
    };
    for (size_t i = open_.size(); i-- > 0;) {
      if (far(open_[i])) evict(i);
    }
  }

  /// The youngest transaction that the entry is consistent with; open_.size() where there is none.
  [[nodiscard]] size_t find(const Entry& entry) const {
    for (size_t i = open_.size(); i-- > 0;) {
      if (consistent(open_[i], entry)) return i;
    }
    return open_.size();
  }

  [[nodiscard]] bool consistent(const Open& open, const Entry& entry) const {
    if (entry.fields.empty()) return true;
    bool shared = false;
    for (size_t i = 0; i < entry.fields.size(); ++i) {
      if (entry.fields[i].empty() || open.fields[i].empty()) continue;
      const bool meet = std::any_of(entry.fields[i].begin(), entry.fields[i].end(),
                                    [&](std::string_view value) { return open.fields[i].contains(value); });
      if (!meet) return false;
      shared = true;
    }
    return shared || !options_.connected;
  }

  Options options_;
  std::vector<int64_t> numbers_;
  std::vector<Open> open_;
  std::set<int64_t> evicted_;
  int64_t last_ = 0;
};

Options read_options(std::span<const Value> arguments) {
  Options options;
  options.max_span = arguments[1].as_real();
  options.max_pause = arguments[2].as_real();
  options.max_events = static_cast<uint64_t>(std::max<int64_t>(arguments[3].as_integer(), 0));
  options.has_start = arguments[4].is_true();
  options.has_end = arguments[5].is_true();
  options.connected = arguments[6].is_true();
  options.keep_orphans = arguments[7].is_true();
  options.keep_evicted = arguments[8].is_true();
  return options;
}

}  // namespace

Value transaction_row(std::span<const Value> arguments, EvalContext& context) {
  std::string text = arguments[0].is_null() ? "0" : number_text(arguments[0].as_real());
  text += kPart;
  text += arguments[1].is_true() ? '1' : '0';
  text += arguments[2].is_true() ? '1' : '0';
  for (const Value& value : arguments.subspan(3)) {
    text += kPart;
    if (value.kind() != Kind::Many) {
      if (!value.is_null()) text += value_text(value, context.arena);
      continue;
    }
    bool first = true;
    for (const Value& element : value.as_list()) {
      if (!first) text += kValue;
      text += value_text(element, context.arena);
      first = false;
    }
  }
  return Value::string(context.arena.copy(text));
}

Value transactions(std::span<const Value> arguments, EvalContext& context) {
  const Value single[] = {arguments[0]};
  const auto rows = arguments[0].kind() == Kind::Many ? arguments[0].as_list() : std::span<const Value>(single);
  std::vector<Entry> entries;
  for (const Value& row : rows) entries.push_back(read_entry(row.as_text()));
  std::vector<size_t> order(entries.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return entries[a].time > entries[b].time; });
  Assigner assigner(read_options(arguments), entries.size());
  for (const size_t row : order) assigner.take(row, entries[row]);
  const std::vector<int64_t> numbers = assigner.finish();
  const auto list = context.arena.allocate_array<Value>(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) list[i] = Value::string(context.arena.copy(std::to_string(numbers[i])));
  return list.size() == 1 ? list[0] : Value::many(list);
}

}  // namespace hecate::tail
