#include "exec/stream/text_sources.h"

#include <algorithm>
#include <array>

#include "base/text.h"

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

/// Functions whose value is a part of their first argument once that is read or written as JSON or XML.
constexpr std::array kDecoding = std::to_array<std::string_view>(
    {"convert.kql_string", "kql.element", "kql.extract", "kql.member", "kql.parse", "kql.parse_json", "kql.parse_xml",
     "kql.split", "kql.substring", "kql.tostring", "text.event_data", "text.event_data_xml", "text.event_parameters"});

/// What the structure that such functions make consists of, and what they write for constants. A second argument names
/// an element: `DataItem`.
constexpr std::array kStructure = std::to_array<std::string_view>({"@name",
                                                                   "#text",
                                                                   "data",
                                                                   "dataitem",
                                                                   "eventdata",
                                                                   "userdata",
                                                                   "param",
                                                                   "name",
                                                                   "type",
                                                                   "xmlns",
                                                                   "system.xmldata",
                                                                   "http",
                                                                   "schemas.microsoft.com",
                                                                   "win",
                                                                   "2004",
                                                                   "08",
                                                                   "events",
                                                                   "event",
                                                                   "true",
                                                                   "false",
                                                                   "null",
                                                                   "nan",
                                                                   "infinity",
                                                                   "quot",
                                                                   "amp"});

bool is_plain(char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || c == '.' || c == '='; }

/// Any part of what a number looks like, however it is written.
bool is_numeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_ascii_digit(c) || c == 'e' || c == 'E' || c == '-' || c == '.'; }) &&
         std::count(text.begin(), text.end(), '.') < 2;
}

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
  if (std::find(kDecoding.begin(), kDecoding.end(), function->name) != kDecoding.end()) {
    sources.decoded = true;
    return add_sources(program, program.operands(node)[0], sources);
  }
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

std::string_view plain_part(std::string_view literal) {
  std::string_view longest;
  for (size_t begin = 0; begin < literal.size();) {
    const auto* const first = std::find_if(literal.begin() + begin, literal.end(), is_plain);
    const auto* const last = std::find_if_not(first, literal.end(), is_plain);
    begin = static_cast<size_t>(last - literal.begin());
    const std::string_view part(first, static_cast<size_t>(last - first));
    if (part.size() > longest.size()) longest = part;
  }
  constexpr size_t kShortest = 4;
  if (longest.size() < kShortest || is_numeric(longest)) return {};
  const std::string folded = fold_case(longest);
  const bool structure = std::any_of(kStructure.begin(), kStructure.end(),
                                     [&](std::string_view word) { return word.find(folded) != word.npos; });
  return structure ? std::string_view() : longest;
}

bool may_hold_encoded(std::string_view text) { return text.find('<') != text.npos || text.find("\\u") != text.npos; }

std::optional<TextSources> text_sources(const Program& program, Index node) {
  TextSources sources;
  if (!add_sources(program, node, sources) || sources.leaves.empty()) return std::nullopt;
  std::sort(sources.leaves.begin(), sources.leaves.end());
  sources.leaves.erase(std::unique(sources.leaves.begin(), sources.leaves.end()), sources.leaves.end());
  return sources;
}

}  // namespace hecate::stream
