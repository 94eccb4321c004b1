#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "yaml/yaml.h"

namespace hecate::sigma {

namespace pipeline {
struct Pipeline;
}

/// Processing pipelines in pySigma's YAML format: what is done to every rule between parsing and compiling it.
/// They run in the order of their priorities, equal ones in the order in which they were added, as one: they
/// share variables and state. Copies share the pipelines themselves.
class Pipelines {
 public:
  /// Reads one pipeline. False where anything in it is wrong or not supported (SIG06…, each with its place); it
  /// is then not added: rules that it was to change would mean something else without it.
  bool add(const yaml::Node& document, DiagnosticSink& sink);

  /// Values of placeholders, a mapping of names to a value or a list of them. They stand in where no pipeline
  /// has replaced a placeholder.
  bool add_values(const yaml::Node& document, DiagnosticSink& sink);

  [[nodiscard]] bool empty() const { return pipelines_.empty(); }
  /// In the order in which they run.
  [[nodiscard]] const std::vector<std::shared_ptr<const pipeline::Pipeline>>& all() const { return pipelines_; }

  /// Whether a YAML document looks like a pipeline.
  [[nodiscard]] static bool is_pipeline(const yaml::Node& document);

 private:
  void insert(std::shared_ptr<const pipeline::Pipeline> added);

  std::vector<std::shared_ptr<const pipeline::Pipeline>> pipelines_;
};

/// One transformation or condition that pipelines may name, for the reference page.
struct PipelinePart {
  std::string_view kind;  // "transformation", "rule condition", "detection item condition", "field name condition"
  std::string_view name;
  std::string_view doc;
  bool supported = true;
};
[[nodiscard]] std::vector<PipelinePart> pipeline_parts();

}  // namespace hecate::sigma
