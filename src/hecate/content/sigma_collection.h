#pragma once

#include <vector>

#include "base/diagnostic.h"
#include "yaml/yaml.h"

namespace hecate::content {

/// Sigma collections, an extension of pySigma that the specification does not have: documents of one file that share
/// parts. `action: global` gives parts to all rules that follow, `action: reset` forgets them, `action: repeat` is
/// the rule before it with changes. Returns the documents with their parts merged in and without actions; what is no
/// Sigma rule stays as it is. Every node keeps the place where it is written.
[[nodiscard]] std::vector<yaml::NodePtr> merge_collections(const std::vector<yaml::NodePtr>& documents,
                                                           DiagnosticSink& sink);

}  // namespace hecate::content
