#include "server/endpoints.h"

namespace hecate::server {

/// `POST /services/collector/raw`: lines of any text. The times that they say are read when they are matched.
void hec_raw(Collector& collector, http::Request&& request, const http::Respond& respond) {
  Sender sender;
  if (const auto fault = receive(collector, request, sender)) return answer(collector, *fault, respond);
  EventDefaults defaults = defaults_of(request, *sender.token);
  if (!is_index_name(defaults.index) || !sender.token->allows(defaults.index)) {
    return answer(collector, {Hec::IncorrectIndex, std::nullopt}, respond);
  }
  if (request.has_parameter("time")) {
    defaults.time = parse_epoch_time(request.parameter("time"));
    if (!defaults.time) return answer(collector, {Hec::InvalidData, std::nullopt}, respond);
  }
  EventLines lines;
  if (const auto fault = HecEvents::read_lines(request.body, defaults, clock_time(), lines)) {
    return answer(collector, *fault, respond);
  }
  take(collector, request, sender, std::move(lines), respond);
}

}  // namespace hecate::server
