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
struct SearchExpr {
  std::variant<SearchComparison, SearchIn, SearchTerm, SearchAnd, SearchOr, SearchNot> node;
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
};
struct DedupCommand {
  std::vector<Word> fields;
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
};
struct RegexCommand {
  Word field;
  bool negated = false;
  Word pattern;
};
struct BinCommand {
  Word field;
  std::optional<Word> as;
  int64_t span_seconds = 0;
};
struct MakemvCommand {
  std::string delimiter = " ";
  bool allow_empty = false;
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

struct Command {
  std::variant<SearchCommand, WhereCommand, EvalCommand, StatsCommand, ConvertCommand, RenameCommand, FieldsCommand,
               TableCommand, SortCommand, HeadCommand, DedupCommand, FillnullCommand, RexCommand, RegexCommand,
               BinCommand, MakemvCommand, StrcatCommand, TstatsCommand, DatasetCommand>
      node;
  Range name;   // of the command's word
  Range range;  // of all of it
};

struct Pipeline {
  std::vector<Command> commands;
};

}  // namespace hecate::spl
