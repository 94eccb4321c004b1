#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>
#include <string>

#include "base/text.h"
#include "exec/functions/function.h"

// Sigma's tests that are not matches of text. All are two-valued, so that `not` keeps the events that lack
// the field, and of a field with several values any may satisfy them.
namespace hecate {
namespace {

/// Whether any element of a value satisfies the test; an absent field does not.
template <typename Test>
Value any_element(const Value& value, const Test& test) {
  if (value.kind() != Kind::Many) return Value::boolean(!value.is_null() && test(value));
  for (const Value& element : value.as_list()) {
    if (!element.is_null() && test(element)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

// --- presence ---

/// "Note that this check only verifies the presence of a field, not its value, be it empty or null."
Value exists(std::span<const Value> arguments, EvalContext& /*context*/) {
  return Value::boolean(arguments[0].kind() != Kind::Null);
}

Value is_null(std::span<const Value> arguments, EvalContext& /*context*/) {
  const Value& value = arguments[0];
  if (value.kind() != Kind::Many) return Value::boolean(value.is_null());
  for (const Value& element : value.as_list()) {
    if (element.is_null()) return Value::boolean(true);
  }
  return Value::boolean(false);
}

// --- numbers ---

struct Numeric {
  bool whole = false;
  int64_t integer = 0;
  double real = 0;
};

std::optional<Numeric> numeric(const Value& value, Arena& arena) {
  if (value.kind() == Kind::Long) return Numeric{true, value.as_integer(), static_cast<double>(value.as_integer())};
  if (value.kind() == Kind::Real) return Numeric{false, 0, value.as_real()};
  if (!value.is_text()) return std::nullopt;
  const std::string_view text = trim(value_text(value, arena));
  Numeric result;
  const char* end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, result.integer); error == std::errc{} && at == end) {
    return Numeric{true, result.integer, static_cast<double>(result.integer)};
  }
  const auto [at, error] = std::from_chars(text.data(), end, result.real);
  // from_chars reads "inf" and "nan" too, which in a log are words.
  if (error != std::errc{} || at != end || !std::isfinite(result.real)) return std::nullopt;
  return result;
}

/// -1, 0, 1; whole numbers exactly, however large.
int order(const Numeric& a, const Numeric& b) {
  if (a.whole && b.whole) return a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0;
  return a.real < b.real ? -1 : a.real > b.real ? 1 : 0;
}

template <typename Decide>
Value compare(std::span<const Value> arguments, EvalContext& context, const Decide& decide) {
  const std::optional<Numeric> bound = numeric(arguments[1], context.arena);
  if (!bound) return Value::boolean(false);
  return any_element(arguments[0], [&](const Value& element) {
    const std::optional<Numeric> number = numeric(element, context.arena);
    return number && !std::isnan(number->real) && decide(order(*number, *bound));
  });
}

Value eq(std::span<const Value> arguments, EvalContext& context) {
  return compare(arguments, context, [](int order) { return order == 0; });
}
Value lt(std::span<const Value> arguments, EvalContext& context) {
  return compare(arguments, context, [](int order) { return order < 0; });
}
Value lte(std::span<const Value> arguments, EvalContext& context) {
  return compare(arguments, context, [](int order) { return order <= 0; });
}
Value gt(std::span<const Value> arguments, EvalContext& context) {
  return compare(arguments, context, [](int order) { return order > 0; });
}
Value gte(std::span<const Value> arguments, EvalContext& context) {
  return compare(arguments, context, [](int order) { return order >= 0; });
}

// --- addresses ---

struct Address {
  bool v4 = false;
  std::array<unsigned char, 16> bytes{};
};

/// ::ffff:a.b.c.d is the IPv4 address a.b.c.d: dual-stack sockets log it so. The specification says nothing.
void unmap(Address& address) {
  constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (address.v4 || std::memcmp(address.bytes.data(), kMapped.data(), kMapped.size()) != 0) return;
  std::memmove(address.bytes.data(), address.bytes.data() + kMapped.size(), 4);
  address.v4 = true;
}

std::optional<Address> parse_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
  // An interface behind the address ("fe80::1%eth0") is not part of it.
  text = text.substr(0, text.find('%'));
  if (text.empty() || text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(buffer.data(), text.data(), text.size());
  Address result;
  if (inet_pton(AF_INET, buffer.data(), result.bytes.data()) == 1) {
    result.v4 = true;
    return result;
  }
  if (inet_pton(AF_INET6, buffer.data(), result.bytes.data()) == 1) return result;
  return std::nullopt;
}

struct Network {
  Address address;
  unsigned prefix = 0;
};

std::optional<Network> parse_network(std::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<Address> address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network network{*address, address->v4 ? 32U : 128U};
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), network.prefix);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (network.prefix > (address->v4 ? 32U : 128U)) return std::nullopt;
  }
  if (!network.address.v4 && network.prefix >= 96) {
    unmap(network.address);
    if (network.address.v4) network.prefix -= 96;
  }
  return network;
}

