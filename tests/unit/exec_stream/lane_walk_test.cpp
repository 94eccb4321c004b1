// The walk over one line of JSON finds what the parser finds and accepts nothing that the parser refuses, whatever it
// has learnt of the lines before.
#include "exec/stream/lane_walk.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "exec/stream/lane_layout.h"
#include "ingest/json_tree.h"

namespace hecate::stream {
namespace {

using Kind = LineWalk::Kind;

class Walk {
 public:
  Walk() : walk_(std::make_unique<LineWalk>(paths_)) { want({"k1", "k2", "k2.k3", "k4{}", "k4{}.k1", "k5.k6.k7"}); }

  void want(std::initializer_list<const char*> paths) {
    for (const char* path : paths) paths_.add(path);
    walk_->paths_changed();
  }

  /// By slot: what is found, or nothing where the line is refused.
  std::optional<std::vector<std::string>> walk(const std::string& line) {
    const std::string text = line + "\n";
    best_index_kernel().run(text, {}, index_);
    size_t mark = 0;
    if (!walk_->walk(text, index_, 0, mark)) return std::nullopt;
    EXPECT_EQ(mark, index_.mark_count) << line;
    for (const LineIndex::Remark& remark : index_.remarks) {
      if ((remark.notes & LineIndex::kBroken) != 0) return std::nullopt;
    }
    Layout layout;
    layout.codes.assign(walk_->codes().begin(), walk_->codes().end());
    std::vector<std::string> found(paths_.slots(), "-");
    for (size_t slot = 0; slot < found.size(); ++slot) {
      const Layout::Place place = layout.find(slot);
      if (!place.found()) continue;
      const LineWalk::Value& value = walk_->value(place.at);
      found[slot] = place.kind == Kind::Many        ? "many"
                    : place.kind == Kind::Container ? "container"
                                                    : "=" + text.substr(value.begin, value.end - value.begin);
    }
    return found;
  }

  std::optional<std::vector<std::string>> parse(const std::string& line) {
    if (tree_.parse(line) != ingest::JsonTree::Fault::None) return std::nullopt;
    ingest::FieldValues values;
    values.reset(paths_.slots());
    tree_.read_members(tree_.root(), paths_, 0, values);
    std::vector<std::string> found(paths_.slots(), "-");
    for (const uint32_t slot : values.found()) {
      const ingest::RawValue value = values.first(slot);
      found[slot] = values.count(slot) > 1                ? "many"
                    : value.kind == ingest::RawKind::Json ? "container"
                    : value.kind == ingest::RawKind::Null ? "=null"
                                                          : "=" + std::string(value.text);
    }
    return found;
  }

 private:
  ingest::PathSet paths_;
  std::unique_ptr<LineWalk> walk_;
  LineIndex index_;
  ingest::JsonTree tree_;
};

class Objects {
 public:
  explicit Objects(uint32_t seed) : random_(seed) {}

  std::string object(size_t keys, int depth = 0) {
    const std::string blank = below(8) == 0 ? " " : "";
    std::string out = "{" + blank;
    for (size_t i = 0, members = below(9); i < members; ++i) {
      if (i > 0) out += "," + blank;
      out += fmt::format("\"k{}\"{}:{}", below(keys), below(20) == 0 ? " " : "", blank) + value(keys, depth);
    }
    return out + blank + "}";
  }
  /// One byte is another, or is missing.
  std::string spoil(std::string text) {
    const size_t at = below(text.size());
    if (below(2) == 0) return text.erase(at, 1);
    text[at] = R"({}[],:"0e-. x)"[below(13)];
    return text;
  }
  size_t below(size_t bound) { return random_() % bound; }

 private:
  std::string value(size_t keys, int depth) {
    static const std::vector<std::string> kScalars{"0",
                                                   "7",
                                                   "12",
                                                   "4688",
                                                   "1234567",
                                                   "12345678",
                                                   "123456789",
                                                   "-1",
                                                   "1.5",
                                                   "1e3",
                                                   "true",
                                                   "false",
                                                   "null",
                                                   "\"\"",
                                                   "\"x\"",
                                                   "\"two words\"",
                                                   R"("a longer text, with {braces} and: more")"};
    const size_t choice = below(depth > 3 ? 10 : 14);
    if (choice < 10) return kScalars[below(kScalars.size())];
    if (choice < 12) return object(keys, depth + 1);
    std::string out = "[";
    for (size_t i = 0, elements = below(4); i < elements; ++i) out += (i > 0 ? "," : "") + value(keys, depth + 1);
    return out + "]";
  }
  std::mt19937 random_;
};

TEST(LineWalk, FindsWhatTheParserFinds) {
  for (const size_t keys : {size_t{8}, size_t{40}}) {
    Walk walk;
    Objects objects(static_cast<uint32_t>(keys));
    for (int i = 0; i < 20000; ++i) {
      if (i == 10000) walk.want({"k0", "k3.k1", "k1.k1"});
      const std::string good = objects.object(keys);
      const auto expected = walk.parse(good);
      ASSERT_TRUE(expected) << good;
      ASSERT_EQ(walk.walk(good), expected) << good;
      const std::string bad = objects.spoil(good);
      if (!bad.starts_with('{')) continue;
      if (const auto found = walk.walk(bad)) {
        ASSERT_EQ(found, walk.parse(bad)) << bad;
      }
    }
  }
}

TEST(LineWalk, FloodsOfKeysAreForgotten) {
  Walk walk;
  Objects objects(3);
  for (int i = 0; i < 30000; ++i) {
    const std::string line = fmt::format(R"({{"k1":{},"x{}":1,"y{}":"a","k2":true}})", i, objects.below(9000), i);
    ASSERT_EQ(walk.walk(line), walk.parse(line)) << line;
  }
}

TEST(LineWalk, ManyElementsAreOneCode) {
  Walk walk;
  std::string line = R"({"k4":[1)";
  for (int i = 0; i < 5000; ++i) line += ",1";
  EXPECT_EQ(walk.walk(line + "]}"), walk.parse(line + "]}"));
  // Objects of which something is wanted: too many to be noted are left to the reader.
  line = R"({"k4":[{"k1":1})";
  for (int i = 0; i < 5000; ++i) line += R"(,{"k1":1})";
  EXPECT_FALSE(walk.walk(line + "]}"));
  line = R"({"k4":[{})";
  for (int i = 0; i < 5000; ++i) line += ",{}";
  EXPECT_FALSE(walk.walk(line + "]}"));
}

TEST(LaneWalk, AsManyValuesAsThereIsRoomForAndNoMore) {
  // The same key again and again, so that the walk expects it.
  const auto repeated = [](size_t count, const std::string& last) {
    std::string line = "{";
    for (size_t i = 0; i < count; ++i) line += "\"k1\":\"v\",";
    return line + last + "}";
  };
  for (const std::string last : {"\"k1\":\"v\"", "\"k1\":7", "\"k2\":[1]"}) {
    for (size_t count = 1000; count < 1050; ++count) {
      Walk walk;
      for (int time = 0; time < 2; ++time) {
        const auto found = walk.walk(repeated(count, last));
        if (count < 1020 || count > 1024) {
          EXPECT_EQ(found.has_value(), count < 1020) << count;
        }
      }
    }
  }
}

}  // namespace
}  // namespace hecate::stream
