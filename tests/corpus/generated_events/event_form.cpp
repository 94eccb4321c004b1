#include "event_form.h"

#include <map>
#include <memory>

#include "base/json_text.h"

namespace hecate::corpus {
namespace {

using Values = std::vector<std::string>;

Values values_of(const Expr& expr, const Event& event);

Values values_of_call(const Call& call, const Event& event) {
  const std::string& name = call.function;
  Values all;
  for (const ExprPtr& argument : call.arguments) {
    Values values = values_of(*argument, event);
    if (name == "text.coalesce") std::erase(values, "");
    if (name == "text.coalesce" && !values.empty()) return values;
    // Of the other functions of one text (json, hex2dec, null_if…) the values made here are fixed points; the check
    // that counts is the engine's.
    if (name != "text.values" && name != "text.coalesce") return values;
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

Values values_of(const Expr& expr, const Event& event) {
  if (const auto* raw = std::get_if<RawField>(&expr.node)) {
    const auto found = event.find(raw->path);
    return found == event.end() ? Values{} : Values{found->second.text};
  }
  if (const auto* literal = std::get_if<Literal>(&expr.node)) {
    const Value value = literal->value.get();
    return value.is_null() ? Values{} : Values{value_text(value)};
  }
  if (const auto* call = std::get_if<Call>(&expr.node)) return values_of_call(*call, event);
  return {};
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
