#include "synthesis/goals.h"

#include <fmt/format.h>

#include <algorithm>

namespace hecate::synthesis {
namespace {

using Columns = std::map<ColumnId, ExprPtr>;

void collect_scans(const Plan& plan, const CutPlan& cut, std::vector<ScanRole>& scans) {
  if (cut.scans) scans.push_back({&plan, &cut});
  for (size_t i = 0; i < plan.inputs.size(); ++i) collect_scans(*plan.inputs[i].plan, cut.inputs[i], scans);
}

/// Raw fields and metadata of one scan as variables.
ExprPtr with_variables(const ExprPtr& expr, const RecordForm& form, size_t scan) {
  return rewrite(expr, [&](const ExprPtr& node) -> ExprPtr {
    if (const auto* raw = std::get_if<RawField>(&node->node)) {
      const auto path = form.path_of(raw->path);
      return make_raw_field(variable(scan, path), node->span);
    }
    const auto* call = std::get_if<Call>(&node->node);
    if (call == nullptr || !call->function.starts_with("meta.")) return nullptr;
    return make_raw_field(variable(scan, "\x01" + call->function.substr(5)), node->span);
  });
}

ExprPtr is_present(const ExprPtr& value) { return make_call("spl.isnotnull", {value}, Type::Bool); }

/// Follows a plan from its scan on: what columns are in terms of events, and what rows must meet to stay.
class Walk {
 public:
  Walk(const std::vector<RecordForm>& forms, BoundHeads& heads, Chooser& choose, Goals& goals)
      : forms_(forms), heads_(heads), choose_(choose), goals_(goals) {}

  /// The columns of a plan's rows.
  Columns plan(const Plan& plan, const CutPlan& cut, const Columns& outside) {
    Frame frame{plan, cut, {}, {}, {}, true};
    const size_t own = cut.scans ? next_scan_++ : 0;
    // Numbers of scans go on through all inputs, also those that are not needed.
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      frame.first_scans.push_back(next_scan_);
      std::vector<ScanRole> below;
      collect_scans(*plan.inputs[i].plan, cut.inputs[i], below);
      next_scan_ += below.size();
    }
    const size_t end = next_scan_;
    frame.columns = source(frame, own, outside);
    for (const Node& node : cut.tail) {
      if (goals_.trouble.empty()) std::visit([&](const auto& op) { apply(op, frame); }, node.op);
    }
    next_scan_ = end;
    return frame.columns;
  }

 private:
  struct Frame {
    const Plan& plan;
    const CutPlan& cut;
    std::vector<size_t> first_scans;  // by input
    Columns columns;
    std::vector<ExprPtr> row_keys;  // what tells rows apart
    bool rows_are_events = true;
  };

  Columns source(Frame& frame, size_t scan, const Columns& outside) {
    Columns columns;
    const Node& first = frame.plan.nodes.front();
    if (frame.cut.scans) {
      goals_.active[scan] = true;
      const stream::BoundHead& head = heads_.head({&frame.plan, &frame.cut}, forms_[scan].type());
      const auto& live = frame.cut.head.live;
      for (size_t i = 0; i < live.size(); ++i) columns[live[i]] = with_variables(head.live[i], forms_[scan], scan);
      require(with_variables(head.predicate, forms_[scan], scan), frame);
    } else if (const auto* outer = std::get_if<Outer>(&first.op)) {
      for (const Outer::Column& column : outer->columns) {
        const auto from = outside.find(column.from);
        if (from != outside.end()) columns[column.id] = from->second;
      }
    } else if (const auto* table = std::get_if<TableScan>(&first.op)) {
      const double number = static_cast<double>(tables_++);
      frame.rows_are_events = false;
      for (const TableScan::Column& column : table->columns) {
        columns[column.id] = make_call(kCell,
                                       {make_string(table->table), make_string(column.field),
                                        make_literal(OwnedValue(Value::real(number)), Type::Real)},
                                       Type::String);
      }
    }
    if (const auto* constant = std::get_if<ConstantRows>(&first.op)) {
      frame.rows_are_events = false;
      if (constant->rows.empty()) goals_.trouble = "a table without rows";
      for (size_t i = 0; i < constant->columns.size() && !constant->rows.empty(); ++i)
        columns[constant->columns[i]] = constant->rows[choose_(constant->rows.size())][i];
    }
    if (const auto* all = std::get_if<Union>(&first.op)) {
      // A row of any of the plans: here of one alone.
      const size_t way = choose_(all->inputs.size());
      const Columns rows = input(all->inputs[way], frame, frame.columns);
      for (const Union::Column& column : all->columns) {
        const auto from = column.from[way] ? rows.find(*column.from[way]) : rows.end();
        columns[column.id] =
            from != rows.end() ? from->second : make_literal(OwnedValue(), frame.plan.column(column.id).type);
      }
      if (all->source) columns[*all->source] = make_string(all->names[way]);
    }
    return columns;
  }

