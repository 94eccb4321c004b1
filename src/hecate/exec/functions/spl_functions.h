#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/functions/function.h"

namespace hecate::schedule {
class TimeZone;
}

namespace hecate::spl {

using Arguments = std::span<const Value>;

/// A number as SPL's comparisons see it: digits with a sign, a fraction, an exponent. No blanks, no underscores, no
/// "inf", no "nan".
[[nodiscard]] std::optional<double> number_of(std::string_view text);
/// The number that a value is or spells. Of several values none.
[[nodiscard]] std::optional<double> number_of(const Value& value);
/// The elements of a value, one or several; none of Null.
[[nodiscard]] std::span<const Value> elements(const Value& value);
/// <0, 0, >0: by value where both are numbers, else byte by byte.
[[nodiscard]] int compare(const Value& left, const Value& right, Arena& arena);

// Comparisons of where and eval, and of the search command.
Value eq(Arguments, EvalContext&);
Value ne(Arguments, EvalContext&);
Value lt(Arguments, EvalContext&);
Value le(Arguments, EvalContext&);
Value gt(Arguments, EvalContext&);
Value ge(Arguments, EvalContext&);
Value exclusive_or(Arguments, EvalContext&);
Value search_lt(Arguments, EvalContext&);
Value search_le(Arguments, EvalContext&);
Value search_gt(Arguments, EvalContext&);
Value search_ge(Arguments, EvalContext&);
Value ipmask(Arguments, EvalContext&);       // (mask, address), of IPv4
Value cidrmatch(Arguments, EvalContext&);    // (network, address)
Value search_cidr(Arguments, EvalContext&);  // (address, network)
Value coalesce(Arguments, EvalContext&);
Value if_else(Arguments, EvalContext&);
Value case_of(Arguments, EvalContext&);
Value nullif(Arguments, EvalContext&);
Value is_null(Arguments, EvalContext&);
Value is_not_null(Arguments, EvalContext&);
Value is_number(Arguments, EvalContext&);
Value is_integer(Arguments, EvalContext&);
Value is_string(Arguments, EvalContext&);

// Numbers and conversions.
Value add(Arguments, EvalContext&);
Value plus(Arguments, EvalContext&);
Value sub(Arguments, EvalContext&);
Value mul(Arguments, EvalContext&);
Value div(Arguments, EvalContext&);
Value mod(Arguments, EvalContext&);
Value neg(Arguments, EvalContext&);
Value round(Arguments, EvalContext&);
Value floor(Arguments, EvalContext&);
Value ceil(Arguments, EvalContext&);
Value abs(Arguments, EvalContext&);
Value sqrt(Arguments, EvalContext&);
Value pow(Arguments, EvalContext&);
Value exp(Arguments, EvalContext&);
Value ln(Arguments, EvalContext&);
Value log(Arguments, EvalContext&);
Value min_of(Arguments, EvalContext&);
Value max_of(Arguments, EvalContext&);
Value pi(Arguments, EvalContext&);
Value sin(Arguments, EvalContext&);
Value cos(Arguments, EvalContext&);
Value tan(Arguments, EvalContext&);
Value asin(Arguments, EvalContext&);
Value acos(Arguments, EvalContext&);
Value atan(Arguments, EvalContext&);
Value atan2(Arguments, EvalContext&);
Value sinh(Arguments, EvalContext&);
Value cosh(Arguments, EvalContext&);
Value tanh(Arguments, EvalContext&);
Value asinh(Arguments, EvalContext&);
Value acosh(Arguments, EvalContext&);
Value atanh(Arguments, EvalContext&);
Value hypot(Arguments, EvalContext&);
Value bit_and(Arguments, EvalContext&);
Value bit_or(Arguments, EvalContext&);
Value bit_xor(Arguments, EvalContext&);
Value bit_shift_left(Arguments, EvalContext&);
Value bit_shift_right(Arguments, EvalContext&);
Value tostring(Arguments, EvalContext&);
Value tonumber(Arguments, EvalContext&);
Value to_real(Arguments, EvalContext&);
Value to_text(Arguments, EvalContext&);
Value to_many(Arguments, EvalContext&);

// Texts.
Value concat(Arguments, EvalContext&);
Value lower(Arguments, EvalContext&);
Value upper(Arguments, EvalContext&);
Value len(Arguments, EvalContext&);
Value trim(Arguments, EvalContext&);
Value ltrim(Arguments, EvalContext&);
Value rtrim(Arguments, EvalContext&);
Value substr(Arguments, EvalContext&);
Value split(Arguments, EvalContext&);
Value urldecode(Arguments, EvalContext&);
Value like(Arguments, EvalContext&);
Value match(Arguments, EvalContext&);
Value replace(Arguments, EvalContext&);
Value rex(Arguments, EvalContext&);
Value mvfind(Arguments, EvalContext&);

// Fields out of texts.
Value spath(Arguments, EvalContext&);          // (JSON or XML, path)
Value json_key(Arguments, EvalContext&);       // (JSON, top-level key)
Value xmlkv(Arguments, EvalContext&);          // (XML, element)
Value pair(Arguments, EvalContext&);           // (text, key, delimiters of pairs, of keys and values)
Value replace_value(Arguments, EvalContext&);  // (value, (pattern, replacement)…)
Value total(Arguments, EvalContext&);          // the sum of what is a number

// Fields before a search sees them: spl_search_time.cpp.
Value auto_kv(Arguments, EvalContext&);     // (text, key)
Value named_pair(Arguments, EvalContext&);  // (text, pattern, group of keys, group of values, key, clean, several)
Value cut_field(Arguments, EvalContext&);   // (text, delimiters, place)

// JSON, which is text.
Value json_valid(Arguments, EvalContext&);
Value json_object(Arguments, EvalContext&);  // (key, value…)
Value json_array(Arguments, EvalContext&);
Value json_keys(Arguments, EvalContext&);
Value json_extract(Arguments, EvalContext&);  // (JSON, path…)
Value mv_to_json_array(Arguments, EvalContext&);
Value json_array_to_mv(Arguments, EvalContext&);
Value json_entries(Arguments, EvalContext&);
Value json_value(Arguments, EvalContext&);      // the text where it is JSON
Value json_set(Arguments, EvalContext&);        // (JSON, (path, value)…); append, extend too
Value json_set_exact(Arguments, EvalContext&);  // (JSON, (key, value)…)
Value json_append(Arguments, EvalContext&);
Value json_extend(Arguments, EvalContext&);
Value json_delete(Arguments, EvalContext&);         // (JSON, path…)
Value json_extract_exact(Arguments, EvalContext&);  // (JSON, key…)
Value json_has_key_exact(Arguments, EvalContext&);  // (JSON, key)
Value row_json(Arguments, EvalContext&);            // (key, value…), absent values left out
Value is_array(Arguments, EvalContext&);
Value is_object(Arguments, EvalContext&);
Value is_many(Arguments, EvalContext&);
Value type_of(Arguments, EvalContext&);
Value average_of(Arguments, EvalContext&);
Value bit_not(Arguments, EvalContext&);

// Several values.
Value mvappend(Arguments, EvalContext&);
Value mvcount(Arguments, EvalContext&);
Value mvdedup(Arguments, EvalContext&);
Value mvindex(Arguments, EvalContext&);
Value mvjoin(Arguments, EvalContext&);
Value mvsort(Arguments, EvalContext&);
Value mvrange(Arguments, EvalContext&);
Value mvfilter(Arguments, EvalContext&);  // (expression, values, other arguments of the expression…)
Value mvmap(Arguments, EvalContext&);     // the same
Value mvzip(Arguments, EvalContext&);
Value fold(Arguments, EvalContext&);       // (program, how many states, which, values, states…, others…)
Value sed(Arguments, EvalContext&);        // (text, script)
Value tokens(Arguments, EvalContext&);     // (text, regular expression)
Value bin_range(Arguments, EvalContext&);  // (number, span)
Value makemv(Arguments, EvalContext&);     // (text, delimiter, whether empty values are kept)

// Digests of texts, in hexadecimal.
Value md5(Arguments, EvalContext&);
Value sha1(Arguments, EvalContext&);
Value sha256(Arguments, EvalContext&);
Value sha512(Arguments, EvalContext&);

Value print_format(Arguments, EvalContext&);  // printf

// Functions of convert.
Value convert_auto(Arguments, EvalContext&);
Value convert_commas(Arguments, EvalContext&);
Value convert_duration(Arguments, EvalContext&);
Value convert_memory(Arguments, EvalContext&);
Value convert_minutes(Arguments, EvalContext&);
Value convert_unit(Arguments, EvalContext&);

// Times: seconds since the epoch.
Value now(Arguments, EvalContext&);
Value ctime(Arguments, EvalContext&);
Value strftime(Arguments, EvalContext&);
Value strptime(Arguments, EvalContext&);
Value relative_time(Arguments, EvalContext&);
Value bin_time(Arguments, EvalContext&);

/// Seconds east of UTC of "UTC", "Z", "+02:00" or "+0200"; nullopt of any other name.
[[nodiscard]] std::optional<int> zone_offset(std::string_view zone);
[[nodiscard]] std::string format_time(double epoch, std::string_view format, int offset);
[[nodiscard]] std::optional<double> parse_time(std::string_view text, std::string_view format, int offset);
/// Splunk's relative time modifiers: "-1d@d", "+5m", "@w1". The offset goes before the snap.
[[nodiscard]] std::optional<double> move_time(double epoch, std::string_view modifier, int offset);
/// The same by the clocks of a place: days and more are counted on its calendar, hours and less are as long as they
/// are.
[[nodiscard]] std::optional<double> move_time(double epoch, std::string_view modifier, const schedule::TimeZone& zone);

/// One step of a path into JSON: a key, and whether "{}" or "{n}" follows it.
struct JsonStep {
  std::string key;
  bool elements = false;
  std::optional<size_t> index;
};
/// "a.b{}.c{0}", as spath writes paths.
[[nodiscard]] std::vector<JsonStep> json_steps(std::string_view path);
/// A value of SPL inside JSON: numbers stay numbers, several values are an array. JSON stays what it is, or becomes a
/// string like other texts.
[[nodiscard]] std::string json_of(const Value& value, EvalContext& context, bool keeps_json);

/// One value as it is, none as Null, several as Many.
[[nodiscard]] Value many_of(std::span<const Value> values);

}  // namespace hecate::spl
