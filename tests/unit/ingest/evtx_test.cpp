// Binary XML as MS-EVEN6 2.2.12 and "Windows XML Event Log (EVTX) format" (libevtx) lay it out.
#include "evtx_builder.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

using Values = std::vector<BinXml::Value>;

uint8_t plain(EvtxType type) { return static_cast<uint8_t>(type); }
uint8_t array_of(EvtxType type) { return static_cast<uint8_t>(plain(type) | kArrayOf); }

Outcome read_record(const std::function<void(BinXml&)>& write) {
  Chunk chunk;
  chunk.add(1, write);
  return read(event_log({chunk.bytes()}));
}

/// The XML of one event.
std::string xml_of(const std::function<void(BinXml&)>& write) {
  const Outcome got = read_record(write);
  return got.records.size() == 1 ? got.records[0].raw : "(bad)";
}

/// What one value of a template becomes in `<Event><V>…</V></Event>`.
std::string value_of(uint8_t type, std::string_view bytes) {
  const std::string xml = xml_of([&](BinXml& out) {
    out.instance([&] { out.element("Event", [&] { out.element("V", [&] { out.value(0); }); }); },
                 {{type, std::string(bytes)}});
  });
  constexpr std::string_view kBefore = "<Event><V>";
  constexpr std::string_view kAfter = "</V></Event>";
  if (!xml.starts_with(kBefore) || !xml.ends_with(kAfter)) return xml;
  return xml.substr(kBefore.size(), xml.size() - kBefore.size() - kAfter.size());
}

std::string value_of(EvtxType type, std::string_view bytes) { return value_of(plain(type), bytes); }

TEST(Evtx, ARecordIsTheXmlThatWindowsShows) {
  const Outcome got = read_record([](BinXml& out) {
    out.instance(
        [&] {
          out.element("Event", [&] {
            out.element("System", [&] {
              out.element("Provider", {}, [&] { out.attribute("Name", [&] { out.text(u"Tester's"); }); });
              out.element(
                  "EventID", [&] { out.value(0, EvtxType::UInt16); },
                  [&] { out.attribute("Qualifiers", [&] { out.optional(1, EvtxType::UInt16); }); });
              out.element("Channel", [&] { out.optional(2); });
            });
            out.element("EventData", [&] {
              out.element(
                  "Data", [&] { out.value(3); }, [&] { out.attribute("Name", [&] { out.text(u"CommandLine"); }); });
            });
          });
        },
        {{plain(EvtxType::UInt16), little(4688, 2)},
         {plain(EvtxType::UInt16), little(16384, 2)},
         {plain(EvtxType::Utf16), utf16("Security")},
         {plain(EvtxType::Utf16), utf16(u"cmd /c \"a<b & c>d\" ")}});
  });
  ASSERT_EQ(got.records.size(), 1U);
  const Kept& record = got.records[0];
  EXPECT_EQ(record.raw,
            "<Event><System><Provider Name='Tester&apos;s'/><EventID Qualifiers='16384'>4688</EventID>"
            "<Channel>Security</Channel></System><EventData><Data Name='CommandLine'>"
            "cmd /c \"a&lt;b &amp; c&gt;d\" </Data></EventData></Event>");
  EXPECT_EQ(record.shape, Shape::Xml);
  EXPECT_EQ(record.offset, 4096U + 512U);
  EXPECT_EQ(record.at("Event.System.EventID"), "4688");
  EXPECT_EQ(record.at("Event.System.EventID.Qualifiers"), "16384");
  EXPECT_EQ(record.at("Event.System.Provider.Name"), "Tester's");
  EXPECT_EQ(record.at("Event.EventData.CommandLine"), "cmd /c \"a<b & c>d\" ");
}

TEST(Evtx, MissingOptionalValuesTakeTheirAttributeAndTheirElementAlong) {
  const auto event = [](const Values& values) {
    return xml_of([&](BinXml& out) {
      out.instance(
          [&] {
            out.element("Event", [&] {
              out.element("Security", {}, [&] { out.attribute("UserID", [&] { out.optional(0, EvtxType::Sid); }); });
              out.element("Version", [&] { out.optional(1); }, {}, 1);
              out.element("Kept", [&] { out.value(1); });
            });
          },
          values);
    });
  };
  EXPECT_EQ(event({{0, ""}, {0, ""}}), "<Event><Security/><Kept></Kept></Event>");
  EXPECT_EQ(event({{plain(EvtxType::Sid), "\x01\x01" + std::string(5, '\0') + "\x05" + little(18, 4)},
                   {plain(EvtxType::UInt8), "\x05"}}),
            "<Event><Security UserID='S-1-5-18'/><Version>5</Version><Kept>5</Kept></Event>");
  // Fewer values than the template has places for.
  EXPECT_EQ(event({}), "<Event><Security/><Kept></Kept></Event>");
}

