#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "base/result.h"
#include "plan/plan.h"
#include "plan/table.h"

namespace hecate::spl {

/// A search macro. `definition` is pure text in which `$argument$` stands for an argument.
struct Macro {
  std::string name;
  std::vector<std::string> arguments;
  MappedText definition;
};

/// Macros by name and number of arguments. A later definition of the same key wins (Splunk's layering:
/// the user's folder is loaded after the shipped one).
class MacroTable {
 public:
  void define(Macro macro);
  [[nodiscard]] const Macro* find(std::string_view name, size_t arguments) const;
  [[nodiscard]] std::vector<std::string_view> names() const;
  /// The numbers of arguments with which a name is defined, for a better message.
  [[nodiscard]] std::vector<size_t> arities(std::string_view name) const;

 private:
  std::map<std::pair<std::string, size_t>, Macro, std::less<>> macros_;
};

/// Defines the macros that Splunk's Common Information Model add-on brings, and content relies on.
void define_cim_macros(MacroTable& macros);

/// What a search may refer to. Must outlive the call only.
struct Environment {
  Environment(const MacroTable& all_macros) : macros(all_macros) {}  // NOLINT: macros alone are an environment
  Environment(const MacroTable& all_macros, const Tables& all_tables, bool has_locations = false)
      : macros(all_macros), tables(&all_tables), locations(has_locations) {}
  const MacroTable& macros;
  const Tables* tables = nullptr;  // lookups
  bool locations = false;          // the run has a database of locations
  bool event_types = false;        // something says what `eventtype` and `tag::…` are of events
};

/// A search, from text to a verified plan: macros expanded, parsed, lowered. What is wrong is reported at its
/// place in the file it was written in (SPL…), inside macros too; what is not supported is refused by name.
[[nodiscard]] Result<Plan> compile(const MappedText& search, const Environment& environment, DiagnosticSink& sink);

/// The names of all commands and functions that are supported, for docs, completion and hints.
[[nodiscard]] std::vector<std::string_view> command_names();
[[nodiscard]] std::vector<std::string_view> function_names();

}  // namespace hecate::spl
