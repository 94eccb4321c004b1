#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lang/kql/binder.h"
#include "lang/kql/parser.h"

// Plugins that are queries: what they were given becomes columns and names, then the query is bound as any other. Its
// places are those of the call, so that what is wrong is shown there.
namespace hecate::kql {

struct Binder::PluginCall {
  const PluginInfo& info;
  const ast::Invocation& call;
  std::vector<Column> columns = {};                              // as the query names them
  std::vector<std::string> dimensions = {};                      // as the user does
  std::map<std::string, std::string, std::less<>> outward = {};  // the user's name of each of the query's
  std::map<std::string, ExprPtr, std::less<>> constants = {};
  std::vector<std::pair<const PluginParameter*, const ast::Argument*>> arguments = {};
  std::vector<Extend::Column> pending = {};
  Type timeline = Type::Datetime;
  std::string calendar = {};  // "week", "month", "year": what the windows are
  bool edges = false;         // Start and End are columns
};

namespace {

/// More windows for each row than anybody counts.
constexpr double kMostWindows = 100'000;
/// A matrix of windows: every one with every later one.
constexpr double kMostCohorts = 2'000;

bool is_column(Slot slot) { return slot == Slot::Column || slot == Slot::Timeline || slot == Slot::Dimensions; }

std::string_view name_of(Slot slot) {
  switch (slot) {
    case Slot::Length: return "a constant length of time, as 1d, or a long where the timeline is one";
    case Slot::Calendar: return "a constant length of time, as 1d, or \"week\", \"month\" or \"year\"";
    case Slot::Count: return "a constant long from 1 to 100000";
    case Slot::Number: return "a constant number";
    case Slot::List: return "a constant array, as dynamic([…])";
    case Slot::Flag: return "a constant bool";
    case Slot::Moment: return "of the timeline's type";
    default: return "a column";
  }
}

/// Named arguments may be written in any case: PreserveOrder, preserveorder.
bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return x == y || ((x ^ y) == 0x20 && ((x | 0x20) >= 'a') && ((x | 0x20) <= 'z'));
  });
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// {name:expression} by what `make` makes of the expression.
template <typename Make>
std::string expanded(std::string text, std::string_view name, Make make) {
  const std::string open = fmt::format("{{{}:", name);
  for (size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    const size_t end = text.find('}', at);
    const std::string inner = text.substr(at + open.size(), end - at - open.size());
    text.replace(at, end - at + 1, make(inner));
  }
  return text;
}

double number_of(const ExprPtr& constant) {
  const auto* literal = constant ? std::get_if<Literal>(&constant->node) : nullptr;
  if (literal == nullptr || literal->value.get().is_null() || literal->value.get().is_text()) return std::nan("");
  return literal->value.get().as_real();
}

}  // namespace

/// Which argument is which. Of the constants in a row the optional ones come first to be left out.
bool Binder::arrange(const ast::Invocation& call, PluginCall& out, Span span) {
  const auto& parameters = out.info.parameters;
  std::vector<const ast::Argument*> rest;
  std::vector<const ast::Argument*> named(parameters.size(), nullptr);
  for (const ast::Argument& argument : call.arguments) {
    const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const PluginParameter& each) {
      return !is_column(each.slot) && same_name(argument.name, each.name);
    });
    if (found == parameters.end()) {
      rest.push_back(&argument);
    } else {
      named[static_cast<size_t>(found - parameters.begin())] = &argument;
    }
  }
  const auto columnar = [&](const ast::Argument& argument) {
    const auto* name = std::get_if<ast::Name>(&argument.value->node);
    return name != nullptr && find_column(name->text) != nullptr;
  };
  // A column may be called as a table is.
  const auto tabular = [&](const ast::Argument& argument) {
    return !columnar(argument) && is_tabular(*argument.value);
  };
  size_t at = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const PluginParameter& parameter = parameters[i];
    const auto take = [&] { out.arguments.emplace_back(&parameter, rest[at++]); };
    if (named[i] != nullptr) {
      out.arguments.emplace_back(&parameter, named[i]);
      continue;
    }
    if (parameter.slot == Slot::Dimensions) {
      while (at < rest.size() && !tabular(*rest[at])) take();
      continue;
    }
    if (parameter.optional) {
      size_t run = at;
      while (run < rest.size() && !columnar(*rest[run]) && (parameter.slot == Slot::Table) == tabular(*rest[run]))
        ++run;
      size_t needed = 0;
      for (size_t k = i + 1; k < parameters.size() && !is_column(parameters[k].slot); ++k)
        needed += parameters[k].optional ? 0 : 1;
      if (run - at <= needed) continue;
    }
    if (at == rest.size()) {
      sink_.report(kArity, span, fmt::format("`{}` lacks its argument {}", out.info.name, parameter.name),
                   fmt::format("for example: {}", out.info.example));
      return false;
    }
    take();
  }
  if (at == rest.size()) return true;
  sink_.report(kArity, rest[at]->value->span, fmt::format("`{}` takes no such argument", out.info.name),
               fmt::format("for example: {}", out.info.example));
  return false;
}

