#include "lang/sigma/correlation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lang/sigma/codes.h"
#include "lang/sigma/correlation_condition.h"

namespace hecate::sigma {
namespace {

struct TypeRow {
  std::string_view name;
  CorrelationType type;
  bool extended = false;  // pySigma's name of a temporal type whose condition is a text
};
constexpr std::array<TypeRow, 10> kTypes{{{"event_count", CorrelationType::EventCount},
                                          {"value_count", CorrelationType::ValueCount},
                                          {"temporal", CorrelationType::Temporal},
                                          {"temporal_ordered", CorrelationType::TemporalOrdered},
                                          {"value_sum", CorrelationType::ValueSum},
                                          {"value_avg", CorrelationType::ValueAvg},
                                          {"value_percentile", CorrelationType::ValuePercentile},
                                          {"value_median", CorrelationType::ValueMedian},
                                          {"temporal_extended", CorrelationType::Temporal, true},
                                          {"temporal_ordered_extended", CorrelationType::TemporalOrdered, true}}};

constexpr std::array<std::string_view, 7> kKeys{"type",      "rules",   "group-by", "timespan",
                                                "condition", "aliases", "generate"};

constexpr size_t kMostRules = 1000;
constexpr size_t kMostFields = 100;

/// Seconds in a unit. The specification has s, m, h and d; w, M and y are pySigma's, with its lengths of a mean
/// month and year.
int64_t seconds_in(char unit) {
  switch (unit) {
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 86'400;
    case 'w': return 604'800;
    case 'M': return 2'629'746;
    case 'y': return 31'556'952;
    default: return 0;
  }
}

std::optional<Ticks> parse_timespan(std::string_view text) {
  constexpr int64_t kLongest = int64_t{100} * 31'556'952;  // a century, in seconds
  if (text.size() < 2) return std::nullopt;
  const int64_t unit = seconds_in(text.back());
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, count);
  const bool whole = error == std::errc() && end == text.data() + text.size() - 1;
  if (unit == 0 || !whole || count <= 0 || count > kLongest / unit) return std::nullopt;
  return count * unit * kTicksPerSecond;
}

class Reader {
 public:
  Reader(const yaml::Node& document, DiagnosticSink& sink) : document_(document), sink_(sink) {}

  Result<Correlation> run() {
    Result<Metadata> metadata = read_metadata(document_, sink_);
    body_ = document_.find("correlation");
    key_ = document_.find_key("correlation")->span;
    if (!body_->is_mapping()) {
      sink_.report(kWrongShape, key_, "`correlation` must be a mapping");
      return already_reported();
    }
    check_keys();
    if (const auto type = read_type()) read_parts(*type);
    if (!metadata || !ok_) return already_reported();
    correlation_.metadata = std::move(*metadata);
    return std::move(correlation_);
  }

 private:
  void read_parts(const TypeRow& type) {
    correlation_.type = type.type;
    const yaml::Node* condition = body_->find("condition");
    const bool extended = type.extended || (condition != nullptr && condition->is_scalar());
    read_rules(extended);
    correlation_.group_by = names("group-by", "a field", kMostFields);
    read_timespan();
    read_generate();
    read_aliases();
    const yaml::Node* key = body_->find_key("condition");
    if (ok_)
      ok_ =
          read_correlation_condition(condition, key == nullptr ? key_ : key->span, type.extended, correlation_, sink_);
    check_aliases();
  }

  void fail(const DiagnosticCode& code, Span span, std::string message, std::string hint = {}) {
    sink_.report(code, span, std::move(message), std::move(hint));
    ok_ = false;
  }

  const yaml::Node* required(std::string_view key, std::string hint) {
    const yaml::Node* node = body_->find(key);
    if (node == nullptr || node->is_null()) {
      fail(kMissingKey, key_, fmt::format("the correlation has no `{}`", key), std::move(hint));
      return nullptr;
    }
    return node;
  }

