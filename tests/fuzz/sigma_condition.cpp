#include <cstddef>
#include <cstdint>
#include <string>

#include "base/mapped_text.h"
#include "base/source_map.h"
#include "lang/sigma/condition.h"

// Any bytes as the condition of a rule: a tree or diagnostics, each with a place inside the text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate;
  const std::string text(reinterpret_cast<const char*>(data), size);
  SourceMap sources;
  DiagnosticSink sink;
  const FileId file = sources.add("condition", text);
  const Result<sigma::ast::ConditionPtr> condition = sigma::parse_condition(MappedText(text, {file, 0, 0}), sink);
  if (condition.ok() == (sink.errors() > 0)) __builtin_trap();
  if (condition) (void)sigma::ast::dump(**condition);
  for (const Diagnostic& diagnostic : sink.all()) (void)render(diagnostic, sources);
  return 0;
}
