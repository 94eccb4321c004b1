#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/lower.h"

// Commands that make one value of several, or several of one.
namespace hecate::spl {

bool Lowering::operator()(const MakemvCommand& command) {
  const ExprPtr value = field(command.field);
  if (is_null_literal(value)) return true;
  const Span span = source_->span(command.field.range);
  if (command.tokenizer) {
    const ExprPtr pattern = make_string(command.tokenizer->text, source_->span(command.tokenizer->range));
    assign(command.field.text, make_call("spl.tokens", {value, pattern}, Type::Many, span));
    return true;
  }
  assign(command.field.text,
         make_call("spl.makemv", {value, make_string(command.delimiter, span), make_bool(command.allow_empty, span)},
                   Type::Many, span));
  return true;
}

bool Lowering::operator()(const NomvCommand& command) {
  const ExprPtr value = field(command.field);
  if (is_null_literal(value)) return true;
  assign(command.field.text, make_call("spl.mvjoin", {value, make_string("\n")}, Type::String));
  return true;
}

/// Rows that are equal but for one field become one, which has all its values (Search Reference, mvcombine).
bool Lowering::operator()(const MvcombineCommand& command) {
  if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
  const ExprPtr value = field(command.field);
  if (is_null_literal(value)) return true;
  const Span span = source_->span(command_);
  Aggregate aggregate{{}, {}, NullKeys::Keep, false, false};
  std::vector<std::pair<std::string, ColumnId>> bound;
  for (const std::string& name : shown_names()) {
    if (name == command.field.text) continue;
    const ExprPtr key = field({name, command_, true});
    const ColumnId id = plan_->add_column(name, key->type);
    aggregate.keys.push_back({id, column_of(name, key), span});
    bound.emplace_back(name, id);
  }
  const ColumnId all = plan_->add_column(command.field.text, Type::Many);
  aggregate.items.push_back({all, "spl.all", {value}, span});
  bound.emplace_back(command.field.text, all);
  push(std::move(aggregate));
  scope_.clear();
  scope_.close();
  for (const auto& [name, id] : bound) scope_.bind(name, make_column(id, plan_->column(id).type), true);
  return true;
}

bool Lowering::operator()(const RangemapCommand& command) {
  const ExprPtr value = promote(field(command.field), Type::Real);
  const auto number = [](double limit) { return make_literal(OwnedValue(Value::real(limit)), Type::Real); };
  std::vector<ExprPtr> ranges;
  for (const RangemapCommand::Band& band : command.bands) {
    const ExprPtr within = make_and({make_call("spl.ge", {value, number(band.low)}, Type::Bool),
                                     make_call("spl.le", {value, number(band.high)}, Type::Bool)});
    ranges.push_back(make_call("spl.if", {within, make_string(band.name), null_literal()}, Type::String));
  }
  // "Sets the range field to the names of any that the value is within" (Search Reference, rangemap).
  const ExprPtr found = make_call("spl.mvappend", std::move(ranges), Type::Many);
  const ExprPtr other = promote(make_string(command.other), Type::Many);
  assign("range", make_call("spl.coalesce", {found, other}, Type::Many));
  return true;
}

bool Lowering::operator()(const TojsonCommand& command) {
  std::vector<Word> fields = command.fields;
  if (fields.empty()) {
    if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
    for (const std::string& name : shown_names()) {
      if (!name.starts_with('_')) fields.push_back({name, command_, true});
    }
  }
  Result<std::vector<Word>> names = expand_names(fields);
  if (!names) return false;
  std::vector<ExprPtr> members;
  for (const Word& name : *names) {
    const ExprPtr value = field(name);
    if (is_null_literal(value)) continue;
    members.push_back(make_string(name.text));
    members.push_back(value);
  }
  assign(command.output, make_call("spl.row_json", std::move(members), Type::String));
  return true;
}

}  // namespace hecate::spl
