#include "engine/alerts.h"

#include <algorithm>

namespace hecate::engine {
namespace {

using Trigger = content::AlertRule::Trigger;

/// Whether so many rows and any number more make an alert.
bool holds_from(const content::AlertRule& alert, int64_t rows) {
  return (alert.trigger == Trigger::Above || alert.trigger == Trigger::NotEqual) && rows > alert.threshold;
}

/// Whether so many rows and any number more make none.
bool fails_from(const content::AlertRule& alert, int64_t rows) {
  return (alert.trigger == Trigger::Below && rows >= alert.threshold) ||
         (alert.trigger == Trigger::Equal && rows > alert.threshold);
}

}  // namespace

bool Alerts::groups(const content::AlertRule& alert) const {
  using Grouping = content::AlertRule::Grouping;
  return alert.grouping == Grouping::SingleAlert || (as_service_ && alert.grouping == Grouping::Default);
}

void Alerts::add(Finding row) {
  const content::AlertRule* alert = row.detection->alert.get();
  if (alert == nullptr || !row.suppressed_by.empty()) return pass_(std::move(row));
  Held& held = held_[{row.detection, row.scheduled_at}];
  ++held.rows;
  if (groups(*alert)) return merge(std::move(row), held);
  add_single(std::move(row), held);
}

void Alerts::add_single(Finding row, Held& held) {
  const content::AlertRule& alert = *row.detection->alert;
  if (held.open) return pass_(std::move(row));
  if (fails_from(alert, held.rows)) {
    held.waiting.clear();
    return;
  }
  held.waiting.push_back(std::move(row));
  if (!holds_from(alert, held.rows)) return;
  held.open = true;
  for (Finding& waiting : held.waiting) pass_(std::move(waiting));
  held.waiting.clear();
}

/// A column of the alert has the values of all its rows, in order; its place and source are the first one's.
void Alerts::merge(Finding row, Held& held) const {
  Finding& alert = held.alert;
  if (held.rows == 1) {
    alert = std::move(row);
    return;
  }
  alert.id = finding_id(*alert.detection, "alert", alert.id + row.id);
  alert.count += row.count;
  if (row.first_time && (!alert.first_time || *row.first_time < *alert.first_time)) alert.first_time = row.first_time;
  if (row.last_time && (!alert.last_time || *row.last_time > *alert.last_time)) alert.last_time = row.last_time;
  alert.time = alert.last_time;
  if (held.rows > kShownRows) return;
  for (ResultField& field : alert.result) {
    const auto same = std::find_if(row.result.begin(), row.result.end(),
                                   [&](const ResultField& other) { return other.name == field.name; });
    std::vector<std::string> texts;
    const Value old = field.value.get();
    if (held.rows == 2) {
      texts.push_back(value_text(old));
    } else {
      for (const Value& value : old.as_list()) texts.push_back(value_text(value));
    }
    texts.push_back(same == row.result.end() ? std::string() : value_text(same->value.get()));
    field.value = OwnedValue::many(texts);
  }
}

bool Alerts::finish(const content::Detection& detection, std::optional<Ticks> at) {
  if (!detection.alert || detection.type.empty()) return false;
  const auto found = held_.extract(Run{&detection, at});
  Held held = found.empty() ? Held() : std::move(found.mapped());
  if (held.open) return true;
  if (!detection.alert->triggers(held.rows)) return false;
  if (held.rows == 0) {
    // Too few rows are what the rule is about: a source that has gone quiet.
    held.alert.detection = &detection;
    held.alert.count = 0;
    held.alert.id = finding_id(detection, at ? format_rfc3339(*at) : "alert", "no rows");
    held.alert.scheduled_at = at;
    pass_(std::move(held.alert));
  } else if (groups(*detection.alert)) {
    pass_(std::move(held.alert));
  } else {
    for (Finding& waiting : held.waiting) pass_(std::move(waiting));
  }
  return true;
}

}  // namespace hecate::engine
