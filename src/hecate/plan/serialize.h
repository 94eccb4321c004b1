#pragma once

#include <optional>

#include "base/bytes.h"
#include "plan/plan.h"

// Plans as bytes, so that a rule that was compiled once need not be compiled again. What reads back has the same dump
// and the same spans. Raise kPlanFormat with every change of what stands in a plan or of how it is written.
namespace hecate {

inline constexpr uint64_t kPlanFormat = 1;

/// Writes a span that lies in `file` or nowhere; false for one of another file.
[[nodiscard]] bool write_span(Span span, FileId file, ByteWriter& out);
/// Reads a span into `whole`, all of a file's text. Fails the reader where it would lie outside.
[[nodiscard]] Span read_span(ByteReader& in, Span whole);

/// Writes the plan of a rule: one scan over a logsource, and filters. False, with `out` unusable, where the plan holds
/// anything else, has a span in another file, is nested deeper than DepthGuard allows or makes `out` larger than
/// `most` bytes (shared expressions are written each time).
[[nodiscard]] bool write_plan(const Plan& plan, FileId file, size_t most, ByteWriter& out);
/// Reads a plan from untrusted bytes; nothing where they are none, or one that verify() refuses.
[[nodiscard]] std::optional<Plan> read_plan(ByteReader& in, Span whole);

}  // namespace hecate
