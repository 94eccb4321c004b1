#include <fmt/format.h>

#include "synthesis/inverses.h"

// Parts that functions take out of texts: the text is made so that it has them.
namespace hecate::synthesis {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}/").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

/// Where a group's content stands in a pattern, by its number (0: all) or its name.
std::optional<std::pair<size_t, size_t>> group_in(std::string_view pattern, size_t number, std::string_view name) {
  if (number == 0 && name.empty()) return std::pair(size_t{0}, pattern.size());
  std::vector<std::pair<size_t, bool>> open;  // where groups begin, and whether it is the one
  size_t count = 0;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      if (pattern.substr(i + 1).starts_with("]")) ++i;
    } else if (c == '(') {
      const std::string_view rest = pattern.substr(i + 1);
      const bool is_named =
          (rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!")) || rest.starts_with("?P<");
      const bool captures = !rest.starts_with("?") || is_named;
      const size_t begin = is_named ? pattern.find('>', i) + 1 : i + 1;
      count += captures ? 1 : 0;
      const std::string_view own =
          is_named ? pattern.substr(pattern.find('<', i) + 1, begin - pattern.find('<', i) - 2) : std::string_view();
      open.emplace_back(begin, captures && (name.empty() ? count == number : own == name));
    } else if (c == ')' && !open.empty()) {
      const auto [begin, is_it] = open.back();
      open.pop_back();
      if (is_it) return std::pair(begin, i);
    }
  }
  return std::nullopt;
}

/// What a group of a regular expression finds in a text.
bool extracted(Solver& solver, const Expr& text, std::string pattern, size_t number, std::string_view name,
               const Wish& wish) {
  if (wish.kind == Wish::Kind::Absent) return true;
  const auto group = group_in(pattern, number, name);
  if (!group) return solver.fail("a group of a regular expression");
  std::string wanted;
  if (whole_text(wish)) wanted = filled(wish, solver.choose());
  if (wish.kind == Wish::Kind::Number) wanted = number_text(number_in(wish));
  if (!wanted.empty()) pattern.replace(group->first, group->second - group->first, escaped(wanted));
  const auto sampled = wish_of_regex(pattern, solver.choose());
  if (!sampled) return solver.fail("a regular expression");
  return solver.give(text, *sampled);
}

}  // namespace

bool hash_part(Solver& solver, const Call& call, const Wish& wish) {
  FieldNeeds* field = solver.field_of(argument(call, 0));
  if (field == nullptr) return solver.fail(call.function);
  if (wish.kind == Wish::Kind::Absent) return true;
  const std::string text = whole_text(wish) ? filled(wish, solver.choose()) : "0123456789abcdef";
  return field->add_part(*literal_text(argument(call, 1)) + "=" + text) || solver.fail(call.function);
}

bool named(Solver& solver, const Call& call, const Wish& wish) {
  FieldNeeds* field = solver.field_of(argument(call, 0));
  if (field == nullptr) return solver.fail(call.function);
  if (wish.kind == Wish::Kind::Absent) return true;
  return field->add_named(*literal_text(argument(call, 1)),
                          whole_text(wish) ? filled(wish, solver.choose()) : "synthetic") ||
         solver.fail(call.function);
}

/// The value at a path of a JSON text, or of what stands at a path of one.
bool member(Solver& solver, const Call& call, const Wish& wish) {
  if (wish.kind == Wish::Kind::Absent) return true;
  auto path = literal_text(argument(call, 1));
  if (!path) return solver.fail(call.function);
  const Expr* of = &argument(call, 0);
  for (const Call* inner = std::get_if<Call>(&of->node); inner != nullptr; inner = std::get_if<Call>(&of->node)) {
    const std::string_view name = inner->function;
    const bool nested = name == "spl.spath" || name == "spl.json_extract" || name == "spl.json_key";
    const auto outer = nested ? literal_text(argument(*inner, 1)) : std::nullopt;
    const bool plain = name.starts_with("convert.") || name.starts_with("spl.to_") || name == "spl.mvindex";
    if (!outer && !plain) break;
    if (outer) path = *outer + "." + *path;
    of = &argument(*inner, 0);
  }
  FieldNeeds* field = solver.field_of(*of);
  if (field == nullptr) return solver.fail(call.function);
  // Of the event's own text they are its fields.
  const std::string& name = std::get<RawField>(of->node).path;
  if (name.ends_with(kRawVariable))
    return solver.give(*make_raw_field(name.substr(0, name.size() - kRawVariable.size()) + *path), wish);
  std::string text = "synthetic";
  if (whole_text(wish)) text = filled(wish, solver.choose());
  if (wish.kind == Wish::Kind::Number) text = number_text(number_in(wish));
  return field->add_member(*path, text) || solver.fail(call.function);
}

bool regex(Solver& solver, const Call& call, const Wish& wish) {
  const size_t number = call.arguments.size() > 2 ? static_cast<size_t>(*literal_number(argument(call, 2))) : 0;
  const auto pattern = literal_text(argument(call, 1));
  return pattern && extracted(solver, argument(call, 0), *pattern, number, "", wish);
}
bool rex(Solver& solver, const Call& call, const Wish& wish) {
  const auto pattern = literal_text(argument(call, 1));
  const auto name = literal_text(argument(call, 2));
  return pattern && name && extracted(solver, argument(call, 0), *pattern, 0, *name, wish);
}

bool tokens(Solver& solver, const Call& call, const Wish& wish) {
  const auto pattern = literal_text(argument(call, 1));
  return pattern && extracted(solver, argument(call, 0), *pattern, 1, "", wish);
}

bool pair(Solver& solver, const Call& call, const Wish& wish) {
  if (wish.kind == Wish::Kind::Absent) return true;
  const auto pairs = literal_text(argument(call, 2)).value_or("");
  const auto keys = literal_text(argument(call, 3)).value_or("");
  const std::string text = whole_text(wish) ? filled(wish, solver.choose()) : "synthetic";
  const std::string end = pairs.empty() ? " " : pairs.substr(0, 1);
  return solver.give(argument(call, 0), Wish::holding(end + *literal_text(argument(call, 1)) +
                                                      (keys.empty() ? "=" : keys.substr(0, 1)) + text + end));
}

bool element(Solver& solver, const Call& call, const Wish& wish) {
  if (wish.kind == Wish::Kind::Absent) return true;
  const std::string name = *literal_text(argument(call, 1));
  const std::string text = whole_text(wish) ? filled(wish, solver.choose()) : "synthetic";
  return solver.give(argument(call, 0), Wish::holding(fmt::format("<{0}>{1}</{0}>", name, text)));
}

}  // namespace hecate::synthesis
