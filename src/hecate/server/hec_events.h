#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "ingest/json_tree.h"
#include "server/hec_reply.h"
#include "server/tokens.h"

namespace hecate::server {

/// What is said of events that do not say it themselves; empty where nobody says anything.
struct EventDefaults {
  std::string host, source, sourcetype, index;
  /// Nothing: an event without a time is left to be searched for one when it is read.
  std::optional<Ticks> time;
};

/// The events of a request as the log keeps them: one HEC envelope on one line for each.
struct EventLines {
  std::string text;
  uint32_t events = 0;
};

/// Longer lines are not read (ingest::ReadOptions), and would be lost to detections.
constexpr size_t kLargestEvent = size_t{8} << 20U;

/// What the events of one request may become, with what is said of each of them: a long `host` in the query of a
/// request with a million small events would fill the memory.
constexpr size_t kLargestRequest = size_t{256} << 20U;

/// `1755204167.4599450`
void append_epoch_seconds(Ticks time, std::string& out);

/// Reads the bodies of requests. Keeps its memory, so one for each thread.
class HecEvents {
 public:
  /// Envelopes in JSON one behind the other, whatever stands between them, or an array of them. Of a request with a bad
  /// event nothing is taken.
  [[nodiscard]] std::optional<HecFault> read_envelopes(std::string_view body, const EventDefaults& defaults,
                                                       const Token& token, EventLines& out);
  /// Lines of any text, of which those that are blank are left out. One that says no time has that at which it was
  /// received.
  [[nodiscard]] static std::optional<HecFault> read_lines(std::string_view body, const EventDefaults& defaults,
                                                          Ticks received, EventLines& out);

 private:
  struct Source {
    const EventDefaults& defaults;
    const Token& token;
    EventLines& out;
  };
  [[nodiscard]] bool parse_next(std::string_view body, size_t at, size_t& size);
  [[nodiscard]] std::optional<HecFault> read_array(std::string_view text, const Source& source);
  [[nodiscard]] std::optional<Hec> read_envelope(ingest::JsonTree::Index envelope, const Source& source);

  ingest::JsonTree tree_;
  size_t tried_until_ = 0;  // the end of the body's line that was taken for one object last
};

}  // namespace hecate::server
