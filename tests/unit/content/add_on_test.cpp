// What an add-on's .conf files say (Admin Manual: props.conf, transforms.conf, eventtypes.conf, tags.conf,
// collections.conf).
#include "content/add_on.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "../temporary_folder.h"
#include "content/content.h"

namespace hecate::content {
namespace {

class AddOns : public ::testing::Test {
 protected:
  const Content& load() {
    content_ = content::load({folder_.path()}, sources_, sink_);
    return content_;
  }
  [[nodiscard]] bool reported(std::string_view code) const {
    return std::any_of(sink_.all().begin(), sink_.all().end(),
                       [&](const Diagnostic& diagnostic) { return diagnostic.code->id == code; });
  }

  test::Folder folder_;
  SourceMap sources_;
  DiagnosticSink sink_;
  Content content_;
};

TEST_F(AddOns, PropsAreReadByClassAndLayer) {
  folder_.write("default/props.conf", R"([acme]
EXTRACT-b = b=(?<b>\d+) in message
EXTRACT-a = a in (?<a>\w+)
FIELDALIAS-x = "src ip" AS src dst ASNEW dest
EVAL-action = if(a=="x","allowed","blocked")
EVAL-dest = "default"
KV_MODE = json
TZ = +02:00
)");
  folder_.write("local/props.conf", "[acme]\nEVAL-dest = \"local\"\n");
  const AddOn& add_on = load().add_on;
  ASSERT_EQ(add_on.props.size(), 1U);
  const AddOn::Props& props = add_on.props.front();
  ASSERT_EQ(props.extractions.size(), 2U);
  EXPECT_EQ(props.extractions[0].regex.view(), R"(a in (?<a>\w+))");
  EXPECT_EQ(props.extractions[0].source, "_raw");
  EXPECT_EQ(props.extractions[1].regex.view(), R"(b=(?<b>\d+))");
  EXPECT_EQ(props.extractions[1].source, "message");
  ASSERT_EQ(props.aliases.size(), 2U);
  EXPECT_EQ(props.aliases[0].from, "src ip");
  EXPECT_TRUE(props.aliases[0].overwrites);
  EXPECT_EQ(props.aliases[1].to, "dest");
  EXPECT_FALSE(props.aliases[1].overwrites);
  ASSERT_EQ(props.calculated.size(), 2U);
  EXPECT_EQ(props.calculated[1].expression.view(), "\"local\"");
  EXPECT_EQ(props.kv_mode, AddOn::KvMode::Json);
  EXPECT_EQ(props.zone, "+02:00");
  EXPECT_TRUE(sink_.all().empty());
}

TEST_F(AddOns, PatternsOfStanzas) {
  folder_.write("default/props.conf", "[source::.../acme-*.log]\n[host::web*]\n[acme.log]\n[(?::){0}acme:*]\n");
  std::vector<std::string> patterns;
  for (const AddOn::Props& props : load().add_on.props) patterns.push_back(props.pattern);
  std::sort(patterns.begin(), patterns.end());
  EXPECT_EQ(patterns, (std::vector<std::string>{"(?i)^(?:web[^/\\\\]*)$", "^(?:.*/acme-[^/\\\\]*\\.log)$",
                                                "^(?:acme:[^/\\\\]*)$", "^acme\\.log$"}));
}

TEST_F(AddOns, TransformsOfReports) {
  folder_.write("default/props.conf", "[acme]\nREPORT-x = by_name, by_cut, missing\n");
  folder_.write("default/transforms.conf", R"([by_name]
REGEX = (\w+)=(\w+)
FORMAT = $1::$2
MV_ADD = true
CLEAN_KEYS = 0
[by_cut]
SOURCE_KEY = rest
DELIMS = "|"
FIELDS = "first", second
)");
  const AddOn& add_on = load().add_on;
  const auto& extractions = add_on.props.at(0).extractions;
  ASSERT_EQ(extractions.size(), 2U);
  ASSERT_EQ(extractions[0].format.size(), 1U);
  EXPECT_EQ(extractions[0].format[0].field, "$1");
  EXPECT_EQ(extractions[0].format[0].value, "$2");
  EXPECT_TRUE(extractions[0].several);
  EXPECT_FALSE(extractions[0].clean_keys);
  EXPECT_EQ(extractions[1].source, "rest");
  EXPECT_EQ(extractions[1].pair_delimiters, "|");
  EXPECT_EQ(extractions[1].fields, (std::vector<std::string>{"first", "second"}));
  EXPECT_TRUE(reported("CNT022"));
}

TEST_F(AddOns, EventTypesAndTags) {
  folder_.write("default/eventtypes.conf", "[on]\nsearch = a=1\n[off]\nsearch = a=2\ndisabled = 1\n");
  folder_.write("default/tags.conf", "[eventtype=on]\nweb = enabled\nold = disabled\n[user=a%20b]\nadmin = enabled\n");
  const AddOn& add_on = load().add_on;
  ASSERT_EQ(add_on.event_types.size(), 1U);
  EXPECT_EQ(add_on.event_types[0].name, "on");
  ASSERT_EQ(add_on.tags.size(), 2U);
  EXPECT_EQ(add_on.tags[0].tag, "web");
  EXPECT_EQ(add_on.tags[1].value, "a b");
}

TEST_F(AddOns, LookupsOfFilesAndCollections) {
  folder_.write("lookups/hosts.csv", "host,owner\nweb*,ann\n");
  folder_.write("default/transforms.conf", R"([hosts]
filename = hosts.csv
match_type = WILDCARD(host)
case_sensitive_match = false
max_matches = 1
[seen]
external_type = kvstore
collection = seen_users
fields_list = _key, user
[known]
external_type = kvstore
collection = seen_users
[program]
external_cmd = run.py host
)");
  folder_.write("default/collections.conf", "[seen_users]\nfield.user = string\nfield.first = number\n");
  const Content& content = load();
  const auto table = [&](std::string_view name) -> const Table* {
    const auto found = std::find_if(content.tables.begin(), content.tables.end(),
                                    [&](const Table& each) { return each.name == name; });
    return found == content.tables.end() ? nullptr : &*found;
  };
  ASSERT_NE(table("hosts"), nullptr);
  EXPECT_EQ(table("hosts")->rows.size(), 1U);
  EXPECT_EQ(table("hosts")->match_types.at("host"), Table::MatchType::Wildcard);
  EXPECT_FALSE(table("hosts")->case_sensitive);
  EXPECT_EQ(table("hosts")->max_matches, 1U);
  ASSERT_NE(table("seen"), nullptr);
  EXPECT_EQ(table("seen")->columns, (std::vector<std::string>{"_key", "user"}));
  EXPECT_FALSE(table("seen")->given);
  ASSERT_NE(table("known"), nullptr);
  EXPECT_EQ(table("known")->columns, (std::vector<std::string>{"first", "user"}));
  EXPECT_EQ(table("program"), nullptr);
  EXPECT_TRUE(reported("CNT021"));
}

TEST_F(AddOns, SettingsOfIndexingAreNamed) {
  folder_.write("default/props.conf", "[acme]\nSEDCMD-x = s/a/b/\nTRANSFORMS-y = z\n");
  (void)load();
  EXPECT_TRUE(reported("CNT023"));
}

}  // namespace
}  // namespace hecate::content
