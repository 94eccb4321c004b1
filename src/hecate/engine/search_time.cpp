#include "engine/search_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "catalog/catalog.h"
#include "content/codes.h"
#include "engine/search_time_parts.h"
#include "exec/functions/pcre2_pattern.h"
#include "exec/functions/spl_functions.h"
#include "ingest/find_time.h"

namespace hecate::engine {
namespace {

using content::AddOn;
using Below = SearchTime::Below;

// An event type may name others; deeper than that they go in circles.
constexpr int kDeepestEventType = 4;
constexpr size_t kMostTests = 50'000;
// Nor do extractions that read what others extract.
constexpr int kDeepestExtraction = 3;
constexpr std::string_view kEventType = "eventtype";
constexpr std::string_view kTag = "tag";

bool is_metadata(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"_raw", "_time", "host", "index", "source", "sourcetype"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

ExprPtr only_if(const ExprPtr& test, const ExprPtr& value, const ExprPtr& other) {
  return make_call("text.if", {test, value, other}, Type::Many);
}

/// Whether an event is one of those that a stanza is about.
ExprPtr applies(const AddOn::Props& props) {
  constexpr std::array<std::string_view, 3> kFields{"meta.source", "meta.host", "meta.sourcetype"};
  ExprPtr name = make_call(kFields[static_cast<size_t>(props.by)], {}, Type::String);
  return make_match(
      {std::move(name), MatchOp::Regex, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {props.pattern}},
      props.span);
}

class AddOnFields final : public SearchTime {
 public:
  AddOnFields(const AddOn& add_on, const spl::Environment& environment, DiagnosticSink& sink) : add_on_(add_on) {
    std::stable_sort(add_on_.props.begin(), add_on_.props.end(),
                     [](const AddOn::Props& a, const AddOn::Props& b) { return a.by < b.by; });
    for (size_t i = 0; i < add_on_.props.size(); ++i) add_stanza(i, environment, sink);
    for (const AddOn::EventType& type : add_on_.event_types) {
      if (ExprPtr test = compile_condition(type.search, environment, sink)) event_types_.push_back({type.name, test});
    }
    deepest_event_type_ = deepest_event_type();
    for (const AddOn::Tag& tag : add_on_.tags) tags_[tag.tag].push_back(&tag);
  }

  ExprPtr field(std::string_view name, const Below& below) const override {
    return says_something_of(name) ? labelled(name, below) : nullptr;
  }

  ExprPtr tagged(std::span<const std::string> tags, const Below& below) const override {
    std::vector<ExprPtr> all;
    for (const std::string& tag : tags) {
      ExprPtr test = has_tag(tag, below);
      if (!test) return nullptr;
      all.push_back(std::move(test));
    }
    return all.empty() ? nullptr : make_and(std::move(all));
  }

  void describe(const ingest::Record& record, Metadata& metadata) const override {
    for (const AddOn::Props& props : add_on_.props) {
      // What an input says of a sourcetype goes before what the source's name does (props.conf.spec, sourcetype).
      const bool given = props.by == AddOn::By::Source && record.envelope.sourcetype.has_value();
      if (!props.sourcetype.empty() && !given && is_about(props, metadata)) metadata.sourcetype = props.sourcetype;
    }
    for (const AddOn::Props& props : add_on_.props) {
      if ((props.time_format.empty() && props.time_prefix.empty()) || !is_about(props, metadata)) continue;
      if (const auto time = time_of(props, record.raw)) metadata.time = time;
      return;
    }
  }

 private:
  struct Extractor {
    size_t stanza;
    const AddOn::Extraction* extraction;
    std::set<std::string, std::less<>> names;
    bool any_name = false;  // the event itself says what its fields are called
  };
  struct Alias {
    size_t stanza;
    const AddOn::Alias* alias;
  };
  struct Computed {
    size_t stanza;
    ExprPtr value;
  };

  void add_stanza(size_t number, const spl::Environment& environment, DiagnosticSink& sink) {
    const AddOn::Props& props = add_on_.props[number];
    applies_.push_back(applies(props));
    for (const AddOn::Extraction& extraction : props.extractions) {
      Extractor extractor{number, &extraction, {}, false};
      if (!names_of(extraction, extractor.names, extractor.any_name, sink)) continue;
      any_name_ |= extractor.any_name;
      names_.insert(extractor.names.begin(), extractor.names.end());
      extractors_.push_back(std::move(extractor));
    }
    for (const AddOn::Alias& alias : props.aliases) {
      aliases_[alias.to].push_back({number, &alias});
      names_.insert(alias.to);
    }
    for (const AddOn::Calculated& calculated : props.calculated) {
      ExprPtr value = compile_value(calculated.expression, environment, sink);
      if (!value) continue;
      calculated_[calculated.field].push_back({number, std::move(value)});
      names_.insert(calculated.field);
    }
    for (const MappedText& lookup : props.lookups) {
      for (auto& [name, value] : compile_lookup(lookup, environment, sink)) {
        looked_up_[name].push_back({number, std::move(value)});
        names_.insert(name);
      }
    }
    any_name_ |= props.kv_mode && *props.kv_mode != AddOn::KvMode::None;
  }

  [[nodiscard]] bool says_something_of(std::string_view name) const {
    if (names_.contains(name)) return true;
    if (name == kEventType) return !event_types_.empty();
    if (name == kTag || name.starts_with("tag::")) return !tags_.empty();
    return any_name_ && !is_metadata(name);
  }

  // --- the steps: each gives a field as it is when the step is done ---

  /// What the event has, and what is extracted by its own keys.
  [[nodiscard]] ExprPtr automatic(std::string_view name, const Below& below) const {
    ExprPtr value = below(name);
    if (is_metadata(name)) return value;
    for (size_t i = add_on_.props.size(); i-- > 0;) {
      const auto mode = add_on_.props[i].kv_mode;
      if (!mode || *mode == AddOn::KvMode::None) continue;
      const std::string_view function = *mode == AddOn::KvMode::Auto ? "spl.auto_kv" : "spl.spath";
      ExprPtr found = make_call(function, {below("_raw"), make_string(std::string(name))}, Type::Many);
      value = only_if(applies_[i], make_call("spl.coalesce", {value, std::move(found)}, Type::Many), value);
    }
    return value;
  }

  /// By the first `count` extractors: the first that finds a value gives it, others add to it where they are told to.
  [[nodiscard]] ExprPtr extracted(std::string_view name, const Below& below, size_t count, int depth) const {
    std::vector<ExprPtr> choices;
    for (size_t i = 0; i < count; ++i) {
      const Extractor& extractor = extractors_[i];
      if (!extractor.names.contains(name) && !(extractor.any_name && !is_metadata(name))) continue;
      const std::string& from = extractor.extraction->source;
      const ExprPtr source = depth < kDeepestExtraction ? extracted(from, below, i, depth + 1) : automatic(from, below);
      ExprPtr found = extract(*extractor.extraction, name, source);
      if (!found) continue;
      found = only_if(applies_[extractor.stanza], found, make_literal(OwnedValue(), Type::Many));
      if (extractor.extraction->several && !choices.empty()) {
        choices.back() = make_call("spl.mvappend", {choices.back(), std::move(found)}, Type::Many);
      } else {
        choices.push_back(std::move(found));
      }
    }
    choices.push_back(automatic(name, below));
    return choices.size() == 1 ? choices.front() : make_call("spl.coalesce", std::move(choices), Type::Many);
  }
  [[nodiscard]] ExprPtr extracted(std::string_view name, const Below& below) const {
    return extracted(name, below, extractors_.size(), 0);
  }

  [[nodiscard]] ExprPtr aliased(std::string_view name, const Below& below) const {
    ExprPtr value = extracted(name, below);
    const auto found = aliases_.find(name);
    if (found == aliases_.end()) return value;
    for (const Alias& each : found->second) {
      ExprPtr other = extracted(each.alias->from, below);
      // ASNEW leaves a value that is there (props.conf.spec, FIELDALIAS).
      if (!each.alias->overwrites) other = make_call("spl.coalesce", {value, std::move(other)}, Type::Many);
      value = only_if(applies_[each.stanza], other, value);
    }
    return value;
  }

  [[nodiscard]] ExprPtr calculated(std::string_view name, const Below& below) const {
    return computed(calculated_, name, aliased(name, below),
                    [&](std::string_view other) { return aliased(other, below); });
  }

  [[nodiscard]] ExprPtr looked_up(std::string_view name, const Below& below) const {
    return computed(looked_up_, name, calculated(name, below),
                    [&](std::string_view other) { return calculated(other, below); });
  }

  using ByName = std::map<std::string, std::vector<Computed>, std::less<>>;
  /// Stanzas that go before others come first in `by_name`, and so are put on top.
  [[nodiscard]] ExprPtr computed(const ByName& by_name, std::string_view name, ExprPtr value,
                                 const Below& earlier) const {
    const auto found = by_name.find(name);
    if (found == by_name.end()) return value;
    for (auto each = found->second.rbegin(); each != found->second.rend(); ++each) {
      value = only_if(applies_[each->stanza], with_fields(each->value, earlier), value);
    }
    return value;
  }

  [[nodiscard]] ExprPtr labelled(std::string_view name, const Below& below) const {
    if (name == kEventType) return event_types(below, 0);
    if (name == kTag) return tags({}, below);
    if (name.starts_with("tag::")) return tags(name.substr(5), below);
    return looked_up(name, below);
  }

  /// How deep event types of event types are followed. Each level has all types in each that asks for one: a great many
  /// that build on each other must not become an expression beyond bounds.
  [[nodiscard]] int deepest_event_type() const {
    size_t asking = 0;
    for (const auto& [name, test] : event_types_) {
      bool asks = false;
      (void)with_fields(test, [&](std::string_view field) -> ExprPtr {
        asks = asks || field == kEventType;
        return make_literal(OwnedValue(), Type::Many);
      });
      asking += asks ? 1 : 0;
    }
    int deepest = 0;
    for (size_t tests = event_types_.size(); deepest < kDeepestEventType && tests * asking <= kMostTests; ++deepest)
      tests *= asking;
    return deepest;
  }

  [[nodiscard]] ExprPtr event_type_test(const ExprPtr& test, const Below& below, int depth) const {
    return with_fields(test, [&](std::string_view name) -> ExprPtr {
      if (name == kEventType) {
        return depth < deepest_event_type_ ? event_types(below, depth + 1) : make_literal(OwnedValue(), Type::Many);
      }
      return looked_up(name, below);
    });
  }

  [[nodiscard]] ExprPtr event_types(const Below& below, int depth) const {
    std::vector<ExprPtr> values{looked_up(kEventType, below)};
    for (const auto& [name, test] : event_types_) {
      values.push_back(
          only_if(event_type_test(test, below, depth), make_string(name), make_literal(OwnedValue(), Type::String)));
    }
    return make_call("text.values", std::move(values), Type::Many);
  }

  /// Whether the event has the field's value that a tag is for.
  [[nodiscard]] ExprPtr is_tagged(const AddOn::Tag& tag, const Below& below) const {
    if (tag.field == kEventType) {
      const auto own = std::find_if(event_types_.begin(), event_types_.end(),
                                    [&](const auto& type) { return type.first == tag.value; });
      if (own != event_types_.end()) return event_type_test(own->second, below, 0);
    }
    return make_match({looked_up(tag.field, below),
                       MatchOp::Equals,
                       Casing::Insensitive,
                       Quantifier::Any,
                       RegexDialect::Pcre2,
                       {tag.value}});
  }

  [[nodiscard]] ExprPtr has_tag(std::string_view name, const Below& below) const {
    const auto found = tags_.find(name);
    if (found == tags_.end()) return nullptr;
    std::vector<ExprPtr> any;
    for (const AddOn::Tag* tag : found->second) any.push_back(is_tagged(*tag, below));
    return make_or(std::move(any));
  }

  /// All tags, or those of one field's value (`tag::host`).
  [[nodiscard]] ExprPtr tags(std::string_view field, const Below& below) const {
    std::vector<ExprPtr> values;
    if (field.empty()) values.push_back(below(kTag));
    for (const auto& [name, tags] : tags_) {
      std::vector<ExprPtr> any;
      for (const AddOn::Tag* tag : tags) {
        if (field.empty() || tag->field == field) any.push_back(is_tagged(*tag, below));
      }
      if (any.empty()) continue;
      values.push_back(only_if(make_or(std::move(any)), make_string(name), make_literal(OwnedValue(), Type::String)));
    }
    return values.empty() ? below(fmt::format("tag::{}", field))
                          : make_call("text.values", std::move(values), Type::Many);
  }

  // --- records ---

  static bool is_about(const AddOn::Props& props, const Metadata& metadata) {
    const std::array<std::string_view, 3> names{metadata.source, metadata.host, metadata.sourcetype};
    return cached_pattern(props.pattern).find(names[static_cast<size_t>(props.by)]);
  }

  static std::optional<Ticks> time_of(const AddOn::Props& props, std::string_view raw) {
    if (!props.time_prefix.empty()) {
      const Pcre2Pattern& prefix = cached_pattern(props.time_prefix);
      if (!prefix.find(raw)) return std::nullopt;
      raw.remove_prefix(prefix.group(0)->end);
    }
    raw = raw.substr(0, props.time_lookahead);
    if (props.time_format.empty()) return ingest::find_time(raw);
    while (!raw.empty() && (raw.front() == ' ' || raw.front() == '\t')) raw.remove_prefix(1);
    const auto epoch = spl::parse_time(raw, props.time_format, spl::zone_offset(props.zone).value_or(0));
    return epoch ? ticks_from_epoch_seconds(*epoch) : std::nullopt;
  }

  AddOn add_on_;
  std::vector<ExprPtr> applies_;  // by stanza
  std::vector<Extractor> extractors_;
  std::map<std::string, std::vector<Alias>, std::less<>> aliases_;
  ByName calculated_, looked_up_;
  std::vector<std::pair<std::string, ExprPtr>> event_types_;
  int deepest_event_type_ = 0;
  std::map<std::string, std::vector<const AddOn::Tag*>, std::less<>> tags_;
  std::set<std::string, std::less<>> names_;  // that anything is said of
  bool any_name_ = false;
};

}  // namespace

std::shared_ptr<const SearchTime> compile_search_time(const AddOn& add_on, const spl::Environment& environment,
                                                      DiagnosticSink& sink) {
  if (add_on.empty()) return nullptr;
  return std::make_shared<AddOnFields>(add_on, environment, sink);
}

}  // namespace hecate::engine
