#include "lang/spl/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lang/spl/codes.h"

namespace hecate::spl {
namespace {

constexpr std::array<std::string_view, 5> kMetadata{"_raw", "host", "index", "source", "sourcetype"};

Type field_type(std::string_view name) {
  if (name == "_time" || name == "_indextime") return Type::Real;
  return is_metadata(name) ? Type::String : Type::Many;
}

}  // namespace

bool is_metadata(std::string_view name) {
  return std::find(kMetadata.begin(), kMetadata.end(), name) != kMetadata.end();
}

Lowering::Lowering(const Source& source, const Environment& environment, Node::Op rows)
    : source_(&source), environment_(environment), plan_(std::make_shared<Plan>()) {
  plan_->language = Language::Spl;
  const bool events = std::holds_alternative<Scan>(rows);
  plan_->add({std::move(rows), {}, source.span({0, static_cast<uint32_t>(source.text().size())})});
  if (!events) scope_.close();
}

Lowering::~Lowering() = default;

Result<Plan> Lowering::run(const Pipeline& pipeline) {
  if (!lower(pipeline)) return already_reported();
  finish();
  return std::move(*plan_);
}

bool Lowering::lower(const Pipeline& pipeline) {
  bool sound = true;
  for (const Command& command : pipeline.commands) {
    command_ = command.range;
    sound = std::visit(*this, command.node) && sound;
  }
  return sound;
}

void Lowering::push(decltype(Node::op) op) {
  const auto last = static_cast<NodeId>(plan_->nodes.size() - 1);
  plan_->add({std::move(op), {last}, source_->span(command_)});
}

ExprPtr Lowering::scan_column(std::string_view name) {
  if (!plan_->scans()) return nullptr;
  for (const Scan::Column& column : plan_->scan().columns) {
    if (column.field == name) return make_column(column.id, plan_->column(column.id).type);
  }
  const ColumnId id = plan_->add_column(std::string(name), field_type(name));
  plan_->scan().columns.push_back({id, std::string(name)});
  return make_column(id, field_type(name));
}

ExprPtr Lowering::field(const Word& name) {
  const Span span = source_->span(name.range);
  const Scope::Entry* entry = scope_.find(name.text);
  ExprPtr value = value_in(scope_, name.text);
  if (!value) return absent(name);
  if (entry == nullptr || entry->value != value) {
    const bool computed = !is_own_field(value, name.text);
    if (!std::holds_alternative<ColumnRef>(value->node)) value = extend(name.text, value);
    scope_.bind(name.text, value, computed);
  }
  const auto* ref = std::get_if<ColumnRef>(&value->node);
  return ref == nullptr ? value : make_column(ref->column, value->type, span);
}

/// Whether a value is the event's field of this name, as it is.
bool Lowering::is_own_field(const ExprPtr& value, std::string_view name) const {
  const auto* ref = std::get_if<ColumnRef>(&value->node);
  if (ref == nullptr || !plan_->scans()) return false;
  const auto& columns = plan_->scan().columns;
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Scan::Column& column) { return column.id == ref->column && column.field == name; });
}

ExprPtr Lowering::absent(const Word& name) {
  source_->report(kAbsentField, name.range, fmt::format("no row has a field `{}` here", name.text),
                  did_you_mean(name.text, scope_.names()));
  return null_literal(source_->span(name.range));
}

ExprPtr Lowering::extend(std::string_view name, ExprPtr value) {
  const Type type = value->type;
  const ColumnId id = plan_->add_column(std::string(name), type);
  Extend extend;
  extend.columns.push_back({id, std::move(value)});
  push(std::move(extend));
  return make_column(id, type);
}

void Lowering::assign(std::string_view name, ExprPtr value) { scope_.bind(name, extend(name, std::move(value)), true); }

ColumnId Lowering::column_of(std::string_view name, const ExprPtr& value) {
  if (const auto* ref = std::get_if<ColumnRef>(&value->node)) return ref->column;
  return std::get<ColumnRef>(extend(name, value)->node).column;
}

bool Lowering::refuse_open_wildcard(const Word& name) {
  source_->report(kWildcardFields, name.range, fmt::format("`{}` may mean any field of the events", name.text),
                  "wildcards in names are supported after stats, table or fields");
  return false;
}

Result<std::vector<Word>> Lowering::expand_names(const std::vector<Word>& words) {
  std::vector<Word> names;
  for (const Word& word : words) {
    if (!has_wildcard(word.text)) {
      names.push_back(word);
      continue;
    }
    if (scope_.unnamed()) {
      refuse_open_wildcard(word);
      return already_reported();
    }
    for (const std::string& name : scope_.matching(word.text)) names.push_back({name, word.range, false});
  }
  return names;
}

void Lowering::finish() {
  plan_->whole_event = scope_.open();
  plan_->open_row = scope_.pivoted();
  for (const Scope::Entry& entry : scope_.entries()) {
    if (scope_.open() && !entry.computed) continue;
    // What was removed of a pivot's columns still stands in the row's rest: it is shown as absent.
    if (!entry.value && !scope_.pivoted()) continue;
    const ExprPtr value = entry.value ? entry.value : extend(entry.name, null_literal());
    plan_->output.push_back({entry.name, column_of(entry.name, value)});
  }
}