bool Binder::bind_plugin_column(const PluginParameter& parameter, const ast::Argument& argument, PluginCall& out) {
  ExprPtr value = bind(*argument.value);
  if (!value) return false;
  const Span span = argument.value->span;
  const bool timeline = parameter.slot == Slot::Timeline;
  if (is_uncertain(*value)) value = converted(std::move(value), timeline ? Type::Datetime : Type::String, span);
  const Type type = value->type;
  if (type == Type::Dynamic || (timeline && type != Type::Datetime && type != Type::Timespan && type != Type::Long)) {
    sink_.report(kArgumentType, span,
                 fmt::format("{} of `{}` must be {}, and {}", parameter.name, out.info.name,
                             timeline ? "a datetime, timespan or long" : "no dynamic value", describe(*value, plan_)),
                 timeline ? "convert it with todatetime() or tolong()" : "convert it with tostring()");
    return false;
  }
  if (timeline) out.timeline = type;
  std::string name = argument.name.empty() ? automatic_name(*argument.value) : argument.name;
  if (name.empty()) name = fmt::format("Column{}", ++unnamed_);
  std::string inward(parameter.as);
  if (parameter.slot == Slot::Dimensions) {
    inward += std::to_string(out.dimensions.size());
    out.dimensions.push_back(name);
  }
  out.outward.emplace(inward, std::move(name));
  out.columns.push_back(*column_of(std::move(value), std::move(inward), out.pending));
  return true;
}

ExprPtr Binder::bind_plugin_constant(const PluginParameter& parameter, const ast::Expression& written,
                                     const PluginCall& given) {
  ExprPtr value = bind(written);
  if (!value) return nullptr;
  const auto* literal = std::get_if<Literal>(&value->node);
  const bool counts = given.timeline == Type::Long;
  bool fits = literal != nullptr;
  switch (parameter.slot) {
    case Slot::Moment:
      if (is_uncertain(*value) || (counts && is_number(value->type)))
        value = converted(value, given.timeline, written.span);
      fits = value->type == given.timeline;
      break;
    case Slot::Length:
    case Slot::Calendar: {
      const std::string word = constant_text(*value).value_or("");
      if (parameter.slot == Slot::Calendar && (word == "week" || word == "month" || word == "year")) {
        fits = given.timeline == Type::Datetime;
        break;
      }
      fits = fits && value->type == (counts ? Type::Long : Type::Timespan);
      if (fits && !(number_of(value) > 0)) {
        sink_.report(kArgumentType, written.span,
                     fmt::format("{} of `{}` must be above zero", parameter.name, given.info.name));
        return nullptr;
      }
      break;
    }
    case Slot::Count:
      fits = fits && value->type == Type::Long && number_of(value) > 0 && number_of(value) <= kMostWindows;
      break;
    case Slot::Number: fits = fits && is_number(value->type); break;
    case Slot::Flag: fits = fits && value->type == Type::Bool; break;
    case Slot::List: fits = value->type == Type::Dynamic; break;
    default: break;
  }
  if (fits) return value;
  sink_.report(kArgumentType, written.span,
               fmt::format("{} of `{}` must be {}", parameter.name, given.info.name, name_of(parameter.slot)));
  return nullptr;
}

