#pragma once

#include <span>

#include "exec/functions/function.h"

namespace hecate::tail {

/// What `transactions` needs of one row, as a text: (time, whether it starts, whether it ends, field…).
Value transaction_row(std::span<const Value> arguments, EvalContext& context);

/// The number of the transaction of each row, "0" for none: (rows, maxspan, maxpause, maxevents, whether there is a
/// start condition, an end condition, connected, keeporphans, keepevicted). Spans below 0 are no limit.
Value transactions(std::span<const Value> arguments, EvalContext& context);

}  // namespace hecate::tail
