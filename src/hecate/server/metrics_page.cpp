#include <fmt/format.h>

#include <iterator>

#include "server/endpoints.h"

namespace hecate::server {

/// `GET /metrics`: Prometheus' text format, version 0.0.4.
void metrics_page(Collector& collector, http::Request&& /*request*/, const http::Respond& respond) {
  const Metrics& metrics = collector.metrics;
  const store::LogStats log = collector.log.stats();
  std::string out;
  const auto counter = [&](std::string_view name, std::string_view help, uint64_t value) {
    append_metric(name, "counter", help, value, out);
  };
  const auto gauge = [&](std::string_view name, std::string_view help, uint64_t value) {
    append_metric(name, "gauge", help, value, out);
  };
  out +=
      "# HELP hecate_hec_replies_total Answers of the event collector, by Splunk's code\n"
      "# TYPE hecate_hec_replies_total counter\n";
  for (size_t code = 0; code < metrics.replies.size(); ++code) {
    if (const uint64_t count = metrics.replies[code]; count > 0 || code == 0) {
      fmt::format_to(std::back_inserter(out), "hecate_hec_replies_total{{code=\"{}\"}} {}\n", code, count);
    }
  }
  counter("hecate_hec_events_total", "Events that were acknowledged", metrics.events);
  counter("hecate_hec_body_bytes_total", "Bytes of requests with events, as sent", metrics.body_bytes);
  counter("hecate_log_records_total", "Requests written to the log", log.records);
  counter("hecate_log_bytes_total", "Bytes written to the log", log.bytes);
  counter("hecate_log_syncs_total", "How often the log waited for the disk", log.syncs);
  counter("hecate_log_repeated_total", "Requests that were known by their id", log.repeated);
  counter("hecate_log_failed_total", "Requests that could not be written", log.failed);
  counter("hecate_log_refused_total", "Requests that the log's queue had no room for", log.refused);
  counter("hecate_log_damaged_bytes_total", "Bytes of the log that were no records", metrics.damaged_bytes);
  gauge("hecate_log_queued_bytes", "Bytes that wait to be written", log.queued_bytes);
  gauge("hecate_log_segments", "Files of the log", log.segments);
  gauge("hecate_log_disk_bytes", "Bytes of the log's files", log.segment_bytes);
  gauge("hecate_log_durable_sequence", "The last record on the disk", collector.log.durable());
  gauge("hecate_live_matched_sequence", "The last record that detections have seen", metrics.matched_sequence);
  counter("hecate_live_events_total", "Events that detections have seen", metrics.matched_events);
  counter("hecate_live_findings_total", "Findings", metrics.findings);
  counter("hecate_live_suppressed_total", "Findings that a filter removed", metrics.suppressed);
  counter("hecate_schedule_runs_total", "Runs of scheduled searches", metrics.schedule_runs);
  counter("hecate_schedule_failures_total", "Runs that failed, and are tried again, or searches in them",
          metrics.schedule_failures);
  gauge("hecate_schedule_lag_seconds", "From the latest run's instant to its findings", metrics.schedule_lag_seconds);
  if (collector.transport) {
    const http::ServerStats transport = collector.transport();
    gauge("hecate_http_connections", "Open connections", transport.connections);
    counter("hecate_http_accepted_total", "Connections", transport.accepted);
    counter("hecate_http_requests_total", "Whole requests", transport.requests);
    counter("hecate_http_bad_requests_total", "Requests that are no HTTP", transport.bad_requests);
    counter("hecate_http_too_large_total", "Requests beyond the limit", transport.too_large);
    counter("hecate_http_timeouts_total", "Requests that came too slowly", transport.timeouts);
    counter("hecate_http_overloaded_total", "Requests refused for the memory of others", transport.overloaded);
  }
  metrics.acknowledged.append_to("hecate_hec_acknowledged_seconds", out);
  metrics.found.append_to("hecate_live_found_seconds", out);
  respond({.body = std::move(out), .content_type = "text/plain; version=0.0.4; charset=utf-8"});
}

}  // namespace hecate::server
