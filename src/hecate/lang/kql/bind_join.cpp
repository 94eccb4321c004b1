#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// join, lookup, union: https://learn.microsoft.com/kusto/query/join-operator, lookup-operator, union-operator
namespace hecate::kql {
namespace {

struct KindRow {
  std::string_view name;
  Relate::Kind kind;
};
constexpr KindRow kKinds[] = {
    {"inner", Relate::Kind::Inner},         {"innerunique", Relate::Kind::InnerUnique},
    {"leftouter", Relate::Kind::LeftOuter}, {"rightouter", Relate::Kind::RightOuter},
    {"fullouter", Relate::Kind::FullOuter}, {"leftsemi", Relate::Kind::LeftSemi},
    {"rightsemi", Relate::Kind::RightSemi}, {"leftanti", Relate::Kind::LeftAnti},
    {"anti", Relate::Kind::LeftAnti},       {"leftantisemi", Relate::Kind::LeftAnti},
    {"rightanti", Relate::Kind::RightAnti}, {"rightantisemi", Relate::Kind::RightAnti},
};

/// `$left.a` or `$right["a b"]`: which side, and the column.
struct Sided {
  bool right = false;
  std::string column;
};
std::optional<Sided> sided(const ast::Expression& expression) {
  const ast::Name* base = nullptr;
  std::string column;
  if (const auto* member = std::get_if<ast::Member>(&expression.node)) {
    base = std::get_if<ast::Name>(&member->base->node);
    column = member->name;
  } else if (const auto* index = std::get_if<ast::Index>(&expression.node)) {
    base = std::get_if<ast::Name>(&index->base->node);
    const auto* constant = std::get_if<ast::Constant>(&index->index->node);
    if (constant != nullptr) column = value_text(constant->value.get());
  }
  if (base == nullptr || column.empty() || (base->text != "$left" && base->text != "$right")) return std::nullopt;
  return Sided{base->text == "$right", std::move(column)};
}

}  // namespace

void Binder::bind(const ast::Join& join, Span span) {
  Relate relate;
  const std::string kind = property(join.properties, "kind");
  relate.kind = join.lookup ? Relate::Kind::LeftOuter : Relate::Kind::InnerUnique;
  if (!kind.empty()) {
    const auto row =
        std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindRow& each) { return each.name == kind; });
    const bool fits = row != std::end(kKinds) &&
                      (!join.lookup || row->kind == Relate::Kind::LeftOuter || row->kind == Relate::Kind::Inner);
    if (!fits) {
      std::vector<std::string_view> names;
      for (const KindRow& each : kKinds) names.push_back(each.name);
      const std::string_view near = nearest(kind, names);
      sink_.report(kSyntax, span, fmt::format("there is no kind `{}` of {}", kind, join.lookup ? "lookup" : "join"),
                   near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      return;
    }
    relate.kind = row->kind;
  }
  if (!join.right) return;
  const Input right = bind_input(*join.right, join.lookup ? "lookup" : "join");
  relate.input = right.index;
  std::vector<Extend::Column> pending;
  bool good = true;
  for (const ast::ExpressionPtr& key : join.on) good &= bind_join_key(*key, right, relate, pending);
  flush(pending, span);
  relation_.inferred |= right.relation.inferred;
  relation_.listed |= right.relation.listed;
  if (!good) {
    // What follows may still name the columns of both.
    relation_.open = true;
    return;
  }
  using enum Relate::Kind;
  const bool left_only = relate.kind == LeftSemi || relate.kind == LeftAnti;
  const bool right_only = relate.kind == RightSemi || relate.kind == RightAnti;
  std::vector<Column> output;
  std::vector<Column> context;
  std::set<ColumnId> uncertain;
  const auto add = [&](Column column, bool of_right, std::vector<Column>& to) {
    if (!column.broken) {
      const ColumnId id = plan_.add_column(column.name, column.type);
      relate.columns.push_back({id, of_right, *column.id});
      if ((of_right ? right.uncertain : uncertain_).contains(*column.id)) uncertain.insert(id);
      if (const auto rule = column_rules_.find(*column.id); !of_right && rule != column_rules_.end())
        column_rules_[id] = ColumnRule(rule->second);
      column.id = id;
    }
    column.field.clear();
    to.push_back(std::move(column));
  };
  for (Column& column : relation_.context) {
    if (!column.broken) id_of(column);
    add(column, false, context);
  }
  for (Column& column : relation_.columns) {
    if (right_only) break;
    if (!column.broken) id_of(column);
    add(column, false, output);
  }
  for (Column column : right.relation.columns) {
    if (left_only) break;
    const bool is_key = std::any_of(relate.keys.begin(), relate.keys.end(),
                                    [&](const Relate::Key& key) { return column.id && key.right == *column.id; });
    if (join.lookup && is_key) continue;
    if (!right_only) column.name = unique_name(column.name, output);
    add(std::move(column), true, output);
  }
  for (ColumnId& key : relation_.partition) {
    const ColumnId renewed = plan_.add_column(plan_.column(key).name, plan_.column(key).type);
    relate.columns.push_back({renewed, false, key});
    key = renewed;
  }
  add_node(std::move(relate), span);
  relation_.columns = std::move(output);
  relation_.context = std::move(context);
  uncertain_.merge(uncertain);
}

