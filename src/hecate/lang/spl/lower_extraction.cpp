#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"
#include "lang/spl/parse.h"

// Fields out of texts, rows out of values, commands for each of many fields.
namespace hecate::spl {

bool Lowering::operator()(const MvexpandCommand& command) {
  const ExprPtr value = field(command.field);
  if (is_null_literal(value)) return true;
  const ColumnId input = column_of(command.field.text, value);
  const Type type = value->type == Type::Many ? Type::String : value->type;
  const ColumnId id = plan_->add_column(command.field.text, type);
  push(Unnest{id, input, command.limit});
  scope_.bind(command.field.text, make_column(id, type), true);
  return true;
}

bool Lowering::operator()(const SpathCommand& command) {
  const Span span = source_->span(command.input.range);
  if (command.path) {
    const ExprPtr input = field(command.input);
    if (is_null_literal(input)) return true;
    const std::string& output = command.output ? command.output->text : command.path->text;
    ExprPtr value = make_call("spl.spath", {input, make_string(command.path->text, source_->span(command.path->range))},
                              Type::Many, span);
    assign(output, std::move(value));
    return true;
  }
  // The event's own JSON or XML has been read already, under the very names that spath gives.
  if (command.input.text == "_raw" && scope_.scans()) return true;
  const ExprPtr input = field(command.input);
  if (is_null_literal(input)) return true;
  overlay([input, span, own = command.input.text](std::string_view name, ExprPtr before) -> ExprPtr {
    if (name.starts_with('_') || name == own) return before;
    return merged(make_call("spl.spath", {input, make_string(std::string(name), span)}, Type::Many, span), before);
  });
  return true;
}

ExprPtr Lowering::extracted(const ExtractCommand& command, const ExprPtr& input, std::string_view name, Span span) {
  if (!name.starts_with(command.prefix)) return nullptr;
  const ExprPtr key = make_string(std::string(name.substr(command.prefix.size())), span);
  switch (command.form) {
    case ExtractCommand::Form::Xml: return make_call("spl.xmlkv", {input, key}, Type::Many, span);
    case ExtractCommand::Form::Json: return make_call("spl.json_key", {input, key}, Type::Many, span);
    case ExtractCommand::Form::Pairs: break;
  }
  return make_call(
      "spl.pair", {input, key, make_string(command.pair_delimiters, span), make_string(command.value_delimiters, span)},
      Type::Many, span);
}

bool Lowering::operator()(const ExtractCommand& command) {
  const ExprPtr input = field(command.input);
  if (is_null_literal(input)) return true;
  const Span span = source_->span(command.input.range);
  ExtractCommand how;
  how.form = command.form;
  how.prefix = command.prefix;
  how.pair_delimiters = command.pair_delimiters;
  how.value_delimiters = command.value_delimiters;
  overlay([input, span, how, own = command.input.text](std::string_view name, ExprPtr before) -> ExprPtr {
    if (name.starts_with('_') || name == own) return before;
    return merged(extracted(how, input, name, span), before);
  });
  return true;
}

// --- foreach -----------------------------------------------------------------------------------------

/// The body with `<<FIELD>>` and its kin replaced (Search Reference, foreach).
MappedText Lowering::foreach_body(const ForeachCommand& command, const std::string& name,
                                  const std::vector<std::string>& segments) {
  std::string matched;
  for (const std::string& segment : segments) matched += segment;
  const Span span = source_->span(command.body);
  const std::string_view body = source_->text(command.body);
  MappedText text;
  size_t copied = 0;
  std::vector<std::pair<std::string_view, std::string_view>> tokens{{command.field, name}, {command.matched, matched}};
  for (size_t i = 0; i < 3; ++i)
    tokens.emplace_back(command.segments[i], i < segments.size() ? std::string_view(segments[i]) : std::string_view());
  for (size_t at = 0; at < body.size();) {
    const auto token = std::find_if(tokens.begin(), tokens.end(), [&](const auto& each) {
      return !each.first.empty() && body.substr(at).starts_with(each.first);
    });
    if (token == tokens.end()) {
      ++at;
      continue;
    }
    text.append_generated(body.substr(copied, at - copied), span);
    text.append_generated(token->second, span);
    copied = at += token->first.size();
  }
  text.append_generated(body.substr(copied), span);
  return text;
}

bool Lowering::foreach_field(const ForeachCommand& command, const std::string& name,
                             const std::vector<std::string>& segments) {
  Text* text = parse_text(foreach_body(command, name, segments), false);
  if (text == nullptr) return false;
  const Source* outer = source_;
  const Range outer_command = command_;
  source_ = text->source.get();
  ++depth_;
  const bool sound = lower(text->pipeline);
  --depth_;
  source_ = outer;
  command_ = outer_command;
  return sound;
}

bool Lowering::operator()(const ForeachCommand& command) {
  if (command.mode != ForeachCommand::Mode::Fields) return fold_values(command);
  for (const Word& pattern : command.fields) {
    if (!has_wildcard(pattern.text)) {
      if (!foreach_field(command, pattern.text, {})) return false;
      continue;
    }
    // Of raw events it runs for the fields that the search has named so far, which is what it can tell apart.
    if (scope_.unnamed() && pattern.text == "*") return refuse_open_wildcard(pattern);
    for (const std::string& name : scope_.matching(pattern.text)) {
      const auto segments = match_name(pattern.text, name);
      if (segments && !foreach_field(command, name, *segments)) return false;
    }
  }
  return true;
}

bool Lowering::operator()(const ReplaceCommand& command) {
  std::vector<Word> fields = command.fields;
  if (fields.empty()) {
    if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
    for (const std::string& name : shown_names()) {
      if (!name.starts_with('_')) fields.push_back({name, command_, true});
    }
  }
  Result<std::vector<Word>> names = expand_names(fields);
  if (!names) return false;
  for (const Word& name : *names) {
    const ExprPtr value = field(name);
    if (is_null_literal(value)) continue;
    std::vector<ExprPtr> arguments{value};
    for (const auto& [from, to] : command.pairs) {
      arguments.push_back(make_string(from.text, source_->span(from.range)));
      arguments.push_back(make_string(to.text, source_->span(to.range)));
    }
    const Type type = value->type == Type::Many ? Type::Many : Type::String;
    assign(name.text, make_call("spl.replace_value", std::move(arguments), type, source_->span(name.range)));
  }
  return true;
}

}  // namespace hecate::spl