TEST(Evtx, ValuesOfEveryType) {
  EXPECT_EQ(value_of(EvtxType::Null, ""), "");
  EXPECT_EQ(value_of(EvtxType::Ansi, "caf\xE9\0"), "caf\xC3\xA9");
  EXPECT_EQ(value_of(EvtxType::Int8, "\xFF"), "-1");
  EXPECT_EQ(value_of(EvtxType::UInt8, "\xFF"), "255");
  EXPECT_EQ(value_of(EvtxType::Int16, little(0x8000, 2)), "-32768");
  EXPECT_EQ(value_of(EvtxType::Int32, little(0xFFFFFFFE, 4)), "-2");
  EXPECT_EQ(value_of(EvtxType::UInt32, little(0xFFFFFFFE, 4)), "4294967294");
  EXPECT_EQ(value_of(EvtxType::Int64, little(uint64_t{1} << 63, 8)), "-9223372036854775808");
  EXPECT_EQ(value_of(EvtxType::UInt64, little(UINT64_MAX, 8)), "18446744073709551615");
  EXPECT_EQ(value_of(EvtxType::Real32, little(0x3FC00000, 4)), "1.5");
  EXPECT_EQ(value_of(EvtxType::Real64, little(0xC004000000000000, 8)), "-2.5");
  EXPECT_EQ(value_of(EvtxType::Bool, little(1, 4)), "true");
  EXPECT_EQ(value_of(EvtxType::Bool, little(0, 4)), "false");
  EXPECT_EQ(value_of(EvtxType::Binary, std::string_view("\x00\xFF", 2)), "00FF");
  EXPECT_EQ(value_of(EvtxType::Guid, "\x85\x73\x52\x20\x29\xC2\x21\x50\xBB\xCD\x08\xA0\x5B\x1E\x93\x2F"),
            "{20527385-C229-5021-BBCD-08A05B1E932F}");
  EXPECT_EQ(value_of(EvtxType::Size, little(0x1F, 4)), "0x1f");
  EXPECT_EQ(value_of(EvtxType::HexInt32, little(0x3E7, 4)), "0x3e7");
  EXPECT_EQ(value_of(EvtxType::HexInt64, little(0x8020000000000000, 8)), "0x8020000000000000");
  // 1601-01-01 and the start of Unix time, 11,644,473,600 seconds later.
  EXPECT_EQ(value_of(EvtxType::FileTime, little(0, 8)), "1601-01-01T00:00:00.0000000Z");
  EXPECT_EQ(value_of(EvtxType::FileTime, little(116444736000000001, 8)), "1970-01-01T00:00:00.0000001Z");
  EXPECT_EQ(value_of(EvtxType::FileTime, little(UINT64_MAX, 8)), "18446744073709551615");
  EXPECT_EQ(value_of(EvtxType::SystemTime, little(2024, 2) + little(2, 2) + little(4, 2) + little(29, 2) +
                                               little(23, 2) + little(5, 2) + little(9, 2) + little(7, 2)),
            "2024-02-29T23:05:09.007Z");
  EXPECT_EQ(value_of(EvtxType::Sid, "\x01\x02" + std::string(5, '\0') + "\x05" + little(21, 4) + little(500, 4)),
            "S-1-5-21-500");
  EXPECT_EQ(value_of(EvtxType::Sid, "\x01\x01\x00"), "");
  EXPECT_EQ(value_of(0x7E, "\x12"), "12");  // no such type
}

TEST(Evtx, TextsThatXmlMakesHard) {
  const auto text = [](std::u16string_view units) { return value_of(EvtxType::Utf16, utf16(units)); };
  EXPECT_EQ(text(u"schön \U0001F600"), "schön \U0001F600");
  EXPECT_EQ(text(u"a\xD800z"), "a\uFFFDz");
  EXPECT_EQ(text({u"\0a\0b\0\0", 6}), "\uFFFDa\uFFFDb");
  EXPECT_EQ(text(u"one\r\ntwo"), "one&#13;\ntwo");
  EXPECT_EQ(text(u"  "), "&#32; ");
  const Outcome got = read_record([](BinXml& out) {
    out.element("Event", [&] {
      out.element("A", {}, [&] { out.attribute("x", [&] { out.text(u"1\t2\n3"); }); });
      out.element("B", [&] { out.text(u"one\r\ntwo\x1B[31m"); });
      out.element("C", [&] { out.text(u" \n"); });
      out.element("D", [&] {
        out.text(u"a");
        out.entity("amp");
        out.character(u'\'');
        out.instruction("target", u"data");
        out.cdata(u"<b>");
      });
    });
  });
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.records[0].at("Event.A.x"), "1\t2\n3");
  EXPECT_EQ(got.records[0].at("Event.B"), "one\r\ntwo\x1B[31m");
  EXPECT_EQ(got.records[0].at("Event.C"), " \n");
  EXPECT_EQ(got.records[0].at("Event.D"), "a&'<b>");
}