/// A key is a column of both, or an equality of one of each: `a`, `$left.a == $right.b`, several joined by `and`.
bool Binder::bind_join_key(const ast::Expression& key, const Input& right, Relate& relate,
                           std::vector<Extend::Column>& pending) {
  if (std::holds_alternative<ast::Name>(key.node)) return add_join_key(key, key, right, relate, pending);
  if (const auto* all = std::get_if<ast::Junction>(&key.node); all != nullptr && all->all) {
    bool good = true;
    for (const ast::ExpressionPtr& each : all->operands) good &= bind_join_key(*each, right, relate, pending);
    return good;
  }
  const auto* equal = std::get_if<ast::Binary>(&key.node);
  if (equal != nullptr && equal->op == ast::BinaryOp::Equal) {
    const auto a = sided(*equal->left);
    const auto b = sided(*equal->right);
    if (a && b && a->right != b->right)
      return a->right ? add_join_key(*equal->right, *equal->left, right, relate, pending)
                      : add_join_key(*equal->left, *equal->right, right, relate, pending);
  }
  sink_.report(kSyntax, key.span, "a join is on columns of both tables, or on `$left.a == $right.b`");
  return false;
}

bool Binder::add_join_key(const ast::Expression& left, const ast::Expression& right, const Input& input, Relate& relate,
                          std::vector<Extend::Column>& pending) {
  const auto name_of = [](const ast::Expression& expression) {
    if (const auto side = sided(expression)) return side->column;
    return std::get<ast::Name>(expression.node).text;
  };
  const std::string left_name = name_of(left);
  const std::string right_name = name_of(right);
  const ast::Expression own{ast::Name{left_name}, left.span, 1};
  ExprPtr value = bind(own);
  const auto& columns = input.relation.columns;
  const auto other = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == right_name && !column.bag; });
  Plan& plan = *plan_.inputs[input.index].plan;
  std::optional<ColumnId> found;
  Type type = Type::Dynamic;
  if (other != columns.end()) {
    if (other->broken) return false;
    found = other->id;
    type = other->type;
  } else {
    if (const auto standard = standard_column(right_name); standard && input.relation.listed) {
      type = *standard;
      found = plan.add_column(right_name, type);
      plan.add({hecate::Extend{{{*found, null_of(type, right.span)}}},
                {static_cast<NodeId>(plan.nodes.size() - 1)},
                right.span});
      plan.output.push_back({right_name, *found});
    }
  }
  if (!found && other == columns.end()) {
    const auto bag = std::find_if(columns.begin(), columns.end(), [](const Column& column) { return column.bag; });
    if (bag == columns.end() && !input.relation.inferred) {
      if (!input.relation.open) {
        std::vector<std::string_view> names;
        for (const Column& column : columns) names.push_back(column.name);
        const std::string_view near = nearest(right_name, names);
        sink_.report(kUnknownColumn, right.span, fmt::format("the table that is joined has no column `{}`", right_name),
                     near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      }
      return false;
    }
    // A key of the bag, or a column of nothing.
    type = value ? value->type : Type::String;
    ExprPtr member = bag == columns.end() ? null_of(type, right.span)
                                          : converted(make_call("kql.member",
                                                                {make_column(*bag->id, Type::Dynamic, right.span),
                                                                 make_string(right_name, right.span)},
                                                                Type::Dynamic, right.span),
                                                      type, right.span);
    found = plan.add_column(right_name, type);
    plan.add({hecate::Extend{{{*found, std::move(member)}}}, {static_cast<NodeId>(plan.nodes.size() - 1)}, right.span});
    plan.output.push_back({right_name, *found});
  }
  if (!value) return false;
  if (is_uncertain(*value)) value = converted(std::move(value), type, left.span);
  if (value->type == Type::Dynamic || type == Type::Dynamic) {
    if (value->type != type && (value->type == Type::Dynamic || type == Type::Dynamic)) {
      // Either side may be dynamic: both are compared as texts.
      value = converted(std::move(value), Type::String, left.span);
      if (type != Type::String) {
        const ColumnId text = plan.add_column(right_name, Type::String);
        plan.add({hecate::Extend{{{text, converted(make_column(*found, type, right.span), Type::String, right.span)}}},
                  {static_cast<NodeId>(plan.nodes.size() - 1)},
                  right.span});
        plan.output.push_back({right_name, text});
        found = text;
        type = Type::String;
      }
    }
  }
  const bool fits = value->type == type || (is_number(value->type) && is_number(type)) ||
                    (value->type == Type::Guid && type == Type::String) ||
                    (value->type == Type::String && type == Type::Guid);
  if (!fits) {
    sink_.report(kIncomparable, left.span,
                 fmt::format("rows are joined where `{}` ({}) equals `{}` ({}): the types differ", left_name,
                             kusto_name(value->type), right_name, kusto_name(type)),
                 "convert one of them before the join");
    return false;
  }
  const auto column = column_of(std::move(value), left_name, pending);
  relate.keys.push_back({*column->id, *found});
  return true;
}

