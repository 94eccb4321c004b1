#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

#include "base/depth_guard.h"
#include "base/json_text.h"
#include "exec/functions/json_pieces.h"
#include "exec/tail/aggregates.h"

// What KQL's aggregates make of the JSON texts that they gather.
namespace hecate::tail {
namespace {

using Arguments = std::span<const Value>;

/// What a summary may hold; what would be longer is null.
constexpr size_t kLargest = size_t{256} << 20;

Value written(std::string json, EvalContext& context) {
  if (json.size() > kLargest) return Value::null();
  return Value::dynamic(context.arena.copy(json));
}

/// The array that pieces of JSON become; `distinct`: each once.
class ArrayOf {
 public:
  ArrayOf(bool distinct, int64_t limit) : distinct_(distinct), limit_(limit) {}

  /// False once no more go in.
  bool add(std::string_view piece) {
    if (count_ >= limit_ || json_.size() > kLargest) return false;
    if (distinct_ && !seen_.insert(piece).second) return true;
    if (count_++ > 0) json_ += ',';
    json_ += piece;
    return true;
  }
  [[nodiscard]] Value value(EvalContext& context) const { return written(json_ + "]", context); }

 private:
  bool distinct_;
  int64_t limit_;
  std::unordered_set<std::string_view> seen_;
  std::string json_ = "[";
  int64_t count_ = 0;
};

/// JSON texts to one JSON array; a limit of elements, duplicates kept or not.
template <bool distinct>
Value make_array(Arguments arguments, EvalContext& context) {
  std::array<Value, 1> single;
  ArrayOf array(distinct, arguments[1].as_integer());
  for (const Value& element : elements(arguments[0], single)) {
    if (!element.is_null() && !array.add(element.as_text())) break;
  }
  return array.value(context);
}

/// The same, of arrays their elements, one level deep.
template <bool distinct>
Value gather_elements(Arguments arguments, EvalContext& context) {
  std::array<Value, 1> single;
  ArrayOf array(distinct, arguments[1].as_integer());
  const auto add = [&](std::string_view piece) { return (distinct && piece == "null") || array.add(piece); };
  for (const Value& element : elements(arguments[0], single)) {
    if (element.is_null()) continue;
    const JsonPieces parts = json_pieces(element.as_text());
    const bool more =
        parts.is_array ? std::all_of(parts.values.begin(), parts.values.end(), add) : add(element.as_text());
    if (!more) break;
  }
  return array.value(context);
}

/// Arrays as one; `distinct`: each element once.
template <bool distinct>
Value merge_arrays(Arguments arguments, EvalContext& context) {
  std::array<Value, 1> single;
  ArrayOf array(distinct, std::numeric_limits<int64_t>::max());
  for (const Value& element : elements(arguments[0], single)) {
    for (const std::string_view piece : json_pieces(element.as_text()).values) {
      if (!array.add(piece)) return Value::null();
    }
  }
  return array.value(context);
}

/// Objects as one, the first that has a key gives its value; what is no object is passed over
/// (make-bag-aggregation-function). Of no rows it is an empty array (summarize-operator).
Value make_bag(Arguments arguments, EvalContext& context) {
  std::array<Value, 1> single;
  std::unordered_set<std::string_view> seen;
  std::string json = "{";
  bool any = false;
  for (const Value& element : elements(arguments[0], single)) {
    const JsonPieces parts = json_pieces(element.as_text());
    if (!parts.is_object) continue;
    any = true;
    for (size_t i = 0; i < parts.values.size(); ++i) {
      const bool full = static_cast<int64_t>(seen.size()) >= arguments[1].as_integer() || json.size() > kLargest;
      if (full || !seen.insert(parts.keys[i]).second) continue;
      if (json.size() > 1) json += ',';
      json += parts.keys[i];
      json += ':';
      json += parts.values[i];
    }
  }
  return any ? written(json + "}", context) : Value::dynamic("[]");
}

/// (values, weights, percent): the smallest value that the share of all weights does not exceed.
Value weighted_percentile(Arguments arguments, EvalContext& /*context*/) {
  std::array<Value, 1> first;
  std::array<Value, 1> second;
  const auto values = elements(arguments[0], first);
  const auto weights = elements(arguments[1], second);
  struct Weighted {
    double value, weight;
    size_t place;
  };
  std::vector<Weighted> list;
  double total = 0;
  for (size_t i = 0; i < std::min(values.size(), weights.size()); ++i) {
    const double value = std::strtod(std::string(values[i].as_text()).c_str(), nullptr);
    const double weight = std::strtod(std::string(weights[i].as_text()).c_str(), nullptr);
    if (!(weight > 0)) continue;
    list.push_back({value, weight, i});
    total += weight;
  }
  if (list.empty()) return Value::null();
  std::sort(list.begin(), list.end(), [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  const double wanted = total * arguments[2].as_real() / 100;
  double sum = 0;
  for (const Weighted& each : list) {
    sum += each.weight;
    if (sum >= wanted) return values[each.place];
  }
  return values[list.back().place];
}

// --- buildschema ---

/// The types that stand at one place: scalars by name, and a container of members, arrays' under "`indexer`".
struct Schema {
  std::set<std::string_view> scalars;
  std::vector<std::string> names;
  std::map<std::string, Schema, std::less<>> members;

  void add(std::string_view json, int& depth) {
    const DepthGuard guard(depth);
    const JsonPieces parts = json_pieces(json);
    if (guard.exceeded() || json.empty() || json == "null") return;
    if (!parts.is_array && !parts.is_object) {
      const bool whole = json.find_first_of(".eE") == std::string_view::npos;
      scalars.insert(json[0] == '"' ? "string" : json[0] == 't' || json[0] == 'f' ? "bool" : whole ? "long" : "double");
      return;
    }
    for (size_t i = 0; i < parts.values.size(); ++i) {
      const std::string name = parts.is_array ? "\"`indexer`\"" : std::string(parts.keys[i]);
      const auto [at, fresh] = members.try_emplace(name);
      if (fresh) names.push_back(name);
      at->second.add(parts.values[i], depth);
    }
  }
  [[nodiscard]] std::string text() const {
    std::vector<std::string> types;
    for (const std::string_view scalar : scalars) types.push_back(json_quote(scalar));
    if (!names.empty()) {
      std::string object = "{";
      for (const std::string& name : names) {
        if (object.size() > 1) object += ',';
        object += name + ":" + members.find(name)->second.text();
      }
      types.push_back(object + "}");
    }
    if (types.size() == 1) return types.front();
    std::string all = "[";
    for (const std::string& type : types) {
      if (all.size() > 1) all += ',';
      all += type;
    }
    return all + "]";
  }
};
Value build_schema(Arguments arguments, EvalContext& context) {
  std::array<Value, 1> single;
  Schema schema;
  int depth = 0;
  for (const Value& element : elements(arguments[0], single)) schema.add(element.as_text(), depth);
  if (schema.names.empty() && schema.scalars.empty()) return Value::null();
  return written(schema.text(), context);
}

/// (values, restarts, most from the first, most from the last): where the session of each value began; a session ends
/// where the next value is further away (row-window-session-function).
Value sessions(Arguments arguments, EvalContext& context) {
  std::array<Value, 1> one;
  std::array<Value, 1> other;
  const auto values = elements(arguments[0], one);
  const auto restarts = elements(arguments[1], other);
  const int64_t from_first = arguments[2].as_integer();
  const int64_t between = arguments[3].as_integer();
  const auto list = context.arena.allocate_array<Value>(values.size());
  std::optional<int64_t> first, last;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string_view text = values[i].is_null() ? std::string_view() : values[i].as_text();
    int64_t value = 0;
    const bool known =
        !text.empty() && std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
    if (!known) {
      list[i] = Value::string("");
      continue;
    }
    const bool restart = i < restarts.size() && !restarts[i].is_null() && restarts[i].as_text() == "true";
    int64_t away = 0;
    int64_t step = 0;
    const bool fits = first && !restart && !__builtin_sub_overflow(value, *first, &away) &&
                      !__builtin_sub_overflow(value, *last, &step) && away <= from_first && step <= between;
    if (!fits) first = value;
    last = value;
    list[i] = Value::string(context.arena.copy(std::to_string(*first)));
  }
  return list.empty() ? Value::null() : Value::many(list);
}

constexpr Function kFunctions[] = {
    {"list.elements_list", 2, 2, true, gather_elements<false>, "JSON texts and arrays' elements to a JSON array."},
    {"list.elements_set", 2, 2, true, gather_elements<true>, "The same without duplicates, in order."},
    {"list.make_bag", 2, 2, true, make_bag, "JSON objects to one."},
    {"list.make_list", 2, 2, true, make_array<false>, "JSON texts to a JSON array."},
    {"list.make_set", 2, 2, true, make_array<true>, "JSON texts to a JSON array without duplicates, in order."},
    {"list.merge_lists", 1, 1, true, merge_arrays<false>, "JSON arrays to one."},
    {"list.merge_sets", 1, 1, true, merge_arrays<true>, "JSON arrays to one without duplicates."},
    {"list.sessions", 4, 4, true, sessions, "Where the session of each value began."},
    {"list.schema", 1, 1, true, build_schema, "The types that JSON texts hold."},
    {"list.weighted_percentile", 3, 3, false, weighted_percentile, "A percentile of texts that are numbers."},
};

}  // namespace

std::span<const Function> kql_list_functions() { return kFunctions; }

}  // namespace hecate::tail
