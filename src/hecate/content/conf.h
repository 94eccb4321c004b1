#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/mapped_text.h"

namespace hecate::content {

/// A Splunk .conf file, or several of one name from the layers of an app (Admin Manual, "About configuration files" and
/// "Configuration file precedence"): stanzas of keys and values.
class Conf {
 public:
  struct Stanza {
    Span span;  // its header's, in the first file that has it
    std::string path;
    std::map<std::string, MappedText, std::less<>> values;

    /// Null where the stanza lacks the key.
    [[nodiscard]] const MappedText* find(std::string_view key) const;
    [[nodiscard]] std::string_view text_of(std::string_view key) const;
    /// 1 and true, in the spellings that Splunk takes.
    [[nodiscard]] bool is_true(std::string_view key) const;
  };

  /// Reads a file over what is there already: its values replace those of the same stanza and key. A line that is
  /// nothing is reported (CNT014) and left out.
  void read(FileId file, const std::string& path, std::string_view text, DiagnosticSink& sink);
  /// By name, without `default`, whose values all others have that say nothing else.
  [[nodiscard]] std::map<std::string, Stanza, std::less<>> stanzas() const;

 private:
  std::map<std::string, Stanza, std::less<>> stanzas_;
};

}  // namespace hecate::content
