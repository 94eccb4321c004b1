#include "server/endpoints.h"

namespace hecate::server {

/// `GET /services/collector/health`: whether events would be taken. A token need not be shown; one that is must be
/// good.
void hec_health(Collector& collector, http::Request&& request, const http::Respond& respond) {
  const auto say = [&](Hec code) { answer(collector, {code, std::nullopt}, respond); };
  if (request.has_header("Authorization") || request.has_parameter("token")) {
    std::shared_ptr<const Token> token;
    const auto wrong = find_token(collector, request, token);
    if (wrong == Hec::TokenDisabled) return say(Hec::HealthTokenDisabled);
    if (wrong == Hec::InvalidToken) return say(Hec::HealthInvalidToken);
    if (wrong) return say(*wrong);
  }
  if (collector.stopping) return say(Hec::ShuttingDown);
  say(collector.log.has_room() ? Hec::Healthy : Hec::QueuesFull);
}

}  // namespace hecate::server
