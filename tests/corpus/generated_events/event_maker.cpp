#include "event_maker.h"

#include <algorithm>
#include <array>
#include <set>

#include "synthesis/regex_sample.h"

namespace hecate::corpus {
namespace {

namespace ast = sigma::ast;
using sigma::Modifier;
using sigma::ModifierKind;

constexpr size_t kAttempts = 400;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

}  // namespace

/// What is known of one field's text.
struct EventMaker::Parts {
  std::optional<EventValue> exact;
  std::string prefix, suffix;
  std::vector<std::string> inside;
  std::optional<double> above, below;
  std::vector<std::string> same_as;  // raw fields
};

template <typename List, typename Each>
void EventMaker::collect_list(const List& list, bool every, const Each& each) {
  if (list.empty()) return;
  if (!every) return each(list[choose(list.size())]);
  for (const auto& one : list) each(one);
}

void EventMaker::collect(const ast::Condition& condition, bool wanted) {
  const auto deeper = [&](const ast::ConditionPtr& operand) { collect(*operand, wanted); };
  if (const auto* reference = std::get_if<ast::Reference>(&condition.node)) {
    collect(named(detection_, reference->name)->group, wanted);
  } else if (const auto* negation = std::get_if<ast::Negation>(&condition.node)) {
    collect(*negation->operand, !wanted);
  } else if (const auto* all = std::get_if<ast::Conjunction>(&condition.node)) {
    collect_list(all->operands, wanted, deeper);
  } else if (const auto* any = std::get_if<ast::Disjunction>(&condition.node)) {
    collect_list(any->operands, !wanted, deeper);
  } else {
    const auto& selector = std::get<ast::Selector>(condition.node);
    collect_list(selected(detection_, selector.pattern), wanted == (selector.count == ast::Count::All),
                 [&](const ast::Search* search) { collect(search->group, wanted); });
  }
}

void EventMaker::collect(const ast::Group& group, bool wanted) {
  const auto deeper = [&](const ast::Group& part) { collect(part, wanted); };
  if (const auto* all = std::get_if<ast::AllOf>(&group.node)) return collect_list(all->parts, wanted, deeper);
  if (const auto* any = std::get_if<ast::AnyOf>(&group.node)) return collect_list(any->parts, !wanted, deeper);
  collect(std::get<ast::Item>(group.node), wanted);
}

void EventMaker::collect(const ast::Item& item, bool wanted) {
  const bool positive = wanted != (item.find(ModifierKind::Negate) != nullptr);
  const auto add_want = [&](const ast::Value& value) {
    const bool exists = item.find(ModifierKind::Exists) != nullptr;
    const bool absent =
        std::holds_alternative<ast::Null>(value.node) || (exists && !std::get<ast::Boolean>(value.node).value);
    if (exists || absent) {
      if (positive != absent) wants_.push_back({&item, nullptr});
    } else if (positive) {
      wants_.push_back({&item, &value});
    }
  };
  collect_list(item.values, positive == (item.find(ModifierKind::All) != nullptr), add_want);
}

std::optional<std::string> EventMaker::target(const ast::Item& item) {
  if (item.keyword()) return kFreeText;
  auto target = form_(item.field).target();
  if (!target) trouble_ = "a computed field cannot be inverted";
  return target;
}

void EventMaker::add_text(const ast::Item& item, const std::string& value, Parts& parts) {
  const auto chosen = [this](size_t count) { return choose(count); };
  const std::vector<Tokens> texts = texts_of(item, value);
  Tokens tokens = texts[choose(texts.size())];
  const bool open_begin = !tokens.empty() && tokens.front().kind == Token::Kind::Star;
  if (open_begin) tokens.erase(tokens.begin());
  const bool open_end = !tokens.empty() && tokens.back().kind == Token::Kind::Star;
  if (open_end) tokens.pop_back();
  const std::string text = fill(tokens, chosen);
  if (open_begin && open_end) {
    parts.inside.push_back(text);
  } else if (open_end) {
    if (text.size() > parts.prefix.size()) parts.prefix = text;
  } else if (open_begin) {
    if (tokens.empty()) parts.inside.push_back("");
    if (text.size() > parts.suffix.size()) parts.suffix = text;
  } else {
    parts.exact = EventValue{text, false};
  }
}

void EventMaker::add(const Want& want, Parts& parts) {
  const ast::Item& item = *want.item;
  if (want.value == nullptr) return parts.inside.push_back("x1");
  const std::string value = spelling_of(*want.value);
  if (item.find(ModifierKind::FieldReference) != nullptr) {
    if (auto other = form_(value).target()) parts.same_as.push_back(*other);
  } else if (const ast::AppliedModifier* compare = item.find(ModifierKind::Compare)) {
    const double number = std::strtod(value.c_str(), nullptr);
    const Modifier id = compare->row->id;
    if (id == Modifier::Gt || id == Modifier::Gte) parts.above = id == Modifier::Gt ? number + 1 : number;
    if (id == Modifier::Lt || id == Modifier::Lte) parts.below = id == Modifier::Lt ? number - 1 : number;
  } else if (item.find(ModifierKind::Network) != nullptr) {
    if (auto address = address_in(value)) parts.exact = EventValue{*address, false};
  } else if (item.find(ModifierKind::TimePart) != nullptr) {
    trouble_ = "parts of times are not made";
  } else if (item.find(ModifierKind::Regex) != nullptr) {
    const auto sample = synthesis::sample_of(value, [this](size_t count) { return choose(count); });
    if (!sample) {
      trouble_ = "a regular expression that the generator does not know";
    } else if (sample->at_begin && sample->at_end) {
      parts.exact = EventValue{sample->text, false};
    } else {
      if (sample->at_begin) parts.prefix = sample->text;
      if (sample->at_end) parts.suffix = sample->text;
      if (!sample->at_begin && !sample->at_end) parts.inside.push_back(sample->text);
    }
  } else if (const auto* number = std::get_if<ast::Number>(&want.value->node);
             number != nullptr && std::holds_alternative<int64_t>(number->value) &&
             item.find(ModifierKind::Position) == nullptr &&
             std::to_string(std::get<int64_t>(number->value)) == value) {
    parts.exact = EventValue{value, true};
  } else {
    add_text(item, value, parts);
  }
}

EventValue EventMaker::joined(const Parts& parts) {
  if (parts.exact) return *parts.exact;
  if (parts.above || parts.below) {
    return {std::to_string(static_cast<int64_t>(parts.above ? *parts.above : *parts.below)), true};
  }
  constexpr std::array<std::string_view, 4> kBefore{"", "C:\\q", "x", "/q "};
  constexpr std::array<std::string_view, 3> kBetween{" ", "", "x"};
  std::string text = parts.prefix.empty() ? std::string(kBefore[choose(kBefore.size())]) : parts.prefix;
  for (const std::string& part : parts.inside) {
    if (lower(text + parts.suffix).find(lower(part)) != std::string::npos) continue;
    if (!text.empty()) text += kBetween[choose(kBetween.size())];
    text += part;
  }
  if (!parts.suffix.empty() && !lower(text).ends_with(lower(parts.suffix))) {
    if (!text.empty() && parts.suffix.front() != '\\') text += kBetween[choose(kBetween.size())];
    text += parts.suffix;
  }
  // `*` alone asks for a value.
  return {text.empty() ? "x1" : text, false};
}

std::optional<Event> EventMaker::attempt(bool wanted) {
  wants_.clear();
  collect(*detection_.condition, wanted);
  std::map<std::string, Parts> fields;
  for (const Want& want : wants_) {
    const auto field = target(*want.item);
    if (!field) {
      // A constant of the record type may do.
      if (form_(want.item->field).values({}).empty()) return std::nullopt;
      continue;
    }
    add(want, fields[*field]);
  }
  Event event;
  for (const auto& [field, parts] : fields) event[field] = joined(parts);
  for (const auto& [field, parts] : fields) {
    for (const std::string& other : parts.same_as) {
      if (const auto known = event.find(other); known != event.end()) {
        event[field] = known->second;
      } else {
        event[other] = event[field];
      }
    }
  }
  if (reader_.holds(event) != wanted) return std::nullopt;
  return event;
}

/// One character changed, then a field less, then whatever else the rule does not want.
std::optional<Event> EventMaker::miss(const Event& match) {
  for (const auto& [field, value] : match) {
    std::set<size_t> places{0, value.text.size() / 2, value.text.size() / 3, value.text.size() - 1};
    for (const size_t at : places) {
      if (at >= value.text.size() || static_cast<unsigned char>(value.text[at]) >= 0x80) continue;
      Event other = match;
      other[field].text[at] = value.number ? (value.text[at] == '7' ? '8' : '7') : (value.text[at] == '~' ? '!' : '~');
      if (!reader_.holds(other)) return other;
    }
  }
  for (const auto& [field, value] : match) {
    Event other = match;
    other.erase(field);
    if (!reader_.holds(other)) return other;
  }
  for (attempt_ = 0; attempt_ < kAttempts; ++attempt_) {
    auto other = attempt(false);
    if (!other) continue;
    for (const auto& [field, value] : match) {
      Event nearer = *other;
      nearer.emplace(field, value);
      if (!reader_.holds(nearer)) other = nearer;
    }
    return other;
  }
  return std::nullopt;
}

Pair EventMaker::make() {
  Pair pair;
  for (attempt_ = 0; attempt_ < kAttempts && !pair.match; ++attempt_) pair.match = attempt(true);
  if (!pair.match) {
    pair.trouble = trouble_.empty() ? "no assignment found" : trouble_;
    return pair;
  }
  pair.near_miss = miss(*pair.match);
  return pair;
}

}  // namespace hecate::corpus
