#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "event_form.h"
#include "lang/sigma/ast.h"
#include "regexes.h"
#include "text_pattern.h"

namespace hecate::corpus {

using FormOf = std::function<const FieldForm&(const std::string&)>;

/// Whether an event satisfies a detection: the specification read once more, on the syntax tree.
class RuleReader {
 public:
  RuleReader(const sigma::ast::Detection& detection, FormOf form, Regexes& regexes)
      : detection_(detection), form_(std::move(form)), regexes_(regexes) {}

  [[nodiscard]] bool holds(const Event& event) const { return holds(*detection_.condition, event); }

 private:
  [[nodiscard]] bool holds(const sigma::ast::Condition& condition, const Event& event) const;
  [[nodiscard]] bool holds(const sigma::ast::Group& group, const Event& event) const;
  [[nodiscard]] bool holds(const sigma::ast::Item& item, const Event& event) const;
  [[nodiscard]] bool value_holds(const sigma::ast::Item& item, const sigma::ast::Value& value,
                                 const Event& event) const;
  [[nodiscard]] bool text_holds(const sigma::ast::Item& item, const std::string& value, const std::string& text) const;
  [[nodiscard]] bool field_holds(const sigma::ast::Item& item, const std::string& other, const Event& event) const;
  [[nodiscard]] std::vector<std::string> values(const sigma::ast::Item& item, const Event& event) const;

  const sigma::ast::Detection& detection_;
  FormOf form_;
  Regexes& regexes_;
};

/// As it stands in the rule.
[[nodiscard]] std::string spelling_of(const sigma::ast::Value& value);
/// The searches that `1 of pattern` means.
[[nodiscard]] std::vector<const sigma::ast::Search*> selected(const sigma::ast::Detection& detection,
                                                              std::string_view pattern);
[[nodiscard]] const sigma::ast::Search* named(const sigma::ast::Detection& detection, std::string_view name);

}  // namespace hecate::corpus
