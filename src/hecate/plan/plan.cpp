#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/routine.h"

namespace hecate {
namespace {

std::string id_text(ColumnId id) { return fmt::format("c{}", static_cast<uint32_t>(id)); }

std::string items_text(const std::vector<Aggregate::Item>& items) {
  std::string out;
  for (const Aggregate::Item& item : items) {
    out += fmt::format(" {}={}(", id_text(item.id), item.function);
    for (size_t i = 0; i < item.arguments.size(); ++i) out += (i == 0 ? "" : ", ") + dump(*item.arguments[i]);
    out += ")";
  }
  return out;
}

std::string joined_text(const std::vector<Join::Column>& columns) {
  std::string out;
  for (const Join::Column& column : columns)
    out += fmt::format(" {}=input.{}", id_text(column.id), id_text(column.from));
  return out;
}

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    out += "  " + std::string(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return out;
}

struct NodeDumper {
  const Plan& plan;

  std::string operator()(const Scan& scan) const {
    std::string out = "scan " + to_string(scan.dataset);
    for (const Scan::Column& column : scan.columns) {
      out += fmt::format(" {}={}:{}", id_text(column.id), column.field, to_string(plan.column(column.id).type));
    }
    return out;
  }
  std::string operator()(const Outer& outer) const {
    std::string out = "outer";
    for (const Outer::Column& column : outer.columns)
      out += fmt::format(" {}=outer.{}", id_text(column.id), id_text(column.from));
    return out;
  }
  std::string operator()(const TableScan& scan) const {
    std::string out = "table " + scan.table;
    for (const TableScan::Column& column : scan.columns) out += fmt::format(" {}={}", id_text(column.id), column.field);
    return out;
  }
  std::string operator()(const Rows& rows) const { return fmt::format("rows {}", rows.count); }
  std::string operator()(const ConstantRows& rows) const {
    std::string out = "constant";
    for (const ColumnId id : rows.columns) out += " " + id_text(id);
    for (const auto& row : rows.rows) {
      out += " (";
      for (const ExprPtr& value : row) out += (out.back() == '(' ? "" : " ") + dump(*value);
      out += ")";
    }
    return out;
  }
  std::string operator()(const Union& all) const {
    std::string out = "union";
    for (const size_t input : all.inputs) out += fmt::format(" input{}", input);
    for (const Union::Column& column : all.columns) {
      out += fmt::format(" {}=", id_text(column.id));
      for (size_t i = 0; i < column.from.size(); ++i)
        out += (i == 0 ? "" : "|") + (column.from[i] ? id_text(*column.from[i]) : "null");
    }
    return out + (all.source ? " source " + id_text(*all.source) : "");
  }
  std::string operator()(const Filter& filter) const { return "filter " + dump(*filter.predicate); }
  std::string operator()(const Extend& extend) const {
    std::string out = "extend";
    for (const Extend::Column& column : extend.columns) {
      out += fmt::format(" {}:{}={}", id_text(column.id), to_string(plan.column(column.id).type), dump(*column.value));
    }
    return out;
  }
  std::string operator()(const Aggregate& aggregate) const {
    std::string out = "aggregate";
    out += items_text(aggregate.items);
    if (!aggregate.keys.empty()) out += " by";
    for (const Aggregate::Key& key : aggregate.keys) out += fmt::format(" {}={}", id_text(key.id), id_text(key.input));
    if (aggregate.null_keys == NullKeys::Drop) out += " drop-null-keys";
    if (aggregate.expand_many_keys) out += " expand-many";
    if (aggregate.order_by_keys) out += " ordered";
    return out;
  }
  std::string operator()(const Sort& sort) const {
    std::string out = "sort";
    for (const Sort::Key& key : sort.keys) {
      out += fmt::format(" {}{}{}", key.descending ? "-" : "+", id_text(key.column),
                         key.nulls_first ? " nulls-first" : "");
    }
    return out;
  }
  std::string operator()(const Limit& limit) const {
    std::string out = fmt::format("limit {}{}", limit.count, limit.command.empty() ? "" : " of " + limit.command);
    if (!limit.keys.empty()) out += " by";
    for (const ColumnId key : limit.keys) out += " " + id_text(key);
    return out;
  }
  std::string operator()(const Distinct& distinct) const {
    std::string out = "distinct";
    for (const ColumnId id : distinct.columns) out += " " + id_text(id);
    return out;
  }
  std::string operator()(const Unnest& unnest) const {
    return fmt::format("unnest {}={}{}", id_text(unnest.id), id_text(unnest.input),
                       unnest.limit == 0 ? "" : fmt::format(" limit {}", unnest.limit));
  }
  std::string operator()(const Expand& expand) const {
    std::string out = expand.pairs ? "expand-pairs" : "expand";
    for (const Expand::Column& column : expand.columns)
      out += fmt::format(" {}={}", id_text(column.id), id_text(column.input));
    if (expand.index) out += " index " + id_text(*expand.index);
    return out + (expand.limit == 0 ? "" : fmt::format(" limit {}", expand.limit));
  }
  std::string operator()(const RowFunctions& functions) const {
    std::string out = "rows" + items_text(functions.items);
    if (!functions.keys.empty()) out += " by";
    for (const ColumnId key : functions.keys) out += " " + id_text(key);
    return out;
  }
  std::string operator()(const Window& window) const {
    std::string out = (window.running ? "running" : "window") + items_text(window.items);
    if (!window.keys.empty()) out += " by";
    for (const ColumnId key : window.keys) out += " " + id_text(key);
    if (window.frame != 0) out += fmt::format(" frame {}{}", window.frame, window.global ? " global" : "");
    if (window.seconds) out += fmt::format(" within {}s of {}", *window.seconds, id_text(window.time));
    return out + (window.current ? "" : " before");
  }
  std::string operator()(const Pivot& pivot) const {
    std::string out = fmt::format("pivot {}", id_text(pivot.series)) + items_text(pivot.items);
    for (const Aggregate::Key& key : pivot.keys) out += fmt::format(" {}={}", id_text(key.id), id_text(key.input));
    for (const Pivot::Column& column : pivot.columns)
      out += fmt::format(" {}=[{} {}]", id_text(column.id), column.item, column.series);
    if (pivot.most != 0) out += fmt::format(" {} {}", pivot.least ? "least" : "most", pivot.most);
    if (pivot.span != 0) out += fmt::format(" every {}s", pivot.span);
    return out + (pivot.ordered ? " ordered" : "") + (pivot.others ? " others" : "") + (pivot.nulls ? " nulls" : "");
  }
  std::string operator()(const Transaction& transaction) const {
    std::string out = fmt::format("transaction {} time {}", id_text(transaction.id), id_text(transaction.time));
    for (const ColumnId id : transaction.fields) out += " " + id_text(id);
    if (transaction.starts) out += " starts " + dump(*transaction.starts);
    if (transaction.ends) out += " ends " + dump(*transaction.ends);
    if (transaction.max_span) out += fmt::format(" span {}", *transaction.max_span);
    if (transaction.max_pause) out += fmt::format(" pause {}", *transaction.max_pause);
    if (transaction.max_events != 0) out += fmt::format(" events {}", transaction.max_events);
    return out + (transaction.connected ? "" : " unconnected") + (transaction.keep_orphans ? " orphans" : "") +
           (transaction.keep_evicted ? " evicted" : "");
  }
  std::string operator()(const Gaps& gaps) const {
    return fmt::format("gaps {}={} {}s", id_text(gaps.id), id_text(gaps.time), gaps.seconds);
  }
  std::string operator()(const Join& join) const {
    std::string out = fmt::format("join{} input{}", join.keeps_unmatched ? " left" : "", join.input);
    for (const Join::Key& key : join.keys) out += fmt::format(" {}~input.{}", id_text(key.left), id_text(key.right));
    return out + joined_text(join.columns) + (join.most == 0 ? "" : fmt::format(" most {}", join.most));
  }
  std::string operator()(const Relate& relate) const {
    static constexpr std::string_view kKinds[] = {"inner",    "innerunique", "leftouter", "rightouter", "fullouter",
                                                  "leftsemi", "leftanti",    "rightsemi", "rightanti"};
    std::string out = fmt::format("relate {} input{}", kKinds[static_cast<size_t>(relate.kind)], relate.input);
    for (const Relate::Key& key : relate.keys)
      out += fmt::format(" {}~input.{}", id_text(key.left), id_text(key.right));
    for (const Relate::Column& column : relate.columns)
      out += fmt::format(" {}={}{}", id_text(column.id), column.right ? "input." : "", id_text(column.from));
    return out;
  }
  std::string operator()(const Append& append) const {
    std::string out = fmt::format("append input{}", append.input);
    for (const Append::Column& column : append.columns) {
      out += fmt::format(" {}={}|{}", id_text(column.id), column.left ? dump(*column.left) : "null",
                         column.right ? "input." + id_text(*column.right) : "null");
    }
    return out;
  }
  std::string operator()(const Zip& zip) const {
    return fmt::format("zip input{}", zip.input) + joined_text(zip.columns);
  }
  std::string operator()(const Iterate& iterate) const {
    std::string out = fmt::format("iterate input{} most {}", iterate.input, iterate.most);
    for (const Iterate::Token& token : iterate.tokens) out += fmt::format(" ${}$={}", token.name, id_text(token.value));
    return out + joined_text(iterate.columns);
  }
  std::string operator()(const Compute& compute) const {
    std::string out = dump(*compute.routine);
    for (const Compute::Source& source : compute.sources) {
      out += source.input ? fmt::format(" input{}(", *source.input) : " rows(";
      for (const ColumnId id : source.columns) out += (out.back() == '(' ? "" : " ") + id_text(id);
      out += ")";
    }
    for (const ColumnId id : compute.columns) out += " " + id_text(id);
    return out;
  }
  std::string operator()(const ShowKeys& show) const {
    return fmt::format("show-keys {}{}", id_text(show.object), show.prefix.empty() ? "" : " " + show.prefix);
  }
  std::string operator()(const WriteTable& write) const {
    std::string out = fmt::format("write {}{}", write.table, write.append ? " append" : "");
    for (const WriteTable::Column& column : write.columns)
      out += fmt::format(" {}={}", column.field, id_text(column.column));
    return out;
  }
};

}  // namespace

std::string to_string(const Dataset& dataset) {
  if (const auto* sigma = std::get_if<SigmaLogsource>(&dataset)) {
    return fmt::format("sigma(product={} category={} service={})", sigma->product, sigma->category, sigma->service);
  }
  if (const auto* table = std::get_if<KustoTable>(&dataset)) return fmt::format("kusto({})", table->name);
  if (const auto* model = std::get_if<DataModel>(&dataset))
    return fmt::format("datamodel({}{}{})", model->model, model->dataset.empty() ? "" : ".", model->dataset);
  return "splunk";
}

ColumnId Plan::add_column(std::string name, Type type) {
  columns.push_back({std::move(name), type});
  return static_cast<ColumnId>(columns.size() - 1);
}

NodeId Plan::add(Node node) {
  nodes.push_back(std::move(node));
  return static_cast<NodeId>(nodes.size() - 1);
}

std::string dump(const Plan& plan) {
  std::string out;
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    out += fmt::format("n{}", i);
    for (const NodeId input : plan.nodes[i].inputs) out += fmt::format(" <n{}", input);
    out += " " + std::visit(NodeDumper{plan}, plan.nodes[i].op) + "\n";
  }
  out += "output";
  for (const OutputColumn& column : plan.output) out += fmt::format(" {}={}", column.name, id_text(column.column));
  if (plan.whole_event) out += " +whole-event";
  if (plan.open_row) out += " +rest";
  out += "\n";
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    out += fmt::format("input{} {}", i, plan.inputs[i].command);
    if (plan.inputs[i].limit != 0) out += fmt::format(" limit {}", plan.inputs[i].limit);
    out += "\n" + indented(dump(*plan.inputs[i].plan));
  }
  return out;
}

}  // namespace hecate
