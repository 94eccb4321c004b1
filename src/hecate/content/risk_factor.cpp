#include <fmt/format.h>

#include <array>

#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

constexpr std::array<std::string_view, 6> kRiskFactorKeys{"risk_factor", "title", "description",
                                                          "search",      "add",   "multiply"};

}  // namespace

void load_risk_factor(const yaml::Node& document, const DocumentContext& context, Content& content) {
  refuse_unknown_keys(document, kRiskFactorKeys, context);
  RiskFactor factor;
  Detection& search = factor.search;
  search.language = Language::Spl;
  search.path = context.path;
  search.pack = context.pack;
  search.id = std::string(required_text(document, "risk_factor", context));
  search.title = document.text_of("title").empty() ? search.id : std::string(document.text_of("title"));
  search.span = document.find("risk_factor")->span;
  const yaml::Node* condition = document.find("search");
  if (condition == nullptr || !condition->is_scalar()) {
    context.sink.report(kMissingKey, document.span, "`search` is missing",
                        "which risk events are meant, as in `search: risk_object_type=user risk_object=admin*`");
    return;
  }
  search.query.append_generated("search index=risk ", condition->span);
  search.query.append(condition->scalar, 0, condition->scalar.view().size());
  const auto number = [&](std::string_view key, double& to) {
    const yaml::Node* value = document.find(key);
    if (value == nullptr) return true;
    const std::optional<double> read = value->as_number();
    if (!read) context.sink.report(kWrongType, value->span, fmt::format("`{}` must be a number", key));
    to = read.value_or(to);
    return read.has_value();
  };
  if (!number("add", factor.add) || !number("multiply", factor.multiply)) return;
  content.risk_factors.push_back(std::move(factor));
}

}  // namespace hecate::content
