#include <vector>

#include "exec/functions/function.h"
#include "exec/functions/kql_support.h"

namespace hecate {
namespace {

std::vector<Function> gather() {
  using namespace kql_support;
  std::vector<Function> all;
  for (const auto family : {operator_functions(), text_operator_functions(), string_functions(), regex_functions(),
                            time_functions(), dynamic_functions(), math_functions(), row_functions()}) {
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
