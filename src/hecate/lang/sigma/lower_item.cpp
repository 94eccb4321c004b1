#include "lang/sigma/lower_item.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_set>

#include "lang/sigma/codes.h"
#include "lang/sigma/pattern.h"
#include "lang/sigma/value_check.h"

namespace hecate::sigma {
namespace {

using K = ModifierKind;

/// The alternatives that one value of an item stands for: any of them must match.
struct Alternatives {
  std::vector<Pattern> patterns;
  std::vector<ExprPtr> tests;
};

std::string_view spelling(const ast::Value& value) {
  if (const auto* text = std::get_if<ast::Text>(&value.node)) return text->text.view();
  if (const auto* number = std::get_if<ast::Number>(&value.node)) return number->spelling;
  if (const auto* boolean = std::get_if<ast::Boolean>(&value.node)) return boolean->spelling;
  return {};
}

std::string_view compare_function(const ast::AppliedModifier* compare) {
  if (compare == nullptr) return "sigma.eq";
  switch (compare->row->id) {
    case Modifier::Lt: return "sigma.lt";
    case Modifier::Lte: return "sigma.lte";
    case Modifier::Gt: return "sigma.gt";
    default: return "sigma.gte";
  }
}

std::string_view field_function(const ast::AppliedModifier* position) {
  if (position == nullptr) return "sigma.field_equals";
  switch (position->row->id) {
    case Modifier::StartsWith: return "sigma.field_startswith";
    case Modifier::EndsWith: return "sigma.field_endswith";
    default: return "sigma.field_contains";
  }
}

ExprPtr number_literal(const ast::Number& number, Span span) {
  if (const auto* integer = std::get_if<int64_t>(&number.value)) {
    return make_literal(OwnedValue(Value::integer(*integer)), Type::Long, span);
  }
  return make_literal(OwnedValue(Value::real(std::get<double>(number.value))), Type::Real, span);
}

class ItemLowering {
 public:
  ItemLowering(const ast::Item& item, ScanColumns& columns, Budget& budget, DiagnosticSink& sink)
      : item_(item), budget_(budget), sink_(sink) {
    // Keywords search the whole event. Its raw text stands for "the full log message" (Rules Specification,
    // "Keywords search").
    operand_ = columns.column(item.keyword() ? std::string(kRawText) : item.field, item.field_span);
    columns_ = &columns;
    if (item.find(K::Cased) != nullptr) casing_ = Casing::Sensitive;
  }

  Result<ExprPtr> run() {
    std::vector<Alternatives> values;
    bool ok = true;
    for (const ast::Value& value : item_.values) {
      Alternatives alternatives;
      ok = lower(value, alternatives) && ok;
      if (ok && !budget_.spend(alternatives.patterns.size() + alternatives.tests.size())) {
        sink_.report(kTooLarge, item_.span, fmt::format("this rule expands to more than {} tests", Budget::kMost));
        return already_reported();
      }
      values.push_back(std::move(alternatives));
    }
    if (!ok) return already_reported();
    ExprPtr result = item_.find(K::All) != nullptr ? all(values) : any(values);
    // "The field is different from the specified values": from every one of them.
    if (item_.find(K::Negate) != nullptr) result = make_not(std::move(result), item_.span);
    return result;
  }

 private:
  bool lower(const ast::Value& value, Alternatives& out) {
    if (std::holds_alternative<ast::Null>(value.node)) {
      out.tests.push_back(make_call("sigma.is_null", {operand_}, Type::Bool, value.span));
      return true;
    }
    if (item_.find(K::Exists) != nullptr) return lower_exists(value, out);
    if (item_.find(K::TimePart) != nullptr || item_.find(K::Compare) != nullptr) return lower_number(value, out);
    if (item_.find(K::FieldReference) != nullptr) return lower_field_reference(value, out);
    std::string text(spelling(value));
    if (item_.find(K::Expand) != nullptr) {
      std::optional<std::string> expanded = without_placeholders(std::get<ast::Text>(value.node).text, sink_);
      if (!expanded) return false;
      text = std::move(*expanded);
    }
    if (item_.find(K::Regex) != nullptr) return lower_regex(value, text, out);
    if (item_.find(K::Network) != nullptr) return lower_network(value, text, out);
    return lower_text(value, text, out);
  }

