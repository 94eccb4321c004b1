#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/json_text.h"
#include "exec/tail/aggregates.h"
#include "exec/tail/transactions.h"

namespace hecate::tail {
namespace {

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

/// The spans that a chart takes (limits.conf and the manuals name no others): the first that makes few enough of them.
double usual_span(double seconds) {
  constexpr double kMost = 100;
  for (const double span : {1., 5., 10., 30., 60., 300., 600., 1800., 3600., 86400.}) {
    if (seconds / span <= kMost) return span;
  }
  return 86400 * std::ceil(seconds / 86400 / kMost);
}

double aggregate_of(std::string_view function, const std::vector<double>& values) {
  if (function == "count") return static_cast<double>(values.size());
  if (values.empty()) return 0;
  double total = 0;
  for (const double value : values) total += value;
  if (function == "avg") return total / static_cast<double>(values.size());
  if (function == "min") return *std::min_element(values.begin(), values.end());
  if (function == "max") return *std::max_element(values.begin(), values.end());
  if (function == "range") {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return *high - *low;
  }
  return total;
}

/// "##__SPARKLINE__##" and a value for each span between the first and the last time.
Value sparkline(std::span<const Value> arguments, EvalContext& context) {
  constexpr size_t kMost = 10'000;
  std::array<Value, 1> first;
  std::array<Value, 1> second;
  const auto times = elements(arguments[0], first);
  const auto values = elements(arguments[1], second);
  const std::string_view function = arguments[2].as_text();
  std::vector<std::pair<double, double>> points;
  std::unordered_map<std::string_view, size_t> places;
  for (size_t i = 0; i < std::min(times.size(), values.size()); ++i) {
    const auto time = strict_number(times[i].as_text());
    auto value = strict_number(values[i].as_text());
    // Distinct texts are counted by the place at which each came first.
    if (function == "dc")
      value = static_cast<double>(places.try_emplace(values[i].as_text(), places.size()).first->second);
    if (time && (value || function == "count")) points.emplace_back(*time, value.value_or(0));
  }
  if (points.empty()) return Value::null();
  const auto [low, high] = std::minmax_element(points.begin(), points.end());
  double span = arguments[3].as_real();
  if (span <= 0) span = usual_span(high->first - low->first);
  const double begin = std::floor(low->first / span);
  const double count = std::floor(high->first / span) - begin + 1;
  if (count > static_cast<double>(kMost)) return Value::null();
  std::vector<std::vector<double>> buckets(static_cast<size_t>(count));
  for (size_t i = 0; i < points.size(); ++i)
    buckets[static_cast<size_t>(std::floor(points[i].first / span) - begin)].push_back(points[i].second);
  const std::span<Value> line = context.arena.allocate_array<Value>(buckets.size() + 1);
  line[0] = Value::string("##__SPARKLINE__##");
  for (size_t i = 0; i < buckets.size(); ++i) {
    if (function == "dc") {
      std::sort(buckets[i].begin(), buckets[i].end());
      buckets[i].erase(std::unique(buckets[i].begin(), buckets[i].end()), buckets[i].end());
    }
    const double value = aggregate_of(function == "dc" ? "count" : function, buckets[i]);
    line[i + 1] = Value::string(context.arena.copy(number_text(value)));
  }
  return Value::many(line);
}

/// An address as a text that sorts as addresses do; what is none comes behind them.
Value address_key(std::span<const Value> arguments, EvalContext& context) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string text(arguments[0].as_text());
  std::array<unsigned char, 16> bytes{};
  std::string key;
  size_t size = 0;
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) size = 4;
  if (size == 0 && inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) size = 16;
  if (size == 0) return Value::string(context.arena.copy("z" + text));
  key = size == 4 ? "4" : "6";
  for (size_t i = 0; i < size; ++i) {
    key += kDigits[bytes[i] >> 4];
    key += kDigits[bytes[i] & 15];
  }
  return Value::string(context.arena.copy(key));
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

/// Names and JSON texts to one JSON object.
Value json_object(std::span<const Value> arguments, EvalContext& context) {
  std::array<Value, 1> first;
  std::array<Value, 1> second;
  const auto names = elements(arguments[0], first);
  const auto values = elements(arguments[1], second);
  std::string json = "{";
  for (size_t i = 0; i < std::min(names.size(), values.size()); ++i) {
    if (i > 0) json += ',';
    append_json_quoted(names[i].as_text(), json);
    json += ':';
    json += values[i].as_text();
  }
  return Value::string(context.arena.copy(json + "}"));
}

constexpr std::array<Function, 21> kListFunctions{{
    {"list.address_key", 1, 1, false, address_key, "A text by which addresses sort."},
    {"list.average", 1, 1, false, average, "Mean of the numeric texts."},
    {"list.deviation", 1, 1, false, deviation<true>, "Sample standard deviation of the numeric texts."},
    {"list.deviation_all", 1, 1, false, deviation<false>, "Population standard deviation of the numeric texts."},
    {"list.json", 1, 1, false, to_json, "A scalar as JSON text."},
    {"list.max", 1, 1, false, extreme<true>, "Largest: by value if all are numbers, else lexicographic."},
    {"list.median", 1, 1, false, median, "Median of the numeric texts."},
    {"list.min", 1, 1, false, extreme<false>, "Smallest: by value if all are numbers, else lexicographic."},
    {"list.mode", 1, 1, false, mode, "The most frequent text."},
    {"list.number", 1, 1, false, to_number, "A text as number, by SPL's strict grammar, or null."},
    {"list.object", 2, 2, true, json_object, "Names and JSON texts to a JSON object."},
    {"list.percentile", 2, 2, false, percentile, "Nearest-rank percentile of the numeric texts."},
    {"list.range", 1, 1, false, range, "Largest less smallest of the numeric texts."},
    {"list.sparkline", 4, 4, false, sparkline, "Values over spans of time, for a sparkline."},
    {"list.squares", 1, 1, false, squares, "Sum of the squares of the numeric texts."},
    {"list.sum", 1, 1, false, sum, "Sum of the numeric texts."},
    {"list.text", 1, 1, false, to_text, "A scalar as text."},
    {"list.transaction_row", 3, -1, true, transaction_row, "What transaction needs of a row."},
    {"list.transactions", 9, 9, true, transactions, "The number of each row's transaction."},
    {"list.variance", 1, 1, false, variance<true>, "Sample variance of the numeric texts."},
    {"list.variance_all", 1, 1, false, variance<false>, "Population variance of the numeric texts."},
}};

}  // namespace

std::span<const Value> elements(const Value& value, std::array<Value, 1>& single) {
  if (value.kind() == Kind::Many) return value.as_list();
  single[0] = value;
  return value.is_null() ? std::span<const Value>() : std::span<const Value>(single);
}

const Function* find_list_function(std::string_view name) {
  const auto named = [&](const Function& f) { return f.name == name; };
  const auto found = std::find_if(kListFunctions.begin(), kListFunctions.end(), named);
  if (found != kListFunctions.end()) return &*found;
  const auto kql = kql_list_functions();
  const auto other = std::find_if(kql.begin(), kql.end(), named);
  return other == kql.end() ? nullptr : &*other;
}

}  // namespace hecate::tail
