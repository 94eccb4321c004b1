#include "exec/stream/text_sources.h"

#include <algorithm>
#include <array>

namespace hecate::stream {
namespace {

using Op = Program::Op;
using Index = Program::Index;

/// Functions (exec/functions/text.h) whose value is a part of some of their arguments, or one of them.
struct Part {
  std::string_view function;
  size_t first = 0;  // of those arguments
  size_t last = 0;
};
constexpr size_t kAll = SIZE_MAX;
constexpr std::array kParts{
    Part{"text.after_last"}, Part{"text.basename"}, Part{"text.before_last"},     Part{"text.coalesce", 0, kAll},
    Part{"text.dirname"},    Part{"text.first"},    Part{"text.hash_part"},       Part{"text.if", 1, 2},
    Part{"text.lower"},      Part{"text.null_if"},  Part{"text.regex"},           Part{"text.strip_braces"},
    Part{"text.trim"},       Part{"text.upper"},    Part{"text.values", 0, kAll}, Part{"text.win_basename"},
};

bool add_sources(const Program& program, Index node, TextSources& sources) {
  switch (program.op(node)) {
    case Op::Fold: return add_sources(program, program.operands(node)[0], sources);
    case Op::Constant: sources.constants.push_back(node); return program.constant(node).kind() == Kind::String;
    case Op::Raw: sources.leaves.push_back(node); return true;
    case Op::Metadata: sources.leaves.push_back(node); return program.metadata_name(node) == "meta.raw";
    case Op::Call: break;
    default: return false;
  }
  const Function* function = program.function(node);
  if (function == nullptr) return false;
  const auto part =
      std::find_if(kParts.begin(), kParts.end(), [&](const Part& row) { return row.function == function->name; });
  if (part == kParts.end()) return false;
  const auto operands = program.operands(node);
  const size_t end = std::min(part->last, operands.size() - 1) + 1;
  return std::all_of(operands.begin() + static_cast<ptrdiff_t>(part->first),
                     operands.begin() + static_cast<ptrdiff_t>(end),
                     [&](Index operand) { return add_sources(program, operand, sources); });
}

}  // namespace

std::optional<TextSources> text_sources(const Program& program, Index node) {
  TextSources sources;
  if (!add_sources(program, node, sources) || sources.leaves.empty()) return std::nullopt;
  std::sort(sources.leaves.begin(), sources.leaves.end());
  sources.leaves.erase(std::unique(sources.leaves.begin(), sources.leaves.end()), sources.leaves.end());
  return sources;
}

}  // namespace hecate::stream
