#include "synthesis/record_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_text.h"
#include "synthesis/document.h"

namespace hecate::synthesis {
namespace {

using catalog::Condition;

/// The paths that slots stand for.
std::map<size_t, std::string> paths_by_slot(const ingest::PathSet& set) {
  std::map<size_t, std::string> paths;
  std::vector<std::pair<uint32_t, std::string>> open{{0, ""}};
  const auto& nodes = set.nodes();
  while (!open.empty()) {
    const auto [number, path] = open.back();
    open.pop_back();
    const auto& node = nodes[number];
    if (node.slot >= 0) paths.emplace(static_cast<size_t>(node.slot), path);
    for (const uint32_t slot : node.more_slots) paths.emplace(slot, path);
    for (const auto& [key, child] : node.children) {
      const bool elements = key == "{}";
      open.emplace_back(child, path + (path.empty() || elements ? "" : ".") + key);
    }
  }
  return paths;
}

std::string in_template(std::string_view pattern, std::string field) {
  std::string result(pattern);
  for (const std::string_view hole : {std::string_view("{}"), std::string_view("{camel}")}) {
    const size_t at = result.find(hole);
    if (at == std::string::npos) continue;
    if (hole == "{camel}" && !field.empty() && field[0] >= 'A' && field[0] <= 'Z')
      field[0] = static_cast<char>(field[0] - 'A' + 'a');
    return result.replace(at, hole.size(), field);
  }
  return result;
}

std::string json_of(const FieldNeeds::Content& content, const std::string& value) {
  return content.number || content.json ? value : json_quote(value);
}

}  // namespace

std::vector<RecordForm> RecordForm::of(const Catalog& catalog, RecordType type) {
  if (type == RecordType::Generic) return {RecordForm(catalog, type, nullptr)};
  std::vector<RecordForm> forms;
  const catalog::SourceData* source = catalog.model().source_of(type);
  for (size_t i = 0; source != nullptr && i < source->shapes.size(); ++i) {
    if (source->shapes[i].of == ingest::Shape::Json) forms.push_back(RecordForm(catalog, type, &source->shapes[i]));
  }
  return forms;
}

bool RecordForm::has_place(const std::string& path) const {
  for (const auto& [field, places] : shape_->fields) {
    if (std::find(places.begin(), places.end(), path) != places.end()) return true;
  }
  return std::any_of(shape_->templates.begin(), shape_->templates.end(), [&](const std::string& pattern) {
    const size_t hole = pattern.find('{');
    return hole > 0 && path.starts_with(pattern.substr(0, hole));
  });
}

std::string RecordForm::path_of(std::string_view raw_field) const {
  const std::string field(raw_field);
  if (shape_ == nullptr) return field;
  const std::vector<std::string> known = catalog_->raw_paths(type_, raw_field);
  const auto is_known = [&](const std::string& path) {
    return std::find(known.begin(), known.end(), path) != known.end();
  };
  if (const auto own = shape_->fields.find(field); own != shape_->fields.end()) {
    // The plainest of them.
    auto places = own->second;
    std::stable_sort(places.begin(), places.end(),
                     [](const auto& a, const auto& b) { return a.find('#') == a.npos && b.find('#') != b.npos; });
    for (const std::string& place : places) {
      if (is_known(place)) return place;
    }
  }
  for (const std::string& pattern : shape_->templates) {
    const std::string place = in_template(pattern, field);
    if (is_known(place)) return place;
  }
  return known.empty() ? field : known.back();
}

ExprPtr RecordForm::condition(const Condition& condition, const std::map<size_t, std::string>& paths) const {
  if (condition.op == Condition::Op::Any || condition.op == Condition::Op::All) {
    std::vector<ExprPtr> parts;
    for (const Condition& part : condition.parts) parts.push_back(this->condition(part, paths));
    return condition.op == Condition::Op::Any ? make_or(std::move(parts)) : make_and(std::move(parts));
  }
  // Of several places the one where the form has the field.
  std::string place;
  int rank = -1;
  for (const size_t slot : condition.slots) {
    const auto path = paths.find(slot);
    if (path == paths.end() || path->second.starts_with('\xff')) continue;
    const bool plain = path->second.find('#') == std::string::npos;
    const int own = (shape_ != nullptr && has_place(path->second) ? 2 : 0) + (plain ? 1 : 0);
    if (own <= rank) continue;
    rank = own;
    place = path->second;
  }
  if (place.empty()) return make_bool(condition.op == Condition::Op::Missing);
  ExprPtr field = make_raw_field(place);
  if (condition.op == Condition::Op::Exists) return make_call("text.exists", {field}, Type::Bool);
  if (condition.op == Condition::Op::Missing) return make_not(make_call("text.exists", {field}, Type::Bool));
  Match match{field, MatchOp::Equals, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, condition.values};
  if (condition.op == Condition::Op::EqualsAnyCase) match.casing = Casing::Insensitive;
  if (condition.op == Condition::Op::Prefix) match.op = MatchOp::StartsWith;
  if (condition.op == Condition::Op::Contains) match.op = MatchOp::Contains;
  if (condition.op == Condition::Op::Matches) match.op = MatchOp::Regex;
  if (condition.op == Condition::Op::AnyBit) match.patterns = {std::to_string(condition.bits & -condition.bits)};
  return make_match(std::move(match));
}

std::vector<ExprPtr> RecordForm::conditions() const {
  std::vector<ExprPtr> all;
  if (shape_ == nullptr) return all;
  const auto paths = paths_by_slot(catalog_->model().paths);
  for (const Condition& each : shape_->when) all.push_back(condition(each, paths));
  for (const Condition& each : catalog_->model().type(type_).when) all.push_back(condition(each, paths));
  return all;
}

std::map<std::string, std::string> RecordForm::metadata() const {
  std::map<std::string, std::string> known;
  if (shape_ == nullptr) {
    known["index"] = "main";
    return known;
  }
  const catalog::SplunkMetadata& splunk = catalog_->model().type(type_).splunk;
  known["sourcetype"] = shape_->sourcetype.empty() ? splunk.sourcetype : shape_->sourcetype;
  known["source"] = splunk.source;
  known["index"] = splunk.index.empty() ? "main" : splunk.index;
  std::erase_if(known, [](const auto& entry) { return entry.second.empty(); });
  return known;
}

std::optional<std::string> written(const EventContent& event) {
  Document document;
  for (const auto& [path, content] : event.fields) {
    if (path.find("{}") == std::string::npos && content.values.size() > 1) return std::nullopt;
    for (size_t i = 0; i < content.values.size(); ++i) {
      if (!document.put(path, json_of(content, content.values[i]), i)) return std::nullopt;
    }
  }
  if (!event.free_text.empty() && !document.put("free_text", json_quote(event.free_text))) return std::nullopt;
  if (document.empty()) (void)document.put("free_text", json_quote("synthetic"));
  std::string line = fmt::format("{{\"time\":{:.3f}", event.time);
  for (const auto& [key, value] : event.envelope) line += "," + json_quote(key) + ":" + json_quote(value);
  return line + ",\"event\":" + document.json() + "}\n";
}

}  // namespace hecate::synthesis
