#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/search_time.h"
#include "content/add_on.h"
#include "lang/spl/spl.h"

// What search_time.cpp puts together: expressions over fields, which stand in them as RawField nodes under the name of
// the field until with_fields() puts values in their places.
namespace hecate::engine {

/// The field's value as the extraction finds it in `source`; nullptr where it never does.
[[nodiscard]] ExprPtr extract(const content::AddOn::Extraction& extraction, std::string_view name,
                              const ExprPtr& source);
/// What an extraction calls the fields that it finds, or `any`: the event says it. False where it is unsound
/// (reported).
[[nodiscard]] bool names_of(const content::AddOn::Extraction& extraction, std::set<std::string, std::less<>>& names,
                            bool& any, DiagnosticSink& sink);

/// An eval expression, a search, the arguments of a lookup; nullptr or nothing where it could not be compiled
/// (reported).
[[nodiscard]] ExprPtr compile_value(const MappedText& expression, const spl::Environment& environment,
                                    DiagnosticSink& sink);
[[nodiscard]] ExprPtr compile_condition(const MappedText& search, const spl::Environment& environment,
                                        DiagnosticSink& sink);
[[nodiscard]] std::vector<std::pair<std::string, ExprPtr>> compile_lookup(const MappedText& arguments,
                                                                          const spl::Environment& environment,
                                                                          DiagnosticSink& sink);

[[nodiscard]] ExprPtr with_fields(const ExprPtr& expr, const SearchTime::Below& fields);

}  // namespace hecate::engine
