#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/codes.h"
#include "lang/spl/lower.h"

// Lookup tables and where addresses are.
namespace hecate::spl {

namespace {

/// What holds for all searches is said once.
bool reported(const DiagnosticSink& sink, const DiagnosticCode& code) {
  return std::any_of(sink.all().begin(), sink.all().end(),
                     [&](const Diagnostic& diagnostic) { return diagnostic.code == &code; });
}

}  // namespace

/// The table as it is given, or nothing, with a warning where there are no rows of it.
std::shared_ptr<const Table> Lowering::table_of(const Word& name) {
  std::shared_ptr<const Table> table = environment_.tables == nullptr ? nullptr : environment_.tables->find(name.text);
  if (table && table->given) return table;
  std::vector<std::string_view> names;
  if (environment_.tables != nullptr) names = environment_.tables->names();
  source_->report(kUnknownLookup, name.range,
                  table ? fmt::format("the rows of the lookup `{}` are not given; it is taken as empty", name.text)
                        : fmt::format("there is no lookup `{}`; it is taken as empty", name.text),
                  table ? std::string("put its file beside its definition") : did_you_mean(name.text, names));
  return table;
}

bool Lowering::operator()(const LookupCommand& command) {
  const std::shared_ptr<const Table> table = table_of(command.table);
  std::vector<LookupCommand::Pair> outputs = command.outputs;
  if (!command.has_outputs && table) {
    // "If an OUTPUT clause is not specified, all of the fields in the lookup table that are not the match fields are
    // used as output fields" (Search Reference, lookup).
    for (const std::string& column : table->columns) {
      const bool key = std::any_of(command.keys.begin(), command.keys.end(),
                                   [&](const LookupCommand::Pair& pair) { return pair.column.text == column; });
      const Word word{column, command.table.range, true};
      if (!key) outputs.push_back({word, word});
    }
  }
  std::vector<ExprPtr> keys;
  for (const LookupCommand::Pair& pair : command.keys) {
    keys.push_back(make_string(pair.column.text));
    keys.push_back(field(pair.field));
  }
  const Span span = source_->span(command.table.range);
  std::vector<std::pair<std::string, ExprPtr>> found;
  for (const LookupCommand::Pair& output : outputs) {
    std::vector<ExprPtr> arguments{make_string(command.table.text, span), make_string(output.column.text, span)};
    arguments.insert(arguments.end(), keys.begin(), keys.end());
    found.emplace_back(output.field.text, make_call("spl.lookup", std::move(arguments), Type::Many, span));
  }
  bind_found(found, command.keep_old);
  return true;
}

Result<ExprPtr> Lowering::looked_up(const FunctionCall& call, Span span) {
  const auto call_of = [](const EvalExpr& expr, std::string_view name) -> const FunctionCall* {
    const auto* inner = std::get_if<FunctionCall>(&expr.node);
    return inner != nullptr && fold_case(inner->name.text) == name ? inner : nullptr;
  };
  const auto text_of = [](const EvalPtr& expr) -> const std::string* {
    const auto* literal = std::get_if<StringLiteral>(&expr->node);
    return literal == nullptr ? nullptr : &literal->text;
  };
  const std::string* name = text_of(call.arguments[0]);
  const FunctionCall* given = call_of(*call.arguments[1], "json_object");
  const FunctionCall* wanted = call.arguments.size() < 3 ? nullptr : call_of(*call.arguments[2], "json_array");
  const auto refuse = [&](Range range) {
    source_->report(kUnsupportedOption, range, "`lookup()` is supported with the names of the table and its columns",
                    "lookup(\"hosts\", json_object(\"host\", dest), json_array(\"site\"))");
    return already_reported();
  };
  if (name == nullptr || given == nullptr || wanted == nullptr) return refuse(call.name.range);
  (void)table_of({*name, call.arguments[0]->range, true});
  std::vector<ExprPtr> keys;
  for (size_t i = 0; i + 1 < given->arguments.size(); i += 2) {
    const std::string* column = text_of(given->arguments[i]);
    if (column == nullptr) return refuse(given->arguments[i]->range);
    Result<ExprPtr> value = lower_value(*this, *given->arguments[i + 1]);
    if (!value) return value;
    keys.push_back(make_string(*column));
    keys.push_back(*value);
  }
  std::vector<ExprPtr> members;
  for (const EvalPtr& column : wanted->arguments) {
    const std::string* output = text_of(column);
    if (output == nullptr) return refuse(column->range);
    std::vector<ExprPtr> arguments{make_string(*name, span), make_string(*output, span)};
    arguments.insert(arguments.end(), keys.begin(), keys.end());
    members.push_back(make_string(*output, span));
    members.push_back(make_call("spl.lookup", std::move(arguments), Type::Many, span));
  }
  return make_call("spl.row_json", std::move(members), Type::String, span);
}

/// OUTPUT overwrites a field where the table has a value for the event; OUTPUTNEW writes none that the event has.
void Lowering::bind_found(const std::vector<std::pair<std::string, ExprPtr>>& found, bool keep_old) {
  std::vector<std::pair<std::string, ExprPtr>> values;
  for (const auto& [name, value] : found) {
    const ExprPtr looked_up = extend(name, value);
    const ExprPtr old = value_in(scope_, name);
    values.emplace_back(name, keep_old ? merged(old, looked_up) : merged(looked_up, old));
  }
  for (const auto& [name, value] : values) scope_.bind(name, make_column(column_of(name, value), value->type), true);
}

bool Lowering::operator()(const InputlookupCommand& command) {
  return command.append ? append_lookup(command) : input_lookup(command, command.where);
}

bool Lowering::input_lookup(const InputlookupCommand& command, const SearchPtr& where) {
  const std::shared_ptr<const Table> table = table_of(command.table);
  auto* scan = std::get_if<TableScan>(&plan_->nodes.front().op);
  if (scan == nullptr || plan_->nodes.size() > 1) {
    source_->report(kGenerating, command.table.range, "`inputlookup` makes rows of its own, and stands first",
                    "write `inputlookup append=true` to put them behind the rows");
    return false;
  }
  scope_.close();
  const std::string name = scan->table;
  const auto column = [this](std::string_view field_name) {
    const ColumnId id = plan_->add_column(std::string(field_name), Type::String);
    std::get<TableScan>(plan_->nodes.front().op).columns.push_back({id, std::string(field_name)});
    return make_column(id, Type::String);
  };
  if (table) {
    for (const std::string& each : table->columns) scope_.bind(each, column(each), true);
  } else {
    overlay([column](std::string_view field_name, ExprPtr before) { return before ? before : column(field_name); });
  }
  if (where) {
    ExprPtr predicate = lower_search(*this, *where);
    if (!predicate) return false;
    push(Filter{std::move(predicate)});
  }
  if (command.start) {
    const ExprPtr row = row_number();
    const ExprPtr start = whole_number(static_cast<int64_t>(*command.start));
    push(Filter{make_call("spl.gt", {row, start}, Type::Bool)});
  }
  if (command.most) push(Limit{*command.most});
  return true;
}

bool Lowering::append_lookup(const InputlookupCommand& command) {
  // The same command without append, as a search of its own.
  auto below = std::make_shared<Lowering>(*source_, environment_, TableScan{command.table.text, {}});
  searches_.push_back(below);
  below->command_ = command_;
  InputlookupCommand alone;
  alone.table = command.table;
  alone.start = command.start;
  alone.most = command.most;
  if (!below->input_lookup(alone, command.where)) return false;
  const size_t input = add_input(below, PlanInput::Use::Rows, "inputlookup", 0, command.table.range);
  return append_rows(below, input, command_);
}

bool Lowering::operator()(const OutputlookupCommand& command) {
  if (scope_.unnamed()) {
    source_->report(kOpenSubsearch, command.table.range, "which fields are to be written is not known",
                    "name them with table or fields");
    return false;
  }
  WriteTable write;
  write.table = command.table.text;
  write.append = command.append;
  for (const std::string& name : shown_names()) {
    const ExprPtr value = field({name, command.table.range, true});
    if (!is_null_literal(value)) write.columns.push_back({name, column_of(name, value)});
  }
  push(std::move(write));
  return true;
}

bool Lowering::operator()(const IplocationCommand& command) {
  constexpr std::array<std::string_view, 5> kFields{"City", "Country", "lat", "lon", "Region"};
  constexpr std::array<std::string_view, 3> kMoreFields{"Continent", "MetroCode", "Timezone"};
  const ExprPtr address = promote(field(command.field), Type::Many);
  const Span span = source_->span(command_);
  if (!environment_.locations && !reported(source_->sink(), kNoLocations)) {
    source_->report(kNoLocations, command_, "no database of locations is given: the fields of `iplocation` are absent",
                    "give one in MaxMind's format: --locations FILE.mmdb");
  }
  const auto bind = [&](std::string_view name) {
    const std::string full = command.prefix + std::string(name);
    if (environment_.locations && !is_null_literal(address)) {
      assign(full, make_call("spl.location", {address, make_string(std::string(name))}, Type::String, span));
    } else {
      scope_.bind(full, null_literal(span), true);
    }
  };
  for (const std::string_view name : kFields) bind(name);
  for (const std::string_view name : kMoreFields) {
    if (command.all_fields) bind(name);
  }
  return true;
}

bool Lowering::operator()(const MakeresultsCommand& command) {
  scope_.close();
  if (command.data) return rows_of_data(*command.data);
  assign("_time", make_call("spl.now", {}, Type::Real, source_->span(command_)));
  if (!command.annotate) return true;
  for (const std::string_view name : {"_raw", "host", "source", "sourcetype", "splunk_server", "splunk_server_group"})
    scope_.bind(name, null_literal(source_->span(command_)), true);
  return true;
}

/// Comma-separated values that stand in the search itself.
bool Lowering::rows_of_data(const Word& data) {
  const Table table = read_csv("", data.text);
  const ExprPtr row = row_number();
  for (size_t column = 0; column < table.columns.size(); ++column) {
    std::vector<ExprPtr> cells;
    for (size_t at = 0; at < table.rows.size(); ++at) {
      if (table.rows[at][column].empty()) continue;
      const ExprPtr number = whole_number(static_cast<int64_t>(at + 1));
      cells.push_back(make_call("spl.eq", {row, number}, Type::Bool));
      cells.push_back(make_string(table.rows[at][column], source_->span(data.range)));
    }
    assign(table.columns[column],
           cells.empty() ? null_literal() : make_call("spl.case", std::move(cells), Type::String));
  }
  return true;
}

bool Lowering::operator()(const AddinfoCommand& /*command*/) {
  for (const std::string_view name : {"info_min_time", "info_max_time", "info_search_time", "info_sid"}) {
    std::vector<ExprPtr> arguments{make_string(std::string(name))};
    const ExprPtr own = name == "info_min_time" ? own_earliest_ : (name == "info_max_time" ? own_latest_ : ExprPtr());
    if (own) arguments.push_back(promote(own, Type::String));
    assign(name, make_call("spl.search_info", std::move(arguments), Type::String, source_->span(command_)));
  }
  return true;
}

}  // namespace hecate::spl
