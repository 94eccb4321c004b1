#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "content/codes.h"
#include "content/read_file.h"
#include "content/sentinel.h"

// Watchlists of Sentinel: `_GetWatchlist("alias")` has the columns of the CSV and SearchKey, what the list is searched
// by (https://learn.microsoft.com/azure/sentinel/watchlists).
namespace hecate::content {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestWatchlist = size_t{256} << 20;
constexpr std::string_view kSearchKey = "SearchKey";

void add_search_key(Table& table, size_t key) {
  if (table.columns.empty() || table.column(kSearchKey) != Table::npos) return;
  table.columns.emplace_back(kSearchKey);
  for (std::vector<std::string>& row : table.rows) row.push_back(row[key]);
}

}  // namespace

void load_watchlist_file(const std::string& path, Content& content, DiagnosticSink& sink) {
  const std::optional<std::string> text = read_file(path, kLargestWatchlist);
  if (!text) {
    sink.report(kUnreadable, {}, fmt::format("{}: cannot be read", path));
    return;
  }
  Table table = read_csv("watchlist:" + fs::path(path).stem().string(), *text);
  if (table.columns.empty()) {
    sink.report(kUnreadable, {}, fmt::format("{}: a watchlist begins with the names of its columns", path));
    return;
  }
  add_search_key(table, 0);
  content.tables.push_back(std::move(table));
}

void load_watchlist(const yaml::Node& properties, const DocumentContext& context, Content& content) {
  std::string_view alias = properties.text_of("watchlistAlias");
  if (alias.empty()) alias = properties.text_of("alias");
  const yaml::Node* rows = properties.find("rawContent");
  if (alias.empty() || rows == nullptr || !rows->is_scalar()) {
    context.sink.report(kMissingKey, properties.span, "a watchlist needs `watchlistAlias` and `rawContent`");
    return;
  }
  std::string_view text = rows->text();
  const yaml::Node* skip = properties.find("numberOfLinesToSkip");
  for (int64_t lines = skip == nullptr ? 0 : skip->as_integer().value_or(0); lines > 0 && !text.empty(); --lines)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  Table table = read_csv(fmt::format("watchlist:{}", alias), text);
  const yaml::Node* key = properties.find("itemsSearchKey");
  size_t at = 0;
  if (key != nullptr && key->is_scalar() && !table.columns.empty()) {
    at = table.column(key->text());
    if (at == Table::npos) {
      const std::vector<std::string_view> columns(table.columns.begin(), table.columns.end());
      const std::string_view near = nearest(key->text(), columns);
      context.sink.report(kBadRuleValue, key->span, fmt::format("the watchlist has no column `{}`", key->text()),
                          near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      at = 0;
    }
  }
  add_search_key(table, at);
  content.tables.push_back(std::move(table));
}

}  // namespace hecate::content
