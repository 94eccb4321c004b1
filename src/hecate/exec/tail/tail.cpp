#include "exec/tail/tail.h"

#include <fmt/format.h>

#include <algorithm>

#include "exec/tail/codes.h"
#include "exec/tail/column_keys.h"
#include "exec/tail/deadline.h"
#include "exec/tail/vectors.h"
#include "plan/emptiness.h"

namespace hecate::tail {
Tail::Tail(const Database& database, const Plan& plan, const CutPlan& cut, size_t number, const Tables* tables,
           std::string space)
    : plan_(plan),
      cut_(cut),
      id_(std::to_string(number)),
      own_connection_(std::make_unique<Connection>(database)),
      connection_(*own_connection_),
      space_(std::move(space)),
      tables_(tables),
      udfs_(connection_, id_, run_) {
  create_inputs();
}

Tail::Tail(const Connection& connection, const Plan& plan, const CutPlan& cut, std::string id, const Tables* tables,
           std::string space)
    : plan_(plan),
      cut_(cut),
      id_(std::move(id)),
      connection_(connection),
      space_(std::move(space)),
      tables_(tables),
      udfs_(connection_, id_, run_) {
  create_inputs();
}

/// Most tails of a large collection see no candidate and never run: a table for each would take longer than the scan.
void Tail::open() {
  if (opened_ || !cut_.scans) return;
  opened_ = true;
  candidates_ = fmt::format("candidates('{}')", id_);
  CandidateStore& store = connection_.database().candidates();
  list_.store = &store;
  const ColumnKeys keys(cut_.head, plan_, space_);
  for (const ColumnId id : cut_.head.live) {
    const Type type = plan_.column(id).type;
    std::string key = keys.of(id);
    if (key.empty()) key = fmt::format("{} of {}", static_cast<uint32_t>(id), id_);
    list_.columns.push_back({fmt::format("c{}", static_cast<uint32_t>(id)), type, store.column(key, type)});
  }
  connection_.database().candidate_tables().add(id_, list_);
}

void Tail::create_inputs() {
  for (size_t i = 0; i < plan_.inputs.size(); ++i) {
    // The constructor is private: std::make_unique cannot call it.
    inputs_.push_back(std::unique_ptr<Tail>(
        new Tail(connection_, *plan_.inputs[i].plan, cut_.inputs[i], fmt::format("{}_{}", id_, i), tables_, space_)));
  }
}

Tail::~Tail() {
  if (opened_) connection_.database().candidate_tables().remove(id_);
}

void Tail::for_each_scan(const std::function<void(Tail&)>& visit) {
  if (cut_.scans) visit(*this);
  for (const auto& input : inputs_) input->for_each_scan(visit);
}

void Tail::make_ready() {
  for_each_scan([](Tail& tail) { tail.open(); });
}

bool Tail::has_no_rows() const {
  const std::function<bool(const Tail&, const Plan&)> saw_none = [&](const Tail& tail, const Plan& plan) {
    if (&tail.plan_ == &plan) return tail.candidates() == 0;
    return std::any_of(tail.inputs_.begin(), tail.inputs_.end(),
                       [&](const auto& input) { return saw_none(*input, plan); });
  };
  return hecate::has_no_rows(plan_, [&](const Plan& plan) { return saw_none(*this, plan); });
}

void Tail::append(const Candidate& candidate) {
  open();
  CandidateStore& store = connection_.database().candidates();
  const CandidateStore::Row row = store.row(candidate.facts);
  for (size_t i = 0; i < candidate.live.size(); ++i) store.put(row, list_.columns[i].at, candidate.live[i]);
  list_.rows.push_back(row);
  list_.undecided.push_back(candidate.undecided);
}

void Tail::look_at(std::optional<Ticks> from, std::optional<Ticks> until) {
  for (const auto& input : inputs_) input->look_at(from, until);
  if (!opened_) return;  // nothing was let through
  if (!slices_) slices_.emplace(list_);
  slices_->choose(from, until, list_);
}

Printer& Tail::printer() {
  if (!printer_) {
    sources_.candidates = candidates_.empty() ? "candidates_" + id_ : candidates_;
    sources_.relations.resize(plan_.inputs.size());
    printer_ = std::make_unique<Printer>(plan_, cut_, sources_, udfs_);
  }
  return *printer_;
}

std::string Tail::sql() {
  open();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    sources_.relations.resize(inputs_.size());
    sources_.relations[i] = fmt::format("({})", inputs_[i]->printer().relation());
  }
  printer_.reset();
  std::string text = printer().statement();
  printer_.reset();
  return text;
}

/// DuckDB says it in several ways, by who asked for the memory.
static bool lacks_memory(std::string_view error) {
  return error.find("Out of Memory") != error.npos || error.find("failed to allocate") != error.npos ||
         error.find("could not allocate") != error.npos;
}

