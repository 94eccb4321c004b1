#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: strings, regular expressions, encodings.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"base64_decode_toarray", 1, 1, {T}, Dynamic, "kql.base64_decode_toarray", Own, "The bytes behind base64.", "base64_decode_toarray(x)"},
    {"base64_decode_toguid", 1, 1, {T}, Guid, "kql.base64_decode_toguid", Own, "The guid behind base64.", "base64_decode_toguid(x)"},
    {"base64_decode_tostring", 1, 1, {T}, Text, "kql.base64_decode_tostring", Own, "The text behind base64.", "base64_decode_tostring(x)"},
    {"base64_decodestring", 1, 1, {T}, Text, "kql.base64_decode_tostring", Own, "The old name of base64_decode_tostring.", "base64_decodestring(x)"},
    {"base64_encode_fromarray", 1, 1, {J}, Text, "kql.base64_encode_fromarray", Own, "Bytes as base64.", "base64_encode_fromarray(a)"},
    {"base64_encode_fromguid", 1, 1, {A}, Text, "kql.base64_encode_fromguid", Own, "A guid as base64.", "base64_encode_fromguid(g)"},
    {"base64_encode_tostring", 1, 1, {T}, Text, "kql.base64_encode_tostring", Own, "A text as base64.", "base64_encode_tostring(x)"},
    {"base64_encodestring", 1, 1, {T}, Text, "kql.base64_encode_tostring", Own, "The old name of base64_encode_tostring.", "base64_encodestring(x)"},
    {"countof", 2, 3, {V, V, T}, Long, "kql.countof", Own, "How often a text occurs.", "countof(x, \"a\")", 4},
    {"extract", 3, 4, {X, L, T}, Text, "kql.extract", Own, "A group of a regular expression's match.", "extract(\"a(b)\", 1, x)"},
    {"extract_all", 2, 3, {X, A, V}, Dynamic, "kql.extract_all", Own, "The groups of all matches.", "extract_all(\"(a)\", x)"},
    {"extractall", 2, 3, {X, A, V}, Dynamic, "kql.extract_all", Own, "The old name of extract_all.", "extractall(\"(a)\", x)"},
    {"gzip_compress_to_base64_string", 1, 1, {T}, Text, "kql.gzip_compress", Own, "A text, compressed, as base64.", "gzip_compress_to_base64_string(x)"},
    {"gzip_decompress_from_base64_string", 1, 1, {T}, Text, "kql.gzip_decompress", Own, "The text behind gzip and base64.", "gzip_decompress_from_base64_string(x)"},
    {"has_any_index", 2, 2, {V, J}, Long, "kql.has_any_index", Own, "The place of the first text of an array that is had, or -1.", "has_any_index(x, dynamic([\"a\"]))"},
    {"indexof", 2, 5, {V, V, L, L}, Long, "kql.indexof", Own, "Where a text holds another, or -1.", "indexof(x, \"a\")"},
    {"indexof_regex", 2, 5, {V, X, L, L}, Long, "kql.indexof_regex", Own, "Where a regular expression matches, or -1.", "indexof_regex(x, \"a+\")"},
    {"isascii", 1, 1, {V}, Bool, "kql.isascii", Own, "Only ASCII characters.", "isascii(x)"},
    {"isutf8", 1, 1, {V}, Bool, "kql.isutf8", Own, "Valid UTF-8.", "isutf8(x)"},
    {"make_string", 1, -1, {A, A, A, A}, Text, "kql.unicode_codepoints_to_string", Own, "The old name of unicode_codepoints_to_string.", "make_string(75)"},
    {"punycode_domain_from_string", 1, 1, {T}, Text, "kql.punycode_domain_from_string", Own, "A domain name in ASCII.", "punycode_domain_from_string(x)"},
    {"punycode_domain_to_string", 1, 1, {T}, Text, "kql.punycode_domain_to_string", Own, "A domain name in Unicode.", "punycode_domain_to_string(x)"},
    {"punycode_from_string", 1, 1, {T}, Text, "kql.punycode_from_string", Own, "A text in Punycode, without xn--.", "punycode_from_string(x)"},
    {"punycode_to_string", 1, 1, {T}, Text, "kql.punycode_to_string", Own, "The text behind Punycode.", "punycode_to_string(x)"},
    {"regex_quote", 1, 1, {V}, Text, "kql.regex_quote", Own, "A text with the signs of regular expressions escaped.", "regex_quote(x)"},
    {"replace", 3, 3, {X, T, T}, Text, "kql.replace_regex_old", Own, "The old form of replace_regex.", "replace(\"a\", \"b\", x)"},
    {"replace_regex", 3, 3, {T, X, T}, Text, "kql.replace_regex", Own, "Replaces all matches.", "replace_regex(x, \"a+\", \"b\")"},
    {"replace_string", 3, 3, {T, T, T}, Text, "kql.replace_string", Own, "Replaces all occurrences.", "replace_string(x, \"a\", \"b\")"},
    {"replace_strings", 3, 3, {T, J, J}, Text, "kql.replace_strings", Own, "Replaces all occurrences of several texts.", "replace_strings(x, dynamic([\"a\"]), dynamic([\"b\"]))"},
    {"reverse", 1, 1, {V}, Text, "kql.reverse", Own, "The characters backwards.", "reverse(x)"},
    {"split", 2, 3, {V, T, L}, Dynamic, "kql.split", Keep, "The parts between separators.", "split(x, \",\")"},
    {"strcat", 1, -1, {A, A, A, A}, Text, "kql.strcat", Own, "Joins texts.", "strcat(a, \"-\", b)"},
    {"strcat_array", 2, 2, {J, V}, Text, "kql.strcat_array", Own, "Joins the elements of an array.", "strcat_array(a, \",\")"},
    {"array_strcat", 2, 2, {J, V}, Text, "kql.strcat_array", Own, "The old name of strcat_array.", "array_strcat(a, \",\")"},
    {"strcat_delim", 2, -1, {V, A, A, A}, Text, "kql.strcat_delim", Own, "Joins texts with a delimiter.", "strcat_delim(\"-\", a, b)"},
    {"strcmp", 2, 2, {V, V}, Long, "kql.strcmp", Own, "How two texts compare: -1, 0 or 1.", "strcmp(a, b)"},
    {"string_size", 1, 1, {T}, Long, "kql.string_size", Pre, "Bytes in UTF-8.", "string_size(x)"},
    {"strlen", 1, 1, {T}, Long, "kql.strlen", Pre, "Characters.", "strlen(x)"},
    {"strrep", 2, 3, {A, L, V}, Text, "kql.strrep", Own, "Repeats a text.", "strrep(x, 2)"},
    {"substring", 2, 3, {V, L, L}, Text, "kql.substring", Own, "A part of a text.", "substring(x, 0, 3)"},
    {"to_utf8", 1, 1, {V}, Dynamic, "kql.unicode_codepoints_from_string", Own, "The old name of unicode_codepoints_from_string.", "to_utf8(x)"},
    {"tolower", 1, 1, {V}, Text, "kql.tolower", Own, "Lower case.", "tolower(x)"},
    {"toupper", 1, 1, {V}, Text, "kql.toupper", Own, "Upper case.", "toupper(x)"},
    {"translate", 3, 3, {T, T, T}, Text, "kql.translate", Own, "Replaces characters by others.", "translate(\"abc\", \"x\", x)"},
    {"trim", 2, 2, {X, T}, Text, "kql.trim", Own, "Cuts matches at both ends.", "trim(\" +\", x)"},
    {"trim_end", 2, 2, {X, T}, Text, "kql.trim_end", Own, "Cuts a match at the end.", "trim_end(\" +\", x)"},
    {"trim_start", 2, 2, {X, T}, Text, "kql.trim_start", Own, "Cuts a match at the start.", "trim_start(\" +\", x)"},
    {"unicode_codepoints_from_string", 1, 1, {V}, Dynamic, "kql.unicode_codepoints_from_string", Own, "The code points of a text.", "unicode_codepoints_from_string(x)"},
    {"unicode_codepoints_to_string", 1, -1, {A, A, A, A}, Text, "kql.unicode_codepoints_to_string", Own, "A text of code points.", "unicode_codepoints_to_string(75, 117)"},
    {"url_decode", 1, 1, {T}, Text, "kql.url_decode", Own, "A text without percent escapes.", "url_decode(x)"},
    {"url_encode", 1, 1, {T}, Text, "kql.url_encode", Own, "A text with percent escapes; a blank is +.", "url_encode(x)"},
    {"url_encode_component", 1, 1, {T}, Text, "kql.url_encode_component", Own, "A text with percent escapes; a blank is %20.", "url_encode_component(x)"},
    {"zlib_compress_to_base64_string", 1, 1, {T}, Text, "kql.zlib_compress", Own, "A text, compressed, as base64.", "zlib_compress_to_base64_string(x)"},
    {"zlib_decompress_from_base64_string", 1, 1, {T}, Text, "kql.zlib_decompress", Own, "The text behind zlib and base64.", "zlib_decompress_from_base64_string(x)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> text_functions() { return kFunctions; }

}  // namespace hecate::kql
