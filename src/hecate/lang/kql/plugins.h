#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace hecate::kql {

/// What an argument of a plugin is.
enum class Slot : uint8_t {
  Column,      // a value of each row; it is called by its name in the result
  Timeline,    // the same: a datetime, timespan or long
  Moment,      // a constant of the timeline's type
  Length,      // a constant length of time, or a long where the timeline is one
  Calendar,    // the same, or "week", "month", "year"
  Count,       // a constant whole number
  Number,      // a constant number
  List,        // a constant array
  Flag,        // a constant bool
  Table,       // a table
  Dimensions,  // any number of columns that the result is given for each of
};

struct PluginParameter {
  std::string_view name;  // as the page calls it
  Slot slot;
  std::string_view as;  // its name in the plugin's query: "__id"
  bool optional = false;
};

/// How a plugin is bound: by a query, by the binder, or not at all.
enum class PluginKind : uint8_t { Query, Native, Refused };

/// A row of the table of plugins.
struct PluginInfo {
  std::string_view name;
  PluginKind kind;
  std::string_view doc;  // of one that is refused: what to do instead
  std::string_view example;
  std::vector<PluginParameter> parameters;
  /// Query: operators over rows of the parameters' columns. {dims} is ", __d0, __d1": the dimensions behind others;
  /// {order} the same before others of a sort; {by} "by" and them; {index:t} the number of the window that a time lies
  /// in, from `Start`, and {at:i} when a window begins; {edges} `__start` and `__end` where they are columns of the
  /// rows, because the plugin was not given them.
  std::string_view query;
};

/// Every plugin, sorted by name.
[[nodiscard]] std::span<const PluginInfo> plugins();
[[nodiscard]] const PluginInfo* find_plugin(std::string_view name);

}  // namespace hecate::kql
