#include "plan/plan.h"

#include <fmt/format.h>

namespace hecate {
namespace {

std::string id_text(ColumnId id) { return fmt::format("c{}", static_cast<uint32_t>(id)); }

struct NodeDumper {
  const Plan& plan;

  std::string operator()(const Scan& scan) const {
    std::string out = "scan " + to_string(scan.dataset);
    for (const Scan::Column& column : scan.columns) {
      out += fmt::format(" {}={}:{}", id_text(column.id), column.field, to_string(plan.column(column.id).type));
    }
    return out;
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
    for (const Aggregate::Item& item : aggregate.items) {
      out += fmt::format(" {}={}(", id_text(item.id), item.function);
      for (size_t i = 0; i < item.arguments.size(); ++i) {
        out += (i == 0 ? "" : ", ") + dump(*item.arguments[i]);
      }
      out += ")";
    }
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
  std::string operator()(const Limit& limit) const { return fmt::format("limit {}", limit.count); }
  std::string operator()(const Distinct& distinct) const {
    std::string out = "distinct";
    for (const ColumnId id : distinct.columns) out += " " + id_text(id);
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
  return out + "\n";
}

}  // namespace hecate
