#include "synthesis/wish.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "synthesis/regex_sample.h"

namespace hecate::synthesis {
namespace {

bool holds(std::string_view text, std::string_view piece) { return text.find(piece) != std::string_view::npos; }

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole ? std::optional(number) : std::nullopt;
}

bool meets_text(const Wish& wish, std::string_view text) {
  const std::string folded = fold_case(text);
  if (wish.exact) return folded == fold_case(*wish.exact);
  return folded.starts_with(fold_case(wish.prefix)) && folded.ends_with(fold_case(wish.suffix)) &&
         std::all_of(wish.inside.begin(), wish.inside.end(),
                     [&](const std::string& piece) { return holds(folded, fold_case(piece)); });
}

bool meets_number(const Wish& wish, double number) {
  if (wish.least && (number < *wish.least || (wish.above && number == *wish.least))) return false;
  return !wish.most || (number <= *wish.most && !(wish.below && number == *wish.most));
}

}  // namespace

std::vector<size_t> Chooser::order(size_t count) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  if (attempt_ > 0) std::shuffle(order.begin(), order.end(), random_);
  return order;
}

std::string filled(const Wish& wish, Chooser& choose) {
  if (wish.exact) return *wish.exact;
  constexpr std::array<std::string_view, 4> kBetween{" ", "", "x", "-"};
  std::string text = wish.prefix;
  for (const std::string& piece : wish.inside) {
    if (!text.empty() && !holds(fold_case(text), fold_case(piece))) text += kBetween[choose(kBetween.size())];
    if (!holds(fold_case(text), fold_case(piece))) text += piece;
  }
  // What may stand around pieces: a later attempt may have to, so that the text is not more than was asked for.
  constexpr std::array<std::string_view, 4> kAround{"", "x", " ", "1"};
  if (wish.prefix.empty() && !text.empty()) text.insert(0, kAround[choose(kAround.size())]);
  if (wish.suffix.empty() && !text.empty()) text += kAround[choose(kAround.size())];
  // What the text ends with may be there in part: `C:\` and `\x`.
  size_t shared = choose(2) == 0 ? std::min(text.size(), wish.suffix.size()) : 0;
  while (shared > 0 && !text.ends_with(wish.suffix.substr(0, shared))) --shared;
  return text + wish.suffix.substr(shared);
}

double number_in(const Wish& wish) {
  if (wish.least) {
    const double first = std::ceil(*wish.least);
    const double number = wish.above && first == *wish.least ? first + 1 : first;
    if (meets_number(wish, number)) return number;
    return wish.most ? (*wish.least + *wish.most) / 2 : number;
  }
  if (!wish.most) return 1;
  const double last = std::floor(*wish.most);
  const double number = wish.below && last == *wish.most ? last - 1 : last;
  return number > 1 ? 1 : number;
}

bool meets(const Wish& wish, const Value& value) {
  if (value.kind() == Kind::Many) {
    const auto all = value.as_list();
    return std::any_of(all.begin(), all.end(), [&](const Value& one) { return meets(wish, one); });
  }
  switch (wish.kind) {
    case Wish::Kind::Absent: return value.is_null();
    case Wish::Kind::Varied:
    case Wish::Kind::Grouped: return false;
    case Wish::Kind::Present: return !value.is_null();
    case Wish::Kind::Text: return !value.is_null() && meets_text(wish, value_text(value));
    case Wish::Kind::Length:
      return !value.is_null() && meets_number(wish, static_cast<double>(value_text(value).size()));
    case Wish::Kind::Number: {
      if (value.kind() == Kind::Long || value.kind() == Kind::Real) return meets_number(wish, value.as_real());
      const auto number = value.is_text() ? number_of(value.as_text()) : std::nullopt;
      return number && meets_number(wish, *number);
    }
  }
  return false;
}

Wish wish_of_glob(std::string_view glob) {
  std::vector<std::string> pieces(1);
  for (size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '*') {
      pieces.emplace_back();
    } else if (glob[i] == '\\' && i + 1 < glob.size()) {
      pieces.back() += glob[++i];
    } else {
      pieces.back() += glob[i] == '?' ? 'x' : glob[i];
    }
  }
  if (pieces.size() == 1) return Wish::text(pieces.front());
  Wish wish = Wish::of(Wish::Kind::Text);
  wish.prefix = pieces.front();
  wish.suffix = pieces.back();
  // Their order is kept: one piece with something between.
  std::string inside;
  for (size_t i = 1; i + 1 < pieces.size(); ++i) {
    if (!inside.empty() && !pieces[i].empty()) inside += ' ';
    inside += pieces[i];
  }
  if (!inside.empty()) wish.inside.push_back(std::move(inside));
  return wish;
}

std::optional<Wish> wish_of_regex(std::string_view pattern, Chooser& choose) {
  const auto sample = sample_of(pattern, [&](size_t count) { return choose(count); });
  if (!sample) return std::nullopt;
  if (sample->at_begin && sample->at_end) return Wish::text(sample->text);
  Wish wish = Wish::of(Wish::Kind::Text);
  if (sample->at_begin) {
    wish.prefix = sample->text;
  } else if (sample->at_end) {
    wish.suffix = sample->text;
  } else {
    wish.inside.push_back(sample->text);
  }
  return wish;
}

std::optional<Wish> wish_of(const Match& match, const std::string& pattern, Chooser& choose) {
  Wish wish = Wish::of(Wish::Kind::Text);
  switch (match.op) {
    case MatchOp::Equals: return Wish::text(pattern);
    case MatchOp::StartsWith: wish.prefix = pattern; break;
    case MatchOp::EndsWith: wish.suffix = pattern; break;
    case MatchOp::Wildcard: return wish_of_glob(pattern);
    case MatchOp::Regex: return wish_of_regex(pattern, choose);
    case MatchOp::Contains: wish.inside.push_back(pattern); break;
    case MatchOp::Has:
    case MatchOp::HasPrefix:
    case MatchOp::HasSuffix: wish.inside.push_back(" " + pattern + " "); break;
  }
  return wish;
}

}  // namespace hecate::synthesis
