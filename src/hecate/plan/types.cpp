#include "plan/types.h"

namespace hecate {

std::string_view to_string(Language language) {
  switch (language) {
    case Language::Sigma: return "sigma";
    case Language::Spl: return "spl";
    case Language::Kql: return "kql";
  }
  return "";
}

std::string_view to_string(Type type) {
  switch (type) {
    case Type::Bool: return "bool";
    case Type::Long: return "long";
    case Type::Real: return "real";
    case Type::String: return "string";
    case Type::Datetime: return "datetime";
    case Type::Timespan: return "timespan";
    case Type::Dynamic: return "dynamic";
    case Type::Guid: return "guid";
    case Type::Decimal: return "decimal";
    case Type::Many: return "many";
  }
  return "";
}

std::string_view kusto_name(Type type) { return type == Type::Many ? "dynamic" : to_string(type); }

}  // namespace hecate
