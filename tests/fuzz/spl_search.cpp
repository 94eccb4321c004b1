#include <cstddef>
#include <cstdint>
#include <string>

#include "base/source_map.h"
#include "lang/spl/spl.h"
#include "plan/cut.h"

namespace {

using namespace hecate;

/// Macros that take arguments, nest, repeat themselves, and open what they do not close.
spl::MacroTable macros_of(SourceMap& sources) {
  spl::MacroTable macros;
  const auto define = [&](std::string name, std::vector<std::string> arguments, const std::string& body) {
    macros.define({std::move(name), std::move(arguments), MappedText(body, sources.whole(sources.add("macro", body)))});
  };
  define("m", {}, "sourcetype=a OR b=\"c\"");
  define("c", {"field"}, "convert timeformat=\"%F\" ctime($field$)");
  define("n", {"x", "y"}, "`c($x$)` | eval $y$=`m`");
  define("r", {}, "`r` `r`");
  define("s", {"t"}, "[| inputlookup $t$ | fields user");
  define("q", {"x"}, "eval x=\"$x$");
  define("drop", {"dm"}, "rename $dm$.* as *");
  return macros;
}

/// A lookup that matches exactly, one by wildcards and networks, and one whose rows are not at hand.
Tables tables_of() {
  Tables tables;
  tables.put(read_csv("t", "user,role\nbob,admin\n"));
  Table patterns = read_csv("w", "path,net,user\n*x*,10.0.0.0/8,bob\n");
  patterns.match_types["path"] = Table::MatchType::Wildcard;
  patterns.match_types["net"] = Table::MatchType::Cidr;
  tables.put(std::move(patterns));
  Table absent;
  absent.name = "a";
  absent.columns = {"user"};
  absent.given = false;
  tables.put(std::move(absent));
  return tables;
}

}  // namespace

// Any bytes as a search, with macros, lookups and searches within it: a sound plan that can be cut, or diagnostics.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  SourceMap sources;
  const spl::MacroTable macros = macros_of(sources);
  const Tables tables = tables_of();
  DiagnosticSink sink(100);
  const FileId file = sources.add("search", text);
  const spl::Environment environment(macros, tables, size % 2 == 0);
  const Result<Plan> plan = spl::compile(MappedText(text, {file, 0, 0}), environment, sink);
  if (plan.ok() == (sink.errors() > 0)) __builtin_trap();
  if (plan) {
    (void)dump(*plan);
    if (verify(*plan)) __builtin_trap();
    (void)cut(*plan);
  }
  for (const Diagnostic& diagnostic : sink.all()) (void)render(diagnostic, sources);
  return 0;
}