  [[nodiscard]] static ExprPtr column(ColumnId id, const Frame& frame) {
    const auto known = frame.columns.find(id);
    return known != frame.columns.end() ? known->second : make_literal(OwnedValue(), frame.plan.column(id).type);
  }
  [[nodiscard]] static ExprPtr in_terms_of_events(const ExprPtr& expr, const Frame& frame) {
    return rewrite(expr, [&](const ExprPtr& node) -> ExprPtr {
      const auto* ref = std::get_if<ColumnRef>(&node->node);
      return ref == nullptr ? nullptr : column(ref->column, frame);
    });
  }

  /// Where a condition asks for what a subsearch finds, its plan is followed, too.
  ExprPtr with_subsearches(const ExprPtr& expr, bool positive, Frame& frame) {
    if (const auto* negation = std::get_if<Not>(&expr->node))
      return make_not(with_subsearches(negation->operand, !positive, frame), expr->span);
    const auto* all = std::get_if<And>(&expr->node);
    const auto* any = std::get_if<Or>(&expr->node);
    if (all != nullptr || any != nullptr) {
      std::vector<ExprPtr> operands;
      for (const ExprPtr& operand : all != nullptr ? all->operands : any->operands)
        operands.push_back(with_subsearches(operand, positive, frame));
      return all != nullptr ? make_and(std::move(operands), expr->span) : make_or(std::move(operands), expr->span);
    }
    const auto* call = std::get_if<Call>(&expr->node);
    if (call == nullptr || call->function != "spl.subsearch") return expr;
    // Nobody makes events for what must not be found.
    if (!positive) return make_bool(false);
    const auto index = static_cast<size_t>(*literal_number(*call->arguments[0]));
    const std::string terms = literal_text(*call->arguments[1]).value_or("");
    const Columns rows = input(index, frame);
    const auto& output = frame.plan.inputs[index].plan->output;
    std::vector<ExprPtr> equal;
    for (size_t i = 0; i + 2 < call->arguments.size() && i < output.size(); ++i) {
      const auto value = rows.find(output[i].column);
      if (value == rows.end()) continue;
      const bool term = i < terms.size() && terms[i] == 'r';
      equal.push_back(make_call(term ? "spl.search_term" : "spl.search_equals", {call->arguments[i + 2], value->second},
                                Type::Bool));
    }
    return make_and(std::move(equal));
  }

  void require(const ExprPtr& condition, Frame& frame) {
    goals_.conditions.push_back(with_subsearches(condition, true, frame));
  }

  Columns input(size_t index, Frame& frame, const Columns& outside = {}) {
    const size_t after = next_scan_;
    next_scan_ = frame.first_scans[index];
    Columns columns = plan(*frame.plan.inputs[index].plan, frame.cut.inputs[index], outside);
    next_scan_ = after;
    return columns;
  }

  void apply(const Filter& filter, Frame& frame) { require(in_terms_of_events(filter.predicate, frame), frame); }

  void apply(const Extend& extend, Frame& frame) {
    for (const Extend::Column& column : extend.columns)
      frame.columns[column.id] = in_terms_of_events(column.value, frame);
  }

  ExprPtr aggregate(const Aggregate::Item& item, std::vector<ExprPtr> keys, bool window, const Frame& frame) {
    std::vector<ExprPtr> arguments{
        make_literal(OwnedValue(Value::integer(static_cast<int64_t>(goals_.aggregates.size()))), Type::Long)};
    for (const ExprPtr& argument : item.arguments) arguments.push_back(in_terms_of_events(argument, frame));
    goals_.aggregates.push_back({item.function, std::move(keys), frame.row_keys, frame.rows_are_events, window});
    return make_call(kAggregate, std::move(arguments), frame.plan.column(item.id).type, item.span);
  }

