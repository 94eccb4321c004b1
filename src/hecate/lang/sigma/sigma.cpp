#include "lang/sigma/sigma.h"

#include <fmt/format.h>

#include <array>

#include "lang/sigma/codes.h"
#include "lang/sigma/condition.h"
#include "lang/sigma/detection.h"
#include "lang/sigma/lower.h"
#include "lang/sigma/pipeline_apply.h"

namespace hecate::sigma {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"informational", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 5> kStatuses{"stable", "test", "experimental", "deprecated", "unsupported"};

std::vector<std::string> texts_of(const yaml::Node& document, std::string_view key) {
  std::vector<std::string> result;
  if (const yaml::Node* node = document.find(key)) {
    for (const std::string_view text : node->texts()) result.emplace_back(text);
  }
  return result;
}

/// Where to say that a document lacks something: its first key.
Span start_of(const yaml::Node& document) {
  return document.entries.empty() ? document.span : document.entries.front().first->span;
}

/// What a rule and a filter have in common.
class DocumentReader {
 public:
  DocumentReader(const yaml::Node& document, const Pipelines& pipelines, DiagnosticSink& sink)
      : document_(document), pipelines_(pipelines), sink_(sink) {}

  /// False where this is no document to compile; reported.
  bool check_kind() {
    if (!document_.is_mapping()) {
      sink_.report(kNotADocument, document_.span, "a Sigma document is a mapping of keys to values");
      return false;
    }
    if (const yaml::Node* action = document_.find_key("action")) {
      // Collections are merged when content is loaded; the specification never had them.
      sink_.report(kUnsupportedDocument, action->span,
                   fmt::format("`action: {}` needs the other documents of its file", document_.text_of("action")),
                   "write every rule of the collection as a document of its own");
      return false;
    }
    if (const yaml::Node* correlation = document_.find_key("correlation")) {
      sink_.report(kUnsupportedDocument, correlation->span, "this document is a correlation; a rule is wanted here");
      return false;
    }
    return true;
  }

  Metadata metadata(bool with_logsource = true) {
    Metadata result;
    result.id = document_.text_of("id");
    result.name = document_.text_of("name");
    result.status = document_.text_of("status");
    result.description = document_.text_of("description");
    result.author = document_.text_of("author");
    result.level = document_.text_of("level");
    result.tags = texts_of(document_, "tags");
    result.references = texts_of(document_, "references");
    result.false_positives = texts_of(document_, "falsepositives");
    result.fields = texts_of(document_, "fields");
    if (const yaml::Node* title = required("title", "a title says in a few words what the rule detects")) {
      if (!title->is_scalar() || title->text().empty()) {
        wrong_shape("title", "a text");
      } else {
        result.title = title->text();
        result.title_span = title->span;
      }
    }
    check_word("level", kLevels, kBadLevel);
    check_word("status", kStatuses, kBadStatus);
    check_taxonomy();
    if (with_logsource) result.logsource = logsource();
    return result;
  }

  /// The mapping under a mandatory key, or null.
  const yaml::Node* mapping(std::string_view key, std::string_view why) {
    const yaml::Node* node = required(key, why);
    if (node == nullptr || node->is_mapping()) return node;
    wrong_shape(key, "a mapping");
    return nullptr;
  }

  void wrong_shape(std::string_view key, std::string_view wanted) {
    sink_.report(kWrongShape, document_.find_key(key)->span, fmt::format("`{}` must be {}", key, wanted));
    ok_ = false;
  }

  [[nodiscard]] Span logsource_span() const {
    const yaml::Node* node = document_.find("logsource");
    return node == nullptr ? Span{} : node->span;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] const yaml::Node& document() const { return document_; }
  [[nodiscard]] const Pipelines& pipelines() const { return pipelines_; }

 private:
  const yaml::Node* required(std::string_view key, std::string_view why) {
    const yaml::Node* node = document_.find(key);
    if (node != nullptr) return node;
    sink_.report(kMissingKey, start_of(document_), fmt::format("the document has no `{}`", key), std::string(why));
    ok_ = false;
    return nullptr;
  }

  void check_word(std::string_view key, std::span<const std::string_view> words, const DiagnosticCode& code) {
    const yaml::Node* node = document_.find(key);
    if (node == nullptr) return;
    for (const std::string_view word : words) {
      if (node->is_scalar() && node->text() == word) return;
    }
    const std::string_view near = nearest(node->text(), words);
    std::string hint =
        near.empty() ? fmt::format("one of {}", fmt::join(words, ", ")) : fmt::format("did you mean `{}`?", near);
    const Span span = node->is_scalar() ? node->span : document_.find_key(key)->span;
    sink_.report(code, span, fmt::format("`{}` is not a {} of Sigma", node->text(), key), std::move(hint));
    if (code.severity == Severity::Error) ok_ = false;
  }

  void check_taxonomy() {
    // "A custom taxonomy must be handled by the used tool or transformed into the default taxonomy."
    const yaml::Node* node = document_.find("taxonomy");
    if (node == nullptr || (node->is_scalar() && node->text() == "sigma")) return;
    if (node->is_scalar() && !pipelines_.empty()) return;
    sink_.report(kTaxonomy, document_.find_key("taxonomy")->span,
                 fmt::format("the taxonomy `{}` is not known", node->text()),
                 "translate it with a --pipeline, or use the field names of Sigma's own taxonomy");
    ok_ = false;
  }

