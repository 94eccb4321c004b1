#pragma once

#include <string>
#include <string_view>

#include "content/documents.h"

// What the readers of Sentinel's and Defender's rules share: YAML as the public collections have it, and the JSON that
// workspaces and their templates give.
namespace hecate::content {

/// The parts of an analytics rule that make alerts of rows, and the entities in them; the same keys in every format.
void read_alert(const yaml::Node& rule, const DocumentContext& context, Detection& detection);
/// entityMappings: typed entities of one to three identifiers each.
void read_entities(const yaml::Node& rule, const DocumentContext& context, Detection& detection);
/// queryFrequency and queryPeriod, or NRT's minute.
void read_rule_schedule(const yaml::Node& rule, bool near_real_time, const DocumentContext& context,
                        Detection& detection);
/// A severity as it is spelt, or nearly.
[[nodiscard]] Level read_severity(const yaml::Node& severity, const DocumentContext& context);

/// The properties of an analytics rule in a template or in an answer of the service; `id` from around it.
void load_rule_properties(const yaml::Node& properties, std::string_view kind, const std::string& id,
                          const DocumentContext& context, Content& content);
/// A custom detection of Defender
/// (https://learn.microsoft.com/graph/api/resources/security-detectionrule).
[[nodiscard]] bool is_defender_rule(const yaml::Node& document);
void load_defender_rule(const yaml::Node& document, const DocumentContext& context, Content& content);

/// JSON of Azure: a template with resources, a list of what a workspace has, or one resource.
[[nodiscard]] bool is_azure_document(const yaml::Node& document);
void load_azure_document(const yaml::Node& document, const DocumentContext& context, Content& content);
/// Whether a file of JSON may be one: many others lie in folders of logs.
[[nodiscard]] bool may_be_azure_json(std::string_view text);

/// Rows of a watchlist in a file named like its alias.
void load_watchlist_file(const std::string& path, Content& content, DiagnosticSink& sink);
/// The properties of a watchlist in a template, with its rows.
void load_watchlist(const yaml::Node& properties, const DocumentContext& context, Content& content);

/// A number of choices that Sentinel spells in one way, whatever the case; the nearest with a warning. Empty, and an
/// error, where nothing is near.
[[nodiscard]] std::string_view read_choice(const yaml::Node& value, std::span<const std::string_view> choices,
                                           std::string_view what, const DocumentContext& context);
/// Reports what the service refuses and Hecate does not mind (CNT028).
void refuse_as_service(bool refused, Span span, const std::string& message, const DocumentContext& context,
                       const std::string& hint = {});

}  // namespace hecate::content