/// Whether a row's id is one of those in the column of that name, or in the first.
ExprPtr Binder::bind_plugin_lookback(const ast::Expression& table, const PluginCall& given) {
  Building building = bind_apart([&] { bind_source(table); });
  auto& columns = building.relation.columns;
  const auto named = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
    return !column.broken && column.name == given.outward.find("__user")->second;
  });
  const auto chosen = named == columns.end() ? columns.begin() : named;
  if (chosen == columns.end() || chosen->broken) {
    if (!building.relation.open) sink_.report(kUnknownColumn, table.span, "the lookback table has no column of ids");
    return nullptr;
  }
  const Column ids = *chosen;
  building.plan.output = {{ids.name, *ids.id}};
  const Column& own = given.columns.front();
  const Input input = add_input(std::move(building), given.call.function, table.span);
  return make_call(
      "kql.in_relation",
      {converted(make_column(*own.id, own.type, table.span), ids.type, table.span),
       make_literal(OwnedValue(Value::integer(static_cast<int64_t>(input.index))), Type::Long), make_bool(false)},
      Type::Bool, table.span);
}

bool Binder::bind_plugin_argument(const PluginParameter& parameter, const ast::Argument& argument, PluginCall& out) {
  if (is_column(parameter.slot)) return bind_plugin_column(parameter, argument, out);
  if (parameter.slot == Slot::Table) {
    // The id that is looked for has to be a column by then.
    flush(out.pending, argument.value->span);
    ExprPtr old = bind_plugin_lookback(*argument.value, out);
    if (!old) return false;
    out.columns.push_back(*column_of(std::move(old), "__old", out.pending));
    return true;
  }
  ExprPtr value = bind_plugin_constant(parameter, *argument.value, out);
  if (!value) return false;
  if (parameter.slot == Slot::Calendar && value->type == Type::String) out.calendar = *constant_text(*value);
  out.constants.emplace(parameter.as, std::move(value));
  return true;
}

/// Rows are multiplied by the windows that they count in.
bool Binder::check_windows(const PluginCall& given, Span span) {
  double shortest = std::nan("");
  double longest = std::nan("");
  for (const auto& [parameter, argument] : given.arguments) {
    if (parameter->slot != Slot::Length && parameter->slot != Slot::Calendar) continue;
    const double length = number_of(given.constants.find(parameter->as)->second);
    if (std::isnan(length)) continue;
    shortest = std::isnan(shortest) ? length : std::min(shortest, length);
    longest = std::isnan(longest) ? length : std::max(longest, length);
  }
  const auto moment = [&](std::string_view name) {
    const auto found = given.constants.find(name);
    return found == given.constants.end() ? std::nan("") : number_of(found->second);
  };
  const bool matrix = given.info.name == "new_activity_metrics";
  const double whole = matrix ? (moment("__end") - moment("__start")) / shortest : std::nan("");
  if (!(longest / shortest > kMostWindows) && !(whole > kMostCohorts)) return true;
  sink_.report(kUnsupported, span, fmt::format("`{}` would have too many windows", given.info.name),
               fmt::format("at most {:.0f}", matrix ? kMostCohorts : kMostWindows));
  return false;
}

/// Without Start and End the rows' first and last times stand for them.
void Binder::bind_edges(PluginCall& given, Span span) {
  const auto time = std::find_if(given.columns.begin(), given.columns.end(),
                                 [](const Column& column) { return column.name == "__time"; });
  Window all;
  all.keys = relation_.partition;
  const auto add = [&](std::string_view function, std::string name) {
    Column column{std::move(name), given.timeline, plan_.add_column("edge", given.timeline)};
    all.items.push_back({*column.id, std::string(function), {make_column(*time->id, given.timeline, span)}, span});
    return column;
  };
  Column first = add("kql.min", "__first");
  Column last = add("kql.max", "__end");
  add_node(std::move(all), span);
  given.columns.push_back(std::move(first));
  given.columns.push_back(std::move(last));
  given.edges = true;
}

void Binder::run_plugin_query(std::string_view text, const std::shared_ptr<Names>& names, Span span) {
  MappedText query;
  query.append_generated("T", span);
  query.append_generated(text, span);
  const ast::Query parsed = parse(query, sink_);
  const NamesAt saved = names_;
  const bool outside = std::exchange(in_plugin_, true);
  names_ = {names, names->bindings.size() + 1};
  bind_operators(parsed.body, 0, SIZE_MAX);
  in_plugin_ = outside;
  names_ = saved;
}

