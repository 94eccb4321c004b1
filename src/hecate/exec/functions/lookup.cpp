#include "exec/functions/lookup.h"

#include <algorithm>

#include "base/text.h"
#include "exec/functions/match.h"
#include "exec/functions/spl_functions.h"
#include "exec/functions/wildcard_rows.h"
#include "plan/glob.h"

namespace hecate {
namespace {

/// A value that only an equal text meets.
bool is_plain(std::string_view value) { return value.find_first_of("*/") == std::string_view::npos; }

std::string key_of(const std::vector<std::string_view>& parts) {
  std::string key;
  for (const std::string_view part : parts) {
    fold_case_to(part, key);
    key += '\xFF';
  }
  return key;
}

bool in_network(std::string_view address, std::string_view network, Arena& arena) {
  const RunParameters run;
  EvalContext context{arena, run};
  const Value arguments[] = {Value::string(address), Value::string(network)};
  return spl::search_cidr(arguments, context).is_true();
}

}  // namespace

void Conditions::add(Row row) {
  const bool plain = !row.empty() && std::all_of(row.begin(), row.end(), [](const std::vector<std::string>& values) {
    return values.size() == 1 && is_plain(values.front());
  });
  plain_ = plain_ && plain;
  if (plain) {
    std::vector<std::string_view> parts;
    for (const auto& values : row) parts.emplace_back(values.front());
    keys_.insert(key_of(parts));
  }
  rows_.push_back(std::move(row));
}

namespace {

bool field_meets(const Value& value, const std::vector<std::string>& wanted, bool raw, Arena& arena) {
  // Several values of one field are alternatives (Search Reference, format, mvsep).
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& text) {
    const auto elements = spl::elements(value);
    return std::any_of(elements.begin(), elements.end(), [&](const Value& element) {
      const std::string_view own = value_text(element, arena);
      return raw ? spl::contains_term(own, text) : spl::search_equal(own, text);
    });
  });
}

bool row_met(const Conditions::Row& row, std::span<const Value> values, std::string_view raw_fields, Arena& arena) {
  bool any = false;
  for (size_t i = 0; i < std::min(row.size(), values.size()); ++i) {
    if (row[i].empty()) continue;
    any = true;
    if (!field_meets(values[i], row[i], i < raw_fields.size() && raw_fields[i] == 'r', arena)) return false;
  }
  return any;
}

}  // namespace

bool Conditions::met_by(std::span<const Value> values, std::string_view raw_fields, Arena& arena) const {
  const bool fields_only = raw_fields.find('r') == std::string_view::npos;
  if (fields_only && plain_) {
    std::vector<std::string_view> parts;
    bool single = true;
    for (const Value& value : values) {
      if (value.is_null()) return false;
      single = single && value.kind() != Kind::Many;
      parts.push_back(value_text(value, arena));
    }
    if (single) return keys_.contains(key_of(parts));
  }
  return std::any_of(rows_.begin(), rows_.end(),
                     [&](const Row& row) { return row_met(row, values, raw_fields, arena); });
}

/// The rows of a table by the texts of some of its columns.
class LookupTables::Index {
 public:
  Index(const Table& table, std::span<const std::string_view> columns) : table_(table) {
    for (const std::string_view column : columns) {
      const auto type = table.match_types.find(column);
      types_.push_back(type == table.match_types.end() ? Table::MatchType::Exact : type->second);
      columns_.push_back(table.column(column));
    }
    const bool exact = std::all_of(types_.begin(), types_.end(),
                                   [](Table::MatchType type) { return type == Table::MatchType::Exact; });
    if (exact) build_exact();
    if (!exact) build_globs();
  }

  std::span<const uint32_t> find(std::span<const std::string_view> texts, Arena& arena) {
    const std::string key = own_key(texts);
    const auto known = found_.find(key);
    if (known != found_.end()) return known->second;
    if (globs_.empty()) return {};
    if (found_.size() >= kMostRemembered) found_.clear();
    return found_.emplace(key, search(texts, arena)).first->second;
  }

 private:
  static constexpr size_t kMostRemembered = size_t{1} << 16;

  [[nodiscard]] std::string own_key(std::span<const std::string_view> texts) const {
    std::string key;
    for (const std::string_view text : texts) key += folded(text) + '\xFF';
    return key;
  }
  [[nodiscard]] std::string folded(std::string_view text) const {
    return table_.case_sensitive ? std::string(text) : fold_case(text);
  }
  [[nodiscard]] const std::string& cell(size_t row, size_t key) const { return table_.rows[row][columns_[key]]; }

