#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"
#include "lang/spl/macros.h"
#include "lang/spl/parse.h"

// Searches within searches: each becomes a plan of its own.
namespace hecate::spl {
namespace {

// Search Reference, join, "Usage"; append; format ("maxresults"): what limits.conf says where nothing else is set.
constexpr uint64_t kJoinRows = 50'000;
constexpr uint64_t kSubsearchRows = 10'000;

bool is_internal(std::string_view name) { return name.starts_with('_'); }

}  // namespace

Node::Op source_of(const Pipeline& pipeline) {
  if (pipeline.commands.empty()) return Scan{SplunkEvents{}, {}};
  const auto& first = pipeline.commands.front().node;
  if (const auto* lookup = std::get_if<InputlookupCommand>(&first)) return TableScan{lookup->table.text, {}};
  if (const auto* rows = std::get_if<MakeresultsCommand>(&first))
    return Rows{rows->data ? read_csv("", rows->data->text).rows.size() : rows->count};
  return Scan{SplunkEvents{}, {}};
}

std::shared_ptr<Lowering> Lowering::lower_subsearch(const Pipeline& pipeline, Node::Op rows) {
  auto search = std::make_shared<Lowering>(*source_, environment_, std::move(rows));
  search->tokens_ = tokens_;
  search->tokens_from_ = tokens_from_;
  search->depth_ = depth_;
  searches_.push_back(search);
  if (!search->lower(pipeline)) return nullptr;
  search->plan_->whole_event = search->scope_.open();
  return search;
}

size_t Lowering::add_input(const std::shared_ptr<Lowering>& search, PlanInput::Use use, std::string_view command,
                           uint64_t limit, Range range) {
  plan_->inputs.push_back({search->plan_, use, std::string(command), limit, source_->span(range)});
  return plan_->inputs.size() - 1;
}

std::vector<std::string> Lowering::shown_names() const {
  std::vector<std::string> names;
  for (const std::string_view name : scope_.names()) names.emplace_back(name);
  return names;
}

std::optional<std::pair<ColumnId, Type>> Lowering::show(std::string_view name) {
  ExprPtr value = value_in(scope_, name);
  if (!value || is_null_literal(value)) return std::nullopt;
  const ColumnId id = column_of(name, value);
  auto& output = plan_->output;
  if (std::none_of(output.begin(), output.end(), [&](const OutputColumn& each) { return each.column == id; }))
    output.push_back({std::string(name), id});
  return std::pair(id, value->type);
}

ExprPtr Lowering::merged(const ExprPtr& first, const ExprPtr& second) {
  if (!first || !second) return first ? first : second;
  if (is_null_literal(second)) return first;
  const Type type = common_type({first, second});
  return make_call("spl.coalesce", {promote(first, type), promote(second, type)}, type, first->span);
}

// --- join --------------------------------------------------------------------------------------------

/// Without a list the fields that both sides have.
bool Lowering::join_fields(const JoinCommand& command, Lowering& right, std::vector<Word>& fields) {
  fields = command.fields;
  if (!fields.empty()) return true;
  if (scope_.open() || right.scope_.open()) {
    source_->report(kWildcardFields, command.search.range, "which fields both sides have is not known",
                    "name the fields to join by");
    return false;
  }
  for (const std::string& name : right.shown_names()) {
    const Scope::Entry* own = scope_.find(name);
    if (own != nullptr && own->value && !is_internal(name)) fields.push_back({name, command.search.range, true});
  }
  return true;
}

bool Lowering::operator()(const JoinCommand& command) {
  const auto right = lower_subsearch(*command.search.commands, source_of(*command.search.commands));
  std::vector<Word> fields;
  if (!right || !join_fields(command, *right, fields)) return false;
  Join join;
  join.keeps_unmatched = command.left;
  join.most = command.most;
  for (const Word& name : fields) {
    // Values are compared as texts: what one side counted, the other may have read.
    const ExprPtr left = promote(field(name), Type::String);
    ExprPtr other = right->value_in(right->scope_, name.text);
    if (!other) other = right->absent(name);
    const ColumnId key = right->column_of(name.text, promote(other, Type::String));
    right->plan_->output.push_back({name.text, key});
    join.keys.push_back({column_of(name.text, left), key});
  }
  join.input = add_input(right, PlanInput::Use::Rows, "join", kJoinRows, command.search.range);
  push(std::move(join));
  bind_joined(plan_->nodes.size() - 1, right, fields, command.overwrite);
  return true;
}

ExprPtr Lowering::joined_column(size_t node, Lowering& right, std::string_view name) {
  const auto shown = right.show(name);
  if (!shown) return nullptr;
  const ColumnId id = plan_->add_column(std::string(name), shown->second);
  auto& op = plan_->nodes[node].op;
  if (auto* join = std::get_if<Join>(&op)) join->columns.push_back({id, shown->first});
  if (auto* zip = std::get_if<Zip>(&op)) zip->columns.push_back({id, shown->first});
  if (auto* iterate = std::get_if<Iterate>(&op)) iterate->columns.push_back({id, shown->first});
  return make_column(id, shown->second);
}

void Lowering::bind_joined(size_t node, const std::shared_ptr<Lowering>& right, const std::vector<Word>& keys,
                           bool overwrite) {
  const auto is_key = [keys](std::string_view name) {
    return std::any_of(keys.begin(), keys.end(), [&](const Word& key) { return key.text == name; });
  };
  const auto with = [this, node, right, overwrite](std::string_view name, const ExprPtr& before) {
    const ExprPtr joined = joined_column(node, *right, name);
    return overwrite ? merged(joined, before) : merged(before, joined);
  };
  if (right->scope_.unnamed()) {
    overlay([is_key, with](std::string_view name, ExprPtr before) {
      return is_key(name) || (is_internal(name) && before) ? before : with(name, before);
    });
    return;
  }
  for (const std::string& name : right->shown_names()) {
    const ExprPtr before = value_in(scope_, name);
    if (is_key(name) || (is_internal(name) && before)) continue;
    ExprPtr value = with(name, before);
    if (!value) continue;
    scope_.bind(name, make_column(column_of(name, value), value->type), true);
  }
}

void Lowering::overlay(Scope::Overlay step) { scope_.steps.emplace_back(std::move(step)); }

bool Lowering::operator()(const AppendcolsCommand& command) {
  const auto right = lower_subsearch(*command.search.commands, source_of(*command.search.commands));
  if (!right) return false;
  if (right->scope_.open()) {
    source_->report(kOpenSubsearch, command.search.range, "which fields this subsearch gives is not known",
                    "end it with stats, table or fields");
    return false;
  }
  const size_t input = add_input(right, PlanInput::Use::Rows, "appendcols", kJoinRows, command.search.range);
  push(Zip{input, {}});
  bind_joined(plan_->nodes.size() - 1, right, {}, command.overwrite);
  return true;
}

// --- append ------------------------------------------------------------------------------------------

ExprPtr Lowering::appended_column(size_t node, const std::shared_ptr<Scope>& above, Lowering& below,
                                  std::string_view name) {
  ExprPtr left = value_in(*above, name);
  ExprPtr right = below.value_in(below.scope_, name);
  if (left && is_null_literal(left)) left = nullptr;
  if (right && is_null_literal(right)) right = nullptr;
  if (!left && !right) return nullptr;
  const Type type = left && right ? common_type({left, right}) : left ? left->type : right->type;
  Append::Column column{plan_->add_column(std::string(name), type), left ? promote(left, type) : nullptr, std::nullopt};
  if (right) {
    column.right = below.column_of(name, promote(right, type));
    below.plan_->output.push_back({std::string(name), *column.right});
  }
  const ColumnId id = column.id;
  std::get<Append>(plan_->nodes[node].op).columns.push_back(std::move(column));
  return make_column(id, type);
}

/// Names that both sides know are bound now; where one side's are not known, others are when they are asked for.
bool Lowering::append_rows(const std::shared_ptr<Lowering>& below, size_t input, Range range) {
  const auto above = std::make_shared<Scope>(scope_);
  const bool late = !below->scope_.steps.empty() || !scope_.steps.empty() || below->open() || open();
  const bool events = below->open() && open();
  command_ = range;
  push(Append{input, {}});
  const size_t node = plan_->nodes.size() - 1;
  std::vector<std::string> names = shown_names();
  for (const std::string& name : below->shown_names()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  scope_.clear();
  if (events) scope_.detach();
  if (!events) scope_.close();
  for (const std::string& name : names) {
    const ExprPtr value = appended_column(node, above, *below, name);
    // What both sides have as it was in the event is shown with the event.
    const bool computed = !events || below->scope_.find(name) != nullptr || above->find(name)->computed;
    if (value) scope_.bind(name, value, computed);
  }
  if (!late) return true;
  overlay([this, node, above, below](std::string_view name, ExprPtr) {
    return appended_column(node, above, *below, name);
  });
  for (const std::string& name : names) {  // the step is behind them already
    if (const Scope::Entry* entry = scope_.find(name)) scope_.bind(name, entry->value, entry->computed);
  }
  return true;
}

bool Lowering::operator()(const AppendCommand& command) {
  const Pipeline& pipeline = *command.search.commands;
  const Range range = command_;
  std::shared_ptr<Lowering> below;
  if (command.pipe) {
    below = outer_lowering();
    if (!below->lower(pipeline)) return false;
  } else {
    below = lower_subsearch(pipeline, source_of(pipeline));
  }
  if (!below) return false;
  const uint64_t limit = command.pipe ? 0 : command.most != 0 ? command.most : kJoinRows;
  const size_t input =
      add_input(below, PlanInput::Use::Rows, command.pipe ? "appendpipe" : "append", limit, command.search.range);
  return append_rows(below, input, range);
}

/// The rows as they stand here, as another plan's own.
std::shared_ptr<Lowering> Lowering::outer_lowering() {
  auto inner = std::make_shared<Lowering>(*source_, environment_, Outer{});
  inner->depth_ = depth_;
  inner->tokens_ = tokens_;
  inner->tokens_from_ = tokens_from_;
  searches_.push_back(inner);
  const auto scope = std::make_shared<Scope>(scope_);
  const size_t nodes = plan_->nodes.size();
  const auto from_outside = [this, scope, nodes, raw = inner.get()](std::string_view name) -> ExprPtr {
    ExprPtr value = value_in(*scope, name);
    if (!value) return nullptr;
    // What has to be computed for it must be so before the rows are handed over.
    if (!std::holds_alternative<ColumnRef>(value->node)) {
      if (plan_->nodes.size() > nodes) return nullptr;
      value = extend(name, value);
    }
    const ColumnId id = raw->plan_->add_column(std::string(name), value->type);
    std::get<Outer>(raw->plan_->nodes.front().op).columns.push_back({id, std::get<ColumnRef>(value->node).column});
    return make_column(id, value->type);
  };
  for (const std::string_view name : scope->names()) {
    if (ExprPtr value = from_outside(name)) inner->scope_.bind(name, std::move(value), true);
  }
  if (scope->open() || !scope->steps.empty()) {
    inner->overlay(
        [from_outside](std::string_view name, ExprPtr before) { return before ? before : from_outside(name); });
    for (const std::string_view name : scope->names()) {
      if (const Scope::Entry* entry = inner->scope_.find(name)) inner->scope_.bind(name, entry->value, true);
    }
  }
  return inner;
}

bool Lowering::operator()(const UnionCommand& command) {
  const bool first = plan_->nodes.size() == 1 && scope_.entries().empty();
  size_t at = 0;
  const Range range = command_;
  const uint64_t most = command.most != 0 ? command.most : kJoinRows;
  if (first) {
    // The first search's rows are those that the others are put behind.
    const auto search =
        lower_subsearch(*command.searches.front().commands, source_of(*command.searches.front().commands));
    if (!search) return false;
    plan_->nodes.front().op = Rows{0};
    scope_.close();
    const size_t input = add_input(search, PlanInput::Use::Rows, "union", most, command.searches.front().range);
    if (search->open()) {
      scope_ = Scope();
      scope_.detach();
    }
    if (!append_rows(search, input, range)) return false;
    at = 1;
  }
  for (; at < command.searches.size(); ++at) {
    const Subsearch& each = command.searches[at];
    const auto search = lower_subsearch(*each.commands, source_of(*each.commands));
    if (!search) return false;
    const size_t input = add_input(search, PlanInput::Use::Rows, "union", most, each.range);
    if (!append_rows(search, input, range)) return false;
  }
  return true;
}

// --- conditions --------------------------------------------------------------------------------------

ExprPtr Lowering::condition_of(const Subsearch& search) {
  const auto inner = lower_subsearch(*search.commands, source_of(*search.commands));
  if (!inner) return nullptr;
  if (inner->open()) {
    source_->report(kOpenSubsearch, search.range, "which fields this subsearch gives is not known",
                    "end it with fields, table, stats or return");
    return nullptr;
  }
  const Span span = source_->span(search.range);
  std::vector<ExprPtr> values;
  std::string kinds;
  for (const std::string& name : inner->shown_names()) {
    if (is_internal(name)) continue;  // Search Reference, format: internal fields are no part of the condition
    const auto shown = inner->show(name);
    if (!shown) continue;
    const bool term = name == "search" || name == "query";
    if (term && inner->is_computed(shown->first)) {
      source_->report(kComputedSearch, search.range, fmt::format("`{}` holds the text of a search here", name),
                      "let the subsearch give fields with their values");
      return nullptr;
    }
    kinds += term ? 'r' : 'f';
    values.push_back(field({term ? "_raw" : name, search.range, true}));
  }
  const size_t input = add_input(inner, PlanInput::Use::Conditions, "search", kSubsearchRows, search.range);
  std::vector<OutputColumn> output;
  for (const OutputColumn& column : inner->plan_->output) {
    if (!is_internal(column.name)) output.push_back(column);
  }
  inner->plan_->output = std::move(output);
  values.insert(values.begin(), {whole_number(static_cast<int64_t>(input)), make_string(kinds)});
  return make_call("spl.subsearch", std::move(values), Type::Bool, span);
}

bool Lowering::is_computed(ColumnId id) const {
  return std::any_of(plan_->nodes.begin(), plan_->nodes.end(), [&](const Node& node) {
    const auto* extend = std::get_if<Extend>(&node.op);
    return extend != nullptr && std::any_of(extend->columns.begin(), extend->columns.end(),
                                            [&](const Extend::Column& column) { return column.id == id; });
  });
}

bool Lowering::operator()(const FormatCommand& command) {
  if (command.most != 0) push(Limit{command.most});
  return true;
}

bool Lowering::operator()(const ReturnCommand& command) {
  push(Limit{command.count});
  std::vector<std::pair<std::string, ExprPtr>> kept;
  for (const ReturnCommand::Item& item : command.items) {
    ExprPtr value = field(item.field);
    if (is_null_literal(value)) continue;
    // `$field` gives the value alone: a term to search for (Search Reference, return).
    kept.emplace_back(item.value_only ? "search" : item.as ? item.as->text : item.field.text, std::move(value));
  }
  scope_.clear();
  scope_.close();
  for (auto& [name, value] : kept) scope_.bind(name, std::move(value), true);
  return true;
}

// --- map ---------------------------------------------------------------------------------------------

Lowering::Text* Lowering::parse_text(MappedText text, bool search) {
  constexpr int kDeepest = 16;
  constexpr size_t kMost = 10'000;
  if (depth_ >= kDeepest || texts_.size() >= kMost) {
    source_->report(kTooDeep, command_, "commands make too many others, or are nested too deeply");
    return nullptr;
  }
  auto made = std::make_unique<Text>();
  Result<Expanded> expanded = expand(text, environment_.macros, source_->sink());
  if (!expanded) return nullptr;
  made->expanded = std::move(*expanded);
  made->source = std::make_unique<Source>(made->expanded, source_->sink());
  Cursor cursor(*made->source);
  Result<Pipeline> pipeline = search ? parse_subpipeline(cursor) : parse_steps(cursor);
  if (!pipeline) return nullptr;
  made->pipeline = std::move(*pipeline);
  texts_.push_back(std::move(made));
  return texts_.back().get();
}

bool Lowering::operator()(const MapCommand& command) {
  MappedText text;
  std::string search = command.search.text;
  if (command.body) search = source_->text(*command.body);
  text.append_generated(search, source_->span(command.search.range));
  Text* made = parse_text(std::move(text), true);
  if (made == nullptr) return false;
  std::vector<Iterate::Token> tokens;
  auto inner = std::make_shared<Lowering>(*made->source, environment_, source_of(made->pipeline));
  searches_.push_back(inner);
  inner->tokens_ = &tokens;
  inner->tokens_from_ = this;
  inner->depth_ = depth_ + 1;
  if (!inner->lower(made->pipeline)) return false;
  inner->plan_->whole_event = inner->open();
  inner->tokens_ = nullptr;
  const Range range = command_;
  Iterate iterate;
  iterate.input = add_input(inner, PlanInput::Use::Repeated, "map", 0, command.search.range);
  iterate.most = command.most;
  iterate.tokens = std::move(tokens);
  command_ = range;
  push(std::move(iterate));
  const size_t node = plan_->nodes.size() - 1;
  const std::vector<std::string> names = inner->shown_names();
  const bool late = inner->open() || !inner->scope_.steps.empty();
  const bool events = inner->open();
  scope_.clear();
  if (events) scope_.detach();
  if (!events) scope_.close();
  if (late) overlay([this, node, inner](std::string_view name, ExprPtr) { return joined_column(node, *inner, name); });
  for (const std::string& name : names) {
    if (ExprPtr value = joined_column(node, *inner, name)) scope_.bind(name, std::move(value), true);
  }
  return true;
}

ExprPtr Lowering::text_with_tokens(std::string_view text, Span span) {
  ExprPtr joined;
  const auto add = [&](ExprPtr part) {
    joined = joined ? make_call("spl.concat", {joined, std::move(part)}, Type::String, span) : std::move(part);
  };
  bool any = false;
  size_t copied = 0;
  for (size_t open = text.find('$'); open != std::string_view::npos; open = text.find('$', open)) {
    const size_t close = text.find('$', open + 1);
    if (close == std::string_view::npos) break;
    const std::string name(text.substr(open + 1, close - open - 1));
    if (name.empty() || name.find_first_of(" \t\"|") != std::string::npos) {
      open = close;
      continue;
    }
    if (open > copied) add(make_string(std::string(text.substr(copied, open - copied)), span));
    const auto known =
        std::find_if(tokens_->begin(), tokens_->end(), [&](const Iterate::Token& token) { return token.name == name; });
    if (known == tokens_->end()) {
      const ExprPtr value = tokens_from_->field({name, tokens_from_->command_, true});
      tokens_->push_back({name, tokens_from_->column_of(name, promote(value, Type::String))});
    }
    add(make_call("spl.token", {make_string(name, span)}, Type::String, span));
    any = true;
    open = copied = close + 1;
  }
  if (!any) return nullptr;
  if (copied < text.size()) add(make_string(std::string(text.substr(copied)), span));
  return joined;
}

}  // namespace hecate::spl
