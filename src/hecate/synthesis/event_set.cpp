#include "synthesis/event_set.h"

#include <algorithm>

#include "synthesis/goals.h"

namespace hecate::synthesis {
namespace {

/// A neighbour in the same kind of characters.
char another(char c) {
  if (c >= '0' && c <= '9') return c == '9' ? '8' : static_cast<char>(c + 1);
  if (c == 'z' || c == 'Z') return static_cast<char>(c - 1);
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return static_cast<char>(c + 1);
  return c == '_' ? '-' : '_';
}

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view scan_of(std::string_view variable) { return variable.substr(0, variable.find('\x1f')); }
std::string path_of(std::string_view variable) { return std::string(variable.substr(variable.find('\x1f') + 1)); }

}  // namespace

EventSet::EventSet(Solver& solver, const std::vector<RecordForm>& forms, const std::vector<bool>& active)
    : solver_(solver), events_(solver.needs.events) {
  for (size_t scan = 0; scan < forms.size(); ++scan) {
    if (active[scan]) scans_.push_back(scan);
  }
}

uint64_t EventSet::count() const { return events_ + (solver_.needs.groups > 1 ? solver_.needs.groups - 1 : 0); }

std::vector<EventSet::Change> EventSet::changes(size_t scan) const {
  constexpr size_t kPlaces = 6;
  std::vector<Change> changes, last, removed;
  for (const auto& [name, field] : solver_.needs.fields) {
    if (scan_of(name) != std::to_string(scan) || !field.present() || field.varied()) continue;
    const std::string path = path_of(name);
    const auto content = field.content(solver_.choose(), 0, 0);
    if (!content || content->values.empty() || path == kTimeVariable) continue;
    const std::string& text = content->values.front();
    std::vector<size_t> places;
    for (size_t at = 0; at < text.size(); ++at) {
      if (is_letter_or_digit(text[at])) places.push_back(at);
    }
    const bool envelope = path.starts_with('\x01') && path != kRawVariable;
    for (size_t i = 0; i < std::min(kPlaces, places.size()); ++i) {
      // From the middle on, where the text is likely to matter.
      const size_t at = places[(places.size() / 2 + i * places.size() / kPlaces) % places.size()];
      (envelope ? last : changes).push_back({scan, path, at});
    }
    if (!envelope) removed.push_back({scan, path, std::nullopt});
  }
  changes.insert(changes.end(), removed.begin(), removed.end());
  changes.insert(changes.end(), last.begin(), last.end());
  return changes;
}

std::optional<EventContent> EventSet::content(size_t scan, size_t event, size_t group,
                                              const std::optional<Change>& change) {
  EventContent result;
  // Days apart: whatever spans of time there are, groups are in others. Events of a group are close to each other.
  result.time =
      static_cast<double>(kEpochSeconds) - static_cast<double>(group) * 86'400 + static_cast<double>(event) * 0.01;
  for (const auto& [name, field] : solver_.needs.fields) {
    if (scan_of(name) != std::to_string(scan)) continue;
    const std::string path = path_of(name);
    auto content = field.content(solver_.choose(), event, group);
    if (!content) {
      obstacle_ = path;
      return std::nullopt;
    }
    if (change && change->scan == scan && change->path == path && !content->values.empty()) {
      if (!change->at) content->values.clear();
      if (change->at && *change->at < content->values.front().size()) {
        char& c = content->values.front()[*change->at];
        c = another(c);
      }
    }
    if (path == kTimeVariable || content->values.empty()) continue;
    if (path == kRawVariable) {
      result.free_text = content->values.front();
    } else if (path.starts_with('\x01')) {
      result.envelope[path.substr(1)] = content->values.front();
    } else {
      result.fields[path] = std::move(*content);
    }
  }
  return result;
}

std::optional<std::string> EventSet::write(const std::optional<Change>& change) { return write(change, events_); }

std::optional<std::string> EventSet::write_fewer() {
  if (events_ < 2) return std::nullopt;
  return write(std::nullopt, events_ - 1);
}

std::optional<std::string> EventSet::write(const std::optional<Change>& change, uint64_t events) {
  std::string lines;
  const size_t attempt = solver_.choose().attempt();
  const auto add = [&](size_t scan, size_t event, size_t group) {
    // All events are filled in the same way.
    solver_.choose().begin(attempt);
    const auto event_content = content(scan, event, group, change);
    const auto line = event_content ? written(*event_content) : std::nullopt;
    if (line) lines += *line;
    return line.has_value();
  };
  for (const size_t scan : scans_) {
    for (uint64_t group = solver_.needs.groups; group-- > 1;) {
      if (!add(scan, 0, group)) return std::nullopt;
    }
    for (uint64_t event = 0; event < events; ++event) {
      if (!add(scan, event, 0)) return std::nullopt;
    }
  }
  return lines;
}

}  // namespace hecate::synthesis
