#include <vector>

#include "exec/functions/function.h"
#include "exec/functions/kql_support.h"

namespace hecate {
namespace {

std::vector<Function> gather() {
  using namespace kql_support;
  std::vector<Function> all;
  for (const auto family :
       {operator_functions(),      text_operator_functions(), string_functions(), regex_functions(),
        time_functions(),          dynamic_functions(),       math_functions(),   convert_value_functions(),
        array_functions(),         bag_functions(),           parse_functions(),  user_agent_functions(),
        xml_functions(),           network_functions(),       hash_functions(),   encode_functions(),
        unit_functions(),          format_functions(),        series_functions(), series_fit_functions(),
        series_season_functions(), geo_functions(),           row_functions(),    capture_functions(),
        pattern_functions(),       sequence_functions()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

}  // namespace

std::span<const Function> kql_functions() {
  static const std::vector<Function> all = gather();
  return all;
}

}  // namespace hecate
