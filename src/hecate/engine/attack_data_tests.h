#pragma once

#include <string>

#include "engine/pack_tests.h"

namespace hecate::engine {

/// Runs one test of an ESCU detection: its datasets, taken from a local folder, with the source and sourcetype that the
/// test names, through the detection. As contentctl defines them: at least one result; a risk object's field is in
/// every result, and never "null"; each threat object's field is in some result; no `$field$` of the message is left
/// over. Skipped where a dataset is not there.
[[nodiscard]] TestResult run_attack_data_test(const Ruleset& rules, const content::AttackDataTest& test,
                                              const std::string& datasets, tail::Database* database,
                                              DiagnosticSink& sink);

/// The file of a dataset below the folder: the longest end of its address or path that exists there. Empty where none
/// does.
[[nodiscard]] std::string find_dataset(const std::string& datasets, std::string_view address);

}  // namespace hecate::engine
