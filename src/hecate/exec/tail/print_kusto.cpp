#include <fmt/format.h>

#include <algorithm>

#include "exec/tail/print.h"
#include "exec/tail/row_functions.h"
#include "exec/tail/vectors.h"

// Nodes that only KQL makes.
namespace hecate::tail {
namespace {

/// Of rows that stand in the query, or of no event.
constexpr std::string_view kNoEvent =
    "NULL::BIGINT AS t0, NULL::BIGINT AS t1, 0::BIGINT AS n, NULL::BIGINT AS src, ord::UBIGINT AS h, NULL::VARCHAR AS "
    "rest";

/// Provenance of two rows that became one; either may be missing.
constexpr std::string_view kBothHidden =
    "least(l.t0, r.t0) AS t0, greatest(l.t1, r.t1) AS t1, coalesce(l.n, 0) + coalesce(r.n, 0) AS n, coalesce(l.src, "
    "r.src) AS src, xor(coalesce(l.h, 0), coalesce(r.h, 0)) AS h, NULL::VARCHAR AS rest";

std::string_view join_of(Relate::Kind kind) {
  switch (kind) {
    case Relate::Kind::LeftOuter: return "LEFT";
    case Relate::Kind::RightOuter: return "RIGHT";
    case Relate::Kind::FullOuter: return "FULL";
    default: return "INNER";
  }
}

}  // namespace

/// What a row lacks: Kusto's texts are never null (scalar-data-types/null-values).
std::string Printer::missing(Type type) const {
  return type == Type::String ? "''" : fmt::format("NULL::{}", sql_type(type));
}

std::string Printer::constant_source(const ConstantRows& rows) {
  std::string columns;
  for (const ColumnId id : rows.columns)
    columns += fmt::format(", (v{})::{} AS {}", static_cast<uint32_t>(id), sql_type(type_of(id)), column(id));
  std::string names = "ord";
  for (const ColumnId id : rows.columns) names += fmt::format(", v{}", static_cast<uint32_t>(id));
  std::string values;
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    values += fmt::format("{}({}::BIGINT", i == 0 ? "" : ", ", i + 1);
    for (const ExprPtr& value : rows.rows[i]) values += ", " + print(*value).text;
    values += ")";
  }
  if (rows.rows.empty()) {
    values = "(0::BIGINT";
    for (size_t i = 0; i < rows.columns.size(); ++i) values += ", NULL";
    values += ")";
  }
  return fmt::format("SELECT ord, {}{} FROM (VALUES {}) AS v({}){}", kNoEvent, columns, values, names,
                     rows.rows.empty() ? " WHERE false" : "");
}

std::string Printer::union_source(const Union& all) const {
  std::string names;
  for (const Union::Column& each : all.columns) names += ", " + column(each.id);
  if (all.source) names += ", " + column(*all.source);
  std::string parts;
  for (size_t i = 0; i < all.inputs.size(); ++i) {
    std::string columns;
    for (const Union::Column& each : all.columns) {
      const Type type = type_of(each.id);
      columns += fmt::format(
          ", {} AS {}", each.from[i] ? fmt::format("({})::{}", column(*each.from[i]), sql_type(type)) : missing(type),
          column(each.id));
    }
    if (all.source) columns += fmt::format(", {} AS {}", quote(all.names[i]), column(*all.source));
    parts += fmt::format("{}SELECT {} AS part, {}{} FROM {}", i == 0 ? "" : " UNION ALL ", i, kHidden, columns,
                         sources_.relations[all.inputs[i]]);
  }
  return fmt::format("SELECT row_number() OVER (ORDER BY part, ord) AS ord, t0, t1, n, src, h, rest{} FROM ({})", names,
                     parts);
}