bool Lowering::operator()(const SearchCommand& command) {
  ExprPtr predicate = lower_search(*this, *command.expression);
  if (!predicate) return false;
  const auto* literal = std::get_if<Literal>(&predicate->node);
  const bool everything = literal != nullptr && literal->value.get().is_true();
  if (!everything) push(Filter{std::move(predicate)});
  return true;
}

bool Lowering::operator()(const WhereCommand& command) {
  Result<ExprPtr> predicate = lower_condition(*this, *command.condition);
  if (predicate) push(Filter{*predicate});
  return predicate.ok();
}

bool Lowering::operator()(const RegexCommand& command) {
  const ExprPtr operand = field(command.field);
  const Span span = source_->span(command.pattern.range);
  ExprPtr match = make_match(
      {operand, MatchOp::Regex, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {command.pattern.text}}, span);
  push(Filter{command.negated ? make_not(std::move(match), span) : std::move(match)});
  return true;
}

bool Lowering::operator()(const EvalCommand& command) {
  bool sound = true;
  for (const EvalCommand::Assignment& assignment : command.assignments) {
    Result<ExprPtr> value = lower_value(*this, *assignment.value);
    sound = sound && value.ok();
    if (value && assignment.field.text.starts_with('{')) {
      assign_by_value(assignment.field, *value);
    } else if (value) {
      assign(assignment.field.text, *value);
    }
  }
  return sound;
}

/// `eval {key}=value`: the field that the value of `key` names, as far as the search names it later.
void Lowering::assign_by_value(const Word& braced, const ExprPtr& value) {
  const std::string inner = braced.text.substr(1, braced.text.size() - 2);
  const ExprPtr key = field({inner, braced.range, true});
  if (is_null_literal(key)) return;
  const ExprPtr stored = make_column(column_of(inner, extend(inner, value)), value->type);
  overlay([key, stored](std::string_view name, const ExprPtr& before) {
    const Type type = before ? common_type({stored, before}) : stored->type;
    const ExprPtr named = make_call("spl.eq", {key, make_string(std::string(name))}, Type::Bool);
    const ExprPtr other = before ? promote(before, type) : make_literal(OwnedValue(), type);
    return make_call("spl.if", {named, promote(stored, type), other}, type);
  });
}

bool Lowering::sort_rows(const SortCommand& command) {
  Sort sort;
  for (const SortCommand::Key& key : command.keys) {
    ExprPtr value = field(key.field);
    if (is_null_literal(value)) continue;  // orders nothing
    if (key.as == "num") value = promote(value, Type::Real);
    if (key.as == "str" || key.as == "ip") value = promote(value, Type::String);
    const bool by_value = key.as == "auto" && (value->type == Type::String || value->type == Type::Many);
    sort.keys.push_back({column_of(key.field.text, value), key.descending, false,
                         key.as == "ip" ? "spl.ip"
                         : by_value     ? "spl.auto"
                                        : ""});
  }
  if (!sort.keys.empty()) push(std::move(sort));
  return true;
}

bool Lowering::operator()(const SortCommand& command) {
  const bool sound = sort_rows(command);
  // Search Reference, sort: 10,000 rows unless told otherwise, 0 for all.
  const uint64_t limit = command.limit.value_or(10'000);
  if (limit != 0) push(Limit{limit, command.limit ? "" : "sort"});
  return sound;
}

bool Lowering::operator()(const StrcatCommand& command) {
  ExprPtr joined;
  for (const StrcatCommand::Part& part : command.parts) {
    const Span span = source_->span(part.word.range);
    ExprPtr text = part.literal ? make_string(part.word.text, span) : promote(field(part.word), Type::String);
    // What is absent counts as empty unless all are required (Search Reference, strcat).
    if (!part.literal && !command.all_required)
      text = make_call("spl.coalesce", {text, make_string("", span)}, Type::String, span);
    joined = joined ? make_call("spl.concat", {joined, text}, Type::String, span) : text;
  }
  assign(command.target.text, std::move(joined));
  return true;
}

bool Lowering::operator()(const RexCommand& command) {
  const ExprPtr input = field(command.field);
  const Span span = source_->span(command.pattern.range);
  if (command.sed) {
    if (is_null_literal(input)) return true;
    const ExprPtr script = make_string(command.pattern.text, span);
    assign(command.field.text, make_call("spl.sed", {input, script}, Type::Many, span));
    return true;
  }
  std::vector<std::string> groups = command.groups;
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  for (const std::string& group : groups) {
    const ExprPtr most = whole_number(static_cast<int64_t>(std::min<uint64_t>(command.max_match, 1'000'000)));
    ExprPtr value = make_call(
        "spl.rex", {input, make_string(command.pattern.text, span), make_string(group, span), most}, Type::Many, span);
    // Where the expression does not match, a field that was there before stays.
    const Scope::Entry* old = scope_.find(group);
    const bool exists = old != nullptr ? old->value != nullptr : scope_.open();
    if (exists)
      value = make_call("spl.coalesce", {value, promote(field({group, command.pattern.range, true}), Type::Many)},
                        Type::Many, span);
    assign(group, std::move(value));
  }
  return true;
}

}  // namespace hecate::spl
