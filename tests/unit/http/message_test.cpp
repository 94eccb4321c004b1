#include "http/message.h"

#include <gtest/gtest.h>

#include "http/client.h"

namespace hecate::http {
namespace {

TEST(Request, FindsHeadersAndParameters) {
  const Request request{"GET", "/x", "a=1&b=%2Fx+y%zz&c", {{"X-One", "1"}, {"x-one", "2"}}, "", ""};
  EXPECT_EQ(request.header("x-ONE"), "1");
  EXPECT_FALSE(request.has_header("x"));
  EXPECT_EQ(request.parameter("a"), "1");
  EXPECT_EQ(request.parameter("b"), "/x y%zz");
  EXPECT_TRUE(request.has_parameter("c"));
  EXPECT_EQ(request.parameter("c"), "");
  EXPECT_FALSE(request.has_parameter("d"));
}

// RFC 4648, section 10.
TEST(DecodeBase64, TestVectors) {
  std::string out;
  for (const auto& [text, plain] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg==", "foob"}, {"Zm9vYmFy", "foobar"}}) {
    EXPECT_TRUE(decode_base64(text, out));
    EXPECT_EQ(out, plain);
  }
  EXPECT_FALSE(decode_base64("Zm 9v", out));
}

TEST(Url, IsTakenApart) {
  const auto url = Url::parse("https://[::1]:8088/base/");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, "8088");
  EXPECT_EQ(url->path, "/base");
  EXPECT_EQ(Url::parse("http://siem")->port, "80");
  for (const char* bad : {"siem:8088", "ftp://x", "http://", "http://a:b", "http://a:", "http://me@a", "http://[::1"}) {
    EXPECT_FALSE(Url::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace hecate::http
