#include "lang/kql/kql.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "lang/kql/binder.h"
#include "lang/kql/codes.h"
#include "lang/kql/function_store.h"
#include "lang/kql/parser.h"
#include "plan/prune.h"

namespace hecate::kql {
namespace {

/// Options say how Kusto runs a query, not what it computes; here they change nothing, save for these.
constexpr std::string_view kMeaningfulOptions[] = {
    "query_now", "query_datetimescope_column", "query_datetimescope_from", "query_datetimescope_to", "query_datascope"};

void check_statements(const ast::Query& parsed, const MappedText& query, size_t errors, DiagnosticSink& sink) {
  for (const ast::Property& option : parsed.options) {
    const auto* end = std::end(kMeaningfulOptions);
    if (std::find(std::begin(kMeaningfulOptions), end, option.name) == end) continue;
    sink.report(kUnsupported, option.name_span, fmt::format("`set {}` is not supported", option.name));
  }
  if (!parsed.body.source && parsed.body.operators.empty() && sink.errors() == errors) {
    sink.report(parsed.lets.empty() ? kSyntax : kNoQuery, query.span(query.size(), query.size()),
                "the query has no table to read: it ends after its `let` statements");
  }
}

}  // namespace

ast::Query parse(const MappedText& query, DiagnosticSink& sink) { return Parser(query, sink).parse(); }

Functions::Functions() : store_(std::make_unique<Store>()) {}
Functions::~Functions() = default;
Functions::Functions(Functions&&) noexcept = default;
Functions& Functions::operator=(Functions&&) noexcept = default;

bool Functions::add(const std::string& name, const MappedText& parameters, const MappedText& body,
                    DiagnosticSink& sink) {
  const size_t errors = sink.errors();
  auto entry = std::make_unique<Store::Entry>();
  const bool readable = Parser(parameters, sink).parse_parameter_list(entry->lambda.parameters);
  ast::Query query = parse(body, sink);
  check_statements(query, body, errors, sink);
  if (!query.further.empty())
    sink.report(kSyntax, query.further.front().span, "a function ends with one query, and this is another");
  if (!readable || sink.errors() != errors) return false;
  entry->lambda.body = std::make_shared<const ast::Query>(std::move(query));
  store_->functions.insert_or_assign(name, std::move(entry));
  return true;
}

std::vector<std::string_view> Functions::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, entry] : store_->functions) names.push_back(name);
  return names;
}

Result<Plan> compile(const MappedText& query, const Environment& environment, DiagnosticSink& sink) {
  const size_t errors = sink.errors();
  const ast::Query parsed = parse(query, sink);
  check_statements(parsed, query, errors, sink);
  const bool complete = sink.errors() == errors;
  // What could be read is bound in any case: the user sees misspelt columns and a missing bracket at once.
  Plan plan = Binder(environment, sink).bind(parsed);
  if (!complete || sink.errors() != errors) return already_reported();
  push_filters(plan);
  prune(plan);
  assert(!verify(plan).has_value());
  return plan;
}

}  // namespace hecate::kql
