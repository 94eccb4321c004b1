#pragma once

#include <span>
#include <string_view>

#include "content/content.h"

// The formats, one file each. Each takes a YAML document of its kind and adds what it defines.
namespace hecate::content {

struct DocumentContext {
  std::string path;
  std::optional<size_t> pack;
  DiagnosticSink& sink;
};

void load_sigma_rule(const yaml::NodePtr& document, const DocumentContext& context, Content& content);
void load_escu_detection(const yaml::Node& document, const DocumentContext& context, Content& content);
void load_escu_macro(const yaml::Node& document, const DocumentContext& context, Content& content);
void load_deployment(const yaml::Node& document, const DocumentContext& context, Content& content);
/// What a mapping with `cron_schedule` says.
[[nodiscard]] Schedule read_schedule(const yaml::Node& mapping);
/// Gives detections without a schedule that of their deployment; after everything is loaded.
void apply_deployments(Content& content, DiagnosticSink& sink);
void load_risk_factor(const yaml::Node& document, const DocumentContext& context, Content& content);
/// A lookup's definition, and its rows where they lie beside it.
void load_lookup(const yaml::Node& document, const DocumentContext& context, Content& content);
/// A file of rows without a definition: a table of the file's name.
void load_lookup_file(const std::string& path, Content& content, DiagnosticSink& sink);
void load_sentinel_rule(const yaml::Node& document, const DocumentContext& context, Content& content);
void load_tests(const yaml::Node& document, const DocumentContext& context, Content& content);
/// pack.yml itself; returns nothing usable where it is broken.
std::optional<Pack> load_pack(const yaml::Node& document, const DocumentContext& context);
/// What pack.yml says of the detections below its folder; after they are loaded.
void apply_pack(const yaml::Node& document, size_t pack, const DocumentContext& context, Content& content);

// Helpers that the formats share.

/// The text under a key that must be there; reports CNT003 or CNT004 otherwise.
std::string_view required_text(const yaml::Node& document, std::string_view key, const DocumentContext& context);
/// Whether a value is a list, a mapping or a text, as its format asks; reports CNT004 where it is another. A key
/// with nothing behind it is none of them, and no mistake.
bool has_shape(const yaml::Node& value, yaml::Node::Kind wanted, const DocumentContext& context);
std::vector<std::string> text_list(const yaml::Node& document, std::string_view key);
/// Reports keys that are not in `known` (sorted or not) as CNT005 with the nearest known one.
void refuse_unknown_keys(const yaml::Node& mapping, std::span<const std::string_view> known,
                         const DocumentContext& context);
/// What ESCU and Sentinel documents have in common: name, id, description, author, status, and the query under
/// `query_key`. Reports and returns nothing where there is no query.
std::optional<Detection> query_detection(const yaml::Node& document, Language language, std::string_view query_key,
                                         const DocumentContext& context);
/// "Privilege Escalation", "PrivilegeEscalation" and "privilege_escalation" are "privilege-escalation".
std::string tactic_name(std::string_view spelt);
/// "t1053.003" is "T1053.003".
std::string technique_id(std::string_view spelt);

Risk read_risk(const yaml::Node& mapping, std::string_view objects_key, const DocumentContext& context);

}  // namespace hecate::content
