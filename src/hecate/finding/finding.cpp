#include "finding/finding.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <set>

namespace hecate {
namespace {

/// All values of a field, in order: none, one, or those of a multivalue field.
std::vector<std::string> values_of(const Finding& finding, std::string_view field) {
  std::vector<std::string> result;
  for (const ResultField& entry : finding.result) {
    if (entry.name != field) continue;
    const Value value = entry.value.get();
    if (value.kind() == Kind::Many) {
      for (const Value& element : value.as_list()) result.push_back(value_text(element));
    } else if (!value.is_null()) {
      result.push_back(value_text(value));
    }
  }
  return result;
}

/// The different values of a field that say anything: an object that a multivalue field names twice is one object,
/// and an empty text (KQL's "absent") is nobody.
std::vector<std::string> objects_of(const Finding& finding, std::string_view field) {
  std::vector<std::string> result;
  for (std::string& value : values_of(finding, field)) {
    if (!value.empty() && std::find(result.begin(), result.end(), value) == result.end())
      result.push_back(std::move(value));
  }
  return result;
}

}  // namespace

void describe(Finding& finding) {
  const content::Detection& detection = *finding.detection;
  std::set<std::pair<std::string, std::string>> seen;
  for (const content::EntityMapping& mapping : detection.entities) {
    for (std::string& value : objects_of(finding, mapping.field)) {
      if (!seen.emplace(mapping.type, value).second) continue;
      finding.entities.push_back({mapping.type, std::move(value)});
    }
  }
  for (const content::RiskObject& object : detection.risk.objects) {
    for (std::string& value : objects_of(finding, object.field)) {
      finding.risk.push_back(
          {std::move(value), object.type, object.score, object.field, fill_template(object.message, finding)});
    }
  }
  for (const content::ThreatObject& object : detection.risk.threat_objects) {
    for (std::string& value : objects_of(finding, object.field)) {
      finding.threat_objects.push_back({object.field, object.type, std::move(value)});
    }
  }
  finding.message = fill_template(detection.risk.message, finding);
}

std::string fill_template(std::string_view text, const Finding& finding) {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t open = text.find('$', at);
    const size_t close = open == std::string_view::npos ? open : text.find('$', open + 1);
    if (close == std::string_view::npos) break;
    const auto values = values_of(finding, text.substr(open + 1, close - open - 1));
    if (values.empty()) {  // no such field: the `$` may open a later name
      out += text.substr(at, close - at);
      at = close;
      continue;
    }
    out += text.substr(at, open - at);
    for (size_t i = 0; i < values.size(); ++i) out += (i == 0 ? "" : ", ") + values[i];
    at = close + 1;
  }
  return out.append(text.substr(at));
}

std::vector<std::string_view> template_fields(std::string_view text) {
  std::vector<std::string_view> fields;
  for (size_t open = text.find('$'); open != std::string_view::npos; open = text.find('$', open + 1)) {
    const size_t close = text.find('$', open + 1);
    if (close == std::string_view::npos) break;
    const std::string_view name = text.substr(open + 1, close - open - 1);
    if (!name.empty() && name.find_first_of(" \t\n") == std::string_view::npos) fields.push_back(name);
  }
  return fields;
}

std::string finding_id(const content::Detection& detection, std::string_view window, std::string_view keys) {
  // A byte that no text holds keeps the parts apart.
  const std::string text =
      fmt::format("{}\xFF{}\xFF{}\xFF{}", detection.id, to_string(detection.language), window, keys);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace hecate
