#include "ingest/json_tree.h"

#include <gtest/gtest.h>

#include <string>

#include "samples.h"

namespace hecate::ingest {
namespace {

using Fault = JsonTree::Fault;

std::string values(std::string_view json, std::string_view path) {
  JsonTree tree;
  EXPECT_EQ(tree.parse(json), Fault::None) << json;
  PathSet paths;
  const size_t slot = paths.add(path);
  FieldValues found;
  found.reset(paths.slots());
  tree.read_members(tree.root(), paths, 0, found);
  std::vector<RawValue> all;
  found.all(slot, all);
  std::string text;
  for (const RawValue& value : all) {
    if (!text.empty()) text += '|';
    text += value.kind == RawKind::Null ? "null" : value.text;
  }
  return text;
}

Fault parse(std::string_view json) { return JsonTree().parse(json); }

TEST(JsonTree, TextsThatAreJsonAreReadBelow) {
  EXPECT_EQ(values(R"({"a":"{\"b\":{\"c\":1}}"})", "a.b.c"), "1");
  EXPECT_EQ(values(R"({"a":"[{\"b\":1},{\"b\":\"x\"}]"})", "a{}.b"), "1|x");
  EXPECT_EQ(values(R"({"a":"{\"b\":\"{\\\"c\\\":2}\"}"})", "a.b.c"), "2");
  EXPECT_EQ(values(R"({"a":["{\"b\":1}","{\"b\":2}"]})", "a{}.b"), "1|2");
  EXPECT_EQ(values(R"({"a":"{\"b\":1}"})", "a"), R"({"b":1})");
  EXPECT_EQ(values(R"({"a":"{\"b\":1"})", "a.b"), "");
  EXPECT_EQ(values(R"({"a":"{\"b\":1} x"})", "a.b"), "");
  EXPECT_EQ(values(R"({"a":" {\"b\":1}"})", "a.b"), "");
  EXPECT_EQ(values(R"({"a":"{"})", "a.b"), "");
}

// A record can hold very many of them; the first 16 are read.
TEST(JsonTree, OnlyTheFirstTextsAreReadBelow) {
  std::string json = R"({"a":[)";
  for (int i = 0; i < 1000; ++i) json += R"("{\"b\":1}",)";
  json.back() = ']';
  EXPECT_EQ(values(json + "}", "a{}.b"), "1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1");
}

TEST(JsonTree, NumbersKeepTheirSpelling) {
  EXPECT_EQ(values(R"({"a":1.50})", "a"), "1.50");
  EXPECT_EQ(values(R"({"a":123456789012345678901234567890})", "a"), "123456789012345678901234567890");
  EXPECT_EQ(values(R"({"a":-0.0e+10 })", "a"), "-0.0e+10");
  EXPECT_EQ(values(R"({"a":1e999})", "a"), "1e999");
}

TEST(JsonTree, AllOccurrencesOfAKeyComeInOrder) { EXPECT_EQ(values(R"({"a":1,"b":0,"a":"x"})", "a"), "1|x"); }

TEST(JsonTree, ArraysAreReadThroughBraces) {
  EXPECT_EQ(values(test::kTetragonLine, "process_exec.ancestors{}.pid"), "7|8");
  EXPECT_EQ(values(test::kTetragonLine, "process_exec.process.cap.permitted{}"), "CAP_CHOWN|CAP_KILL");
  EXPECT_EQ(values(test::kTetragonLine, "process_exec.process.cap.permitted"), R"(["CAP_CHOWN","CAP_KILL"])");
  EXPECT_EQ(values(test::kTetragonLine, "process_exec.ancestors.pid"), "");
  EXPECT_EQ(values(R"({"a":[[1,2],[3]]})", "a{}{}"), "1|2|3");
  EXPECT_EQ(values(R"({"a":[[1,2],[3]]})", "a{}"), "[1,2]|[3]");
}

TEST(JsonTree, KeysWithDotsMatchHoweverTheyShareThem) {
  EXPECT_EQ(values(test::kTetragonLine, "process_exec.process.pod.pod_labels.app.kubernetes.io/name"), "web");
  EXPECT_EQ(values(R"({"a.b":{"c":1},"a":{"b.c":2,"b":{"c":3}},"a.b.c":4})", "a.b.c"), "1|2|3|4");
}

TEST(JsonTree, StringsAreUnescaped) {
  EXPECT_EQ(values(R"({"a":"x\"\\\/\b\f\n\r\ty"})", "a"), "x\"\\/\b\f\n\r\ty");
  EXPECT_EQ(values(R"({"a":"\u00e9\u20AC\ud83d\ude00"})", "a"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(values(R"({"a":"\ud83dx\ude00\ud83d\u0041"})", "a"),
            "\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD"
            "A");
  EXPECT_EQ(values(R"({"a":"\u0000"})", "a"), std::string(1, '\0'));
  EXPECT_EQ(values(R"({"\u0061\"":"k"})", "a\""), "k");
}

TEST(JsonTree, EscapedStringsAreAlsoKnownAsWritten) {
  JsonTree tree;
  ASSERT_EQ(tree.parse(R"({"a":"C:\\x","b":"plain","c":1})"), Fault::None);
  const auto a = tree.first_child(tree.root());
  EXPECT_EQ(tree.value(a).text, R"(C:\x)");
  EXPECT_EQ(tree.value(a).escaped, R"(C:\\x)");
  EXPECT_EQ(tree.value(tree.next(a)).escaped, "");
  EXPECT_EQ(tree.value(tree.next(tree.next(a))).escaped, "");
}

TEST(JsonTree, KindsAreToldApart) {
  JsonTree tree;
  ASSERT_EQ(tree.parse(R"({"n":null,"t":true,"s":"","o":{},"a":[]})"), Fault::None);
  const auto n = tree.first_child(tree.root());
  const auto t = tree.next(n);
  const auto s = tree.next(t);
  EXPECT_EQ(tree.value(n).kind, RawKind::Null);
  EXPECT_EQ(tree.value(t).kind, RawKind::Bool);
  EXPECT_EQ(tree.value(t).text, "true");
  EXPECT_EQ(tree.value(s).kind, RawKind::String);
  EXPECT_EQ(tree.value(tree.next(s)).kind, RawKind::Json);
  EXPECT_FALSE(tree.has_children(tree.next(s)));
}

TEST(JsonTree, EveryScalarIsVisitedFlattened) {
  JsonTree tree;
  ASSERT_EQ(tree.parse(R"({"a":{"b":1,"c":[true,{"d":null}]},"e":"x","f":{},"g":[]})"), Fault::None);
  std::string seen;
  tree.visit_scalars(tree.root(), [&](std::string_view path, RawValue value) {
    seen += std::string(path) + "=" + std::string(value.text) + ";";
  });
  EXPECT_EQ(seen, "a.b=1;a.c{}=true;a.c{}.d=;e=x;");
}

TEST(JsonTree, EmptyKeysKeepTheirDots) {
  JsonTree tree;
  ASSERT_EQ(tree.parse(R"({"":{"":1},"a":{"":2}})"), Fault::None);
  std::string seen;
  tree.visit_scalars(tree.root(), [&](std::string_view path, RawValue value) {
    seen += std::string(path) + "=" + std::string(value.text) + ";";
  });
  EXPECT_EQ(seen, ".=1;a.=2;");
  EXPECT_EQ(values(R"({"":{"":1}})", "."), "1");
}

TEST(JsonTree, WritesMinified) {
  JsonTree tree;
  ASSERT_EQ(tree.parse("{ \"a\" : { \"b\" : [ 1.50 , \"\\u0041\\n\" , { } ] } ,\n\"a\": 2 }"), Fault::None);
  std::string out;
  EXPECT_TRUE(tree.write_at(tree.root(), "a", out));
  EXPECT_EQ(out, R"({"b":[1.50,"A\n",{}]})");
  out.clear();
  EXPECT_TRUE(tree.write_at(tree.root(), "a.b{}", out));
  EXPECT_EQ(out, "1.50");
  out.clear();
  EXPECT_FALSE(tree.write_at(tree.root(), "a.x", out));
  EXPECT_FALSE(tree.write_at(tree.root(), "b", out));
  EXPECT_TRUE(out.empty());
  tree.write(tree.root(), out);
  EXPECT_EQ(out, R"({"a":{"b":[1.50,"A\n",{}]},"a":2})");
}

// RFC 8259: what is not in its grammar is refused.
TEST(JsonTree, BrokenTextIsRefused) {
  for (const std::string_view bad : {"",
                                     " ",
                                     "{",
                                     "}",
                                     "[",
                                     "]",
                                     "{]",
                                     "[}",
                                     "{\"a\"}",
                                     "{\"a\":}",
                                     "{\"a\":1,}",
                                     "{,}",
                                     "{\"a\" 1}",
                                     "{a:1}",
                                     "{\"a\":1}}",
                                     "{\"a\":1}{}",
                                     "{} x",
                                     "[1 2]",
                                     "[1,]",
                                     "[,1]",
                                     "{\"a\":01}",
                                     "{\"a\":1.}",
                                     "{\"a\":.5}",
                                     "{\"a\":+1}",
                                     "{\"a\":1e}",
                                     "{\"a\":--1}",
                                     "{\"a\":tru}",
                                     "{\"a\":nulll}",
                                     "{\"a\":True}",
                                     "{\"a\":\"x}",
                                     "{\"a\":\"\\x\"}",
                                     "{\"a\":\"\\u12\"}",
                                     "{\"a\":\"\\u12G4\"}",
                                     "{\"a\":\"\\\"}",
                                     "{\"a\":\"x\"\"y\"}",
                                     "{\"a\":\"x\"y}",
                                     "{\"a\":1\"y\"}",
                                     "{\"a\":\"\t\"}",
                                     "1",
                                     "\"a\"",
                                     "null",
                                     "{'a':1}",
                                     "{\"a\":1,\"b\"}",
                                     "{1:2}",
                                     "{\"a\":[1}",
                                     "{\"a\"::1}",
                                     "{\"a\":1 \"b\":2}"}) {
    EXPECT_EQ(parse(bad), Fault::Syntax) << bad;
  }
  EXPECT_EQ(parse(std::string_view("{\"a\":\0}", 7)), Fault::Syntax);
  EXPECT_EQ(parse("{\"a\":\"\xFF\"}"), Fault::NotUtf8);
  EXPECT_EQ(parse("{\"a\":\"\xC0\x80\"}"), Fault::NotUtf8);
}

TEST(JsonTree, DeepNestingIsBounded) {
  const auto nested = [](size_t depth) { return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}"; };
  EXPECT_EQ(parse(nested(JsonTree::kDeepest - 1)), Fault::None);
  EXPECT_EQ(parse(nested(JsonTree::kDeepest)), Fault::TooDeep);
  EXPECT_EQ(parse(nested(100'000)), Fault::TooDeep);
  JsonTree tree;
  const std::string deepest = nested(JsonTree::kDeepest - 1);
  ASSERT_EQ(tree.parse(deepest), Fault::None);
  std::string out;
  tree.write(tree.root(), out);
  EXPECT_EQ(out, deepest);
}

TEST(JsonTree, HugeKeysAndValuesAreOnlyLong) {
  const std::string key(1'000'000, 'k');
  const std::string json = "{\"" + key + "\":\"" + key + "\"}";
  EXPECT_EQ(values(json, key), key);
}

TEST(JsonTree, MemoryIsReusedAcrossSizes) {
  JsonTree tree;
  const std::string large = "{\"a\":\"" + std::string(5'000'000, 'x') + "\"}";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(tree.parse(large), Fault::None);
    EXPECT_EQ(tree.parse("{\"a\":1}"), Fault::None);
    EXPECT_EQ(tree.value(tree.first_child(tree.root())).text, "1");
  }
}

}  // namespace
}  // namespace hecate::ingest
