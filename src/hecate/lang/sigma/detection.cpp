#include "lang/sigma/detection.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "lang/sigma/codes.h"
#include "lang/sigma/condition.h"
#include "lang/sigma/item_check.h"

namespace hecate::sigma {
namespace {

// YAML aliases share nodes, so a small file can stand for any number of values.
constexpr size_t kMostValues = 1'000'000;

/// Reads the searches of a detection.
///
///   search  = keyword | map | list
///   map     = { field { "|" modifier } ":" ( value | "[" { value } "]" ) }      every entry must match
///   list    = "[" { keyword | map | list } "]"                                  any must match; the
///             keywords of a list are one item
class Reader {
 public:
  explicit Reader(DiagnosticSink& sink) : sink_(sink) {}

  Result<ast::Group> group(const yaml::Node& node, Span name) {
    if (!count(node.span)) return already_reported();
    if (node.is_mapping()) return map(node, name);
    if (node.is_sequence()) return list(node, name);
    if (node.is_scalar()) return keywords({&node}, node.span);
    return empty(name, "this search identifier has no search");
  }

 private:
  Failure empty(Span span, std::string_view what) {
    sink_.report(kEmptySelection, span, std::string(what), "give it at least one field or keyword, or remove it");
    return already_reported();
  }

  Result<ast::Group> map(const yaml::Node& node, Span name) {
    if (node.entries.empty()) return empty(name, "this search is an empty mapping");
    ast::AllOf all;
    bool ok = true;
    for (const auto& [key, value] : node.entries) {
      Result<ast::Item> read = item(*key, *value);
      ok &= read.ok();
      if (read) all.parts.push_back({std::move(*read), cover(key->span, value->span)});
    }
    if (!ok) return already_reported();
    return ast::Group{std::move(all), node.span};
  }

  Result<ast::Group> list(const yaml::Node& node, Span name) {
    if (node.items.empty()) return empty(name, "this search is an empty list");
    ast::AnyOf any;
    std::vector<const yaml::Node*> words;
    bool ok = true;
    for (const yaml::NodePtr& part : node.items) {
      if (part->is_scalar()) {
        words.push_back(part.get());
        continue;
      }
      Result<ast::Group> read = group(*part, part->is_null() ? name : part->span);
      ok &= read.ok();
      if (read) any.parts.push_back(std::move(*read));
    }
    if (!words.empty()) {
      Result<ast::Group> read = keywords(words, cover(words.front()->span, words.back()->span));
      ok &= read.ok();
      if (read) any.parts.push_back(std::move(*read));
    }
    if (!ok) return already_reported();
    return ast::Group{std::move(any), node.span};
  }

  Result<ast::Group> keywords(const std::vector<const yaml::Node*>& words, Span span) {
    ast::Item item;
    item.span = span;
    for (const yaml::Node* word : words) {
      if (!add_value(*word, item)) return already_reported();
    }
    if (!check_item(item, sink_)) return already_reported();
    return ast::Group{std::move(item), span};
  }

  Result<ast::Item> item(const yaml::Node& key, const yaml::Node& value) {
    if (!key.is_scalar()) {
      sink_.report(kWrongShape, key.span, "the name of a field must be a text");
      return already_reported();
    }
    ast::Item item;
    item.span = cover(key.span, value.span);
    bool ok = parse_item_key(key.scalar, item, sink_);
    if (item.field_span == Span{}) item.field_span = key.span;
    if (value.is_sequence()) {
      if (value.items.empty()) return empty(key.span, fmt::format("`{}` has an empty list of values", key.text()));
      for (const yaml::NodePtr& part : value.items) ok = add_value(*part, item) && ok;
    } else {
      ok = add_value(value, item) && ok;
    }
    if (!ok || !check_item(item, sink_)) return already_reported();
    return item;
  }

  bool count(Span span) {
    if (++count_ <= kMostValues) return true;
    if (count_ == kMostValues + 1) {
      sink_.report(kTooLarge, span, fmt::format("this detection has more than {} values", kMostValues));
    }
    return false;
  }

  bool add_value(const yaml::Node& node, ast::Item& item) {
    if (!count(node.span)) return false;
    if (node.is_mapping() || node.is_sequence()) {
      sink_.report(
          kWrongShape, node.span,
          node.is_mapping() ? "a field's value cannot be a mapping" : "a field's values cannot be nested lists",
          "give a text, a number, true, false, null, or one list of these");
      return false;
    }
    item.values.push_back({scalar_value(node), node.span.known() ? node.span : item.span});
    return true;
  }

