#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"

namespace hecate::spl {
namespace {

// What Splunk writes into its index for every event (Knowledge Manager Manual, "About fields").
constexpr std::array<std::string_view, 9> kIndexed{"_indextime", "_raw",   "_time",      "host",         "index",
                                                   "linecount",  "source", "sourcetype", "splunk_server"};

bool is_indexed(std::string_view name) { return std::find(kIndexed.begin(), kIndexed.end(), name) != kIndexed.end(); }

template <typename Visit>
void for_each_field(const SearchExpr& expr, const Visit& visit) {
  const auto all = [&](const std::vector<SearchPtr>& operands) {
    for (const SearchPtr& operand : operands) for_each_field(*operand, visit);
  };
  if (const auto* both = std::get_if<SearchAnd>(&expr.node)) all(both->operands);
  if (const auto* any = std::get_if<SearchOr>(&expr.node)) all(any->operands);
  if (const auto* negation = std::get_if<SearchNot>(&expr.node)) for_each_field(*negation->operand, visit);
  if (const auto* comparison = std::get_if<SearchComparison>(&expr.node)) visit(comparison->field);
  if (const auto* in = std::get_if<SearchIn>(&expr.node)) visit(in->field);
}

template <typename Visit>
void for_each_field(const TstatsCommand& command, const Visit& visit) {
  for (const StatsCommand::Item& item : command.stats.items) {
    if (item.field) visit(*item.field);
  }
  if (command.where) for_each_field(*command.where, visit);
  for (const Word& word : command.stats.by) visit(word);
}

}  // namespace

bool Lowering::scan_dataset(const DataModelName& name, bool events) {
  plan_->scan().dataset = DataModel{name.model, name.dataset, events};
  plan_->nodes.front().span = source_->span(name.range);
  const ColumnId member = plan_->add_column(std::string(DataModel::kMember), Type::Bool);
  plan_->scan().columns.push_back({member, std::string(DataModel::kMember)});
  push(Filter{make_column(member, Type::Bool, source_->span(name.range))});
  return true;
}

bool Lowering::operator()(const DatasetCommand& command) { return scan_dataset(command.dataset, true); }

/// Without a data model there are index-time fields only, and others would silently find nothing.
bool Lowering::check_indexed(const TstatsCommand& command) {
  bool sound = true;
  for_each_field(command, [&](const Word& field) {
    // Time modifiers are the search's own business.
    const bool modifier = field.text == "earliest" || field.text == "latest";
    if (is_indexed(field.text) || modifier) return;
    source_->report(kNotIndexed, field.range, fmt::format("`{}` is no field of Splunk's index", field.text),
                    "name a data model, or use index, sourcetype, source, host and _time");
    sound = false;
  });
  return sound;
}

bool Lowering::operator()(const TstatsCommand& command) {
  if (command.from ? !scan_dataset(*command.from, false) : !check_indexed(command)) return false;
  if (command.where) {
    ExprPtr predicate = lower_search(*this, *command.where);
    if (!predicate) return false;
    push(Filter{std::move(predicate)});
  }
  for (const Word& word : command.stats.by) {
    const Span span = source_->span(word.range);
    if (word.text == "_time") {
      // Search Reference, tstats, span: by default seconds at first, and more only where they are too many rows to
      // show.
      const ExprPtr seconds = whole_number(command.span_seconds.value_or(1));
      assign(word.text, make_call("spl.bin_time", {field(word), seconds}, Type::Real, span));
    } else if (command.fill) {
      assign(word.text, filled(field(word), command.fill->text, span));
    }
  }
  return (*this)(command.stats);
}

}  // namespace hecate::spl
