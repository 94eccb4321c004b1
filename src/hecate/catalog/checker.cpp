#include <fmt/format.h>

#include <algorithm>

#include "catalog/codes.h"
#include "catalog/loader.h"

namespace hecate::catalog {

bool Checker::mapping(const yaml::Node& node, std::string_view what) const {
  if (node.is_mapping()) return true;
  wrong(node.span, fmt::format("{} must be a mapping", what));
  return false;
}

void Checker::keys(const yaml::Node& node, std::initializer_list<std::string_view> allowed) const {
  for (const auto& [key, value] : node.entries) {
    if (std::find(allowed.begin(), allowed.end(), key->text()) != allowed.end()) continue;
    unknown(kUnknownKey, key->span, "key", key->text(), std::vector(allowed));
  }
}

std::string Checker::text(const yaml::Node& node, std::string_view key) const {
  const yaml::Node* value = node.find(key);
  if (value == nullptr) return {};
  if (!value->is_scalar()) wrong(value->span, fmt::format("`{}` must be a text", key));
  return std::string(value->text());
}

std::string Checker::required(const yaml::Node& node, std::string_view key) const {
  std::string value = text(node, key);
  if (value.empty()) sink_.report(kMissingKey, node.span, fmt::format("`{}` is missing", key));
  return value;
}

std::vector<std::string> Checker::texts(const yaml::Node& node, std::string_view key) const {
  const yaml::Node* value = node.find(key);
  return value == nullptr ? std::vector<std::string>() : texts(*value);
}

std::vector<std::string> Checker::texts(const yaml::Node& value) const {
  std::vector<std::string> result;
  if (value.is_scalar()) return {std::string(value.text())};
  if (!value.is_sequence()) wrong(value.span, "a text or a list of texts is expected here");
  for (const yaml::NodePtr& item : value.items) {
    if (!item->is_scalar()) wrong(item->span, "a text is expected here");
    result.emplace_back(item->text());
  }
  return result;
}

void Checker::wrong(Span span, std::string message, std::string hint) const {
  sink_.report(kWrongValue, span, std::move(message), std::move(hint));
}

void Checker::unknown(const DiagnosticCode& code, Span span, std::string_view kind, std::string_view name,
                      const std::vector<std::string_view>& known) const {
  const std::string_view near = nearest(name, known);
  sink_.report(code, span, fmt::format("there is no {} `{}`", kind, name),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
}

}  // namespace hecate::catalog
