#pragma once

#include <optional>
#include <string>
#include <vector>

#include "content/content.h"
#include "plan/value.h"

namespace hecate {

struct ResultField {
  std::string name;
  OwnedValue value;
  /// The detection itself reads or names it. Tables for eyes leave the other fields of a whole event out.
  bool key = true;
};

struct Entity {
  std::string type, value;
  /// Sentinel: "HostName" and what it is; the first is the value.
  std::vector<std::pair<std::string, std::string>> identifiers = {};
};

struct RiskEntry {
  std::string object, type;
  int64_t score = 0;
  std::string field{};    // where the object stands
  std::string message{};  // where it has one of its own
};

struct ThreatEntry {
  std::string field, type, value;
};

/// What a detection found, as downstream tools read it. The names of its NDJSON form are a contract.
struct Finding {
  std::string id;  // deterministic: the same finding has it in every run
  const content::Detection* detection = nullptr;
  std::optional<Ticks> time, first_time, last_time;
  int64_t count = 1;  // events behind it
  std::vector<Entity> entities;
  std::vector<RiskEntry> risk;
  std::vector<ThreatEntry> threat_objects;
  std::string message;  // empty: the detection has none
  /// Where the alert says something else than its detection does.
  std::string title;
  std::optional<content::Level> level;
  std::optional<content::Attack> own_attack;
  /// Sentinel: custom details with their different values, and the alert's other properties.
  std::vector<std::pair<std::string, std::vector<std::string>>> custom_details;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<ResultField> result;
  struct Source {
    std::string file;
    uint64_t record = 0;
  };
  std::optional<Source> source;       // of the first event behind it
  std::optional<Ticks> scheduled_at;  // the time of the run that found it, where its schedule was replayed
  std::string suppressed_by;          // a filter's id, or empty
  std::string suppressed_by_title;
  bool whole_event = false;  // `result` is one event, not a row of its own making

  [[nodiscard]] content::Level severity() const { return level.value_or(detection->level); }
  [[nodiscard]] const content::Attack& attack() const { return own_attack ? *own_attack : detection->attack; }
  [[nodiscard]] const std::string& shown_title() const { return title.empty() ? detection->title : title; }
};

/// Fills entities, risk, threat objects and message from the result row, by what the detection declares.
void describe(Finding& finding);

/// `$field$` replaced by the row's value; a field that the row lacks stays as it is written, so that a reader
/// sees what is missing.
[[nodiscard]] std::string fill_template(std::string_view text, const Finding& finding);

/// The same for `{{Column}}`: of several rows, the first one's value.
[[nodiscard]] std::string fill_columns(std::string_view text, const Finding& finding);
/// The columns that such a text names.
[[nodiscard]] std::vector<std::string_view> columns_of(std::string_view text);

/// The names between `$`s of a text that `fill_template` may fill. A name has no blanks.
[[nodiscard]] std::vector<std::string_view> template_fields(std::string_view text);

/// hash(detection, language, window, keys): `keys` are the group keys, or the bytes and positions of the
/// source events where there are none.
[[nodiscard]] std::string finding_id(const content::Detection& detection, std::string_view window,
                                     std::string_view keys);

}  // namespace hecate
