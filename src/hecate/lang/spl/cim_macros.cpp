#include <array>

#include "lang/spl/spl.h"

namespace hecate::spl {
namespace {

/// A macro that content takes for granted, because Splunk's Common Information Model add-on brings it.
struct CimMacro {
  std::string_view name;
  std::string_view argument;
  std::string_view definition;
};
constexpr std::array kCimMacros{CimMacro{"drop_dm_object_name", "dm", "rename $dm$.* as *"},
                                // Of Splunk's search app: how comments were written before there were any.
                                CimMacro{"comment", "text", ""}};

}  // namespace

void define_cim_macros(MacroTable& macros) {
  for (const CimMacro& macro : kCimMacros) {
    MappedText definition;
    definition.append_generated(macro.definition, {});
    macros.define({std::string(macro.name), {std::string(macro.argument)}, std::move(definition)});
  }
}

}  // namespace hecate::spl
