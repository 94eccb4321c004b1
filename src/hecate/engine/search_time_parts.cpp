#include "engine/search_time_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.h"
#include "content/codes.h"
#include "exec/functions/pcre2_pattern.h"

namespace hecate::engine {
namespace {

using content::AddOn;

constexpr std::string_view kResult = "the result";

/// `$1` is a group; anything else is no reference.
std::optional<int> group_of(std::string_view text) {
  if (text.size() < 2 || text.front() != '$') return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// The names of a pattern's groups, as they are written.
std::vector<std::string> group_names(std::string_view regex) {
  std::vector<std::string> names;
  for (size_t at = regex.find("(?"); at != std::string_view::npos; at = regex.find("(?", at + 2)) {
    size_t begin = at + 2;
    if (begin < regex.size() && regex[begin] == 'P') ++begin;
    if (begin >= regex.size() || (regex[begin] != '<' && regex[begin] != '\'')) continue;
    const char close = regex[begin] == '<' ? '>' : '\'';
    const size_t end = regex.find(close, ++begin);
    if (end == std::string_view::npos || end == begin || regex[begin] == '=' || regex[begin] == '!') continue;
    names.emplace_back(regex.substr(begin, end - begin));
  }
  return names;
}

ExprPtr number(int64_t value) { return make_literal(OwnedValue(Value::integer(value)), Type::Long); }

/// FORMAT's value: a group, or a text with groups in it.
ExprPtr formatted(const AddOn::Extraction& extraction, std::string_view format, const ExprPtr& source) {
  const auto group = [&](int which) {
    const std::string_view function = extraction.several ? "text.regex_all" : "text.regex";
    return make_call(function, {source, make_string(std::string(extraction.regex.view())), number(which)}, Type::Many);
  };
  if (const auto alone = group_of(format)) return group(*alone);
  std::vector<ExprPtr> parts;
  size_t at = 0;
  while (at < format.size()) {
    const size_t dollar = std::min(format.find('$', at), format.size());
    if (dollar > at) parts.push_back(make_string(std::string(format.substr(at, dollar - at))));
    size_t end = dollar + 1;
    while (end < format.size() && is_ascii_digit(format[end])) ++end;
    if (const auto which = dollar < end ? group_of(format.substr(dollar, end - dollar)) : std::nullopt)
      parts.push_back(group(*which));
    else if (dollar < format.size())
      parts.push_back(make_string("$"));
    at = end;
  }
  if (parts.empty()) return nullptr;
  // A constant is there where the expression matches.
  ExprPtr whole = group(0);
  ExprPtr text = make_call("text.concat", std::move(parts), Type::String);
  return make_call("text.if",
                   {make_call("spl.isnotnull", {std::move(whole)}, Type::Bool), std::move(text),
                    make_literal(OwnedValue(), Type::String)},
                   Type::String);
}

ExprPtr by_delimiters(const AddOn::Extraction& extraction, std::string_view name, const ExprPtr& source) {
  if (!extraction.value_delimiters.empty()) {
    return make_call("spl.pair",
                     {source, make_string(std::string(name)), make_string(extraction.pair_delimiters),
                      make_string(extraction.value_delimiters)},
                     Type::Many);
  }
  const auto found = std::find(extraction.fields.begin(), extraction.fields.end(), name);
  if (found == extraction.fields.end()) return nullptr;
  return make_call("spl.cut_field",
                   {source, make_string(extraction.pair_delimiters), number(found - extraction.fields.begin())},
                   Type::Many);
}

/// A column of a plan as an expression over the fields that the plan reads.
class Inliner {
 public:
  explicit Inliner(const Plan& plan) {
    for (const Scan::Column& column : plan.scan().columns) {
      auto field = std::make_shared<Expr>();
      field->node = RawField{column.field};
      field->type = plan.column(column.id).type;
      values_[column.id] = std::move(field);
    }
    for (const Node& node : plan.nodes) {
      const auto* extend = std::get_if<Extend>(&node.op);
      if (extend == nullptr) continue;
      for (const Extend::Column& column : extend->columns) values_[column.id] = inlined(column.value);
    }
  }
  [[nodiscard]] ExprPtr value(ColumnId id) const { return values_.at(id); }
  [[nodiscard]] ExprPtr inlined(const ExprPtr& expr) const {
    return rewrite(expr, [this](const ExprPtr& node) -> ExprPtr {
      if (const auto* ref = std::get_if<ColumnRef>(&node->node)) return values_.at(ref->column);
      const auto* call = std::get_if<Call>(&node->node);
      // Lookups of an add-on are the same for all searches, and known before any runs.
      if (call != nullptr && call->function == "spl.lookup")
        return make_call("spl.automatic_lookup", call->arguments, node->type, node->span);
      return nullptr;
    });
  }

 private:
  std::map<ColumnId, ExprPtr> values_;
};

bool is_per_event(const Plan& plan) {
  return plan.scans() && plan.inputs.empty() &&
         std::all_of(plan.nodes.begin() + 1, plan.nodes.end(), [](const Node& node) {
           return std::holds_alternative<Filter>(node.op) || std::holds_alternative<Extend>(node.op);
         });
}

std::optional<Plan> compile(std::string_view before, const MappedText& text, const spl::Environment& environment,
                            DiagnosticSink& sink) {
  const Span span = text.span(0, text.size());
  MappedText search;
  search.append_generated(before, span);
  search.append(text, 0, text.size());
  Result<Plan> plan = spl::compile(search, environment, sink);
  if (!plan) return std::nullopt;
  if (is_per_event(*plan)) return std::move(*plan);
  sink.report(content::kUnsupportedSetting, span, "this looks at more than one event",
              "it must say what one event has");
  return std::nullopt;
}

}  // namespace

ExprPtr extract(const AddOn::Extraction& extraction, std::string_view name, const ExprPtr& source) {
  if (extraction.regex.view().empty()) return by_delimiters(extraction, name, source);
  const ExprPtr regex = make_string(std::string(extraction.regex.view()));
  if (extraction.format.empty()) {
    const auto groups = group_names(extraction.regex.view());
    if (std::find(groups.begin(), groups.end(), name) == groups.end()) return nullptr;
    return make_call("spl.rex", {source, regex, make_string(std::string(name)), number(extraction.several ? 0 : 1)},
                     Type::Many);
  }
  for (const AddOn::Extraction::Part& part : extraction.format) {
    if (part.field == name) return formatted(extraction, part.value, source);
  }
  for (const AddOn::Extraction::Part& part : extraction.format) {
    const auto key = group_of(part.field);
    const auto value = group_of(part.value);
    if (!key || !value) continue;
    return make_call("spl.named_pair",
                     {source, regex, number(*key), number(*value), make_string(std::string(name)),
                      make_bool(extraction.clean_keys), make_bool(extraction.several)},
                     Type::Many);
  }
  return nullptr;
}

bool names_of(const AddOn::Extraction& extraction, std::set<std::string, std::less<>>& names, bool& any,
              DiagnosticSink& sink) {
  if (extraction.regex.view().empty()) {
    names.insert(extraction.fields.begin(), extraction.fields.end());
    any = !extraction.value_delimiters.empty();
    return !extraction.pair_delimiters.empty();
  }
  const Pcre2Pattern pattern(extraction.regex.view());
  if (!pattern.valid()) {
    sink.report(content::kBadExtraction, extraction.regex.span(0, extraction.regex.size()),
                fmt::format("this regular expression does not compile: {}", pattern.error()));
    return false;
  }
  if (extraction.format.empty()) {
    for (std::string& name : group_names(extraction.regex.view())) names.insert(std::move(name));
  }
  for (const AddOn::Extraction::Part& part : extraction.format) {
    for (const std::string_view text : {std::string_view(part.field), std::string_view(part.value)}) {
      const auto group = group_of(text);
      if (!group || static_cast<size_t>(*group) <= pattern.groups()) continue;
      sink.report(content::kBadExtraction, extraction.span,
                  fmt::format("FORMAT names the group {}, and the expression has {}", text, pattern.groups()));
      return false;
    }
    if (group_of(part.field)) any = true;
    if (!group_of(part.field)) names.insert(part.field);
  }
  return any || !names.empty();
}

ExprPtr compile_value(const MappedText& expression, const spl::Environment& environment, DiagnosticSink& sink) {
  const auto plan = compile(fmt::format("search * | eval \"{}\"=", kResult), expression, environment, sink);
  if (!plan) return nullptr;
  const auto result = std::find_if(plan->output.begin(), plan->output.end(),
                                   [](const OutputColumn& column) { return column.name == kResult; });
  return result == plan->output.end() ? nullptr : Inliner(*plan).value(result->column);
}

ExprPtr compile_condition(const MappedText& search, const spl::Environment& environment, DiagnosticSink& sink) {
  const auto plan = compile("search ", search, environment, sink);
  if (!plan) return nullptr;
  const Inliner inliner(*plan);
  std::vector<ExprPtr> all;
  for (const Node& node : plan->nodes) {
    if (const auto* filter = std::get_if<Filter>(&node.op)) all.push_back(inliner.inlined(filter->predicate));
  }
  return make_and(std::move(all));
}

std::vector<std::pair<std::string, ExprPtr>> compile_lookup(const MappedText& arguments,
                                                            const spl::Environment& environment, DiagnosticSink& sink) {
  std::vector<std::pair<std::string, ExprPtr>> found;
  const auto plan = compile("search * | lookup ", arguments, environment, sink);
  if (!plan) return found;
  const Inliner inliner(*plan);
  for (const OutputColumn& column : plan->output) found.emplace_back(column.name, inliner.value(column.column));
  return found;
}

ExprPtr with_fields(const ExprPtr& expr, const SearchTime::Below& fields) {
  return rewrite(expr, [&](const ExprPtr& node) -> ExprPtr {
    const auto* field = std::get_if<RawField>(&node->node);
    return field == nullptr ? nullptr : fields(field->path);
  });
}

}  // namespace hecate::engine
