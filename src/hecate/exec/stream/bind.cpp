#include "exec/stream/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "exec/functions/match.h"

namespace hecate::stream {
namespace {

const Literal* as_literal(const Expr& expr) { return std::get_if<Literal>(&expr.node); }

bool is_literal_bool(const Expr& expr, bool value) {
  const Literal* literal = as_literal(expr);
  return literal != nullptr && literal->value.get().kind() == Kind::Bool && literal->value.get().as_bool() == value;
}

/// And and Or: the decisive literal decides, the neutral one goes.
template <typename Junction>
ExprPtr fold_junction(const Junction& junction, bool decisive, const Expr& expr) {
  const auto is_bool = [](const ExprPtr& operand) {
    const Literal* literal = as_literal(*operand);
    return literal != nullptr && literal->value.get().kind() == Kind::Bool;
  };
  if (!junction.operands.empty() && std::none_of(junction.operands.begin(), junction.operands.end(), is_bool)) {
    return nullptr;
  }
  std::vector<ExprPtr> kept;
  for (const ExprPtr& operand : junction.operands) {
    if (is_literal_bool(*operand, decisive)) return make_bool(decisive, expr.span);
    if (!is_literal_bool(*operand, !decisive)) kept.push_back(operand);
  }
  if (kept.empty()) return make_bool(!decisive, expr.span);
  if (kept.size() == junction.operands.size()) return nullptr;
  return decisive ? make_or(std::move(kept), expr.span) : make_and(std::move(kept), expr.span);
}

/// Metadata that all records of an origin share; an empty one is absent.
ExprPtr metadata_of(const Origin& origin, const Call& call, const Expr& expr) {
  const std::string* text = nullptr;
  if (call.function == "meta.sourcetype") text = &origin.sourcetype;
  if (call.function == "meta.index") text = &origin.index;
  if (call.function == "meta.source" && origin.source) text = &*origin.source;
  if (text == nullptr) return nullptr;
  return make_literal(text->empty() ? OwnedValue() : OwnedValue::string(*text), expr.type, expr.span);
}

struct Folder {
  const Expr& expr;
  const Origin* origin;
  Arena& arena;

  ExprPtr operator()(const Literal& /*literal*/) const { return nullptr; }
  ExprPtr operator()(const ColumnRef& /*ref*/) const { return nullptr; }
  ExprPtr operator()(const RawField& /*field*/) const { return nullptr; }

  ExprPtr operator()(const Call& call) const {
    if (call.function == "text.if") {
      if (is_literal_bool(*call.arguments[0], true)) return call.arguments[1];
      if (is_literal_bool(*call.arguments[0], false)) return call.arguments[2];
    }
    // Nearly all calls read something; what a function is takes longer to find out.
    const auto reads = [](const ExprPtr& argument) { return as_literal(*argument) == nullptr; };
    if (std::any_of(call.arguments.begin(), call.arguments.end(), reads)) return nullptr;
    if (call.function.starts_with("meta.")) return origin != nullptr ? metadata_of(*origin, call, expr) : nullptr;
    // An add-on's lookup depends on the content, which is not at hand here.
    if (is_run_dependent(call.function) || call.function == "spl.automatic_lookup") return nullptr;
    const Function* function = find_function(call.function);
    if (function == nullptr) return nullptr;
    std::vector<Value> arguments;
    for (const ExprPtr& argument : call.arguments) arguments.push_back(as_literal(*argument)->value.get());
    const RunParameters run;
    EvalContext context{arena, run};
    return make_literal(OwnedValue(hecate::call(*function, arguments, context)), expr.type, expr.span);
  }
  ExprPtr operator()(const Match& match) const {
    const Literal* literal = as_literal(*match.operand);
    if (literal == nullptr) return nullptr;
    return make_bool(CompiledMatch(match).test(literal->value.get(), arena), expr.span);
  }
  ExprPtr operator()(const And& all) const { return fold_junction(all, false, expr); }
  ExprPtr operator()(const Or& any) const { return fold_junction(any, true, expr); }
  ExprPtr operator()(const Not& negation) const {
    if (is_literal_bool(*negation.operand, true)) return make_bool(false, expr.span);
    if (is_literal_bool(*negation.operand, false)) return make_bool(true, expr.span);
    return nullptr;
  }
};

/// Resolves column ids to expressions over raw fields.
class Binder {
 public:
  Binder(const Head& head, const std::vector<ColumnInfo>& columns, const DerivedFields& derived, RecordType type,
         const Catalog& catalog, DiagnosticSink& sink)
      : head_(head), columns_(columns), derived_(derived), type_(type), catalog_(catalog), sink_(sink) {
    for (const Scan::Column& column : head.scan_columns) fields_[column.id] = column.field;
  }

  ExprPtr substitute(const ExprPtr& expr) {
    return rewrite(expr, [this](const ExprPtr& node) -> ExprPtr {
      const auto* ref = std::get_if<ColumnRef>(&node->node);
      return ref == nullptr ? nullptr : resolve(ref->column);
    });
  }

