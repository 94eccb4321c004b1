#include <cstddef>
#include <cstdint>
#include <string>

#include "base/source_map.h"
#include "lang/sigma/sigma.h"
#include "yaml/yaml.h"

// Any bytes as a YAML file of rules and filters: a sound plan, or at least one error for each document.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate;
  SourceMap sources;
  DiagnosticSink yaml_sink;
  const FileId file = sources.add("rule.yml", std::string(reinterpret_cast<const char*>(data), size));
  const yaml::Documents documents = yaml::parse(file, sources, yaml_sink);
  for (const yaml::NodePtr& root : documents.roots) {
    DiagnosticSink sink;
    const bool filter = sigma::document_kind(*root) == sigma::DocumentKind::Filter;
    bool ok = false;
    if (filter) {
      const Result<sigma::FilterRule> result = sigma::compile_filter(*root, sink);
      ok = result.ok();
      if (ok && verify(result->plan)) __builtin_trap();
    } else {
      const Result<sigma::Rule> result = sigma::compile_rule(*root, sink);
      ok = result.ok();
      if (ok && verify(result->plan)) __builtin_trap();
      if (ok) (void)dump(result->plan);
    }
    if (ok == (sink.errors() > 0)) __builtin_trap();
    for (const Diagnostic& diagnostic : sink.all()) (void)render(diagnostic, sources);
  }
  return 0;
}
