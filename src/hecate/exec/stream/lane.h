#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "exec/stream/groups.h"
#include "exec/stream/lane_clock.h"
#include "exec/stream/lane_index.h"
#include "exec/stream/lane_layout.h"
#include "exec/stream/lane_literals.h"
#include "exec/stream/lane_memo.h"
#include "exec/stream/lane_walk.h"
#include "exec/stream/lane_xml.h"
#include "exec/stream/sighted.h"
#include "ingest/skim.h"

namespace hecate::stream {

/// The fast lane of one thread: finds out which lines of JSON or XML are valid records that no rule matches, without
/// making records of them. Whatever is not plain goes to the reader and the matcher, and so does every match; the lane
/// changes no result.
///
/// Left to the reader, for a reason each: lines that are not one JSON object or one plain event in XML, or not valid,
/// HEC envelopes and wrappers of records, keys with escapes, values to which several wanted paths lead (one with `*`,
/// and one without), events whose kind is told by several values of one path, the first event of each kind, and events
/// that a rule may match, unless they can be sighted: where many events of a kind match, the lane reads all that its
/// rules need of them, and no record is made.
class Lane final : public ingest::Skimmer {
 public:
  struct Stats {
    uint64_t skipped = 0;
    uint64_t sighted = 0;  // of these
    uint64_t recognized = 0;
    std::vector<uint64_t> by_type;
    std::optional<Ticks> latest_time;
  };

  /// The groups are this thread's own.
  Lane(const Catalog& catalog, Groups& groups, const RunParameters& run);

  using OnSighted = std::function<void(const SightedEvent& event, const ingest::PassedRun& run)>;
  /// Events may be sighted: `visit` is called, for the lane of the reader's thread, when such a one is passed over.
  void sight_events(OnSighted visit) { on_sighted_ = std::move(visit); }

  void skim(const Input& input, std::vector<ingest::SkimmedRun>& runs) override;
  void passed(const ingest::PassedRun& passed) override;
  /// Of the events that the reader passed over, if this is the lane of its thread.
  [[nodiscard]] const Stats& stats() const { return stats_; }
  /// For tests: by default the best for this machine.
  void use_kernel(const IndexKernel& kernel) { kernel_ = &kernel; }

 private:
  /// Events of one type and one group.
  struct Kind {
    RecordType type;
    Group* group;
    std::vector<std::vector<uint32_t>> places;  // by field of the group: slots, in order of preference
    std::vector<uint32_t> time_slots;
    bool screened = false;  // the screen holds the group's literals
    uint64_t screen_version = 0;
    Metadata origin;                                // without time and host
    uint64_t wanted = 0;                            // events that could have been sighted
    bool sighted = false;                           // all that its rules need is read
    std::vector<std::vector<uint32_t>> all_places;  // by raw field of the program
    std::vector<uint32_t> host_slots;
  };
  /// What is remembered of the lines of one format.
  struct Format {
    Layouts layouts;
    KindMemo memo;
  };

  const Kind* skipped_kind(size_t begin, size_t& mark, bool first, size_t largest);

