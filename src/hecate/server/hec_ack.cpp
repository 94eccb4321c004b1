#include <fmt/format.h>

#include <charconv>

#include "ingest/json_tree.h"
#include "server/endpoints.h"

namespace hecate::server {
namespace {

using ingest::JsonTree;

/// The list under "acks".
std::optional<JsonTree::Index> find_acks(const JsonTree& tree) {
  if (tree.kind(tree.root()) != JsonTree::Kind::Object) return std::nullopt;
  for (auto node = tree.first_child(tree.root()); node < tree.next(tree.root()); node = tree.next(node)) {
    if (tree.key(node) != "acks") continue;
    return tree.kind(node) == JsonTree::Kind::Array ? std::optional(node) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

/// `POST /services/collector/ack`: which of these are on the disk? An id is the number of a record in the log, so that
/// the answer is the same after a restart, and however often somebody asks.
void hec_ack(Collector& collector, http::Request&& request, const http::Respond& respond) {
  Sender sender;
  const auto refuse = [&](Hec code) { answer(collector, {code, std::nullopt}, respond); };
  if (const auto wrong = authorize(collector, request, Channel::Required, sender)) return refuse(*wrong);
  if (!sender.token->use_ack) return refuse(Hec::AckDisabled);
  if (const auto fault = unpack(collector, request)) return answer(collector, *fault, respond);
  JsonTree tree;
  if (request.body.empty()) return refuse(Hec::NoData);
  if (tree.parse(request.body) != JsonTree::Fault::None) return refuse(Hec::InvalidData);
  const auto acks = find_acks(tree);
  if (!acks) return refuse(Hec::InvalidData);
  const uint64_t durable = collector.log.durable();
  std::string body = R"({"acks":{)";
  for (auto node = tree.first_child(*acks); node < tree.next(*acks); node = tree.next(node)) {
    const std::string_view text = tree.text(node);
    uint64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size()) return refuse(Hec::InvalidData);
    if (!body.ends_with('{')) body += ',';
    body += fmt::format(R"("{}":{})", id, id > 0 && id <= durable);
  }
  collector.metrics.count(Hec::Success);
  respond({.body = body + "}}"});
}

}  // namespace hecate::server
