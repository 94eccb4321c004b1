#include "base/text.h"
#include "server/endpoints.h"

namespace hecate::server {

/// `POST /services/collector/event`: envelopes in JSON.
void hec_event(Collector& collector, http::Request&& request, const http::Respond& respond) {
  Sender sender;
  if (const auto fault = receive(collector, request, sender)) return answer(collector, *fault, respond);
  EventDefaults defaults = defaults_of(request, *sender.token);
  // Splunk looks into an event for its time only where it is asked to.
  const std::string extract = request.parameter("auto_extract_timestamp");
  if (!equals_ignoring_case(extract, "true") && extract != "1") defaults.time = clock_time();
  thread_local HecEvents events;
  EventLines lines;
  if (const auto fault = events.read_envelopes(request.body, defaults, *sender.token, lines)) {
    return answer(collector, *fault, respond);
  }
  take(collector, request, sender, std::move(lines), respond);
}

}  // namespace hecate::server
