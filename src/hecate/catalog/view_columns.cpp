#include "catalog/view_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mapped_text.h"
#include "catalog/codes.h"
#include "catalog/loader.h"
#include "catalog/lowering.h"
#include "catalog/table_list.h"

namespace hecate::catalog {
std::string vocabulary_of(const Catalog::KustoSchema& schema) {
  return (schema.asim ? "asim." : "table.") + schema.name;
}

/// Compiles the columns of one type in one table or schema.
class ViewCompiler {
 public:
  ViewCompiler(const TypeData& type, const SchemaData& schema, DiagnosticSink& sink)
      : type_(type), schema_(schema), vocabulary_(vocabulary_of(schema.schema)), sink_(sink) {}

  ViewColumns::Compiled run() {
    const auto view = type_.views.find(vocabulary_);
    if (view == type_.views.end()) return {};
    if (const auto own = type_.columns.find(vocabulary_); own != type_.columns.end()) result_.columns = own->second;
    for (const ColumnBlock& each : type_.blocks) {
      if (covers(each.vocabulary, vocabulary_)) block(each);
    }
    if (schema_.schema.asim && view->second.size() == 1 && !result_.columns.contains("EventType"))
      result_.columns["EventType"] = make_string(view->second.front());
    defaults();
    aliases();
    return std::move(result_);
  }
  [[nodiscard]] std::vector<Catalog::ColumnRow>& rows() { return rows_; }

 private:
  void block(const ColumnBlock& block) {
    std::string_view rest = block.lines;
    while (!rest.empty()) {
      std::string_view line = take(rest, '\n');
      if (line.empty() || line.front() == '#') continue;
      const std::string_view name = take(line, '\t');
      if (name == "*") {
        result_.others = true;
      } else if (name == "=") {
        while (!line.empty()) {
          const std::string_view same = take(line, ' ');
          if (!same.empty()) column(block, same, same);
        }
      } else {
        column(block, name, line);
      }
    }
  }

  void column(const ColumnBlock& block, std::string_view name, std::string_view text) {
    if (schema_.schema.find(name) == nullptr) {
      if (block.vocabulary.ends_with('*')) return;
      std::vector<std::string_view> known;
      for (const auto& each : schema_.schema.columns) known.push_back(each.name);
      Checker(sink_).unknown(kUnknownColumn, {}, fmt::format("column in {} ({})", vocabulary_, block.place), name,
                             known);
      return;
    }
    MappedText mapped;
    mapped.append_generated(text, {});
    const size_t errors = sink_.errors();
    const Result<Expression> parsed = parse_expression(mapped, sink_);
    const Checker check(sink_);
    const auto resolve = [&](const Expression& raw) { return raw_field_of(type_, raw, check); };
    const Result<ExprPtr> value = parsed ? lower(*parsed, resolve, sink_) : already_reported();
    if (!value) {
      if (sink_.errors() != errors)
        sink_.report(kWrongValue, {}, fmt::format("{}: column `{}` is `{}`", block.place, name, text));
      return;
    }
    result_.columns[std::string(name)] = *value;
    std::erase_if(rows_, [&](const Catalog::ColumnRow& row) { return row.name == name; });
    rows_.push_back({vocabulary_, std::string(name), to_string(*parsed), block.evidence, block.confidence, *value, {}});
  }

  void defaults() {
    CompiledColumns& columns = result_.columns;
    for (const auto& [name, expression] : schema_.defaults) {
      if (columns.contains(name)) continue;
      const auto column_of = [&](const Expression& other) -> ExprPtr {
        const auto found = columns.find(other.text);
        return found == columns.end() ? make_literal(OwnedValue(), Type::String, other.span) : found->second;
      };
      const Result<ExprPtr> value = lower(expression, column_of, sink_);
      if (value) columns[name] = *value;
    }
  }

  void aliases() {
    CompiledColumns added;
    for (const auto& [name, targets] : schema_.aliases) {
      if (result_.columns.contains(name)) continue;
      std::vector<ExprPtr> values;
      for (const std::string& target : targets) {
        const auto found = result_.columns.find(target);
        if (found != result_.columns.end()) values.push_back(found->second);
      }
      if (values.size() == 1) added[name] = values.front();
      if (values.size() > 1) added[name] = make_call("text.coalesce", std::move(values), Type::Many);
    }
    result_.columns.merge(added);
  }

  const TypeData& type_;
  const SchemaData& schema_;
  std::string vocabulary_;
  DiagnosticSink& sink_;
  ViewColumns::Compiled result_;
  std::vector<Catalog::ColumnRow> rows_;
};

std::string_view ViewColumns::keep(std::string text) {
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  return *texts_.back();
}

ExprPtr ViewColumns::find(const Catalog::Impl& catalog, const TypeData& type, const SchemaData& schema,
                          std::string_view column) const {
  const std::lock_guard lock(mutex_);
  const Key key{&type, &schema};
  auto compiled = compiled_.find(key);
  if (compiled == compiled_.end()) {
    DiagnosticSink unheard;  // check() says what is wrong; what is right remains
    compiled = compiled_.emplace(key, ViewCompiler(type, schema, unheard).run()).first;
  }
  const auto own = compiled->second.columns.find(column);
  if (own != compiled->second.columns.end()) return own->second;
  if (!compiled->second.others || schema.schema.find(column) == nullptr) return nullptr;
  // A column holds one value: a list as a whole.
  const bool exact = catalog.sources[type.source].names.exact();
  return make_raw_field(std::string(column) + (exact ? "" : "[]"));
}

std::span<const Catalog::ColumnRow> ViewColumns::rows(const Catalog::Impl& catalog, const TypeData& type) const {
  const std::lock_guard lock(mutex_);
  const auto known = rows_.find(&type);
  if (known != rows_.end()) return known->second;
  std::vector<Catalog::ColumnRow>& rows = rows_[&type];
  rows = type.rows;
  DiagnosticSink unheard;
  for (const SchemaData& schema : catalog.schemas) {
    ViewCompiler compiler(type, schema, unheard);
    compiler.run();
    std::move(compiler.rows().begin(), compiler.rows().end(), std::back_inserter(rows));
  }
  return rows;
}

void ViewColumns::check(const Catalog::Impl& catalog, DiagnosticSink& sink) {
  for (const TypeData& type : catalog.types) {
    for (const SchemaData& schema : catalog.schemas) ViewCompiler(type, schema, sink).run();
  }
}

}  // namespace hecate::catalog
