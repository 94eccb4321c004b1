#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/codes.h"
#include "lang/spl/lower.h"
#include "lang/spl/time_modifier.h"
#include "plan/glob.h"

namespace hecate::spl {
namespace {

// What separates terms in Splunk's index (Admin Manual, segmenters.conf: MAJOR and MINOR of [full]).
constexpr std::string_view kMajor = R"(\s\[\]<>(){}|!;,'"*&?+)";
constexpr std::string_view kMinor = R"(/:=@.\-$#%\\_)";

Casing casing_of(const SearchValue& value) {
  return value.directive == Directive::Case ? Casing::Sensitive : Casing::Insensitive;
}

bool is_network(std::string_view value) {
  const size_t slash = value.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == value.size() || value.size() - slash > 4)
    return false;
  const std::string_view address = value.substr(0, slash);
  const std::string_view bits = value.substr(slash + 1);
  const bool digits = std::all_of(bits.begin(), bits.end(), is_ascii_digit);
  const bool four = std::count(address.begin(), address.end(), '.') == 3 &&
                    address.find_first_not_of("0123456789.") == std::string_view::npos;
  const bool six = std::count(address.begin(), address.end(), ':') >= 2 &&
                   address.find_first_not_of("0123456789abcdefABCDEF:") == std::string_view::npos;
  return digits && (four || six);
}

std::string regex_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_ascii_alnum(c) && (static_cast<unsigned char>(c) & 0x80) == 0) out += '\\';
    out += c;
  }
  return out;
}

/// A bare word or phrase in the event's text. Splunk looks terms up in its index, so they begin and end at breakers:
/// `fail` does not find "failure", `fail*` does (Search Manual, "Event segmentation and searching").
ExprPtr match_term(const ExprPtr& raw, const SearchValue& value, Span span) {
  const std::string& text = value.word.text;
  const bool open_start = text.starts_with('*');
  const bool open_end = text.ends_with('*');
  const size_t first = text.find_first_not_of('*');
  if (first == std::string::npos) return make_bool(true, span);
  const std::string_view core = std::string_view(text).substr(first, text.find_last_not_of('*') + 1 - first);
  if (open_start && open_end && core.find('*') == std::string::npos) {
    return make_glob_match(raw, glob_of_stars(text), casing_of(value), span);
  }
  // TERM() takes minor breakers as a part of the term (Search Manual, "Use CASE() and TERM() to match phrases").
  const std::string breakers =
      value.directive == Directive::Term ? std::string(kMajor) : std::string(kMajor) + std::string(kMinor);
  const std::string any = value.word.quoted ? "[\\s\\S]*?" : "[^" + std::string(kMajor) + "]*";
  std::string pattern = open_start ? "" : "(?<![^" + breakers + "])";
  for (size_t at = 0; at <= core.size();) {
    const size_t star = std::min(core.find('*', at), core.size());
    pattern += regex_escape(core.substr(at, star - at));
    if (star < core.size()) pattern += any;
    at = star + 1;
  }
  if (!open_end) pattern += "(?![^" + breakers + "])";
  return make_match({raw, MatchOp::Regex, casing_of(value), Quantifier::Any, RegexDialect::Pcre2, {std::move(pattern)}},
                    span);
}

class SearchLowering {
 public:
  explicit SearchLowering(Lowering& lowering) : lowering_(lowering) {}

  ExprPtr run(const SearchExpr& expr) {
    ExprPtr predicate = lower(expr);
    return failed_ ? nullptr : predicate;
  }

  ExprPtr lower(const SearchExpr& expr) {
    const Span span = lowering_.source().span(expr.range);
    return std::visit([&](const auto& node) { return visit(node, span); }, expr.node);
  }

 private:
  ExprPtr visit(const SearchSubsearch& node, Span span) {
    ExprPtr condition = lowering_.condition_of(node.search);
    failed_ = failed_ || !condition;
    return condition ? condition : make_bool(false, span);
  }
  ExprPtr visit(const SearchAnd& all, Span span) { return make_and(lower_all(all.operands), span); }
  ExprPtr visit(const SearchOr& any, Span span) { return make_or(lower_all(any.operands), span); }
  ExprPtr visit(const SearchNot& negation, Span span) { return make_not(lower(*negation.operand), span); }
  ExprPtr visit(const SearchTerm& term, Span span) {
    if (term.value.word.text == "*" && !term.value.word.quoted) return make_bool(true, span);
    const ExprPtr raw = lowering_.field({"_raw", term.value.word.range, false});
    if (ExprPtr text = with_tokens(term.value, span))
      return make_call("spl.search_term", {raw, std::move(text)}, Type::Bool, span);
    return match_term(raw, term.value, span);
  }

