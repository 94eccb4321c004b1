#include "engine/make_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/event_fields.h"

namespace hecate::engine {
namespace {

void add_result(const Plan& plan, const std::string& name, const Value& value, Finding& finding) {
  // Whole events show what they have, not the hundred columns that their schema could have.
  const bool empty = value.is_null() || (value.is_text() && value.as_text().empty());
  if (plan.whole_event && empty) return;
  const auto same =
      std::find_if(finding.result.begin(), finding.result.end(), [&](const ResultField& f) { return f.name == name; });
  if (same != finding.result.end()) {
    same->value = OwnedValue(value);
  } else {
    finding.result.push_back({name, OwnedValue(value), true});
  }
}

/// A pivot's columns behind those that the search names.
void add_columns(std::vector<ResultField> columns, Finding& finding) {
  for (ResultField& column : columns) {
    const bool named = std::any_of(finding.result.begin(), finding.result.end(),
                                   [&](const ResultField& f) { return f.name == column.name; });
    if (!named) finding.result.push_back(std::move(column));
  }
}

void mark_keys(const CompiledDetection& compiled, Finding& finding) {
  finding.whole_event = compiled.plan.whole_event;
  if (!finding.whole_event) return;
  for (ResultField& field : finding.result) field.key = compiled.key_fields.contains(field.name);
}

/// The values of the last aggregate's keys, as far as the result shows them.
std::string group_keys(const Plan& plan, const tail::Row& row) {
  const Aggregate* last = nullptr;
  for (const Node& node : plan.nodes) {
    if (const auto* aggregate = std::get_if<Aggregate>(&node.op)) last = aggregate;
  }
  std::string keys;
  for (size_t i = 0; last != nullptr && i < plan.output.size(); ++i) {
    const bool is_key = std::any_of(last->keys.begin(), last->keys.end(),
                                    [&](const Aggregate::Key& key) { return key.id == plan.output[i].column; });
    if (is_key) keys += fmt::format("{}\xFE{}\xFE", plan.output[i].name, value_text(row.values[i].get()));
  }
  return keys;
}

}  // namespace

Finding finding_of(const CompiledDetection& compiled, const stream::EventView& event, const stream::Hit& hit,
                   uint64_t hash) {
  Finding finding;
  finding.detection = compiled.detection;
  finding.time = finding.first_time = finding.last_time = event.metadata.time;
  const Plan& plan = compiled.plan;
  const bool whole_spl = plan.whole_event && plan.language == Language::Spl;
  if (whole_spl) finding.result = event_fields(event.record, event.metadata);
  const auto& live = compiled.cut.head.live;
  for (const OutputColumn& output : plan.output) {
    const auto at = static_cast<size_t>(std::lower_bound(live.begin(), live.end(), output.column) - live.begin());
    if (at >= live.size() || live[at] != output.column) continue;
    add_result(plan, output.name, hit.live[at], finding);
  }
  mark_keys(compiled, finding);
  finding.id = finding_id(*compiled.detection, "all", fmt::format("{:016x}", hash));
  if (hit.suppressed_by != nullptr) {
    finding.suppressed_by = hit.suppressed_by->id;
    finding.suppressed_by_title = hit.suppressed_by->title;
  }
  return finding;
}

Finding finding_of(const CompiledDetection& compiled, const tail::Row& row, std::optional<Ticks> at) {
  Finding finding;
  finding.scheduled_at = at;
  finding.detection = compiled.detection;
  finding.first_time = row.first_time;
  finding.time = finding.last_time = row.last_time;
  finding.count = row.events;
  const Plan& plan = compiled.plan;
  if (plan.whole_event && !row.rest.empty()) finding.result = fields_from_json(row.rest);
  for (size_t i = 0; i < plan.output.size(); ++i) add_result(plan, plan.output[i].name, row.values[i].get(), finding);
  if (plan.open_row && !row.rest.empty()) add_columns(fields_from_json(row.rest), finding);
  mark_keys(compiled, finding);
  const std::string keys = group_keys(plan, row);
  // A group is counted anew in each run; rows of events are the same ones whichever run sees them.
  const std::string window = at && !keys.empty() ? format_rfc3339(*at) : "all";
  finding.id = finding_id(*compiled.detection, window, keys.empty() ? fmt::format("{:016x}", row.hash) : keys);
  return finding;
}

}  // namespace hecate::engine
