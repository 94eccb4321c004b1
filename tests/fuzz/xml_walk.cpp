// Arbitrary events in XML: what the fast lane's walk over one line accepts, the parser accepts too, and both find the
// same values. A NUL byte stands for a value: the event is walked over several times, each time with another one,
// so that it meets the markup that was learnt the first time.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "exec/stream/lane_xml.h"
#include "ingest/xml_tree.h"

namespace {

using namespace hecate;
using Kind = stream::LineWalk::Kind;

constexpr const char* kPaths[] = {
    "Event",
    "Event.System",
    "Event.System.EventID",
    "Event.System.EventID.Qualifiers",
    "Event.System.Provider.Name",
    "Event.System.Correlation",
    "Event.EventData",
    "Event.EventData.",
    "Event.EventData.Image",
    "Event.EventData.Data",
    "Event.EventData.a.b",
    "Event.UserData.A.Image",
    "Event.x",
    "x",
};

class Walk {
 public:
  Walk() : walk_(paths_), xml_(paths_, walk_) {
    for (const char* path : kPaths) paths_.add(path);
    walk_.paths_changed();
    xml_.paths_changed();
  }

  void look_at(const std::string& line) {
    if (!xml_.walk(line, 0)) return;
    // What stands behind the event on its line is blank.
    if (!tree_.parse(std::string_view(line).substr(0, xml_.end()))) std::abort();
    if (walked(line) != parsed()) std::abort();
  }

 private:
  /// By slot: all values.
  using Found = std::vector<std::vector<std::string>>;

  Found walked(const std::string& line) {
    Found found(paths_.slots());
    for (size_t at = 0; at < walk_.codes().size(); ++at) {
      const stream::LineWalk::Code code = walk_.codes()[at];
      const stream::LineWalk::Value& value = walk_.value(at);
      const bool decoded = stream::LineWalk::kind_of(code) == Kind::Decoded;
      found[stream::LineWalk::slot_of(code)].emplace_back(decoded ? std::string(xml_.decoded(value))
                                                                  : line.substr(value.begin, value.end - value.begin));
    }
    return found;
  }

  Found parsed() {
    ingest::FieldValues values;
    values.reset(paths_.slots());
    tree_.read(paths_, values);
    Found found(paths_.slots());
    std::vector<ingest::RawValue> all;
    for (size_t slot = 0; slot < found.size(); ++slot) {
      all.clear();
      values.all(slot, all);
      for (const ingest::RawValue& value : all) found[slot].emplace_back(value.text);
    }
    return found;
  }

  ingest::PathSet paths_;
  stream::LineWalk walk_;
  stream::XmlWalk xml_;
  ingest::XmlTree tree_;
};

std::string filled(std::string_view event, std::string_view value) {
  std::string line;
  for (const char c : event) {
    if (c == '\0') {
      line += value;
    } else {
      line += c;
    }
  }
  return line + '\n';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view event = bytes.substr(0, bytes.find('\n'));
  Walk walk;
  for (const std::string_view value : {"value", "", "&lt;a&#66;", " "}) walk.look_at(filled(event, value));
  return 0;
}
