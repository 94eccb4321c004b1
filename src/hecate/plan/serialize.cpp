#include "plan/serialize.h"

#include <algorithm>
#include <bit>

#include "base/depth_guard.h"

namespace hecate {
namespace {

enum class Tag : uint8_t { Literal, ColumnRef, Call, Match, And, Or, Not };
constexpr uint64_t kTags = 7;
enum class NodeTag : uint8_t { Scan, Filter };
constexpr uint64_t kNodeTags = 2;

// One more than the last of each enumeration.
constexpr auto kTypes = static_cast<uint64_t>(Type::Many) + 1;
constexpr auto kLanguages = static_cast<uint64_t>(Language::Kql) + 1;
constexpr auto kMatchOps = static_cast<uint64_t>(MatchOp::HasSuffix) + 1;
constexpr auto kKinds = static_cast<uint64_t>(Kind::Many) + 1;

class PlanWriter {
 public:
  PlanWriter(Files files, size_t most, ByteWriter& out) : files_(files), most_(most), out_(out) {}

  bool run(const Plan& plan) {
    tag(plan.language);
    out_.number(plan.columns.size());
    for (const ColumnInfo& column : plan.columns) {
      out_.text(column.name);
      tag(column.type);
    }
    out_.number(plan.nodes.size());
    for (const Node& node : plan.nodes) write(node);
    out_.number(plan.output.size());
    for (const OutputColumn& column : plan.output) {
      out_.text(column.name);
      tag(column.column);
    }
    tag(plan.whole_event);
    return ok_ && out_.size() <= most_;
  }

 private:
  template <typename Enumeration>
  void tag(Enumeration value) {
    out_.number(static_cast<uint64_t>(value));
  }
  void span(Span span) { ok_ = write_span(span, files_, out_) && ok_; }
  void refuse() { ok_ = false; }

  void write(const Node& node) {
    if (const auto* scan = std::get_if<Scan>(&node.op)) {
      write(*scan);
    } else if (const auto* filter = std::get_if<Filter>(&node.op)) {
      tag(NodeTag::Filter);
      write(filter->predicate);
    } else {
      return refuse();
    }
    out_.number(node.inputs.size());
    for (const NodeId input : node.inputs) out_.number(input);
    span(node.span);
  }

  void write(const Scan& scan) {
    const auto* logsource = std::get_if<SigmaLogsource>(&scan.dataset);
    if (logsource == nullptr) return refuse();
    tag(NodeTag::Scan);
    out_.text(logsource->product);
    out_.text(logsource->category);
    out_.text(logsource->service);
    out_.number(scan.columns.size());
    for (const Scan::Column& column : scan.columns) {
      tag(column.id);
      out_.text(column.field);
    }
  }

  void write(const ExprPtr& expr) {
    const DepthGuard guard(depth_);
    if (guard.exceeded() || out_.size() > most_) refuse();
    if (!ok_) return;
    std::visit([this](const auto& node) { write(node); }, expr->node);
    tag(expr->type);
    span(expr->span);
  }

  void write(const Literal& literal) {
    tag(Tag::Literal);
    const Value value = literal.value.get();
    tag(value.kind());
    switch (value.kind()) {
      case Kind::Null:
      case Kind::JsonNull: return;
      case Kind::Undecided:
      case Kind::Many: return refuse();
      case Kind::Bool: return out_.number(value.as_bool() ? 1 : 0);
      case Kind::Long:
      case Kind::Datetime:
      case Kind::Timespan: return out_.signed_number(value.as_integer());
      case Kind::Real: return out_.number(std::bit_cast<uint64_t>(value.as_real()));
      case Kind::String:
      case Kind::Dynamic: return out_.text(value.as_text());
    }
  }
  void write(const ColumnRef& ref) {
    tag(Tag::ColumnRef);
    tag(ref.column);
  }
  void write(const RawField& /*field*/) { refuse(); }
  void write(const Call& call) {
    tag(Tag::Call);
    out_.text(call.function);
    write(call.arguments);
  }
  void write(const Match& match) {
    tag(Tag::Match);
    write(match.operand);
    tag(match.op);
    tag(match.casing);
    tag(match.quantifier);
    tag(match.dialect);
    out_.number(match.patterns.size());
    for (const std::string& pattern : match.patterns) out_.text(pattern);
  }
  void write(const And& all) {
    tag(Tag::And);
    write(all.operands);
  }
  void write(const Or& any) {
    tag(Tag::Or);
    write(any.operands);
  }
  void write(const Not& negation) {
    tag(Tag::Not);
    write(negation.operand);
  }
  void write(const std::vector<ExprPtr>& operands) {
    out_.number(operands.size());
    for (const ExprPtr& operand : operands) write(operand);
  }

  Files files_;
  size_t most_;
  ByteWriter& out_;
  bool ok_ = true;
  int depth_ = 0;
};

class PlanReader {
 public:
  PlanReader(ByteReader& in, Files files) : in_(in), files_(files) {}

  std::optional<Plan> run() {
    Plan plan;
    plan.language = static_cast<Language>(in_.below(kLanguages));
    read_list(plan.columns, [&] {
      std::string name(in_.text());
      return ColumnInfo{std::move(name), static_cast<Type>(in_.below(kTypes))};
    });
    read_list(plan.nodes, [&] { return read_node(); });
    read_list(plan.output, [&] {
      std::string name(in_.text());
      return OutputColumn{std::move(name), column_id()};
    });
    plan.whole_event = in_.flag();
    if (!in_.ok() || verify(plan)) return std::nullopt;
    return plan;
  }