/// Bits behind the prefix do not count, on either side.
bool contains(const Network& network, const Address& address) {
  if (network.address.v4 != address.v4) return false;
  const size_t bytes = network.prefix / 8;
  if (std::memcmp(network.address.bytes.data(), address.bytes.data(), bytes) != 0) return false;
  const unsigned rest = network.prefix % 8;
  if (rest == 0) return true;
  return ((network.address.bytes[bytes] ^ address.bytes[bytes]) >> (8 - rest)) == 0;
}

/// A rule asks for the same network in every event: what its text says is kept, until another takes its place.
const std::optional<Network>& network_of(std::string_view text) {
  struct Known {
    std::string text;
    std::optional<Network> network;
  };
  thread_local std::array<Known, 256> known;
  Known& slot = known[std::hash<std::string_view>{}(text) % known.size()];
  if (slot.text != text) slot = {std::string(text), parse_network(text)};
  return slot.network;
}

Value cidr(std::span<const Value> arguments, EvalContext& context) {
  const std::optional<Network>& network = network_of(value_text(arguments[1], context.arena));
  if (!network) return Value::boolean(false);
  return any_element(arguments[0], [&](const Value& element) {
    std::optional<Address> address = parse_address(trim(value_text(element, context.arena)));
    if (!address) return false;
    if (contains(*network, *address)) return true;
    unmap(*address);
    return contains(*network, *address);
  });
}

// --- fields compared with fields ---

template <typename Test>
Value field_test(std::span<const Value> arguments, EvalContext& context, const Test& test) {
  const bool cased = arguments.size() > 2 && arguments[2].is_true();
  const auto text = [&](const Value& value) {
    const std::string_view plain = value_text(value, context.arena);
    return cased ? plain : context.arena.copy(fold_case(plain));
  };
  return any_element(arguments[0], [&](const Value& left) {
    const std::string_view hay = text(left);
    return any_element(arguments[1], [&](const Value& right) { return test(hay, text(right)); }).as_bool();
  });
}

Value field_equals(std::span<const Value> arguments, EvalContext& context) {
  return field_test(arguments, context, [](std::string_view a, std::string_view b) { return a == b; });
}
Value field_contains(std::span<const Value> arguments, EvalContext& context) {
  return field_test(arguments, context,
                    [](std::string_view a, std::string_view b) { return a.find(b) != std::string_view::npos; });
}
Value field_startswith(std::span<const Value> arguments, EvalContext& context) {
  return field_test(arguments, context, [](std::string_view a, std::string_view b) { return a.starts_with(b); });
}
Value field_endswith(std::span<const Value> arguments, EvalContext& context) {
  return field_test(arguments, context, [](std::string_view a, std::string_view b) { return a.ends_with(b); });
}

// --- parts of a time ---

std::optional<Ticks> time_of(const Value& value, Arena& arena) {
  if (value.kind() == Kind::Datetime) return value.as_ticks();
  if (value.kind() == Kind::Long || value.kind() == Kind::Real) return ticks_from_epoch_seconds(value.as_real());
  if (!value.is_text()) return std::nullopt;
  const std::string_view text = trim(value_text(value, arena));
  if (const std::optional<Ticks> iso = parse_iso_time(text)) return iso;
  return parse_epoch_time(text);
}

template <typename Part>
Value time_part(std::span<const Value> arguments, EvalContext& context, const Part& part) {
  const auto of = [&](const Value& value) {
    const std::optional<Ticks> ticks = time_of(value, context.arena);
    return ticks ? Value::integer(part(civil_time(*ticks))) : Value::null();
  };
  if (arguments[0].kind() != Kind::Many) return of(arguments[0]);
  const std::span<const Value> from = arguments[0].as_list();
  const std::span<Value> to = context.arena.allocate_array<Value>(from.size());
  for (size_t i = 0; i < from.size(); ++i) to[i] = of(from[i]);
  return Value::many(to);
}

bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/// ISO 8601: weeks begin on Monday, week 1 holds the first Thursday of the year.
int64_t iso_week(const CivilTime& time) {
  const int weekday = time.weekday == 0 ? 7 : time.weekday;
  const int week = (time.day_of_year - weekday + 10) / 7;
  const auto weeks_in = [](int weekday_of_first, bool leap) {
    return weekday_of_first == 4 || (leap && weekday_of_first == 3) ? 53 : 52;
  };
  // The weekday of 1 January: of this year, and of the year before.
  const int first = ((weekday - time.day_of_year) % 7 + 7) % 7 + 1;
  if (week < 1) {
    const bool leap = is_leap(time.year - 1);
    return weeks_in((first - 1 + 7 * 53 - (leap ? 366 : 365)) % 7 + 1, leap);
  }
  return week > weeks_in(first, is_leap(time.year)) ? 1 : week;
}

Value minute(std::span<const Value> arguments, EvalContext& context) {
  return time_part(arguments, context, [](const CivilTime& time) { return int64_t{time.minute}; });
}
Value hour(std::span<const Value> arguments, EvalContext& context) {
  return time_part(arguments, context, [](const CivilTime& time) { return int64_t{time.hour}; });
}
Value day(std::span<const Value> arguments, EvalContext& context) {
  return time_part(arguments, context, [](const CivilTime& time) { return int64_t{time.day}; });
}
Value week(std::span<const Value> arguments, EvalContext& context) { return time_part(arguments, context, iso_week); }
Value month(std::span<const Value> arguments, EvalContext& context) {
  return time_part(arguments, context, [](const CivilTime& time) { return int64_t{time.month}; });
}
Value year(std::span<const Value> arguments, EvalContext& context) {
  return time_part(arguments, context, [](const CivilTime& time) { return time.year; });
}

constexpr std::array kFunctions{
    Function{"sigma.cidr", 2, 2, true, cidr,
             "Whether the field is an address inside the network (10.0.0.0/8, fe80::/10)."},
    Function{"sigma.day", 1, 1, true, day, "The day of the month of a time in UTC, 1 to 31."},
    Function{"sigma.eq", 2, 2, true, eq, "Whether the field is the number."},
    Function{"sigma.exists", 1, 1, true, exists, "Whether the event has the field, be it empty or null."},
    Function{"sigma.field_contains", 2, 3, true, field_contains,
             "Whether the first field's text holds the second's; the third argument true tells cases apart."},
    Function{"sigma.field_endswith", 2, 3, true, field_endswith,
             "Whether the first field's text ends with the second's; the third argument true tells cases apart."},
    Function{"sigma.field_equals", 2, 3, true, field_equals,
             "Whether both fields have the same text; the third argument true tells cases apart."},
    Function{"sigma.field_startswith", 2, 3, true, field_startswith,
             "Whether the first field's text begins with the second's; the third argument true tells cases apart."},
    Function{"sigma.gt", 2, 2, true, gt, "Whether the field is a number greater than the second argument."},
    Function{"sigma.gte", 2, 2, true, gte,
             "Whether the field is a number greater than or equal to the second argument."},
    Function{"sigma.hour", 1, 1, true, hour, "The hour of a time in UTC, 0 to 23."},
    Function{"sigma.is_null", 1, 1, true, is_null, "Whether the field is absent or null."},
    Function{"sigma.lt", 2, 2, true, lt, "Whether the field is a number less than the second argument."},
    Function{"sigma.lte", 2, 2, true, lte, "Whether the field is a number less than or equal to the second argument."},
    Function{"sigma.minute", 1, 1, true, minute, "The minute of a time in UTC, 0 to 59."},
    Function{"sigma.month", 1, 1, true, month, "The month of a time in UTC, 1 to 12."},
    Function{"sigma.week", 1, 1, true, week, "The ISO 8601 week of a time in UTC, 1 to 53."},
    Function{"sigma.year", 1, 1, true, year, "The year of a time in UTC."},
};

}  // namespace

std::span<const Function> sigma_functions() { return kFunctions; }

}  // namespace hecate