  void build_exact() {
    for (uint32_t row = 0; row < table_.rows.size(); ++row) {
      std::vector<std::string_view> texts;
      for (size_t key = 0; key < columns_.size(); ++key) texts.emplace_back(cell(row, key));
      auto& rows = found_[own_key(texts)];
      if (rows.size() < table_.max_matches) rows.push_back(row);
    }
  }
  void build_globs() {
    for (uint32_t row = 0; row < table_.rows.size(); ++row) {
      auto& globs = globs_.emplace_back();
      for (size_t key = 0; key < columns_.size(); ++key) globs.emplace_back(glob_of_stars(folded(cell(row, key))));
    }
    if (globs_.empty()) globs_.emplace_back();  // not exact, though there is no row
    const auto wildcard = std::find(types_.begin(), types_.end(), Table::MatchType::Wildcard);
    screened_ = static_cast<size_t>(wildcard - types_.begin());
    if (screened_ == types_.size()) return;
    std::vector<std::string> cells;
    for (size_t row = 0; row < table_.rows.size(); ++row) cells.push_back(folded(cell(row, screened_)));
    screen_ = WildcardRows(cells);
  }

  [[nodiscard]] bool meets(size_t row, size_t key, std::string_view text, Arena& arena) const {
    switch (types_[key]) {
      case Table::MatchType::Cidr: return in_network(text, cell(row, key), arena);
      case Table::MatchType::Wildcard: return globs_[row][key].matches(folded(text));
      case Table::MatchType::Exact: break;
    }
    return table_.case_sensitive ? text == cell(row, key) : equals_ignoring_case(text, cell(row, key));
  }

  [[nodiscard]] std::vector<uint32_t> search(std::span<const std::string_view> texts, Arena& arena) const {
    std::vector<uint32_t> rows;
    if (table_.max_matches == 0) return rows;
    const auto take = [&](uint32_t row) {
      bool all = true;
      for (size_t key = 0; key < columns_.size() && all; ++key) all = meets(row, key, texts[key], arena);
      if (all) rows.push_back(row);
      return rows.size() < table_.max_matches;
    };
    if (screened_ < types_.size()) {
      for (const uint32_t row : screen_.candidates(folded(texts[screened_]))) {
        if (!take(row)) break;
      }
      return rows;
    }
    for (uint32_t row = 0; row < table_.rows.size(); ++row) {
      if (!take(row)) break;
    }
    return rows;
  }

  const Table& table_;
  std::vector<size_t> columns_;
  std::vector<Table::MatchType> types_;
  std::vector<std::vector<Glob>> globs_;  // by row; empty where all columns are exact
  size_t screened_ = Table::npos;         // the first column with wildcards
  WildcardRows screen_;                   // over that column
  std::unordered_map<std::string, std::vector<uint32_t>> found_;
};

LookupTables::LookupTables(const Tables& tables) : tables_(tables) {}
LookupTables::~LookupTables() = default;

const Table* LookupTables::table(std::string_view name) const {
  auto& taken = taken_[std::string(name)];
  if (!taken) taken = tables_.find(name);
  return taken.get();
}

std::span<const uint32_t> LookupTables::find(const Table& table, std::span<const std::string_view> columns,
                                             std::span<const Value> values, Arena& arena) const {
  std::string name = table.name;
  for (const std::string_view column : columns) {
    if (table.column(column) == Table::npos) return {};
    name += '\xFF' + std::string(column);
  }
  auto& index = indexes_[name];
  if (!index) index = std::make_unique<Index>(table, columns);
  std::vector<std::string_view> texts;
  for (const Value& value : values) {
    if (value.is_null()) return {};
    texts.push_back(value_text(value, arena));
  }
  return index->find(texts, arena);
}