  ExprPtr visit(const SearchComparison& comparison, Span span) {
    if (lowering_.open() && !comparison.field.quoted && is_time_modifier(comparison.field.text)) {
      return time_range(comparison, span);
    }
    warn_of_knowledge_objects(comparison.field);
    const ExprPtr field = lowering_.field(comparison.field);
    if (ExprPtr text = with_tokens(comparison.value, span)) return with_run_value(field, comparison.op, text, span);
    switch (comparison.op) {
      case Comparison::Equal: return equals(field, comparison.value, span);
      case Comparison::NotEqual:
        // Rows that lack the field do not match, unlike those of NOT (Search Manual, "Difference between != and NOT").
        return make_and({exists(field, span), make_not(equals(field, comparison.value, span), span)}, span);
      case Comparison::Less: return ordered("spl.search_lt", field, comparison.value, span);
      case Comparison::LessEqual: return ordered("spl.search_le", field, comparison.value, span);
      case Comparison::Greater: return ordered("spl.search_gt", field, comparison.value, span);
      case Comparison::GreaterEqual: return ordered("spl.search_ge", field, comparison.value, span);
    }
    return make_bool(false, span);
  }

  /// From the earliest on, until before the latest. What was never indexed has no index time: then it is the event's.
  ExprPtr time_range(const SearchComparison& comparison, Span span) {
    const std::string& name = comparison.field.text;
    ExprPtr time = lowering_.field({"_time", comparison.field.range, false});
    if (name.starts_with('_')) {
      const ExprPtr indexed = lowering_.field({"_indextime", comparison.field.range, false});
      time = make_call("spl.coalesce", {promote(indexed, Type::Many), promote(time, Type::Many)}, Type::Many, span);
    }
    ExprPtr bound = with_tokens(comparison.value, span);
    bound = bound ? make_call("spl.to_real", {std::move(bound)}, Type::Real, span)
                  : time_bound(comparison.value.word.text, lowering_.source().span(comparison.value.word.range));
    if (!name.starts_with('_')) lowering_.bounded(name == "earliest", bound);
    return make_call(name.ends_with("earliest") ? "spl.ge" : "spl.lt", {time, bound}, Type::Bool, span);
  }

  /// One Match for each operator, with all its patterns: what the stream matcher likes best.
  ExprPtr visit(const SearchIn& in, Span span) {
    warn_of_knowledge_objects(in.field);
    const ExprPtr field = lowering_.field(in.field);
    std::vector<Match> groups;
    std::vector<ExprPtr> others;
    for (const SearchValue& value : in.values) {
      const ExprPtr text = with_tokens(value, span);
      const ExprPtr one = text ? with_run_value(field, Comparison::Equal, text, span) : equals(field, value, span);
      const auto* match = std::get_if<Match>(&one->node);
      if (match == nullptr) {
        others.push_back(one);
        continue;
      }
      const auto group = std::find_if(groups.begin(), groups.end(), [&](const Match& each) {
        return each.op == match->op && each.casing == match->casing;
      });
      if (group == groups.end()) {
        groups.push_back(*match);
      } else {
        group->patterns.push_back(match->patterns.front());
      }
    }
    std::vector<ExprPtr> operands;
    for (Match& group : groups) operands.push_back(make_match(std::move(group), span));
    operands.insert(operands.end(), others.begin(), others.end());
    return make_or(std::move(operands), span);
  }

  std::vector<ExprPtr> lower_all(const std::vector<SearchPtr>& operands) {
    std::vector<ExprPtr> lowered;
    for (const SearchPtr& operand : operands) lowered.push_back(lower(*operand));
    return lowered;
  }

  /// A field with an empty text exists: `*` stands for any text, also none.
  static ExprPtr exists(const ExprPtr& field, Span span) {
    return make_glob_match(field, "*", Casing::Insensitive, span);
  }

  static ExprPtr equals(const ExprPtr& field, const SearchValue& value, Span span) {
    ExprPtr match = make_glob_match(field, glob_of_stars(value.word.text), casing_of(value), span);
    if (!is_network(value.word.text)) return match;
    return make_or(
        {std::move(match), make_call("spl.search_cidr", {field, make_string(value.word.text, span)}, Type::Bool, span)},
        span);
  }

