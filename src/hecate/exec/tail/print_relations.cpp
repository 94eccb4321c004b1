#include <fmt/format.h>

#include "exec/tail/print.h"
#include "exec/tail/vectors.h"

// Nodes that make other rows out of rows, or read other plans.
namespace hecate::tail {
namespace {

/// Provenance of two rows that became one.
constexpr std::string_view kJoinedHidden =
    "least(l.t0, r.t0) AS t0, greatest(l.t1, r.t1) AS t1, l.n + coalesce(r.n, 0) AS n, l.src AS src, "
    "xor(l.h, coalesce(r.h, 0)) AS h, l.rest AS rest";

}  // namespace

std::string Printer::outer_source(const Outer& outer) const {
  std::string columns;
  for (const Outer::Column& from : outer.columns)
    columns += fmt::format(", {} AS {}", column(from.from), column(from.id));
  return fmt::format("SELECT {}{} FROM {}", kHidden, columns, sources_.outer);
}

/// The table's own columns are f0, f1, … in DuckDB; empty cells are NULL there.
std::string Printer::table_source(const TableScan& scan) const {
  std::string columns;
  // KQL's texts are never null.
  const std::string_view cell = plan_.language == Language::Kql ? "coalesce(f{}, '')" : "f{}";
  for (size_t i = 0; i < scan.columns.size(); ++i)
    columns += fmt::format(", {} AS {}", fmt::format(fmt::runtime(cell), i), column(scan.columns[i].id));
  return fmt::format(
      "SELECT ord, NULL::BIGINT AS t0, NULL::BIGINT AS t1, 0::BIGINT AS n, NULL::BIGINT AS src, ord::UBIGINT AS h, "
      "NULL::VARCHAR AS rest{} FROM {}",
      columns, sources_.candidates);
}

std::string Printer::print_unnest(const Unnest& unnest, const std::string& input) const {
  const std::string all = column(unnest.input);
  const std::string values = type_of(unnest.input) != Type::Many ? fmt::format("[{}]", all)
                             : unnest.limit == 0                 ? all
                                                                 : fmt::format("({})[:{}]", all, unnest.limit);
  // In FROM an unnest may lose the order of the values; in SELECT two of them are zipped. Rows of one event must not
  // have one hash, of which findings are made.
  return fmt::format(
      "SELECT * EXCLUDE (ord, h, i), row_number() OVER (ORDER BY ord, i) AS ord, xor(h, i::UBIGINT << 32) AS h FROM "
      "(SELECT *, unnest(coalesce({0}, [NULL])) AS {1}, unnest(range(len(coalesce({0}, [NULL])))) AS i FROM {2})",
      values, column(unnest.id), input);
}

std::string Printer::print_window(const Window& window, const std::string& input) {
  if (window.running) return print_running(window, input);
  std::string keys;
  std::string equal;
  std::string present;
  for (size_t i = 0; i < window.keys.size(); ++i) {
    const std::string key = column(window.keys[i]);
    keys += fmt::format(", {} AS k{}", key, i);
    equal += fmt::format("{}l.{} = g.k{}", i == 0 ? "" : " AND ", key, i);
    present += fmt::format("{}{} IS NOT NULL", i == 0 ? " WHERE " : " AND ", key);
  }
  const std::string group = keys.empty() ? "" : " GROUP BY ALL";
  std::string columns;
  for (const Aggregate::Item& item : window.items) columns += fmt::format(", g.{}", column(item.id));
  // A window function over lists of all rows takes memory without bound; a join spills.
  return fmt::format("SELECT l.*{} FROM {} AS l LEFT JOIN (SELECT 1 AS one{}{} FROM {}{}{}) AS g ON {}", columns, input,
                     keys, print_items(window.items, ""), input, present, group, equal.empty() ? "true" : equal);
}

/// A frame of time: how many rows it reaches back is counted first, for rows of one time are in order all the same.
std::string Printer::print_timed_frame(const Window& window, const std::string& input) {
  std::string partition;
  for (const ColumnId key : window.keys) partition += (partition.empty() ? "PARTITION BY " : ", ") + column(key);
  Window counted = window;
  counted.seconds.reset();
  const std::string time = column(window.time);
  // Rows come by rising or by falling time: Splunk's events, newest first.
  const std::string signed_time = fmt::format(
      "SELECT *, CASE WHEN (SELECT arg_min({0}, ord) FROM {1}) > (SELECT arg_max({0}, ord) FROM {1}) THEN -{0} ELSE "
      "{0} END AS frame_time, row_number() OVER ({2} ORDER BY ord) AS frame_row FROM {1}",
      time, input, partition);
  const std::string framed = fmt::format(
      "(SELECT * EXCLUDE (frame_time), frame_row - min(frame_row) OVER ({} ORDER BY frame_time RANGE BETWEEN {} "
      "PRECEDING AND CURRENT ROW) AS frame FROM ({}))",
      partition, *window.seconds, signed_time);
  return fmt::format("SELECT * EXCLUDE (frame, frame_row) FROM ({})",
                     print_rows(counted, framed, "greatest(frame, 0)", partition));
}

std::string Printer::print_running(const Window& window, const std::string& input) {
  if (window.seconds) return print_timed_frame(window, input);
  if (window.frame != 0 && window.global && !window.keys.empty()) return print_global_frame(window, input);
  std::string partition;
  for (const ColumnId key : window.keys) partition += (partition.empty() ? "PARTITION BY " : ", ") + column(key);
  const uint64_t before = window.frame == 0 ? 0 : window.frame - (window.current ? 1 : 0);
  return print_rows(window, input, window.frame == 0 ? "UNBOUNDED" : std::to_string(before), partition);
}

/// Aggregates over the rows from `before` rows back to the row itself, or to the one before it.
std::string Printer::print_rows(const Window& window, const std::string& input, const std::string& before,
                                const std::string& partition) {
  std::string present;
  for (const ColumnId key : window.keys)
    present += fmt::format("{}{} IS NOT NULL", present.empty() ? "" : " AND ", column(key));
  const std::string to = window.current ? "CURRENT ROW" : "1 PRECEDING";
  const std::string over =
      fmt::format(" OVER ({} ORDER BY ord ROWS BETWEEN {} PRECEDING AND {})", partition, before, to);
  const std::string items = print_items(window.items, over);
  if (present.empty()) return fmt::format("SELECT *{} FROM {}", items, input);
  std::string columns;
  for (const Aggregate::Item& item : window.items)
    columns += fmt::format(", CASE WHEN {0} THEN {1} END AS {1}", present, column(item.id));
  std::string excluded;
  for (const Aggregate::Item& item : window.items) excluded += (excluded.empty() ? "" : ", ") + column(item.id);
  return fmt::format("SELECT * EXCLUDE ({}){} FROM (SELECT *{} FROM {})", excluded, columns, items, input);
}

/// One window of so many rows whatever their group, of which each row sees those of its own group.
std::string Printer::print_global_frame(const Window& window, const std::string& input) {
  std::string keys;
  std::string equal;
  for (size_t i = 0; i < window.keys.size(); ++i) {
    keys += fmt::format(", {} AS k{}", column(window.keys[i]), i);
    equal += fmt::format(" AND b.{} = a.k{}", column(window.keys[i]), i);
  }
  std::string columns;
  for (const Aggregate::Item& item : window.items) columns += fmt::format(", g.{}", column(item.id));
  const uint64_t before = window.frame - (window.current ? 1 : 0);
  return fmt::format(
      "SELECT l.*{} FROM {} AS l LEFT JOIN (SELECT a.row{} FROM (SELECT ord AS row, row_number() OVER (ORDER BY ord) "
      "AS "
      "place{} FROM {}) AS a JOIN (SELECT *, row_number() OVER (ORDER BY ord) AS own FROM {}) AS b ON b.own BETWEEN "
      "a.place - {} AND a.place - {}{} GROUP BY a.row) AS g ON l.ord = g.row",
      columns, input, print_items(window.items, ""), keys, input, input, before, window.current ? 0 : 1, equal);
}

std::string Printer::print_transaction(const Transaction& transaction, const std::string& input) {
  const auto flag = [&](const ExprPtr& condition) {
    return Sql{condition ? fmt::format("coalesce({}, false)", print(*condition).text) : "false", Type::Bool};
  };
  std::vector<Sql> parts{
      {column(transaction.time), type_of(transaction.time)}, flag(transaction.starts), flag(transaction.ends)};
  for (const ColumnId field : transaction.fields) parts.push_back({column(field), type_of(field)});
  const std::string row = list_call("list.transaction_row", parts, Type::String);
  const auto number = [](const std::optional<double>& value) {
    return Sql{fmt::format("{}::DOUBLE", value.value_or(-1)), Type::Real};
  };
  const auto yes = [](bool value) { return Sql{value ? "true" : "false", Type::Bool}; };
  const std::vector<Sql> options{{fmt::format("list({} ORDER BY ord)", row), Type::Many},
                                 number(transaction.max_span),
                                 number(transaction.max_pause),
                                 {fmt::format("{}::BIGINT", transaction.max_events), Type::Long},
                                 yes(transaction.starts != nullptr),
                                 yes(transaction.ends != nullptr),
                                 yes(transaction.connected),
                                 yes(transaction.keep_orphans),
                                 yes(transaction.keep_evicted)};
  const std::string numbers = list_call("list.transactions", options, Type::Many);
  return fmt::format(
      "SELECT l.*, g.id::BIGINT AS {} FROM {} AS l JOIN (SELECT unnest(rows) AS row, unnest(ids) AS id FROM (SELECT "
      "list(ord ORDER BY ord) AS rows, {} AS ids FROM {})) AS g ON l.ord = g.row WHERE g.id <> '0'",
      column(transaction.id), input, numbers, input);
}

std::string Printer::print_gaps(const Gaps& gaps, const std::string& input) const {
  // So many spans are more than anybody reads: then only those that have rows.
  constexpr int64_t kMost = 1'000'000;
  const std::string time = column(gaps.time);
  return fmt::format(
      "SELECT l.* EXCLUDE (ord, n, h), g.span::DOUBLE AS {0}, row_number() OVER (ORDER BY g.span, l.ord) AS ord, "
      "coalesce(l.n, 0) AS n, coalesce(l.h, 0) AS h FROM (SELECT unnest(CASE WHEN (high - low) // {1} < {2} THEN "
      "range(low, high + 1, {1}) ELSE own END) AS span FROM (SELECT min({3})::BIGINT AS low, max({3})::BIGINT AS high, "
      "list(DISTINCT {3}::BIGINT) AS own FROM {4})) AS g LEFT JOIN {4} AS l ON l.{3} = g.span",
      column(gaps.id), gaps.seconds, kMost, time, input);
}

std::string Printer::print_join(const Join& join, const std::string& input) const {
  std::string keys;
  std::string equal;
  for (const Join::Key& key : join.keys) {
    keys += (keys.empty() ? "PARTITION BY " : ", ") + column(key.right);
    equal += fmt::format("{}l.{} = r.{}", equal.empty() ? "" : " AND ", column(key.left), column(key.right));
  }
  std::string columns;
  for (const Join::Column& joined : join.columns)
    columns += fmt::format(", r.{} AS {}", column(joined.from), column(joined.id));
  const std::string most =
      join.most == 0 ? "" : fmt::format(" QUALIFY row_number() OVER ({} ORDER BY ord) <= {}", keys, join.most);
  return fmt::format(
      "SELECT l.* EXCLUDE (ord, t0, t1, n, src, h, rest), row_number() OVER (ORDER BY l.ord, r.ord) AS ord, {}{} FROM "
      "{} "
      "AS l {} JOIN (SELECT * FROM {}{}) AS r ON {}",
      kJoinedHidden, columns, input, join.keeps_unmatched ? "LEFT" : "INNER", sources_.relations[join.input], most,
      equal.empty() ? "true" : equal);
}

std::string Printer::print_append(const Append& append, const std::string& input) {
  std::string left;
  std::string right;
  std::string names;
  for (const Append::Column& added : append.columns) {
    const std::string_view type = sql_type(type_of(added.id));
    left += fmt::format(", ({})::{} AS {}", added.left ? print(*added.left).text : "NULL", type, column(added.id));
    right += fmt::format(", ({})::{} AS {}", added.right ? column(*added.right) : "NULL", type, column(added.id));
    names += ", " + column(added.id);
  }
  return fmt::format(
      "SELECT row_number() OVER (ORDER BY part, ord) AS ord, t0, t1, n, src, h, rest{} FROM (SELECT 0 AS part, {}{} "
      "FROM "
      "{} UNION ALL SELECT 1 AS part, {}{} FROM {})",
      names, kHidden, left, input, kHidden, right, sources_.relations[append.input]);
}

std::string Printer::print_zip(const Zip& zip, const std::string& input) const {
  std::string columns;
  for (const Join::Column& joined : zip.columns)
    columns += fmt::format(", r.{} AS {}", column(joined.from), column(joined.id));
  const auto numbered = [](const std::string& relation) {
    return fmt::format("(SELECT *, row_number() OVER (ORDER BY ord) AS place FROM {})", relation);
  };
  return fmt::format(
      "SELECT l.* EXCLUDE (t0, t1, n, src, h, rest, place), {}{} FROM {} AS l LEFT JOIN {} AS r ON l.place = r.place",
      kJoinedHidden, columns, numbered(input), numbered(sources_.relations[zip.input]));
}

}  // namespace hecate::tail
