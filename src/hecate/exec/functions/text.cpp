#include "exec/functions/function.h"

namespace hecate {

std::span<const Function> text_functions() { return {}; }

}  // namespace hecate
