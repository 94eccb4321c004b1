#include "exec/stream/raw_screen.h"

#include <algorithm>

#include "base/text.h"

namespace hecate::stream {

RawScreen::RawScreen(const std::vector<std::string>& literals, std::string_view sample)
    : usable_(screen_.build(literals, sample)) {}

bool RawScreen::clean(std::string_view raw) {
  // Larger texts are rare, and their index would be kept.
  constexpr size_t kLongest = size_t{256} << 10;
  if (!usable_ || raw.size() > kLongest || !is_ascii(raw)) return false;
  // The index pass wants a line.
  line_.assign(raw);
  line_ += '\n';
  best_index_kernel().run(line_, screen_.tables(), index_);
  return std::none_of(index_.hits.begin(), index_.hits.end(),
                      [this](uint32_t hit) { return screen_.confirm(line_, hit); });
}

}  // namespace hecate::stream
