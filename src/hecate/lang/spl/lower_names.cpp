#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"

namespace hecate::spl {
namespace {

/// The function of exec/functions; empty for those that are lowered by themselves.
std::string_view convert_function(std::string_view name) {
  if (name == "auto") return "spl.convert_auto";
  if (name == "dur2sec") return "spl.convert_duration";
  if (name == "memk") return "spl.convert_memory";
  if (name == "mstime") return "spl.convert_minutes";
  if (name == "rmcomma") return "spl.convert_commas";
  if (name == "rmunit") return "spl.convert_unit";
  return {};
}

size_t stars(std::string_view name) { return static_cast<size_t>(std::count(name.begin(), name.end(), '*')); }

}  // namespace

void Lowering::rename_one(const Word& from, std::string_view to) {
  if (from.text == to) return;
  const ExprPtr value = field(from);
  if (is_null_literal(value)) return;
  scope_.rename(from.text, to);
}

ExprPtr Lowering::renamed_late(const Scope& scope, const Scope::Renaming& renaming, std::string_view name,
                               size_t before) {
  const bool internal = name.starts_with('_');
  ExprPtr old = match_name(renaming.from, name) ? nullptr : late_value(scope, name, before);
  const auto texts = match_name(renaming.to, name);
  if (!texts || internal) return old;
  const ExprPtr source = late_value(scope, fill_name(renaming.from, *texts), before);
  if (!source || !old) return source ? source : old;
  // Only events that have the field are renamed; in others the old one of this name stays.
  const Type type = common_type({source, old});
  return make_call("spl.coalesce", {promote(source, type), promote(old, type)}, type);
}

ExprPtr Lowering::late_value(const Scope& scope, std::string_view name, size_t count) {
  if (count == 0) return scope.scans() ? scan_column(name) : nullptr;
  const Scope::Step& step = scope.steps[count - 1];
  if (const auto* renaming = std::get_if<Scope::Renaming>(&step))
    return renamed_late(scope, *renaming, name, count - 1);
  if (const auto* hiding = std::get_if<Scope::Hiding>(&step); hiding != nullptr && match_name(hiding->pattern, name))
    return nullptr;
  ExprPtr before = late_value(scope, name, count - 1);
  if (const auto* overlay = std::get_if<Scope::Overlay>(&step)) return (*overlay)(name, std::move(before));
  const auto* filling = std::get_if<Scope::Filling>(&step);
  const bool internal = name.starts_with('_') || is_metadata(name);
  return filling == nullptr || internal || !before ? before : filled(before, filling->text, before->span);
}

ExprPtr Lowering::value_in(const Scope& scope, std::string_view name) {
  const Scope::Entry* entry = scope.find(name);
  if (entry == nullptr) return late_value(scope, name, scope.steps.size());
  ExprPtr value = entry->value;
  // Renamings and the like were done to it when they came; only what may bring a field of this name is new.
  for (size_t i = entry->seen; i < scope.steps.size(); ++i) {
    if (const auto* overlay = std::get_if<Scope::Overlay>(&scope.steps[i])) value = (*overlay)(name, std::move(value));
  }
  return value;
}

/// Over raw events the fields that a wildcard finds are not known: those that are bound are renamed now, those that
/// the search names later when it does.
bool Lowering::rename_open(const RenameCommand::Item& item) {
  constexpr std::ptrdiff_t kMost = 4;  // each may double what a name means
  const auto renamings = std::count_if(scope_.steps.begin(), scope_.steps.end(), [](const Scope::Step& step) {
    return std::holds_alternative<Scope::Renaming>(step);
  });
  if (renamings >= kMost) return refuse_open_wildcard(item.from);
  for (const std::string& name : scope_.matching(item.from.text)) {
    const auto texts = match_name(item.from.text, name);
    if (texts) rename_one({name, item.from.range, false}, fill_name(item.to.text, *texts));
  }
  for (const std::string& name : scope_.matching(item.to.text)) {
    const auto texts = match_name(item.to.text, name);
    const Scope::Entry* entry = scope_.find(name);
    if (!texts || entry == nullptr || entry->computed) continue;
    const ExprPtr source = late_value(scope_, fill_name(item.from.text, *texts), scope_.steps.size());
    if (!source) continue;
    const Type type = common_type({source, entry->value});
    assign(name, make_call("spl.coalesce", {promote(source, type), promote(entry->value, type)}, type));
  }
  scope_.steps.emplace_back(Scope::Renaming{item.from.text, item.to.text});
  // What is bound has been renamed above.
  return true;
}

bool Lowering::rename_matching(const RenameCommand::Item& item) {
  if (stars(item.from.text) != stars(item.to.text)) {
    source_->report(kBadValue, item.to.range, "both names need the same number of `*`");
    return false;
  }
  if (scope_.pivoted()) return refuse_open_wildcard(item.from);
  if (scope_.open()) return rename_open(item);
  for (const std::string& name : scope_.matching(item.from.text)) {
    const auto texts = match_name(item.from.text, name);
    if (texts) rename_one({name, item.from.range, false}, fill_name(item.to.text, *texts));
  }
  return true;
}

bool Lowering::operator()(const RenameCommand& command) {
  bool sound = true;
  for (const RenameCommand::Item& item : command.items) {
    if (has_wildcard(item.from.text)) {
      sound = rename_matching(item) && sound;
    } else {
      rename_one(item.from, item.to.text);
    }
  }
  return sound;
}

/// Over events, a list with wildcards keeps what the search names later and the list allows.
bool Lowering::keep_matching(const std::vector<Word>& words) {
  const auto everything = [](const Word& word) { return word.text == "*"; };
  if (std::any_of(words.begin(), words.end(), everything)) return true;
  std::vector<std::string> patterns;
  for (const Word& word : words) patterns.push_back(word.text);
  overlay([patterns](std::string_view name, ExprPtr before) -> ExprPtr {
    const bool kept = name.starts_with('_') || std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
                        return match_name(pattern, name).has_value();
                      });
    return kept ? before : nullptr;
  });
  source_->report(kLateFields, command_, "which fields this list means is not known before the run",
                  "whole events are shown; name the fields to show these alone");
  return true;
}

