#include "server/hec_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "server/inflate.h"

namespace hecate::server {
namespace {

/// A busy server, a proxy without one, and whatever failed within it: the next attempt may go well.
bool is_passing(unsigned status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

HecSender::HecSender(HecSenderOptions options) : options_(std::move(options)), client_(options_.url, options_.client) {}

HecSender::Sent HecSender::send(const std::string& lines) {
  http::Request request;
  request.method = "POST";
  request.path = "/services/collector/event";
  request.headers = {{"Authorization", "Splunk " + options_.token}, {"Content-Type", "application/json"}};
  if (!options_.channel.empty()) request.headers.emplace_back("X-Splunk-Request-Channel", options_.channel);
  if (!options_.run.empty()) {
    request.headers.emplace_back("X-Hecate-Request-Id", fmt::format("{}-{}", options_.run, requests_));
  }
  if (options_.gzip) request.headers.emplace_back("Content-Encoding", "gzip");
  request.body = options_.gzip ? deflate(lines) : lines;
  ++requests_;
  auto wait = options_.first_wait;
  for (size_t attempt = 0;; ++attempt) {
    const auto response = client_.send(request, failure_);
    if (response && response->status == 200) return Sent::Taken;
    if (response) failure_ = fmt::format("{} {}", response->status, response->body);
    if (response && !is_passing(response->status)) return Sent::Refused;
    if (attempt == options_.retries) return Sent::Unreachable;
    ++retries_;
    std::this_thread::sleep_for(wait);
    wait = std::min(wait * 2, options_.longest_wait);
  }
}

}  // namespace hecate::server
