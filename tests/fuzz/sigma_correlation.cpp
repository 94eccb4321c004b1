#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/source_map.h"
#include "lang/sigma/correlation.h"
#include "yaml/yaml.h"

// Any bytes as a YAML file of correlations and of what they may refer to: each is linked or reported.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate;
  SourceMap sources;
  DiagnosticSink yaml_sink;
  const FileId file = sources.add("rule.yml", std::string(reinterpret_cast<const char*>(data), size));
  std::vector<std::unique_ptr<sigma::Correlation>> parsed;
  std::vector<sigma::RuleIdentity> identities;
  DiagnosticSink sink;
  for (const yaml::NodePtr& root : yaml::parse(file, sources, yaml_sink).roots) {
    if (!root->is_mapping()) continue;
    sigma::RuleIdentity identity;
    identity.id = std::string(root->text_of("id"));
    identity.name = std::string(root->text_of("name"));
    identity.file = file;
    identity.span = root->span;
    if (sigma::document_kind(*root) == sigma::DocumentKind::Correlation) {
      const size_t errors = sink.errors();
      Result<sigma::Correlation> correlation = sigma::parse_correlation(*root, sink);
      if (correlation.ok() == (sink.errors() > errors)) __builtin_trap();
      identity.refused = !correlation;
      if (correlation) {
        parsed.push_back(std::make_unique<sigma::Correlation>(std::move(*correlation)));
        identity.correlation = parsed.back().get();
      }
    }
    identities.push_back(std::move(identity));
  }
  const size_t errors = sink.errors();
  const auto linked = sigma::link_correlations(identities, sink);
  if (linked.size() < parsed.size() && sink.errors() == errors) __builtin_trap();
  for (const sigma::LinkedCorrelation& link : linked) {
    const sigma::Correlation& correlation = *identities[link.self].correlation;
    if (link.rules.size() != correlation.rules.size()) __builtin_trap();
    if (correlation.thresholds.empty() == correlation.combinations.empty()) __builtin_trap();
  }
  for (const Diagnostic& diagnostic : sink.all()) (void)render(diagnostic, sources);
  return 0;
}
