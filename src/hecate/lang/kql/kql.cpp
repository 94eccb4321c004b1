#include "lang/kql/kql.h"

#include <cassert>

#include "lang/kql/binder.h"
#include "lang/kql/function_store.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

Functions::Functions() : store_(std::make_unique<Store>()) {}
Functions::~Functions() = default;
Functions::Functions(Functions&&) noexcept = default;
Functions& Functions::operator=(Functions&&) noexcept = default;

std::vector<std::string_view> Functions::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, entry] : store_->functions) names.push_back(name);
  return names;
}

Result<Plan> compile(const MappedText& query, const Environment& environment, DiagnosticSink& sink) {
  const size_t errors = sink.errors();
  const ast::Query parsed = Parser(query, sink).parse();
  const bool complete = sink.errors() == errors;
  // What could be read is bound in any case: the user sees misspelt columns and a missing bracket at once.
  Plan plan = Binder(environment, sink).bind(parsed);
  if (!complete || sink.errors() != errors) return already_reported();
  assert(!verify(plan).has_value());
  return plan;
}

}  // namespace hecate::kql