  bool lower_exists(const ast::Value& value, Alternatives& out) {
    ExprPtr exists = make_call("sigma.exists", {operand_}, Type::Bool, value.span);
    const bool wanted = std::get<ast::Boolean>(value.node).value;
    out.tests.push_back(wanted ? std::move(exists) : make_not(std::move(exists), value.span));
    return true;
  }

  bool lower_number(const ast::Value& value, Alternatives& out) {
    const auto& number = std::get<ast::Number>(value.node);
    ExprPtr subject = operand_;
    if (const ast::AppliedModifier* part = item_.find(K::TimePart)) {
      if (!check_time_part(*part, number, value.span, sink_)) return false;
      subject = make_call(fmt::format("sigma.{}", part->row->name), {operand_}, Type::Long, part->span);
    }
    out.tests.push_back(make_call(compare_function(item_.find(K::Compare)),
                                  {std::move(subject), number_literal(number, value.span)}, Type::Bool, value.span));
    return true;
  }

  bool lower_field_reference(const ast::Value& value, Alternatives& out) {
    const std::string other(spelling(value));
    if (other.empty()) {
      sink_.report(kModifierValue, value.span, "`fieldref` needs the name of a field");
      return false;
    }
    std::vector<ExprPtr> arguments{operand_, columns_->column(other, value.span)};
    if (casing_ == Casing::Sensitive) arguments.push_back(make_bool(true, value.span));
    out.tests.push_back(
        make_call(field_function(item_.find(K::Position)), std::move(arguments), Type::Bool, value.span));
    return true;
  }

  bool lower_regex(const ast::Value& value, const std::string& text, Alternatives& out) {
    std::string flags;
    for (const ast::AppliedModifier& modifier : item_.modifiers) {
      if (modifier.row->id == Modifier::ReIgnoreCase) flags += 'i';
      if (modifier.row->id == Modifier::ReMultiline) flags += 'm';
      if (modifier.row->id == Modifier::ReDotAll) flags += 's';
    }
    if (!flags.empty()) flags = fmt::format("(?{})", flags);
    const MappedText* origin = item_.find(K::Expand) == nullptr ? &std::get<ast::Text>(value.node).text : nullptr;
    if (!check_regex(flags, text, origin, value.span, sink_)) return false;
    out.patterns.push_back({MatchOp::Regex, flags + text});
    return true;
  }

  bool lower_network(const ast::Value& value, const std::string& text, Alternatives& out) {
    if (!check_network(text, value.span, sink_)) return false;
    out.tests.push_back(make_call("sigma.cidr", {operand_, make_string(text, value.span)}, Type::Bool, value.span));
    return true;
  }

  bool lower_text(const ast::Value& value, const std::string& text, Alternatives& out) {
    std::vector<SigmaString> strings{SigmaString::parse(text)};
    for (const ast::AppliedModifier& modifier : item_.modifiers) {
      if (!apply(modifier, value, strings)) return false;
    }
    if (item_.keyword()) add_escaped(strings);
    for (const SigmaString& string : strings) {
      const bool bare_keyword = item_.keyword() && item_.find(K::Position) == nullptr;
      for (Pattern& pattern : to_patterns(bare_keyword ? string.wrapped(true, true) : string, casing_)) {
        out.patterns.push_back(std::move(pattern));
      }
    }
    return true;
  }

  /// JSON and XML spell some characters of a value otherwise in the raw text.
  static void add_escaped(std::vector<SigmaString>& strings) {
    const size_t count = strings.size();
    for (size_t i = 0; i < count; ++i) {
      const SigmaString plain = strings[i];
      for (const RawForm form : kRawForms) {
        if (std::optional<SigmaString> other = plain.escaped(form)) strings.push_back(std::move(*other));
      }
    }
  }

  bool apply(const ast::AppliedModifier& modifier, const ast::Value& value, std::vector<SigmaString>& strings) {
    const Modifier id = modifier.row->id;
    if (modifier.row->kind == K::Encode) return encode(modifier, value, strings);
    for (SigmaString& string : strings) {
      if (id == Modifier::Contains)
        string = string.wrapped(true, true);
      else if (id == Modifier::StartsWith)
        string = string.wrapped(false, true);
      else if (id == Modifier::EndsWith)
        string = string.wrapped(true, false);
      else if (id == Modifier::Windash)
        string = string.with_dashes_free();
    }
    return true;
  }

