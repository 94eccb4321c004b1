#include <fmt/format.h>

#include <algorithm>

#include "base/json_text.h"
#include "lang/kql/binder.h"

// search, find, and what else looks at every column: https://learn.microsoft.com/kusto/query/search-operator,
// find-operator
namespace hecate::kql {
namespace {

/// The names that stand in a predicate: of columns, for all that is known here.
void collect_names(const ast::Expression& expression, std::set<std::string>& out) {
  const auto go_on = [&](const ast::ExpressionPtr& child) {
    if (child) collect_names(*child, out);
  };
  const auto& node = expression.node;
  if (const auto* name = std::get_if<ast::Name>(&node)) out.insert(name->text);
  if (const auto* member = std::get_if<ast::Member>(&node)) go_on(member->base);
  if (const auto* term = std::get_if<ast::ColumnTerm>(&node)) go_on(term->column);
  if (const auto* negation = std::get_if<ast::Negation>(&node)) go_on(negation->operand);
  if (const auto* index = std::get_if<ast::Index>(&node)) {
    go_on(index->base);
    go_on(index->index);
  }
  if (const auto* binary = std::get_if<ast::Binary>(&node)) {
    go_on(binary->left);
    go_on(binary->right);
  }
  if (const auto* between = std::get_if<ast::Between>(&node)) {
    go_on(between->value);
    go_on(between->low);
    go_on(between->high);
  }
  if (const auto* test = std::get_if<ast::TextTest>(&node)) {
    go_on(test->left);
    for (const ast::ExpressionPtr& each : test->right) go_on(each);
  }
  if (const auto* junction = std::get_if<ast::Junction>(&node)) {
    for (const ast::ExpressionPtr& each : junction->operands) go_on(each);
  }
  if (const auto* call = std::get_if<ast::Invocation>(&node)) {
    for (const ast::Argument& each : call->arguments) go_on(each.value);
  }
}

}  // namespace

/// A text alone: the rows in which any column has it as a term. `x*` is the beginning of a term, `*x` the end of one,
/// `*x*` any part.
ExprPtr Binder::search_term(const std::string& text, bool case_sensitive, const Column* only, Span span) {
  std::string needle = text;
  const bool open_end = needle.size() > 1 && needle.back() == '*';
  if (open_end) needle.pop_back();
  const bool open_begin = needle.size() > 1 && needle.front() == '*';
  if (open_begin) needle.erase(0, 1);
  MatchOp op = open_begin && open_end ? MatchOp::Contains
               : open_begin           ? MatchOp::HasSuffix
               : open_end             ? MatchOp::HasPrefix
                                      : MatchOp::Has;
  if (needle.empty() || needle == "*") return make_bool(true, span);
  const bool glob = needle.find('*') != std::string::npos;
  std::string pattern = needle;
  if (glob) {
    op = MatchOp::Wildcard;
    pattern = "*";
    for (const char c : needle) pattern += c == '*' ? std::string("*") : glob_escape(std::string_view(&c, 1));
    pattern += "*";
  }
  const Casing casing = case_sensitive ? Casing::Sensitive : Casing::Insensitive;
  std::vector<ExprPtr> any;
  for (Column& column : relation_.columns) {
    if (column.broken || (only != nullptr && &column != only)) continue;
    ExprPtr value = converted(read(column, span), Type::String, span);
    any.push_back(make_match({std::move(value), op, casing, Quantifier::Any, RegexDialect::Re2, {pattern}}, span));
  }
  return make_or(std::move(any), span);
}

/// `* has "x"`: the test over each text column.
ExprPtr Binder::any_column(const ast::TextTest& test, Span span) {
  std::vector<std::string> patterns;
  for (const ast::ExpressionPtr& element : test.right) {
    const ExprPtr value = bind(*element);
    const auto texts = value ? constant_texts(*value) : std::nullopt;
    if (value && !texts)
      sink_.report(kNotConstant, element->span, "what is looked for in every column must be constant");
    if (!texts) return nullptr;
    patterns.insert(patterns.end(), texts->begin(), texts->end());
  }
  std::vector<ExprPtr> any;
  for (Column& column : relation_.columns) {
    if (column.broken || (column.type != Type::String && column.type != Type::Dynamic)) continue;
    ExprPtr value = converted(read(column, span), Type::String, span);
    any.push_back(make_text_match(*test.op, std::move(value), patterns, span));
  }
  ExprPtr found = make_or(std::move(any), span);
  return test.op->negated ? make_not(std::move(found), span) : found;
}

/// pack_all(ignore null and empty)
ExprPtr Binder::bind_pack_all(const ast::Invocation& node, Span span) {
  if (!check_arity("pack_all", 0, 1, node.arguments.size(), span)) return nullptr;
  bool ignores = false;
  if (!node.arguments.empty()) {
    const ExprPtr value = bind(*node.arguments.front().value);
    const auto* literal = value ? std::get_if<Literal>(&value->node) : nullptr;
    if (value && literal == nullptr) sink_.report(kNotConstant, span, "the argument of `pack_all` must be a constant");
    if (literal == nullptr) return nullptr;
    ignores = literal->value.get().is_true();
  }
  std::vector<ExprPtr> pairs;
  const auto add = [&](std::vector<Column>& columns) {
    for (Column& column : columns) {
      if (column.broken || column.bag) continue;
      pairs.push_back(make_string(column.name, span));
      pairs.push_back(read(column, span));
    }
  };
  add(relation_.context);
  add(relation_.columns);
  if (pairs.empty()) return make_literal(OwnedValue(Value::dynamic("{}")), Type::Dynamic, span);
  ExprPtr bag = make_call("kql.bag_pack", std::move(pairs), Type::Dynamic, span);
  return ignores ? make_call("kql.bag_without_empty", {std::move(bag)}, Type::Dynamic, span) : bag;
}

/// column_names_of(table): settled now, for the columns are known.
ExprPtr Binder::bind_column_names(const ast::Invocation& node, Span span) {
  if (!check_arity("column_names_of", 1, 1, node.arguments.size(), span)) return nullptr;
  const Building table = bind_apart([&] { bind_source(*node.arguments.front().value); });
  std::string names = "[";
  for (const Column& column : table.relation.columns) names += (names.size() > 1 ? "," : "") + json_quote(column.name);
  return make_literal(OwnedValue(Value::dynamic(names + "]")), Type::Dynamic, span);
}

ExprPtr Binder::bind_node(const ast::ColumnTerm& node, const ast::Expression& whole) {
  const ExprPtr term = bind(*node.term);
  if (!term) return nullptr;
  const bool case_sensitive = search_ != nullptr && property(search_->properties, "kind") == "case_sensitive";
  const auto text = constant_text(*term);
  const auto* name = std::get_if<ast::Name>(&node.column->node);
  if (name == nullptr) {
    sink_.report(kSyntax, node.column->span, "`:` takes a column before it");
    return nullptr;
  }
  // Tables that lack the column have no row to find.
  Column* column = find_column(name->text);
  if (column == nullptr) return make_bool(false, whole.span);
  if (text) return search_term(*text, case_sensitive, column, whole.span);
  return make_call("kql.eq", {converted(read(*column, whole.span), term->type, whole.span), term}, Type::Bool,
                   whole.span);
}

/// The tables that search and find look at, each with what is asked of its rows: those that are named, or all.
void Binder::add_searched(const std::vector<ast::ExpressionPtr>& tables, bool all, const std::string& command,
                          const std::function<void()>& ask, std::vector<Leg>& legs, Span span) {
  const auto add = [&](const ast::Expression& table, std::string name) {
    legs.push_back({add_input(bind_apart([&] {
                                bind_source(table);
                                ask();
                              }),
                              command, span),
                    std::move(name)});
  };
  std::vector<std::string> names;
  for (const ast::ExpressionPtr& table : tables) {
    const auto* name = std::get_if<ast::Name>(&table->node);
    if (name != nullptr && name->text.find('*') != std::string::npos) {
      for (std::string& each : tables_like(name->text)) names.push_back(std::move(each));
    } else {
      add(*table, name != nullptr ? name->text : fmt::format("{}_arg{}", command, legs.size()));
    }
  }
  if (all) names = tables_like("*");
  for (const std::string& name : names) add(ast::Expression{ast::Name{name}, span, 1}, name);
}

void Binder::bind(const ast::Search& search, Span span) {
  std::vector<Leg> legs;
  const auto apply = [&] {
    search_ = &search;
    if (search.predicate && !std::holds_alternative<ast::Star>(search.predicate->node)) {
      const bool was_open = std::exchange(relation_.inferred, true);
      ExprPtr predicate = bind_as_bool(*search.predicate, "`search`");
      relation_.inferred = was_open;
      if (predicate) add_node(Filter{std::move(predicate)}, span);
    }
    search_ = nullptr;
  };
  if (!plan_.nodes.empty()) {
    const std::string name = table_;
    apply();
    std::vector<Extend::Column> pending;
    auto table = column_of(make_string(name.empty() ? "search_arg0" : name, span), "$table", pending);
    flush(pending, span);
    relation_.columns.insert(relation_.columns.begin(), std::move(*table));
    return;
  }
  add_searched(search.tables, search.tables.empty(), "search", apply, legs, span);
  if (legs.empty()) {
    nothing({}, span);
    relation_.inferred = true;
    return;
  }
  unite(std::move(legs), false, "$table", span);
}

/// project-smart, also where nothing is said of columns: those that the predicate names and those that all tables have;
/// the others of each table are packed into one (find-operator, "Output schema").
void Binder::pack_others(const ast::Find& find, std::vector<Leg>& legs, Span span) {
  std::set<std::string> named;
  if (find.predicate) collect_names(*find.predicate, named);
  // Tables that have no column of the predicate are left out.
  const auto lacks_all = [&](const Leg& leg) {
    const auto& columns = leg.input.relation.columns;
    return !leg.input.relation.inferred && std::none_of(columns.begin(), columns.end(), [&](const Column& column) {
      return column.bag || named.contains(column.name);
    });
  };
  if (!std::all_of(legs.begin(), legs.end(), lacks_all)) std::erase_if(legs, lacks_all);
  const auto shown = [&](const std::string& name) {
    return named.contains(name) || std::all_of(legs.begin(), legs.end(), [&](const Leg& leg) {
             const auto& columns = leg.input.relation.columns;
             return std::any_of(columns.begin(), columns.end(), [&](const Column& each) { return each.name == name; });
           });
  };
  std::vector<std::vector<Column>> kept(legs.size()), packed(legs.size());
  bool packs = false;
  for (size_t i = 0; i < legs.size(); ++i) {
    for (const Column& column : legs[i].input.relation.columns)
      (column.broken || column.bag || shown(column.name) ? kept : packed)[i].push_back(column);
    packs = packs || !packed[i].empty();
  }
  for (size_t i = 0; packs && i < legs.size(); ++i) {
    Plan& plan = *plan_.inputs[legs[i].input.index].plan;
    std::vector<ExprPtr> pairs;
    for (const Column& column : packed[i]) {
      pairs.push_back(make_string(column.name, span));
      pairs.push_back(make_column(*column.id, column.type, span));
    }
    const ColumnId id = plan.add_column("pack_", Type::Dynamic);
    ExprPtr pack = pairs.empty() ? make_literal(OwnedValue(Value::dynamic("{}")), Type::Dynamic, span)
                                 : make_call("kql.bag_pack", std::move(pairs), Type::Dynamic, span);
    plan.add({hecate::Extend{{{id, std::move(pack)}}}, {static_cast<NodeId>(plan.nodes.size() - 1)}, span});
    plan.output.push_back({"pack_", id});
    kept[i].push_back({"pack_", Type::Dynamic, id});
    legs[i].input.relation.columns = std::move(kept[i]);
  }
}

/// Rows of several tables that match, with the table's name; of the columns those that are asked for.
void Binder::bind(const ast::Find& find, Span span) {
  std::string source = property(find.properties, "withsource");
  if (source.empty()) source = "source_";
  std::vector<Leg> legs;
  const auto shape = [&] {
    if (find.predicate) {
      const bool was_open = std::exchange(relation_.inferred, true);
      ExprPtr predicate = bind_as_bool(*find.predicate, "`find`");
      relation_.inferred = was_open;
      if (predicate) add_node(Filter{std::move(predicate)}, span);
    }
    if (find.project.empty()) return;
    std::vector<Column> output;
    std::vector<Extend::Column> pending;
    for (const ast::Find::Column& wanted : find.project) {
      if (wanted.pack) {
        std::vector<ExprPtr> pairs;
        for (Column& column : relation_.columns) {
          if (column.broken) continue;
          pairs.push_back(make_string(column.name, span));
          pairs.push_back(read(column, span));
        }
        output.push_back(
            *column_of(make_call("kql.bag_pack", std::move(pairs), Type::Dynamic, span), "pack_", pending));
        continue;
      }
      Column* column = own_column(wanted.name);
      ExprPtr value =
          column == nullptr ? null_of(wanted.type.value_or(Type::String), wanted.span) : read(*column, wanted.span);
      if (wanted.type) value = converted(std::move(value), *wanted.type, wanted.span);
      output.push_back(*column_of(std::move(value), wanted.name, pending));
    }
    flush(pending, span);
    relation_.columns = std::move(output);
  };
  if (!plan_.nodes.empty()) become_input(legs, "find", span);
  add_searched(find.tables, find.tables.empty() && legs.empty(), "find", shape, legs, span);
  if (legs.empty()) {
    nothing({}, span);
    relation_.inferred = true;
    return;
  }
  if (find.project.empty() && find.project_away.empty()) pack_others(find, legs, span);
  unite(std::move(legs), false, source, span);
  std::erase_if(relation_.columns, [&](const Column& column) {
    return std::any_of(find.project_away.begin(), find.project_away.end(),
                       [&](const ast::NamePattern& pattern) { return name_matches(pattern.text, column.name); });
  });
}

void Binder::bind(const ast::GetSchema& /*schema*/, Span span) {
  std::vector<Column> columns = std::move(relation_.columns);
  ConstantRows rows;
  begin_plan();
  relation_.columns = {{"ColumnName", Type::String, plan_.add_column("ColumnName", Type::String)},
                       {"ColumnOrdinal", Type::Long, plan_.add_column("ColumnOrdinal", Type::Long)},
                       {"DataType", Type::String, plan_.add_column("DataType", Type::String)},
                       {"ColumnType", Type::String, plan_.add_column("ColumnType", Type::String)}};
  for (const Column& column : relation_.columns) rows.columns.push_back(*column.id);
  const auto system_name = [](Type type) {
    switch (type) {
      case Type::Bool: return "System.SByte";
      case Type::Long: return "System.Int64";
      case Type::Real: return "System.Double";
      case Type::Datetime: return "System.DateTime";
      case Type::Timespan: return "System.TimeSpan";
      case Type::Dynamic: return "System.Object";
      case Type::Guid: return "System.Guid";
      case Type::Decimal: return "System.Data.SqlTypes.SqlDecimal";
      default: return "System.String";
    }
  };
  for (size_t i = 0; i < columns.size(); ++i) {
    rows.rows.push_back({make_string(columns[i].name, span),
                         make_literal(OwnedValue(Value::integer(static_cast<int64_t>(i))), Type::Long),
                         make_string(system_name(columns[i].type), span),
                         make_string(std::string(kusto_name(columns[i].type)), span)});
  }
  plan_.add({std::move(rows), {}, span});
}

}  // namespace hecate::kql