  void check_keys() {
    for (const auto& [key, value] : body_->entries) {
      if (std::find(kKeys.begin(), kKeys.end(), key->text()) != kKeys.end()) continue;
      const std::string_view near = nearest(key->text(), kKeys);
      fail(kCorrelationKey, key->span, fmt::format("a correlation has no key `{}`", key->text()),
           near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    }
  }

  std::optional<TypeRow> read_type() {
    const yaml::Node* node = required("type", "event_count, value_count, temporal, ...");
    if (node == nullptr) return std::nullopt;
    std::array<std::string_view, kTypes.size()> known{};
    for (size_t i = 0; i < kTypes.size(); ++i) {
      if (node->is_scalar() && node->text() == kTypes[i].name) return kTypes[i];
      known[i] = kTypes[i].name;
    }
    const std::string_view near = nearest(node->text(), known);
    fail(kCorrelationType, node->span, fmt::format("there is no type of correlation `{}`", node->text()),
         near.empty() ? fmt::format("one of {}", fmt::join(known, ", ")) : fmt::format("did you mean `{}`?", near));
    return std::nullopt;
  }

  /// The texts under a key, which may be one or a list.
  std::vector<Named> names(std::string_view key, std::string_view what, size_t most) {
    std::vector<Named> result;
    const yaml::Node* node = body_->find(key);
    if (node == nullptr || node->is_null()) return result;
    if (node->items.size() > most) {
      fail(kTooLarge, body_->find_key(key)->span, fmt::format("`{}` has more than {} entries", key, most));
      return result;
    }
    const auto add = [&](const yaml::Node& item) {
      if (item.is_scalar() && !item.text().empty()) {
        result.push_back({std::string(item.text()), item.span});
      } else {
        fail(kWrongShape, item.span.known() ? item.span : body_->find_key(key)->span,
             fmt::format("`{}` must be {} or a list", key, what));
      }
    };
    if (node->is_sequence()) {
      for (const yaml::NodePtr& item : node->items) add(*item);
    } else {
      add(*node);
    }
    return result;
  }

  void read_rules(bool extended) {
    correlation_.rules = names("rules", "a rule's id or name", kMostRules);
    for (size_t i = 0; i < correlation_.rules.size(); ++i) {
      const auto begin = correlation_.rules.begin();
      const auto here = begin + static_cast<std::ptrdiff_t>(i);
      if (std::none_of(begin, here, [&](const Named& other) { return other.name == here->name; })) continue;
      fail(kAmbiguousRule, here->span, fmt::format("the rule `{}` is named twice", here->name), "remove one of them");
    }
    if (!correlation_.rules.empty() || !ok_) return;
    // An extended condition names its rules itself.
    if (extended && body_->find("rules") == nullptr) return;
    const yaml::Node* key = body_->find_key("rules");
    if (key == nullptr) {
      (void)required("rules", "list the ids or names of the rules that it correlates");
    } else {
      fail(kEmptySelection, key->span, "the correlation refers to no rule",
           "list the ids or names of the rules that it correlates");
    }
  }

  void read_timespan() {
    const yaml::Node* node = required("timespan", "a number and a unit, such as `10m`");
    if (node == nullptr) return;
    const auto timespan = node->is_scalar() ? parse_timespan(node->text()) : std::nullopt;
    if (timespan) {
      correlation_.timespan = *timespan;
    } else {
      const Span span = node->is_scalar() ? node->span : body_->find_key("timespan")->span;
      fail(kTimespan, span, fmt::format("`{}` is no timespan", node->text()),
           "a positive number and a unit: s, m, h, d (and w, M, y), such as `90m` for an hour and a half");
    }
  }

  void read_generate() {
    // The text of the specification has it in the section, its JSON schema beside it.
    for (const yaml::Node* node : {body_->find("generate"), document_.find("generate")}) {
      if (node == nullptr) continue;
      const auto value = node->as_bool();
      if (!value) fail(kWrongShape, node->span, "`generate` must be true or false");
      correlation_.generate |= value.value_or(false);
    }
  }

  void read_aliases() {
    const yaml::Node* node = body_->find("aliases");
    if (node == nullptr || node->is_null()) return;
    if (!node->is_mapping()) return fail(kWrongShape, body_->find_key("aliases")->span, "`aliases` must be a mapping");
    for (const auto& [name, fields] : node->entries) {
      if (!fields->is_mapping()) {
        fail(kWrongShape, name->span,
             fmt::format("the alias `{}` must map the names of rules to fields", name->text()));
        continue;
      }
      Alias alias{{std::string(name->text()), name->span}, {}};
      for (const auto& [rule, field] : fields->entries) {
        if (field->is_scalar() && !field->text().empty()) {
          alias.fields.push_back({{std::string(rule->text()), rule->span}, {std::string(field->text()), field->span}});
        } else {
          fail(kWrongShape, rule->span, fmt::format("the field of `{}` must be a text", rule->text()));
        }
      }
      correlation_.aliases.push_back(std::move(alias));
    }
  }

  void check_aliases() {
    for (const Alias& alias : correlation_.aliases) {
      const auto is_alias = [&](const Named& field) { return field.name == alias.name.name; };
      const auto uses = [&](const std::vector<Named>& fields) {
        return std::any_of(fields.begin(), fields.end(), is_alias);
      };
      if (uses(correlation_.group_by) || uses(correlation_.fields)) continue;
      sink_.report(kUnusedAlias, alias.name.span, fmt::format("nothing uses the alias `{}`", alias.name.name),
                   "add it to `group-by`, or remove it");
    }
  }

  const yaml::Node& document_;
  DiagnosticSink& sink_;
  const yaml::Node* body_ = nullptr;
  Span key_;
  Correlation correlation_;
  bool ok_ = true;
};

}  // namespace

std::string_view to_string(CorrelationType type) {
  return std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeRow& row) { return row.type == type; })->name;
}

Result<Correlation> parse_correlation(const yaml::Node& document, DiagnosticSink& sink) {
  return Reader(document, sink).run();
}

}  // namespace hecate::sigma
