#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/json_text.h"
#include "base/text.h"
#include "exec/functions/kql_support.h"
#include "exec/functions/locations.h"

// Addresses. https://learn.microsoft.com/kusto/query/scalar-functions, IPv4/IPv6 functions; "/24" behind an address
// is its IP-prefix notation.
namespace hecate::kql_support {
namespace {

// --- IPv4 ---

struct Network {
  uint32_t address = 0;
  int64_t bits = 32;
};
constexpr std::string_view kDigits = "0123456789";

std::optional<uint32_t> ipv4(std::string_view text) {
  uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const size_t dot = text.find('.');
    if ((part < 3) == (dot == std::string_view::npos)) return std::nullopt;
    const std::string_view digits = text.substr(0, dot);
    // "01" is refused, as octal digits are some readers' and decimal ones others'.
    const bool sound = !digits.empty() && digits.size() <= 3 && (digits.size() == 1 || digits.front() != '0') &&
                       digits.find_first_not_of(kDigits) == std::string_view::npos;
    if (!sound) return std::nullopt;
    const int64_t value = to_long(digits).value_or(256);
    if (value > 255) return std::nullopt;
    address = address << 8 | static_cast<uint32_t>(value);
    text.remove_prefix(part < 3 ? dot + 1 : 0);
  }
  return address;
}
std::optional<int64_t> prefix_of(std::string_view digits, int64_t most) {
  if (digits.empty() || digits.size() > 3 || digits.find_first_not_of(kDigits) != std::string_view::npos)
    return std::nullopt;
  const auto bits = to_long(digits);
  return bits && *bits <= most ? bits : std::nullopt;
}
std::optional<Network> network(std::string_view text) {
  text = trim(text);
  const size_t slash = text.find('/');
  const auto address = ipv4(text.substr(0, slash));
  const auto bits =
      slash == std::string_view::npos ? std::optional<int64_t>(32) : prefix_of(text.substr(slash + 1), 32);
  if (!address || !bits) return std::nullopt;
  return Network{*address, *bits};
}
uint32_t masked(uint32_t address, int64_t bits) { return bits <= 0 ? 0 : address & (~uint32_t{0} << (32 - bits)); }
bool contains(const Network& range, uint32_t address) {
  return masked(address, range.bits) == masked(range.address, range.bits);
}
std::string ipv4_text(uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

/// The prefix that the call asks for; nothing where it is none.
std::optional<int64_t> asked_prefix(Arguments a, size_t place, int64_t most) {
  if (a.size() <= place) return most;
  const bool known = a[place].kind() == Kind::Long && a[place].as_integer() >= 0 && a[place].as_integer() <= most;
  return known ? std::optional<int64_t>(a[place].as_integer()) : std::nullopt;
}

/// By the shortest of the prefixes that are given (ipv4-compare-function).
std::optional<int> compare_ipv4(Arguments a, EvalContext& c) {
  const auto x = network(text_of(a[0], c));
  const auto y = network(text_of(a[1], c));
  const auto asked = asked_prefix(a, 2, 32);
  if (!x || !y || !asked) return std::nullopt;
  const int64_t bits = std::min({x->bits, y->bits, *asked});
  const uint32_t left = masked(x->address, bits);
  const uint32_t right = masked(y->address, bits);
  return left < right ? -1 : left > right ? 1 : 0;
}
Value ipv4_compare(Arguments a, EvalContext& c) {
  const auto order = compare_ipv4(a, c);
  return order ? Value::integer(*order) : Value::null();
}
Value ipv4_is_match(Arguments a, EvalContext& c) {
  const auto order = compare_ipv4(a, c);
  return order ? Value::boolean(*order == 0) : Value::null();
}

/// An address's own prefix is applied to it first.
Value ipv4_is_in_range(Arguments a, EvalContext& c) {
  const auto address = network(text_of(a[0], c));
  const auto range = network(text_of(a[1], c));
  if (!address || !range) return Value::null();
  return Value::boolean(contains(*range, masked(address->address, address->bits)));
}
/// Ranges that are none are passed over; without any range it is null.
Value ipv4_is_in_any_range(Arguments a, EvalContext& c) {
  const auto address = network(text_of(a[0], c));
  if (!address) return Value::null();
  std::vector<std::string_view> ranges;
  for (const Value& value : a.subspan(1)) append_texts(value, ranges, c);
  bool any = false;
  for (const std::string_view text : ranges) {
    const auto range = network(text);
    if (range && contains(*range, masked(address->address, address->bits))) return Value::boolean(true);
    any |= range.has_value();
  }
  return any ? Value::boolean(false) : Value::null();
}
/// ipv4-is-private-function: 10/8, 172.16/12, 192.168/16; malformed is null.
Value ipv4_is_private(Arguments a, EvalContext& c) {
  const auto address = network(text_of(a[0], c));
  if (!address) return Value::null();
  const uint32_t value = masked(address->address, address->bits);
  return Value::boolean(contains({0x0A000000, 8}, value) || contains({0xAC100000, 12}, value) ||
                        contains({0xC0A80000, 16}, value));
}
Value ipv4_netmask_suffix(Arguments a, EvalContext& c) {
  const auto address = network(text_of(a[0], c));
  return address ? Value::integer(address->bits) : Value::null();
}
Value parse_ipv4(Arguments a, EvalContext& c) {
  const auto address = network(text_of(a[0], c));
  const auto asked = asked_prefix(a, 1, 32);
  if (!address || !asked) return Value::null();
  return Value::integer(masked(address->address, std::min(address->bits, *asked)));
}

/// A text, or a number in big-endian order; malformed is "".
std::optional<Network> formatted(Arguments a, EvalContext& c) {
  const auto asked = asked_prefix(a, 1, 32);
  const Value value = unwrap(a[0], c);
  std::optional<Network> result;
  if (value.kind() == Kind::Long) {
    if (value.as_integer() >= 0 && value.as_integer() <= 0xFFFFFFFF)
      result = Network{static_cast<uint32_t>(value.as_integer()), 32};
  } else if (value.kind() == Kind::String) {
    result = network(value.as_text());
  }
  if (!result || !asked) return std::nullopt;
  result->bits = std::min(result->bits, *asked);
  result->address = masked(result->address, result->bits);
  return result;
}
Value format_ipv4(Arguments a, EvalContext& c) {
  const auto result = formatted(a, c);
  return result ? string_value(ipv4_text(result->address), c) : Value::string("");
}
Value format_ipv4_mask(Arguments a, EvalContext& c) {
  const auto result = formatted(a, c);
  return result ? string_value(fmt::format("{}/{}", ipv4_text(result->address), result->bits), c) : Value::string("");
}

/// The fewest networks that cover the addresses from one to another.
Value ipv4_range_to_list(Arguments a, EvalContext& c) {
  const auto first = ipv4(trim(text_of(a[0], c)));
  const auto last = ipv4(trim(text_of(a[1], c)));
  if (!first || !last || *first > *last) return Value::null();
  ArrayWriter out;
  for (uint64_t at = *first; at <= *last;) {
    int size = at == 0 ? 32 : std::min(32, std::countr_zero(at));
    while (at + (uint64_t{1} << size) - 1 > *last) --size;
    out.add(json_quote(fmt::format("{}/{}", ipv4_text(static_cast<uint32_t>(at)), 32 - size)));
    at += uint64_t{1} << size;
  }
  return out.finish(c);
}

/// Calls with each run of digits and dots that no letter or digit touches, until one is taken.
template <typename Take>
bool any_address(std::string_view text, Take take) {
  for (size_t at = text.find_first_of(kDigits); at != std::string_view::npos; at = text.find_first_of(kDigits, at)) {
    const size_t end = std::min(text.find_first_not_of("0123456789.", at), text.size());
    const auto touches = [&](size_t place) {
      return place < text.size() && (is_ascii_alpha(text[place]) || static_cast<unsigned char>(text[place]) >= 0x80);
    };
    std::string_view run = text.substr(at, end - at);
    const bool after_dot = at > 0 && text[at - 1] == '.';
    // A full stop ends a sentence.
    const bool delimited = !touches(end) && !after_dot && (at == 0 || !touches(at - 1));
    while (run.ends_with('.')) run.remove_suffix(1);
    if (delimited && take(run)) return true;
    at = end;
  }
  return false;
}
Value has_any_ipv4(Arguments a, EvalContext& c) {
  std::vector<std::string_view> wanted;
  for (const Value& value : a.subspan(1)) append_texts(value, wanted, c);
  std::erase_if(wanted, [](std::string_view text) { return !ipv4(text); });
  return Value::boolean(any_address(text_of(a[0], c), [&](std::string_view run) {
    return std::find(wanted.begin(), wanted.end(), run) != wanted.end();
  }));
}
/// An address, or the beginning of one that ends with a dot (has-ipv4-prefix-function).
bool is_prefix(std::string_view text) {
  if (!text.ends_with('.')) return ipv4(text).has_value();
  const auto dots = std::count(text.begin(), text.end(), '.');
  if (dots > 3) return false;
  std::string whole(text);
  for (auto part = dots; part < 4; ++part) whole += part == 3 ? "0" : "0.";
  return ipv4(whole).has_value();
}
Value has_any_prefix(Arguments a, EvalContext& c) {
  std::vector<std::string_view> wanted;
  for (const Value& value : a.subspan(1)) append_texts(value, wanted, c);
  std::erase_if(wanted, [](std::string_view text) { return !is_prefix(text); });
  return Value::boolean(any_address(text_of(a[0], c), [&](std::string_view run) {
    return ipv4(run) && std::any_of(wanted.begin(), wanted.end(), [&](std::string_view prefix) {
             return prefix.ends_with('.') ? run.starts_with(prefix) : run == prefix;
           });
  }));
}

// --- IPv6 ---

struct Network6 {
  std::array<unsigned char, 16> bytes{};
  int64_t bits = 128;
  bool is_ipv4 = false;
};

/// An IPv4 address is ::ffff:a.b.c.d, and so is ::a.b.c.d; a prefix behind an address that ends so is IPv4's. A zone
/// (`%eth0`) is dropped.
std::optional<Network6> network6(std::string_view text) {
  text = trim(text);
  const size_t slash = text.find('/');
  const std::string_view address = text.substr(0, std::min(slash, text.find('%')));
  Network6 result;
  const std::string_view tail = address.starts_with("::") ? address.substr(2) : address;
  if (const auto old = ipv4(tail)) {
    result.is_ipv4 = true;
    result.bytes[10] = result.bytes[11] = 0xFF;
    for (size_t i = 0; i < 4; ++i) result.bytes[12 + i] = static_cast<unsigned char>(*old >> (24 - 8 * i));
  } else {
    const std::string copy(address.substr(0, 64));
    if (inet_pton(AF_INET6, copy.c_str(), result.bytes.data()) != 1) return std::nullopt;
    result.is_ipv4 = address.find('.') != std::string_view::npos;
  }
  if (slash == std::string_view::npos) return result;
  const auto bits = prefix_of(text.substr(slash + 1), result.is_ipv4 ? 32 : 128);
  if (!bits) return std::nullopt;
  result.bits = result.is_ipv4 ? *bits + 96 : *bits;
  return result;
}
void mask(Network6& network, int64_t bits) {
  for (int64_t i = 0; i < 16; ++i) {
    const int64_t kept = std::clamp<int64_t>(bits - 8 * i, 0, 8);
    network.bytes[static_cast<size_t>(i)] &= static_cast<unsigned char>(0xFF00 >> kept);
  }
}

std::optional<int> compare_ipv6(Arguments a, EvalContext& c) {
  auto x = network6(text_of(a[0], c));
  auto y = network6(text_of(a[1], c));
  auto asked = asked_prefix(a, 2, 128);
  if (!x || !y || !asked) return std::nullopt;
  if (x->is_ipv4 && y->is_ipv4 && *asked <= 32) *asked += 96;
  const int64_t bits = std::min({x->bits, y->bits, *asked});
  mask(*x, bits);
  mask(*y, bits);
  return x->bytes < y->bytes ? -1 : x->bytes > y->bytes ? 1 : 0;
}
Value ipv6_compare(Arguments a, EvalContext& c) {
  const auto order = compare_ipv6(a, c);
  return order ? Value::integer(*order) : Value::null();
}
Value ipv6_is_match(Arguments a, EvalContext& c) {
  const auto order = compare_ipv6(a, c);
  return order ? Value::boolean(*order == 0) : Value::null();
}
bool contains(Network6 range, Network6 address) {
  mask(address, std::min(address.bits, range.bits));
  mask(range, range.bits);
  return address.bytes == range.bytes;
}
Value ipv6_is_in_any_range(Arguments a, EvalContext& c) {
  const auto address = network6(text_of(a[0], c));
  if (!address) return Value::null();
  std::vector<std::string_view> ranges;
  for (const Value& value : a.subspan(1)) append_texts(value, ranges, c);
  bool any = false;
  for (const std::string_view text : ranges) {
    const auto range = network6(text);
    if (range && contains(*range, *address)) return Value::boolean(true);
    any |= range.has_value();
  }
  return any ? Value::boolean(false) : Value::null();
}
/// Eight groups of four digits; malformed is "" (parse-ipv6-function).
Value parse_ipv6(Arguments a, EvalContext& c) {
  auto address = network6(text_of(a[0], c));
  auto asked = asked_prefix(a, 1, 128);
  if (!address || !asked) return Value::string("");
  if (a.size() > 1 && address->is_ipv4 && *asked <= 32) *asked += 96;
  mask(*address, std::min(address->bits, *asked));
  std::string out;
  for (size_t i = 0; i < 16; i += 2)
    out += fmt::format("{}{:02x}{:02x}", i == 0 ? "" : ":", address->bytes[i], address->bytes[i + 1]);
  return string_value(out, c);
}

/// What the database says; null where there is none, or where it knows nothing of the address.
Value geo_info(Arguments a, EvalContext& c) {
  if (c.run.locations == nullptr) return Value::null();
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFields{
      {{"country", "Country"}, {"state", "Region"}, {"city", "City"}, {"latitude", "lat"}, {"longitude", "lon"}}};
  const std::string_view address = text_of(a[0], c);
  ObjectWriter out;
  bool any = false;
  for (const auto& [name, field] : kFields) {
    const Value value = c.run.locations->find(address, field, c.arena);
    if (value.is_null()) continue;
    any = true;
    const bool number = name == "latitude" || name == "longitude";
    out.add(name, number ? std::string(value.as_text()) : json_quote(value.as_text()));
  }
  return any ? out.finish(c) : Value::null();
}

constexpr Function kFunctions[] = {
    {"kql.format_ipv4", 1, 2, true, &format_ipv4, "An IPv4 address as text."},
    {"kql.format_ipv4_mask", 1, 2, true, &format_ipv4_mask, "An IPv4 network in CIDR notation."},
    {"kql.geo_info_from_ip_address", 1, 1, true, &geo_info, "Where an address is."},
    {"kql.has_any_ipv4", 2, -1, true, &has_any_ipv4, "Whether a text has one of several IPv4 addresses."},
    {"kql.has_any_ipv4_prefix", 2, -1, true, &has_any_prefix, "Whether a text has an address of a prefix."},
    {"kql.ipv4_compare", 2, 3, true, &ipv4_compare, "How two IPv4 addresses compare."},
    {"kql.ipv4_is_in_any_range", 2, -1, true, &ipv4_is_in_any_range, "Whether an address lies in a CIDR range."},
    {"kql.ipv4_is_in_range", 2, 2, true, &ipv4_is_in_range, "Whether an address lies in a CIDR range."},
    {"kql.ipv4_is_match", 2, 3, true, &ipv4_is_match, "Whether two IPv4 addresses are the same network's."},
    {"kql.ipv4_is_private", 1, 1, true, &ipv4_is_private, "Whether an address is private."},
    {"kql.ipv4_netmask_suffix", 1, 1, true, &ipv4_netmask_suffix, "The bits of a network."},
    {"kql.ipv4_range_to_cidr_list", 2, 2, true, &ipv4_range_to_list, "The networks between two addresses."},
    {"kql.ipv6_compare", 2, 3, true, &ipv6_compare, "How two addresses compare."},
    {"kql.ipv6_is_in_any_range", 2, -1, true, &ipv6_is_in_any_range, "Whether an address lies in a network."},
    {"kql.ipv6_is_in_range", 2, 2, true, &ipv6_is_in_any_range, "Whether an address lies in a network."},
    {"kql.ipv6_is_match", 2, 3, true, &ipv6_is_match, "Whether two addresses are the same network's."},
    {"kql.parse_ipv4", 1, 1, true, &parse_ipv4, "An IPv4 address as a number."},
    {"kql.parse_ipv4_mask", 2, 2, true, &parse_ipv4, "An IPv4 network as a number."},
    {"kql.parse_ipv6", 1, 1, true, &parse_ipv6, "An address in full IPv6 notation."},
    {"kql.parse_ipv6_mask", 2, 2, true, &parse_ipv6, "A network in full IPv6 notation."},
};

}  // namespace

std::span<const Function> network_functions() { return kFunctions; }

}  // namespace hecate::kql_support
