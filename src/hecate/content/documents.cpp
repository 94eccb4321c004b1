#include "content/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "content/codes.h"

namespace hecate::content {

std::string_view to_string(Level level) {
  constexpr std::array<std::string_view, 5> kNames{"informational", "low", "medium", "high", "critical"};
  return kNames[static_cast<size_t>(level)];
}

std::optional<Level> level_by_name(std::string_view name) {
  for (const Level level : {Level::Informational, Level::Low, Level::Medium, Level::High, Level::Critical}) {
    if (equals_ignoring_case(name, to_string(level))) return level;
  }
  if (equals_ignoring_case(name, "info")) return Level::Informational;
  return std::nullopt;
}

std::optional<Level> level_by_risk(const Risk& risk) {
  if (risk.objects.empty()) return std::nullopt;
  const auto by_score = [](const RiskObject& a, const RiskObject& b) { return a.score < b.score; };
  const int64_t score = std::max_element(risk.objects.begin(), risk.objects.end(), by_score)->score;
  if (score <= 20) return Level::Informational;
  if (score <= 40) return Level::Low;
  if (score <= 60) return Level::Medium;
  return score <= 80 ? Level::High : Level::Critical;
}

std::string_view required_text(const yaml::Node& document, std::string_view key, const DocumentContext& context) {
  const yaml::Node* value = document.find(key);
  if (value == nullptr) {
    context.sink.report(kMissingKey, document.span, fmt::format("`{}` is missing", key));
    return {};
  }
  if (!value->is_scalar()) {
    context.sink.report(kWrongType, value->span, fmt::format("`{}` must be a text", key));
    return {};
  }
  return value->text();
}

bool has_shape(const yaml::Node& value, yaml::Node::Kind wanted, const DocumentContext& context) {
  if (value.kind == wanted) return true;
  if (value.is_null()) return false;
  const std::string_view name = wanted == yaml::Node::Kind::Sequence  ? "a list"
                                : wanted == yaml::Node::Kind::Mapping ? "a mapping of keys to values"
                                                                      : "a text";
  context.sink.report(kWrongType, value.span, fmt::format("{} is wanted here", name));
  return false;
}

std::vector<std::string> text_list(const yaml::Node& document, std::string_view key) {
  const yaml::Node* value = document.find(key);
  if (value == nullptr) return {};
  const auto texts = value->texts();
  return {texts.begin(), texts.end()};
}

void refuse_unknown_keys(const yaml::Node& mapping, std::span<const std::string_view> known,
                         const DocumentContext& context) {
  for (const auto& [key, value] : mapping.entries) {
    if (std::find(known.begin(), known.end(), key->text()) != known.end()) continue;
    const std::string_view near = nearest(key->text(), known);
    context.sink.report(kUnknownKey, key->span, fmt::format("there is no key `{}` here", key->text()),
                        near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  }
}

std::optional<Detection> query_detection(const yaml::Node& document, Language language, std::string_view query_key,
                                         const DocumentContext& context) {
  Detection detection;
  detection.language = language;
  detection.path = context.path;
  detection.pack = context.pack;
  detection.title = std::string(required_text(document, "name", context));
  detection.id = std::string(document.text_of("id"));
  if (detection.id.empty()) detection.id = detection.title;
  detection.description = std::string(document.text_of("description"));
  detection.author = std::string(document.text_of("author"));
  detection.status = std::string(document.text_of("status"));
  const yaml::Node* query = document.find(query_key);
  if (query == nullptr || !query->is_scalar()) {
    context.sink.report(kWrongType, document.span, fmt::format("`{}` must be a text", query_key));
    return std::nullopt;
  }
  detection.query = query->scalar;
  detection.span = document.find("name") != nullptr ? document.find("name")->span : query->span;
  return detection;
}

std::string tactic_name(std::string_view spelt) {
  std::string out;
  for (size_t i = 0; i < spelt.size(); ++i) {
    const char c = spelt[i];
    const bool upper = c >= 'A' && c <= 'Z';
    const bool separator = c == ' ' || c == '_' || c == '-';
    if ((separator || (upper && i > 0)) && !out.empty() && out.back() != '-') out += '-';
    if (!separator) out += ascii_lower(c);
  }
  return out;
}

std::string technique_id(std::string_view spelt) {
  std::string out(spelt);
  if (!out.empty() && out[0] == 't') out[0] = 'T';
  return out;
}

Risk read_risk(const yaml::Node& mapping, std::string_view objects_key, const DocumentContext& context) {
  Risk risk;
  risk.message = std::string(mapping.text_of("message"));
  const yaml::Node* objects = mapping.find(objects_key);
  if (objects != nullptr && has_shape(*objects, yaml::Node::Kind::Sequence, context)) {
    for (const yaml::NodePtr& item : objects->items) {
      if (!has_shape(*item, yaml::Node::Kind::Mapping, context)) continue;
      const yaml::Node* score = item->find("score");
      const auto number = score == nullptr ? std::nullopt : score->as_integer();
      if (!number) context.sink.report(kWrongType, item->span, "a risk object needs a `score`, a whole number");
      risk.objects.push_back({std::string(required_text(*item, "field", context)), std::string(item->text_of("type")),
                              number.value_or(0), std::string(item->text_of("message"))});
    }
  }
  const yaml::Node* threats = mapping.find("threat_objects");
  if (threats != nullptr && has_shape(*threats, yaml::Node::Kind::Sequence, context)) {
    for (const yaml::NodePtr& item : threats->items) {
      if (!has_shape(*item, yaml::Node::Kind::Mapping, context)) continue;
      risk.threat_objects.push_back(
          {std::string(required_text(*item, "field", context)), std::string(item->text_of("type"))});
    }
  }
  return risk;
}

}  // namespace hecate::content
