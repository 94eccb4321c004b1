#include "lang/spl/functions.h"

#include <algorithm>
#include <array>

namespace hecate::spl {
namespace {

using enum ResultRule;

constexpr std::array<EvalFunction, 76> kEval{{
    {"abs", 1, 1, Real, "spl.abs", "Absolute value.", "abs(delta)"},
    {"acos", 1, 1, Real, "spl.acos", "Arc cosine.", "acos(x)"},
    {"acosh", 1, 1, Real, "spl.acosh", "Inverse hyperbolic cosine.", "acosh(x)"},
    {"asin", 1, 1, Real, "spl.asin", "Arc sine.", "asin(x)"},
    {"asinh", 1, 1, Real, "spl.asinh", "Inverse hyperbolic sine.", "asinh(x)"},
    {"atan", 1, 1, Real, "spl.atan", "Arc tangent.", "atan(x)"},
    {"atan2", 2, 2, Real, "spl.atan2", "The angle of a point (y, x).", "atan2(y, x)"},
    {"atanh", 1, 1, Real, "spl.atanh", "Inverse hyperbolic tangent.", "atanh(x)"},
    {"bit_and", 2, -1, Real, "spl.bit_and", "Bitwise and of whole numbers.", "bit_and(access, 16)"},
    {"bit_or", 2, -1, Real, "spl.bit_or", "Bitwise or of whole numbers.", "bit_or(a, b)"},
    {"bit_shift_left", 2, 2, Real, "spl.bit_shift_left", "Shifts bits to the left.", "bit_shift_left(x, 2)"},
    {"bit_shift_right", 2, 2, Real, "spl.bit_shift_right", "Shifts bits to the right.", "bit_shift_right(x, 2)"},
    {"bit_xor", 2, -1, Real, "spl.bit_xor", "Bitwise exclusive or of whole numbers.", "bit_xor(a, b)"},
    {"case", 2, -1, OfArguments, "", "The value after the first condition that is true.",
     "case(a=1, \"one\", true(), \"other\")"},
    {"ceil", 1, 1, Real, "spl.ceil", "Rounds up.", "ceil(x)"},
    {"ceiling", 1, 1, Real, "spl.ceil", "Rounds up.", "ceiling(x)"},
    {"cidrmatch", 2, 2, Bool, "spl.cidrmatch", "Whether an address is in a network.", "cidrmatch(\"10.0.0.0/8\", src)"},
    {"coalesce", 1, -1, OfArguments, "spl.coalesce", "The first argument that is not null.",
     "coalesce(user, \"unknown\")"},
    {"cos", 1, 1, Real, "spl.cos", "Cosine.", "cos(x)"},
    {"cosh", 1, 1, Real, "spl.cosh", "Hyperbolic cosine.", "cosh(x)"},
    {"exp", 1, 1, Real, "spl.exp", "e to the power of x.", "exp(x)"},
    {"false", 0, 0, Bool, "", "False.", "false()"},
    {"floor", 1, 1, Real, "spl.floor", "Rounds down.", "floor(x)"},
    {"hypot", 2, 2, Real, "spl.hypot", "Length of the hypotenuse.", "hypot(3, 4)"},
    {"if", 3, 3, OfArguments, "", "One of two values by a condition.", "if(count > 5, \"many\", \"few\")"},
    {"in", 2, -1, Bool, "", "Whether the first argument equals one of the others.", "in(status, \"404\", \"500\")"},
    {"ipmask", 2, 2, String, "spl.ipmask", "An IPv4 address under a mask.", "ipmask(\"255.255.255.0\", src)"},
    {"isint", 1, 1, Bool, "spl.isint", "Whether a value is a whole number.", "isint(x)"},
    {"isnotnull", 1, 1, Bool, "spl.isnotnull", "Whether a field has a value.", "isnotnull(user)"},
    {"isnull", 1, 1, Bool, "spl.isnull", "Whether a field has no value.", "isnull(user)"},
    {"isnum", 1, 1, Bool, "spl.isnum", "Whether a value is a number.", "isnum(x)"},
    {"isstr", 1, 1, Bool, "spl.isstr", "Whether a value is a text and no number.", "isstr(x)"},
    {"len", 1, 1, Long, "spl.len", "Length in characters.", "len(process)"},
    {"like", 2, 2, Bool, "spl.like", "Whether all of a text matches a pattern of % and _.", "like(process, \"%-k%\")"},
    {"ln", 1, 1, Real, "spl.ln", "Natural logarithm.", "ln(x)"},
    {"log", 1, 2, Real, "spl.log", "Logarithm, to base 10 or a base.", "log(x, 2)"},
    {"lower", 1, 1, String, "spl.lower", "In small letters.", "lower(user)"},
    {"ltrim", 1, 2, String, "spl.ltrim", "Without blanks or given characters on the left.", "ltrim(x, \"0\")"},
    {"match", 2, 2, Bool, "spl.match", "Whether a regular expression matches a part of a text.",
     "match(process, \"(?i)curl\")"},
    {"max", 1, -1, OfArguments, "spl.max_of", "The greatest argument.", "max(a, b)"},
    {"min", 1, -1, OfArguments, "spl.min_of", "The least argument.", "min(a, b)"},
    {"mvappend", 1, -1, Many, "spl.mvappend", "All values of all arguments.", "mvappend(a, b)"},
    {"mvcount", 1, 1, Long, "spl.mvcount", "The number of values.", "mvcount(user)"},
    {"mvdedup", 1, 1, Many, "spl.mvdedup", "The values, each once.", "mvdedup(user)"},
    {"mvfind", 2, 2, Long, "spl.mvfind", "The index of the first value that a regular expression matches.",
     "mvfind(user, \"^adm\")"},
    {"mvindex", 2, 3, Many, "spl.mvindex", "One value or a range of values by index.", "mvindex(user, 0)"},
    {"mvjoin", 2, 2, String, "spl.mvjoin", "The values in one text.", "mvjoin(user, \", \")"},
    {"mvrange", 2, 3, Many, "spl.mvrange", "Numbers from a start up to an end, the end left out.", "mvrange(1, 11, 2)"},
    {"mvsort", 1, 1, Many, "spl.mvsort", "The values in lexicographic order.", "mvsort(user)"},
    {"mvzip", 2, 3, Many, "spl.mvzip", "Joins the first values, the second ones and so on.",
     "mvzip(hosts, ports, \":\")"},
    {"now", 0, 0, Real, "spl.now", "The time at which the search began.", "now()"},
    {"null", 0, 0, String, "", "No value.", "null()"},
    {"nullif", 2, 2, OfArguments, "spl.nullif", "The first argument, or null where it equals the second.",
     "nullif(a, b)"},
    {"pi", 0, 0, Real, "spl.pi", "The number pi.", "pi()"},
    {"pow", 2, 2, Real, "spl.pow", "x to the power of y.", "pow(x, 2)"},
    {"relative_time", 2, 2, Real, "spl.relative_time", "A time moved by a time modifier.",
     "relative_time(now(), \"-1d@d\")"},
    {"replace", 3, 3, String, "spl.replace", "Replaces what a regular expression matches.",
     "replace(x, \"a+\", \"b\")"},
    {"round", 1, 2, Real, "spl.round", "Rounds to a number of decimals.", "round(x, 2)"},
    {"rtrim", 1, 2, String, "spl.rtrim", "Without blanks or given characters on the right.", "rtrim(x, \"/\")"},
    {"sin", 1, 1, Real, "spl.sin", "Sine.", "sin(x)"},
    {"sinh", 1, 1, Real, "spl.sinh", "Hyperbolic sine.", "sinh(x)"},
    {"split", 2, 2, Many, "spl.split", "Cuts a text into values.", "split(path, \"/\")"},
    {"sqrt", 1, 1, Real, "spl.sqrt", "Square root.", "sqrt(x)"},
    {"strftime", 2, 2, String, "spl.strftime", "A time as text.", "strftime(_time, \"%F %T\")"},
    {"strptime", 2, 2, Real, "spl.strptime", "Reads a time from text.", "strptime(start, \"%Y-%m-%d\")"},
    {"substr", 2, 3, String, "spl.substr", "A part of a text; positions count from 1.", "substr(x, 1, 3)"},
    {"tan", 1, 1, Real, "spl.tan", "Tangent.", "tan(x)"},
    {"tanh", 1, 1, Real, "spl.tanh", "Hyperbolic tangent.", "tanh(x)"},
    {"time", 0, 0, Real, "spl.now", "The time now.", "time()"},
    {"tonumber", 1, 2, Real, "spl.tonumber", "Reads a number, in a base.", "tonumber(\"ff\", 16)"},
    {"tostring", 1, 2, String, "spl.tostring", "A value as text; as \"hex\", with \"commas\" or as a \"duration\".",
     "tostring(615, \"duration\")"},
    {"trim", 1, 2, String, "spl.trim", "Without blanks or given characters at both ends.", "trim(x)"},
    {"true", 0, 0, Bool, "", "True.", "true()"},
    {"upper", 1, 1, String, "spl.upper", "In capitals.", "upper(user)"},
    {"urldecode", 1, 1, String, "spl.urldecode", "Resolves %xx.", "urldecode(uri)"},
    {"validate", 2, -1, OfArguments, "", "The value after the first condition that is not true.",
     "validate(isint(port), \"no port\")"},
}};

constexpr std::array<std::string_view, 27> kUnsupportedEval{
    "bit_not",          "commands", "exact",      "isbool",      "json_array", "json_extract", "json_keys",
    "json_object",      "json_set", "json_valid", "lookup",      "md5",        "mvfilter",     "mvmap",
    "mv_to_json_array", "printf",   "random",     "searchmatch", "sha1",       "sha256",       "sha512",
    "sigfig",           "spath",    "sum",        "avg",         "tojson",     "typeof"};

using Aggregated = AggregateResult;
constexpr std::array<StatsFunction, 30> kStats{{
    {"avg", "spl.avg", Aggregated::Real, true, "The mean of the numbers.", "avg(bytes)"},
    {"c", "spl.count", Aggregated::Long, false, "Another name of count.", "c(user)"},
    {"count", "spl.count", Aggregated::Long, false, "The number of rows, or of a field's values.", "count"},
    {"dc", "spl.dc", Aggregated::Long, true, "The number of distinct values.", "dc(user)"},
    {"distinct_count", "spl.dc", Aggregated::Long, true, "The number of distinct values.", "distinct_count(user)"},
    {"earliest", "spl.earliest", Aggregated::OfInput, true, "The value of the row with the least _time.",
     "earliest(user)"},
    {"first", "spl.first", Aggregated::OfInput, true, "The first value in order.", "first(user)"},
    {"last", "spl.last", Aggregated::OfInput, true, "The last value in order.", "last(user)"},
    {"latest", "spl.latest", Aggregated::OfInput, true, "The value of the row with the greatest _time.",
     "latest(user)"},
    {"list", "spl.list", Aggregated::Many, true, "All values in order, at most 100.", "list(user)"},
    {"max", "spl.max", Aggregated::OfInput, true, "The greatest value.", "max(_time)"},
    {"mean", "spl.avg", Aggregated::Real, true, "Another name of avg.", "mean(bytes)"},
    {"median", "spl.median", Aggregated::Real, true, "The middle number.", "median(bytes)"},
    {"min", "spl.min", Aggregated::OfInput, true, "The least value.", "min(_time)"},
    {"range", "spl.range", Aggregated::Real, true, "The greatest number less the least.", "range(_time)"},
    {"stdev", "spl.stdev", Aggregated::Real, true, "The sample standard deviation.", "stdev(bytes)"},
    {"sum", "spl.sum", Aggregated::Real, true, "The sum of the numbers.", "sum(bytes)"},
    {"values", "spl.values", Aggregated::Many, true, "The distinct values in lexicographic order.", "values(user)"},
    {"earliest_time", "spl.earliest_time", Aggregated::Real, true, "The least _time of the rows that have a value.",
     "earliest_time(user)"},
    {"estdc", "spl.dc", Aggregated::Long, true, "The number of distinct values; not estimated here.", "estdc(user)"},
    {"latest_time", "spl.latest_time", Aggregated::Real, true, "The greatest _time of the rows that have a value.",
     "latest_time(user)"},
    {"mode", "spl.mode", Aggregated::String, true, "The most frequent value.", "mode(user)"},
    {"stdevp", "spl.stdevp", Aggregated::Real, true, "The population standard deviation.", "stdevp(bytes)"},
    {"sumsq", "spl.sumsq", Aggregated::Real, true, "The sum of the squares.", "sumsq(bytes)"},
    {"var", "spl.var", Aggregated::Real, true, "The sample variance.", "var(bytes)"},
    {"varp", "spl.varp", Aggregated::Real, true, "The population variance.", "varp(bytes)"},
    {"exactperc", "spl.perc", Aggregated::Real, true, "The pth percentile: exactperc95(x).", "exactperc95(bytes)"},
    {"p", "spl.perc", Aggregated::Real, true, "The pth percentile: p95(x).", "p95(bytes)"},
    {"perc", "spl.perc", Aggregated::Real, true, "The pth percentile: perc95(x).", "perc95(bytes)"},
    {"upperperc", "spl.perc", Aggregated::Real, true, "The pth percentile: upperperc95(x).", "upperperc95(bytes)"},
}};

constexpr std::array<std::string_view, 6> kUnsupportedStats{"estdc_error", "per_day",    "per_hour",
                                                            "per_minute",  "per_second", "rate"};

}  // namespace

std::span<const EvalFunction> eval_functions() { return kEval; }
std::span<const std::string_view> unsupported_eval_functions() { return kUnsupportedEval; }
std::span<const StatsFunction> stats_functions() { return kStats; }
std::span<const std::string_view> unsupported_stats_functions() { return kUnsupportedStats; }

}  // namespace hecate::spl
