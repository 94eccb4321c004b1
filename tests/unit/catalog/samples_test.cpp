#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "harness.h"

// One event of each record type in samples/<type>.log; where they come from stands in samples/README.md. What is
// expected of them is read from the events and from the vendors' descriptions of them.
namespace hecate {
namespace {

namespace fs = std::filesystem;

const fs::path& folder() {
  static const fs::path path = fs::path(HECATE_SOURCE_DIR) / "tests/unit/catalog/samples";
  return path;
}

std::string sample(const std::string& type) {
  std::ifstream file(folder() / (type + ".log"), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::set<std::string> sampled_types() {
  std::set<std::string> types;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() == ".log") types.insert(entry.path().stem());
  }
  return types;
}

/// Visits the records of a sample that are of its type: joined events have lines of others beside them.
void for_sample(const std::string& type, const std::function<void(const Recognised&)>& visit) {
  size_t found = 0;
  std::string seen;
  for_each_record(sample(type), [&](const Recognised& event) {
    seen += std::string(shipped().name(event.type)) + " ";
    if (shipped().name(event.type) != type) return;
    ++found;
    visit(event);
  });
  EXPECT_EQ(found, 1U) << type << " is recognised as " << seen;
}

TEST(Samples, EachIsRecognisedAndEveryColumnIsEvaluated) {
  for (const std::string& type : sampled_types()) {
    for_sample(type, [&](const Recognised& event) {
      for (const Catalog::ColumnRow& row : shipped().columns(event.type)) {
        EXPECT_FALSE(event.evaluate(row.value).is_undecided()) << type << " " << row.name;
      }
    });
  }
}

TEST(Samples, EveryColumnOfATableConvertsToItsType) {
  size_t columns = 0;
  for (const std::string& type : sampled_types()) {
    for_sample(type, [&](const Recognised& event) {
      for (const std::string_view table : shipped().kusto_tables()) {
        const KustoTable dataset{std::string(table)};
        if (!shipped().belongs(event.type, dataset)) continue;
        for (const Catalog::KustoColumn& column : shipped().kusto_schema(table)->columns) {
          const ExprPtr expr = shipped().column(event.type, dataset, column.name, column.type);
          if (!expr) continue;
          ++columns;
          EXPECT_EQ(expr->type, column.type) << type << " " << table << "." << column.name;
          EXPECT_FALSE(event.evaluate(expr).is_undecided()) << type << " " << table << "." << column.name;
        }
      }
    });
  }
  EXPECT_GT(columns, 2000U);
}

TEST(Samples, EverySourceWithSamplesHasOneForEachType) {
  const std::set<std::string> types = sampled_types();
  std::set<std::string> sources;
  for (const std::string& type : types) sources.insert(type.substr(0, type.find('.')));
  for (const std::string_view name : shipped().names()) {
    if (sources.contains(std::string(name.substr(0, name.find('.'))))) {
      EXPECT_TRUE(types.contains(std::string(name))) << name;
    }
  }
}

struct Expected {
  std::string_view type;
  std::string_view time;
  std::string_view host;
  std::vector<std::pair<std::string_view, std::string_view>> columns;
};

const std::vector<Expected>& expectations() {
  static const std::vector<Expected> table{
#include "samples_expected.inc"
  };
  return table;
}

TEST(Samples, TimeHostAndColumns) {
  for (const Expected& row : expectations()) {
    for_sample(std::string(row.type), [&](const Recognised& event) {
      const auto time = event.metadata.time;
      // A stamp without a year gets one that depends on the day of the test.
      if (row.time != "*") {
        EXPECT_EQ(time ? format_rfc3339(*time) : "", row.time) << row.type;
      }
      EXPECT_EQ(event.metadata.host, row.host) << row.type;
      for (const auto& [field, value] : row.columns) EXPECT_EQ(event.sigma(field), value) << row.type << " " << field;
    });
  }
}

struct Route {
  std::string_view product, category, service;
  std::vector<std::string_view> types;  // those that the rule means; of all others it means none
};

const std::vector<Route>& routes() {
  static const std::vector<Route> table{
#include "samples_routes.inc"
  };
  return table;
}

TEST(Samples, LogsourcesMeanTheirTypesAndNoOthers) {
  const std::set<std::string> sampled = sampled_types();
  for (const Route& route : routes()) {
    const SigmaLogsource logsource{std::string(route.product), std::string(route.category), std::string(route.service)};
    std::set<std::string_view> meant;
    for (const std::string& name : sampled) {
      const auto type = shipped().find(name);
      ASSERT_TRUE(type) << name;
      if (shipped().belongs(*type, logsource)) meant.insert(shipped().name(*type));
    }
    EXPECT_EQ(meant, std::set<std::string_view>(route.types.begin(), route.types.end()))
        << route.product << "/" << route.category << "/" << route.service;
  }
}

}  // namespace
}  // namespace hecate
