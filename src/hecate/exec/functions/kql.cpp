#include "exec/functions/function.h"

namespace hecate {

std::span<const Function> kql_functions() { return {}; }

}  // namespace hecate
