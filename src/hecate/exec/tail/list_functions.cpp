#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "exec/tail/aggregates.h"
#include "exec/tail/transactions.h"

namespace hecate::tail {
namespace {

std::span<const Value> elements(const Value& value, std::array<Value, 1>& single) {
  if (value.kind() == Kind::Many) return value.as_list();
  single[0] = value;
  return value.is_null() ? std::span<const Value>() : std::span<const Value>(single);
}

/// SPL's numbers: an optional sign, digits with an optional fraction and exponent, nothing else. "inf", "nan",
/// "0x10" and " 5 " are texts.
std::optional<double> strict_number(std::string_view text) {
  std::string_view digits = text;
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  if (digits.empty() || !((digits[0] >= '0' && digits[0] <= '9') || digits[0] == '.')) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return text[0] == '-' ? -number : number;
}

std::vector<double> numbers(const Value& value) {
  std::array<Value, 1> single;
  std::vector<double> result;
  for (const Value& element : elements(value, single)) {
    if (const auto number = strict_number(element.is_text() ? element.as_text() : std::string_view{}))
      result.push_back(*number);
  }
  return result;
}

/// min and max of texts: by value if all are numbers, else lexicographic (Splunk, "Statistical functions", max).
template <bool Largest>
Value extreme(std::span<const Value> arguments, EvalContext& /*context*/) {
  std::array<Value, 1> single;
  const auto list = elements(arguments[0], single);
  if (list.empty()) return Value::null();
  const bool numeric =
      std::all_of(list.begin(), list.end(), [](const Value& v) { return strict_number(v.as_text()).has_value(); });
  const auto less = [numeric](const Value& a, const Value& b) {
    return numeric ? *strict_number(a.as_text()) < *strict_number(b.as_text()) : a.as_text() < b.as_text();
  };
  return Largest ? *std::max_element(list.begin(), list.end(), less)
                 : *std::min_element(list.begin(), list.end(), less);
}

Value sum(std::span<const Value> arguments, EvalContext& /*context*/) {
  const auto list = numbers(arguments[0]);
  if (list.empty()) return Value::null();
  double total = 0;
  for (const double number : list) total += number;
  return Value::real(total);
}

Value average(std::span<const Value> arguments, EvalContext& context) {
  const auto list = numbers(arguments[0]);
  const Value total = sum(arguments, context);
  return total.is_null() ? total : Value::real(total.as_real() / static_cast<double>(list.size()));
}

/// Sample variance, of one value 0; or that of the population.
template <bool Sample>
Value variance(std::span<const Value> arguments, EvalContext& context) {
  const auto list = numbers(arguments[0]);
  if (list.empty()) return Value::null();
  if (list.size() == 1) return Value::real(0);
  const double mean = average(arguments, context).as_real();
  double squares = 0;
  for (const double number : list) squares += (number - mean) * (number - mean);
  return Value::real(squares / static_cast<double>(list.size() - (Sample ? 1 : 0)));
}

/// Standard deviation; of one value it is 0 (Splunk, stdev).
template <bool Sample>
Value deviation(std::span<const Value> arguments, EvalContext& context) {
  const Value square = variance<Sample>(arguments, context);
  return square.is_null() ? square : Value::real(std::sqrt(square.as_real()));
}

Value squares(std::span<const Value> arguments, EvalContext& /*context*/) {
  const auto list = numbers(arguments[0]);
  if (list.empty()) return Value::null();
  double total = 0;
  for (const double number : list) total += number * number;
  return Value::real(total);
}

/// The most frequent text; of several the one that came first.
Value mode(std::span<const Value> arguments, EvalContext& /*context*/) {
  std::array<Value, 1> single;
  std::unordered_map<std::string_view, size_t> counts;
  const auto list = elements(arguments[0], single);
  for (const Value& element : list) ++counts[element.as_text()];
  const Value* best = nullptr;
  for (const Value& element : list) {
    if (best == nullptr || counts[element.as_text()] > counts[best->as_text()]) best = &element;
  }
  return best == nullptr ? Value::null() : *best;
}

Value range(std::span<const Value> arguments, EvalContext& /*context*/) {
  const auto list = numbers(arguments[0]);
  if (list.empty()) return Value::null();
  const auto [low, high] = std::minmax_element(list.begin(), list.end());
  return Value::real(*high - *low);
}

/// Nearest rank over the sorted values.
Value percentile(std::span<const Value> arguments, EvalContext& /*context*/) {
  auto list = numbers(arguments[0]);
  if (list.empty()) return Value::null();
  std::sort(list.begin(), list.end());
  const double share = arguments[1].as_real() / 100.0;
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(list.size())));
  return Value::real(list[std::clamp<size_t>(rank, 1, list.size()) - 1]);
}

