#include <algorithm>
#include <array>

#include "synthesis/inverses.h"

// How functions that are conditions come to be true, or false.
namespace hecate::synthesis {
namespace {

enum class Order : uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

Order negated(Order order) {
  switch (order) {
    case Order::Equal: return Order::NotEqual;
    case Order::NotEqual: return Order::Equal;
    case Order::Less: return Order::GreaterEqual;
    case Order::LessEqual: return Order::Greater;
    case Order::Greater: return Order::LessEqual;
    case Order::GreaterEqual: return Order::Less;
  }
  return order;
}
Order mirrored(Order order) {
  switch (order) {
    case Order::Less: return Order::Greater;
    case Order::LessEqual: return Order::GreaterEqual;
    case Order::Greater: return Order::Less;
    case Order::GreaterEqual: return Order::LessEqual;
    default: return order;
  }
}

Wish wish_for(Order order, double bound) {
  Wish wish = Wish::of(Wish::Kind::Number);
  if (order == Order::Equal || order == Order::Greater || order == Order::GreaterEqual) wish.least = bound;
  if (order == Order::Equal || order == Order::Less || order == Order::LessEqual) wish.most = bound;
  wish.above = order == Order::Greater;
  wish.below = order == Order::Less;
  return wish;
}

bool compare_with(Solver& solver, const Expr& value, Order order, const Value& constant) {
  if (constant.is_null()) return solver.fail("a comparison with nothing");
  const auto number = literal_number(*make_literal(OwnedValue(constant), Type::Real));
  if (order == Order::NotEqual) {
    if (!number) return solver.give(value, Wish::of(Wish::Kind::Present));
    return solver.any_of(3, [&](size_t way) {
      if (way == 2) return solver.give(value, Wish::of(Wish::Kind::Present));
      return solver.give(value, wish_for(way == 0 ? Order::Greater : Order::Less, *number));
    });
  }
  if (number && (order != Order::Equal || !constant.is_text())) return solver.give(value, wish_for(order, *number));
  const std::string text = value_text(constant);
  if (order == Order::Equal || order == Order::LessEqual || order == Order::GreaterEqual)
    return solver.give(value, Wish::text(text));
  if (order == Order::Greater) return solver.give(value, Wish::text(text + "z"));
  return solver.fail("an order of texts");
}

bool compare(Solver& solver, const Expr& left, const Expr& right, Order order) {
  if (const auto constant = solver.constant(right)) return compare_with(solver, left, order, constant->get());
  if (const auto constant = solver.constant(left)) return compare_with(solver, right, mirrored(order), constant->get());
  if (order == Order::Equal) return solver.same(left, right);
  if (order == Order::NotEqual) {
    return solver.any_of(2, [&](size_t way) {
      if (way == 0 && (!solver.give(left, Wish::text("one")) || !solver.give(right, Wish::text("other")))) return false;
      return way == 0 ||
             (solver.give(left, Wish::of(Wish::Kind::Present)) && solver.give(right, Wish::of(Wish::Kind::Present)));
    });
  }
  const bool greater = order == Order::Greater || order == Order::GreaterEqual;
  return solver.any_of(2, [&](size_t way) {
    if (way == 0) return solver.stand_out(greater ? left : right);
    Wish small = Wish::of(Wish::Kind::Number), large = small;
    small.least = small.most = 1;
    large.least = 2;
    return solver.give(greater ? right : left, small) && solver.give(greater ? left : right, large);
  });
}

template <Order kOrder>
bool ordered(Solver& solver, const Call& call, Truth truth) {
  if (truth == Truth::NotTrue) return true;
  return compare(solver, argument(call, 0), argument(call, 1), truth == Truth::True ? kOrder : negated(kOrder));
}

bool give_if(Solver& solver, const Expr& value, const std::optional<Wish>& wish, Truth truth) {
  if (truth == Truth::NotTrue) return true;
  if (truth == Truth::False) return solver.give(value, Wish::of(Wish::Kind::Present));
  return wish ? solver.give(value, *wish) : solver.fail("a pattern");
}

bool like(Solver& solver, const Call& call, Truth truth) {
  const auto pattern = literal_text(argument(call, 1));
  if (!pattern) return truth == Truth::NotTrue || solver.fail(call.function);
  std::string glob;
  for (size_t i = 0; i < pattern->size(); ++i) {
    const char c = (*pattern)[i];
    if (c == '\\' && i + 1 < pattern->size()) {
      glob += glob_escape(pattern->substr(++i, 1));
    } else {
      glob += c == '%' ? "*" : c == '_' ? "?" : glob_escape(std::string_view(&c, 1));
    }
  }
  return give_if(solver, argument(call, 0), wish_of_glob(glob), truth);
}
bool matched(Solver& solver, const Call& call, Truth truth) {
  const auto pattern = literal_text(argument(call, 1));
  return give_if(solver, argument(call, 0), pattern ? wish_of_regex(*pattern, solver.choose()) : std::nullopt, truth);
}

/// Any address of a network: its own with the last part counted up, where there is room.
std::string address_in(std::string network) {
  const size_t slash = network.find('/');
  std::string address = network.substr(0, slash);
  if (slash == std::string::npos || network.substr(slash) == "/32" || network.substr(slash) == "/128") return address;
  if (address.ends_with(".0")) address.back() = '1';
  if (address.ends_with("::")) address += '1';
  return address;
}
bool in_network(Solver& solver, const Expr& value, const Expr& network, Truth truth) {
  const auto text = literal_text(network);
  return give_if(solver, value, text ? std::optional(Wish::text(address_in(*text))) : std::nullopt, truth);
}
bool cidrmatch(Solver& solver, const Call& call, Truth truth) {
  return in_network(solver, argument(call, 1), argument(call, 0), truth);
}
bool search_cidr(Solver& solver, const Call& call, Truth truth) {
  return in_network(solver, argument(call, 0), argument(call, 1), truth);
}
bool search_equals(Solver& solver, const Call& call, Truth truth) {
  const auto text = literal_text(argument(call, 1));
  if (truth != Truth::True) return true;
  return text ? solver.give(argument(call, 0), wish_of_glob(*text)) : solver.same(argument(call, 0), argument(call, 1));
}
bool term(Solver& solver, const Call& call, Truth truth) {
  const auto text = literal_text(argument(call, 1));
  if (truth != Truth::True) return true;
  return text && solver.give(argument(call, 0), Wish::holding(" " + *text + " "));
}

template <Wish::Kind kIfTrue>
bool exists(Solver& solver, const Call& call, Truth truth) {
  const bool as_named = truth == Truth::True;
  const bool wants_value = as_named == (kIfTrue == Wish::Kind::Present);
  return solver.give(argument(call, 0), Wish::of(wants_value ? Wish::Kind::Present : Wish::Kind::Absent));
}
bool is_number(Solver& solver, const Call& call, Truth truth) {
  if (truth != Truth::True) return true;
  Wish wish = Wish::of(Wish::Kind::Number);
  wish.least = 0;
  return solver.give(argument(call, 0), wish);
}
bool either(Solver& solver, const Call& call, Truth truth) {
  if (truth != Truth::True) return true;
  return solver.any_of(2, [&](size_t way) {
    return solver.require(argument(call, way), Truth::True) && solver.require(argument(call, 1 - way), Truth::False);
  });
}
/// What a subsearch means is written out in goals.cpp, but where a condition is a part of a value.
bool left_to_chance(Solver&, const Call&, Truth) { return true; }

struct ConditionRow {
  std::string_view function;
  Condition require;
};
constexpr std::array kConditions{
    ConditionRow{"sigma.cidr", search_cidr},
    ConditionRow{"sigma.eq", ordered<Order::Equal>},
    ConditionRow{"sigma.exists", exists<Wish::Kind::Present>},
    ConditionRow{"sigma.gt", ordered<Order::Greater>},
    ConditionRow{"sigma.gte", ordered<Order::GreaterEqual>},
    ConditionRow{"sigma.is_null", exists<Wish::Kind::Absent>},
    ConditionRow{"sigma.lt", ordered<Order::Less>},
    ConditionRow{"sigma.lte", ordered<Order::LessEqual>},
    ConditionRow{"spl.cidrmatch", cidrmatch},
    ConditionRow{"spl.eq", ordered<Order::Equal>},
    ConditionRow{"spl.ge", ordered<Order::GreaterEqual>},
    ConditionRow{"spl.gt", ordered<Order::Greater>},
    ConditionRow{"spl.isint", is_number},
    ConditionRow{"spl.isnotnull", exists<Wish::Kind::Present>},
    ConditionRow{"spl.isnull", exists<Wish::Kind::Absent>},
    ConditionRow{"spl.isnum", is_number},
    ConditionRow{"spl.isstr", exists<Wish::Kind::Present>},
    ConditionRow{"spl.le", ordered<Order::LessEqual>},
    ConditionRow{"spl.like", like},
    ConditionRow{"spl.lt", ordered<Order::Less>},
    ConditionRow{"spl.match", matched},
    ConditionRow{"spl.ne", ordered<Order::NotEqual>},
    ConditionRow{"spl.search_cidr", search_cidr},
    ConditionRow{"spl.search_equals", search_equals},
    ConditionRow{"spl.search_ge", ordered<Order::GreaterEqual>},
    ConditionRow{"spl.search_gt", ordered<Order::Greater>},
    ConditionRow{"spl.search_le", ordered<Order::LessEqual>},
    ConditionRow{"spl.search_lt", ordered<Order::Less>},
    ConditionRow{"spl.search_term", term},
    ConditionRow{"spl.subsearch", left_to_chance},
    ConditionRow{"spl.xor", either},
    ConditionRow{"text.equals", ordered<Order::Equal>},
    ConditionRow{"text.exists", exists<Wish::Kind::Present>},
};

}  // namespace

Condition find_condition(std::string_view function) {
  const auto row =
      std::lower_bound(kConditions.begin(), kConditions.end(), function,
                       [](const ConditionRow& known, std::string_view name) { return known.function < name; });
  return row != kConditions.end() && row->function == function ? row->require : nullptr;
}

}  // namespace hecate::synthesis
