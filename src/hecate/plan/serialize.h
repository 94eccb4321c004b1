#pragma once

#include <optional>
#include <span>

#include "base/bytes.h"
#include "plan/plan.h"

// Plans as bytes, so that a rule that was compiled once need not be compiled again. What reads back has the same dump
// and the same spans. Raise kPlanFormat with every change of what stands in a plan or of how it is written.
namespace hecate {

inline constexpr uint64_t kPlanFormat = 1;

/// The files that spans may lie in, all of each. Bytes name a file by its place here, so that they can be read in a run
/// where the same files have other ids.
using Files = std::span<const Span>;

/// Writes a span that lies in one of the files or nowhere; false for any other.
[[nodiscard]] bool write_span(Span span, Files files, ByteWriter& out);
/// Fails the reader where the span would lie outside of the files.
[[nodiscard]] Span read_span(ByteReader& in, Files files);

/// Writes the plan of a rule: one scan over a logsource, and filters. False, with `out` unusable, where the plan holds
/// anything else, has a span in no file of `files`, is nested deeper than DepthGuard allows or makes `out` larger than
/// `most` bytes (shared expressions are written each time).
[[nodiscard]] bool write_plan(const Plan& plan, Files files, size_t most, ByteWriter& out);
/// Reads a plan from untrusted bytes; nothing where they are none, or one that verify() refuses.
[[nodiscard]] std::optional<Plan> read_plan(ByteReader& in, Files files);

}  // namespace hecate
