#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hecate::ingest {

/// Finds where a JSON object ends that may span lines, while its bytes are still arriving. Follows the
/// grammar of containers, strings and separators and leaves the scalars to JsonTree: what it accepts may be
/// malformed, what it refuses is. A line break inside a string is refused, so that a line that was cut
/// within one does not swallow the next.
class JsonScanner {
 public:
  enum class State : uint8_t { More, Done, Failed };

  /// The text begins where it began last time and may have grown. The first character must be `{`.
  State scan(std::string_view text);
  /// Where scanning stands: behind the object when Done, at the offending byte when Failed.
  [[nodiscard]] size_t at() const { return at_; }
  [[nodiscard]] bool in_string() const { return string_ != In::None; }
  /// The text up to at() is gone: the next one begins there.
  void forget() { at_ = 0; }

 private:
  // What the grammar allows next. Scalar: inside a number or word, which ends with any other token.
  enum class Next : uint8_t { Value, ValueOrEnd, Key, KeyOrEnd, Colon, CommaOrEnd, Scalar };
  enum class In : uint8_t { None, Key, Value };

  static constexpr size_t kDeepest = 1024;

  bool in_string(std::string_view text);
  bool token(char c);
  bool open(bool object);
  bool close(bool object);
  bool begin_value(char c);
  [[nodiscard]] bool in_object() const { return objects_[depth_ - 1]; }

  size_t at_ = 0;
  size_t depth_ = 0;
  Next next_ = Next::Value;
  In string_ = In::None;
  bool escape_ = false;
  std::bitset<kDeepest> objects_;
};

}  // namespace hecate::ingest