bool Lowering::keep(const std::vector<Word>& words, bool keep_time) {
  const bool open_list =
      std::any_of(words.begin(), words.end(), [](const Word& word) { return has_wildcard(word.text); });
  if (scope_.open() && open_list) return keep_matching(words);
  Result<std::vector<Word>> names = expand_names(words);
  if (!names) return false;
  std::vector<std::pair<std::string, ExprPtr>> kept;
  for (const Word& name : *names) {
    ExprPtr value = field(name);
    // A column that no row fills is shown all the same.
    if (is_null_literal(value)) value = extend(name.text, value);
    kept.emplace_back(name.text, std::move(value));
  }
  // `fields` keeps internal fields unless they are removed by name (Search Reference, fields).
  const Scope::Entry* time = scope_.find("_time");
  const bool has_time = time != nullptr ? time->value != nullptr : scope_.open();
  if (keep_time && has_time) kept.emplace_back("_time", field({"_time", command_, false}));
  scope_.clear();
  scope_.close();
  for (auto& [name, value] : kept) {
    if (scope_.find(name) == nullptr) scope_.bind(name, std::move(value), true);
  }
  return true;
}

bool Lowering::operator()(const TableCommand& command) { return keep(command.fields, false); }

bool Lowering::operator()(const FieldsCommand& command) {
  if (!command.remove) return keep(command.fields, true);
  for (const Word& word : command.fields) {
    if (!has_wildcard(word.text)) {
      scope_.remove(word.text);
      continue;
    }
    for (const std::string& name : scope_.matching(word.text)) scope_.remove(name);
    if (scope_.open() || !scope_.steps.empty()) scope_.steps.emplace_back(Scope::Hiding{word.text});
  }
  return true;
}

ExprPtr Lowering::filled(const ExprPtr& value, const std::string& text, Span span) const {
  const bool number = value->type == Type::Real || value->type == Type::Long;
  if (number && is_number_text(text)) {
    const ExprPtr literal = make_literal(OwnedValue(Value::real(std::strtod(text.c_str(), nullptr))), Type::Real, span);
    return make_call("spl.coalesce", {promote(value, Type::Real), literal}, Type::Real, span);
  }
  const Type type = number ? Type::String : value->type;
  return make_call("spl.coalesce", {promote(value, type), promote(make_string(text, span), type)}, type, span);
}

void Lowering::fill_field(const Word& name, const Word& value) {
  const Scope::Entry* entry = scope_.find(name.text);
  const bool exists = entry != nullptr ? entry->value != nullptr : scope_.open();
  // A field that is named comes into being (Search Reference, fillnull).
  const ExprPtr old = exists ? field(name) : null_literal();
  assign(name.text, filled(old, value.text, source_->span(value.range)));
}

bool Lowering::operator()(const FillnullCommand& command) {
  Result<std::vector<Word>> names = expand_names(command.fields);
  if (!names) return false;
  if (!command.fields.empty()) {
    for (const Word& name : *names) fill_field(name, command.value);
    return true;
  }
  std::vector<std::string> known;
  for (const std::string_view name : scope_.names()) {
    if (!name.starts_with('_')) known.emplace_back(name);
  }
  for (const std::string& name : known) fill_field({name, command.value.range, false}, command.value);
  // Splunk fills each field that any event of the result has. Which those are is not known before the run, so a field
  // that the search names later counts as one of them.
  if (scope_.open()) scope_.steps.emplace_back(Scope::Filling{command.value.text});
  return true;
}

bool Lowering::operator()(const ConvertCommand& command) {
  for (const ConvertCommand::Item& item : command.items) {
    Result<std::vector<Word>> names = expand_names({item.field});
    if (!names) return false;
    for (const Word& name : *names) {
      const ExprPtr value = field(name);
      if (is_null_literal(value) || item.function.text == "none") continue;
      const Span span = source_->span(cover(item.function.range, item.field.range));
      const ExprPtr format = make_string(command.timeformat, span);
      ExprPtr result;
      if (const std::string_view function = convert_function(item.function.text); !function.empty()) {
        // What is no such text stays as it is (Search Reference, convert, auto) or is removed.
        const bool keeps = item.function.text == "auto";
        const Type type = keeps ? Type::String : Type::Real;
        result = make_call(function, {value}, type, span);
      } else if (item.function.text == "ctime") {
        result = make_call("spl.ctime", {value, format}, value->type == Type::Many ? Type::Many : Type::String, span);
      } else if (item.function.text == "mktime") {
        result = make_call("spl.strptime", {value, format}, Type::Real, span);
      } else {
        result = promote(value, Type::Real);
      }
      assign(item.as ? item.as->text : name.text, std::move(result));
    }
  }
  return true;
}

}  // namespace hecate::spl
