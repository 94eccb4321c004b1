#include "synthesis/inverses.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

// How wishes for what functions give become wishes for their arguments. Where a function has many arguments that would
// do, one is enough: the result is evaluated before anybody believes it.
namespace hecate::synthesis {
namespace {

/// The value itself: conversions, choices among several values, what leaves most texts alone.
template <size_t kIndex>
bool through(Solver& solver, const Call& call, const Wish& wish) {
  return call.arguments.size() > kIndex && solver.give(argument(call, kIndex), wish);
}

bool give_text(Solver& solver, const Expr& expr, std::string prefix, std::string suffix) {
  Wish wish = Wish::of(Wish::Kind::Text);
  wish.prefix = std::move(prefix);
  wish.suffix = std::move(suffix);
  return solver.give(expr, wish);
}

bool folded(Solver& solver, const Call& call, const Wish& wish) {
  Wish changed = wish;
  const bool up = call.function.ends_with("upper");
  const auto fold = [&](std::string& text) {
    if (!up) {
      text = fold_case(text);
      return;
    }
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  };
  if (changed.exact) fold(*changed.exact);
  fold(changed.prefix);
  fold(changed.suffix);
  for (std::string& piece : changed.inside) fold(piece);
  return solver.give(argument(call, 0), changed);
}

/// What follows the last separator.
bool behind(Solver& solver, const Expr& of, const std::string& separator, const Wish& wish) {
  if (!whole_text(wish)) return solver.give(of, wish);
  if (!wish.exact && wish.prefix.empty() && wish.inside.empty()) return solver.give(of, wish);
  const std::string text = filled(wish, solver.choose());
  if (text.find(separator) != std::string::npos) return solver.fail("a separator behind the last one");
  return give_text(solver, of, "", separator + text);
}

bool basename(Solver& solver, const Call& call, const Wish& wish) {
  return behind(solver, argument(call, 0), call.function == "text.basename" ? "/" : "\\", wish);
}
bool after_last(Solver& solver, const Call& call, const Wish& wish) {
  return behind(solver, argument(call, 0), literal_text(argument(call, 1)).value_or(""), wish);
}
bool before(Solver& solver, const Call& call, const Wish& wish) {
  const bool folder = call.function == "text.dirname";
  const std::string separator = folder ? "/" : literal_text(argument(call, 1)).value_or("");
  if (wish.kind == Wish::Kind::Absent) return solver.give(argument(call, 0), wish);
  const std::string text = whole_text(wish) ? filled(wish, solver.choose()) : "before";
  return give_text(solver, argument(call, 0), text + separator, "");
}

bool coalesce(Solver& solver, const Call& call, const Wish& wish) {
  const auto& all = call.arguments;
  if (wish.kind == Wish::Kind::Absent) {
    return std::all_of(all.begin(), all.end(), [&](const ExprPtr& one) { return solver.give(*one, wish); });
  }
  return solver.any_of(all.size(), [&](size_t i) {
    for (size_t k = 0; k < i; ++k) {
      if (!solver.give(*all[k], Wish::of(Wish::Kind::Absent))) return false;
    }
    return solver.give(*all[i], wish);
  });
}

bool some_argument(Solver& solver, const Call& call, const Wish& wish) {
  const auto& all = call.arguments;
  if (wish.kind == Wish::Kind::Absent) return coalesce(solver, call, wish);
  return solver.any_of(all.size(), [&](size_t i) { return solver.give(*all[i], wish); });
}

/// (test, value, …) and perhaps what else.
bool branches(Solver& solver, const Call& call, const Wish& wish) {
  const auto& all = call.arguments;
  const size_t pairs = all.size() / 2;
  const size_t ways = pairs + 1;
  return solver.any_of(ways, [&](size_t way) {
    for (size_t k = 0; k < std::min(way, pairs); ++k) {
      if (!solver.require(*all[2 * k], Truth::NotTrue)) return false;
    }
    if (way == pairs) return all.size() % 2 == 1 ? solver.give(*all.back(), wish) : wish.kind == Wish::Kind::Absent;
    return solver.give(*all[2 * way + 1], wish) && solver.require(*all[2 * way], Truth::True);
  });
}

/// (x, key, value, …, other)
bool mapped(Solver& solver, const Call& call, const Wish& wish) {
  const auto& all = call.arguments;
  const size_t pairs = (all.size() - 1) / 2;
  return solver.any_of(pairs + 1, [&](size_t i) {
    if (i < pairs)
      return solver.give(*all[2 * i + 2], wish) && solver.give(*all[0], Wish::text(*literal_text(*all[2 * i + 1])));
    if (all.size() % 2 == 0)
      return solver.give(*all.back(), wish) && solver.give(*all[0], Wish::of(Wish::Kind::Present));
    return wish.kind == Wish::Kind::Absent;
  });
}

/// Parts of a text, with a separator between.
bool joined(Solver& solver, const std::vector<ExprPtr>& parts, const std::string& separator, const Wish& wish) {
  std::vector<const Expr*> open;
  for (const ExprPtr& part : parts) {
    if (!literal_text(*part)) open.push_back(part.get());
  }
  if (open.empty()) return solver.fail("a text of constants");
  if (!whole_text(wish)) return solver.any_of(open.size(), [&](size_t i) { return solver.give(*open[i], wish); });
  if (!wish.exact) {
    // Its beginning in the first part, its end in the last, all else in one of them.
    const bool whole = open.size() == 1;
    Wish first = Wish::of(Wish::Kind::Text), last = first, inside = first;
    (whole ? inside : first).prefix = wish.prefix;
    (whole ? inside : last).suffix = wish.suffix;
    inside.inside = wish.inside;
    return (wish.prefix.empty() || whole || solver.give(*open.front(), first)) &&
           (wish.suffix.empty() || whole || solver.give(*open.back(), last)) &&
           solver.any_of(open.size(), [&](size_t i) { return solver.give(*open[open.size() - 1 - i], inside); });
  }
  std::string rest = *wish.exact;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto constant = literal_text(*parts[i]);
    if (i > 0 && !separator.empty() && rest.starts_with(separator)) rest.erase(0, separator.size());
    if (constant) {
      if (!rest.starts_with(*constant)) return solver.fail("a text of parts");
      rest.erase(0, constant->size());
      continue;
    }
    size_t end = rest.size();
    const auto next = i + 1 < parts.size() ? literal_text(*parts[i + 1]) : std::nullopt;
    const std::string stop = next ? *next : separator;
    if (i + 1 < parts.size() && !stop.empty()) end = std::min(rest.find(stop), rest.size());
    const bool empty = rest.empty();
    if (!solver.give(*parts[i], empty ? Wish::of(Wish::Kind::Absent) : Wish::text(rest.substr(0, end)))) return false;
    rest.erase(0, end);
  }
  return rest.empty() || solver.fail("a text of parts");
}
bool concat(Solver& solver, const Call& call, const Wish& wish) { return joined(solver, call.arguments, "", wish); }
bool concat_ws(Solver& solver, const Call& call, const Wish& wish) {
  return joined(solver, {call.arguments.begin() + 1, call.arguments.end()},
                literal_text(argument(call, 0)).value_or(""), wish);
}

/// One of several values by its place.
bool at_place(Solver& solver, const Call& call, const Wish& wish) {
  const auto place = literal_number(argument(call, 1));
  if (!place || *place <= 0 || wish.kind == Wish::Kind::Absent) return through<0>(solver, call, wish);
  FieldNeeds* field = solver.listed_field(argument(call, 0));
  const auto* aggregate = std::get_if<Call>(&argument(call, 0).node);
  if (aggregate != nullptr && aggregate->function == kAggregate) {
    solver.needs.events = std::max(solver.needs.events, static_cast<uint64_t>(*place) + 1);
    return solver.give(argument(call, 0), Wish::of(Wish::Kind::Varied));
  }
  const auto* split = aggregate != nullptr && aggregate->function == "spl.split" ? aggregate : nullptr;
  const auto separator = split != nullptr ? literal_text(argument(*split, 1)) : std::nullopt;
  std::string text = "synthetic";
  if (whole_text(wish)) text = filled(wish, solver.choose());
  if (wish.kind == Wish::Kind::Number) text = number_text(number_in(wish));
  if (separator) {
    std::string before;
    for (double i = 0; i < *place; ++i) before += "part" + *separator;
    return give_text(solver, argument(*split, 0), before + text, "");
  }
  if (field == nullptr) return through<0>(solver, call, wish);
  return field->add_at(static_cast<size_t>(*place), text) || solver.fail(call.function);
}

bool length(Solver& solver, const Call& call, const Wish& wish) {
  if (wish.kind != Wish::Kind::Number) return solver.give(argument(call, 0), Wish::of(Wish::Kind::Present));
  Wish of = wish;
  of.kind = Wish::Kind::Length;
  return solver.give(argument(call, 0), of);
}

/// Numbers of values: one, unless more are wished for.
bool value_count(Solver& solver, const Call& call, const Wish& wish) {
  const Expr* of = &argument(call, 0);
  while (const auto* inner = std::get_if<Call>(&of->node)) {
    if (inner->function == kAggregate || inner->arguments.empty()) break;
    of = inner->arguments.front().get();
  }
  if (wish.kind != Wish::Kind::Number || meets(wish, Value::integer(1)))
    return solver.give(argument(call, 0), Wish::of(Wish::Kind::Present));
  const auto count = static_cast<size_t>(number_in(wish));
  const auto* aggregate = std::get_if<Call>(&of->node);
  if (aggregate != nullptr && aggregate->function == kAggregate) {
    solver.needs.events = std::max<uint64_t>(solver.needs.events, count);
    return count > 0 && solver.give(*of, Wish::of(Wish::Kind::Varied));
  }
  FieldNeeds* field = solver.field_of(*of);
  if (field == nullptr || count > 9) return solver.fail(call.function);
  if (!field->add(Wish::of(Wish::Kind::Present))) return false;
  for (size_t i = 1; i < count; ++i) {
    if (!field->add_value(fmt::format("synthetic{}", i))) return solver.fail(call.function);
  }
  return true;
}

bool substr(Solver& solver, const Call& call, const Wish& wish) {
  const auto from = literal_number(argument(call, 1));
  if (!whole_text(wish) || !from) return through<0>(solver, call, wish);
  const std::string text = filled(wish, solver.choose());
  if (*from == 1) return give_text(solver, argument(call, 0), text, "");
  if (*from < 0) return give_text(solver, argument(call, 0), "", text);
  return give_text(solver, argument(call, 0), std::string(static_cast<size_t>(*from) - 1, 'x') + text, "");
}

/// replace(x, regex, by): leaves what the expression does not find, so the wish may hold for x itself. Where all up to
/// a separator is taken away, what follows it.
bool replaced(Solver& solver, const Call& call, const Wish& wish) {
  return solver.any_of(2, [&](size_t way) {
    if (way == 0) return solver.give(argument(call, 0), wish);
    const auto pattern = literal_text(argument(call, 1));
    const auto by = literal_text(argument(call, 2)).value_or("");
    if (!pattern || !by.empty()) return solver.fail(call.function);
    const auto sampled = wish_of_regex(*pattern, solver.choose());
    if (!sampled || !whole_text(wish)) return solver.fail(call.function);
    return solver.give(argument(call, 0),
                       Wish::text(filled(*sampled, solver.choose()) + filled(wish, solver.choose())));
  });
}

Wish shifted(const Wish& wish, double by, double factor) {
  Wish result = wish;
  if (wish.least) result.least = (*wish.least - by) * factor;
  if (wish.most) result.most = (*wish.most - by) * factor;
  if (factor < 0) {
    std::swap(result.least, result.most);
    std::swap(result.above, result.below);
  }
  return result;
}

Wish as_number(const Wish& wish) {
  const auto number =
      wish.kind == Wish::Kind::Text && wish.exact ? literal_number(*make_string(*wish.exact)) : std::nullopt;
  if (!number) return wish;
  Wish result = Wish::of(Wish::Kind::Number);
  result.least = result.most = *number;
  return result;
}

std::optional<double> constant_number(Solver& solver, const Expr& expr) {
  const auto value = solver.constant(expr);
  if (!value) return std::nullopt;
  return literal_number(*make_literal(*value, Type::Real));
}

/// a + b, a - b, a * b, a / b
bool arithmetic(Solver& solver, const Call& call, const Wish& given) {
  const Wish wish = as_number(given);
  const Expr& a = argument(call, 0);
  const Expr& b = argument(call, 1);
  if (wish.kind != Wish::Kind::Number) return solver.give(a, wish) && (solver.constant(b) || solver.give(b, wish));
  const char op = call.function == "spl.add" || call.function == "spl.plus" ? '+'
                  : call.function == "spl.sub"                              ? '-'
                  : call.function == "spl.mul"                              ? '*'
                                                                            : '/';
  const auto solve_a = [&](double right) {
    if (op == '+') return solver.give(a, shifted(wish, right, 1));
    if (op == '-') return solver.give(a, shifted(wish, -right, 1));
    if (right == 0) return solver.fail("arithmetic with zero");
    return solver.give(a, shifted(wish, 0, op == '*' ? 1 / right : right));
  };
  if (const auto right = constant_number(solver, b)) return solve_a(*right);
  if (const auto left = constant_number(solver, a)) {
    if (op == '+') return solver.give(b, shifted(wish, *left, 1));
    if (op == '-') return solver.give(b, shifted(wish, *left, -1));
    if (op == '*' && *left != 0) return solver.give(b, shifted(wish, 0, 1 / *left));
    return solver.fail("arithmetic");
  }
  // The same part on both sides, as in latest - earliest: only the events can make a difference.
  const double right = op == '*' || op == '/' ? 1 : 0;
  Wish one = Wish::of(Wish::Kind::Number);
  one.least = one.most = right;
  if (dump(a) == dump(b)) return solver.fail("arithmetic of one field");
  if (solver.give(b, one)) return solve_a(right);
  one.least = one.most = 1;
  return solver.give(b, one) && solve_a(1);
}

bool lookup(Solver& solver, const Call& call, const Wish& wish) {
  const auto table = solver.tables().find(*literal_text(argument(call, 0)));
  const size_t column = table ? table->column(*literal_text(argument(call, 1))) : Table::npos;
  if (wish.kind == Wish::Kind::Absent) return true;
  if (!table || !table->given || table->rows.empty() || column == Table::npos)
    return solver.fail("a lookup table without rows");
  return solver.any_of(std::min<size_t>(table->rows.size(), 500), [&](size_t row) {
    const auto& cells = table->rows[row];
    if (cells[column].empty() || !meets(wish, Value::string(cells[column]))) return false;
    for (size_t i = 2; i + 1 < call.arguments.size(); i += 2) {
      const std::string name = *literal_text(argument(call, i));
      const size_t at = table->column(name);
      if (at == Table::npos) return solver.fail("a lookup table without its column");
      const auto type = table->match_types.find(name);
      Wish key = Wish::text(cells[at]);
      if (type != table->match_types.end() && type->second == Table::MatchType::Wildcard) {
        std::string glob = cells[at];
        for (size_t k = glob.find('\\'); k != std::string::npos; k = glob.find('\\', k + 2)) glob.insert(k, 1, '\\');
        key = wish_of_glob(glob);
      }
      if (type != table->match_types.end() && type->second == Table::MatchType::Cidr)
        key = Wish::text(cells[at].substr(0, cells[at].find('/')));
      if (!solver.give(argument(call, i + 1), key)) return false;
    }
    return true;
  });
}

/// The index of a value that an expression finds.
bool found_at(Solver& solver, const Call& call, const Wish& wish) {
  const auto pattern = literal_text(argument(call, 1));
  if (wish.kind == Wish::Kind::Absent || !pattern) return wish.kind == Wish::Kind::Absent;
  const auto sampled = wish_of_regex(*pattern, solver.choose());
  if (!sampled) return solver.fail(call.function);
  if (solver.give(argument(call, 0), *sampled)) return true;
  FieldNeeds* field = solver.listed_field(argument(call, 0));
  return field != nullptr && field->add_value(filled(*sampled, solver.choose()));
}

/// 1 - the same in a number as a text.
bool number(Solver& solver, const Call& call, const Wish& wish) {
  const Wish wanted = as_number(wish);
  if (wanted.kind == Wish::Kind::Present) {
    Wish any = Wish::of(Wish::Kind::Number);
    any.least = 0;
    return solver.give(argument(call, 0), any);
  }
  return solver.give(argument(call, 0), wanted);
}

bool named_type(Solver& solver, const Call& call, const Wish& wish) {
  if (wish.kind == Wish::Kind::Text && wish.exact == "Number")
    return number(solver, call, Wish::of(Wish::Kind::Present));
  return solver.give(argument(call, 0), Wish::of(Wish::Kind::Present));
}

bool present(Solver& solver, const Call& call, const Wish& wish) {
  const bool absent = wish.kind == Wish::Kind::Absent;
  return solver.give(argument(call, 0), Wish::of(absent ? Wish::Kind::Absent : Wish::Kind::Present));
}

/// The row that a search is run for is known in goals.cpp.
bool left_to_chance(Solver&, const Call&, const Wish&) { return true; }

struct InverseRow {
  std::string_view function;
  Inverse invert;
};
constexpr std::array kInverses{
    InverseRow{"convert.bool", through<0>},
    InverseRow{"convert.datetime", through<0>},
    InverseRow{"convert.dynamic", through<0>},
    InverseRow{"convert.epoch", through<0>},
    InverseRow{"convert.guid", through<0>},
    InverseRow{"convert.kql_string", through<0>},
    InverseRow{"convert.long", number},
    InverseRow{"convert.real", number},
    InverseRow{"convert.spl_field", through<0>},
    InverseRow{"convert.string", through<0>},
    InverseRow{"convert.timespan", through<0>},
    InverseRow{"spl.abs", number},
    InverseRow{"spl.add", arithmetic},
    InverseRow{"spl.bin_range", present},
    InverseRow{"spl.bin_time", through<0>},
    InverseRow{"spl.case", branches},
    InverseRow{"spl.ceil", number},
    InverseRow{"spl.coalesce", coalesce},
    InverseRow{"spl.concat", concat},
    InverseRow{"spl.ctime", present},
    InverseRow{"spl.div", arithmetic},
    InverseRow{"spl.floor", number},
    InverseRow{"spl.if", branches},
    InverseRow{"spl.json_extract", member},
    InverseRow{"spl.json_key", member},
    InverseRow{"spl.len", length},
    InverseRow{"spl.lookup", lookup},
    InverseRow{"spl.lower", folded},
    InverseRow{"spl.ltrim", through<0>},
    InverseRow{"spl.makemv", through<0>},
    InverseRow{"spl.max_of", some_argument},
    InverseRow{"spl.min_of", some_argument},
    InverseRow{"spl.mul", arithmetic},
    InverseRow{"spl.mvappend", some_argument},
    InverseRow{"spl.mvcount", value_count},
    InverseRow{"spl.mvdedup", through<0>},
    InverseRow{"spl.mvfilter", through<1>},
    InverseRow{"spl.mvfind", found_at},
    InverseRow{"spl.mvindex", at_place},
    InverseRow{"spl.mvjoin", through<0>},
    InverseRow{"spl.mvmap", through<1>},
    InverseRow{"spl.mvsort", through<0>},
    InverseRow{"spl.mvzip", through<0>},
    InverseRow{"spl.nullif", through<0>},
    InverseRow{"spl.pair", pair},
    InverseRow{"spl.plus", arithmetic},
    InverseRow{"spl.relative_time", through<0>},
    InverseRow{"spl.replace", replaced},
    InverseRow{"spl.replace_value", through<0>},
    InverseRow{"spl.rex", rex},
    InverseRow{"spl.round", number},
    InverseRow{"spl.rtrim", through<0>},
    InverseRow{"spl.sed", through<0>},
    InverseRow{"spl.spath", member},
    InverseRow{"spl.split", through<0>},
    InverseRow{"spl.sqrt", number},
    InverseRow{"spl.strftime", present},
    InverseRow{"spl.strptime", present},
    InverseRow{"spl.sub", arithmetic},
    InverseRow{"spl.substr", substr},
    InverseRow{"spl.to_many", through<0>},
    InverseRow{"spl.to_real", number},
    InverseRow{"spl.to_text", through<0>},
    InverseRow{"spl.token", left_to_chance},
    InverseRow{"spl.tokens", tokens},
    InverseRow{"spl.tonumber", number},
    InverseRow{"spl.tostring", through<0>},
    InverseRow{"spl.total", some_argument},
    InverseRow{"spl.trim", through<0>},
    InverseRow{"spl.type_of", named_type},
    InverseRow{"spl.upper", folded},
    InverseRow{"spl.urldecode", through<0>},
    InverseRow{"spl.xmlkv", element},
    InverseRow{"text.add", some_argument},
    InverseRow{"text.after_last", after_last},
    InverseRow{"text.basename", basename},
    InverseRow{"text.before_last", before},
    InverseRow{"text.coalesce", coalesce},
    InverseRow{"text.concat", concat},
    InverseRow{"text.concat_ws", concat_ws},
    InverseRow{"text.dirname", before},
    InverseRow{"text.first", through<0>},
    InverseRow{"text.hash_part", hash_part},
    InverseRow{"text.hex2dec", through<0>},
    InverseRow{"text.if", branches},
    InverseRow{"text.join", through<1>},
    InverseRow{"text.json", through<0>},
    InverseRow{"text.length", length},
    InverseRow{"text.lower", folded},
    InverseRow{"text.map", mapped},
    InverseRow{"text.named", named},
    InverseRow{"text.nth", through<0>},
    InverseRow{"text.null_if", through<0>},
    InverseRow{"text.regex", regex},
    InverseRow{"text.regex_all", regex},
    InverseRow{"text.strip_braces", through<0>},
    InverseRow{"text.trim", through<0>},
    InverseRow{"text.upper", folded},
    InverseRow{"text.values", some_argument},
    InverseRow{"text.win_basename", basename},
};

}  // namespace

Inverse find_inverse(std::string_view function) {
  const auto row =
      std::lower_bound(kInverses.begin(), kInverses.end(), function,
                       [](const InverseRow& known, std::string_view name) { return known.function < name; });
  return row != kInverses.end() && row->function == function ? row->invert : nullptr;
}

}  // namespace hecate::synthesis