TEST(Evtx, AnArrayRepeatsItsElement) {
  const auto data = [](uint8_t type, const std::string& bytes) {
    return xml_of([&](BinXml& out) {
      out.instance(
          [&] {
            out.element("Event", [&] {
              out.element("Data", [&] { out.value(0); }, [&] { out.attribute("k", [&] { out.text(u"v"); }); });
            });
          },
          {{type, bytes}});
    });
  };
  EXPECT_EQ(data(array_of(EvtxType::Utf16), utf16(std::u16string_view(u"a\0\0c d\0", 7))),
            "<Event><Data k='v'>a</Data><Data k='v'></Data><Data k='v'>c d</Data></Event>");
  EXPECT_EQ(data(array_of(EvtxType::UInt16), little(1, 2) + little(2, 2)),
            "<Event><Data k='v'>1</Data><Data k='v'>2</Data></Event>");
  EXPECT_EQ(data(array_of(EvtxType::Utf16), ""), "<Event><Data k='v'></Data></Event>");
}

TEST(Evtx, ValuesThatAreBinaryXmlThemselves) {
  const auto around = [](BinXml& out, const std::string& inside) {
    out.instance([&] { out.element("Event", [&] { out.optional(0, EvtxType::BinXml); }); },
                 {{plain(EvtxType::BinXml), inside}});
  };
  // A value's place in the chunk is known once what stands before it has been written.
  const auto inside_of = [&](BinXml& out, const std::function<void(BinXml&)>& write) {
    BinXml measure(out.here());
    around(measure, "");
    BinXml inner(measure.here());
    write(inner);
    around(out, inner.bytes);
  };
  EXPECT_EQ(xml_of([&](BinXml& out) {
              inside_of(out, [](BinXml& inner) {
                inner.header();
                inner.instance([&] { inner.element("EventData", [&] { inner.value(0); }); },
                               {{plain(EvtxType::UInt8), "\x07"}});
                inner.eof();
              });
            }),
            "<Event><EventData>7</EventData></Event>");
  // "The dependency identifier is not present when the element start is used in a substitution token with value type
  // Binary XML": with or without, either is read.
  for (const bool dependencies : {false, true}) {
    EXPECT_EQ(xml_of([&](BinXml& out) {
                inside_of(out, [&](BinXml& inner) {
                  inner.with_dependencies = dependencies;
                  inner.element("UserData", [&] { inner.element("x", [&] { inner.text(u"y"); }); });
                });
              }),
              "<Event><UserData><x>y</x></UserData></Event>");
  }
}

TEST(Evtx, ATemplateIsDefinedOnceInAChunk) {
  Chunk chunk;
  size_t definition = 0;
  const auto value = [](int i) { return Values{{plain(EvtxType::UInt32), little(static_cast<uint64_t>(i), 4)}}; };
  chunk.add(1, [&](BinXml& out) {
    definition = out.instance([&] { out.element("Event", [&] { out.value(0); }); }, value(1));
  });
  chunk.add(2, [&](BinXml& out) { out.instance(definition, value(2)); });
  EXPECT_EQ(read(event_log({chunk.bytes()})).raws(), (Strings{"<Event>1</Event>", "<Event>2</Event>"}));
}

TEST(Evtx, NamesThatWouldBreakTheXmlAreDamage) {
  for (const std::string_view name : {"a><b", "a b", "", "a='"}) {
    EXPECT_EQ(read_record([&](BinXml& out) { out.element("Event", [&] { out.element(name, {}); }); }).codes(),
              Strings{"ING013"})
        << name;
  }
}

TEST(Evtx, TemplatesThatGrowWithoutEndAreRefused) {
  // Each level shows the one below many times over.
  const auto define = [](BinXml& out) {
    return [&out] {
      out.element("e", [&out] {
        for (int i = 0; i < 200; ++i) out.value(0, EvtxType::BinXml);
      });
    };
  };
  const std::function<std::string(size_t, int)> level = [&](size_t base, int depth) {
    BinXml out(base);
    if (depth == 0) {
      out.with_dependencies = false;
      out.element("leaf", {});
      return out.bytes;
    }
    BinXml empty(base);
    empty.instance(define(empty), {{plain(EvtxType::BinXml), ""}});
    out.instance(define(out), {{plain(EvtxType::BinXml), level(empty.here(), depth - 1)}});
    return out.bytes;
  };
  const Outcome got = read_record([&](BinXml& out) { out.bytes += level(out.here(), 6); });
  EXPECT_EQ(got.codes(), Strings{"ING009"});
  EXPECT_EQ(got.stats.oversized, 1U);
}

TEST(Evtx, DeepNestingIsDamage) {
  const auto nested = [](int depth) {
    return read_record([&](BinXml& out) {
      const std::function<void(int)> element = [&](int left) {
        out.element(left == depth ? "Event" : "e", left == 0 ? BinXml::Part{} : [&, left] { element(left - 1); });
      };
      element(depth);
    });
  };
  EXPECT_EQ(nested(50).stats.parsed, 1U);
  EXPECT_EQ(nested(500).codes(), Strings{"ING013"});
}

}  // namespace
}  // namespace hecate::ingest::test