/// mv-expand: side by side in SELECT, DuckDB's unnests are zipped and the shorter filled with NULL.
std::string Printer::print_expand(const Expand& expand, const std::string& input) {
  std::string lists;
  std::string elements;
  std::string columns;
  std::string longest;
  for (const Expand::Column& each : expand.columns) {
    const std::string list =
        list_call("kql.elements", {{column(each.input), Type::Dynamic}, {expand.pairs ? "true" : "false", Type::Bool}},
                  Type::Many);
    const std::string name = fmt::format("e{}", static_cast<uint32_t>(each.id));
    lists += fmt::format(", {}{} AS {}", list, expand.limit == 0 ? "" : fmt::format("[:{}]", expand.limit), name);
    elements += fmt::format(", unnest({}) AS x{}", name, static_cast<uint32_t>(each.id));
    // A Many cannot hold null: it is the text null.
    columns += fmt::format(", nullif(x{}, 'null') AS {}", static_cast<uint32_t>(each.id), column(each.id));
    longest += fmt::format("{}len({})", longest.empty() ? "" : ", ", name);
  }
  std::string excluded;
  for (const Expand::Column& each : expand.columns)
    excluded += fmt::format(", e{0}, x{0}", static_cast<uint32_t>(each.id));
  const std::string index = expand.index ? fmt::format(", i AS {}", column(*expand.index)) : "";
  return fmt::format(
      "SELECT * EXCLUDE (ord, h, i{}), row_number() OVER (ORDER BY ord, i) AS ord, xor(h, i::UBIGINT << 32) AS h{}{} "
      "FROM (SELECT *{}, unnest(range(greatest({}))) AS i FROM (SELECT *{} FROM {}))",
      excluded, columns, index, elements, longest, lists, input);
}

std::string Printer::print_relate(const Relate& relate, const std::string& input) const {
  using enum Relate::Kind;
  const std::string& other = sources_.relations[relate.input];
  std::string equal;
  std::string left_keys;
  for (const Relate::Key& key : relate.keys) {
    // Null meets null; texts are never null, and their plain equality is quicker.
    const bool text = type_of(key.left) == Type::String;
    equal += fmt::format("{}l.{} {} r.{}", equal.empty() ? "" : " AND ", column(key.left),
                         text ? "=" : "IS NOT DISTINCT FROM", column(key.right));
    left_keys += (left_keys.empty() ? "" : ", ") + column(key.left);
  }
  if (equal.empty()) equal = "true";
  const bool one_sided =
      relate.kind == LeftSemi || relate.kind == LeftAnti || relate.kind == RightSemi || relate.kind == RightAnti;
  const bool fills = relate.kind == LeftOuter || relate.kind == RightOuter || relate.kind == FullOuter;
  std::string columns;
  for (const Relate::Column& each : relate.columns) {
    std::string value = fmt::format("{}.{}", each.right ? "r" : "l", column(each.from));
    if (fills && type_of(each.id) == Type::String) value = fmt::format("coalesce({}, '')", value);
    columns += fmt::format(", {} AS {}", value, column(each.id));
  }
  if (one_sided) {
    const bool left = relate.kind == LeftSemi || relate.kind == LeftAnti;
    const bool anti = relate.kind == LeftAnti || relate.kind == RightAnti;
    return fmt::format("SELECT {}{} FROM {} AS {} WHERE {}EXISTS (SELECT 1 FROM {} AS {} WHERE {})", kHidden, columns,
                       left ? input : other, left ? "l" : "r", anti ? "NOT " : "", left ? other : input,
                       left ? "r" : "l", equal);
  }
  // innerunique keeps any one row of those with the same keys: here the first, so that runs agree.
  const std::string rows = relate.kind != InnerUnique
                               ? input
                               : fmt::format("(SELECT * FROM {} QUALIFY row_number() OVER ({} ORDER BY ord) = 1)",
                                             input, left_keys.empty() ? "" : "PARTITION BY " + left_keys);
  return fmt::format("SELECT row_number() OVER (ORDER BY l.ord, r.ord) AS ord, {}{} FROM {} AS l {} JOIN {} AS r ON {}",
                     kBothHidden, columns, rows, join_of(relate.kind), other, equal);
}

/// row_window_session(value, most from the first, most from the last, restart): one row after the other, which SQL
/// cannot; all of a group go through the function as lists.
std::string Printer::print_sessions(const std::vector<Sql>& arguments, const std::string& keys, ColumnId id,
                                    const std::string& input) {
  const auto listed = [](const std::string& value) {
    return Sql{fmt::format("list(coalesce(({})::VARCHAR, '') ORDER BY ord)", value), Type::Many};
  };
  const auto constant = [](const Sql& value) { return Sql{fmt::format("max(({})::BIGINT)", value.text), Type::Long}; };
  const std::string starts =
      list_call("list.sessions",
                {listed(arguments[0].text), listed(arguments[3].text), constant(arguments[1]), constant(arguments[2])},
                Type::Many);
  return fmt::format(
      "(SELECT l.*, TRY_CAST(g.start AS BIGINT) AS {} FROM {} AS l JOIN (SELECT unnest(rows) AS row, unnest(starts) AS "
      "start FROM (SELECT list(ord ORDER BY ord) AS rows, {} AS starts FROM {}{})) AS g ON l.ord = g.row)",
      column(id), input, starts, input, keys.empty() ? "" : " GROUP BY " + keys);
}

