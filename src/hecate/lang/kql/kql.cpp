#include "lang/kql/kql.h"

#include <fmt/format.h>

#include <cassert>

#include "lang/kql/binder.h"
#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {
namespace {

/// What the grammar allows and has no meaning here.
void check_statements(const ast::Query& parsed, const MappedText& query, size_t errors, DiagnosticSink& sink) {
  for (const ast::Property& option : parsed.options) {
    sink.report(kUnsupported, option.name_span, fmt::format("`set {}` is not supported", option.name));
  }
  if (!parsed.parameters.empty()) {
    sink.report(kUnsupported, parsed.parameters.front().span, "query parameters are not supported");
  }
  if (!parsed.body.source && parsed.body.operators.empty() && sink.errors() == errors) {
    sink.report(kSyntax, query.span(query.size(), query.size()),
                "the query has no table to read: it ends after its `let` statements");
  }
  if (!parsed.further.empty()) {
    sink.report(kSyntax, parsed.further.front().span, "expected the end of the query: this is a second one");
  }
}

}  // namespace

ast::Query parse(const MappedText& query, DiagnosticSink& sink) { return Parser(query, sink).parse(); }

Result<Plan> compile(const MappedText& query, const Environment& environment, DiagnosticSink& sink) {
  const size_t errors = sink.errors();
  const ast::Query parsed = parse(query, sink);
  check_statements(parsed, query, errors, sink);
  const bool complete = sink.errors() == errors;
  // What could be read is bound in any case: the user sees misspelt columns and a missing bracket at once.
  Plan plan = Binder(environment, sink).bind(parsed);
  if (!complete || sink.errors() != errors) return already_reported();
  assert(!verify(plan).has_value());
  return plan;
}

}  // namespace hecate::kql
