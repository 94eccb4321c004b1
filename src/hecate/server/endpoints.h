#pragma once

#include "http/message.h"
#include "server/collector.h"

namespace hecate::server {

/// Answers a request, now or later. One file each.
using Endpoint = void (*)(Collector& collector, http::Request&& request, const http::Respond& respond);

void hec_event(Collector& collector, http::Request&& request, const http::Respond& respond);
void hec_raw(Collector& collector, http::Request&& request, const http::Respond& respond);
void hec_ack(Collector& collector, http::Request&& request, const http::Respond& respond);
void hec_health(Collector& collector, http::Request&& request, const http::Respond& respond);
void healthz(Collector& collector, http::Request&& request, const http::Respond& respond);
void metrics_page(Collector& collector, http::Request&& request, const http::Respond& respond);

/// Calls the endpoint of the request's path and method.
void route(Collector& collector, http::Request&& request, const http::Respond& respond);

}  // namespace hecate::server