std::string Printer::print_row_functions(const RowFunctions& functions, const std::string& input) {
  std::string from = input;
  std::string keys;
  for (const ColumnId key : functions.keys) keys += (keys.empty() ? "" : ", ") + column(key);
  std::string columns;
  std::string helpers;
  for (const Aggregate::Item& item : functions.items) {
    std::vector<Sql> arguments;
    for (const ExprPtr& argument : item.arguments) arguments.push_back(print(*argument));
    if (item.function == "kql.row_window_session") {
      from = print_sessions(arguments, keys, item.id, from);
      continue;
    }
    const RowFunction* function = find_row_function(item.function);
    if (function == nullptr) continue;
    std::string partition = keys;
    if (function->restart && *function->restart < arguments.size()) {
      // Where the flag is true a new run begins: the flags so far number them.
      const std::string run = fmt::format("run{}", static_cast<uint32_t>(item.id));
      from = fmt::format("(SELECT *, sum(CASE WHEN {} THEN 1 ELSE 0 END) OVER ({} ORDER BY ord) AS {} FROM {})",
                         arguments[*function->restart].text, keys.empty() ? "" : "PARTITION BY " + keys, run, from);
      partition += (partition.empty() ? "" : ", ") + run;
      helpers += (helpers.empty() ? "" : ", ") + run;
    }
    const std::string over = fmt::format("({}{} ORDER BY ord)", partition.empty() ? "" : "PARTITION BY ", partition);
    if (function->helper != nullptr) {
      const std::string made = fmt::format("help{}", static_cast<uint32_t>(item.id));
      from = fmt::format("(SELECT *, {} AS {} FROM {})", function->helper(arguments, over), made, from);
      helpers += (helpers.empty() ? "" : ", ") + made;
      arguments.push_back({made, Type::Long});
    }
    columns +=
        fmt::format(", ({})::{} AS {}", function->print(arguments, over), sql_type(type_of(item.id)), column(item.id));
  }
  const std::string all = helpers.empty() ? "*" : fmt::format("* EXCLUDE ({})", helpers);
  return fmt::format("SELECT {}{} FROM {}", all, columns, from);
}

std::string Printer::print_show_keys(const ShowKeys& show, const std::string& input) {
  const std::string rest =
      list_call("kql.show_keys",
                {{"rest", Type::Dynamic}, {column(show.object), Type::Dynamic}, {quote(show.prefix), Type::String}},
                Type::Dynamic);
  return fmt::format("SELECT * EXCLUDE (rest), {} AS rest FROM {}", rest, input);
}

/// The first value of the only column of an input: toscalar().
std::string Printer::print_scalar(const Call& call, Type type) const {
  const auto input = static_cast<size_t>(std::get<Literal>(call.arguments[0]->node).value.get().as_integer());
  const std::string value = column(plan_.inputs[input].plan->output.front().column);
  return fmt::format("coalesce((SELECT {} FROM {} ORDER BY ord LIMIT 1), {})", value, sources_.relations[input],
                     missing(type));
}

/// in (T | …): (value, input, folds case)
std::string Printer::print_in_relation(const Call& call) {
  const auto constant = [&](size_t at) { return std::get<Literal>(call.arguments[at]->node).value.get(); };
  const auto input = static_cast<size_t>(constant(1).as_integer());
  const OutputColumn& shown = plan_.inputs[input].plan->output.front();
  Sql value = print(*call.arguments[0]);
  Sql member{column(shown.column), plan_.inputs[input].plan->column(shown.column).type};
  if (constant(2).is_true()) {
    const Function& fold = *find_function("kql.tolower");
    value = {call_function(fold, {value}, Type::String), Type::String};
    member = {call_function(fold, {member}, Type::String), Type::String};
  }
  return fmt::format("coalesce({} IN (SELECT {} FROM {}), false)", value.text, member.text, sources_.relations[input]);
}

}  // namespace hecate::tail
