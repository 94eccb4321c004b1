#pragma once

#include <map>
#include <string>

namespace hecate::corpus {

struct EventValue {
  std::string text;
  bool number = false;  // written without quotes
  friend bool operator==(const EventValue&, const EventValue&) = default;
};

/// The text that keywords are put into.
inline constexpr const char* kFreeText = "free_text";

/// Values by raw field.
using Event = std::map<std::string, EventValue>;

}  // namespace hecate::corpus