namespace spl {
namespace {

// What separates terms in Splunk's index (Admin Manual, segmenters.conf: MAJOR and MINOR of [full]).
constexpr std::string_view kBreakers = " \t\r\n\v\f[]<>(){}|!;,'\"*&?+/:=@.-$#%\\_";

bool is_breaker(char c) { return kBreakers.find(c) != std::string_view::npos; }

/// Each value of the event is looked up; what is found stands in the order of the values.
std::vector<uint32_t> rows_for(const LookupTables& tables, const Table& table, Arguments arguments, Arena& arena) {
  std::vector<std::string_view> columns;
  std::vector<Value> values;
  for (size_t i = 2; i + 1 < arguments.size(); i += 2) {
    columns.push_back(value_text(arguments[i], arena));
    values.push_back(arguments[i + 1]);
  }
  if (values.size() != 1) {
    for (Value& value : values) {
      if (value.kind() == Kind::Many) value = value.as_list().front();
    }
    const auto found = tables.find(table, columns, values, arena);
    return {found.begin(), found.end()};
  }
  std::vector<uint32_t> rows;
  for (const Value& element : elements(values[0])) {
    const auto found = tables.find(table, columns, std::span(&element, 1), arena);
    rows.insert(rows.end(), found.begin(), found.end());
  }
  return rows;
}

}  // namespace

bool contains_term(std::string_view text, std::string_view term) {
  const bool open_start = term.starts_with('*');
  const bool open_end = term.ends_with('*');
  while (term.starts_with('*')) term.remove_prefix(1);
  while (term.ends_with('*')) term.remove_suffix(1);
  if (term.empty()) return true;
  const std::string folded = fold_case(text);
  const std::string wanted = fold_case(term);
  if (wanted.find('*') != std::string::npos) return Glob("*" + glob_of_stars(wanted) + "*").matches(folded);
  for (size_t at = folded.find(wanted); at != std::string::npos; at = folded.find(wanted, at + 1)) {
    const size_t end = at + wanted.size();
    const bool starts = open_start || at == 0 || is_breaker(folded[at - 1]) || is_breaker(wanted.front());
    const bool ends = open_end || end == folded.size() || is_breaker(folded[end]) || is_breaker(wanted.back());
    if (starts && ends) return true;
  }
  return false;
}

bool search_equal(std::string_view text, std::string_view value) {
  if (value.find('*') != std::string_view::npos) return Glob(glob_of_stars(fold_case(value))).matches(fold_case(text));
  if (equals_ignoring_case(text, value)) return true;
  Arena arena;
  return value.find('/') != std::string_view::npos && in_network(text, value, arena);
}

Value lookup(Arguments arguments, EvalContext& context) {
  const LookupTables* tables = context.run.tables;
  if (tables == nullptr) return Value::undecided();
  const Table* table = tables->table(value_text(arguments[0], context.arena));
  if (table == nullptr || !table->given) return Value::null();
  const std::vector<uint32_t> rows = rows_for(*tables, *table, arguments, context.arena);
  const size_t column = table->column(value_text(arguments[1], context.arena));
  if (column == Table::npos) return Value::null();
  std::vector<Value> values;
  for (const uint32_t row : rows) {
    if (!table->rows[row][column].empty()) values.push_back(Value::string(table->rows[row][column]));
  }
  // default_match fills up to min_matches (transforms.conf).
  for (size_t i = rows.size(); i < std::min<uint64_t>(table->min_matches, 1000) && !table->default_match.empty(); ++i)
    values.push_back(Value::string(table->default_match));
  const auto copy = context.arena.allocate_array<Value>(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return many_of(copy);
}

Value subsearch(Arguments arguments, EvalContext& context) {
  const auto input = static_cast<size_t>(arguments[0].as_integer());
  if (context.run.conditions == nullptr || input >= context.run.conditions->size()) return Value::undecided();
  const std::string_view raw = value_text(arguments[1], context.arena);
  return Value::boolean((*context.run.conditions)[input].met_by(arguments.subspan(2), raw, context.arena));
}

Value token(Arguments arguments, EvalContext& context) {
  if (context.run.tokens == nullptr) return Value::undecided();
  const auto found = context.run.tokens->find(value_text(arguments[0], context.arena));
  return found == context.run.tokens->end() ? Value::null() : found->second.get();
}

Value search_equals(Arguments arguments, EvalContext& context) {
  if (arguments[1].is_null()) return Value::boolean(false);
  const std::string_view value = value_text(arguments[1], context.arena);
  const auto values = elements(arguments[0]);
  return Value::boolean(std::any_of(values.begin(), values.end(), [&](const Value& element) {
    return search_equal(value_text(element, context.arena), value);
  }));
}

Value search_term(Arguments arguments, EvalContext& context) {
  if (arguments[0].is_null() || arguments[1].is_null()) return Value::boolean(false);
  return Value::boolean(
      contains_term(value_text(arguments[0], context.arena), value_text(arguments[1], context.arena)));
}

/// Search Reference, addinfo: the bounds of the search window; without one they are 0 and +Infinity. What the search
/// says itself comes with the name, and goes before the run's.
Value search_info(Arguments arguments, EvalContext& context) {
  const std::string_view name = value_text(arguments[0], context.arena);
  const RunParameters& run = context.run;
  const auto seconds = [&](Ticks ticks) {
    return Value::string(context.arena.copy(number_text(static_cast<double>(ticks) / 1e7)));
  };
  if (arguments.size() > 1 && !arguments[1].is_null()) {
    return Value::string(context.arena.copy(value_text(arguments[1], context.arena)));
  }
  if (name == "info_min_time") return run.earliest ? seconds(*run.earliest) : Value::string("0.000");
  if (name == "info_max_time") return run.latest ? seconds(*run.latest) : Value::string("+Infinity");
  if (name == "info_search_time" && run.now) return seconds(*run.now);
  return Value::null();
}

}  // namespace spl
}  // namespace hecate
