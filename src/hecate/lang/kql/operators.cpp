#include "lang/kql/operators.h"

#include <array>

#include "lang/kql/kql.h"

namespace hecate::kql {
namespace {

constexpr std::array kOperators = {
    OperatorInfo{"as", true, false, "Names the rows so far.", "T | as X"},
    OperatorInfo{"assert-schema", true, false, "Checks the columns and their types.", "T | assert-schema (a: long)"},
    OperatorInfo{"consume", true, false, "Reads all rows and gives none.", "T | consume"},
    OperatorInfo{"count", true, false, "The number of rows, as the column Count.", "T | count"},
    OperatorInfo{"distinct", true, false, "One row for each combination of values.", "T | distinct User, Host"},
    OperatorInfo{"evaluate", true, true, "Calls a plugin.", "T | evaluate bag_unpack(d)"},
    OperatorInfo{"extend", true, false, "Adds computed columns.", "T | extend Name = tolower(User)"},
    OperatorInfo{"facet", true, false, "A table of counts for each column.", "T | facet by User"},
    OperatorInfo{"filter", true, false, "The same as where.", "T | filter User == \"root\""},
    OperatorInfo{"find", true, true, "Rows of several tables that match.", "find in (T) where User == \"root\""},
    OperatorInfo{"fork", true, false, "Several operators over the same rows.", "T | fork (count) (take 1)"},
    OperatorInfo{"getschema", true, false, "The columns and their types.", "T | getschema"},
    OperatorInfo{"graph-mark-components", true, false, "Connected parts of a graph.", "G | graph-mark-components"},
    OperatorInfo{"graph-match", true, false, "Patterns in a graph.", "G | graph-match (a)-[e]->(b)"},
    OperatorInfo{"graph-merge", false, false, "Merges graphs.", "G | graph-merge"},
    OperatorInfo{"graph-shortest-paths", true, false, "Shortest paths in a graph.",
                 "G | graph-shortest-paths (a)-[e*1..5]->(b)"},
    OperatorInfo{"graph-to-table", true, false, "A graph as tables.", "G | graph-to-table nodes"},
    OperatorInfo{"invoke", true, false, "Calls a function on the rows.", "T | invoke F()"},
    OperatorInfo{"join", true, false, "Joins rows with those of another table.", "T | join (U) on Key"},
    OperatorInfo{"limit", true, false, "The same as take.", "T | limit 10"},
    OperatorInfo{"lookup", true, false, "Adds columns of a small table.", "T | lookup U on Key"},
    OperatorInfo{"graph-where-edges", true, false, "Keeps edges of a graph.", "G | graph-where-edges Kind == 1"},
    OperatorInfo{"graph-where-nodes", true, false, "Keeps nodes of a graph.", "G | graph-where-nodes Kind == 1"},
    OperatorInfo{"macro-expand", true, true, "A query for each of a group of databases.",
                 "macro-expand G as X (X.T | count)"},
    OperatorInfo{"make-graph", true, false, "A graph from rows.", "T | make-graph a --> b"},
    OperatorInfo{"make-series", true, false, "Values over time as arrays.", "T | make-series count() on Time step 1h"},
    OperatorInfo{"mv-apply", true, false, "A subquery over each array.", "T | mv-apply x = A on (take 1)"},
    OperatorInfo{"mv-expand", true, false, "A row for each element of an array.", "T | mv-expand A"},
    OperatorInfo{"mvexpand", true, false, "The old name of mv-expand.", "T | mvexpand A"},
    OperatorInfo{"order", true, false, "The same as sort.", "T | order by Time asc"},
    OperatorInfo{"parse", true, false, "Columns from a text by a pattern.", "T | parse A with \"x=\" x"},
    OperatorInfo{"parse-kv", true, false, "Columns from key=value texts.", "T | parse-kv A as (x: long)"},
    OperatorInfo{"parse-where", true, false, "As parse, dropping what does not match.",
                 "T | parse-where A with \"x=\" x"},
    OperatorInfo{"partition", true, false, "A subquery for each value of a column.", "T | partition by A (take 1)"},
    OperatorInfo{"print", true, true, "One row of computed values.", "print x = 1"},
    OperatorInfo{"project", true, false, "Keeps and computes columns.", "T | project User, Name = tolower(User)"},
    OperatorInfo{"project-away", true, false, "Takes columns away.", "T | project-away Temp*"},
    OperatorInfo{"project-by-names", true, false, "Columns whose names are computed.", "T | project-by-names \"User\""},
    OperatorInfo{"project-keep", true, false, "Keeps columns, in the order of the table.",
                 "T | project-keep User, Src*"},
    OperatorInfo{"project-rename", true, false, "Renames columns.", "T | project-rename Account = User"},
    OperatorInfo{"project-reorder", true, false, "Puts columns first.", "T | project-reorder Time, User"},
    OperatorInfo{"range", true, true, "A table of numbers or times.", "range x from 1 to 3 step 1"},
    OperatorInfo{"reduce", true, false, "Groups similar texts.", "T | reduce by A"},
    OperatorInfo{"render", true, false, "Draws the result.", "T | render timechart"},
    OperatorInfo{"sample", true, false, "Random rows.", "T | sample 10"},
    OperatorInfo{"sample-distinct", true, false, "Random distinct values.", "T | sample-distinct 10 of A"},
    OperatorInfo{"scan", true, false, "Sequences of rows.", "T | scan with (step s: true;)"},
    OperatorInfo{"search", true, true, "Rows that hold a text in any column.", "search \"root\""},
    OperatorInfo{"serialize", true, false, "Declares that the order of the rows counts.", "T | serialize"},
    OperatorInfo{"sort", true, false, "Sorts rows, descending unless told otherwise.", "T | sort by Time asc"},
    OperatorInfo{"summarize", true, false, "Groups rows and aggregates.", "T | summarize count() by User"},
    OperatorInfo{"take", true, false, "The first rows.", "T | take 10"},
    OperatorInfo{"top", true, false, "The first rows in an order.", "T | top 10 by Time"},
    OperatorInfo{"top-hitters", true, false, "The most frequent values, roughly.", "T | top-hitters 2 of A"},
    OperatorInfo{"top-nested", true, false, "The first values at several levels.", "T | top-nested 2 of A by count()"},
    OperatorInfo{"union", true, true, "The rows of several tables.", "T | union U"},
    OperatorInfo{"where", true, false, "Keeps rows for which a condition is true.", "T | where User == \"root\""}};

using enum MatchOp;
constexpr Casing kCs = Casing::Sensitive;
constexpr Casing kCi = Casing::Insensitive;
constexpr Quantifier kAny = Quantifier::Any;
constexpr Quantifier kAll = Quantifier::All;
// https://learn.microsoft.com/kusto/query/datatypes-string-operators#operators-on-strings
constexpr std::array kTextOperators = {
    ast::TextOperatorRow{"=~", Equals, kCi, false, false, kAny, "kql.equals"},
    ast::TextOperatorRow{"!~", Equals, kCi, true, false, kAny, "kql.equals"},
    ast::TextOperatorRow{"contains", Contains, kCi, false, false, kAny, "kql.contains"},
    ast::TextOperatorRow{"!contains", Contains, kCi, true, false, kAny, "kql.contains"},
    ast::TextOperatorRow{"contains_cs", Contains, kCs, false, false, kAny, "kql.contains_cs"},
    ast::TextOperatorRow{"!contains_cs", Contains, kCs, true, false, kAny, "kql.contains_cs"},
    ast::TextOperatorRow{"startswith", StartsWith, kCi, false, false, kAny, "kql.startswith"},
    ast::TextOperatorRow{"!startswith", StartsWith, kCi, true, false, kAny, "kql.startswith"},
    ast::TextOperatorRow{"startswith_cs", StartsWith, kCs, false, false, kAny, "kql.startswith_cs"},
    ast::TextOperatorRow{"!startswith_cs", StartsWith, kCs, true, false, kAny, "kql.startswith_cs"},
    ast::TextOperatorRow{"endswith", EndsWith, kCi, false, false, kAny, "kql.endswith"},
    ast::TextOperatorRow{"!endswith", EndsWith, kCi, true, false, kAny, "kql.endswith"},
    ast::TextOperatorRow{"endswith_cs", EndsWith, kCs, false, false, kAny, "kql.endswith_cs"},
    ast::TextOperatorRow{"!endswith_cs", EndsWith, kCs, true, false, kAny, "kql.endswith_cs"},
    ast::TextOperatorRow{"has", Has, kCi, false, false, kAny, "kql.has"},
    ast::TextOperatorRow{"!has", Has, kCi, true, false, kAny, "kql.has"},
    ast::TextOperatorRow{"has_cs", Has, kCs, false, false, kAny, "kql.has_cs"},
    ast::TextOperatorRow{"!has_cs", Has, kCs, true, false, kAny, "kql.has_cs"},
    ast::TextOperatorRow{"hasprefix", HasPrefix, kCi, false, false, kAny, "kql.hasprefix"},
    ast::TextOperatorRow{"!hasprefix", HasPrefix, kCi, true, false, kAny, "kql.hasprefix"},
    ast::TextOperatorRow{"hasprefix_cs", HasPrefix, kCs, false, false, kAny, "kql.hasprefix_cs"},
    ast::TextOperatorRow{"!hasprefix_cs", HasPrefix, kCs, true, false, kAny, "kql.hasprefix_cs"},
    ast::TextOperatorRow{"hassuffix", HasSuffix, kCi, false, false, kAny, "kql.hassuffix"},
    ast::TextOperatorRow{"!hassuffix", HasSuffix, kCi, true, false, kAny, "kql.hassuffix"},
    ast::TextOperatorRow{"hassuffix_cs", HasSuffix, kCs, false, false, kAny, "kql.hassuffix_cs"},
    ast::TextOperatorRow{"!hassuffix_cs", HasSuffix, kCs, true, false, kAny, "kql.hassuffix_cs"},
    ast::TextOperatorRow{"matches regex", Regex, kCs, false, false, kAny, "kql.matches_regex"},
    ast::TextOperatorRow{"in", Equals, kCs, false, true, kAny, "kql.in"},
    ast::TextOperatorRow{"!in", Equals, kCs, true, true, kAny, "kql.in"},
    ast::TextOperatorRow{"in~", Equals, kCi, false, true, kAny, "kql.in_ci"},
    ast::TextOperatorRow{"!in~", Equals, kCi, true, true, kAny, "kql.in_ci"},
    ast::TextOperatorRow{"has_any", Has, kCi, false, true, kAny, "kql.has_any"},
    ast::TextOperatorRow{"has_all", Has, kCi, false, true, kAll, "kql.has_all"}};

}  // namespace

std::span<const OperatorInfo> operators() { return kOperators; }

const OperatorInfo* find_operator(std::string_view name) {
  for (const OperatorInfo& row : kOperators) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::span<const ast::TextOperatorRow> text_operators() { return kTextOperators; }

const ast::TextOperatorRow* find_text_operator(std::string_view spelling) {
  for (const ast::TextOperatorRow& row : kTextOperators) {
    if (row.spelling == spelling) return &row;
  }
  return nullptr;
}

std::vector<std::string_view> operator_names() {
  std::vector<std::string_view> names;
  for (const OperatorInfo& row : kOperators) {
    if (row.supported) names.push_back(row.name);
  }
  return names;
}

}  // namespace hecate::kql