  void apply(const Aggregate& node, Frame& frame) {
    Columns columns;
    std::vector<ExprPtr> keys;
    for (const Aggregate::Key& key : node.keys) {
      columns[key.id] = column(key.input, frame);
      keys.push_back(columns[key.id]);
      if (node.null_keys == NullKeys::Drop) goals_.conditions.push_back(is_present(columns[key.id]));
    }
    for (const Aggregate::Item& item : node.items) columns[item.id] = aggregate(item, keys, false, frame);
    frame.columns = std::move(columns);
    frame.row_keys = std::move(keys);
    frame.rows_are_events = false;
  }

  void apply(const Window& node, Frame& frame) {
    std::vector<ExprPtr> keys;
    for (const ColumnId key : node.keys) keys.push_back(column(key, frame));
    Columns added;
    for (const Aggregate::Item& item : node.items) added[item.id] = aggregate(item, keys, true, frame);
    frame.columns.merge(added);
  }

  void apply(const Sort&, Frame&) {}
  void apply(const Pivot&, Frame&) { goals_.trouble = "columns that are named by values"; }
  void apply(const Limit&, Frame&) {}
  void apply(const WriteTable&, Frame&) {}
  // They stand first only.
  void apply(const ShowKeys&, Frame&) {}
  void apply(const ConstantRows&, Frame&) {}
  void apply(const Union&, Frame&) {}
  void apply(const Gaps& node, Frame& frame) { frame.columns[node.id] = column(node.time, frame); }
  void apply(const Distinct& node, Frame& frame) {
    if (node.null_keys == NullKeys::Keep) return;
    for (const ColumnId id : node.columns) goals_.conditions.push_back(is_present(column(id, frame)));
  }
  void apply(const Unnest& node, Frame& frame) { frame.columns[node.id] = column(node.input, frame); }

  void apply(const Expand& node, Frame& frame) {
    for (const Expand::Column& each : node.columns) frame.columns[each.id] = column(each.input, frame);
    if (node.index) frame.columns[*node.index] = make_literal(OwnedValue(Value::integer(0)), Type::Long);
  }
  void apply(const Compute& /*node*/, Frame& /*frame*/) { goals_.trouble = "rows that depend on others"; }
  void apply(const RowFunctions& /*node*/, Frame& /*frame*/) { goals_.trouble = "values of other rows"; }

  void apply(const Relate& node, Frame& frame) {
    using enum Relate::Kind;
    const bool alone = node.kind == LeftAnti || (node.kind == LeftOuter && choose_(2) == 1);
    if (node.kind == RightAnti) goals_.trouble = "rows of the right side alone";
    const Columns right = alone ? Columns() : input(node.input, frame, frame.columns);
    const auto of = [&](ColumnId id) {
      const auto known = right.find(id);
      return known != right.end() ? known->second
                                  : make_literal(OwnedValue(), frame.plan.inputs[node.input].plan->column(id).type);
    };
    for (const Relate::Key& key : node.keys) {
      if (!alone) goals_.same.emplace_back(column(key.left, frame), of(key.right));
    }
    Columns columns;
    for (const Relate::Column& each : node.columns)
      columns[each.id] = each.right ? of(each.from) : column(each.from, frame);
    frame.columns = std::move(columns);
  }

  void apply(const Transaction& node, Frame& frame) {
    // Rows of one transaction are grouped by its number.
    for (const ColumnId field : node.fields) goals_.conditions.push_back(is_present(column(field, frame)));
    if (node.starts || node.ends) goals_.trouble = "transaction with its first and last event";
    frame.columns[node.id] = make_string("transaction");
  }

  void apply(const Join& node, Frame& frame) {
    if (node.keeps_unmatched && choose_(2) == 1) {
      for (const Join::Column& column : node.columns)
        frame.columns[column.id] = make_literal(OwnedValue(), frame.plan.column(column.id).type);
      return;
    }
    const Columns right = input(node.input, frame, frame.columns);
    const auto of = [&](ColumnId id) {
      const auto known = right.find(id);
      return known != right.end() ? known->second
                                  : make_literal(OwnedValue(), frame.plan.inputs[node.input].plan->column(id).type);
    };
    for (const Join::Key& key : node.keys) goals_.same.emplace_back(column(key.left, frame), of(key.right));
    for (const Join::Column& column : node.columns) frame.columns[column.id] = of(column.from);
  }

