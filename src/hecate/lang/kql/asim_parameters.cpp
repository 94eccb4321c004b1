#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// A parser of Microsoft's is published as its body and, beside it, its parameters. Where only the body is at hand, what
// it names is taken for what a caller who gives no argument would give
// (https://learn.microsoft.com/azure/sentinel/normalization-about-parsers, "Filtering parser parameters").
namespace hecate::kql {
namespace {

struct FreeParameter {
  std::string_view name;
  Type type;
  std::string_view text;  // of strings and dynamic values
};

// Sorted.
constexpr FreeParameter kParameters[] = {
    {"actingprocess_has_any", Type::Dynamic, "[]"},
    {"actorusername_has_any", Type::Dynamic, "[]"},
    {"commandline_has_all", Type::Dynamic, "[]"},
    {"commandline_has_any", Type::Dynamic, "[]"},
    {"commandline_has_any_ip_prefix", Type::Dynamic, "[]"},
    {"disabled", Type::Bool, "false"},
    {"domain_has_any", Type::Dynamic, "[]"},
    {"dstipaddr_has_any_prefix", Type::Dynamic, "[]"},
    {"dstportnumber", Type::Long, ""},
    {"dvcaction", Type::Dynamic, "[]"},
    {"dvchostname_has_any", Type::Dynamic, "[]"},
    {"dvcipaddr_has_any_prefix", Type::Dynamic, "[]"},
    {"dvcname_has_any", Type::Dynamic, "[]"},
    {"endtime", Type::Datetime, ""},
    {"eventresult", Type::String, "*"},
    {"eventresultdetails_has_any", Type::Dynamic, "[]"},
    {"eventresultdetails_in", Type::Dynamic, "[]"},
    {"eventtype", Type::String, "*"},
    {"eventtype_in", Type::Dynamic, "[]"},
    {"hashes_has_any", Type::Dynamic, "[]"},
    {"hostname_has_any", Type::Dynamic, "[]"},
    {"httpuseragent_has_any", Type::Dynamic, "[]"},
    {"ipaddr_has_any_prefix", Type::Dynamic, "[]"},
    {"newvalue_has_any", Type::Dynamic, "[]"},
    {"object_has_any", Type::Dynamic, "[]"},
    {"operation_has_any", Type::Dynamic, "[]"},
    {"pack", Type::Bool, "false"},
    {"parentprocess_has_any", Type::Dynamic, "[]"},
    {"registrykey_has_any", Type::Dynamic, "[]"},
    {"registryvalue_has_any", Type::Dynamic, "[]"},
    {"registryvaluedata_has_any", Type::Dynamic, "[]"},
    {"response_has_any_prefix", Type::Dynamic, "[]"},
    {"response_has_ipv4", Type::String, "*"},
    {"responsecodename", Type::String, "*"},
    {"srcfilepath_has_any", Type::Dynamic, "[]"},
    {"srcipaddr", Type::String, "*"},
    {"srcipaddr_has_any_prefix", Type::Dynamic, "[]"},
    {"starttime", Type::Datetime, ""},
    {"targetappname_has_any", Type::Dynamic, "[]"},
    {"targetfilepath_has_any", Type::Dynamic, "[]"},
    {"targetprocess_has_any", Type::Dynamic, "[]"},
    {"targetusername", Type::String, "*"},
    {"targetusername_has", Type::String, "*"},
    {"targetusername_has_any", Type::Dynamic, "[]"},
    {"url_has_any", Type::Dynamic, "[]"},
    {"username_has_any", Type::Dynamic, "[]"},
};

}  // namespace

ExprPtr Binder::asim_parameter(std::string_view name, Span span) const {
  const auto* end = std::end(kParameters);
  const auto* found =
      std::lower_bound(std::begin(kParameters), end, name,
                       [](const FreeParameter& row, std::string_view wanted) { return row.name < wanted; });
  if (found == end || found->name != name) return nullptr;
  sink_.report(
      kFreeParameter, span, fmt::format("`{}` is not declared: it is taken for its default", name),
      "load the parser from its YAML file, which has its parameters, or declare them: declare query_parameters(…)");
  if (found->type == Type::Bool) return make_bool(false, span);
  if (found->type == Type::Dynamic) return make_literal(OwnedValue(Value::dynamic(found->text)), Type::Dynamic, span);
  if (found->type == Type::String) return make_string(std::string(found->text), span);
  return null_of(found->type, span);
}

}  // namespace hecate::kql
