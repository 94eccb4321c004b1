#pragma once

#include <initializer_list>
#include <string_view>

#include "lang/sigma/pipeline.h"
#include "lang/sigma/pipeline_model.h"

namespace hecate::sigma::pipeline {

/// The parameters of one mapping of a pipeline. What is wrong with them is reported and remembered.
class Parameters {
 public:
  /// `step`: the mapping has the keys of conditions beside those of its transformation.
  Parameters(const yaml::Node& node, DiagnosticSink& sink, bool step = false) : node_(node), sink_(sink), step_(step) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] const yaml::Node& node() const { return node_; }
  [[nodiscard]] DiagnosticSink& sink() const { return sink_; }
  void fail() { ok_ = false; }
  void wrong(Span span, std::string message, std::string hint = {});

  /// Reports every key that is not among `known` (`type` is).
  void allow(std::initializer_list<std::string_view> known, std::string_view what);

  [[nodiscard]] const yaml::Node* find(std::string_view key) const { return node_.find(key); }
  [[nodiscard]] bool has(std::string_view key) const;
  std::string text(std::string_view key);           // empty where absent
  std::string required_text(std::string_view key);  // reported where absent
  bool flag(std::string_view key, bool otherwise = false);
  /// A text or a list of texts.
  Names names(std::string_view key, bool required);
  ast::Value value(std::string_view key);
  /// One of `words`, the first where absent; its index.
  size_t word(std::string_view key, std::initializer_list<std::string_view> words);
  Regex regex(std::string_view key);
  Regex compile(const yaml::Node& pattern);

 private:
  const yaml::Node* required(std::string_view key);

  const yaml::Node& node_;
  DiagnosticSink& sink_;
  bool step_;
  bool ok_ = true;
};

enum class ConditionKind : uint8_t { Rule, Item, FieldName };

/// `rule_conditions`, `rule_cond_op`, `rule_cond_not`, `rule_cond_expr`, or those of the other kinds.
[[nodiscard]] ConditionSet read_conditions(Parameters& step, ConditionKind kind);

/// The transformation that `type` names, with its parameters.
[[nodiscard]] std::optional<Transformation> read_transformation(Parameters& step, int depth);

/// One entry of `transformations` or of `items` of a `nest`.
[[nodiscard]] std::optional<Step> read_step(const yaml::Node& node, DiagnosticSink& sink, int depth);

void list_conditions(std::vector<PipelinePart>& out);
void list_transformations(std::vector<PipelinePart>& out);

}  // namespace hecate::sigma::pipeline
