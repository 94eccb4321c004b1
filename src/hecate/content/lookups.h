#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "content/conf.h"
#include "plan/table.h"

namespace hecate::content {

/// "WILDCARD(domain), CIDR(net)" (transforms.conf, match_type) into the table. Reports what is none (CNT004).
void read_match_types(std::string_view text, Span span, DiagnosticSink& sink, Table& table);
/// The lookups of transforms.conf: those of files have their rows below the app's lookups/, those of collections
/// (collections.conf) only the names of their columns.
void load_conf_lookups(const std::map<std::string, Conf::Stanza, std::less<>>& transforms,
                       const std::map<std::string, Conf::Stanza, std::less<>>& collections, const std::string& app,
                       std::vector<Table>& tables, DiagnosticSink& sink);

}  // namespace hecate::content
