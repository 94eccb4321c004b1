#include <cstddef>
#include <cstdint>
#include <string>

#include "base/source_map.h"
#include "lang/spl/spl.h"

// Any bytes as a search, with macros that take arguments, nest and repeat themselves: a sound plan, or diagnostics.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate;
  const std::string text(reinterpret_cast<const char*>(data), size);
  SourceMap sources;
  spl::MacroTable macros;
  const auto define = [&](std::string name, std::vector<std::string> arguments, const std::string& body) {
    macros.define({std::move(name), std::move(arguments), MappedText(body, sources.whole(sources.add("macro", body)))});
  };
  define("m", {}, "sourcetype=a OR b=\"c\"");
  define("c", {"field"}, "convert timeformat=\"%F\" ctime($field$)");
  define("n", {"x", "y"}, "`c($x$)` | eval $y$=`m`");
  define("r", {}, "`r` `r`");
  DiagnosticSink sink(100);
  const FileId file = sources.add("search", text);
  const Result<Plan> plan = spl::compile(MappedText(text, {file, 0, 0}), macros, sink);
  if (plan.ok() == (sink.errors() > 0)) __builtin_trap();
  if (plan) {
    (void)dump(*plan);
    if (verify(*plan)) __builtin_trap();
  }
  for (const Diagnostic& diagnostic : sink.all()) (void)render(diagnostic, sources);
  return 0;
}
