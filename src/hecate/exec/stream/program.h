#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text_hash.h"
#include "exec/functions/function.h"
#include "exec/functions/match.h"
#include "ingest/record.h"
#include "plan/expr.h"

namespace hecate::stream {

/// What a program's leaves read: one event at a time.
class EventSource {
 public:
  virtual ~EventSource() = default;
  /// A raw field by the index that Program::raw_fields() gives it.
  [[nodiscard]] virtual Value raw_field(size_t index) = 0;
  [[nodiscard]] virtual Value metadata(std::string_view name) = 0;
  /// Whether a test of the program holds, where that was found out before.
  [[nodiscard]] virtual std::optional<bool> known(uint32_t /*node*/) const { return std::nullopt; }
};

/// All expressions of one group of rules as one DAG: equal sub-expressions, of whatever rule and language,
/// are one node and are evaluated at most once for an event, and only when somebody asks.
class Program {
 public:
  using Index = uint32_t;

  Program() = default;
  /// Shares what is immutable; the memory of events and what matches compile is the copy's own.
  Program(const Program& other);
  Program& operator=(const Program&) = delete;
  ~Program() = default;

  /// Adds an expression over raw fields (no ColumnRef left) and returns its node.
  Index add(const Expr& expr);
  /// Nothing is added any more: what only add() needs is freed.
  void seal() { interned_ = {}; }
  /// The raw fields that the nodes read, in the order of their indexes.
  [[nodiscard]] const std::vector<std::string>& raw_fields() const { return raw_fields_; }
  [[nodiscard]] size_t size() const { return nodes_.size(); }

  // What the value layer needs to know of a node.
  enum class Op : uint8_t { Constant, Raw, Metadata, Call, Fold, Match, And, Or, Not };
  [[nodiscard]] Op op(Index node) const { return nodes_[node].op; }
  [[nodiscard]] std::span<const Index> operands(Index node) const {
    return {children_.data() + nodes_[node].first, nodes_[node].count};
  }
  /// Of Op::Raw: the field's index.
  [[nodiscard]] size_t raw_index(Index node) const { return nodes_[node].payload; }
  /// Of Op::Metadata.
  [[nodiscard]] std::string_view metadata_name(Index node) const { return names_[nodes_[node].payload]; }
  /// Of Op::Call; null where there is no such function.
  [[nodiscard]] const Function* function(Index node) const { return nodes_[node].function; }
  /// Of Op::Match; quantifier Any.
  [[nodiscard]] const hecate::Match& match(Index node) const { return *matches_[nodes_[node].payload].spec; }
  /// Of Op::Constant.
  [[nodiscard]] Value constant(Index node) const { return constants_[nodes_[node].payload].get(); }

  /// Forgets the last event's values.
  void begin_event() { ++epoch_; }
  [[nodiscard]] Value evaluate(Index index, EventSource& event, EvalContext& context);
  /// Regular expressions that hit their match limit so far.
  [[nodiscard]] uint64_t limit_hits() const;

 private:
  struct Node {
    Op op;
    uint32_t first = 0;  // children: a range of children_
    uint32_t count = 0;
    uint32_t payload = 0;  // index into constants_, raw_fields_, names_, matches_; of a call that of its table + 1
    const Function* function = nullptr;
  };

  /// Compiled when it is first asked: few of a group's tests ever are.
  struct LazyMatch {
    std::shared_ptr<const hecate::Match> spec;
    std::unique_ptr<CompiledMatch> compiled;
  };

  /// Of a call of text.map whose keys are all constant texts: from key to the argument behind it. Catalogs map hundreds
  /// of numbers to names.
  using MapTable = std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>>;

  struct Builder;
  Index intern(const std::string& key, Node node, const std::vector<Index>& children);
  Value compute(const Node& node, EventSource& event, EvalContext& context);
  [[nodiscard]] uint32_t add_table(const Function* function, const std::vector<Index>& children);
  Value compute_map(const Node& node, const MapTable& table, EventSource& event, EvalContext& context);
  Value compute_call(const Node& node, EventSource& event, EvalContext& context);
  Value compute_match(const Node& node, EventSource& event, EvalContext& context);
  Value compute_fold(const Node& node, EventSource& event, EvalContext& context);
  Value compute_junction(const Node& node, bool decisive, EventSource& event, EvalContext& context);

  std::vector<Node> nodes_;
  std::vector<Index> children_;
  std::vector<OwnedValue> constants_;
  std::vector<std::string> raw_fields_;
  std::vector<std::string> names_;
  std::vector<LazyMatch> matches_;
  std::vector<std::shared_ptr<const MapTable>> tables_;
  std::unordered_map<std::string, Index> interned_;

  uint64_t epoch_ = 1;
  std::vector<uint64_t> seen_;  // by node: the epoch in which values_ was computed
  std::vector<Value> values_;
};

}  // namespace hecate::stream
