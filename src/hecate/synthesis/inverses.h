#pragma once

#include "synthesis/solver.h"

namespace hecate::synthesis {

// What takes a part out of a text (extractions.cpp).
[[nodiscard]] bool hash_part(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] bool named(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] bool member(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] bool regex(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] bool rex(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] bool tokens(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] bool pair(Solver& solver, const Call& call, const Wish& wish);
[[nodiscard]] bool element(Solver& solver, const Call& call, const Wish& wish);

[[nodiscard]] inline const Expr& argument(const Call& call, size_t index) { return *call.arguments[index]; }
[[nodiscard]] inline bool whole_text(const Wish& wish) { return wish.kind == Wish::Kind::Text; }

}  // namespace hecate::synthesis
