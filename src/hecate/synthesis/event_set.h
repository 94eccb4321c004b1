#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synthesis/record_form.h"
#include "synthesis/solver.h"

namespace hecate::synthesis {

/// All events that a solution stands for.
class EventSet {
 public:
  /// `active`: the scans that need events.
  EventSet(Solver& solver, const std::vector<RecordForm>& forms, const std::vector<bool>& active);

  /// One value of all events of a scan, changed.
  struct Change {
    size_t scan = 0;
    std::string path;          // of the event; or of its envelope
    std::optional<size_t> at;  // the character that becomes another one; nothing: the value goes
  };
  /// What a near miss may change, the least conspicuous first.
  [[nodiscard]] std::vector<Change> changes(size_t scan) const;

  /// Lines of JSON; nothing where some value does not come about.
  [[nodiscard]] std::optional<std::string> write(const std::optional<Change>& change = std::nullopt);
  /// Without the last event; nothing where there is but one.
  [[nodiscard]] std::optional<std::string> write_fewer();
  /// How many events each scan gets.
  [[nodiscard]] uint64_t count() const;
  /// The field whose value did not come about.
  [[nodiscard]] const std::string& obstacle() const { return obstacle_; }

 private:
  [[nodiscard]] std::optional<EventContent> content(size_t scan, size_t event, size_t group,
                                                    const std::optional<Change>& change);
  [[nodiscard]] std::optional<std::string> write(const std::optional<Change>& change, uint64_t events);

  Solver& solver_;
  std::vector<size_t> scans_;
  uint64_t events_;
  std::string obstacle_;
};

}  // namespace hecate::synthesis
