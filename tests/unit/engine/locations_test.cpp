// iplocation over a database in MaxMind's format: a small one, written here after its specification
// (https://maxmind.github.io/MaxMind-DB).
#include "exec/functions/locations.h"

#include <gtest/gtest.h>

#include <bit>

#include "../temporary_folder.h"
#include "engine/hunt.h"

namespace hecate::engine {
namespace {

// --- the data section's types ---

std::string control(int type, size_t size) {
  const bool extended = type > 7;
  std::string out(1, static_cast<char>(((extended ? 0 : type) << 5) | static_cast<int>(size)));
  if (extended) out += static_cast<char>(type - 7);
  return out;
}
std::string text(std::string_view value) { return control(2, value.size()) + std::string(value); }
std::string number16(uint16_t value) {
  return control(5, 2) + static_cast<char>(value >> 8) + static_cast<char>(value & 255);
}
std::string number32(uint32_t value) {
  std::string out = control(6, 4);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 255);
  return out;
}
std::string number64(uint64_t value) {
  std::string out = control(9, 8);
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 255);
  return out;
}
std::string real(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  std::string out = control(3, 8);
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((bits >> shift) & 255);
  return out;
}
std::string map(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out = control(7, members.size());
  for (const auto& [key, value] : members) out += text(key) + value;
  return out;
}
std::string names(std::string_view name) { return map({{"names", map({{"en", text(name)}})}}); }

std::string number24(uint32_t value) {
  return {static_cast<char>(value >> 16), static_cast<char>((value >> 8) & 255), static_cast<char>(value & 255)};
}

/// 192.0.2.0/24 (RFC 5737) and nothing else: a node for each bit.
std::string database() {
  constexpr uint32_t kNodes = 24;
  constexpr uint32_t kNetwork = 0xC00002;
  std::string tree;
  for (uint32_t bit = 0; bit < kNodes; ++bit) {
    const bool one = ((kNetwork >> (kNodes - 1 - bit)) & 1) != 0;
    const uint32_t next = bit + 1 < kNodes ? bit + 1 : kNodes + 16;
    tree += number24(one ? kNodes : next) + number24(one ? next : kNodes);
  }
  const std::string record = map(
      {{"city", names("Paris")},
       {"continent", names("Europe")},
       {"country", names("France")},
       {"location", map({{"latitude", real(48.5)}, {"longitude", real(2.25)}, {"time_zone", text("Europe/Paris")}})},
       {"subdivisions", control(11, 1) + names("Ile-de-France")}});
  const std::string metadata = map({{"binary_format_major_version", number16(2)},
                                    {"binary_format_minor_version", number16(0)},
                                    {"build_epoch", number64(1'700'000'000)},
                                    {"database_type", text("Test-City")},
                                    {"description", map({{"en", text("a test")}})},
                                    {"ip_version", number16(4)},
                                    {"languages", control(11, 1) + text("en")},
                                    {"node_count", number32(kNodes)},
                                    {"record_size", number16(24)}});
  return tree + std::string(16, '\0') + record + "\xAB\xCD\xEFMaxMind.com" + metadata;
}

class LocationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    locations = Locations::open(path, error);
    ASSERT_TRUE(locations) << error;
  }

  std::string find(std::string_view address, std::string_view field) {
    return value_text(locations->find(address, field, arena));
  }

  test::Folder folder;
  std::string path = folder.write("test.mmdb", database());
  std::unique_ptr<Locations> locations;
  Arena arena;
};

TEST_F(LocationsTest, SaysWhereAnAddressIs) {
  EXPECT_EQ(find("192.0.2.7", "City"), "Paris");
  EXPECT_EQ(find("192.0.2.7", "Country"), "France");
  EXPECT_EQ(find("192.0.2.7", "Region"), "Ile-de-France");
  EXPECT_EQ(find("192.0.2.7", "Continent"), "Europe");
  EXPECT_EQ(find("192.0.2.7", "Timezone"), "Europe/Paris");
  EXPECT_EQ(find("192.0.2.7", "lat"), "48.5");
  EXPECT_EQ(find("192.0.2.7", "lon"), "2.25");
}

TEST_F(LocationsTest, KnowsNothingOfOthers) {
  EXPECT_EQ(find("192.0.3.7", "City"), "");
  EXPECT_EQ(find("192.0.2.7", "MetroCode"), "");
  EXPECT_EQ(find("no address", "City"), "");
  EXPECT_EQ(find("::1", "City"), "");
  EXPECT_EQ(find("", "City"), "");
}

TEST_F(LocationsTest, RefusesOtherFiles) {
  const std::string other = folder.write("other.mmdb", "no database");
  std::string error;
  EXPECT_FALSE(Locations::open(other, error));
  EXPECT_FALSE(error.empty());
}

TEST_F(LocationsTest, FillIplocation) {
  const std::string events = R"({"src":"192.0.2.1","n":1}
{"src":"198.51.100.1","n":2}
)";
  SourceMap sources;
  DiagnosticSink sink;
  content::Content content;
  content::load_text("geo.spl", "search * | iplocation prefix=s_ src | where s_Country=\"France\" | table n s_City",
                     content, sources, sink);
  const Catalog catalog;
  CompileOptions compile;
  compile.locations = true;
  const Ruleset rules(std::move(content), catalog, compile, sink);
  HuntOptions options;
  options.text = &events;
  options.locations = locations.get();
  std::vector<std::string> rows;
  hunt(
      rules, options,
      [&](Finding&& finding) {
        for (const ResultField& field : finding.result) rows.push_back(value_text(field.value.get()));
      },
      sink);
  EXPECT_EQ(rows, (std::vector<std::string>{"1", "Paris"}));
  EXPECT_EQ(sink.warnings(), 0U);
}

}  // namespace
}  // namespace hecate::engine
