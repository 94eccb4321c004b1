#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hecate::stream {

/// One wanted value as it stands in an event's bytes. Nothing is unescaped or copied before somebody asks:
/// most values have been seen before, and then their bytes are enough.
struct Token {
  enum class Form : uint8_t {
    Absent,
    Null,     // JSON null
    Plain,    // the bytes are the value: a string without escapes, a number, true, false
    Escaped,  // a JSON string between its quotes, with escapes
    Complex,  // several values, an object or an array: only the whole event can tell
  };
  std::string_view bytes;
  Form form = Form::Absent;
};

/// An event as a group of rules looks at it.
struct EventTokens {
  std::span<const Token> fields;  // by Group::fields()
  std::string_view raw;           // the event as written
  /// Proven by the caller: the raw text holds none of Group::raw_literals() and no ASCII in disguise (base/text.h).
  bool raw_is_clean = false;
};

}  // namespace hecate::stream
