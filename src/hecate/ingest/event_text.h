#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "ingest/field_list.h"
#include "ingest/window.h"

namespace hecate::ingest {

/// Windows events as Splunk's forwarders write them without XML (sourcetypes `WinEventLog:…`):
///   01/02/2024 03:04:05 PM
///   LogName=Security
///   EventCode=4688
///   Message=A new process has been created.
///
///   Process Information:
///   	New Process Name:	C:\Windows\System32\net.exe

/// The size of such an event that begins at the window's front, without the line break before the next one, which
/// begins with a line of its time; 0 where none begins there. An event longer than `largest` has the size `largest`
/// + 1.
[[nodiscard]] size_t event_text_size(Window& window, size_t largest);

/// Fields: the pairs before the message and `Message` as they are named; of each `Label: value` of the message the
/// value under the event's own name where the label and the heading above it tell (event_labels.h), and under the label
/// with
/// `_` for what is neither letter nor digit, as Splunk names it (`New_Process_Name`; several sections may have one).
/// Of what the message of a script says nothing is a field.
///
/// `time` is read as UTC: the text has the computer's own time and does not say its zone.
[[nodiscard]] bool parse_event_text(std::string_view text, FieldList& fields, std::optional<Ticks>& time);

}  // namespace hecate::ingest
