#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "base/time.h"
#include "exec/functions/kql_support.h"

// Arrays and sets. https://learn.microsoft.com/kusto/query/scalar-functions, Dynamic/array functions.
namespace hecate::kql_support {
namespace {

using Pieces = std::vector<std::string_view>;

Value array_value(const Pieces& pieces, EvalContext& c) {
  ArrayWriter out;
  for (const std::string_view piece : pieces) out.add(piece);
  return out.finish(c);
}

Value array_length(Arguments a, EvalContext&) {
  const auto parts = array_of(a[0]);
  return parts ? Value::integer(static_cast<int64_t>(parts->values.size())) : Value::null();
}
Value array_concat(Arguments a, EvalContext& c) {
  ArrayWriter out;
  for (const Value& value : a) {
    const auto parts = array_of(value);
    if (!parts) return Value::null();
    for (const std::string_view piece : parts->values) {
      if (out.full()) return Value::null();
      out.add(piece);
    }
  }
  return out.finish(c);
}
Value array_slice(Arguments a, EvalContext& c) {
  const auto parts = array_of(a[0]);
  if (!parts) return Value::null();
  const auto count = static_cast<int64_t>(parts->values.size());
  const auto place = [&](int64_t index) {
    return index < 0 ? std::max<int64_t>(index, -count) + count : std::min(index, count);
  };
  const int64_t first = place(a[1].as_integer());
  const int64_t last = std::min(place(a[2].as_integer()), count - 1);
  if (first > last) return dynamic_value("[]", c);
  return array_value({parts->values.begin() + first, parts->values.begin() + last + 1}, c);
}

int64_t find_in(const Pieces& pieces, const Value& wanted, EvalContext& c) {
  const auto found = std::find(pieces.begin(), pieces.end(), json_of(wanted, c));
  return found == pieces.end() ? -1 : found - pieces.begin();
}
/// From `start` (below zero: from the end), within `length` elements (-1: all), the occurrence of that number.
Value array_index_of(Arguments a, EvalContext& c) {
  const auto parts = array_of(a[0]);
  if (!parts) return Value::null();
  const auto number = [&](size_t i, int64_t otherwise) { return a.size() > i ? a[i].as_integer() : otherwise; };
  const auto count = static_cast<int64_t>(parts->values.size());
  int64_t start = number(2, 0);
  const int64_t length = number(3, -1);
  int64_t occurrence = number(4, 1);
  if (start < 0) start = std::max<int64_t>(0, start + count);
  if (start > count || length < -1 || occurrence < 1) return Value::integer(-1);
  const int64_t end = length < 0 ? count : start + std::min(length, count - start);
  const std::string json = json_of(a[1], c);
  for (int64_t at = start; at < end; ++at) {
    if (parts->values[static_cast<size_t>(at)] == json && --occurrence == 0) return Value::integer(at);
  }
  return Value::integer(-1);
}
Value set_has_element(Arguments a, EvalContext& c) {
  const auto parts = array_of(a[0]);
  return parts ? Value::boolean(find_in(parts->values, a[1], c) >= 0) : Value::null();
}

Value reverse(Arguments a, EvalContext& c) {
  auto parts = array_of(a[0]);
  if (!parts) return Value::null();
  std::reverse(parts->values.begin(), parts->values.end());
  return array_value(parts->values, c);
}
template <bool left>
Value rotate(Arguments a, EvalContext& c) {
  auto parts = array_of(a[0]);
  if (!parts) return Value::null();
  const auto count = static_cast<int64_t>(parts->values.size());
  if (count == 0) return a[0];
  int64_t places = a[1].as_integer() % count;
  if (!left) places = -places;
  if (places < 0) places += count;
  std::rotate(parts->values.begin(), parts->values.begin() + places, parts->values.end());
  return array_value(parts->values, c);
}
template <bool left>
Value shift(Arguments a, EvalContext& c) {
  auto parts = array_of(a[0]);
  if (!parts || a[1].is_null()) return Value::null();
  const auto count = static_cast<int64_t>(parts->values.size());
  const int64_t places = std::clamp(a[1].as_integer(), -count, count) * (left ? 1 : -1);
  const std::string filler = a.size() > 2 ? json_of(a[2], c) : "null";
  Pieces out;
  for (int64_t at = places; at < places + count; ++at) {
    out.push_back(at >= 0 && at < count ? parts->values[static_cast<size_t>(at)] : std::string_view(filler));
  }
  return array_value(out, c);
}
/// A place below zero counts from the end; places beyond give empty arrays.
Value divide(Arguments a, EvalContext& c) {
  const auto parts = array_of(a[0]);
  if (!parts) return Value::null();
  const auto count = static_cast<int64_t>(parts->values.size());
  std::vector<int64_t> places;
  const auto add = [&](const Value& value) {
    const int64_t place = value.kind() == Kind::Long ? value.as_integer() : 0;
    places.push_back(std::clamp<int64_t>(place < 0 ? place + count : place, 0, count));
  };
  if (const auto list = array_of(a[1])) {
    for (const std::string_view element : list->values) add(unwrap(Value::dynamic(element), c));
  } else {
    add(unwrap(a[1], c));
  }
  places.push_back(count);
  ArrayWriter out;
  int64_t from = 0;
  for (const int64_t place : places) {
    const int64_t to = std::max(from, place);
    ArrayWriter part;
    for (int64_t at = from; at < to; ++at) part.add(parts->values[static_cast<size_t>(at)]);
    if (out.full()) return Value::null();
    out.add(part.text());
    from = to;
  }
  return out.finish(c);
}

/// An array of conditions; each of the other two is an array, of which the element of that place is taken, or a
/// value (array-iff-function).
Value choose(Arguments a, EvalContext& c) {
  const auto conditions = array_of(a[0]);
  if (!conditions) return Value::null();
  const auto piece = [&](const Value& value, const std::optional<JsonParts>& parts, size_t place) {
    if (!parts) return json_of(value, c);
    return place < parts->values.size() ? std::string(parts->values[place]) : "null";
  };
  const auto yes = array_of(a[1]);
  const auto no = array_of(a[2]);
  ArrayWriter out;
  for (size_t i = 0; i < conditions->values.size(); ++i) {
    const Value condition = unwrap(Value::dynamic(conditions->values[i]), c);
    const bool is_bool = condition.kind() == Kind::Bool;
    if (!is_bool && condition.kind() != Kind::Long && condition.kind() != Kind::Real) {
      out.add("null");
      continue;
    }
    const bool holds = is_bool ? condition.as_bool() : condition.as_real() != 0;
    out.add(holds ? piece(a[1], yes, i) : piece(a[2], no, i));
    if (out.full()) return Value::null();
  }
  return out.finish(c);
}

// --- sorting ---

/// Numbers and times come before texts, those before all other values (array-sort-asc-function).
struct SortKey {
  int family = 0;  // 0 number, 1 text, 2 guid or other, 3 null
  double number = 0;
  std::string text;
  size_t place = 0;
};
SortKey key_of(std::string_view json, size_t place, EvalContext& c) {
  const Value value = unwrap(Value::dynamic(json), c);
  SortKey key;
  key.place = place;
  if (value.is_null()) {
    key.family = 3;
  } else if (value.kind() == Kind::Long || value.kind() == Kind::Real) {
    key.number = value.as_real();
  } else if (value.kind() == Kind::String) {
    key.family = 1;
    key.text = value.as_text();
  } else {
    key.family = 2;
    key.text = json;
  }
  return key;
}
bool comes_before(const SortKey& a, const SortKey& b) {
  if (a.family != b.family) return a.family < b.family;
  return a.family == 0 ? a.number < b.number : a.text < b.text;
}

/// One array gives the sorted array; several an array of arrays, which the binder takes apart into columns.
template <bool descending>
Value sort(Arguments a, EvalContext& c) {
  bool nulls_last = true;
  size_t count = a.size();
  if (count > 1 && a[count - 1].kind() == Kind::Bool) nulls_last = a[--count].as_bool();
  const auto first = array_of(a[0]);
  if (!first) return Value::null();
  std::vector<SortKey> keys;
  for (size_t i = 0; i < first->values.size(); ++i) keys.push_back(key_of(first->values[i], i, c));
  std::stable_sort(keys.begin(), keys.end(), [&](const SortKey& x, const SortKey& y) {
    if ((x.family == 3) != (y.family == 3)) return (y.family == 3) == nulls_last;
    return descending ? comes_before(y, x) : comes_before(x, y);
  });
  const auto reordered = [&](const JsonParts& parts) {
    ArrayWriter out;
    for (const SortKey& key : keys) out.add(parts.values[key.place]);
    return out;
  };
  if (count == 1) return reordered(*first).finish(c);
  ArrayWriter all;
  for (size_t i = 0; i < count; ++i) {
    const auto parts = array_of(a[i]);
    all.add(parts && parts->values.size() == keys.size() ? reordered(*parts).text() : "null");
    if (all.full()) return Value::null();
  }
  return all.finish(c);
}

// --- sets ---

Value set_union(Arguments a, EvalContext& c) {
  std::unordered_set<std::string_view> seen;
  ArrayWriter out;
  for (const Value& value : a) {
    const auto parts = array_of(value);
    if (!parts) return Value::null();
    for (const std::string_view piece : parts->values) {
      if (seen.insert(piece).second) out.add(piece);
    }
  }
  return out.finish(c);
}
/// The elements of the first array, once each, that all of the others have (or none of them).
template <bool shared>
Value filter_set(Arguments a, EvalContext& c) {
  const auto first = array_of(a[0]);
  if (!first) return Value::null();
  std::vector<std::unordered_set<std::string_view>> others;
  for (const Value& value : a.subspan(1)) {
    const auto parts = array_of(value);
    if (!parts) return Value::null();
    others.emplace_back(parts->values.begin(), parts->values.end());
  }
  std::unordered_set<std::string_view> seen;
  ArrayWriter out;
  for (const std::string_view piece : first->values) {
    const auto has = [&](const auto& set) { return set.contains(piece); };
    const bool keep =
        shared ? std::all_of(others.begin(), others.end(), has) : std::none_of(others.begin(), others.end(), has);
    if (keep && seen.insert(piece).second) out.add(piece);
  }
  return out.finish(c);
}
std::optional<std::unordered_set<std::string_view>> set_of(const Value& value) {
  const auto parts = array_of(value);
  if (!parts) return std::nullopt;
  return std::unordered_set<std::string_view>(parts->values.begin(), parts->values.end());
}
Value set_equals(Arguments a, EvalContext&) {
  const auto x = set_of(a[0]);
  const auto y = set_of(a[1]);
  return x && y ? Value::boolean(*x == *y) : Value::null();
}
Value jaccard(Arguments a, EvalContext&) {
  const auto x = set_of(a[0]);
  const auto y = set_of(a[1]);
  if (!x || !y) return Value::null();
  const auto shared = std::count_if(x->begin(), x->end(), [&](std::string_view piece) { return y->contains(piece); });
  const auto all = static_cast<double>(x->size() + y->size()) - static_cast<double>(shared);
  // Two empty sets: 0 / 0.
  return Value::real(static_cast<double>(shared) / all);
}

// --- making arrays ---

Value zip(Arguments a, EvalContext& c) {
  std::vector<JsonParts> arrays;
  size_t longest = 0;
  for (const Value& value : a) {
    const auto parts = array_of(value);
    if (!parts) return Value::null();
    longest = std::max(longest, parts->values.size());
    arrays.push_back(*parts);
  }
  ArrayWriter out;
  for (size_t i = 0; i < longest; ++i) {
    ArrayWriter row;
    for (const JsonParts& array : arrays) row.add(i < array.values.size() ? array.values[i] : "null");
    out.add(row.text());
    if (out.full()) return Value::null();
  }
  return out.finish(c);
}
Value repeat(Arguments a, EvalContext& c) {
  if (a[1].is_null() || a[1].as_integer() < 0) return Value::null();
  const auto count = std::min<int64_t>(a[1].as_integer(), static_cast<int64_t>(kLargestArray));
  const std::string json = json_of(a[0], c);
  ArrayWriter out;
  for (int64_t i = 0; i < count; ++i) {
    if (out.full()) return Value::null();
    out.add(json);
  }
  return out.finish(c);
}

Value real_range(double start, double stop, double step, EvalContext& c) {
  if (step == 0 || !std::isfinite(start) || !std::isfinite(stop) || !std::isfinite(step)) return Value::null();
  ArrayWriter out;
  for (size_t i = 0; i < kLargestArray; ++i) {
    const double value = start + static_cast<double>(i) * step;
    if (step > 0 ? value > stop : value < stop) break;
    out.add_real(value);
  }
  return out.finish(c);
}
/// range-function: the default step is 1, or an hour for times; at most 1,048,576 elements, the rest is cut.
Value range(Arguments a, EvalContext& c) {
  const Value start = unwrap(a[0], c);
  const Value stop = unwrap(a[1], c);
  const bool times = start.kind() == Kind::Datetime || start.kind() == Kind::Timespan;
  const Value standard = times ? Value::timespan(3600 * kTicksPerSecond) : Value::integer(1);
  const Value step = a.size() > 2 ? unwrap(a[2], c) : standard;
  if (start.is_null() || stop.is_null() || step.is_null() || start.is_text() || stop.is_text() || step.is_text())
    return Value::null();
  if (start.kind() == Kind::Real || stop.kind() == Kind::Real || step.kind() == Kind::Real)
    return real_range(start.as_real(), stop.as_real(), step.as_real(), c);
  const int64_t by = step.as_integer();
  if (by == 0) return Value::null();
  ArrayWriter out;
  int64_t value = start.as_integer();
  for (size_t i = 0; i < kLargestArray; ++i) {
    if (by > 0 ? value > stop.as_integer() : value < stop.as_integer()) break;
    if (out.full()) break;
    out.add(start.kind() == Kind::Datetime   ? Value::datetime(value)
            : start.kind() == Kind::Timespan ? Value::timespan(value)
                                             : Value::integer(value),
            c);
    if (__builtin_add_overflow(value, by, &value)) break;
  }
  return out.finish(c);
}

Value strcat_array(Arguments a, EvalContext& c) {
  std::string out;
  bool first = true;
  const std::string delimiter(text_of(a[1], c));
  for (const std::string_view value : json_parts(a[0].is_text() ? a[0].as_text() : std::string_view()).values) {
    if (!first) out += delimiter;
    first = false;
    out += text_of(Value::dynamic(value), c);
    if (out.size() > kLargestText) return Value::string("");
  }
  return string_value(out, c);
}

// --- what tdigest() keeps: the values themselves ---

std::vector<double> sorted_numbers(const Value& value, EvalContext& c) {
  std::vector<double> numbers;
  const auto parts = array_of(value);
  for (const std::string_view element : parts ? parts->values : Pieces()) {
    const Value number = unwrap(Value::dynamic(element), c);
    if (number.kind() == Kind::Long || number.kind() == Kind::Real) numbers.push_back(number.as_real());
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}
double nearest_rank(const std::vector<double>& sorted, double percent) {
  const auto count = static_cast<double>(sorted.size());
  const double rank = std::ceil(std::clamp(percent, 0.0, 100.0) / 100 * count);
  return sorted[static_cast<size_t>(std::clamp(rank, 1.0, count)) - 1];
}
Value percentile_of(Arguments a, EvalContext& c) {
  const std::vector<double> sorted = sorted_numbers(a[0], c);
  if (sorted.empty()) return Value::null();
  std::string json;
  append_real(nearest_rank(sorted, a[1].as_real()), json);
  return dynamic_value(json, c);
}
Value percentiles_of(Arguments a, EvalContext& c) {
  const std::vector<double> sorted = sorted_numbers(a[0], c);
  if (sorted.empty()) return Value::null();
  ArrayWriter out;
  for (const Value& value : a.subspan(1)) {
    const auto list = array_of(value);
    const Value one = unwrap(value, c);
    if (list) {
      for (const std::string_view element : list->values)
        out.add_real(nearest_rank(sorted, unwrap(Value::dynamic(element), c).as_real()));
    } else if (one.kind() == Kind::Long || one.kind() == Kind::Real) {
      out.add_real(nearest_rank(sorted, one.as_real()));
    }
  }
  return out.finish(c);
}
template <bool share>
Value rank_of(Arguments a, EvalContext& c) {
  const std::vector<double> sorted = sorted_numbers(a[0], c);
  const auto below = std::upper_bound(sorted.begin(), sorted.end(), a[1].as_real()) - sorted.begin();
  if (!share) return Value::real(static_cast<double>(below));
  if (sorted.empty()) return Value::null();
  return Value::real(100 * static_cast<double>(below) / static_cast<double>(sorted.size()));
}

constexpr Function kFunctions[] = {
    {"kql.percentile_of", 2, 2, false, &percentile_of, "A percentile of an array."},
    {"kql.percentiles_of", 2, -1, false, &percentiles_of, "Percentiles of an array."},
    {"kql.percentrank_of", 2, 2, false, &rank_of<true>, "The share of elements up to one."},
    {"kql.rank_of", 2, 2, false, &rank_of<false>, "How many elements are not above one."},
    {"kql.array_concat", 1, -1, false, &array_concat, "Joins arrays."},
    {"kql.array_iff", 3, 3, true, &choose, "For each condition one of two values."},
    {"kql.array_index_of", 2, 5, false, &array_index_of, "Where an array holds a value, or -1."},
    {"kql.array_length", 1, 1, false, &array_length, "The number of elements."},
    {"kql.array_reverse", 1, 1, false, &reverse, "The elements backwards."},
    {"kql.array_rotate_left", 2, 2, false, &rotate<true>, "Moves the first elements to the end."},
    {"kql.array_rotate_right", 2, 2, false, &rotate<false>, "Moves the last elements to the front."},
    {"kql.array_shift_left", 2, 3, true, &shift<true>, "Drops the first elements and fills the end."},
    {"kql.array_shift_right", 2, 3, true, &shift<false>, "Drops the last elements and fills the front."},
    {"kql.array_slice", 3, 3, false, &array_slice, "Elements from one index to another."},
    {"kql.array_sort_asc", 1, -1, true, &sort<false>, "Sorts an array, and others as it."},
    {"kql.array_sort_desc", 1, -1, true, &sort<true>, "Sorts an array backwards, and others as it."},
    {"kql.array_split", 2, 2, false, &divide, "Divides an array at places."},
    {"kql.jaccard_index", 2, 2, false, &jaccard, "What two sets share of their union."},
    {"kql.range", 2, 3, false, &range, "An array from a value to another."},
    {"kql.repeat", 2, 2, true, &repeat, "An array of one value."},
    {"kql.set_difference", 1, -1, false, &filter_set<false>, "What the first array has and no other."},
    {"kql.set_equals", 2, 2, false, &set_equals, "Whether two arrays hold the same values."},
    {"kql.set_has_element", 2, 2, false, &set_has_element, "Whether an array holds a value."},
    {"kql.set_intersect", 1, -1, false, &filter_set<true>, "What all arrays have."},
    {"kql.set_union", 1, -1, false, &set_union, "What any array has, once."},
    {"kql.strcat_array", 2, 2, true, &strcat_array, "Joins the elements of an array."},
    {"kql.zip", 1, -1, false, &zip, "Arrays as one array of arrays."},
};

}  // namespace

std::span<const Function> array_functions() { return kFunctions; }

}  // namespace hecate::kql_support
