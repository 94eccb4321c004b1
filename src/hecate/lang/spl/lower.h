#pragma once

#include <memory>
#include <utility>

#include "base/result.h"
#include "lang/spl/ast.h"
#include "lang/spl/functions.h"
#include "lang/spl/scope.h"
#include "lang/spl/spl.h"
#include "plan/plan.h"

namespace hecate::spl {

/// From a pipeline to a plan, command by command.
class Lowering {
 public:
  /// `rows`: where rows come from, a node of source_of().
  Lowering(const Source& source, const Environment& environment, Node::Op rows);
  ~Lowering();
  Lowering(const Lowering&) = delete;
  Lowering& operator=(const Lowering&) = delete;

  Result<Plan> run(const Pipeline& pipeline);

  // Each gives false where it has reported an error.
  bool operator()(const SearchCommand& command);
  bool operator()(const WhereCommand& command);
  bool operator()(const EvalCommand& command);
  bool operator()(const StatsCommand& command);
  bool operator()(const ConvertCommand& command);
  bool operator()(const RenameCommand& command);
  bool operator()(const FieldsCommand& command);
  bool operator()(const TableCommand& command);
  bool operator()(const SortCommand& command);
  bool operator()(const HeadCommand& command);
  bool operator()(const DedupCommand& command);
  bool operator()(const FillnullCommand& command);
  bool operator()(const RexCommand& command);
  bool operator()(const RegexCommand& command);
  bool operator()(const BinCommand& command);
  bool operator()(const MakemvCommand& command);
  bool operator()(const StrcatCommand& command);
  bool operator()(const TstatsCommand& command);
  bool operator()(const DatasetCommand& command);
  bool operator()(const EventstatsCommand& command);
  bool operator()(const StreamstatsCommand& command);
  bool operator()(const MvexpandCommand& command);
  bool operator()(const SpathCommand& command);
  bool operator()(const ExtractCommand& command);
  bool operator()(const ForeachCommand& command);
  bool operator()(const AddtotalsCommand& command);
  bool operator()(const TopCommand& command);
  bool operator()(const ReplaceCommand& command);
  bool operator()(const LookupCommand& command);
  bool operator()(const InputlookupCommand& command);
  bool operator()(const OutputlookupCommand& command);
  bool operator()(const IplocationCommand& command);
  bool operator()(const JoinCommand& command);
  bool operator()(const AppendCommand& command);
  bool operator()(const AppendcolsCommand& command);
  bool operator()(const UnionCommand& command);
  bool operator()(const MapCommand& command);
  bool operator()(const FormatCommand& command);
  bool operator()(const ReturnCommand& command);
  bool operator()(const MakeresultsCommand& command);
  bool operator()(const AddinfoCommand& command);
  bool operator()(const TransactionCommand& command);
  bool operator()(const FilldownCommand& command);
  bool operator()(const ReverseCommand& command);
  bool operator()(const TailCommand& command);
  bool operator()(const OutlierCommand& command);
  bool operator()(const ChartCommand& command);
  bool operator()(const XyseriesCommand& command);
  bool operator()(const UntableCommand& command);
  bool operator()(const TransposeCommand& command);
  bool operator()(const MakecontinuousCommand& command);
  bool operator()(const RangemapCommand& command);
  bool operator()(const AccumCommand& command);
  bool operator()(const LagCommand& command);
  bool operator()(const TrendlineCommand& command);
  bool operator()(const UniqCommand& command);
  bool operator()(const NomvCommand& command);
  bool operator()(const MvcombineCommand& command);
  bool operator()(const TojsonCommand& command);

  // For the expression lowerings.
  [[nodiscard]] const Source& source() const { return *source_; }
  [[nodiscard]] bool open() const { return scope_.open(); }
  [[nodiscard]] bool has_event_types() const { return environment_.event_types; }
  /// Inside of map's search: `$name$` is a field of the row outside.
  [[nodiscard]] bool has_tokens() const { return tokens_ != nullptr; }
  /// The value of a text in which tokens may stand.
  ExprPtr text_with_tokens(std::string_view text, Span span);
  /// Whether an event meets what a subsearch finds; nullptr where an error was reported.
  ExprPtr condition_of(const Subsearch& search);
  /// searchmatch("…"): the text as the search command's expression.
  Result<ExprPtr> search_match(const FunctionCall& call);
  /// lookup("table", json_object("column", value, …), json_array("column", …)).
  Result<ExprPtr> looked_up(const FunctionCall& call, Span span);
  /// mvfilter(condition) and mvmap(field, expression).
  Result<ExprPtr> each_value(const FunctionCall& call, Span span);
  /// The search says itself from when on, or until when, it looks at events: addinfo shows that.
  void bounded(bool below, ExprPtr bound) { (below ? own_earliest_ : own_latest_) = std::move(bound); }
  /// What a name means here: a column, or a null literal with a warning.
  ExprPtr field(const Word& name);