  bool encode(const ast::AppliedModifier& modifier, const ast::Value& value, std::vector<SigmaString>& strings) {
    std::vector<SigmaString> encoded;
    for (const SigmaString& string : strings) {
      if (string.free_dashes() > kMostSpeltDashes) {
        sink_.report(
            kTooLarge, value.span,
            fmt::format("more than {} dashes cannot be spelt out for `{}`", kMostSpeltDashes, modifier.row->name));
        return false;
      }
      for (const SigmaString& spelt : string.spelt_out()) {
        const std::optional<std::string> literal = spelt.literal();
        if (!literal || literal->empty()) {
          sink_.report(kModifierValue, value.span,
                       literal ? fmt::format("`{}` has nothing to encode", modifier.row->name)
                               : fmt::format("a wildcard cannot be encoded by `{}`", modifier.row->name),
                       literal ? "" : "escape it with a backslash where it is meant literally");
          return false;
        }
        for (const std::string& text : sigma::encoded(modifier.row->id, *literal)) {
          encoded.emplace_back().append_literal(text);
        }
      }
    }
    strings = std::move(encoded);
    return true;
  }

  // --- combining ---

  /// Collects patterns by operation, so that a list of values is one Match for each operation.
  struct Grouped {
    std::vector<std::pair<MatchOp, std::vector<std::string>>> groups;
    std::unordered_set<std::string> seen;

    void add(Pattern pattern) {
      if (!seen.insert(fmt::format("{}:{}", static_cast<int>(pattern.op), pattern.text)).second) return;
      for (auto& [op, patterns] : groups) {
        if (op == pattern.op) return patterns.push_back(std::move(pattern.text));
      }
      groups.push_back({pattern.op, {std::move(pattern.text)}});
    }
  };

  void matches(Grouped& grouped, Quantifier quantifier, std::vector<ExprPtr>& out) const {
    for (auto& [op, patterns] : grouped.groups) {
      const Quantifier over = patterns.size() == 1 ? Quantifier::Any : quantifier;
      const Casing casing = op == MatchOp::Regex ? Casing::Sensitive : casing_;
      out.push_back(make_match({operand_, op, casing, over, RegexDialect::Pcre2, std::move(patterns)}, item_.span));
    }
  }

  [[nodiscard]] ExprPtr any(std::vector<Alternatives>& values) const {
    Grouped grouped;
    std::vector<ExprPtr> operands;
    std::vector<ExprPtr> tests;
    for (Alternatives& value : values) {
      for (Pattern& pattern : value.patterns) grouped.add(std::move(pattern));
      for (ExprPtr& test : value.tests) tests.push_back(std::move(test));
    }
    matches(grouped, Quantifier::Any, operands);
    operands.insert(operands.end(), tests.begin(), tests.end());
    return make_or(std::move(operands), item_.span);
  }

  [[nodiscard]] ExprPtr all(std::vector<Alternatives>& values) const {
    Grouped single;
    std::vector<ExprPtr> operands;
    std::vector<ExprPtr> tests;
    for (Alternatives& value : values) {
      if (value.patterns.size() == 1) {
        single.add(std::move(value.patterns.front()));
        continue;
      }
      std::vector<Alternatives> one;
      one.push_back(std::move(value));
      tests.push_back(any(one));
    }
    matches(single, Quantifier::All, operands);
    operands.insert(operands.end(), tests.begin(), tests.end());
    return make_and(std::move(operands), item_.span);
  }

  const ast::Item& item_;
  Budget& budget_;
  DiagnosticSink& sink_;
  ScanColumns* columns_ = nullptr;
  ExprPtr operand_;
  Casing casing_ = Casing::Insensitive;
};

}  // namespace

ExprPtr ScanColumns::column(const std::string& field, Span span) {
  const auto [at, added] = columns_.try_emplace(field, ColumnId{});
  if (added) {
    at->second = plan_.add_column(field, Type::Many);
    plan_.scan().columns.push_back({at->second, field});
  }
  return make_column(at->second, Type::Many, span);
}

Result<ExprPtr> lower_item(const ast::Item& item, ScanColumns& columns, Budget& budget, DiagnosticSink& sink) {
  return ItemLowering(item, columns, budget, sink).run();
}

}  // namespace hecate::sigma
