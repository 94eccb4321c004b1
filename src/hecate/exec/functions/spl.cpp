#include "exec/functions/function.h"

namespace hecate {

std::span<const Function> spl_functions() { return {}; }

}  // namespace hecate
