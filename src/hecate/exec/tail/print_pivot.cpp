#include <fmt/format.h>

#include "base/text.h"
#include "exec/tail/print.h"
#include "exec/tail/vectors.h"

// A table whose columns are the values of a field.
namespace hecate::tail {
namespace {

/// Nothing is no value for them: a cell without rows holds 0.
bool counts(const Aggregate::Item& item) {
  return item.function == "count" || item.function == "spl.count" || item.function == "spl.dc";
}

/// ", k0, k1, …", each behind `before`.
std::string key_list(const Pivot& pivot, std::string_view before) {
  std::string list;
  for (size_t i = 0; i < pivot.keys.size(); ++i) list += fmt::format(", {}k{}", before, i);
  return list;
}

}  // namespace

/// The rows that have all keys, these as k0, k1, …, and the series as s0.
std::string Printer::pivot_rows(const Pivot& pivot, const std::string& input) const {
  std::string keys;
  std::string present;
  for (size_t i = 0; i < pivot.keys.size(); ++i) {
    const std::string key = column(pivot.keys[i].input);
    keys += fmt::format(", {} AS k{}", key, i);
    present += fmt::format("{}{} IS NOT NULL", present.empty() ? " WHERE " : " AND ", key);
  }
  const std::string series = column(pivot.series);
  if (!pivot.nulls) present += fmt::format("{}{} IS NOT NULL", present.empty() ? " WHERE " : " AND ", series);
  return fmt::format("SELECT *{}, {} AS s0 FROM {}{}", keys, series, input, present);
}

/// The same with the name of the column that a row counts for, `s`, and the columns' order, `kind`.
std::string Printer::pivot_labelled(const Pivot& pivot) {
  const std::string missing = quote(pivot.nulls_name);
  if (pivot.most == 0) {
    return fmt::format(
        "SELECT *, coalesce(s0, {}) AS s, CASE WHEN s0 IS NULL THEN 1 ELSE 0 END AS kind FROM pivot_rows", missing);
  }
  std::vector<Aggregate::Item> score{pivot.items.front()};
  // Search Reference, chart, "limit": series are ranked by the sum of their values.
  const std::string scores = fmt::format("SELECT s0{} FROM pivot_rows WHERE s0 IS NOT NULL GROUP BY s0{}",
                                         print_items(score, ""), key_list(pivot, ""));
  const std::string places = fmt::format(
      "SELECT s0 AS name, row_number() OVER (ORDER BY sum(TRY_CAST({} AS DOUBLE)) {} NULLS LAST, s0) AS "
      "place FROM ({}) GROUP BY s0",
      column(score.front().id), pivot.least ? "ASC" : "DESC", scores);
  return fmt::format(
      "SELECT l.*, CASE WHEN s0 IS NULL THEN {0} WHEN place <= {1} THEN s0 ELSE {2} END AS s, CASE WHEN s0 IS NULL "
      "THEN 1 WHEN place <= {1} THEN 0 ELSE 2 END AS kind FROM pivot_rows AS l LEFT JOIN ({3}) AS p ON l.s0 = "
      "p.name{4}",
      missing, pivot.most, quote(pivot.others_name), places,
      pivot.others ? "" : fmt::format(" WHERE s0 IS NULL OR place <= {}", pivot.most));
}

/// The keys of the rows that come out, with the place of their first row.
std::string Printer::pivot_keys(const Pivot& pivot) const {
  constexpr int64_t kMost = 1'000'000;
  if (pivot.span == 0) {
    return fmt::format("SELECT min(first_ord) AS place{} FROM pivot_cells GROUP BY ALL", key_list(pivot, ""));
  }
  return fmt::format(
      "SELECT 0 AS place, unnest(CASE WHEN (high - low) // {0} < {1} THEN range(low, high + 1, {0}) ELSE own "
      "END)::DOUBLE AS k0 FROM (SELECT min(k0)::BIGINT AS low, max(k0)::BIGINT AS high, list(DISTINCT k0::BIGINT) AS "
      "own FROM pivot_cells)",
      pivot.span, kMost);
}

/// Every row has every column: the values v0, v1, … of each, and how it is called.
std::string Printer::pivot_grid(const Pivot& pivot) const {
  std::string values;
  for (size_t i = 0; i < pivot.items.size(); ++i) {
    const std::string value = "c." + column(pivot.items[i].id);
    values += fmt::format(", {} AS v{}", counts(pivot.items[i]) ? fmt::format("coalesce({}, 0)", value) : value, i);
  }
  std::string equal;
  for (size_t i = 0; i < pivot.keys.size(); ++i) equal += fmt::format(" AND c.k{0} = k.k{0}", i);
  return fmt::format(
      "SELECT k.place, n.s, n.kind{}, c.t0, c.t1, c.n, c.src, c.h, c.first_ord{} FROM pivot_keys AS k CROSS JOIN "
      "(SELECT DISTINCT s, kind FROM pivot_cells) AS n LEFT JOIN pivot_cells AS c ON c.s = n.s AND c.kind = n.kind{}",
      key_list(pivot, "k."), values, equal);
}

/// All columns of a row as JSON, and those that the plan names.
std::string Printer::pivot_columns(const Pivot& pivot) {
  std::string names;
  std::string values;
  for (size_t i = 0; i < pivot.items.size(); ++i) {
    const std::string name =
        pivot.items.size() == 1 ? "s" : fmt::format("{} || s", quote(plan_.column(pivot.items[i].id).name + ": "));
    const std::string json =
        list_call("list.json", {{fmt::format("v{}", i), type_of(pivot.items[i].id)}}, Type::String);
    const std::string order = fmt::format("ORDER BY kind, s) FILTER (WHERE v{} IS NOT NULL)", i);
    names += fmt::format("{}coalesce(list({} {}, []::VARCHAR[])", i == 0 ? "" : " || ", name, order);
    values += fmt::format("{}coalesce(list({} {}, []::VARCHAR[])", i == 0 ? "" : " || ", json, order);
  }
  std::string columns =
      fmt::format(", {} AS rest", list_call("list.object", {{names, Type::Many}, {values, Type::Many}}, Type::String));
  for (const Pivot::Column& named : pivot.columns) {
    columns += fmt::format(", (any_value(v{}) FILTER (WHERE s = {}))::{} AS {}", named.item, quote(named.series),
                           sql_type(type_of(named.id)), column(named.id));
  }
  return columns;
}

std::string Printer::print_pivot(const Pivot& pivot, const std::string& input) {
  const std::string cells = fmt::format(
      "SELECT s, kind, min(ord) AS first_ord, min(t0) AS t0, max(t1) AS t1, sum(n)::BIGINT AS n, arg_min(src, ord) AS "
      "src, bit_xor(h) AS h{}{} FROM pivot_labelled GROUP BY s, kind{}",
      key_list(pivot, ""), print_items(pivot.items, ""), key_list(pivot, ""));
  const std::string rows = fmt::format(
      "SELECT place, min(t0) AS t0, max(t1) AS t1, coalesce(sum(n), 0)::BIGINT AS n, arg_min(src, first_ord) AS src, "
      "coalesce(bit_xor(h), 0)::UBIGINT AS h{}{} FROM pivot_grid GROUP BY place{}",
      key_list(pivot, ""), pivot_columns(pivot), key_list(pivot, ""));
  std::string order;
  std::string keys;
  std::string columns;
  for (size_t i = 0; i < pivot.keys.size(); ++i) {
    order += fmt::format("k{}, ", i);
    keys += fmt::format(", (k{})::{} AS {}", i, sql_type(type_of(pivot.keys[i].id)), column(pivot.keys[i].id));
  }
  for (const Pivot::Column& named : pivot.columns) columns += ", " + column(named.id);
  if (!pivot.ordered) order.clear();
  return fmt::format(
      "WITH pivot_rows AS ({}), pivot_labelled AS ({}), pivot_cells AS ({}), pivot_keys AS ({}), pivot_grid AS ({}) "
      "SELECT row_number() OVER (ORDER BY {}place) AS ord, t0, t1, n, src, h, rest{}{} FROM ({})",
      pivot_rows(pivot, input), pivot_labelled(pivot), cells, pivot_keys(pivot), pivot_grid(pivot), order, keys,
      columns, rows);
}

}  // namespace hecate::tail
