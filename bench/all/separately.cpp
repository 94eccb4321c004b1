#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "bench.h"
#include "common/answers.h"
#include "engine/hunt.h"
#include "exec/stream/bind.h"

// Detections as SQL over the file, as one would write them by hand: the bound predicate, whose raw fields are columns.
namespace hecate::bench {
namespace {

std::string in_quotes(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string like(std::string_view text, bool open_front, bool open_back) {
  std::string pattern = open_front ? "%" : "";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return in_quotes(pattern + (open_back ? "%" : ""), '\'') + " ESCAPE '!'";
}

/// Nothing where an expression is more than tests of raw fields. Notes the columns that it reads.
class SqlOf {
 public:
  explicit SqlOf(std::set<std::string>& columns) : columns_(columns) {}
  std::optional<std::string> operator()(const Expr& expr) const {
    return std::visit([this](const auto& node) { return print(node); }, expr.node);
  }

 private:
  using Text = std::optional<std::string>;

  [[nodiscard]] Text print(const Match& match) const {
    const auto* field = std::get_if<RawField>(&match.operand->node);
    if (field == nullptr || match.casing != Casing::Insensitive) return std::nullopt;
    columns_.insert(field->path);
    const std::string column = in_quotes(field->path, '"') + "::VARCHAR";
    std::string text;
    for (const std::string& pattern : match.patterns) {
      if (!text.empty()) text += match.quantifier == Quantifier::Any ? " OR " : " AND ";
      switch (match.op) {
        case MatchOp::Equals: text += fmt::format("{} ILIKE {}", column, like(pattern, false, false)); break;
        case MatchOp::Contains: text += fmt::format("{} ILIKE {}", column, like(pattern, true, true)); break;
        case MatchOp::StartsWith: text += fmt::format("{} ILIKE {}", column, like(pattern, false, true)); break;
        case MatchOp::EndsWith: text += fmt::format("{} ILIKE {}", column, like(pattern, true, false)); break;
        default: return std::nullopt;
      }
    }
    return "(" + text + ")";
  }
  [[nodiscard]] Text print(const And& all) const { return junction(all.operands, " AND "); }
  [[nodiscard]] Text print(const Or& any) const { return junction(any.operands, " OR "); }
  [[nodiscard]] Text print(const Not& negation) const {
    const Text operand = (*this)(*negation.operand);
    return operand ? Text("NOT coalesce(" + *operand + ", false)") : std::nullopt;
  }
  template <typename Other>
  [[nodiscard]] Text print(const Other& /*node*/) const {
    return std::nullopt;
  }

  [[nodiscard]] Text junction(const std::vector<ExprPtr>& operands, std::string_view word) const {
    std::string text;
    for (const ExprPtr& operand : operands) {
      const Text one = (*this)(*operand);
      if (!one) return std::nullopt;
      text += (text.empty() ? "(" : std::string(word)) + *one;
    }
    return text.empty() ? std::nullopt : Text(text + ")");
  }

  std::set<std::string>& columns_;
};

/// A detection's filter where it reads one kind of event, and reads it plainly.
std::optional<std::string> sql_of(const engine::CompiledDetection& compiled, const Catalog& catalog) {
  static const stream::DerivedFields kNone;
  for (size_t i = 1; i < catalog.record_types(); ++i) {
    const auto type = static_cast<RecordType>(i);
    if (!catalog.belongs(type, compiled.cut.head.dataset)) continue;
    DiagnosticSink sink;
    const stream::BoundHead bound =
        stream::bind(compiled.cut.head, compiled.plan.columns, kNone, type, nullptr, catalog, sink);
    if (stream::is_literal_false(*bound.predicate)) continue;
    std::set<std::string> columns;
    const auto filter = SqlOf(columns)(*bound.predicate);
    const std::string_view discriminator = catalog.discriminator(type);
    if (!filter || !columns.contains(std::string(discriminator))) continue;
    // DuckDB need not find out what columns there are, nor read others.
    std::string wanted;
    for (const std::string& column : columns) {
      wanted += fmt::format("{}{}: 'VARCHAR'", wanted.empty() ? "" : ", ", in_quotes(column, '"'));
    }
    return fmt::format(
        "SELECT * FROM read_ndjson('{{}}', records = 'true', ignore_errors = true, columns = {{{}}}) WHERE {}", wanted,
        *filter);
  }
  return std::nullopt;
}

}  // namespace

void print_separately(const AllOptions& options) {
  const Loaded all(options.share, options.all);
  std::vector<std::string> statements;
  for (const auto& compiled : all.rules->detections()) {
    if (const auto sql = sql_of(*compiled, *all.catalog)) statements.push_back(*sql);
  }
  const size_t asked = std::min(options.separate, statements.size());
  std::vector<double> seconds;
  size_t failed = 0;
  for (size_t i = 0; i < asked; ++i) {
    const Answer answer = ask_duckdb(statements[i * statements.size() / asked], options.events);
    if (answer.error.empty()) {
      seconds.push_back(answer.seconds);
    } else if (failed++ == 0) {
      fmt::print("  one that DuckDB refuses: {}\n", answer.error.substr(0, answer.error.find('\n')));
    }
  }
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds.empty() ? 0 : seconds[seconds.size() / 2];
  engine::HuntOptions hunt;
  hunt.files = {options.events.string()};
  double ours = 1e9;
  for (int i = 0; i < options.repeat; ++i) {
    DiagnosticSink sink;
    const auto start = std::chrono::steady_clock::now();
    engine::hunt(*all.rules, hunt, [](Finding&&) {}, sink);
    ours = std::min(ours, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const size_t rules = all.rules->detections().size();
  fmt::print("{} detections asked of DuckDB one by one (of {} whose filter is plain SQL; {} failed): median {:.3f} s\n",
             seconds.size(), statements.size(), failed, median);
  fmt::print(
      "extrapolated to {} detections {:.0f} s; all of them in one hunt {:.2f} s, one thread each: {:.0f} times "
      "faster, target 100\n",
      rules, median * static_cast<double>(rules), ours, median * static_cast<double>(rules) / ours);
}

}  // namespace hecate::bench
