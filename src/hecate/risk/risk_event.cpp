#include "risk/risk_event.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_text.h"
#include "base/text.h"

namespace hecate::risk {
namespace {

std::vector<Tactic> tactics_of(const content::Attack& named, const Attack& attack) {
  std::vector<Tactic> tactics;
  const auto add = [&](Tactic tactic) {
    const bool known =
        std::any_of(tactics.begin(), tactics.end(), [&](const Tactic& other) { return other.name == tactic.name; });
    if (!known) tactics.push_back(std::move(tactic));
  };
  for (const std::string& name : named.tactics) add(attack.tactic(name));
  for (const std::string& technique : named.techniques) {
    for (Tactic& tactic : attack.tactics_of(technique)) add(std::move(tactic));
  }
  return tactics;
}

/// What brings the rows behind the event back, as ES writes it.
std::string search_for(const content::Detection& detection, const RiskEntry& entry) {
  const auto quoted = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  };
  return fmt::format("| savedsearch {} | search {}={}", quoted(detection.title), entry.field, quoted(entry.object));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ascii_lower);
  return text;
}

std::string number_json(double number) { return fmt::format("{}", number); }

}  // namespace

std::vector<RiskEvent> risk_events(const Finding& finding, const Attack& attack, std::optional<Ticks> now) {
  std::vector<RiskEvent> events;
  for (const RiskEntry& entry : finding.risk) {
    RiskEvent& event = events.emplace_back();
    event.finding_id = finding.id;
    event.detection = finding.detection;
    event.time = finding.time ? finding.time : finding.last_time ? finding.last_time : now;
    event.object = entry.object;
    event.type = entry.type;
    event.message = entry.message.empty() ? finding.message : entry.message;
    event.contributing_events_search = search_for(*finding.detection, entry);
    event.score = event.calculated_score = static_cast<double>(entry.score);
    event.threat_objects = finding.threat_objects;
    event.techniques = finding.detection->attack.techniques;
    event.tactics = tactics_of(finding.detection->attack, attack);
  }
  return events;
}

void append_hec_line(const RiskEvent& event, std::string& out) {
  const std::string title = json_quote(event.detection->title);
  out += '{';
  if (event.time) out += fmt::format(R"("time":{:.6f},)", epoch_seconds(*event.time));
  out += fmt::format(R"("index":"risk","sourcetype":"stash","source":{},"event":{{"search_name":{},"orig_sid":{})",
                     title, title, json_quote(event.finding_id));
  out += fmt::format(R"(,"risk_object":{},"risk_object_type":{},"normalized_risk_object":{})", json_quote(event.object),
                     json_quote(event.type), json_quote(lower(event.object)));
  out += fmt::format(R"(,"risk_score":{},"calculated_risk_score":{},"risk_message":{})", number_json(event.score),
                     number_json(event.calculated_score), json_quote(event.message));
  const auto& threats = event.threat_objects;
  if (!threats.empty()) {
    out += R"(,"threat_object":)" + json_list(threats, [](const ThreatEntry& t) { return t.value; });
    out += R"(,"threat_object_type":)" + json_list(threats, [](const ThreatEntry& t) { return t.type; });
  }
  out += fmt::format(R"(,"contributing_events_search":{})", json_quote(event.contributing_events_search));
  out += R"(,"analyticstories":)" + json_list(event.detection->stories);
  out += R"(,"annotations":{"mitre_attack":{"mitre_technique_id":)" + json_list(event.techniques);
  out += R"(,"mitre_tactic":)" + json_list(event.tactics, [](const Tactic& t) { return t.name; });
  std::vector<Tactic> known = event.tactics;
  std::erase_if(known, [](const Tactic& tactic) { return tactic.id.empty(); });
  out += R"(,"mitre_tactic_id":)" + json_list(known, [](const Tactic& t) { return t.id; });
  out += "}}}}\n";
}

}  // namespace hecate::risk
