#pragma once

#include <string>

namespace hecate::cli {

/// The pages docs/sigma.md, docs/spl.md and docs/kql.md, made from the languages' own tables.
[[nodiscard]] std::string reference_page(const std::string& language);

}  // namespace hecate::cli
