#include "finding/finding.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "content/documents.h"

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

bool has_column(const Finding& finding, std::string_view name) {
  return std::any_of(finding.result.begin(), finding.result.end(),
                     [&](const ResultField& field) { return field.name == name; });
}

/// A mapping's entities: one for each row, of all the identifiers that the row has. An empty text is nobody.
void add_entities(const content::EntityMapping& mapping, std::set<std::pair<std::string, std::string>>& seen,
                  Finding& finding) {
  if (mapping.identifier.empty()) {
    for (std::string& value : objects_of(finding, mapping.field)) {
      if (seen.emplace(mapping.type, value).second) finding.entities.push_back({mapping.type, std::move(value)});
    }
    return;
  }
  std::vector<std::vector<std::string>> columns{values_of(finding, mapping.field)};
  for (const auto& other : mapping.others) columns.push_back(values_of(finding, other.field));
  size_t rows = 0;
  for (const auto& column : columns) rows = std::max(rows, column.size());
  for (size_t row = 0; row < rows; ++row) {
    Entity entity{mapping.type, {}};
    std::string key;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (row >= columns[i].size() || columns[i][row].empty()) continue;
      const std::string& name = i == 0 ? mapping.identifier : mapping.others[i - 1].name;
      if (entity.value.empty()) entity.value = columns[i][row];
      key += name + '\xFF' + columns[i][row] + '\xFF';
      entity.identifiers.emplace_back(name, columns[i][row]);
    }
    if (!entity.identifiers.empty() && seen.emplace(mapping.type, key).second)
      finding.entities.push_back(std::move(entity));
  }
}

/// The tactics or techniques that a column holds: a list, or names between commas.
std::vector<std::string> names_in(const Finding& finding, std::string_view column) {
  std::vector<std::string> names;
  for (const std::string& value : values_of(finding, column)) {
    std::string name;
    for (const char c : value + ',') {
      if (c == '[' || c == ']' || c == '"') continue;
      if (c != ',' && c != '\n') {
        name += c;
        continue;
      }
      const std::string found(trim(name));
      if (!found.empty() && std::find(names.begin(), names.end(), found) == names.end()) names.push_back(found);
      name.clear();
    }
  }
  return names;
}

/// What the rows say of their alert goes before what the rule says
/// (https://learn.microsoft.com/azure/sentinel/customize-alert-details).
void describe_alert(const content::AlertRule& alert, Finding& finding) {
  if (!alert.title.empty()) finding.title = fill_columns(alert.title, finding);
  if (!alert.description.empty()) finding.message = fill_columns(alert.description, finding);
  if (!alert.severity_column.empty()) {
    const auto values = values_of(finding, alert.severity_column);
    if (!values.empty()) finding.level = content::level_by_name(values.front());
  }
  content::Attack attack = finding.detection->attack;
  const auto tactics =
      alert.tactics_column.empty() ? std::vector<std::string>() : names_in(finding, alert.tactics_column);
  if (!tactics.empty()) {
    attack.tactics.clear();
    for (const std::string& tactic : tactics) attack.tactics.push_back(content::tactic_name(tactic));
    finding.own_attack = attack;
  }
  for (const content::AlertRule::Detail& property : alert.properties) {
    if (property.name == "Techniques") {
      const auto techniques = names_in(finding, property.column);
      if (techniques.empty()) continue;
      attack.techniques = techniques;
      finding.own_attack = attack;
      continue;
    }
    const auto values = values_of(finding, property.column);
    if (!values.empty() && !values.front().empty()) finding.properties.emplace_back(property.name, values.front());
  }
  for (const content::AlertRule::Detail& detail : alert.custom_details)
    finding.custom_details.emplace_back(detail.name, objects_of(finding, detail.column));
}

}  // namespace

void describe(Finding& finding) {
  const content::Detection& detection = *finding.detection;
  std::set<std::pair<std::string, std::string>> seen;
  for (const content::EntityMapping& mapping : detection.entities) add_entities(mapping, seen, finding);
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
  if (detection.alert) describe_alert(*detection.alert, finding);
}

std::vector<std::string_view> columns_of(std::string_view text) {
  std::vector<std::string_view> columns;
  for (size_t open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open + 2)) {
    const size_t close = text.find("}}", open);
    if (close == std::string_view::npos) break;
    columns.push_back(trim(text.substr(open + 2, close - open - 2)));
  }
  return columns;
}

std::string fill_columns(std::string_view text, const Finding& finding) {
  std::string out;
  for (;;) {
    const size_t open = text.find("{{");
    const size_t close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return out.append(text);
    const auto values = values_of(finding, trim(text.substr(open + 2, close - open - 2)));
    const bool known = has_column(finding, trim(text.substr(open + 2, close - open - 2)));
    out += text.substr(0, open);
    out += known ? std::string_view(values.empty() ? std::string_view() : std::string_view(values.front()))
                 : text.substr(open, close + 2 - open);
    text.remove_prefix(close + 2);
  }
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
