#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "base/text.h"
#include "exec/functions/spl_functions.h"

namespace hecate::spl {
namespace {

bool spells_number(std::string_view text) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && is_ascii_digit(text[at])) ++at;
    return at - begin;
  };
  size_t count = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    count += digits();
  }
  if (count == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

/// Whole numbers beyond 2^53 are compared as such: ids must not become equal by rounding.
std::optional<int64_t> integer_of(const Value& value) {
  if (value.kind() == Kind::Long) return value.as_integer();
  if (!value.is_text()) return std::nullopt;
  const std::string_view text = value.as_text();
  int64_t result = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc() || stop != text.data() + text.size() || text.empty()) return std::nullopt;
  return result;
}

template <typename Test>
bool any_pair(const Value& left, const Value& right, Arena& arena, Test test) {
  for (const Value& a : elements(left)) {
    for (const Value& b : elements(right)) {
      if (test(compare(a, b, arena))) return true;
    }
  }
  return false;
}

struct Address {
  std::array<uint8_t, 16> bytes{};
  int bits = 0;  // 32 or 128; 0: none
};

Address address_of(std::string_view text) {
  Address address;
  std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
  if (text.empty() || text.size() >= buffer.size()) return address;
  std::copy(text.begin(), text.end(), buffer.begin());
  if (inet_pton(AF_INET, buffer.data(), address.bytes.data()) == 1)
    address.bits = 32;
  else if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) == 1)
    address.bits = 128;
  return address;
}

bool in_network(std::string_view address_text, std::string_view network_text) {
  const size_t slash = network_text.find('/');
  const Address network = address_of(network_text.substr(0, slash));
  const Address address = address_of(address_text);
  if (network.bits == 0 || network.bits != address.bits) return false;
  int bits = network.bits;
  if (slash != std::string_view::npos) {
    const std::string_view count = network_text.substr(slash + 1);
    const auto [stop, error] = std::from_chars(count.data(), count.data() + count.size(), bits);
    if (error != std::errc() || stop != count.data() + count.size() || bits < 0 || bits > network.bits) return false;
  }
  for (int bit = 0; bit < bits; ++bit) {
    const auto index = static_cast<size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((network.bytes[index] ^ address.bytes[index]) & mask) != 0) return false;
  }
  return true;
}

template <typename Test>
Value search_compare(Arguments arguments, EvalContext& context, Test test) {
  return Value::boolean(any_pair(arguments[0], arguments[1], context.arena, test));
}

}  // namespace

std::optional<double> number_of(std::string_view text) {
  if (!spells_number(text)) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;  // out of range
  return value;
}

std::optional<double> number_of(const Value& value) {
  switch (value.kind()) {
    case Kind::Long:
    case Kind::Real: return std::isfinite(value.as_real()) ? std::optional(value.as_real()) : std::nullopt;
    case Kind::Datetime: return epoch_seconds(value.as_ticks());
    case Kind::String:
    case Kind::Dynamic: return number_of(value.as_text());
    case Kind::Many: return value.as_list().size() == 1 ? number_of(value.as_list().front()) : std::nullopt;
    default: return std::nullopt;
  }
}

std::span<const Value> elements(const Value& value) {
  if (value.is_null()) return {};
  if (value.kind() == Kind::Many) return value.as_list();
  return {&value, 1};
}

int compare(const Value& left, const Value& right, Arena& arena) {
  const std::optional<int64_t> a = integer_of(left);
  const std::optional<int64_t> b = integer_of(right);
  if (a && b) return *a < *b ? -1 : *a > *b ? 1 : 0;
  const std::optional<double> x = number_of(left);
  const std::optional<double> y = number_of(right);
  if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  return value_text(left, arena).compare(value_text(right, arena));
}

// A field of several values meets a condition where any of them does; it differs from a value where none equals it.
Value eq(Arguments a, EvalContext& c) {
  return Value::boolean(any_pair(a[0], a[1], c.arena, [](int order) { return order == 0; }));
}
Value ne(Arguments a, EvalContext& c) {
  return Value::boolean(!any_pair(a[0], a[1], c.arena, [](int order) { return order == 0; }));
}
Value lt(Arguments a, EvalContext& c) {
  return search_compare(a, c, [](int order) { return order < 0; });
}
Value le(Arguments a, EvalContext& c) {
  return search_compare(a, c, [](int order) { return order <= 0; });
}
Value gt(Arguments a, EvalContext& c) {
  return search_compare(a, c, [](int order) { return order > 0; });
}
Value ge(Arguments a, EvalContext& c) {
  return search_compare(a, c, [](int order) { return order >= 0; });
}
Value search_lt(Arguments a, EvalContext& c) { return lt(a, c); }
Value search_le(Arguments a, EvalContext& c) { return le(a, c); }
Value search_gt(Arguments a, EvalContext& c) { return gt(a, c); }
Value search_ge(Arguments a, EvalContext& c) { return ge(a, c); }
Value exclusive_or(Arguments a, EvalContext&) { return Value::boolean(a[0].is_true() != a[1].is_true()); }

Value search_cidr(Arguments arguments, EvalContext& context) {
  if (arguments[1].is_null()) return Value::boolean(false);
  const std::string_view network = value_text(arguments[1], context.arena);
  const auto values = elements(arguments[0]);
  return Value::boolean(std::any_of(values.begin(), values.end(), [&](const Value& value) {
    return in_network(value_text(value, context.arena), network);
  }));
}

Value cidrmatch(Arguments arguments, EvalContext& context) {
  const std::array<Value, 2> swapped{arguments[1], arguments[0]};
  return search_cidr(swapped, context);
}

Value ipmask(Arguments arguments, EvalContext& context) {
  const Address mask = address_of(value_text(arguments[0], context.arena));
  const Address address = address_of(value_text(arguments[1], context.arena));
  if (mask.bits != 32 || address.bits != 32) return Value::null();
  std::string text;
  for (size_t i = 0; i < 4; ++i) {
    text += (i == 0 ? "" : ".") + std::to_string(mask.bytes[i] & address.bytes[i]);
  }
  return Value::string(context.arena.copy(text));
}

Value coalesce(Arguments arguments, EvalContext&) {
  for (const Value& value : arguments) {
    if (!value.is_null()) return value;
  }
  return Value::null();
}
Value if_else(Arguments arguments, EvalContext&) { return arguments[0].is_true() ? arguments[1] : arguments[2]; }
Value case_of(Arguments arguments, EvalContext&) {
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i].is_true()) return arguments[i + 1];
  }
  return Value::null();
}
Value nullif(Arguments arguments, EvalContext& context) {
  if (arguments[0].is_null() || arguments[1].is_null()) return arguments[0];
  return eq(arguments, context).is_true() ? Value::null() : arguments[0];
}
Value is_null(Arguments arguments, EvalContext&) { return Value::boolean(arguments[0].is_null()); }
Value is_not_null(Arguments arguments, EvalContext&) { return Value::boolean(!arguments[0].is_null()); }
Value is_number(Arguments arguments, EvalContext&) { return Value::boolean(number_of(arguments[0]).has_value()); }
Value is_integer(Arguments arguments, EvalContext&) {
  const std::optional<double> number = number_of(arguments[0]);
  return Value::boolean(number && *number == std::floor(*number));
}
Value is_string(Arguments arguments, EvalContext&) {
  return Value::boolean(!arguments[0].is_null() && !number_of(arguments[0]));
}

}  // namespace hecate::spl
