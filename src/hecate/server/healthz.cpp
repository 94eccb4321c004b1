#include <fmt/format.h>

#include "base/json_text.h"
#include "server/endpoints.h"

namespace hecate::server {

/// `GET /healthz`: for those who start and stop servers. 503 where no event would be taken, and why.
void healthz(Collector& collector, http::Request&& /*request*/, const http::Respond& respond) {
  const store::LogStats log = collector.log.stats();
  const std::string_view status = collector.stopping          ? "stopping"
                                  : !log.failure.empty()      ? "log cannot be written"
                                  : !collector.log.has_room() ? "busy"
                                                              : "ok";
  http::Response response;
  response.status = status == "ok" ? 200 : 503;
  response.body = fmt::format(R"({{"status":"{}","failure":{},"durable":{},"matched":{}}})", status,
                              log.failure.empty() ? "null" : json_quote(log.failure), collector.log.durable(),
                              collector.metrics.matched_sequence.load());
  respond(std::move(response));
}

}  // namespace hecate::server
