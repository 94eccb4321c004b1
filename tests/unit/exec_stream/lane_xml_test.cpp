// The walk over one line of XML finds what the parser finds, or leaves the line to it.
#include "exec/stream/lane_xml.h"

#include <gtest/gtest.h>

#include <random>

#include "ingest/xml_tree.h"

namespace hecate::stream {
namespace {

using Kind = LineWalk::Kind;

class Walk {
 public:
  Walk() : walk_(paths_), xml_(paths_, walk_) {
    for (const char* path : {"Event", "Event.System", "Event.System.EventID", "Event.System.EventID.Qualifiers",
                             "Event.System.Provider.Name", "Event.System.Correlation", "Event.System.Execution",
                             "Event.System.Execution.ProcessID", "Event.EventData.Image", "Event.EventData.Data",
                             "Event.EventData.a.b", "Event.EventData.Image.x", "Event.EventData.", "Event.x",
                             "Event.UserData.A.B.Image", "Event.EventData", "Event.Name"}) {
      paths_.add(path);
    }
    walk_.paths_changed();
    xml_.paths_changed();
  }

  bool accepts(const std::string& event) {
    line_ = event + "\n";
    return xml_.walk(line_, 0);
  }
  [[nodiscard]] size_t end() const { return xml_.end(); }

  /// By slot; "many" where there are several.
  std::vector<std::string> found() {
    std::vector<std::string> result(paths_.slots(), "-");
    for (size_t at = 0; at < walk_.codes().size(); ++at) {
      const LineWalk::Value& value = walk_.value(at);
      std::string& text = result[LineWalk::slot_of(walk_.codes()[at])];
      if (text != "-") {
        text = "many";
        continue;
      }
      text = '=';
      text += LineWalk::kind_of(walk_.codes()[at]) == Kind::Decoded
                  ? xml_.decoded(value)
                  : std::string_view(line_).substr(value.begin, value.end - value.begin);
    }
    return result;
  }

  std::optional<std::vector<std::string>> parsed(std::string_view event) {
    if (!tree_.parse(event)) return std::nullopt;
    ingest::FieldValues values;
    values.reset(paths_.slots());
    tree_.read(paths_, values);
    std::vector<std::string> result(paths_.slots(), "-");
    for (const uint32_t slot : values.found()) {
      result[slot] = values.count(slot) > 1 ? "many" : "=" + std::string(values.first(slot).text);
    }
    return result;
  }

 private:
  ingest::PathSet paths_;
  LineWalk walk_;
  XmlWalk xml_;
  ingest::XmlTree tree_;
  std::string line_;
};

class Events {
 public:
  explicit Events(uint32_t seed) : random_(seed) {}

  /// With marks where values stand.
  std::string event() {
    std::string out = "<Event" + attributes() + ">" + blanks();
    for (size_t i = below(4); i > 0; --i) {
      const std::string name = pick({"System", "EventData", "EventData", "UserData", "x"});
      out += "<" + name + ">" + blanks();
      for (size_t k = below(5); k > 0; --k) out += element(2) + blanks();
      out += "</" + name + ">" + blanks();
    }
    out += "</Event>";
    // Now and then a byte is lost, or two stand side by side that should not.
    if (below(4) == 0) out.erase(below(out.size()), 1 + below(3));
    if (below(6) == 0) out.insert(below(out.size()), pick({"<", ">", "&", "\"", "/", " ", "<!---->", "\x01", "\xFF"}));
    return out;
  }
  /// Events of one kind differ in their values alone.
  std::string filled(std::string_view event) {
    std::string out;
    for (const char c : event) {
      if (c == kValue) {
        out += text();
      } else {
        out += c;
      }
    }
    return out;
  }

