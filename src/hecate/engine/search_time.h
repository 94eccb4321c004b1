#pragma once

#include <memory>

#include "catalog/search_time.h"
#include "content/add_on.h"
#include "lang/spl/spl.h"

namespace hecate::engine {

/// Makes expressions of what add-ons say, in the order of Splunk's search-time operations (Knowledge Manager Manual,
/// "The sequence of search-time operations"): extractions of props.conf, those of transforms.conf, automatic key and
/// value, aliases, calculated fields, lookups, event types, tags. Each sees what stands before it, and nothing of its
/// own kind but earlier extractions. What cannot be compiled is reported and left out.
[[nodiscard]] std::shared_ptr<const SearchTime> compile_search_time(const content::AddOn& add_on,
                                                                    const spl::Environment& environment,
                                                                    DiagnosticSink& sink);

}  // namespace hecate::engine
