#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/auditd_line.h"

namespace hecate::ingest {

/// The lines of the audit log that belong to one event. Slots of lines are used again.
class AuditdEvent {
 public:
  struct Line {
    std::string text;
    uint64_t number = 0;  // of the record
    uint64_t offset = 0;  // in the file
    AuditdHeader header;
    FieldList fields;
  };

  void clear() {
    count_ = bytes_ = 0;
    shared_used_ = 0;
  }
  /// Copies the text. `header` is what find_auditd said of it.
  void add(std::string_view text, const AuditdHeader& header, uint64_t number, uint64_t offset);
  /// All lines are here: puts the arguments of EXECVE lines together.
  void complete();

  [[nodiscard]] size_t size() const { return count_; }
  [[nodiscard]] size_t bytes() const { return bytes_; }
  [[nodiscard]] const Line& line(size_t i) const { return lines_[i]; }

  /// The fields of all lines, under their types ("SYSCALL.exe", "PATH{}.name"), and EXECVE.ARGV{}, EXECVE.ARGV_STR.
  void read(const PathSet& wanted, FieldValues& out) const;
  [[nodiscard]] bool write_at(std::string_view path, std::string& out) const;

 private:
  void join_arguments();

  /// What somebody wants of all lines: the same for each record of the event.
  struct Shared {
    uint64_t wanted = 0;  // PathSet::identity
    FieldValues values;
  };
  void read_all_lines(const PathSet& wanted, FieldValues& out) const;
  const FieldValues* shared_with(const PathSet& wanted) const;

  std::deque<Line> lines_;  // the first count_ are in use; their addresses stay, as views lie in them
  size_t count_ = 0;
  size_t bytes_ = 0;
  FieldList derived_;
  static constexpr size_t kMostShared = 8;
  mutable std::vector<std::unique_ptr<Shared>> shared_;  // the first shared_used_ are of this event
  mutable size_t shared_used_ = 0;
};

/// Brings together the lines of the audit log that have the same node and id. Lines of several events may come
/// interleaved, as processors write them. Bounded: the oldest event is let go when too many wait.
class AuditdJoin {
 public:
  /// Takes a line of the audit log, which is copied. `header` is what find_auditd said of it.
  void take(std::string_view text, const AuditdHeader& header, uint64_t number, uint64_t offset);
  /// No further lines come: all events are complete.
  void finish();
  /// The next complete event or nothing; valid until the next call of any function.
  [[nodiscard]] const AuditdEvent* next();
  /// A line as an event of its own, valid until the next call; nothing where it is none.
  [[nodiscard]] const AuditdEvent* alone(std::string_view text);

  /// Lines that came when their event was complete.
  [[nodiscard]] uint64_t late() const { return late_; }
  /// Begins the next file: nothing may wait.
  void reset();

 private:
  static constexpr size_t kMostEvents = 256;
  static constexpr size_t kMostBytes = size_t{4} << 20;
  static constexpr size_t kRemembered = 64;
  using Event = std::unique_ptr<AuditdEvent>;

  [[nodiscard]] size_t find(const AuditdHeader& header) const;
  [[nodiscard]] size_t open();
  void close(size_t at);
  void close_old(const AuditdHeader& newest);
  [[nodiscard]] bool was_closed(const AuditdHeader& header) const;

  std::vector<Event> open_;  // in the order in which they began
  std::vector<Event> ready_;
  std::vector<Event> spare_;
  Event given_;  // what next() gave out last
  AuditdEvent alone_;
  size_t bytes_ = 0;
  uint64_t late_ = 0;
  std::array<std::pair<uint64_t, Ticks>, kRemembered> closed_{};  // serials and times of the last events
  size_t closed_at_ = 0;
};

}  // namespace hecate::ingest