namespace {

/// The query with what it was given in the places between braces.
std::string fill(std::string_view query, size_t dimensions, const std::string& calendar, bool edges, bool counts) {
  std::string behind;
  std::string order;
  std::string then;
  for (size_t i = 0; i < dimensions; ++i) {
    behind += fmt::format(", __d{}", i);
    order += fmt::format("__d{} asc, ", i);
    then += fmt::format(", __d{} asc", i);
  }
  std::string text(query);
  if (edges)
    text = (calendar.empty() ? "\n| extend __start = bin(__first, __window)" : "\n| extend __start = __first") + text;
  text = replaced(std::move(text), "{dims}", behind);
  text = replaced(std::move(text), "{order}", order);
  text = replaced(std::move(text), "{then}", then);
  text = replaced(std::move(text), "{by}", dimensions == 0 ? "" : " by " + behind.substr(2));
  text = replaced(std::move(text), "{edges}", edges ? ", __start, __end" : "");
  text = replaced(std::move(text), "{period}", counts ? "tolong" : "totimespan");
  text = replaced(std::move(text), "{shortest}",
                  calendar == "week"    ? "7d"
                  : calendar == "month" ? "28d"
                  : calendar == "year"  ? "365d"
                                        : "__window");
  text = expanded(std::move(text), "index", [&](const std::string& time) {
    if (calendar.empty()) return fmt::format("tolong((bin_at({0}, __window, __start) - __start) / __window)", time);
    return fmt::format("datetime_diff('{0}', startof{0}({1}), startof{0}(__start))", calendar, time);
  });
  return expanded(std::move(text), "at", [&](const std::string& number) {
    if (calendar.empty()) return fmt::format("(__start + ({}) * __window)", number);
    return fmt::format("startof{}(__start, toint({}))", calendar, number);
  });
}

}  // namespace

void Binder::bind_plugin_query(const PluginInfo& info, const ast::Invocation& call, Span span) {
  PluginCall given{info, call};
  unnamed_ = 0;
  bool bound = arrange(call, given, span);
  for (size_t i = 0; bound && i < given.arguments.size(); ++i)
    bound = bind_plugin_argument(*given.arguments[i].first, *given.arguments[i].second, given);
  if (!bound || !check_windows(given, span)) {
    relation_.open = true;
    return;
  }
  const bool cohorts = info.name == "new_activity_metrics";
  const auto has = [&](std::string_view name) {
    return std::any_of(given.columns.begin(), given.columns.end(),
                       [&](const Column& each) { return each.name == name; });
  };
  if (cohorts && !has("__old")) given.columns.push_back(*column_of(make_bool(false), "__old", given.pending));
  if (cohorts) given.constants.emplace("__cohort", null_of(given.timeline, span));
  if (info.name == "schema_merge") given.constants.emplace("__preserve", make_bool(true));
  flush(given.pending, span);
  if (has("__time") && !given.constants.contains("__start") && info.query.find("__start") != std::string_view::npos)
    bind_edges(given, span);
  const auto names = new_scope({});
  names->outer = names_;
  for (const auto& [name, value] : given.constants) {
    Binding binding;
    binding.bound = true;
    binding.value = value;
    names->bindings.emplace(name, std::move(binding));
  }
  if (!given.columns.empty()) relation_.columns = given.columns;
  relation_.whole_event = relation_.inferred = relation_.listed = false;
  run_plugin_query(fill(info.query, given.dimensions.size(), given.calendar, given.edges, given.timeline == Type::Long),
                   names, span);
  if (cohorts) {
    const std::string time = given.outward["__time"];
    given.outward["__time"] = "from_" + time;
    given.outward["__to"] = "to_" + time;
  }
  if (info.name == "rolling_percentile") {
    given.outward["__percentile"] =
        fmt::format("rolling_{}_percentile_{}_{}", number_text(number_of(given.constants["__bins"])),
                    given.outward["__value"], number_text(number_of(given.constants["__percent"])));
  }
  std::vector<Column> output;
  for (Column& column : relation_.columns) {
    const auto outward = given.outward.find(column.name);
    if (outward != given.outward.end()) column.name = outward->second;
    column.name = unique_name(column.name, output);
    output.push_back(std::move(column));
  }
  relation_.columns = std::move(output);
}

/// What a plugin's query does that KQL has no function for.
ExprPtr Binder::bind_plugin_function(const ast::Invocation& node, Span span) {
  std::vector<ExprPtr> arguments;
  for (const ast::Argument& argument : node.arguments) {
    arguments.push_back(bind(*argument.value));
    if (!arguments.back()) return nullptr;
  }
  const std::string name = "kql." + node.function.substr(2);
  return make_call(name, std::move(arguments), name == "kql.plugin_ticks" ? Type::Long : Type::Dynamic, span);
}

}  // namespace hecate::kql