Result<std::vector<Row>> Tail::run(const RunParameters& run, std::string_view subject, DiagnosticSink& sink,
                                   std::chrono::milliseconds timeout) {
  Deadline deadline(connection_, timeout);
  const Messages messages{subject, sink, deadline};
  const auto fail = [&] {
    drop_tables();
    if (deadline.passed()) {
      sink.report(kTimeout, {},
                  fmt::format("{}: stopped after {:g} s", subject, static_cast<double>(timeout.count()) / 1000),
                  "raise --timeout, or narrow the search so that fewer events come to its later commands");
    } else if (lacks_memory(error_)) {
      sink.report(kMemory, {},
                  fmt::format("{}: stopped for want of memory: {}", subject, error_.substr(0, error_.find('\n'))),
                  "raise --memory-limit, or narrow the search");
    } else {
      sink.report(kEngine, {}, fmt::format("{}: {}", subject, error_));
    }
    return already_reported();
  };
  if (!prepare(run, "", messages)) return fail();
  Result<std::vector<Row>> rows = read_rows(printer().statement());
  if (!rows) return fail();
  if (rows->empty() && candidates() > 0) warn_absent_keys(messages, printer().key_presence_statement());
  warn_cut_rows(messages);
  if (!collect_writes(cut_.tail.size())) return fail();
  drop_tables();
  return rows;
}

Row Tail::read_row(duckdb_data_chunk chunk, idx_t at) {
  const auto column = [&](idx_t index) { return duckdb_data_chunk_get_vector(chunk, index); };
  arena_.reset();
  Row row;
  const Value first = read_value(column(1), at, Type::Datetime, arena_);
  const Value last = read_value(column(2), at, Type::Datetime, arena_);
  if (!first.is_null()) row.first_time = first.as_ticks();
  if (!last.is_null()) row.last_time = last.as_ticks();
  row.events = read_value(column(3), at, Type::Long, arena_).as_integer();
  const Value source = read_value(column(4), at, Type::Long, arena_);
  if (!source.is_null()) row.source = source.as_integer();
  row.hash = static_cast<uint64_t>(read_value(column(5), at, Type::Long, arena_).as_integer());
  row.rest = value_text(read_value(column(6), at, Type::String, arena_));
  for (size_t c = 0; c < plan_.output.size(); ++c) {
    row.values.emplace_back(read_value(column(7 + c), at, plan_.column(plan_.output[c].column).type, arena_));
  }
  return row;
}

Result<std::vector<Row>> Tail::read_rows(const std::string& sql) {
  QueryResult result(connection_, sql);
  error_ = result.error();
  if (!error_.empty()) return already_reported();
  std::vector<Row> rows;
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result.handle())) {
    for (idx_t i = 0; i < duckdb_data_chunk_get_size(chunk); ++i) rows.push_back(read_row(chunk, i));
    duckdb_destroy_data_chunk(&chunk);
  }
  return rows;
}

/// Limits that a command has by itself, where they cut something off. What the user asked for is no surprise.
void Tail::warn_cut_rows(const Messages& messages) {
  for (size_t i = 0; i < cut_.tail.size(); ++i) {
    const auto* limit = std::get_if<Limit>(&cut_.tail[i].op);
    if (limit == nullptr || limit->command.empty() || !printer().prints(i)) continue;
    // Rows do not become more than candidates but by other plans.
    if (cut_.scans && plan_.inputs.empty() && candidates() <= limit->count) continue;
    QueryResult result(connection_, fmt::format("SELECT count(*) FROM ({})", printer().before(i)));
    duckdb_data_chunk chunk = result.error().empty() ? duckdb_fetch_chunk(result.handle()) : nullptr;
    if (chunk == nullptr) return;
    const int64_t rows = read_value(duckdb_data_chunk_get_vector(chunk, 0), 0, Type::Long, arena_).as_integer();
    duckdb_destroy_data_chunk(&chunk);
    if (rows <= static_cast<int64_t>(limit->count)) continue;
    messages.sink.report(
        kRowLimit, cut_.tail[i].span,
        fmt::format("{}: `{}` keeps the first {} of {} rows", messages.subject, limit->command, limit->count, rows),
        fmt::format("write `{} 0` to keep all", limit->command));
  }
}

void Tail::warn_absent_keys(const Messages& messages, const std::string& statement) {
  if (statement.empty()) return;
  QueryResult result(connection_, statement);
  duckdb_data_chunk chunk = result.error().empty() ? duckdb_fetch_chunk(result.handle()) : nullptr;
  if (chunk == nullptr) return;
  const auto count_at = [&](idx_t column) {
    return read_value(duckdb_data_chunk_get_vector(chunk, column), 0, Type::Long, arena_).as_integer();
  };
  const int64_t rows = count_at(0);
  for (const Node& node : cut_.tail) {
    const auto* aggregate = std::get_if<Aggregate>(&node.op);
    if (aggregate == nullptr) continue;
    for (size_t k = 0; rows > 0 && k < aggregate->keys.size(); ++k) {
      if (count_at(1 + k) != 0) continue;
      const std::string& name = plan_.column(aggregate->keys[k].input).name;
      messages.sink.report(
          kAbsentKey, aggregate->keys[k].span,
          fmt::format(
              "{}: the by-field `{}` is absent from all {} matching events, so that grouping drops every one of them",
              messages.subject, name, rows),
          fmt::format("give it a value first (`fillnull value=\"unknown\" {}`), or take it out of the by-clause",
                      name));
    }
    break;
  }
  duckdb_destroy_data_chunk(&chunk);
}

}  // namespace hecate::tail
