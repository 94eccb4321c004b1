#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace hecate::ingest {

/// What the data of an event are called that its message shows under a label.
struct EventNames {
  std::array<std::string_view, 2> names;
  size_t count = 0;
};

/// The names of the value that a message of the Security or System log shows under a label in a section (empty: under
/// no heading), in an English Windows. None where the label is not known; Sysmon's labels are the names themselves.
[[nodiscard]] EventNames names_of_label(std::string_view section, std::string_view label);

}  // namespace hecate::ingest