  bool walk_line(size_t begin, size_t& mark);
  [[nodiscard]] std::string_view record_of(size_t begin, size_t end) const;
  void add_to(ingest::SkimmedRun& run, const Kind& kind, size_t end);
  [[nodiscard]] uint8_t notes_of(size_t begin, size_t end);
  [[nodiscard]] bool is_valid(std::string_view line, uint8_t notes) const;
  const Layout::Reading* reading_of_line();
  Layout& layout_of_line();
  void find_told(Layout& layout) const;
  KindMemo::Alike& alike_of(Layout& layout);
  void write_values(Layout& layout, const KindMemo::Alike& alike);
  void learn(const Layout& layout, KindMemo::Alike& alike, std::span<const uint32_t> slots) const;
  uint32_t ask_catalog(Layout& layout, KindMemo::Alike& alike);
  void tell_catalog(const Layout& layout);
  bool find_discriminator(const Layout& layout, RecordType type, std::optional<std::string_view>& value);
  [[nodiscard]] std::string_view unescaped(const LineWalk::Value& value);
  uint32_t add_kind(RecordType type, Group& group, const Metadata& origin);
  [[nodiscard]] static Layout::Reading read_as(const Layout& layout, uint32_t number, const Kind& kind);
  void screen(Kind& kind);
  [[nodiscard]] EventTokens tokens_of(const Layout::Reading& reading, std::string_view line, bool clean);
  /// Gives `read` the texts of the places where the event's time may stand, until one is a time. False where the reader
  /// must tell. true and false are no times, and no text of theirs reads as one.
  template <typename Read>
  [[nodiscard]] bool try_times(const Layout::Reading& reading, const Read& read) const {
    for (const uint32_t at : reading.times) {
      if (has_backslash(walk_.value(at))) return false;
      if (read(bytes(at))) return true;
    }
    return !reading.many_times;
  }
  [[nodiscard]] bool see_time(const Layout::Reading& reading);  // of a run's latest
  [[nodiscard]] Token token_of(const Layout::Field& field) const;
  /// Null where the event must become a record.
  [[nodiscard]] std::shared_ptr<SightedEvent> sight(const Layout::Reading& reading, std::string_view line,
                                                    std::span<const Group::Answer> rules);
  void see_wanted(Kind& kind, const EventTokens& event);
  [[nodiscard]] Token find_host(const Layout::Reading& reading) const;
  void read_all_of(Kind& kind);
  std::vector<uint32_t> slots_of(std::span<const std::string> paths);
  void paths_changed(size_t before);
  [[nodiscard]] bool holds_literal(size_t begin, size_t end);
  [[nodiscard]] bool has_backslash(size_t begin, size_t end) const {
    if (begin == end || is_xml_) return false;  // XML has no escapes of that kind
    const size_t first = begin / 64;
    const size_t last = (end - 1) / 64;
    const uint64_t from = ~uint64_t{0} << (begin % 64);
    const uint64_t to = ~uint64_t{0} >> (63 - (end - 1) % 64);
    if (first == last) return (index_.backslashes[first] & from & to) != 0;
    return ((index_.backslashes[first] & from) | (index_.backslashes[last] & to)) != 0 ||
           has_backslash_between(first + 1, last);
  }
  [[nodiscard]] bool has_backslash_between(size_t begin, size_t end) const;  // of blocks
  [[nodiscard]] bool has_backslash(const LineWalk::Value& value) const { return has_backslash(value.begin, value.end); }
  /// Of the line's value by its place among the codes.
  [[nodiscard]] std::string_view bytes(size_t at) const {
    const LineWalk::Value& value = walk_.value(at);
    if (LineWalk::kind_of(walk_.codes()[at]) == LineWalk::Kind::Decoded) return xml_.decoded(value);
    return text_.substr(value.begin, value.end - value.begin);
  }
  [[nodiscard]] Format& format() { return is_xml_ ? xml_format_ : json_format_; }
  void forget_formats();
  void add_discriminators(const Catalog& catalog);
  void mark_evidence(size_t slot);

  const Catalog& catalog_;
  Groups& groups_;
  const RunParameters& run_;
  Catalog::Recognizer recognizer_;
  const IndexKernel* kernel_;

  // What is wanted of events:
  ingest::PathSet paths_;
  size_t catalog_slots_;
  std::vector<bool> evidence_;                         // by slot: whether it may tell an event's kind
  std::vector<std::vector<uint32_t>> discriminators_;  // by type: slots
  LineWalk walk_;
  XmlWalk xml_;  // puts its values into walk_
  std::vector<std::unique_ptr<Kind>> kinds_;
  std::map<std::tuple<RecordType, const Group*, std::string, std::string, std::string>, uint32_t> numbers_;
  Format json_format_, xml_format_;
  std::string file_;

  LiteralScreen screen_;
  std::vector<std::string> refused_;  // literals that are too much for a screen
  uint64_t screen_version_ = 0;
  uint64_t index_version_ = 0;  // the screen with which the block was indexed

  // Of the block:
  LineIndex index_;
  std::string_view text_;
  size_t next_remark_ = 0;
  size_t next_hit_ = 0;

  // Of the line:
  bool is_xml_ = false;
  std::string key_;
  std::vector<uint32_t> looked_at_;
  Arena unescaped_;
  std::vector<Token> tokens_;
  ingest::FieldValues values_;
  std::shared_ptr<SightedEvent> sighting_;

  OnSighted on_sighted_;
  Stats stats_;
  LatestTime latest_;
};

}  // namespace hecate::stream