 private:
  static constexpr char kValue = '\x02';
  size_t below(size_t bound) { return random_() % bound; }
  std::string pick(const std::vector<std::string>& of) { return of[below(of.size())]; }
  std::string blanks() { return pick({"", "", "", "", "  "}); }
  std::string text() {
    return pick({"",
                 "1",
                 " ",
                 "  a ",
                 "C:\\Windows\\cmd.exe",
                 "&quot;x&quot;",
                 "&lt;&gt;&amp;&apos;",
                 "&#10;&#x41;",
                 "&#0;",
                 "&#xD800;",
                 "&none;",
                 "&",
                 "&;",
                 "&#;",
                 "&#x;",
                 "&#99999999999;",
                 "caf\xC3\xA9",
                 "a\tb",
                 "a\rb",
                 "]]>",
                 "<![CDATA[y]]>",
                 "<!-- c -->",
                 "<?p q?>",
                 "long enough for several words",
                 "&#8364;",
                 "&#x1F600;"});
  }
  std::string attributes() {
    std::string out;
    for (size_t i = below(3) * below(2); i > 0; --i) {
      const std::string quote = pick({"\"", "\"", "'"});
      out += pick({" ", " ", "  ", ""}) + pick({"Name", "x", "xmlns", "xmlns:e", "e:x", "Qualifiers", "ProcessID"}) +
             pick({"=", "=", "=", " = "}) + quote + kValue + quote;
    }
    return out + pick({"", "", " "});
  }
  std::string element(int depth) {
    if (below(2) == 0) {
      const std::string name = pick({"Image", "a.b", "a", "", "{}", "*", "b\\c", "&amp;"});
      return "<Data Name=\"" + name + "\"" + pick({std::string(">") + kValue + "</Data>", "/>", " />"});
    }
    const std::string name =
        pick({"EventID", "Provider", "Correlation", "Execution", "Data", "Image", "A", "B", "e:x"});
    std::string out = "<" + name + attributes();
    if (below(5) == 0) return out + "/>";
    out += std::string(">") + kValue;
    if (depth < 5 && below(3) == 0) out += element(depth + 1);
    return out + "</" + name + pick({">", ">", ">", " >", ""});
  }

  std::mt19937 random_;
};

TEST(LaneXml, FindsWhatTheParserFinds) {
  Walk walk;
  Events events(7);
  size_t accepted = 0;
  std::string kind;
  for (int i = 0; i < 100'000; ++i) {
    if (i % 4 == 0) kind = events.event();
    const std::string event = events.filled(kind);
    if (!walk.accepts(event)) continue;
    ++accepted;
    EXPECT_EQ(walk.end(), event.size()) << event;
    const auto expected = walk.parsed(event);
    ASSERT_TRUE(expected) << event;
    ASSERT_EQ(walk.found(), *expected) << event;
  }
  EXPECT_GT(accepted, 10'000U);
}

TEST(LaneXml, TakesPlainEvents) {
  Walk walk;
  EXPECT_TRUE(walk.accepts(
      R"(<Event xmlns='u'><System><Provider Name="a" Guid="b"/><EventID Qualifiers="0">1</EventID><Correlation/></System>)"
      R"(<EventData><Data Name="Image">a &amp; b</Data><Data>c</Data></EventData></Event> )"));
  EXPECT_EQ(walk.found()[4], "=a");
  EXPECT_EQ(walk.found()[8], "=a & b");
}

TEST(LaneXml, LeavesToTheParser) {
  Walk walk;
  for (const char* line : {"<Event>",
                           "<Event></Event>x",
                           "<Event></Event><Event></Event>",
                           "<Event/>",
                           "<Events></Events>",
                           "<Event",
                           "<Event><Event></Event></Event>",
                           "<Event><a></b></Event>",
                           "<Event><a>x<b/></a></Event>",
                           "<Event><a><b/>x</a></Event>",
                           "<Event>&none;</Event>",
                           "<e:Event></e:Event>",
                           "</Event>",
                           "</",
                           "</>",
                           "</_",
                           "<",
                           "<Event><a",
                           "<Event><a x=1/></Event>",
                           "<Event></Eve"}) {
    EXPECT_FALSE(walk.accepts(line)) << line;
  }
}

}  // namespace
}  // namespace hecate::stream
