#include "exec/tail/column_keys.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace hecate::tail {
namespace {

/// An expression of an expression may be long: its digest is as good.
std::string shortened(std::string key) {
  constexpr size_t kLongest = 256;
  if (key.size() <= kLongest) return key;
  const XXH128_hash_t digest = XXH3_128bits(key.data(), key.size());
  return fmt::format("#{:016x}{:016x}", digest.high64, digest.low64);
}

void add_text(std::string_view text, std::string& key) { key += fmt::format("{}:{}", text.size(), text); }

}  // namespace

ColumnKeys::ColumnKeys(const Head& head, const Plan& plan, const std::string& space) : plan_(plan) {
  std::string dataset;
  add_text(to_string(head.dataset), dataset);
  add_text(space, dataset);
  for (const Scan::Column& column : head.scan_columns) keys_[column.id] = dataset + "." + column.field;
  for (const Node& step : head.steps) {
    const auto* extend = std::get_if<Extend>(&step.op);
    if (extend == nullptr) continue;
    std::unordered_map<ColumnId, std::string> added;
    for (const Extend::Column& column : extend->columns) {
      std::string key = "=";
      write(*column.value, key);
      added[column.id] = shortened(std::move(key));
    }
    for (auto& [id, key] : added) keys_[id] = std::move(key);
  }
}

std::string ColumnKeys::of(ColumnId column) const {
  const auto known = keys_.find(column);
  return known == keys_.end() ? std::string()
                              : fmt::format("{} {}", to_string(plan_.column(column).type), known->second);
}

/// Every part with its length, and every node with its type: different expressions are written differently.
void ColumnKeys::write(const Expr& expr, std::string& key) const {
  key += fmt::format("({}{}", expr.node.index(), to_string(expr.type));
  if (const auto* literal = std::get_if<Literal>(&expr.node)) add_text(identity(literal->value.get()), key);
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) {
    const auto known = keys_.find(ref->column);
    add_text(known == keys_.end() ? fmt::format("?{}", static_cast<uint32_t>(ref->column)) : known->second, key);
  }
  if (const auto* raw = std::get_if<RawField>(&expr.node)) add_text(raw->path, key);
  if (const auto* call = std::get_if<Call>(&expr.node)) add_text(call->function, key);
  if (const auto* match = std::get_if<Match>(&expr.node)) add_text(identity(*match), key);
  for_each_child(expr, [&](const ExprPtr& child) { write(*child, key); });
  key += ')';
}

}  // namespace hecate::tail
