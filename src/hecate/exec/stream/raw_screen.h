#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exec/stream/lane_index.h"
#include "exec/stream/lane_literals.h"

namespace hecate::stream {

/// Tells of one record's text whether it holds any of a group's literals, for records that do not come from a lane.
/// A pass for a few fragments takes a fraction of the time of a search for the literals.
class RawScreen {
 public:
  /// `sample`: some text of the kind, in which rare fragments are chosen.
  RawScreen(const std::vector<std::string>& literals, std::string_view sample);

  /// True proves that the text is ASCII and holds none of the literals, whatever their case.
  [[nodiscard]] bool clean(std::string_view raw);

 private:
  LiteralScreen screen_;
  bool usable_;
  LineIndex index_;
  std::string line_;
};

}  // namespace hecate::stream
