#include "synthesis/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_text.h"
#include "base/text.h"
#include "synthesis/document.h"

namespace hecate::synthesis {
namespace {

bool starts(std::string_view text, std::string_view with) { return fold_case(text).starts_with(fold_case(with)); }
bool ends(std::string_view text, std::string_view with) { return fold_case(text).ends_with(fold_case(with)); }

/// The longer of two beginnings, or ends, of the same text.
template <typename Test>
bool merge(std::string& known, const std::string& other, Test test) {
  if (test(known, other)) return true;
  if (!test(other, known)) return false;
  known = other;
  return true;
}

std::string document_of(const std::map<std::string, std::string>& members) {
  Document document;
  for (const auto& [path, value] : members) (void)document.put(path, json_quote(value));
  return document.json();
}

}  // namespace

bool FieldNeeds::constrained() const {
  return is_exact() || !wish_.prefix.empty() || !wish_.suffix.empty() || !wish_.inside.empty() || number_ || length_ ||
         !parts_.empty() || !members_.empty() || !named_.empty();
}

bool FieldNeeds::add(const Wish& wish) {
  if (wish.kind == Wish::Kind::Absent) {
    absent_ = !present_;
    return absent_;
  }
  if (absent_) return false;
  present_ = true;
  switch (wish.kind) {
    case Wish::Kind::Varied: varied_ = true; return !is_exact();
    case Wish::Kind::Grouped: grouped_ = true; return !is_exact();
    case Wish::Kind::Number:
    case Wish::Kind::Length: {
      auto& known = wish.kind == Wish::Kind::Number ? number_ : length_;
      if (!known) known = Wish::of(wish.kind);
      return add_number(wish, known->least, known->most, known->above, known->below);
    }
    case Wish::Kind::Text: return add_text(wish);
    default: return true;
  }
}

bool FieldNeeds::add_text(const Wish& wish) {
  if (wish.exact) {
    if (varied()) return false;
    if (wish_.exact) return fold_case(*wish_.exact) == fold_case(*wish.exact);
    wish_.exact = wish.exact;
  }
  if (!merge(wish_.prefix, wish.prefix, starts) || !merge(wish_.suffix, wish.suffix, ends)) return false;
  wish_.inside.insert(wish_.inside.end(), wish.inside.begin(), wish.inside.end());
  return !wish_.exact || meets(wish_, Value::string(*wish_.exact)) || !more_.empty();
}

bool FieldNeeds::add_number(const Wish& wish, std::optional<double>& least, std::optional<double>& most, bool& above,
                            bool& below) {
  if (wish.least && (!least || *wish.least > *least)) {
    least = wish.least;
    above = wish.above;
  } else if (wish.least && *wish.least == *least) {
    above |= wish.above;
  }
  if (wish.most && (!most || *wish.most < *most)) {
    most = wish.most;
    below = wish.below;
  } else if (wish.most && *wish.most == *most) {
    below |= wish.below;
  }
  if (!least || !most) return true;
  return *least < *most || (*least == *most && !above && !below);
}

bool FieldNeeds::add_part(std::string text) {
  parts_.push_back(std::move(text));
  return add(Wish::of(Wish::Kind::Present)) && !is_exact();
}

bool FieldNeeds::add_member(const std::string& path, std::string value) {
  if (!add(Wish::of(Wish::Kind::Present)) || is_exact()) return false;
  const auto [at, added] = members_.emplace(path, value);
  return added || at->second == value;
}

bool FieldNeeds::add_named(const std::string& name, std::string value) {
  named_.emplace_back(name, std::move(value));
  return add(Wish::of(Wish::Kind::Present)) && !is_exact();
}

bool FieldNeeds::add_at(size_t place, std::string value) {
  constexpr size_t kMostPlaces = 20;
  if (absent_ || place >= kMostPlaces) return false;
  const auto [at, added] = places_.emplace(place, value);
  return added || fold_case(at->second) == fold_case(value);
}

bool FieldNeeds::add_value(std::string value) {
  if (std::find(more_.begin(), more_.end(), value) == more_.end()) more_.push_back(std::move(value));
  return !absent_ && more_.size() < 10;
}

std::optional<std::string> FieldNeeds::text(Chooser& choose, const std::string& mark) const {
  Wish wish = wish_;
  for (const std::string& part : parts_) wish.inside.push_back(part + ",");
  const bool free = !wish.exact && wish.prefix.empty() && wish.suffix.empty() && wish.inside.empty();
  if (free) return mark.empty() ? "synthetic" : mark;
  if (!mark.empty()) {
    if (wish.exact) return std::nullopt;
    wish.inside.insert(wish.inside.begin(), mark);
  }
  std::string text = filled(wish, choose);
  return meets(wish_, Value::string(text)) ? std::optional(text) : std::nullopt;
}

std::optional<FieldNeeds::Content> FieldNeeds::content(Chooser& choose, size_t event, size_t group) const {
  Content content;
  if (absent_ || !present()) return content;
  if (!members_.empty()) {
    content.values = {document_of(members_)};
    return content;
  }
  if (!named_.empty()) {
    std::string list;
    for (const auto& [name, value] : named_)
      list +=
          fmt::format("{}{{\"Name\":{},\"Value\":{}}}", list.empty() ? "" : ",", json_quote(name), json_quote(value));
    content.values = {"[" + list + "]"};
    content.json = true;
    return content;
  }
  const size_t number = (varied_ ? event : 0) + (grouped_ ? group * 1000 : 0);
  std::optional<std::string> text;
  if (number_ && !is_exact()) {
    Wish wish = *number_;
    const double value = number_in(wish) + static_cast<double>(number) * step_;
    if (!meets(wish, Value::real(value))) return std::nullopt;
    text = number_text(value);
    content.number = true;
    if (!meets(wish_, Value::string(*text))) return std::nullopt;
  } else {
    text = this->text(choose, varied() ? fmt::format("v{}", number) : "");
    if (!text || (number_ && !meets(*number_, Value::string(*text)))) return std::nullopt;
  }
  if (length_) {
    constexpr double kLongest = 1e6;
    if (!(number_in(*length_) <= kLongest)) return std::nullopt;
    const auto wanted = static_cast<size_t>(std::max(0.0, number_in(*length_)));
    if (text->size() < wanted && !is_exact()) text->insert(wish_.prefix.size(), wanted - text->size(), 'x');
    if (!meets(*length_, Value::string(*text))) return std::nullopt;
  }
  content.values = {*text};
  content.values.insert(content.values.end(), more_.begin(), more_.end());
  for (const auto& [place, value] : places_) {
    while (content.values.size() <= place) content.values.emplace_back("synthetic");
    content.values[place] = value;
  }
  return content;
}

}  // namespace hecate::synthesis
