#include "server/hec_reply.h"

#include <fmt/format.h>

#include <array>

namespace hecate::server {
namespace {

struct Row {
  Hec code;
  unsigned status;
  std::string_view text;
};

constexpr std::array<Row, 22> kRows{{
    {Hec::Success, 200, "Success"},
    {Hec::TokenDisabled, 403, "Token disabled"},
    {Hec::TokenRequired, 401, "Token is required"},
    {Hec::InvalidAuthorization, 401, "Invalid authorization"},
    {Hec::InvalidToken, 403, "Invalid token"},
    {Hec::NoData, 400, "No data"},
    {Hec::InvalidData, 400, "Invalid data format"},
    {Hec::IncorrectIndex, 400, "Incorrect index"},
    {Hec::InternalError, 500, "Internal server error"},
    {Hec::Busy, 503, "Server is busy"},
    {Hec::ChannelMissing, 400, "Data channel is missing"},
    {Hec::InvalidChannel, 400, "Invalid data channel"},
    {Hec::EventRequired, 400, "Event field is required"},
    {Hec::EventBlank, 400, "Event field cannot be blank"},
    {Hec::AckDisabled, 400, "ACK is disabled"},
    {Hec::IndexedFields, 400, "Error in handling indexed fields"},
    {Hec::QueryAuthorization, 400, "Query string authorization is not enabled"},
    {Hec::Healthy, 200, "HEC is healthy"},
    {Hec::QueuesFull, 503, "HEC is unhealthy, queues are full"},
    {Hec::HealthInvalidToken, 400, "Invalid token"},
    {Hec::HealthTokenDisabled, 400, "Token disabled"},
    {Hec::ShuttingDown, 503, "Server is shutting down"},
}};

const Row& row_of(Hec code) {
  for (const Row& row : kRows) {
    if (row.code == code) return row;
  }
  return kRows[static_cast<size_t>(Hec::InternalError)];
}

}  // namespace

http::Response reply(Hec code) { return reply(HecFault{code, std::nullopt}); }

http::Response reply(const HecFault& fault) {
  if (fault.too_large) return too_large();
  const Row& row = row_of(fault.code);
  http::Response response;
  response.status = row.status;
  response.body = fmt::format(R"({{"text":"{}","code":{})", row.text, static_cast<int>(row.code));
  if (fault.event) response.body += fmt::format(R"(,"invalid-event-number":{})", *fault.event);
  response.body += '}';
  if (row.status == 503) response.headers.emplace_back("Retry-After", "1");
  if (row.status == 401) response.headers.emplace_back("WWW-Authenticate", "Splunk");
  return response;
}

http::Response too_large() {
  http::Response response;
  response.status = 413;
  response.body = fmt::format(R"({{"text":"Request entity too large","code":{}}})", static_cast<int>(Hec::InvalidData));
  return response;
}

}  // namespace hecate::server
