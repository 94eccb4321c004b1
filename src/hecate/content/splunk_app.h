#pragma once

#include <string>

#include "content/conf.h"
#include "content/content.h"

namespace hecate::content {

/// What Hecate reads of a Splunk app's folder: its saved searches and macros, and what it says of events; default/ with
/// local/ over it.
struct SplunkApp {
  Conf savedsearches, macros;
  AddOnFiles add_on;

  /// The file by that name, or null where it is none that is read.
  [[nodiscard]] Conf* conf(std::string_view file_name);
  /// The app's folder: what `default` and `local` lie in.
  [[nodiscard]] static std::string folder_of(const std::string& path);
};

/// Saved searches that detect something become detections, stanzas of macros.conf macros.
void load_splunk_app(const SplunkApp& app, Content& content, SourceMap& sources, DiagnosticSink& sink);

}  // namespace hecate::content
