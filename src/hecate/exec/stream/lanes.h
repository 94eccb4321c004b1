#pragma once

#include <memory>
#include <span>
#include <vector>

#include "exec/stream/lane.h"
#include "exec/stream/stream.h"

namespace hecate::stream {

/// One lane for each thread, over the plans of one matcher.
class Lanes {
 public:
  /// `threads` at least 1. The first lane shares its groups with the matcher and is for the matcher's thread.
  /// With `on_sighted` events that many rules want are not made records of (Matcher::process).
  Lanes(const Catalog& catalog, Matcher& matcher, size_t threads, const Lane::OnSighted& on_sighted = nullptr);

  [[nodiscard]] std::span<ingest::Skimmer* const> skimmers() const { return skimmers_; }
  /// Adds the events that were passed over to those that the matcher saw.
  void add_to(MatchStats& stats) const;
  /// The latest event's time, of all that the lanes or the matcher saw.
  [[nodiscard]] std::optional<Ticks> latest_time() const;
  /// Events that no record was made of.
  [[nodiscard]] uint64_t skipped() const { return lanes_.front()->stats().skipped; }
  /// Those of them that rules were asked about.
  [[nodiscard]] uint64_t sighted() const { return lanes_.front()->stats().sighted; }
  [[nodiscard]] Lane& lane(size_t thread) { return *lanes_[thread]; }

 private:
  const Matcher& matcher_;
  std::vector<std::unique_ptr<Groups>> groups_;  // of all threads but the matcher's
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<ingest::Skimmer*> skimmers_;
};

}  // namespace hecate::stream
