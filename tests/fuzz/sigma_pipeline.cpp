#include <cstddef>
#include <cstdint>
#include <string>

#include "base/source_map.h"
#include "lang/sigma/pipeline.h"
#include "lang/sigma/sigma.h"
#include "yaml/yaml.h"

// Any bytes as a pipeline, applied to a rule that has some of everything. With more documents, the others are rules.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate;
  constexpr const char* kRule = R"(
title: rule
logsource: {product: windows, category: process_creation}
fields: [Image, User]
detection:
  sel:
    Image|endswith: ['\a.exe', '\b*.exe']
    CommandLine|contains|windash|all: [' -x', ' -y']
    User|expand: 'a%Users%b%x%'
    Hashes|contains: 'MD5=987B65CD9B9F4E9A1AFD8F8B48CF64A7'
    Port|gte: 1024
    Ip|cidr: 10.0.0.0/8
    Name|re|i: '^a+$'
    Other|fieldref: Image
    Gone: null
  words: [one, 2]
  condition: sel and not 1 of word*
)";
  SourceMap sources;
  DiagnosticSink yaml_sink;
  const FileId rule_file = sources.add("rule.yml", kRule);
  const FileId file = sources.add("pipeline.yml", std::string(reinterpret_cast<const char*>(data), size));
  const yaml::Documents rules = yaml::parse(rule_file, sources, yaml_sink);
  const yaml::Documents documents = yaml::parse(file, sources, yaml_sink);
  if (documents.roots.empty()) return 0;
  sigma::Pipelines pipelines;
  DiagnosticSink sink;
  const bool added = pipelines.add(*documents.roots.front(), sink);
  if (added == (sink.errors() > 0)) __builtin_trap();
  const auto compile = [&](const yaml::Node& root) {
    DiagnosticSink own;
    const Result<sigma::Rule> rule = sigma::compile_rule(root, own, pipelines);
    if (rule.ok() == (own.errors() > 0)) __builtin_trap();
    if (rule && verify(rule->plan)) __builtin_trap();
    for (const Diagnostic& diagnostic : own.all()) (void)render(diagnostic, sources);
  };
  compile(*rules.roots.front());
  for (size_t i = 1; i < documents.roots.size(); ++i) compile(*documents.roots[i]);
  for (const Diagnostic& diagnostic : sink.all()) (void)render(diagnostic, sources);
  return 0;
}
