#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exec/tail/codes.h"
#include "exec/tail/tail.h"

namespace hecate::tail::test {

/// A plan over given columns, events for it, and the rows that its tail makes of them.
class Query {
 public:
  explicit Query(const std::vector<std::pair<std::string, Type>>& columns) {
    Scan scan{SplunkEvents{}, {}};
    for (const auto& [name, type] : columns) scan.columns.push_back({plan.add_column(name, type), name});
    plan.add({std::move(scan), {}, {}});
  }

  /// A column of the plan as an expression.
  [[nodiscard]] ExprPtr column(uint32_t id) const {
    return make_column(static_cast<ColumnId>(id), plan.column(static_cast<ColumnId>(id)).type);
  }

  template <typename Op>
  Query& add(Op op) {
    plan.add({std::move(op), {static_cast<NodeId>(plan.nodes.size() - 1)}, {}});
    return *this;
  }

  struct Item {
    std::string function;
    std::vector<ExprPtr> arguments;
    Type type;
  };
  /// stats … by …: keys get the type String where their input is Many. The output is keys, then items.
  Query& aggregate(const std::vector<Item>& items, const std::vector<uint32_t>& by = {},
                   NullKeys nulls = NullKeys::Drop) {
    Aggregate result;
    result.null_keys = nulls;
    result.expand_many_keys = nulls == NullKeys::Drop;
    result.order_by_keys = nulls == NullKeys::Drop;
    plan.output.clear();
    for (const uint32_t input : by) {
      const ColumnInfo info = plan.column(static_cast<ColumnId>(input));
      const ColumnId id = plan.add_column(info.name, info.type == Type::Many ? Type::String : info.type);
      result.keys.push_back({id, static_cast<ColumnId>(input), {}});
      plan.output.push_back({info.name, id});
    }
    for (const Item& item : items) {
      const ColumnId id = plan.add_column(item.function, item.type);
      result.items.push_back({id, item.function, item.arguments, {}});
      plan.output.push_back({item.function, id});
    }
    return add(std::move(result));
  }

  /// Everything that the scan reads is shown.
  Query& show_all() {
    plan.output.clear();
    for (const Scan::Column& column : plan.scan().columns) plan.output.push_back({column.field, column.id});
    return *this;
  }

  struct Event {
    std::vector<OwnedValue> values;  // by column of the scan
    bool undecided = false;
    std::optional<Ticks> time;
    uint64_t hash = 0;
    std::string rest;
  };
  Query& event(std::vector<OwnedValue> values) {
    events.push_back({std::move(values), false, static_cast<Ticks>(events.size()), events.size() * 1000 + 7, {}});
    return *this;
  }

  std::vector<Row> run(const RunParameters& parameters = {}) {
    const auto breach = verify(plan);
    EXPECT_EQ(breach, std::nullopt);
    const CutPlan cut_plan = cut(plan);
    auto database = Database::open({}, sink);
    if (!database) return {};
    Tail tail(**database, plan, cut_plan, 0);
    for (size_t i = 0; i < events.size(); ++i) {
      std::vector<Value> live;
      for (const ColumnId id : cut_plan.head.live) live.push_back(events[i].values[static_cast<size_t>(id)].get());
      tail.append(
          {{static_cast<int64_t>(i), events[i].time, static_cast<int64_t>(i + 100), events[i].hash, events[i].rest},
           events[i].undecided,
           live});
    }
    EXPECT_EQ(tail.candidates(), events.size());
    auto rows = tail.run(parameters, "test", sink);
    for (const Diagnostic& diagnostic : sink.all()) {
      if (diagnostic.code->severity == Severity::Error) ADD_FAILURE() << diagnostic.message << "\n" << tail.sql();
    }
    return rows ? std::move(*rows) : std::vector<Row>{};
  }

  /// The rows as text: values joined by `|`, NULL as `-`, several values as `[a,b]`.
  std::vector<std::string> rows(const RunParameters& parameters = {}) {
    std::vector<std::string> lines;
    for (const Row& row : run(parameters)) {
      std::string line;
      for (size_t i = 0; i < row.values.size(); ++i) line += (i == 0 ? "" : "|") + show(row.values[i].get());
      lines.push_back(std::move(line));
    }
    return lines;
  }

  static std::string show(const Value& value) {
    if (value.is_null()) return "-";
    if (value.kind() != Kind::Many) return value_text(value);
    std::string out = "[";
    for (const Value& element : value.as_list()) out += (out.size() > 1 ? "," : "") + show(element);
    return out + "]";
  }

  Plan plan;
  std::vector<Event> events;
  DiagnosticSink sink;
};

inline OwnedValue null() { return {}; }
inline OwnedValue text(std::string value) { return OwnedValue::string(std::move(value)); }
inline OwnedValue many(const std::vector<std::string>& values) { return OwnedValue::many(values); }
inline OwnedValue number(double value) { return OwnedValue(Value::real(value)); }
inline OwnedValue whole(int64_t value) { return OwnedValue(Value::integer(value)); }

using Lines = std::vector<std::string>;

}  // namespace hecate::tail::test