  SigmaLogsource logsource() {
    SigmaLogsource result;
    const yaml::Node* node = mapping("logsource", "say which events the rule is for: product, category, service");
    if (node == nullptr) return result;
    bool any = false;
    for (const auto& [key, part] : {std::pair("product", &result.product), std::pair("category", &result.category),
                                    std::pair("service", &result.service)}) {
      const yaml::Node* value = node->find(key);
      if (value == nullptr || value->is_null()) continue;
      if (!value->is_scalar()) {
        sink_.report(kWrongShape, node->find_key(key)->span, fmt::format("`{}` must be a text", key));
        ok_ = false;
        continue;
      }
      *part = value->text();
      any = true;
    }
    if (!any && ok_) {
      sink_.report(kMissingKey, document_.find_key("logsource")->span,
                   "the logsource names no product, category or service",
                   "a rule without one would look at every event");
      ok_ = false;
    }
    return result;
  }

  const yaml::Node& document_;
  const Pipelines& pipelines_;
  DiagnosticSink& sink_;
  bool ok_ = true;
};

Result<Plan> compile_detection(const yaml::Node& mapping, std::span<const std::string_view> reserved,
                               const DocumentReader& reader, Metadata& metadata, bool filter, DiagnosticSink& sink) {
  Result<ast::Detection> detection = parse_detection(mapping, reserved, sink);
  if (!detection) return already_reported();
  if (filter && !has_negation(*detection->condition)) {
    // The specification's own example reads `condition: selection` and means "suppress"; pySigma and every
    // tool built on it AND the condition to the rule as it is written.
    sink.report(kFilterKeeps, detection->condition->span,
                "this filter keeps only what it names: its condition is ANDed to the rule as written",
                "write `not selection` (or `not (...)`) to suppress what it names");
  }
  if (!reader.pipelines().empty() && reader.ok()) {
    const PipelineSubject subject{metadata, reader.document(), &*detection, {}};
    if (!apply_pipelines(reader.pipelines(), subject, sink)) return already_reported();
  }
  return lower_detection(*detection, metadata.logsource, reader.logsource_span(), sink);
}

bool read_rules(const yaml::Node& mapping, FilterRule& filter, DiagnosticSink& sink) {
  const yaml::Node* rules = mapping.find("rules");
  if (rules == nullptr) {
    sink.report(kMissingKey, mapping.span, "the filter has no `rules`",
                "list the ids or names of the rules, or write `any`");
    return false;
  }
  for (const yaml::NodePtr& item : rules->items) {
    if (item->is_scalar()) continue;
    sink.report(kWrongShape, item->span, "a rule is named by its id or name");
    return false;
  }
  for (const std::string_view text : rules->texts()) filter.rules.emplace_back(text);
  if (filter.rules.empty()) {
    sink.report(kEmptySelection, mapping.find_key("rules")->span, "the filter applies to no rule",
                "list the ids or names of the rules, or write `any`");
    return false;
  }
  filter.any_rule = rules->is_scalar() && filter.rules.front() == "any";
  if (filter.any_rule) filter.rules.clear();
  return true;
}

}  // namespace

DocumentKind document_kind(const yaml::Node& document) {
  if (!document.is_mapping()) return DocumentKind::None;
  if (document.find("correlation") != nullptr) return DocumentKind::Correlation;
  if (document.find("detection") != nullptr) return DocumentKind::Rule;
  if (const yaml::Node* filter = document.find("filter"); filter != nullptr && filter->is_mapping())
    return DocumentKind::Filter;
  // Incomplete rules are rules all the same, so that somebody says what they lack.
  const bool rule = document.find("logsource") != nullptr || document.find("action") != nullptr;
  return rule ? DocumentKind::Rule : DocumentKind::None;
}

Result<Metadata> read_metadata(const yaml::Node& document, DiagnosticSink& sink, const Pipelines& pipelines) {
  DocumentReader reader(document, pipelines, sink);
  Metadata metadata = reader.metadata(false);
  if (!reader.ok()) return already_reported();
  return metadata;
}

Result<Rule> compile_rule(const yaml::Node& document, DiagnosticSink& sink, const Pipelines& pipelines) {
  DocumentReader reader(document, pipelines, sink);
  if (!reader.check_kind()) return already_reported();
  Rule rule;
  rule.metadata = reader.metadata();
  const yaml::Node* detection = reader.mapping("detection", "add the searches and their condition");
  if (detection == nullptr) return already_reported();
  Result<Plan> plan = compile_detection(*detection, {}, reader, rule.metadata, false, sink);
  if (!plan || !reader.ok()) return already_reported();
  rule.plan = std::move(*plan);
  return rule;
}

Result<FilterRule> compile_filter(const yaml::Node& document, DiagnosticSink& sink, const Pipelines& pipelines) {
  static constexpr std::array<std::string_view, 1> kReserved{"rules"};
  DocumentReader reader(document, pipelines, sink);
  if (!reader.check_kind()) return already_reported();
  FilterRule filter;
  filter.metadata = reader.metadata();
  const yaml::Node* mapping =
      reader.mapping("filter", "add the rules that it applies to, its searches and their condition");
  if (mapping == nullptr) return already_reported();
  const bool rules_ok = read_rules(*mapping, filter, sink);
  Result<Plan> plan = compile_detection(*mapping, kReserved, reader, filter.metadata, true, sink);
  if (!plan || !rules_ok || !reader.ok()) return already_reported();
  filter.plan = std::move(*plan);
  return filter;
}

}  // namespace hecate::sigma