 private:
  /// An aggregation of a field under the name of its result.
  struct NamedItem {
    const StatsCommand::Item* item;
    std::optional<Word> field;
    std::string name;
  };

  /// An aggregation of fields that a pattern will mean once they are named.
  struct LateItem {
    std::string aggregate;
    const StatsFunction* function;
    std::string pattern, name;
    Range range;
  };

  void push(decltype(Node::op) op);
  ExprPtr scan_column(std::string_view name);
  bool lower(const Pipeline& pipeline);
  [[nodiscard]] bool is_own_field(const ExprPtr& value, std::string_view name) const;
  ExprPtr absent(const Word& name);
  /// A new computed column; gives the reference to it.
  ExprPtr extend(std::string_view name, ExprPtr value);
  void assign(std::string_view name, ExprPtr value);
  void assign_by_value(const Word& braced, const ExprPtr& value);
  ColumnId column_of(std::string_view name, const ExprPtr& value);
  bool refuse_open_wildcard(const Word& name);
  /// The known names that a list's entry means; nothing where that was reported.
  Result<std::vector<Word>> expand_names(const std::vector<Word>& words);
  bool keep(const std::vector<Word>& words, bool keep_time);
  bool keep_matching(const std::vector<Word>& words);
  /// A field as it is called after the first `count` steps of a scope; nullptr where there is none.
  ExprPtr late_value(const Scope& scope, std::string_view name, size_t count);
  ExprPtr renamed_late(const Scope& scope, const Scope::Renaming& renaming, std::string_view name, size_t before);
  /// What a name means in a scope, maybe one of before; nullptr: nothing. Adds no node.
  ExprPtr value_in(const Scope& scope, std::string_view name);
  bool rename_open(const RenameCommand::Item& item);
  bool rename_matching(const RenameCommand::Item& item);
  void rename_one(const Word& from, std::string_view to);
  void fill_field(const Word& name, const Word& value);
  ExprPtr filled(const ExprPtr& value, const std::string& text, Span span) const;
  Result<Aggregate::Item> aggregate_item(const StatsCommand::Item& item, const std::optional<Word>& name, Type& type);
  Aggregate::Item sparkline_item(const StatsCommand::Item& item, const ExprPtr& value, Type& type);
  ExprPtr rated(const StatsCommand::Item& item, const ExprPtr& value);
  Aggregate::Key aggregate_key(const Word& name);
  std::optional<std::vector<NamedItem>> expand_items(const StatsCommand& command,
                                                     std::vector<LateItem>* late = nullptr);
  void aggregate_late(const LateItem& item, const std::shared_ptr<Scope>& above);
  bool scan_dataset(const DataModelName& name, bool events);
  bool check_indexed(const TstatsCommand& command);
  bool push_window(const StatsCommand& stats, Window window);
  void finish();

  // Subsearches: lower_relations.cpp.
  /// Lowered into a plan of its own that reads the rows of the node `rows`; nullptr where an error was reported.
  std::shared_ptr<Lowering> lower_subsearch(const Pipeline& pipeline, Node::Op rows);
  size_t add_input(const std::shared_ptr<Lowering>& search, PlanInput::Use use, std::string_view command,
                   uint64_t limit, Range range);
  /// A column that the plan shows under this name; nothing where the name means nothing. May be asked after the search
  /// has been lowered, as long as its names are not known.
  std::optional<std::pair<ColumnId, Type>> show(std::string_view name);
  [[nodiscard]] std::vector<std::string> shown_names() const;
  bool join_fields(const JoinCommand& command, Lowering& right, std::vector<Word>& fields);
  void bind_joined(size_t node, const std::shared_ptr<Lowering>& right, const std::vector<Word>& keys, bool overwrite);
  ExprPtr joined_column(size_t node, Lowering& right, std::string_view name);
  static ExprPtr merged(const ExprPtr& first, const ExprPtr& second);
  bool append_rows(const std::shared_ptr<Lowering>& below, size_t input, Range range);
  ExprPtr appended_column(size_t node, const std::shared_ptr<Scope>& above, Lowering& below, std::string_view name);
  [[nodiscard]] bool is_computed(ColumnId id) const;
  std::shared_ptr<Lowering> outer_lowering();
  /// Text that was made while lowering, with what parsed commands point into.
  struct Text {
    Expanded expanded;
    std::unique_ptr<Source> source;
    Pipeline pipeline;
  };
  /// Nullptr where an error was reported. `search`: a whole search, otherwise commands that work on rows.
  Text* parse_text(MappedText text, bool search);

