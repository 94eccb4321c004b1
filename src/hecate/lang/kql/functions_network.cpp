#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: addresses.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"format_ipv4", 1, 2, {A, L}, Text, "kql.format_ipv4", Own, "An IPv4 address as text.", "format_ipv4(3232235777)"},
    {"format_ipv4_mask", 1, 2, {A, L}, Text, "kql.format_ipv4_mask", Own, "An IPv4 network in CIDR notation.", "format_ipv4_mask(\"192.168.1.1\", 24)"},
    {"geo_info_from_ip_address", 1, 1, {T}, Dynamic, "kql.geo_info_from_ip_address", Own, "Where an address is; null without --geoip.", "geo_info_from_ip_address(ip)"},
    {"has_any_ipv4", 2, -1, {T, A, A, A}, Bool, "kql.has_any_ipv4", Own, "Whether a text has one of several IPv4 addresses.", "has_any_ipv4(x, \"127.0.0.1\")"},
    {"has_any_ipv4_prefix", 2, -1, {T, A, A, A}, Bool, "kql.has_any_ipv4_prefix", Own, "Whether a text has an IPv4 address of one of several prefixes.", "has_any_ipv4_prefix(x, \"10.\")"},
    {"has_ipv4", 2, 2, {T, T}, Bool, "kql.has_any_ipv4", Own, "Whether a text has an IPv4 address.", "has_ipv4(x, \"127.0.0.1\")"},
    {"has_ipv4_prefix", 2, 2, {T, T}, Bool, "kql.has_any_ipv4_prefix", Own, "Whether a text has an IPv4 address of a prefix.", "has_ipv4_prefix(x, \"10.\")"},
    {"ipv4_compare", 2, 3, {T, T, L}, Long, "kql.ipv4_compare", Own, "How two IPv4 addresses compare: -1, 0 or 1.", "ipv4_compare(a, b)"},
    {"ipv4_is_in_any_range", 2, -1, {T, A, A, A}, Bool, "kql.ipv4_is_in_any_range", Own, "Whether an address lies in one of several CIDR ranges.", "ipv4_is_in_any_range(ip, \"10.0.0.0/8\")"},
    {"ipv4_is_in_range", 2, 2, {T, T}, Bool, "kql.ipv4_is_in_range", Own, "Whether an address lies in a CIDR range.", "ipv4_is_in_range(ip, \"10.0.0.0/8\")"},
    {"ipv4_is_match", 2, 3, {T, T, L}, Bool, "kql.ipv4_is_match", Own, "Whether two IPv4 addresses are the same network's.", "ipv4_is_match(a, b, 24)"},
    {"ipv4_is_private", 1, 1, {T}, Bool, "kql.ipv4_is_private", Own, "Whether an address is private.", "ipv4_is_private(ip)"},
    {"ipv4_netmask_suffix", 1, 1, {T}, Long, "kql.ipv4_netmask_suffix", Own, "The bits of a network in CIDR notation.", "ipv4_netmask_suffix(\"10.0.0.0/8\")"},
    {"ipv4_range_to_cidr_list", 2, 2, {T, T}, Dynamic, "kql.ipv4_range_to_cidr_list", Own, "The networks between two addresses.", "ipv4_range_to_cidr_list(\"1.1.0.0\", \"1.1.1.255\")"},
    {"ipv6_compare", 2, 3, {T, T, L}, Long, "kql.ipv6_compare", Own, "How two addresses compare: -1, 0 or 1.", "ipv6_compare(a, b)"},
    {"ipv6_is_in_any_range", 2, -1, {T, A, A, A}, Bool, "kql.ipv6_is_in_any_range", Own, "Whether an address lies in one of several networks.", "ipv6_is_in_any_range(ip, \"fe80::/10\")"},
    {"ipv6_is_in_range", 2, 2, {T, T}, Bool, "kql.ipv6_is_in_range", Own, "Whether an address lies in a network.", "ipv6_is_in_range(ip, \"fe80::/10\")"},
    {"ipv6_is_match", 2, 3, {T, T, L}, Bool, "kql.ipv6_is_match", Own, "Whether two addresses are the same network's.", "ipv6_is_match(a, b, 64)"},
    {"parse_ipv4", 1, 1, {T}, Long, "kql.parse_ipv4", Own, "An IPv4 address as a number.", "parse_ipv4(\"127.0.0.1\")"},
    {"parse_ipv4_mask", 2, 2, {T, L}, Long, "kql.parse_ipv4_mask", Own, "An IPv4 network as a number.", "parse_ipv4_mask(\"127.0.0.1\", 24)"},
    {"parse_ipv6", 1, 1, {T}, Text, "kql.parse_ipv6", Own, "An address in full IPv6 notation.", "parse_ipv6(\"::1\")"},
    {"parse_ipv6_mask", 2, 2, {T, L}, Text, "kql.parse_ipv6_mask", Own, "A network in full IPv6 notation.", "parse_ipv6_mask(\"::1\", 64)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> network_functions() { return kFunctions; }

}  // namespace hecate::kql
