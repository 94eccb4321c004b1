#include "lang/spl/spl.h"

#include "lang/spl/functions.h"
#include "lang/spl/lower.h"
#include "lang/spl/macros.h"
#include "lang/spl/parse.h"

namespace hecate::spl {

void MacroTable::define(Macro macro) {
  std::pair<std::string, size_t> key{macro.name, macro.arguments.size()};
  macros_.insert_or_assign(std::move(key), std::move(macro));
}

const Macro* MacroTable::find(std::string_view name, size_t arguments) const {
  const auto found = macros_.find(std::pair<std::string, size_t>{std::string(name), arguments});
  return found == macros_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> MacroTable::names() const {
  std::vector<std::string_view> names;
  for (const auto& [key, macro] : macros_) {
    if (names.empty() || names.back() != key.first) names.push_back(key.first);
  }
  return names;
}

std::vector<size_t> MacroTable::arities(std::string_view name) const {
  std::vector<size_t> arities;
  for (const auto& [key, macro] : macros_) {
    if (key.first == name) arities.push_back(key.second);
  }
  return arities;
}

Result<Plan> compile(const MappedText& search, const Environment& environment, DiagnosticSink& sink) {
  Result<Expanded> expanded = expand(search, environment.macros, sink);
  if (!expanded) return already_reported();
  const Source source(*expanded, sink);
  Cursor cursor(source);
  Result<Pipeline> pipeline = parse_pipeline(cursor);
  if (!pipeline) return already_reported();
  return Lowering(source, environment, source_of(*pipeline)).run(*pipeline);
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const CommandRow& row : command_table()) names.push_back(row.name);
  return names;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const EvalFunction& row : eval_functions()) names.push_back(row.name);
  return names;
}

}  // namespace hecate::spl
