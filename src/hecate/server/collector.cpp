#include "server/collector.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "base/text.h"
#include "server/inflate.h"

namespace hecate::server {
namespace {

bool is_guid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kShape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = ascii_lower(text[i]);
    const bool digit = is_ascii_digit(c) || (c >= 'a' && c <= 'f');
    if (kShape[i] == 'x' ? !digit : c != kShape[i]) return false;
  }
  return true;
}

/// The token of `Splunk <token>`, or of Basic, whose password it is.
std::optional<std::string> token_of(std::string_view authorization) {
  const size_t blank = std::min(authorization.find(' '), authorization.size());
  const std::string_view scheme = authorization.substr(0, blank);
  const std::string_view rest = trim(authorization.substr(blank));
  if (rest.empty()) return std::nullopt;
  if (equals_ignoring_case(scheme, "Splunk")) return std::string(rest);
  std::string pair;
  if (!equals_ignoring_case(scheme, "Basic") || !http::decode_base64(rest, pair)) return std::nullopt;
  const size_t colon = pair.find(':');
  if (colon == std::string::npos || colon + 1 == pair.size()) return std::nullopt;
  return pair.substr(colon + 1);
}

std::string or_else(const std::string& first, const std::string& second) { return first.empty() ? second : first; }

store::RequestKey key_of(const Sender& sender, std::string_view request_id) {
  if (request_id.empty()) return {};
  // No part holds a byte 0.
  const std::string text = fmt::format("{}{}{}{}{}", sender.token->sha256, '\0', sender.channel, '\0', request_id);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

double seconds_since(Ticks time) { return static_cast<double>(clock_time() - time) / kTicksPerSecond; }

}  // namespace

std::optional<Hec> find_token(const Collector& collector, const http::Request& request,
                              std::shared_ptr<const Token>& token) {
  std::optional<std::string> shown;
  const bool by_query = request.has_parameter("token");
  if (by_query) {
    shown = request.parameter("token");
  } else {
    if (!request.has_header("Authorization")) return Hec::TokenRequired;
    shown = token_of(request.header("Authorization"));
    if (!shown) return Hec::InvalidAuthorization;
  }
  const std::shared_ptr<const Tokens> tokens = collector.tokens;
  token = {tokens, tokens->find(*shown)};
  if (!token) return Hec::InvalidToken;
  if (token->disabled) return Hec::TokenDisabled;
  // As Splunk: only who has a token is told that this is not the way to show it.
  if (by_query && !collector.options.query_authorization) return Hec::QueryAuthorization;
  return std::nullopt;
}

std::optional<Hec> authorize(const Collector& collector, const http::Request& request, Channel channel,
                             Sender& sender) {
  if (collector.stopping) return Hec::ShuttingDown;
  if (const auto wrong = find_token(collector, request, sender.token)) return wrong;
  sender.channel = request.header("X-Splunk-Request-Channel");
  if (sender.channel.empty()) sender.channel = request.parameter("channel");
  if (sender.channel.empty()) {
    const bool needed = channel == Channel::Required || sender.token->use_ack;
    return needed ? std::optional(Hec::ChannelMissing) : std::nullopt;
  }
  return is_guid(sender.channel) ? std::nullopt : std::optional(Hec::InvalidChannel);
}

EventDefaults defaults_of(const http::Request& request, const Token& token) {
  EventDefaults defaults;
  defaults.host = or_else(or_else(request.parameter("host"), token.host), request.remote);
  defaults.source = or_else(request.parameter("source"), token.source);
  defaults.sourcetype = or_else(request.parameter("sourcetype"), token.sourcetype);
  defaults.index = or_else(request.parameter("index"), token.index);
  return defaults;
}

std::optional<HecFault> unpack(const Collector& collector, http::Request& request) {
  const std::string_view encoding = request.header("Content-Encoding");
  if (encoding.empty() || equals_ignoring_case(encoding, "identity")) {
    if (request.body.size() > collector.options.largest_body) return HecFault{Hec::InvalidData, std::nullopt, true};
    return std::nullopt;
  }
  const bool known = equals_ignoring_case(encoding, "gzip") || equals_ignoring_case(encoding, "x-gzip") ||
                     equals_ignoring_case(encoding, "deflate");
  if (!known) return HecFault{Hec::InvalidData, std::nullopt};
  std::string plain;
  switch (inflate(request.body, collector.options.largest_body, plain)) {
    case Inflated::Good: break;
    case Inflated::Corrupt: return HecFault{Hec::InvalidData, std::nullopt};
    case Inflated::TooLarge: return HecFault{Hec::InvalidData, std::nullopt, true};
  }
  request.body = std::move(plain);
  return std::nullopt;
}

std::optional<HecFault> receive(Collector& collector, http::Request& request, Sender& sender) {
  if (const auto wrong = authorize(collector, request, Channel::AsTokenSays, sender))
    return HecFault{*wrong, std::nullopt};
  collector.metrics.body_bytes += request.body.size();
  return unpack(collector, request);
}

void take(Collector& collector, const http::Request& request, const Sender& sender, EventLines&& lines,
          const http::Respond& respond) {
  constexpr size_t kLongestId = 256;
  const std::string_view id = request.header("X-Hecate-Request-Id");
  if (id.size() > kLongestId) return answer(collector, {Hec::InvalidData, std::nullopt}, respond);
  const uint32_t events = lines.events;
  store::Batch batch{std::move(lines.text), events, clock_time(), key_of(sender, id)};
  const Ticks received = batch.received;
  const bool use_ack = sender.token->use_ack;
  const auto on_appended = [&collector, respond, use_ack, events, received](const store::AppendResult& result) {
    // A disk that is full now may have room in a moment: every sender tries again after this code.
    if (result.kind == store::AppendResult::Kind::Failed) return answer(collector, {Hec::Busy, std::nullopt}, respond);
    http::Response response = reply(Hec::Success);
    // The number of the record in the log is all that there is to know of it: it holds after a restart, too.
    if (use_ack) response.body = fmt::format(R"({{"text":"Success","code":0,"ackId":{}}})", result.sequence);
    if (result.kind == store::AppendResult::Kind::Written) collector.metrics.events += events;
    collector.metrics.count(Hec::Success);
    collector.metrics.acknowledged.add(seconds_since(received));
    respond(std::move(response));
  };
  if (!collector.log.append(std::move(batch), on_appended)) answer(collector, {Hec::Busy, std::nullopt}, respond);
}

void answer(Collector& collector, const HecFault& fault, const http::Respond& respond) {
  collector.metrics.count(fault.code);
  respond(reply(fault));
}

}  // namespace hecate::server
