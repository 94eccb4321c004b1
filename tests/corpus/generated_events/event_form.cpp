#include "event_form.h"

#include <map>
#include <memory>

#include "base/json_text.h"
#include "exec/reference/reference.h"

namespace hecate::corpus {
namespace {

using Values = std::vector<std::string>;

/// The catalog's own business, tested elsewhere, so evaluated as it is.
Values values_of(const Expr& expr, const Event& event) {
  Arena arena;
  const RunParameters run;
  EvalContext context{arena, run};
  const reference::Bindings bindings{
      [](ColumnId) { return Value::null(); },
      [&](std::string_view path) {
        const auto found = event.find(std::string(path));
        return found == event.end() ? Value::null() : Value::string(found->second.text);
      },
      [](std::string_view) { return Value::null(); },
  };
  const Value value = reference::evaluate(expr, bindings, context);
  if (value.is_null()) return {};
  if (value.kind() != Kind::Many) return {value_text(value)};
  Values all;
  for (const Value& one : value.as_list()) all.push_back(value_text(one));
  return all;
}

struct Tree {
  std::map<std::string, std::unique_ptr<Tree>> children;
  std::string leaf;  // JSON

  bool put(std::string_view path, std::string json) {
    if (!leaf.empty()) return false;
    const size_t dot = path.find('.');
    std::unique_ptr<Tree>& child = children[std::string(path.substr(0, dot))];
    const bool is_new = !child;
    if (is_new) child = std::make_unique<Tree>();
    if (dot != std::string_view::npos) return child->put(path.substr(dot + 1), std::move(json));
    if (is_new) child->leaf = std::move(json);
    return is_new;
  }

  [[nodiscard]] std::string json() const {
    if (!leaf.empty()) return leaf;
    std::string out;
    for (const auto& [key, child] : children) {
      const bool list = key.ends_with("{}");
      out += out.empty() ? "{" : ",";
      out += json_quote(list ? key.substr(0, key.size() - 2) : key) + ":" + (list ? "[" : "") + child->json();
      out += list ? "]" : "";
    }
    return out + "}";
  }
};

std::string without_star(std::string path) {
  for (size_t at = path.find(".*."); at != std::string::npos; at = path.find(".*.")) path.replace(at, 3, ".any.");
  return path;
}

}  // namespace

std::optional<std::string> FieldForm::target_of(const Expr& expr) {
  if (const auto* raw = std::get_if<RawField>(&expr.node)) return raw->path;
  const auto* call = std::get_if<Call>(&expr.node);
  if (call == nullptr) return std::nullopt;
  const std::string& name = call->function;
  const bool several = name == "text.coalesce" || name == "text.values";
  const bool one = name == "text.json" || name == "text.first" || name == "text.hex2dec" || name == "text.null_if" ||
                   name == "text.trim" || name == "text.strip_braces" || name.starts_with("convert.");
  for (const ExprPtr& argument : call->arguments) {
    if (!several && !one) break;
    if (auto target = target_of(*argument)) return target;
    if (one) break;
  }
  return std::nullopt;
}

std::vector<std::string> FieldForm::values(const Event& event) const {
  return column_ ? values_of(*column_, event) : Values{};
}

std::optional<std::string> written(const Catalog& catalog, RecordType type, const Event& event) {
  Tree tree;
  for (const auto& [field, value] : event) {
    bool done = false;
    for (const std::string& path : catalog.raw_paths(type, field)) {
      done = tree.put(without_star(path), value.number ? value.text : json_quote(value.text));
      if (done) break;
    }
    if (!done) return std::nullopt;
  }
  return tree.children.empty() ? "{\"free_text\":\"\"}" : tree.json();
}

}  // namespace hecate::corpus