// --- union ---

std::vector<std::string> Binder::tables_like(std::string_view pattern) const {
  std::vector<std::string> found;
  for (const std::string_view name : environment_.table_names) {
    if (!name_matches(pattern, name)) continue;
    if (environment_.has_rows && !environment_.has_rows(name)) continue;
    found.emplace_back(name);
  }
  return found;
}

void Binder::add_leg(const ast::Expression& table, bool fuzzy, size_t number, std::vector<Leg>& legs) {
  const auto* name = std::get_if<ast::Name>(&table.node);
  if (name != nullptr && name->text.find('*') != std::string::npos) {
    for (const std::string& each : tables_like(name->text))
      legs.push_back({add_input(bind_apart([&] { bind_named_source(each, table.span); }), "union", table.span), each});
    return;
  }
  const auto* call = std::get_if<ast::Invocation>(&table.node);
  const std::string called = name != nullptr ? name->text : call != nullptr ? call->function : "";
  // isfuzzy: tables that do not exist are left out.
  if (fuzzy && !called.empty() && find_name(called) == nullptr && !stored_function(called) &&
      environment_.find_table(called) == nullptr && called != "table" && called != "_GetWatchlist" &&
      called != "materialize")
    return;
  Building rows = bind_apart([&] { bind_source(table); });
  // What stands in the query has no name of its own, unless `as` gives it one at its end (union-operator).
  if (const auto* query = std::get_if<ast::Subquery>(&table.node);
      query != nullptr && !query->query->operators.empty()) {
    if (const auto* as = std::get_if<ast::As>(&query->query->operators.back().node)) {
      legs.push_back({add_input(std::move(rows), "union", table.span), as->name});
      return;
    }
  }
  // Of what `let` defines only views have names here (union-operator, let-statement).
  const Binding* let = name == nullptr ? nullptr : find_name(name->text);
  const bool view = let != nullptr && let->function != nullptr && let->function->view;
  std::string shown = name != nullptr && (let == nullptr || view) ? name->text : rows.table;
  if (shown.empty() || (let != nullptr && !view)) shown = fmt::format("union_arg{}", number);
  legs.push_back({add_input(std::move(rows), "union", table.span), std::move(shown)});
}

std::vector<Binder::Leg> Binder::bind_legs(const std::vector<ast::ExpressionPtr>& tables, bool fuzzy,
                                           size_t first_number) {
  std::vector<Leg> legs;
  for (size_t i = 0; i < tables.size(); ++i) add_leg(*tables[i], fuzzy, first_number + i, legs);
  return legs;
}

void Binder::bind(const ast::Union& all, Span span) {
  const bool fuzzy = property(all.properties, "isfuzzy") == "true";
  const bool inner = property(all.properties, "kind") == "inner";
  std::string source = property(all.properties, "withsource");
  if (source.empty()) source = property(all.properties, "with_source");
  std::vector<Leg> legs;
  if (!plan_.nodes.empty()) {
    become_input(legs, "union", span);
    if (legs.front().name.empty()) legs.front().name = "union_arg0";
  }
  const size_t before = legs.size();
  for (size_t i = 0; i < all.tables.size(); ++i) add_leg(*all.tables[i], fuzzy, before + i, legs);
  if (legs.empty()) {
    nothing({}, span);
    relation_.inferred = true;
    return;
  }
  unite(std::move(legs), inner, source, span);
}

}  // namespace hecate::kql
