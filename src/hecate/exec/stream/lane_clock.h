#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hecate::stream {

/// The latest of many times. Most are earlier than the latest one and written as it is, which is told from their texts
/// without reading them as times.
class LatestTime {
 public:
  /// False where the text is no time.
  bool see(std::string_view text);
  /// Begins again.
  void forget() {
    latest_.reset();
    text_.clear();
    is_read_ = true;
  }
  [[nodiscard]] std::optional<Ticks> value();

 private:
  std::optional<Ticks> latest_;
  std::string text_;     // of the latest, where texts of its form are in the order of time
  bool is_read_ = true;  // latest_ is the meaning of text_
};

}  // namespace hecate::stream
