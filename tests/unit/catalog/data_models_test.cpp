#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/codes.h"
#include "folder.h"
#include "harness.h"

namespace hecate {
namespace {

constexpr std::string_view kModel = R"(model: M
title: M
datasets:
  Root:
    tags: [root]
    where: exists(action)
    fields:
      action: {type: string, empty: unknown}
      user: {type: string, empty: unknown}
      url: string
      url_length: {type: number, value: length(url)}
  Child:
    of: Root
    tags: [child]
    fields:
      own: string
  Failed:
    of: Child
    where: equals(action, "failure")
)";
constexpr std::string_view kSource = R"(source: s
title: S
shapes:
  json:
    of: json
    when: [{path: k, exists: true}]
    paths: ["{}"]
types:
  t:
    title: T
    cim:
      - M.Root
      - {dataset: M.Child, when: 'equals(k, "c")'}
    columns:
      - for: cim.M.Root
        evidence: e
        confidence: A
        columns:
          user: u
          own: o
)";

struct Mistake {
  std::string_view what, file, from, to;
  const DiagnosticCode* code;
  std::string_view points_at;
};

TEST(DataModels, MistakesAreReportedAndTheFileLeftOut) {
  const std::vector<Mistake> rows{
      {"a dataset above that stands nowhere", "model", "of: Root", "of: Rot", &catalog::kUnknownSchema, "Rot"},
      {"a dataset above itself", "model", "of: Root", "of: Child", &catalog::kUnknownSchema, "Child"},
      {"unknown key", "model", "tags: [root]", "tag: [root]", &catalog::kUnknownKey, "tag"},
      {"unknown type", "model", "url: string", "url: text", &catalog::kWrongValue, "text"},
      {"a value for a test", "model", "where: exists(action)", "where: lower(action)", &catalog::kWrongValue, "lower"},
      {"a field that there is not", "model", "length(url)", "length(uri)", &catalog::kUnknownColumn, "uri"},
      {"a child's field in its parent", "model", "length(url)", "length(own)", &catalog::kUnknownColumn, "own"},
      {"unclosed expression", "model", "exists(action)", "exists(action", &catalog::kExpression, ""},
      {"a dataset that there is not", "source", "dataset: M.Child", "dataset: M.Chld", &catalog::kUnknownSchema, ""},
      {"a membership's value", "source", R"(equals(k, "c"))", "lower(k)", &catalog::kWrongValue, "lower"},
      {"a membership's key", "source", "when: 'e", "if: 'e", &catalog::kUnknownKey, "if"},
      {"a column of no dataset", "source", "own: o", "won: o", &catalog::kUnknownColumn, "won"},
  };
  for (const Mistake& row : rows) {
    const Folder folder;
    std::string model(kModel);
    std::string source(kSource);
    std::string& changed = row.file == "model" ? model : source;
    const size_t at = changed.find(row.from);
    ASSERT_NE(at, std::string::npos) << row.what;
    changed.replace(at, row.from.size(), row.to);
    folder.write("cim/M.yml", model);
    folder.write("sources/s.yml", source);
    const Loaded loaded = load(folder);
    ASSERT_FALSE(loaded.codes.empty()) << row.what;
    EXPECT_EQ(loaded.codes.front(), row.code->id) << row.what << ": " << loaded.first_message;
    if (!row.points_at.empty()) {
      EXPECT_EQ(loaded.first_text.substr(0, row.points_at.size()), row.points_at) << row.what;
    }
    ASSERT_TRUE(loaded.catalog.has_value());
    EXPECT_FALSE(loaded.catalog->find("s.t").has_value()) << row.what;
  }
}

class SmallModel : public ::testing::Test {
 protected:
  SmallModel() {
    folder_.write("cim/M.yml", kModel);
    folder_.write("sources/s.yml", kSource);
    loaded_ = load(folder_);
  }
  [[nodiscard]] const Catalog& catalog() const { return *loaded_.catalog; }
  [[nodiscard]] std::string column(const DataModel& model, std::string_view field, Type type = Type::Many) const {
    const ExprPtr value = catalog().column(*catalog().find("s.t"), model, field, type);
    return value ? dump(*value) : "absent";
  }
  Folder folder_;
  Loaded loaded_;
};

TEST_F(SmallModel, NamesAreThoseOfTheirDatasets) {
  ASSERT_TRUE(loaded_.codes.empty()) << loaded_.first_message;
  EXPECT_EQ(catalog().data_models(), (std::vector<std::string_view>{"M.Child", "M.Failed", "M.Root"}));
  EXPECT_TRUE(catalog().has_data_model({"M", ""}));
  EXPECT_TRUE(catalog().has_data_model({"M", "Failed"}));
  EXPECT_FALSE(catalog().has_data_model({"M", "Fail"}));
  EXPECT_FALSE(catalog().has_data_model({"", ""}));
  EXPECT_FALSE(catalog().has_data_model({"m", ""}));
  const DataModel whole{"M", ""};
  const DataModel child{"M", "Child"};
  EXPECT_TRUE(catalog().has_field(whole, "Root.user"));
  EXPECT_TRUE(catalog().has_field(whole, "Root.Child.own"));
  EXPECT_TRUE(catalog().has_field(child, "own"));
  EXPECT_TRUE(catalog().has_field(child, "user"));  // from the dataset above
  EXPECT_FALSE(catalog().has_field(whole, "Root.own"));
  EXPECT_FALSE(catalog().has_field(whole, "user"));  // of which dataset?
  EXPECT_TRUE(catalog().has_field(whole, "_time"));
  EXPECT_TRUE(catalog().has_field(whole, "nodename"));
}

TEST_F(SmallModel, ColumnsAreFilledIn) {
  const DataModel root{"M", "Root"};
  EXPECT_EQ(column(root, "Root.user"), R"((text.coalesce (convert.spl_field raw[u]) "unknown"))");
  EXPECT_EQ(column(root, "Root.url"), "(convert.spl_field raw[url])");
  EXPECT_EQ(column(root, "Root.url_length"),
            "(text.coalesce (convert.spl_field raw[url_length]) (text.length (convert.spl_field raw[url])))");
  EXPECT_EQ(column(root, "Root.nothing"), "absent");
  // What only some of its events have is absent in the others.
  EXPECT_NE(column(root, "Root.Child.own").find("text.if"), std::string::npos);
  EXPECT_EQ(column({"M", "Child"}, "Root.Child.own"), "(convert.spl_field raw[o])");
}

TEST_F(SmallModel, MembersPassEveryTestOnTheWay) {
  const std::string root = column({"M", "Root"}, DataModel::kMember, Type::Bool);
  EXPECT_NE(root.find("text.exists"), std::string::npos) << root;
  const std::string failed = column({"M", "Failed"}, DataModel::kMember, Type::Bool);
  EXPECT_NE(failed.find("text.exists"), std::string::npos) << failed;
  EXPECT_NE(failed.find("\"c\""), std::string::npos) << failed;
  EXPECT_NE(failed.find("\"failure\""), std::string::npos) << failed;
  const RecordType type = *catalog().find("s.t");
  EXPECT_TRUE(catalog().belongs(type, DataModel{"M", "Failed"}));
  EXPECT_TRUE(catalog().belongs(type, DataModel{"M", ""}));
  EXPECT_FALSE(catalog().belongs(type, DataModel{"M", "Nothing"}));
  EXPECT_FALSE(catalog().belongs(RecordType::Generic, DataModel{"M", "Root"}));
}

}  // namespace
}  // namespace hecate
