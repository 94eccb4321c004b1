#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "content/conf.h"
#include "plan/table.h"

namespace hecate::content {

/// What an add-on of Splunk says of events at search time (props.conf, transforms.conf, eventtypes.conf, tags.conf).
/// Texts are as they are written; engine/search_time.h makes expressions of them.
struct AddOn {
  /// What a stanza of props.conf goes by. A source's goes before a host's, and that before a sourcetype's (Admin
  /// Manual, props.conf.spec, "Considerations for Windows file paths", "File precedence").
  enum class By : uint8_t { Source, Host, Sourcetype };

  /// EXTRACT-, or a stanza of transforms.conf that REPORT- names.
  struct Extraction {
    MappedText regex;             // empty: by delimiters
    std::string source = "_raw";  // the field that is read
    struct Part {
      std::string field, value;  // FORMAT: `user::$1`, or `$1::$2`
    };
    std::vector<Part> format;  // none: named groups
    std::string pair_delimiters, value_delimiters;
    std::vector<std::string> fields;  // of a text that is cut by delimiters
    bool several = false;             // MV_ADD: another value is added instead of being left out
    bool clean_keys = true;
    Span span;
  };
  struct Alias {
    std::string from, to;
    bool overwrites = true;  // AS; ASNEW leaves a value that is there
  };
  struct Calculated {
    std::string field;
    MappedText expression;
  };
  enum class KvMode : uint8_t { None, Auto, Json, Xml };

  struct Props {
    By by = By::Sourcetype;
    std::string pattern;                  // PCRE2, of the whole name
    std::string sourcetype;               // what events of a source are taken for; or empty
    std::vector<Extraction> extractions;  // EXTRACT- by class, then REPORT- by class
    std::optional<KvMode> kv_mode;
    std::vector<Alias> aliases;
    std::vector<Calculated> calculated;
    std::vector<MappedText> lookups;  // as the lookup command takes them
    std::string time_prefix, time_format, zone;
    size_t time_lookahead = 128;
    Span span;
  };
  struct EventType {
    std::string name;
    MappedText search;
    Span span;
  };
  struct Tag {
    std::string field, value, tag;
  };

  std::vector<Props> props;
  std::vector<EventType> event_types;
  std::vector<Tag> tags;
  [[nodiscard]] bool empty() const { return props.empty() && event_types.empty() && tags.empty(); }
};

/// The files of one app from which an add-on is read.
struct AddOnFiles {
  Conf props, transforms, event_types, tags, collections;
  std::string folder;  // the app's: lookups/ lies in it
};

/// Adds what the files say. Settings that change how events are indexed are named and left out (CNT022).
void load_add_on(const AddOnFiles& files, AddOn& add_on, std::vector<Table>& tables, DiagnosticSink& sink);

}  // namespace hecate::content
