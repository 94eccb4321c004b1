#include "server/tokens.h"

#include <gtest/gtest.h>

#include "../temporary_folder.h"

namespace hecate::server {
namespace {

class TokensTest : public ::testing::Test {
 protected:
  Result<Tokens> load(std::string_view text) { return Tokens::load(folder.write("tokens.yml", text), sources, sink); }
  [[nodiscard]] std::string reported() const {
    return sink.all().empty() ? std::string() : render(sink.all().front(), sources);
  }

  test::Folder folder;
  SourceMap sources;
  DiagnosticSink sink;
};

// `printf %s secret | sha256sum`
constexpr std::string_view kSecret = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

TEST_F(TokensTest, AreFoundByWhatTheyAre) {
  const auto tokens = load(std::string("tokens:\n  - name: a\n    sha256: ") + std::string(kSecret) +
                           "\n    index: linux\n    indexes: [linux, main]\n    host: h\n    use_ack: true\n");
  ASSERT_TRUE(tokens) << reported();
  const Token* token = tokens->find("secret");
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->name, "a");
  EXPECT_EQ(token->host, "h");
  EXPECT_TRUE(token->use_ack);
  EXPECT_FALSE(token->disabled);
  EXPECT_TRUE(token->allows("main"));
  EXPECT_FALSE(token->allows("other"));
  EXPECT_EQ(tokens->find("Secret"), nullptr);
  EXPECT_EQ(tokens->find(kSecret), nullptr) << "the hash is not the token";
}

TEST_F(TokensTest, WhatIsWrittenIsRead) {
  Token token{"it's \"q\"", sha256_hex("secret"), "main", {"main", "x"}, "st", "src", "", false, true};
  const auto tokens = load("tokens:\n" + to_yaml(token));
  ASSERT_TRUE(tokens) << reported();
  ASSERT_NE(tokens->find("secret"), nullptr);
  EXPECT_EQ(tokens->find("secret")->name, token.name);
  EXPECT_EQ(tokens->find("secret")->indexes, token.indexes);
  EXPECT_EQ(tokens->find("secret")->sourcetype, "st");
  EXPECT_TRUE(tokens->find("secret")->disabled);
}

TEST_F(TokensTest, ErrorsHaveTheirPlace) {
  EXPECT_FALSE(load("tokens:\n  - name: a\n    sha256: abc\n"));
  EXPECT_NE(reported().find("3:13"), std::string::npos) << reported();
  sink.clear();
  EXPECT_FALSE(
      load(std::string("tokens:\n  - name: a\n    sha256: ") + std::string(kSecret) + "\n    use_akk: true\n"));
  EXPECT_NE(reported().find("did you mean `use_ack`?"), std::string::npos) << reported();
  sink.clear();
  EXPECT_FALSE(load("other: 1\n"));
  EXPECT_FALSE(load("tokens: [a]\n"));
  EXPECT_FALSE(load("tokens: [\n"));
  sink.clear();
  const std::string twice = std::string("  - name: a\n    sha256: ") + std::string(kSecret) + "\n";
  EXPECT_FALSE(load("tokens:\n" + twice + twice));
}

TEST_F(TokensTest, NoFileIsNoToken) {
  const auto tokens = Tokens::load(folder.path("none.yml"), sources, sink);
  ASSERT_TRUE(tokens);
  EXPECT_TRUE(tokens->by_hash().empty());
}

TEST(NewToken, IsARandomGuid) {
  const std::string token = new_token();
  EXPECT_EQ(token.size(), 36);
  EXPECT_EQ(token[14], '4');
  EXPECT_NE(token, new_token());
}

}  // namespace
}  // namespace hecate::server
