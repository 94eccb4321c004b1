#include "lang/kql/plugins.h"

#include <gtest/gtest.h>

#include "support.h"

namespace hecate::kql::test {
namespace {

/// The tables that the examples of the plugins name.
const std::vector<TableSchema>& example_tables() {
  const std::vector<ColumnSchema> schema = {{"ColumnName", Type::String, ""},
                                            {"ColumnOrdinal", Type::Long, ""},
                                            {"DataType", Type::String, ""},
                                            {"ColumnType", Type::String, ""}};
  static const std::vector<TableSchema> all = {{"T",
                                                {{"User", Type::String, ""},
                                                 {"Time", Type::Datetime, ""},
                                                 {"State", Type::String, ""},
                                                 {"Size", Type::Long, ""},
                                                 {"Level", Type::String, ""},
                                                 {"Host", Type::String, ""},
                                                 {"Result", Type::String, ""},
                                                 {"Address", Type::String, ""},
                                                 {"Data", Type::Dynamic, ""},
                                                 {"a", Type::Dynamic, ""},
                                                 {"b", Type::Dynamic, ""},
                                                 {"lon", Type::Real, ""},
                                                 {"lat", Type::Real, ""}}},
                                               {"Networks", {{"Network", Type::String, ""}}},
                                               {"Roads", {{"road", Type::Dynamic, ""}}},
                                               {"Areas", {{"area", Type::Dynamic, ""}}},
                                               {"S1", schema},
                                               {"S2", schema}};
  return all;
}

Environment example_environment() {
  Environment result;
  result.find_table = [](std::string_view name) -> const TableSchema* {
    for (const TableSchema& table : example_tables()) {
      if (table.name == name) return &table;
    }
    return nullptr;
  };
  return result;
}

TEST(Plugins, AreSortedByName) {
  for (size_t i = 1; i < plugins().size(); ++i) EXPECT_LT(plugins()[i - 1].name, plugins()[i].name);
}

// Whatever stands in the table of plugins can be bound: a query that is misspelt there would fail at its first use.
TEST(Plugins, ExamplesAreBound) {
  for (const PluginInfo& plugin : plugins()) {
    if (plugin.kind == PluginKind::Refused) continue;
    const Outcome outcome = run(std::string(plugin.example), example_environment());
    EXPECT_TRUE(outcome.diagnostics.empty()) << plugin.example << "\n"
                                             << (outcome.diagnostics.empty() ? "" : outcome.diagnostics.front());
    EXPECT_TRUE(outcome.verified) << plugin.example << "\n" << outcome.plan;
  }
}

TEST(Plugins, OthersAreRefusedWithTheReason) {
  for (const PluginInfo& plugin : plugins()) {
    if (plugin.kind != PluginKind::Refused) continue;
    const Outcome outcome = run("T | evaluate " + std::string(plugin.name) + "(1)", example_environment());
    ASSERT_EQ(outcome.diagnostics.size(), 1U) << plugin.name;
    EXPECT_TRUE(outcome.diagnostics.front().starts_with("KQL005 ")) << outcome.diagnostics.front();
    EXPECT_EQ(outcome.hints.front(), plugin.doc);
  }
}

}  // namespace
}  // namespace hecate::kql::test