  /// Of map's search: what the row outside decides.
  ExprPtr with_tokens(const SearchValue& value, Span span) {
    return lowering_.has_tokens() ? lowering_.text_with_tokens(value.word.text, span) : nullptr;
  }
  static ExprPtr with_run_value(const ExprPtr& field, Comparison op, const ExprPtr& text, Span span) {
    const ExprPtr equal = make_call("spl.search_equals", {field, text}, Type::Bool, span);
    const auto call = [&](std::string_view function) { return make_call(function, {field, text}, Type::Bool, span); };
    switch (op) {
      case Comparison::Equal: return equal;
      case Comparison::NotEqual: return make_and({exists(field, span), make_not(equal, span)}, span);
      case Comparison::Less: return call("spl.search_lt");
      case Comparison::LessEqual: return call("spl.search_le");
      case Comparison::Greater: return call("spl.search_gt");
      case Comparison::GreaterEqual: return call("spl.search_ge");
    }
    return equal;
  }

  static ExprPtr ordered(std::string_view function, const ExprPtr& field, const SearchValue& value, Span span) {
    return make_call(function, {field, make_string(value.word.text, span)}, Type::Bool, span);
  }

  void warn_of_knowledge_objects(const Word& field) const {
    // `tag` is what the catalog says of the event's data models.
    if (!lowering_.open() || lowering_.has_event_types() ||
        (field.text != "eventtype" && !field.text.starts_with("tag::")))
      return;
    lowering_.source().report(kKnowledgeObject, field.range,
                              fmt::format("`{}` is read as an ordinary field of the event", field.text),
                              "put the search that it stands for here");
  }

  Lowering& lowering_;
  bool failed_ = false;  // in a subsearch, where it was reported
};

bool check_time_modifier(const Lowering& lowering, const SearchComparison& comparison) {
  constexpr std::array<std::string_view, 4> kOld{"endtime", "endtimeu", "starttime", "starttimeu"};
  const Word& field = comparison.field;
  if (field.quoted) return true;
  if (std::find(kOld.begin(), kOld.end(), field.text) != kOld.end()) {
    lowering.source().report(kTimeModifier, field.range,
                             fmt::format("the time modifier `{}` is not supported", field.text),
                             "write `earliest=` or `latest=`");
    return false;
  }
  if (!is_time_modifier(field.text)) return true;
  if (comparison.op != Comparison::Equal) {
    lowering.source().report(kTimeModifier, field.range, fmt::format("`{}` takes `=` and a time", field.text),
                             "write `_time` to compare the time of events");
    return false;
  }
  const Word& value = comparison.value.word;
  const bool token = lowering.has_tokens() && value.text.find('$') != std::string::npos;
  if (token || time_bound(value.text, {}) != nullptr) return true;
  lowering.source().report(kTimeModifier, value.range, fmt::format("`{}` is no time for `{}=`", value.text, field.text),
                           "as in -24h@h, @d, now, 1767225600 or 10/27/2026:00:00:00");
  return false;
}

/// Reported before anything is lowered, so that lowering cannot fail.
bool check_time_modifiers(const Lowering& lowering, const SearchExpr& expr) {
  bool sound = true;
  const auto walk = [&](const std::vector<SearchPtr>& operands) {
    for (const SearchPtr& operand : operands) sound = check_time_modifiers(lowering, *operand) && sound;
  };
  if (const auto* all = std::get_if<SearchAnd>(&expr.node)) walk(all->operands);
  if (const auto* any = std::get_if<SearchOr>(&expr.node)) walk(any->operands);
  if (const auto* negation = std::get_if<SearchNot>(&expr.node)) {
    sound = check_time_modifiers(lowering, *negation->operand);
  }
  if (const auto* comparison = std::get_if<SearchComparison>(&expr.node)) {
    sound = check_time_modifier(lowering, *comparison);
  }
  return sound;
}

}  // namespace

ExprPtr lower_search(Lowering& lowering, const SearchExpr& expr) {
  if (lowering.open() && !check_time_modifiers(lowering, expr)) return nullptr;
  return SearchLowering(lowering).run(expr);
}

Result<ExprPtr> Lowering::search_match(const FunctionCall& call) {
  const auto* literal = std::get_if<StringLiteral>(&call.arguments.front()->node);
  const Range range = call.arguments.front()->range;
  if (literal == nullptr) {
    source_->report(kUnsupportedOption, range, "`searchmatch` takes the search as a text in quotes");
    return already_reported();
  }
  MappedText search;
  search.append_generated("search " + literal->text, source_->span(range));
  Text* made = parse_text(std::move(search), false);
  if (made == nullptr) return already_reported();
  const auto* command = std::get_if<SearchCommand>(&made->pipeline.commands.front().node);
  if (command == nullptr || made->pipeline.commands.size() != 1) {
    source_->report(kBadValue, range, "`searchmatch` takes what a search begins with, and no other commands");
    return already_reported();
  }
  const Source* outer = std::exchange(source_, made->source.get());
  ExprPtr predicate = lower_search(*this, *command->expression);
  source_ = outer;
  if (!predicate) return already_reported();
  return predicate;
}

}  // namespace hecate::spl
