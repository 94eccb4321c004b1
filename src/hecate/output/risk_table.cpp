#include <fmt/format.h>

#include <algorithm>

#include "base/json_text.h"
#include "output/output.h"

namespace hecate::output {
namespace {

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

/// One detection may exist in several languages.
std::string name_of(const content::Detection& detection) {
  return fmt::format("{} [{}]", detection.title, to_string(detection.language));
}

/// With how many events, where there is more than one.
std::vector<std::string> detections_of(const risk::ObjectRisk& risk) {
  std::vector<std::string> names;
  for (const auto& [detection, events] : risk.detections) {
    names.push_back(events > 1 ? fmt::format("{} x{}", name_of(*detection), events) : name_of(*detection));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

void print_risk_table(const risk::RiskTable& table, std::FILE* out, const TableOptions& options) {
  const std::vector<const risk::ObjectRisk*> objects = table.by_score();
  std::vector<std::vector<std::string>> rows;
  for (const risk::ObjectRisk* risk : objects) {
    if (rows.size() == options.most_rows) break;
    rows.push_back({fmt::format("{}", risk->score), risk->type, risk->object, fmt::format("{}", risk->events),
                    joined(detections_of(*risk)), joined({risk->tactics.begin(), risk->tactics.end()})});
  }
  fmt::print(out, "risk of {} object{}\n", objects.size(), objects.size() == 1 ? "" : "s");
  if (rows.empty()) return;
  fmt::print(out, "{}",
             format_table({"score", "type", "object", "events", "detections", "tactics"}, rows, options.width));
  if (rows.size() < objects.size()) fmt::print(out, "… and {} more objects\n", objects.size() - rows.size());
}

void print_risk_ndjson(const risk::RiskTable& table, std::FILE* out) {
  for (const risk::ObjectRisk* risk : table.by_score()) {
    std::vector<std::string> ids;
    for (const auto& [detection, events] : risk->detections) ids.push_back(detection->id);
    std::sort(ids.begin(), ids.end());
    fmt::print(out,
               R"({{"risk_object":{},"risk_object_type":{},"risk_score":{},"risk_events":{},"detection_ids":{},)"
               R"("tactics":{},"first_time":{},"last_time":{}}})"
               "\n",
               json_quote(risk->object), json_quote(risk->type), risk->score, risk->events, json_list(ids),
               json_list(risk->tactics), json_time(risk->first_time), json_time(risk->last_time));
  }
}

}  // namespace hecate::output
