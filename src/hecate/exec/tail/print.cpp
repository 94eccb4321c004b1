#include "exec/tail/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "exec/tail/vectors.h"

namespace hecate::tail {
namespace {

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

Printer::Printer(const Plan& plan, const CutPlan& cut, Sources sources, UdfRegistry& udfs)
    : plan_(plan), cut_(cut), sources_(std::move(sources)), udfs_(udfs) {}

void Printer::resume(std::string table, size_t begin) {
  table_ = std::move(table);
  begin_ = begin;
}

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
  if (call.function == "kql.scalar") return print_scalar(call, type);
  if (call.function == "kql.in_relation") return print_in_relation(call);
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
  if (!table_.empty()) return "SELECT * FROM " + table_;
  const auto& first = plan_.nodes.front().op;
  if (const auto* outer = std::get_if<Outer>(&first)) return outer_source(*outer);
  if (const auto* scan = std::get_if<TableScan>(&first)) return table_source(*scan);
  if (const auto* rows = std::get_if<ConstantRows>(&first)) return constant_source(*rows);
  if (const auto* all = std::get_if<Union>(&first)) return union_source(*all);
  if (const auto* rows = std::get_if<Rows>(&first)) {
    return fmt::format(
        "SELECT i AS ord, NULL::BIGINT AS t0, NULL::BIGINT AS t1, 0::BIGINT AS n, NULL::BIGINT AS src, i::UBIGINT AS "
        "h, "
        "NULL::VARCHAR AS rest FROM range(1, {} + 1) AS r(i)",
        rows->count);
  }
  return scan_source();
}

std::string Printer::scan_source() {
  std::string columns;
  for (const ColumnId id : cut_.head.live) columns += ", " + column(id);
  // Splunk delivers events newest first, and its commands take them in that order: head, dedup, first(), list()
  // (Search Reference, "Time functions": the first seen value is in general the most recent one).
  const auto first =
      std::find_if(cut_.tail.begin(), cut_.tail.end(), [](const Node& node) { return !is_per_row(node); });
  std::string_view ord = "ord";
  if (plan_.language == Language::Spl && first != cut_.tail.end()) {
    ord = "row_number() OVER (ORDER BY t DESC NULLS LAST, ord) AS ord";
    // An aggregate numbers its rows anew: a key in the same order is enough, and no event need be sorted.
    if (std::holds_alternative<Aggregate>(first->op))
      ord = "(coalesce(-(t::HUGEINT), 9223372036854775807) * 1099511627776 + ord) AS ord";
  }
  std::string sql = fmt::format("SELECT {}, t AS t0, t AS t1, 1::BIGINT AS n, src, h, rest{} FROM {}", ord, columns,
                                sources_.candidates);
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

std::string Printer::list_call(std::string_view function, const std::vector<Sql>& arguments, Type type) {
  const Function* of_lists = find_list_function(function);
  return call_function(of_lists != nullptr ? *of_lists : *find_function(function), arguments, type);
}

std::string Printer::print_items(const std::vector<Aggregate::Item>& items, const std::string& over) {
  const AggregatePrinter printer{[this](std::string_view function, const std::vector<Sql>& arguments, Type result) {
                                   return list_call(function, arguments, result);
                                 },
                                 over};
  std::string text;
  for (const Aggregate::Item& item : items) {
    std::vector<Sql> arguments;
    for (const ExprPtr& argument : item.arguments) arguments.push_back(print(*argument));
    const AggregateRow* row = find_aggregate(item.function);
    const std::string sql = row == nullptr ? "NULL" : row->print(arguments, type_of(item.id), printer);
    text += fmt::format(", ({})::{} AS {}", sql, sql_type(type_of(item.id)), column(item.id));
  }
  return text;
}

std::string Printer::print_aggregate(const Aggregate& aggregate, const std::string& input) {
  std::string from = input;
  std::string keys;
  std::string present;
  std::string group;
  for (const Aggregate::Key& key : aggregate.keys) {
    std::string value = column(key.input);
    if (type_of(key.input) == Type::Many && aggregate.expand_many_keys) {
      // One inside the other, two unnests make the cross product that Splunk makes; side by side they would be zipped.
      // In FROM DuckDB joins each with its rows.
      value = fmt::format("k{}", static_cast<uint32_t>(key.id));
      from = fmt::format("(SELECT *, unnest({}) AS {} FROM {})", column(key.input), value, from);
    }
    if (aggregate.null_keys == NullKeys::Drop)
      present += fmt::format("{}{} IS NOT NULL", present.empty() ? " WHERE " : " AND ", value);
    keys += fmt::format(", {} AS {}", value, column(key.id));
    group += (group.empty() ? " GROUP BY " : ", ") + value;
  }
  const std::string items = print_items(aggregate.items, "");
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
    if (key.collation == "spl.ip")
      value = call_function(*find_list_function("list.address_key"), {{value, type}}, Type::String);
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
  struct Visitor {
    Printer& printer;
    const std::string& input;
    std::string operator()(const Filter& filter) const { return printer.print_filter(filter, input); }
    std::string operator()(const Extend& extend) const { return printer.print_extend(extend, input); }
    std::string operator()(const Aggregate& aggregate) const { return printer.print_aggregate(aggregate, input); }
    std::string operator()(const Sort& sort) const { return printer.print_sort(sort, input); }
    std::string operator()(const Limit& limit) const {
      if (limit.keys.empty()) return fmt::format("SELECT * FROM {} ORDER BY ord LIMIT {}", input, limit.count);
      std::string keys;
      for (const ColumnId key : limit.keys) keys += (keys.empty() ? "" : ", ") + printer.column(key);
      return fmt::format("SELECT * FROM {} QUALIFY row_number() OVER (PARTITION BY {} ORDER BY ord) <= {}", input, keys,
                         limit.count);
    }
    std::string operator()(const Expand& expand) const { return printer.print_expand(expand, input); }
    std::string operator()(const Relate& relate) const { return printer.print_relate(relate, input); }
    std::string operator()(const RowFunctions& functions) const {
      return printer.print_row_functions(functions, input);
    }
    std::string operator()(const Distinct& distinct) const { return printer.print_distinct(distinct, input); }
    std::string operator()(const Unnest& unnest) const { return printer.print_unnest(unnest, input); }
    std::string operator()(const Window& window) const { return printer.print_window(window, input); }
    std::string operator()(const Pivot& pivot) const { return printer.print_pivot(pivot, input); }
    std::string operator()(const Transaction& t) const { return printer.print_transaction(t, input); }
    std::string operator()(const Gaps& gaps) const { return printer.print_gaps(gaps, input); }
    std::string operator()(const Join& join) const { return printer.print_join(join, input); }
    std::string operator()(const Append& append) const { return printer.print_append(append, input); }
    std::string operator()(const Zip& zip) const { return printer.print_zip(zip, input); }
    // Sources stand first only; iterations and routines are stages of their own; what is written is read beside the
    // statement.
    std::string operator()(const Scan& /*scan*/) const { return through(); }
    std::string operator()(const Outer& /*outer*/) const { return through(); }
    std::string operator()(const TableScan& /*scan*/) const { return through(); }
    std::string operator()(const Rows& /*rows*/) const { return through(); }
    std::string operator()(const ConstantRows& /*rows*/) const { return through(); }
    std::string operator()(const Union& /*all*/) const { return through(); }
    std::string operator()(const Iterate& /*iterate*/) const { return through(); }
    std::string operator()(const Compute& /*compute*/) const { return through(); }
    std::string operator()(const ShowKeys& show) const { return printer.print_show_keys(show, input); }
    std::string operator()(const WriteTable& /*write*/) const { return through(); }
    [[nodiscard]] std::string through() const { return "SELECT * FROM " + input; }
  };
  return std::visit(Visitor{*this, input}, node.op);
}

/// The CTEs of the source and of the nodes up to `end`; the last is `s<end>`.
std::string Printer::steps(size_t end) {
  std::string sql = fmt::format("WITH s{} AS ({})", begin_, source());
  for (size_t i = begin_; i < end; ++i) {
    sql += fmt::format(",\ns{} AS ({})", i + 1, node(cut_.tail[i], fmt::format("s{}", i)));
  }
  return sql;
}

std::string Printer::statement() {
  std::string outputs;
  for (const OutputColumn& output : plan_.output) outputs += ", " + column(output.column);
  const size_t end = cut_.tail.size();
  return fmt::format("{}\nSELECT {}{} FROM s{} ORDER BY ord", steps(end), kHidden, outputs, end);
}

std::string Printer::relation() {
  std::vector<ColumnId> ids;
  for (const OutputColumn& output : plan_.output) ids.push_back(output.column);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::string columns;
  for (const ColumnId id : ids) columns += ", " + column(id);
  const size_t end = cut_.tail.size();
  return fmt::format("{}\nSELECT {}{} FROM s{}", steps(end), kHidden, columns, end);
}

std::string Printer::before(size_t end) { return fmt::format("{}\nSELECT * FROM s{}", steps(end), end); }

std::string Printer::before(size_t end, const std::vector<ColumnId>& columns) {
  std::set<ColumnId> wanted(columns.begin(), columns.end());
  std::string names;
  for (const ColumnId id : wanted) names += ", " + column(id);
  return fmt::format("{}\nSELECT {}{} FROM s{}", steps(end), kHidden, names, end);
}

std::string Printer::key_presence_statement() {
  for (size_t i = begin_; i < cut_.tail.size(); ++i) {
    const auto* aggregate = std::get_if<Aggregate>(&cut_.tail[i].op);
    if (aggregate == nullptr) continue;
    if (aggregate->null_keys != NullKeys::Drop || aggregate->keys.empty()) return {};
    std::string counts;
    for (const Aggregate::Key& key : aggregate->keys) counts += fmt::format(", count({})", column(key.input));
    return fmt::format("{}\nSELECT count(*){} FROM s{}", steps(i), counts, i);
  }
  return {};
}

}  // namespace hecate::tail