  ExprPtr resolve(ColumnId id) {
    if (const auto known = resolved_.find(id); known != resolved_.end()) return known->second;
    const auto field = fields_.find(id);
    ExprPtr expr = field == fields_.end() ? nullptr : scan_column(field->second, type_of(id));
    if (!expr) expr = make_literal(OwnedValue(empty_value(type_of(id))), type_of(id));
    resolved_[id] = expr;
    return expr;
  }

  void define(ColumnId id, ExprPtr expr) { resolved_[id] = std::move(expr); }

 private:
  [[nodiscard]] Type type_of(ColumnId id) const { return columns_[static_cast<size_t>(id)].type; }

  /// KQL strings have no null: a column that a source lacks is "" there.
  [[nodiscard]] Value empty_value(Type type) const {
    const bool kusto_string = std::holds_alternative<KustoTable>(head_.dataset) && type == Type::String;
    return kusto_string ? Value::string("") : Value::null();
  }

  static ExprPtr converted(ExprPtr raw, Type wanted) {
    if (wanted == Type::Many) return raw;
    const std::string function =
        wanted == Type::String ? "convert.kql_string" : fmt::format("convert.{}", to_string(wanted));
    return make_call(function, {std::move(raw)}, wanted);
  }

  ExprPtr scan_column(const std::string& field, Type wanted) {
    const auto own = derived_.find(field);
    if (own == derived_.end()) {
      if (is_file_table(head_.dataset, catalog_)) return converted(make_raw_field(field), wanted);
      ExprPtr column = catalog_.column(type_, head_.dataset, field, wanted);
      const bool raw = column && std::holds_alternative<RawField>(column->node);
      const bool splunk = std::holds_alternative<SplunkEvents>(head_.dataset);
      return raw && splunk ? make_call("convert.spl_field", {std::move(column)}, wanted) : column;
    }
    Result<ExprPtr> compiled =
        catalog_.compile_expression(own->second.expression, own->second.span, type_, head_.dataset, sink_);
    return compiled ? *compiled : nullptr;
  }

  const Head& head_;
  const std::vector<ColumnInfo>& columns_;
  const DerivedFields& derived_;
  RecordType type_;
  const Catalog& catalog_;
  DiagnosticSink& sink_;
  std::unordered_map<ColumnId, std::string> fields_;
  std::unordered_map<ColumnId, ExprPtr> resolved_;
};

}  // namespace

bool is_file_table(const Dataset& dataset, const Catalog& catalog) {
  const auto* table = std::get_if<KustoTable>(&dataset);
  return table != nullptr && catalog.kusto_schema(table->name) == nullptr;
}

bool is_literal_false(const Expr& expr) {
  const Literal* literal = as_literal(expr);
  if (literal == nullptr) return false;
  const Value value = literal->value.get();
  return value.is_null() || (value.kind() == Kind::Bool && !value.as_bool());
}

ExprPtr fold_constants(const ExprPtr& expr, const Origin* origin) {
  Arena arena;
  return rewrite(expr, [&](const ExprPtr& node) { return std::visit(Folder{*node, origin, arena}, node->node); });
}

bool may_let_through(const Head& head, const KnownFields& known) {
  const Filter* filter = head.steps.empty() ? nullptr : std::get_if<Filter>(&head.steps.front().op);
  if (filter == nullptr) return true;
  std::unordered_map<ColumnId, ExprPtr> columns;
  for (const Scan::Column& column : head.scan_columns) {
    if (const auto field = known.find(column.field); field != known.end()) columns[column.id] = field->second;
  }
  const ExprPtr left = fold_constants(rewrite(filter->predicate, [&](const ExprPtr& node) -> ExprPtr {
    const auto* ref = std::get_if<ColumnRef>(&node->node);
    const auto column = ref == nullptr ? columns.end() : columns.find(ref->column);
    return column == columns.end() ? nullptr : column->second;
  }));
  return !is_literal_false(*left);
}

BoundHead bind(const Head& head, const std::vector<ColumnInfo>& columns, const DerivedFields& derived, RecordType type,
               const Origin* origin, const Catalog& catalog, DiagnosticSink& sink) {
  Binder binder(head, columns, derived, type, catalog, sink);
  std::vector<ExprPtr> filters;
  if (is_file_table(head.dataset, catalog)) {
    Match match{make_call("meta.table", {}, Type::String),
                MatchOp::Equals,
                Casing::Sensitive,
                Quantifier::Any,
                RegexDialect::Pcre2,
                {std::get<KustoTable>(head.dataset).name}};
    filters.push_back(make_match(std::move(match)));
  }
  for (const Node& step : head.steps) {
    if (const auto* filter = std::get_if<Filter>(&step.op)) {
      filters.push_back(fold_constants(binder.substitute(filter->predicate), origin));
      // Most searches begin with the sourcetype that they are about: for other records there is no more to bind.
      if (is_literal_false(*filters.back())) return {filters.back(), {}};
    }
    if (const auto* extend = std::get_if<Extend>(&step.op)) {
      for (const Extend::Column& column : extend->columns) binder.define(column.id, binder.substitute(column.value));
    }
  }
  BoundHead bound;
  bound.predicate = fold_constants(make_and(std::move(filters)), origin);
  for (const ColumnId id : head.live) bound.live.push_back(fold_constants(binder.resolve(id), origin));
  return bound;
}

}  // namespace hecate::stream
