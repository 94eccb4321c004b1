#include "exec/tail/print.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "exec/tail/vectors.h"

namespace hecate::tail {
namespace {

constexpr std::string_view kHidden = "ord, t0, t1, n, src, h, rest";

std::string quote(std::string_view text) {
  std::string out = "'";
  for (const char c : valid_utf8(text)) {
    if (c == '\'') out += '\'';
    // NUL cannot stand in SQL text: it is the end of it.
    out += c == '\0' ? std::string_view("' || chr(0) || '") : std::string_view(&c, 1);
  }
  out += "'";
  return text.find('\0') == std::string_view::npos ? out : "(" + out + ")";
}

std::string literal(const Value& value, Type type) {
  const std::string_view sql = sql_type(type);
  switch (value.kind()) {
    case Kind::Null:
    case Kind::JsonNull:
    case Kind::Undecided: return fmt::format("NULL::{}", sql);
    case Kind::Bool: return value.as_bool() ? "true" : "false";
    case Kind::Long: return fmt::format("({})::{}", value.as_integer(), type == Type::Real ? "DOUBLE" : "BIGINT");
    case Kind::Real: return fmt::format("{}::DOUBLE", quote(fmt::format("{}", value.as_real())));
    case Kind::Datetime:
    case Kind::Timespan: return fmt::format("({})::BIGINT", value.as_ticks());
    case Kind::String:
    case Kind::Dynamic:
      return type == Type::Many ? fmt::format("[{}]", quote(value.as_text())) : quote(value.as_text());
    case Kind::Many: {
      std::string list;
      for (const Value& element : value.as_list()) list += (list.empty() ? "" : ", ") + quote(value_text(element));
      return fmt::format("[{}]::VARCHAR[]", list);
    }
  }
  return "NULL";
}

bool is_per_row(const Node& node) {
  return std::holds_alternative<Filter>(node.op) || std::holds_alternative<Extend>(node.op);
}

}  // namespace

Printer::Printer(const Plan& plan, const CutPlan& cut, std::string candidates, UdfRegistry& udfs)
    : plan_(plan), cut_(cut), candidates_(std::move(candidates)), udfs_(udfs) {}

std::string Printer::column(ColumnId id) const { return fmt::format("c{}", static_cast<uint32_t>(id)); }

std::string Printer::call_function(const Function& function, const std::vector<Sql>& arguments, Type type) {
  std::vector<Type> types;
  std::string list;
  for (const Sql& argument : arguments) {
    types.push_back(argument.type);
    list += (list.empty() ? "" : ", ") + argument.text;
  }
  // DuckDB has no UDF without parameters; the registry gives such a function one that it does not see.
  return fmt::format("{}({})", udfs_.function(function, types, type), list.empty() ? "true" : list);
}

std::string Printer::print_call(const Call& call, Type type) {
  const Function* function = find_function(call.function);
  if (function == nullptr) return fmt::format("NULL::{}", sql_type(type));
  std::vector<Sql> arguments;
  for (const ExprPtr& argument : call.arguments) arguments.push_back(print(*argument));
  return call_function(*function, arguments, type);
}

Sql Printer::print(const Expr& expr) {
  const auto junction = [this](const std::vector<ExprPtr>& operands, std::string_view op, std::string_view empty) {
    std::string text;
    for (const ExprPtr& operand : operands) {
      if (!text.empty()) text += fmt::format(" {} ", op);
      text += print(*operand).text;
    }
    return operands.empty() ? std::string(empty) : "(" + text + ")";
  };
  struct Visitor {
    Printer& printer;
    const Expr& expr;
    decltype(junction)& join;

    std::string operator()(const Literal& l) const { return literal(l.value.get(), expr.type); }
    std::string operator()(const ColumnRef& ref) const { return printer.column(ref.column); }
    std::string operator()(const RawField& /*field*/) const { return "NULL"; }  // verify() keeps them out of tails
    std::string operator()(const Call& call) const { return printer.print_call(call, expr.type); }
    std::string operator()(const Match& match) const {
      const Sql operand = printer.print(*match.operand);
      return fmt::format("{}({})", printer.udfs_.match(match, operand.type), operand.text);
    }
    std::string operator()(const And& all) const { return join(all.operands, "AND", "true"); }
    std::string operator()(const Or& any) const { return join(any.operands, "OR", "false"); }
    std::string operator()(const Not& negation) const {
      return fmt::format("(NOT {})", printer.print(*negation.operand).text);
    }
  };
  return {std::visit(Visitor{*this, expr, junction}, expr.node), expr.type};
}

std::string Printer::source() {
  std::string columns;
  for (const ColumnId id : cut_.head.live) columns += ", " + column(id);
  // Splunk delivers events newest first, and its commands take them in that order: head, dedup, first(), list()
  // (Search Reference, "Time functions": the first seen value is in general the most recent one).
  const bool newest_first =
      plan_.language == Language::Spl &&
      std::any_of(cut_.tail.begin(), cut_.tail.end(), [](const Node& node) { return !is_per_row(node); });
  const std::string_view ord = newest_first ? "row_number() OVER (ORDER BY t DESC NULLS LAST, ord) AS ord" : "ord";
  std::string sql =
      fmt::format("SELECT {}, t AS t0, t AS t1, 1::BIGINT AS n, src, h, rest{} FROM {}", ord, columns, candidates_);
  if (cut_.undecided) sql += fmt::format(" WHERE NOT undecided OR {}", print(*cut_.undecided).text);
  return sql;
}

std::string Printer::print_filter(const Filter& filter, const std::string& input) {
  return fmt::format("SELECT * FROM {} WHERE {}", input, print(*filter.predicate).text);
}

std::string Printer::print_extend(const Extend& extend, const std::string& input) {
  std::string columns;
  for (const Extend::Column& added : extend.columns) {
    columns += fmt::format(", ({})::{} AS {}", print(*added.value).text, sql_type(type_of(added.id)), column(added.id));
  }
  return fmt::format("SELECT *{} FROM {}", columns, input);
}

std::string Printer::print_aggregate(const Aggregate& aggregate, const std::string& input) {
  std::string from = input;
  std::string keys;
  std::string present;
  std::string group;
  for (const Aggregate::Key& key : aggregate.keys) {
    std::string value = column(key.input);
    if (type_of(key.input) == Type::Many && aggregate.expand_many_keys) {
      // In FROM two unnests make the cross product that Splunk makes; in SELECT they would be zipped.
      value = fmt::format("k{}", static_cast<uint32_t>(key.id));
      from += fmt::format(", unnest({0}) AS u{1}({2})", column(key.input), static_cast<uint32_t>(key.id), value);
    }
    if (aggregate.null_keys == NullKeys::Drop)
      present += fmt::format("{}{} IS NOT NULL", present.empty() ? " WHERE " : " AND ", value);
    keys += fmt::format(", {} AS {}", value, column(key.id));
    group += (group.empty() ? " GROUP BY " : ", ") + value;
  }
  const AggregatePrinter printer{[this](std::string_view function, const std::vector<Sql>& arguments, Type result) {
    const Function* of_lists = find_list_function(function);
    return call_function(of_lists != nullptr ? *of_lists : *find_function(function), arguments, result);
  }};
  std::string items;
  for (const Aggregate::Item& item : aggregate.items) {
    std::vector<Sql> arguments;
    for (const ExprPtr& argument : item.arguments) arguments.push_back(print(*argument));
    const AggregateRow* row = find_aggregate(item.function);
    const std::string sql = row == nullptr ? "NULL" : row->print(arguments, type_of(item.id), printer);
    items += fmt::format(", ({})::{} AS {}", sql, sql_type(type_of(item.id)), column(item.id));
  }
  std::string order;
  for (const Aggregate::Key& key : aggregate.keys) order += column(key.id) + ", ";
  if (!aggregate.order_by_keys) order.clear();
  const std::string inner = fmt::format(
      "SELECT min(ord) AS first_ord, min(t0) AS t0, max(t1) AS t1, coalesce(sum(n), 0)::BIGINT AS n, arg_min(src, ord) "
      "AS src, "
      "bit_xor(h) AS h, NULL::VARCHAR AS rest{}{} FROM {}{}{}",
      keys, items, from, present, group);
  return fmt::format("SELECT row_number() OVER (ORDER BY {}first_ord) AS ord, * EXCLUDE (first_ord) FROM ({})", order,
                     inner);
}

std::string Printer::print_sort(const Sort& sort, const std::string& input) {
  std::string order;
  for (const Sort::Key& key : sort.keys) {
    const std::string direction = key.descending ? "DESC" : "ASC";
    const std::string nulls = key.nulls_first ? "NULLS FIRST" : "NULLS LAST";
    std::string value = column(key.column);
    Type type = type_of(key.column);
    if (type == Type::Many) {
      value += "[1]";
      type = Type::String;
    }
    if (key.collation == "spl.auto" && type == Type::String) {
      const std::string number = call_function(*find_list_function("list.number"), {{value, type}}, Type::Real);
      order += fmt::format("{} {} NULLS LAST, ", number, direction);
    }
    order += fmt::format("{} {} {}, ", value, direction, nulls);
  }
  return fmt::format("SELECT * EXCLUDE (ord), row_number() OVER (ORDER BY {}ord) AS ord FROM {}", order, input);
}

std::string Printer::print_distinct(const Distinct& distinct, const std::string& input) {
  std::string columns;
  std::string present;
  std::vector<ColumnId> ids = distinct.columns;
  if (ids.empty()) {
    for (const OutputColumn& output : plan_.output) ids.push_back(output.column);
  }
  for (const ColumnId id : ids) {
    columns += (columns.empty() ? "" : ", ") + column(id);
    if (distinct.null_keys == NullKeys::Drop)
      present += fmt::format("{}{} IS NOT NULL", present.empty() ? " WHERE " : " AND ", column(id));
  }
  return fmt::format("SELECT * FROM {}{} QUALIFY row_number() OVER (PARTITION BY {} ORDER BY ord) = 1", input, present,
                     columns);
}

std::string Printer::node(const Node& node, const std::string& input) {
  if (const auto* filter = std::get_if<Filter>(&node.op)) return print_filter(*filter, input);
  if (const auto* extend = std::get_if<Extend>(&node.op)) return print_extend(*extend, input);
  if (const auto* aggregate = std::get_if<Aggregate>(&node.op)) return print_aggregate(*aggregate, input);
  if (const auto* sort = std::get_if<Sort>(&node.op)) return print_sort(*sort, input);
  if (const auto* limit = std::get_if<Limit>(&node.op))
    return fmt::format("SELECT * FROM {} ORDER BY ord LIMIT {}", input, limit->count);
  if (const auto* distinct = std::get_if<Distinct>(&node.op)) return print_distinct(*distinct, input);
  return "SELECT * FROM " + input;
}

std::string Printer::statement() {
  std::string sql = fmt::format("WITH s0 AS ({})", source());
  for (size_t i = 0; i < cut_.tail.size(); ++i) {
    sql += fmt::format(",\ns{} AS ({})", i + 1, node(cut_.tail[i], fmt::format("s{}", i)));
  }
  std::string outputs;
  for (const OutputColumn& output : plan_.output) outputs += ", " + column(output.column);
  return fmt::format("{}\nSELECT {}{} FROM s{} ORDER BY ord", sql, kHidden, outputs, cut_.tail.size());
}

std::string Printer::key_presence_statement() {
  std::string sql = fmt::format("WITH s0 AS ({})", source());
  for (size_t i = 0; i < cut_.tail.size(); ++i) {
    if (const auto* aggregate = std::get_if<Aggregate>(&cut_.tail[i].op)) {
      if (aggregate->null_keys != NullKeys::Drop || aggregate->keys.empty()) return {};
      std::string counts;
      for (const Aggregate::Key& key : aggregate->keys) counts += fmt::format(", count({})", column(key.input));
      return fmt::format("{}\nSELECT count(*){} FROM s{}", sql, counts, i);
    }
    sql += fmt::format(",\ns{} AS ({})", i + 1, node(cut_.tail[i], fmt::format("s{}", i)));
  }
  return {};
}

}  // namespace hecate::tail
