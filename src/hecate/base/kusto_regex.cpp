#include "base/kusto_regex.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hecate {

std::string re2_pattern(std::string_view pattern) {
  static constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
      {"\\b{start}", "\\b"}, {"\\b{end}", "\\b"}, {"\\<", "\\b"}, {"\\>", "\\b"}};
  std::string out;
  bool in_class = false;
  for (size_t at = 0; at < pattern.size();) {
    const std::string_view rest = pattern.substr(at);
    if (!in_class && rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!') {
      out += "(?P<";
      at += 3;
    } else if (rest[0] == '\\' && rest.size() > 1) {
      const auto row = std::find_if(std::begin(kSpellings), std::end(kSpellings),
                                    [&](const auto& each) { return !in_class && rest.starts_with(each.first); });
      const bool known = row != std::end(kSpellings);
      out += known ? row->second : rest.substr(0, 2);
      at += known ? row->first.size() : 2;
    } else {
      if (rest[0] == '[' && !in_class) {
        in_class = true;
      } else if (rest[0] == ']' && in_class) {
        in_class = false;
      }
      out += rest[0];
      ++at;
    }
  }
  return out;
}

}  // namespace hecate
