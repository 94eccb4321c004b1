#pragma once

#include <string>

#include "ingest/json_tree.h"

namespace hecate::ingest {

/// The key below which Wazuh has an event of Windows, at the top (archives) or in `data` (alerts).
inline constexpr std::string_view kWazuhKey = "win";

/// Wazuh's manager escapes the texts of Windows events twice: `C:\Windows` arrives as the text `C:\\Windows`. Where a
/// document is such an event and each backslash in the texts of its data begins `\\` or `\"`, appends the document with
/// those escapes taken off once to `out`; false where nothing is to be done. What is escaped once and has no
/// backslashes but doubled ones (`\\server`) cannot be told from it.
[[nodiscard]] bool without_doubled_escapes(const JsonTree& tree, std::string& out);

}  // namespace hecate::ingest
