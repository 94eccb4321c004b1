#include <fmt/format.h>

#include "base/json_text.h"
#include "output/output.h"

namespace hecate::output {
namespace {

std::string text_or_null(std::string_view text) { return text.empty() ? "null" : json_quote(text); }

template <typename T, typename Print>
std::string object_array(const std::vector<T>& items, Print print) {
  std::string out = "[";
  for (size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "" : ",") + print(items[i]);
  return out + "]";
}

std::string text_members(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out = "{";
  for (const auto& [name, value] : members)
    out += fmt::format("{}{}:{}", out.size() > 1 ? "," : "", json_quote(name), json_quote(value));
  return out + "}";
}

std::string details_json(const Finding& finding) {
  std::string out = "{";
  for (const auto& [name, values] : finding.custom_details)
    out += fmt::format("{}{}:{}", out.size() > 1 ? "," : "", json_quote(name), json_list(values));
  return out + "}";
}

std::string result_json(const std::vector<ResultField>& result) {
  std::string out = "{";
  for (const ResultField& field : result) {
    if (out.size() > 1) out += ',';
    append_json_quoted(field.name, out);
    out += ':';
    append_value_json(field.value.get(), out);
  }
  return out + "}";
}

class NdjsonWriter final : public Writer {
 public:
  explicit NdjsonWriter(std::FILE* out, bool rows) : out_(out), rows_(rows) {}
  void write(const Finding& finding) override {
    const std::string line = (rows_ ? result_json(finding.result) : to_ndjson(finding)) + "\n";
    std::fwrite(line.data(), 1, line.size(), out_);
  }
  void finish() override { std::fflush(out_); }

 private:
  std::FILE* out_;
  bool rows_;
};

}  // namespace

std::string to_ndjson(const Finding& finding) {
  const content::Detection& detection = *finding.detection;
  std::string out = fmt::format(R"({{"finding_id":"{}","detection_id":{},"title":{},"language":"{}","severity":"{}")",
                                finding.id, json_quote(detection.id), json_quote(finding.shown_title()),
                                to_string(detection.language), content::to_string(finding.severity()));
  out += fmt::format(R"(,"time":{},"first_time":{},"last_time":{},"count":{})", json_time(finding.time),
                     json_time(finding.first_time), json_time(finding.last_time), finding.count);
  out += fmt::format(R"(,"attack":{{"tactics":{},"techniques":{}}})", json_list(finding.attack().tactics),
                     json_list(finding.attack().techniques));
  out += R"(,"entities":)" + object_array(finding.entities, [](const Entity& e) {
           const std::string identifiers =
               e.identifiers.empty() ? "" : R"(,"identifiers":)" + text_members(e.identifiers);
           return fmt::format(R"({{"type":{},"value":{}{}}})", json_quote(e.type), json_quote(e.value), identifiers);
         });
  out += R"(,"risk":)" + object_array(finding.risk, [](const RiskEntry& r) {
           return fmt::format(R"({{"object":{},"type":{},"score":{}}})", json_quote(r.object), json_quote(r.type),
                              r.score);
         });
  out += R"(,"threat_objects":)" + object_array(finding.threat_objects, [](const ThreatEntry& t) {
           return fmt::format(R"({{"field":{},"type":{},"value":{}}})", json_quote(t.field), json_quote(t.type),
                              json_quote(t.value));
         });
  out += fmt::format(R"(,"message":{},"result":{})", text_or_null(finding.message), result_json(finding.result));
  if (!finding.custom_details.empty()) out += R"(,"custom_details":)" + details_json(finding);
  if (!finding.properties.empty()) out += R"(,"properties":)" + text_members(finding.properties);
  out += finding.source ? fmt::format(R"(,"source":{{"file":{},"record":{}}})", json_quote(finding.source->file),
                                      finding.source->record)
                        : std::string(R"(,"source":null)");
  if (finding.scheduled_at) out += R"(,"scheduled_at":)" + json_time(finding.scheduled_at);
  return out + fmt::format(R"(,"suppressed_by":{}}})", text_or_null(finding.suppressed_by));
}

std::unique_ptr<Writer> make_ndjson_writer(std::FILE* out) { return std::make_unique<NdjsonWriter>(out, false); }
std::unique_ptr<Writer> make_rows_ndjson_writer(std::FILE* out) { return std::make_unique<NdjsonWriter>(out, true); }

}  // namespace hecate::output
