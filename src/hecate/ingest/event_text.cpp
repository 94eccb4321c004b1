#include "ingest/event_text.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "ingest/clock_text.h"
#include "ingest/event_labels.h"

namespace hecate::ingest {
namespace {

constexpr std::string_view kFirstPair = "LogName=";
constexpr std::string_view kMessage = "Message=";
constexpr std::string_view kStamp = "00/00/0000 00:00:00";

/// How much of `01/02/2024 03:04:05 PM` or `01/02/2024 15:04:05` opens a text; 0 where it does not.
size_t stamp_size(std::string_view text) {
  if (text.size() < kStamp.size()) return 0;
  for (size_t i = 0; i < kStamp.size(); ++i) {
    if (kStamp[i] == '0' ? !is_ascii_digit(text[i]) : text[i] != kStamp[i]) return 0;
  }
  const std::string_view behind = text.substr(kStamp.size(), 3);
  const bool half = behind == " AM" || behind == " PM";
  return kStamp.size() + (half ? behind.size() : 0);
}

std::optional<Ticks> time_of(std::string_view stamp) {
  const auto month = read_digits(stamp.substr(0, 2), 2);
  const auto day = read_digits(stamp.substr(3, 2), 2);
  const auto year = read_digits(stamp.substr(6, 4), 4);
  auto clock = read_clock(stamp.substr(11, 8));
  if (!month || *month < 1 || *month > 12 || !day || *day < 1 || !year || *year < 1 || !clock) return std::nullopt;
  if (stamp.size() > kStamp.size()) {
    constexpr Ticks kNoon = 12 * 3600 * kTicksPerSecond;
    if (*clock >= kNoon + kNoon / 12) return std::nullopt;  // 13:00:00 PM
    *clock = *clock % kNoon + (stamp.ends_with("PM") ? kNoon : 0);
  }
  const Ticks date = ticks_from_civil(*year, *month, *day, 0, 0, 0);
  if (civil_time(date).month != *month) return std::nullopt;
  return date + *clock;
}

/// The line at the front, without its break; takes it off.
std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The size of what opens an event, up to and with `LogName=`; 0 where none begins.
size_t opening_size(std::string_view text) {
  if (text.starts_with(kFirstPair)) return kFirstPair.size();
  size_t size = stamp_size(text);
  if (size == 0) return 0;
  while (size < text.size() && (text[size] == '\r' || text[size] == ' ')) ++size;
  if (size == text.size() || text[size] != '\n') return 0;
  ++size;
  return text.substr(size).starts_with(kFirstPair) ? size + kFirstPair.size() : 0;
}

bool is_label(std::string_view text) {
  constexpr size_t kLongest = 64;
  if (text.empty() || text.size() > kLongest || !is_ascii_alpha(text.front())) {
    // Labels of other languages begin with letters beyond ASCII.
    if (text.empty() || text.size() > kLongest || static_cast<unsigned char>(text.front()) < 0x80) return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_ascii_alnum(c) || static_cast<unsigned char>(c) >= 0x80 || std::strchr(" -/()_.&'", c) != nullptr;
  });
}

/// Reads the lines of a message.
class Message {
 public:
  explicit Message(FieldList& fields) : fields_(fields) {}

  void line(std::string_view line) {
    const bool indented = line.starts_with('\t') || line.starts_with(' ');
    const std::string_view content = trim(line);
    if (content.empty()) return;
    const size_t colon = content.find(':');
    const std::string_view label = content.substr(0, colon);
    if (colon == std::string_view::npos || !is_label(label)) return;
    const std::string_view behind = content.substr(colon + 1);
    if (behind.empty()) {
      // A value may be missing; a heading is not indented.
      if (!indented) section_ = label;
      return;
    }
    if (behind.front() != '\t' && behind.front() != ' ') return;
    if (!indented && content.find('\t') != std::string_view::npos) section_ = {};
    add(label, trim(behind));
  }

 private:
  void add(std::string_view label, std::string_view value) {
    const EventNames names = names_of_label(section_, label);
    for (size_t i = 0; i < names.count; ++i) fields_.add(names.names[i], value);
    char* name = fields_.memory().allocate(label.size());
    std::replace_copy_if(
        label.begin(), label.end(), name,
        [](char c) { return !is_ascii_alnum(c) && static_cast<unsigned char>(c) < 0x80; }, '_');
    fields_.add({name, label.size()}, value);
  }

  FieldList& fields_;
  std::string_view section_;
};

/// PowerShell's messages are the scripts of whoever ran them, with any labels they like.
bool is_of_scripts(const FieldList& fields) {
  return fields.find("LogName").find("PowerShell") != std::string_view::npos;
}

}  // namespace

size_t event_text_size(Window& window, size_t largest) {
  constexpr size_t kOpening = kStamp.size() + 3 + 3 + kFirstPair.size();
  // Most lines are told by one character.
  if (window[0] != kFirstPair[0] && !is_ascii_digit(window[0])) return 0;
  if (!window.has(kOpening)) (void)window.has(kFirstPair.size());
  if (opening_size(window.view().substr(0, kOpening)) == 0) return 0;
  for (size_t at = 1;;) {
    const std::string_view view = window.view();
    const size_t end = view.find('\n', at);
    if (std::min(end, view.size()) > largest) return largest + 1;
    if (end == std::string_view::npos) {
      at = view.size();
      if (!window.more()) return view.size();
      continue;
    }
    (void)window.has(end + kOpening);
    const std::string_view next = window.view().substr(end + 1, kOpening);
    // The pair behind an event's own stamp begins no other.
    if (opening_size(next) != 0 && end > kStamp.size() + 4) return end;
    at = end + 1;
  }
}

bool parse_event_text(std::string_view text, FieldList& fields, std::optional<Ticks>& time) {
  if (opening_size(text) == 0) return false;
  if (const size_t size = stamp_size(text); size > 0) {
    time = time_of(text.substr(0, size));
    (void)take_line(text);
  }
  while (!text.empty() && !text.starts_with(kMessage)) {
    const std::string_view pair = take_line(text);
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos) continue;
    fields.add(pair.substr(0, equals), pair.substr(equals + 1));
  }
  if (text.empty()) return true;
  text.remove_prefix(kMessage.size());
  const std::string_view all = trim(text);
  fields.add(kMessage.substr(0, kMessage.size() - 1), all);
  if (is_of_scripts(fields)) return true;
  Message message(fields);
  (void)take_line(text);  // what the event is about, in words
  while (!text.empty()) message.line(take_line(text));
  return true;
}

}  // namespace hecate::ingest