  DiagnosticSink& sink_;
  size_t count_ = 0;  // of values and groups
};

/// An empty text has no byte that could tell where it stands.
Result<ast::ConditionPtr> one_condition(const yaml::Node& node, Span key, DiagnosticSink& sink) {
  if (!trim(node.text()).empty()) return parse_condition(node.scalar, sink);
  sink.report(kEmptySelection, key, "the condition is empty", "name a search identifier of the detection");
  return already_reported();
}

Result<ast::ConditionPtr> condition_of(const yaml::Node& node, Span key, DiagnosticSink& sink) {
  if (node.is_scalar()) return one_condition(node, key, sink);
  if (!node.is_sequence() || node.items.empty()) {
    sink.report(node.is_mapping() ? kWrongShape : kEmptySelection, key,
                "the condition must be a text or a list of texts");
    return already_reported();
  }
  // "The condition can be a list, in this case, each of them generates a query. They are logically linked
  // with OR." (Rules Specification, "Condition")
  ast::Disjunction any;
  bool ok = true;
  for (const yaml::NodePtr& item : node.items) {
    if (!item->is_scalar()) {
      sink.report(kWrongShape, item->span.known() ? item->span : key, "each condition of the list must be a text");
      ok = false;
      continue;
    }
    Result<ast::ConditionPtr> read = one_condition(*item, key, sink);
    ok &= read.ok();
    if (read) any.operands.push_back(std::move(*read));
  }
  if (!ok) return already_reported();
  if (any.operands.size() == 1) return std::move(any.operands.front());
  return std::make_unique<ast::Condition>(ast::Condition{std::move(any), node.span});
}

}  // namespace

Result<ast::Group> parse_search(const yaml::Node& node, Span name, DiagnosticSink& sink) {
  return Reader(sink).group(node, name);
}

std::optional<ast::Number> number_of(std::string_view text) {
  // from_chars takes "inf" and "nan" too; in a rule these are words.
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  const char* end = text.data() + text.size();
  int64_t whole = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, whole); error == std::errc{} && at == end) {
    return ast::Number{std::string(text), whole};
  }
  double real = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, real); error != std::errc{} || at != end) {
    return std::nullopt;
  }
  return ast::Number{std::string(text), real};
}

decltype(ast::Value::node) scalar_value(const yaml::Node& node) {
  if (node.is_null()) return ast::Null{};
  if (const auto boolean = node.as_bool()) return ast::Boolean{std::string(node.text()), *boolean};
  if (node.plain) {
    if (std::optional<ast::Number> number = number_of(node.text())) return std::move(*number);
  }
  return ast::Text{node.scalar};
}

Result<ast::Detection> parse_detection(const yaml::Node& mapping, std::span<const std::string_view> reserved,
                                       DiagnosticSink& sink) {
  ast::Detection detection;
  detection.span = mapping.span;
  Reader reader(sink);
  bool ok = true;
  const yaml::Node* condition_key = nullptr;
  for (const auto& [key, value] : mapping.entries) {
    if (!key->is_scalar()) {
      sink.report(kWrongShape, key->span, "a search identifier must be a text");
      ok = false;
    } else if (key->text() == "condition") {
      condition_key = key.get();
      Result<ast::ConditionPtr> read = condition_of(*value, key->span, sink);
      ok &= read.ok();
      if (read) detection.condition = std::move(*read);
    } else if (key->text() == "timeframe") {
      sink.report(kTimeframe, cover(key->span, value->span), "`timeframe` has no effect here",
                  "remove it, or write a correlation rule with a timespan");
    } else if (std::find(reserved.begin(), reserved.end(), key->text()) == reserved.end()) {
      Result<ast::Group> read = reader.group(*value, key->span);
      ok &= read.ok();
      if (read) detection.searches.push_back({std::string(key->text()), key->span, std::move(*read)});
    }
  }
  if (condition_key == nullptr) {
    sink.report(kMissingKey, mapping.span, "the detection has no `condition`", "add `condition: selection`");
    ok = false;
  }
  if (!ok) return already_reported();
  return detection;
}

}  // namespace hecate::sigma
