#pragma once

#include "base/result.h"
#include "lang/spl/ast.h"
#include "lang/spl/scope.h"
#include "plan/plan.h"

namespace hecate::spl {

/// From a pipeline to a plan, command by command.
class Lowering {
 public:
  explicit Lowering(const Source& source);

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

  // For the expression lowerings.
  [[nodiscard]] const Source& source() const { return source_; }
  [[nodiscard]] bool open() const { return scope_.open(); }
  /// What a name means here: a column, or a null literal with a warning.
  ExprPtr field(const Word& name);

 private:
  /// An aggregation of a field under the name of its result.
  struct NamedItem {
    const StatsCommand::Item* item;
    std::optional<Word> field;
    std::string name;
  };

  void push(decltype(Node::op) op);
  ExprPtr scan_column(std::string_view name);
  ExprPtr open_field(const Word& name);
  ExprPtr absent(const Word& name);
  /// A new computed column; gives the reference to it.
  ExprPtr extend(std::string_view name, ExprPtr value);
  void assign(std::string_view name, ExprPtr value);
  ColumnId column_of(std::string_view name, const ExprPtr& value);
  bool refuse_open_wildcard(const Word& name);
  /// The known names that a list's entry means; nothing where that was reported.
  Result<std::vector<Word>> expand_names(const std::vector<Word>& words);
  bool keep(const std::vector<Word>& words, bool keep_time);
  /// A field of the event as it is called after the first `count` renamings; nullptr where there is none.
  ExprPtr renamed_field(std::string_view name, size_t count);
  bool rename_open(const RenameCommand::Item& item);
  bool rename_matching(const RenameCommand::Item& item);
  void rename_one(const Word& from, std::string_view to);
  void fill_field(const Word& name, const Word& value);
  ExprPtr filled(const ExprPtr& value, const std::string& text, Span span) const;
  Result<Aggregate::Item> aggregate_item(const StatsCommand::Item& item, const std::optional<Word>& name, Type& type);
  Aggregate::Key aggregate_key(const Word& name);
  std::optional<std::vector<NamedItem>> expand_items(const StatsCommand& command);
  bool scan_dataset(const DataModelName& name, bool events);
  bool check_indexed(const TstatsCommand& command);
  void finish();

  const Source& source_;
  Plan plan_;
  Scope scope_;
  Range command_;
};

/// The predicate of a search command.
ExprPtr lower_search(Lowering& lowering, const SearchExpr& expr);

/// An expression of eval, whatever its type.
Result<ExprPtr> lower_eval(Lowering& lowering, const EvalExpr& expr);
/// One that must be true or false (SPL021).
Result<ExprPtr> lower_condition(Lowering& lowering, const EvalExpr& expr);
/// One that must be a value (SPL022).
Result<ExprPtr> lower_value(Lowering& lowering, const EvalExpr& expr);

[[nodiscard]] ExprPtr null_literal(Span span = {});
[[nodiscard]] bool is_null_literal(const ExprPtr& expr);
/// Makes a conversion explicit; nulls just take the type.
[[nodiscard]] ExprPtr promote(const ExprPtr& expr, Type type);
/// The type that holds the values of all, nulls left out.
[[nodiscard]] Type common_type(const std::vector<ExprPtr>& exprs);
/// The strict grammar of numbers that comparisons use too: no blanks, no underscores, no "inf".
[[nodiscard]] bool is_number_text(std::string_view text);

}  // namespace hecate::spl
