#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "exec/functions/function.h"
#include "exec/functions/kql_support.h"

// The data of a Windows event as the tables of Log Analytics hold them, whatever shape the record has: XML in Event and
// SecurityEvent (https://learn.microsoft.com/azure/azure-monitor/reference/tables/event), an object in WindowsEvent
// (https://learn.microsoft.com/azure/azure-monitor/reference/tables/windowsevent).
namespace hecate {
namespace {

struct Datum {
  std::string name;  // empty: of a classic provider
  std::string json;
};
using Data = std::vector<Datum>;

/// Names and texts are cut where a record is larger than any event log writes.
constexpr size_t kMostData = 1000;

std::string text_of(std::string_view json) {
  if (json.empty() || json.front() != '"') return std::string(json == "null" ? std::string_view() : json);
  return kql_support::json_unquote(json);
}

void add_element(const pugi::xml_node& element, Data& data) {
  const bool unnamed = std::string_view(element.name()) == "Data";
  const pugi::xml_attribute name = element.attribute("Name");
  data.push_back(
      {unnamed ? std::string(name.value()) : std::string(element.name()), json_quote(element.child_value())});
}

Data xml_data(const pugi::xml_node& root) {
  Data data;
  const pugi::xml_node event = std::string_view(root.name()) == "Event" ? root : root.child("Event");
  const pugi::xml_node own = std::string_view(root.name()) == "EventData" ? root : event.child("EventData");
  const pugi::xml_node parent = own ? own : event.child("UserData").first_child();
  for (const pugi::xml_node& child : parent.children()) {
    if (child.type() == pugi::node_element && data.size() < kMostData) add_element(child, data);
  }
  return data;
}

Data xml_text_data(std::string_view raw) {
  const size_t begin = raw.find('<');
  if (begin == std::string_view::npos) return {};
  pugi::xml_document document;
  document.load_buffer(raw.data() + begin, raw.size() - begin, pugi::parse_default | pugi::parse_ws_pcdata_single);
  const pugi::xml_node root = document.document_element();
  const bool wrapped = std::string_view(root.name()) == "DataItem";
  return xml_data(wrapped ? root.first_child() : root);
}

std::string_view at_path(std::string_view object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) object = kql_support::json_member(object, name);
  return object;
}

Data object_data(std::string_view object) {
  Data data;
  const kql_support::JsonParts pieces = kql_support::json_parts(object);
  for (size_t i = 0; pieces.is_object && i < pieces.keys.size() && data.size() < kMostData; ++i) {
    const std::string& name = pieces.keys[i];
    // Converters keep attributes beside; the data of classic providers are a list, or an object around one.
    if (name.starts_with('#') || name.starts_with('@') || name == "xmlns") continue;
    std::string_view value = pieces.values[i];
    if (name == "Data") {
      if (const std::string_view inner = kql_support::json_member(value, "#text"); !inner.empty()) value = inner;
      const kql_support::JsonParts list = kql_support::json_parts(value);
      for (const std::string_view each : list.values) {
        if (list.is_array && data.size() < kMostData) data.push_back({"", std::string(each)});
      }
      if (!list.is_array) data.push_back({"", std::string(value)});
      continue;
    }
    data.push_back({name, std::string(value)});
  }
  return data;
}

/// What stands beside the data where a record is flat.
constexpr std::array<std::string_view, 44> kHeader{"@timestamp",
                                                   "@version",
                                                   "Category",
                                                   "Channel",
                                                   "Computer",
                                                   "ComputerName",
                                                   "Correlation",
                                                   "EventID",
                                                   "EventLog",
                                                   "EventReceivedTime",
                                                   "EventRecordID",
                                                   "EventTime",
                                                   "ExecutionProcessID",
                                                   "Execution_ProcessID",
                                                   "Execution_ThreadID",
                                                   "Hostname",
                                                   "Keywords",
                                                   "Level",
                                                   "LogName",
                                                   "Message",
                                                   "Opcode",
                                                   "OpcodeValue",
                                                   "Provider",
                                                   "ProviderGuid",
                                                   "Provider_Guid",
                                                   "Provider_Name",
                                                   "RecordNumber",
                                                   "Security_UserID",
                                                   "Severity",
                                                   "SeverityValue",
                                                   "SourceModuleName",
                                                   "SourceModuleType",
                                                   "SourceName",
                                                   "SystemTime",
                                                   "Task",
                                                   "ThreadID",
                                                   "TimeCreated",
                                                   "TimeGenerated",
                                                   "Type",
                                                   "Version",
                                                   "host",
                                                   "port",
                                                   "tags",
                                                   "type"};

Data flat_data(std::string_view root) {
  Data data = object_data(root);
  std::erase_if(data, [](const Datum& each) { return std::binary_search(kHeader.begin(), kHeader.end(), each.name); });
  return data;
}

Data json_data(std::string_view raw) {
  const auto canonical = kql_support::canonical_json(raw);
  if (!canonical) return {};
  const std::string_view root = *canonical;
  for (const std::string_view data :
       {at_path(root, {"Event", "EventData"}), kql_support::json_member(root, "EventData"),
        at_path(root, {"winlog", "event_data"}), at_path(root, {"data", "win", "eventdata"}),
        at_path(root, {"win", "eventdata"}), kql_support::json_member(root, "AllFieldInfo")}) {
    if (data.empty() || data == "null") continue;
    if (data.front() != '"') return object_data(data);
    const std::string text = text_of(data);
    if (text.starts_with('<')) return xml_text_data(text);
    if (const auto inner = kql_support::canonical_json(text)) return object_data(*inner);
  }
  for (const std::string_view data :
       {at_path(root, {"Event", "UserData"}), kql_support::json_member(root, "UserData")}) {
    const kql_support::JsonParts pieces = kql_support::json_parts(data);
    if (pieces.is_object && !pieces.values.empty()) return object_data(pieces.values.back());
  }
  return flat_data(root);
}

Data data_of(std::string_view raw) {
  const size_t start = raw.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  return raw[start] == '{' ? json_data(raw.substr(start)) : xml_text_data(raw);
}

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
}

