#include <array>

#include "server/endpoints.h"

namespace hecate::server {
namespace {

struct Row {
  std::string_view path;
  std::string_view method;
  Endpoint endpoint;
};

constexpr std::array kRows{
    Row{"/healthz", "GET", healthz},
    Row{"/metrics", "GET", metrics_page},
    Row{"/services/collector", "POST", hec_event},
    Row{"/services/collector/1.0", "POST", hec_event},
    Row{"/services/collector/ack", "POST", hec_ack},
    Row{"/services/collector/ack/1.0", "POST", hec_ack},
    Row{"/services/collector/event", "POST", hec_event},
    Row{"/services/collector/event/1.0", "POST", hec_event},
    Row{"/services/collector/health", "GET", hec_health},
    Row{"/services/collector/health/1.0", "GET", hec_health},
    Row{"/services/collector/raw", "POST", hec_raw},
    Row{"/services/collector/raw/1.0", "POST", hec_raw},
};

}  // namespace

void route(Collector& collector, http::Request&& request, const http::Respond& respond) {
  std::string_view path = request.path;
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  for (const Row& row : kRows) {
    if (row.path != path) continue;
    if (row.method == request.method || (row.method == "GET" && request.method == "HEAD")) {
      return row.endpoint(collector, std::move(request), respond);
    }
    return respond({.status = 405,
                    .body = R"({"text":"The requested method is not allowed","code":405})",
                    .headers = {{"Allow", std::string(row.method)}}});
  }
  respond({.status = 404, .body = R"({"text":"The requested URL was not found on this server.","code":404})"});
}

}  // namespace hecate::server