Value median(std::span<const Value> arguments, EvalContext& /*context*/) {
  auto list = numbers(arguments[0]);
  if (list.empty()) return Value::null();
  std::sort(list.begin(), list.end());
  const size_t middle = list.size() / 2;
  return Value::real(list.size() % 2 == 1 ? list[middle] : (list[middle - 1] + list[middle]) / 2);
}

Value to_text(std::span<const Value> arguments, EvalContext& context) {
  return Value::string(value_text(arguments[0], context.arena));
}

Value to_number(std::span<const Value> arguments, EvalContext& /*context*/) {
  if (!arguments[0].is_text()) return Value::null();
  const auto number = strict_number(arguments[0].as_text());
  return number ? Value::real(*number) : Value::null();
}

Value to_json(std::span<const Value> arguments, EvalContext& context) {
  std::string json;
  append_value_json(arguments[0], json);
  return Value::string(context.arena.copy(json));
}

/// JSON texts to one JSON array; a limit of elements, duplicates kept or not.
Value json_array(const Value& value, int64_t limit, bool distinct, Arena& arena) {
  std::array<Value, 1> single;
  std::unordered_set<std::string_view> seen;
  std::string json = "[";
  int64_t count = 0;
  for (const Value& element : elements(value, single)) {
    if (count >= limit) break;
    if (element.is_null() || (distinct && !seen.insert(element.as_text()).second)) continue;
    if (count++ > 0) json += ',';
    json += element.as_text();
  }
  return Value::dynamic(arena.copy(json + "]"));
}

Value make_set(std::span<const Value> arguments, EvalContext& context) {
  return json_array(arguments[0], arguments[1].as_integer(), true, context.arena);
}
Value make_list(std::span<const Value> arguments, EvalContext& context) {
  return json_array(arguments[0], arguments[1].as_integer(), false, context.arena);
}

constexpr std::array<Function, 20> kListFunctions{{
    {"list.average", 1, 1, false, average, "Mean of the numeric texts."},
    {"list.deviation", 1, 1, false, deviation<true>, "Sample standard deviation of the numeric texts."},
    {"list.deviation_all", 1, 1, false, deviation<false>, "Population standard deviation of the numeric texts."},
    {"list.json", 1, 1, false, to_json, "A scalar as JSON text."},
    {"list.make_list", 2, 2, true, make_list, "JSON texts to a JSON array."},
    {"list.make_set", 2, 2, true, make_set, "JSON texts to a JSON array without duplicates, in order of appearance."},
    {"list.max", 1, 1, false, extreme<true>, "Largest: by value if all are numbers, else lexicographic."},
    {"list.median", 1, 1, false, median, "Median of the numeric texts."},
    {"list.min", 1, 1, false, extreme<false>, "Smallest: by value if all are numbers, else lexicographic."},
    {"list.mode", 1, 1, false, mode, "The most frequent text."},
    {"list.number", 1, 1, false, to_number, "A text as number, by SPL's strict grammar, or null."},
    {"list.percentile", 2, 2, false, percentile, "Nearest-rank percentile of the numeric texts."},
    {"list.range", 1, 1, false, range, "Largest less smallest of the numeric texts."},
    {"list.squares", 1, 1, false, squares, "Sum of the squares of the numeric texts."},
    {"list.sum", 1, 1, false, sum, "Sum of the numeric texts."},
    {"list.text", 1, 1, false, to_text, "A scalar as text."},
    {"list.transaction_row", 3, -1, true, transaction_row, "What transaction needs of a row."},
    {"list.transactions", 9, 9, true, transactions, "The number of each row's transaction."},
    {"list.variance", 1, 1, false, variance<true>, "Sample variance of the numeric texts."},
    {"list.variance_all", 1, 1, false, variance<false>, "Population variance of the numeric texts."},
}};

}  // namespace

const Function* find_list_function(std::string_view name) {
  const auto found =
      std::find_if(kListFunctions.begin(), kListFunctions.end(), [&](const Function& f) { return f.name == name; });
  return found == kListFunctions.end() ? nullptr : &*found;
}

}  // namespace hecate::tail
