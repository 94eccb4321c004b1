#include "plan/glob.h"

namespace hecate {

std::string glob_of_stars(std::string_view text) {
  std::string glob;
  for (const char c : text) {
    if (c == '?' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

}  // namespace hecate