Value event_data(std::span<const Value> arguments, EvalContext& context) {
  const Data data = data_of(arguments[0].as_text());
  if (data.empty()) return Value::null();
  std::string out = "{";
  std::string unnamed;
  for (const Datum& each : data) {
    if (each.name.empty()) {
      unnamed += (unnamed.empty() ? "" : ",") + each.json;
      continue;
    }
    if (out.size() > 1) out += ',';
    append_json_quoted(each.name, out);
    out += ':' + each.json;
  }
  if (!unnamed.empty()) out += std::string(out.size() > 1 ? "," : "") + "\"Data\":[" + unnamed + "]";
  return Value::dynamic(context.arena.copy(out + "}"));
}

/// What stands from `<EventData` to its end; of a record that is no XML it is written anew.
std::string xml_of(std::string_view raw) {
  const size_t start = raw.find_first_not_of(" \t\r\n");
  if (start != std::string_view::npos && raw[start] != '{') {
    for (const std::string_view name : {"EventData", "UserData"}) {
      const std::string close = "</" + std::string(name) + ">";
      const size_t begin = raw.find("<" + std::string(name));
      const size_t end = raw.rfind(close);
      if (begin != std::string_view::npos && end != std::string_view::npos && begin < end)
        return std::string(raw.substr(begin, end + close.size() - begin));
    }
    return {};
  }
  const Data data = data_of(raw);
  if (data.empty()) return {};
  std::string out = R"(<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">)";
  for (const Datum& each : data) {
    out += each.name.empty() ? "<Data>" : "<Data Name=\"";
    append_escaped(each.name, out);
    if (!each.name.empty()) out += "\">";
    append_escaped(text_of(each.json), out);
    out += "</Data>";
  }
  return out + "</EventData>";
}

/// With a second argument in an element of that name, as the table Event has it (`DataItem`).
Value event_data_xml(std::span<const Value> arguments, EvalContext& context) {
  std::string xml = xml_of(arguments[0].as_text());
  if (xml.empty()) return Value::null();
  if (arguments.size() == 2) {
    const std::string name = value_text(arguments[1]);
    xml = "<" + name + " type=\"System.XmlData\">" + xml + "</" + name + ">";
  }
  return Value::string(context.arena.copy(xml));
}

Value event_parameters(std::span<const Value> arguments, EvalContext& context) {
  std::string out;
  for (const Datum& each : data_of(arguments[0].as_text())) {
    out += "<Param>";
    append_escaped(text_of(each.json), out);
    out += "</Param>";
  }
  return out.empty() ? Value::null() : Value::string(context.arena.copy(out));
}

/// An object of names and values; absent values are left out.
Value object(std::span<const Value> arguments, EvalContext& context) {
  std::string out = "{";
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i + 1].is_null()) continue;
    if (out.size() > 1) out += ',';
    append_json_quoted(value_text(arguments[i]), out);
    out += ':';
    if (arguments[i + 1].kind() == Kind::Dynamic) {
      out += arguments[i + 1].as_text();
    } else {
      append_json_quoted(value_text(arguments[i + 1]), out);
    }
  }
  return Value::dynamic(context.arena.copy(out + "}"));
}

constexpr std::array kFunctions{
    Function{"text.event_data", 1, 1, false, event_data, "The data of a Windows event as an object."},
    Function{"text.event_data_xml", 1, 2, false, event_data_xml, "The EventData element of a Windows event."},
    Function{"text.event_parameters", 1, 1, false, event_parameters,
             "The data of a Windows event as <Param> elements."},
    Function{"text.object", 2, -1, true, object, "An object of names and values; absent values are left out."},
};

}  // namespace

std::span<const Function> event_functions() { return kFunctions; }

}  // namespace hecate
