#include "exec/functions/function.h"

namespace hecate {

std::span<const Function> convert_functions() { return {}; }

}  // namespace hecate