  void apply(const Append& node, Frame& frame) {
    // A row of either side: here of one alone.
    const size_t way = choose_(3);
    Columns columns;
    const Columns right = way == 0 ? Columns() : input(node.input, frame, frame.columns);
    for (const Append::Column& column : node.columns) {
      ExprPtr value = make_literal(OwnedValue(), frame.plan.column(column.id).type);
      if (way != 1 && column.left) value = in_terms_of_events(column.left, frame);
      const bool own = !literal_text(*value) && !std::holds_alternative<Literal>(value->node);
      const auto from = column.right ? right.find(*column.right) : right.end();
      if (from != right.end() && (way == 1 || !own)) value = from->second;
      if (from != right.end() && way == 2 && own)
        value = make_call("spl.coalesce", {value, from->second}, frame.plan.column(column.id).type);
      columns[column.id] = value;
    }
    frame.columns = std::move(columns);
  }

  void apply(const Zip& node, Frame& frame) {
    const Columns right = input(node.input, frame, frame.columns);
    for (const Join::Column& column : node.columns) {
      const auto from = right.find(column.from);
      if (from != right.end()) frame.columns[column.id] = from->second;
    }
  }

  void apply(const Iterate& node, Frame& frame) {
    const size_t before = goals_.conditions.size();
    const Columns rows = input(node.input, frame, frame.columns);
    const auto resolved = [&](const ExprPtr& expr) {
      return rewrite(expr, [&](const ExprPtr& each) -> ExprPtr {
        const auto* call = std::get_if<Call>(&each->node);
        if (call == nullptr || call->function != "spl.token") return nullptr;
        for (const Iterate::Token& token : node.tokens) {
          if (token.name == literal_text(*call->arguments[0])) return column(token.value, frame);
        }
        return nullptr;
      });
    };
    for (size_t i = before; i < goals_.conditions.size(); ++i) goals_.conditions[i] = resolved(goals_.conditions[i]);
    for (const Join::Column& column : node.columns) {
      const auto from = rows.find(column.from);
      if (from != rows.end()) frame.columns[column.id] = resolved(from->second);
    }
  }

  // These stand at a plan's beginning only.
  void apply(const Scan&, Frame&) {}
  void apply(const Outer&, Frame&) {}
  void apply(const TableScan&, Frame&) {}
  void apply(const Rows&, Frame&) {}

  const std::vector<RecordForm>& forms_;
  BoundHeads& heads_;
  Chooser& choose_;
  Goals& goals_;
  size_t next_scan_ = 0;
  size_t tables_ = 0;
};

}  // namespace

std::vector<ScanRole> scans_of(const Plan& plan, const CutPlan& cut) {
  std::vector<ScanRole> scans;
  collect_scans(plan, cut, scans);
  return scans;
}

std::string variable(size_t scan, std::string_view path) { return fmt::format("{}\x1f{}", scan, path); }

const stream::BoundHead& BoundHeads::head(const ScanRole& scan, RecordType type) {
  const auto [at, added] = known_.try_emplace({scan.cut, type});
  if (!added) return at->second;
  static const stream::DerivedFields kNone;
  DiagnosticSink ignored;
  at->second =
      stream::bind(scan.cut->head, scan.plan->columns, detection_.derived != nullptr ? *detection_.derived : kNone,
                   type, nullptr, rules_.catalog(), ignored);
  return at->second;
}

ExprPtr head_goal(const stream::BoundHead& head, const RecordForm& form, size_t scan) {
  return with_variables(head.predicate, form, scan);
}

Goals goals_of(const Plan& plan, const CutPlan& cut, const std::vector<RecordForm>& forms, BoundHeads& heads,
               Chooser& choose) {
  Goals goals;
  goals.active.resize(forms.size());
  Walk(forms, heads, choose, goals).plan(plan, cut, {});
  return goals;
}

}  // namespace hecate::synthesis
