#pragma once

#include <string>

namespace hecate::cli {

/// Version and commit, and the versions of the libraries that decide on results.
[[nodiscard]] std::string version_text();

}  // namespace hecate::cli
