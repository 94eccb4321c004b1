#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/spl/source.h"

namespace hecate::spl {

/// A name or value as written, quotes and escapes resolved.
struct Word {
  std::string text;
  Range range;
  bool quoted = false;
};

enum class Comparison : uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

// --- the search command's expressions ----------------------------------------------------------------

struct SearchExpr;
using SearchPtr = std::unique_ptr<SearchExpr>;

struct Pipeline;
/// A search in [brackets]. `commands` is never null.
struct Subsearch {
  std::shared_ptr<Pipeline> commands;
  Range range;
};

/// What CASE() and TERM() do to a value.
enum class Directive : uint8_t { None, Case, Term };

struct SearchValue {
  Word word;
  Directive directive = Directive::None;
};
struct SearchComparison {
  Word field;
  Comparison op = Comparison::Equal;
  SearchValue value;
};
struct SearchIn {
  Word field;
  std::vector<SearchValue> values;
};
struct SearchTerm {
  SearchValue value;
};
struct SearchAnd {
  std::vector<SearchPtr> operands;
};
struct SearchOr {
  std::vector<SearchPtr> operands;
};
struct SearchNot {
  SearchPtr operand;
};
/// What a subsearch finds, as a condition.
struct SearchSubsearch {
  Subsearch search;
};
struct SearchExpr {
  std::variant<SearchSubsearch, SearchComparison, SearchIn, SearchTerm, SearchAnd, SearchOr, SearchNot> node;
  Range range;
};

// --- expressions of eval and where -------------------------------------------------------------------

struct EvalExpr;
using EvalPtr = std::unique_ptr<EvalExpr>;

struct FieldName {
  std::string name;
};
struct StringLiteral {
  std::string text;
};
struct NumberLiteral {
  double value = 0;
  bool integer = false;
};
struct Negation {
  EvalPtr operand;
};
struct Arithmetic {
  char op = '+';  // + - * / % .
  EvalPtr left, right;
};
struct EvalComparison {
  Comparison op = Comparison::Equal;
  EvalPtr left, right;
};
/// AND and OR, flat.
struct Junction {
  bool all = true;
  std::vector<EvalPtr> operands;
};
struct ExclusiveOr {
  EvalPtr left, right;
};
struct LogicalNot {
  EvalPtr operand;
};
struct FunctionCall {
  Word name;
  std::vector<EvalPtr> arguments;
};
struct EvalExpr {
  std::variant<FieldName, StringLiteral, NumberLiteral, Negation, Arithmetic, EvalComparison, Junction, ExclusiveOr,
               LogicalNot, FunctionCall>
      node;
  Range range;
};

// --- commands ----------------------------------------------------------------------------------------

struct SearchCommand {
  SearchPtr expression;
};
struct WhereCommand {
  EvalPtr condition;
};
struct EvalCommand {
  struct Assignment {
    Word field;
    EvalPtr value;
  };
  std::vector<Assignment> assignments;
};
struct StatsCommand {
  struct Item {
    Word function;
    std::optional<Word> field;  // count has none
    EvalPtr eval;               // f(eval(…))
    std::string name;           // of the result
    Range range;
    std::optional<int64_t> sparkline;  // the function's values over spans of so many seconds; 0: not said
  };
  std::vector<Item> items;
  std::vector<Word> by;
};
struct ConvertCommand {
  struct Item {
    Word function;
    Word field;
    std::optional<Word> as;
  };
  std::string timeformat;
  std::vector<Item> items;
};
struct RenameCommand {
  struct Item {
    Word from, to;
  };
  std::vector<Item> items;
};
struct FieldsCommand {
  bool remove = false;
  std::vector<Word> fields;
};
struct TableCommand {
  std::vector<Word> fields;
};
struct SortCommand {
  struct Key {
    Word field;
    bool descending = false;
    std::string as;  // "auto", "num", "str"
  };
  std::optional<uint64_t> limit;
  std::vector<Key> keys;
};
struct HeadCommand {
  uint64_t count = 10;
  EvalPtr condition;       // rows up to the first for which it is not true
  bool keep_last = false;  // and that one
  bool take_null = false;  // what is neither true nor false counts as true
};
struct DedupCommand {
  std::vector<Word> fields;
  uint64_t count = 1;
  bool keep_events = false;  // rows beyond lose the fields only
  bool keep_empty = false;   // rows that lack a field stay, all of them
  bool consecutive = false;  // only what comes one after the other is compared
  SortCommand sort;
};
struct FillnullCommand {
  Word value;
  std::vector<Word> fields;
};
struct RexCommand {
  Word field;
  Word pattern;
  std::vector<std::string> groups;
  uint64_t max_match = 1;
  bool sed = false;  // the pattern is a script
};
struct RegexCommand {
  Word field;
  bool negated = false;
  Word pattern;
};
/// How long the parts are into which values are sorted.
struct BinSpan {
  double size = 0;       // in seconds for times
  std::string snap;      // of a time that has no fixed length: "@mon"
  double alignment = 0;  // where one of them begins
};
struct BinCommand {
  Word field;
  std::optional<Word> as;
  BinSpan span;
};
struct MakemvCommand {
  std::string delimiter = " ";
  bool allow_empty = false;
  std::optional<Word> tokenizer;
  Word field;
};
struct StrcatCommand {
  struct Part {
    Word word;
    bool literal = false;
  };
  bool all_required = false;
  std::vector<Part> parts;
  Word target;
};

/// What tstats, datamodel and from name: "Endpoint.Processes", or a model alone.
struct DataModelName {
  std::string model, dataset;
  Range range;
};
struct TstatsCommand {
  std::optional<DataModelName> from;  // none: indexed events
  SearchPtr where;                    // may be null
  StatsCommand stats;
  std::optional<int64_t> span_seconds;
  std::optional<Word> fill;
};
/// The events of a data model's dataset, as `datamodel … search` and `from datamodel` give them.
struct DatasetCommand {
  DataModelName dataset;
};
struct EventstatsCommand {
  StatsCommand stats;
};
struct StreamstatsCommand {
  StatsCommand stats;
  bool current = true;
  uint64_t window = 0;
  bool global = true;
  std::optional<double> time_window;  // in seconds
  bool reset_on_change = false;
  std::optional<Word> reset_before, reset_after;  // texts of conditions
};
struct MvexpandCommand {
  Word field;
  uint64_t limit = 0;
};
struct SpathCommand {
  Word input;
  std::optional<Word> path;
  std::optional<Word> output;
};
/// xmlkv, fromjson, extract: fields out of the text of one, whose names are known only when they are asked for.
struct ExtractCommand {
  enum class Form : uint8_t { Xml, Json, Pairs };
  Form form = Form::Xml;
  Word input;
  std::string prefix;
  std::string pair_delimiters, value_delimiters;  // of Pairs; empty: any usual one
};
struct ForeachCommand {
  enum class Mode : uint8_t { Fields, Multivalue, JsonArray };
  Mode mode = Mode::Fields;
  std::vector<Word> fields;
  Range body;  // between the brackets
  // What stands for the field's name, the parts that wildcards matched, and the value.
  std::string field = "<<FIELD>>", matched = "<<MATCHSTR>>", item = "<<ITEM>>";
  std::string segments[3] = {"<<MATCHSEG1>>", "<<MATCHSEG2>>", "<<MATCHSEG3>>"};
};
struct AddtotalsCommand {
  std::vector<Word> fields;
  std::string name = "Total";
  bool rows = true;                 // a field with each row's sum
  bool columns = false;             // a row with each field's sum
  std::optional<Word> label_field;  // of that row
  std::string label = "Total";
};
struct TopCommand {
  bool rare = false;
  uint64_t limit = 10;
  std::vector<Word> fields, by;
  std::string count_name = "count", percent_name = "percent";
  bool show_count = true, show_percent = true;
};
struct ReplaceCommand {
  std::vector<std::pair<Word, Word>> pairs;  // pattern, replacement
  std::vector<Word> fields;
};
struct LookupCommand {
  struct Pair {
    Word column;  // of the table
    Word field;   // of the event
  };
  Word table;
  std::vector<Pair> keys;
  std::vector<Pair> outputs;
  bool has_outputs = false;
  bool keep_old = false;  // OUTPUTNEW
};
struct InputlookupCommand {
  Word table;
  bool append = false;
  std::optional<uint64_t> start, most;
  SearchPtr where;
};
struct OutputlookupCommand {
  Word table;
  bool append = false;
};
struct IplocationCommand {
  Word field;
  std::string prefix;
  bool all_fields = false;
};
struct JoinCommand {
  bool left = false;
  bool overwrite = true;
  uint64_t most = 1;
  std::vector<Word> fields;
  Subsearch search;
};
struct AppendCommand {
  Subsearch search;
  bool pipe = false;  // appendpipe
  uint64_t most = 0;  // rows; 0: what Splunk takes
};
struct AppendcolsCommand {
  Subsearch search;
  bool overwrite = false;
};
/// union, multisearch: the events of all searches.
struct UnionCommand {
  std::vector<Subsearch> searches;
  uint64_t most = 0;  // rows of each; 0: what Splunk takes
};
struct MapCommand {
  Word search;
  uint64_t most = 10;
  std::optional<Range> body;  // in brackets, instead
};
struct FormatCommand {
  uint64_t most = 0;
};
struct ReturnCommand {
  struct Item {
    std::optional<Word> as;
    Word field;
    bool value_only = false;
  };
  uint64_t count = 1;
  std::vector<Item> items;
};
struct MakeresultsCommand {
  uint64_t count = 1;
  bool annotate = false;
  std::optional<Word> data;  // comma-separated values
};
struct AddinfoCommand {};
struct TransactionCommand {
  std::vector<Word> fields;
  std::optional<double> max_span, max_pause;
  uint64_t max_events = 1000;
  SearchPtr starts, ends;
  EvalPtr starts_eval, ends_eval;
  bool connected = true;
  bool keep_orphans = false;
  bool keep_evicted = false;
  bool lists = false;
};
struct FilldownCommand {
  std::vector<Word> fields;
};
struct ReverseCommand {};
struct TailCommand {
  uint64_t count = 10;
};
struct OutlierCommand {
  std::vector<Word> fields;
  bool remove = false;
  double parameter = 2.5;
  bool lower = false;
  bool mark = false;
};
/// chart, timechart: aggregates by one field and, as columns, by the values of another.
struct ChartCommand {
  StatsCommand stats;  // without by-fields
  std::optional<Word> row;
  std::optional<BinSpan> span;  // of the row
  std::optional<Word> series;
  std::optional<BinSpan> series_span;
  bool time = false;   // timechart: the row is _time
  bool fills = false;  // spans of time that have no rows are rows, too
  uint64_t most = 10;  // series; 0: all
  bool least = false;
  bool others = true, nulls = true;
  std::string others_name = "OTHER", nulls_name = "NULL";
};
struct XyseriesCommand {
  Word row, series;
  std::vector<Word> values;
};
struct UntableCommand {
  Word row, series, value;
};
struct TransposeCommand {
  uint64_t most = 5;
  std::optional<Word> header;
  std::string column = "column";
};
struct MakecontinuousCommand {
  Word field;
  BinSpan span;
};
struct RangemapCommand {
  struct Band {
    std::string name;
    double low = 0, high = 0;
  };
  Word field;
  std::vector<Band> bands;
  std::string other = "None";
};
struct AccumCommand {
  Word field;
  std::optional<Word> as;
};
/// delta, autoregress: against the rows so many before.
struct LagCommand {
  Word field;
  std::optional<Word> as;
  uint64_t first = 1, last = 1;
  bool difference = false;
};
struct TrendlineCommand {
  struct Item {
    uint64_t period = 0;
    Word field;
    std::string name;
  };
  std::vector<Item> items;
};
struct UniqCommand {};
struct NomvCommand {
  Word field;
};
struct MvcombineCommand {
  Word field;
};
struct TojsonCommand {
  std::vector<Word> fields;
  std::string output = "_raw";
};

struct Command {
  std::variant<SearchCommand, WhereCommand, EvalCommand, StatsCommand, ConvertCommand, RenameCommand, FieldsCommand,
               TableCommand, SortCommand, HeadCommand, DedupCommand, FillnullCommand, RexCommand, RegexCommand,
               BinCommand, MakemvCommand, StrcatCommand, TstatsCommand, DatasetCommand, EventstatsCommand,
               StreamstatsCommand, MvexpandCommand, SpathCommand, ExtractCommand, ForeachCommand, AddtotalsCommand,
               TopCommand, ReplaceCommand, LookupCommand, InputlookupCommand, OutputlookupCommand, IplocationCommand,
               JoinCommand, AppendCommand, AppendcolsCommand, UnionCommand, MapCommand, FormatCommand, ReturnCommand,
               MakeresultsCommand, AddinfoCommand, TransactionCommand, FilldownCommand, ReverseCommand, TailCommand,
               OutlierCommand, ChartCommand, XyseriesCommand, UntableCommand, TransposeCommand, MakecontinuousCommand,
               RangemapCommand, AccumCommand, LagCommand, TrendlineCommand, UniqCommand, NomvCommand, MvcombineCommand,
               TojsonCommand>
      node;
  Range name;   // of the command's word
  Range range;  // of all of it
};

struct Pipeline {
  std::vector<Command> commands;
};

}  // namespace hecate::spl