 private:
  ColumnId column_id() { return static_cast<ColumnId>(in_.below(uint64_t{1} << 32)); }

  /// Element by element: what a wrong count claims must not be allocated, as lists nest.
  template <typename Item, typename ReadOne>
  void read_list(std::vector<Item>& list, ReadOne read_one) {
    constexpr size_t kReserved = 16;
    const size_t count = in_.count();
    list.reserve(std::min(count, kReserved));
    for (size_t i = 0; i < count && in_.ok(); ++i) list.push_back(read_one());
  }

  Node read_node() {
    Node node;
    if (static_cast<NodeTag>(in_.below(kNodeTags)) == NodeTag::Scan) {
      node.op = read_scan();
    } else {
      node.op = Filter{read_expr()};
    }
    read_list(node.inputs, [&] { return static_cast<NodeId>(in_.below(uint64_t{1} << 32)); });
    node.span = read_span(in_, files_);
    return node;
  }

  Scan read_scan() {
    SigmaLogsource logsource;
    logsource.product = in_.text();
    logsource.category = in_.text();
    logsource.service = in_.text();
    Scan scan{std::move(logsource), {}};
    read_list(scan.columns, [&] {
      const ColumnId id = column_id();
      return Scan::Column{id, std::string(in_.text())};
    });
    return scan;
  }

  /// Null where the bytes are no expression; the reader has failed then.
  ExprPtr read_expr() {
    const DepthGuard guard(depth_);
    if (guard.exceeded()) in_.fail();
    const auto tag = static_cast<Tag>(in_.below(kTags));
    if (!in_.ok()) return nullptr;
    Expr expr{read_op(tag), Type::Bool, {}};
    expr.type = static_cast<Type>(in_.below(kTypes));
    expr.span = read_span(in_, files_);
    const bool logic = tag == Tag::Match || tag == Tag::And || tag == Tag::Or || tag == Tag::Not;
    if (logic && expr.type != Type::Bool) in_.fail();
    return in_.ok() ? std::make_shared<const Expr>(std::move(expr)) : nullptr;
  }

  Expr::Node read_op(Tag tag) {
    switch (tag) {
      case Tag::Literal: return Literal{read_value()};
      case Tag::ColumnRef: return ColumnRef{column_id()};
      case Tag::Call: {
        std::string function(in_.text());
        return Call{std::move(function), read_operands()};
      }
      case Tag::Match: return read_match();
      case Tag::And: return And{read_operands()};
      case Tag::Or: return Or{read_operands()};
      case Tag::Not: return Not{read_expr()};
    }
    return Literal{};
  }

  OwnedValue read_value() {
    const auto kind = static_cast<Kind>(in_.below(kKinds));
    switch (kind) {
      case Kind::Null: return {};
      case Kind::JsonNull: return OwnedValue(Value::json_null());
      case Kind::Undecided:
      case Kind::Many: in_.fail(); return {};
      case Kind::Bool: return OwnedValue(Value::boolean(in_.flag()));
      case Kind::Long: return OwnedValue(Value::integer(in_.signed_number()));
      case Kind::Datetime: return OwnedValue(Value::datetime(in_.signed_number()));
      case Kind::Timespan: return OwnedValue(Value::timespan(in_.signed_number()));
      case Kind::Real: return OwnedValue(Value::real(std::bit_cast<double>(in_.number())));
      case Kind::String: return OwnedValue(Value::string(in_.text()));
      case Kind::Dynamic: return OwnedValue(Value::dynamic(in_.text()));
    }
    return {};
  }

  Match read_match() {
    Match match;
    match.operand = read_expr();
    match.op = static_cast<MatchOp>(in_.below(kMatchOps));
    match.casing = static_cast<Casing>(in_.below(2));
    match.quantifier = static_cast<Quantifier>(in_.below(2));
    match.dialect = static_cast<RegexDialect>(in_.below(2));
    read_list(match.patterns, [&] { return std::string(in_.text()); });
    return match;
  }

  std::vector<ExprPtr> read_operands() {
    std::vector<ExprPtr> operands;
    read_list(operands, [&] { return read_expr(); });
    return operands;
  }

  ByteReader& in_;
  Files files_;
  int depth_ = 0;
};

}  // namespace

bool write_span(Span span, Files files, ByteWriter& out) {
  if (!span.known()) {
    out.number(0);
    return true;
  }
  const auto file = std::find_if(files.begin(), files.end(), [&](Span whole) { return whole.file == span.file; });
  if (file == files.end() || span.begin > span.end || span.end > file->end) return false;
  out.number(static_cast<uint64_t>(file - files.begin()) + 1);
  out.number(span.begin);
  out.number(span.end - span.begin);
  return true;
}

Span read_span(ByteReader& in, Files files) {
  const uint64_t file = in.below(files.size() + 1);
  if (file == 0) return {};
  const Span whole = files[static_cast<size_t>(file - 1)];
  const auto begin = static_cast<uint32_t>(in.below(uint64_t{whole.end} + 1));
  const auto size = static_cast<uint32_t>(in.below(uint64_t{whole.end} - begin + 1));
  return {whole.file, begin, begin + size};
}

bool write_plan(const Plan& plan, Files files, size_t most, ByteWriter& out) {
  return PlanWriter(files, most, out).run(plan);
}

std::optional<Plan> read_plan(ByteReader& in, Files files) { return PlanReader(in, files).run(); }

}  // namespace hecate