  // Others.
  static ExprPtr extracted(const ExtractCommand& command, const ExprPtr& input, std::string_view name, Span span);
  void overlay(Scope::Overlay step);
  bool foreach_field(const ForeachCommand& command, const std::string& name, const std::vector<std::string>& segments);
  MappedText foreach_body(const ForeachCommand& command, const std::string& name,
                          const std::vector<std::string>& segments);
  std::shared_ptr<const Table> table_of(const Word& name);
  void bind_found(const std::vector<std::pair<std::string, ExprPtr>>& found, bool keep_old);
  bool append_lookup(const InputlookupCommand& command);
  bool input_lookup(const InputlookupCommand& command, const SearchPtr& where);
  ExprPtr window_item(Window window, std::string_view name, std::string_view function, std::vector<ExprPtr> arguments,
                      Type type);
  ExprPtr row_number();
  bool rows_of_data(const Word& data);
  bool fold_values(const ForeachCommand& command);
  bool aggregate(const StatsCommand& command, const std::vector<Word>& keys);
  bool sort_rows(const SortCommand& command);
  bool add_totals_row(const AddtotalsCommand& command, const std::vector<Word>& names);
  bool transaction_condition(const SearchPtr& search, const EvalPtr& condition, ExprPtr& into);
  void merge_transaction(ColumnId number, ColumnId when, bool lists);

  // Of rows before: lower_running.cpp.
  ExprPtr condition_from(const Word& text);
  ExprPtr changed(const std::vector<Word>& names);
  ColumnId run_of_rows(const ExprPtr& begins, const ExprPtr& ends);
  ExprPtr rank_among_equals(const std::vector<Word>& names, bool consecutive);
  bool ranked_dedup(const DedupCommand& command, const std::vector<Word>& names);

  // Columns that are values: lower_series.cpp.
  ExprPtr binned(const Word& name, const BinSpan& span);
  bool split_chart(const ChartCommand& command);
  bool plain_chart(const ChartCommand& command);
  ExprPtr unnested(const Word& name);
  bool push_pivot(Pivot pivot, const Word& row, const Word& series);
  ExprPtr pivot_column(size_t node, std::string_view name, ExprPtr before);
  bool unpivot(const std::vector<std::string>& names, const Word& name_column, const Word& value_column);

  const Source* source_;
  const Environment& environment_;
  std::shared_ptr<Plan> plan_;
  Scope scope_;
  Range command_;
  ExprPtr own_earliest_, own_latest_;  // or null
  double span_ = 0;                    // of the timechart that is lowered, in seconds; 0: none, or of no fixed length
  std::vector<std::unique_ptr<Text>> texts_;
  int depth_ = 0;                                    // how many texts that were made while lowering this is in
  std::vector<std::shared_ptr<Lowering>> searches_;  // names may be asked of them to the end
  std::vector<Iterate::Token>* tokens_ = nullptr;    // of map: what the search uses of the row outside
  Lowering* tokens_from_ = nullptr;
};

/// Where the rows of a search come from: events, unless its first command makes rows.
[[nodiscard]] Node::Op source_of(const Pipeline& pipeline);
[[nodiscard]] bool is_metadata(std::string_view name);

/// The predicate of a search command.
ExprPtr lower_search(Lowering& lowering, const SearchExpr& expr);

/// An expression of eval, whatever its type.
Result<ExprPtr> lower_eval(Lowering& lowering, const EvalExpr& expr);
/// One that must be true or false (SPL021).
Result<ExprPtr> lower_condition(Lowering& lowering, const EvalExpr& expr);
/// One that must be a value (SPL022).
Result<ExprPtr> lower_value(Lowering& lowering, const EvalExpr& expr);

[[nodiscard]] ExprPtr null_literal(Span span = {});
[[nodiscard]] ExprPtr whole_number(int64_t value, Span span = {});
[[nodiscard]] bool is_null_literal(const ExprPtr& expr);
/// Makes a conversion explicit; nulls just take the type.
[[nodiscard]] ExprPtr promote(const ExprPtr& expr, Type type);
/// The type that holds the values of all, nulls left out.
[[nodiscard]] Type common_type(const std::vector<ExprPtr>& exprs);
/// The strict grammar of numbers that comparisons use too: no blanks, no underscores, no "inf".
[[nodiscard]] bool is_number_text(std::string_view text);

}  // namespace hecate::spl
