// The bench events in the shapes of other exporters.
#include <fmt/format.h>
#include <simdjson.h>

#include <functional>

#include "base/json_text.h"
#include "bench.h"

namespace hecate::bench {
namespace {

using Member = std::pair<std::string_view, simdjson::dom::element>;

/// One flat event, taken apart: what stands in System, and the rest. Events of Sentinel's table WindowsEvent have the
/// rest as JSON in a text.
struct Event {
  std::string_view channel, provider, computer, time, message;
  int64_t id = 0;
  std::vector<Member> data;

  [[nodiscard]] std::string_view text(std::string_view key) const {
    for (const auto& [name, value] : data) {
      if (name == key && value.is_string()) return value.get_string().value_unsafe();
    }
    return {};
  }
};

void add_members(simdjson::dom::object object, simdjson::dom::parser& inside, Event& event) {
  for (const auto [key, value] : object) {
    std::string_view text;
    if (value.is_string()) text = value.get_string().value_unsafe();
    simdjson::dom::object data;
    if (key == "Channel")
      event.channel = text;
    else if (key == "SourceName" || key == "Provider")
      event.provider = text;
    else if (key == "Hostname" || key == "Computer")
      event.computer = text;
    else if (key == "TimeCreated" || (key == "TimeGenerated" && event.time.empty()))
      event.time = text;
    else if (key == "Message")
      event.message = text;
    else if (key == "EventID")
      event.id = value.is_int64() ? value.get_int64().value_unsafe() : 0;
    else if (key == "EventData" && inside.parse(text.data(), text.size(), true).get(data) == simdjson::SUCCESS)
      for (const auto [name, datum] : data) event.data.emplace_back(name, datum);
    else
      event.data.emplace_back(key, value);
  }
}

void for_each_event(std::string_view events, const std::function<void(const Event&)>& visit) {
  simdjson::dom::parser parser;
  simdjson::dom::parser inside;
  for (size_t at = 0; at < events.size();) {
    const size_t end = std::min(events.find('\n', at), events.size());
    simdjson::dom::object object;
    const bool whole = parser.parse(events.data() + at, end - at, true).get(object) == simdjson::SUCCESS;
    at = end + 1;
    if (!whole) continue;
    Event event;
    add_members(object, inside, event);
    if (event.id != 0 && !event.channel.empty()) visit(event);
  }
}

std::string members(const Event& event) {
  std::string out = "{";
  for (const auto& [key, value] : event.data) {
    if (out.size() > 1) out += ',';
    out += json_quote(key) + ':' +
           (value.is_string() ? json_quote(value.get_string().value_unsafe()) : simdjson::to_string(value));
  }
  return out + "}";
}

std::string iso_time(const Event& event) {
  std::string time(event.time);
  if (time.size() > 10 && time[10] == ' ') time[10] = 'T';
  if (!time.empty() && time.back() != 'Z') time += 'Z';
  return time;
}

std::string escaped_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string posix_path(std::string_view windows) {
  std::string out = "/";
  const size_t colon = windows.find(":\\");
  for (const char c : windows.substr(colon == std::string_view::npos ? 0 : colon + 2)) {
    out += c == '\\' ? '/' : c == '"' || c == ' ' ? '_' : c;
  }
  return out;
}

std::string hex(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

/// EVTX holds no rendered message: what rules find in that alone they do not find here.
std::string as_nested_evtx(std::string_view events) {
  std::string out;
  for_each_event(events, [&](const Event& event) {
    out += fmt::format(
        R"({{"Event":{{"#attributes":{{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"}},"System":{{"Provider":{{"#attributes":{{"Name":{}}}}},"EventID":{},"Version":1,"Level":4,"Opcode":0,"Keywords":"0x8000000000000000","TimeCreated":{{"#attributes":{{"SystemTime":"{}"}}}},"EventRecordID":1,"Correlation":null,"Channel":{},"Computer":{},"Security":null}},"EventData":{}}}}})",
        json_quote(event.provider), event.id, iso_time(event), json_quote(event.channel), json_quote(event.computer),
        members(event));
    out += '\n';
  });
  return out;
}

std::string as_winlogbeat(std::string_view events) {
  std::string out;
  for_each_event(events, [&](const Event& event) {
    out += fmt::format(
        R"({{"@timestamp":"{}","@metadata":{{"beat":"winlogbeat","type":"_doc","version":"8.11.0"}},"winlog":{{"channel":{},"provider_name":{},"event_id":"{}","computer_name":{},"record_id":1,"event_data":{}}},"event":{{"code":"{}","kind":"event","provider":{}}},"host":{{"name":{}}},"log":{{"level":"information"}},"message":{},"ecs":{{"version":"8.0.0"}},"agent":{{"type":"winlogbeat","version":"8.11.0"}}}})",
        iso_time(event), json_quote(event.channel), json_quote(event.provider), event.id, json_quote(event.computer),
        members(event), event.id, json_quote(event.provider), json_quote(event.computer), json_quote(event.message));
    out += '\n';
  });
  return out;
}

std::string as_sysmon_linux_xml(std::string_view events) {
  std::string out;
  for_each_event(events, [&](const Event& event) {
    const bool has_twin =
        event.id == 1 || event.id == 3 || event.id == 5 || event.id == 9 || event.id == 11 || event.id == 23;
    if (!has_twin || event.channel.find("Sysmon") == std::string_view::npos) return;
    out += fmt::format(
        R"(<Event><System><Provider Name="Linux-Sysmon" Guid="{{ff032593-a8d3-4f13-b0d6-01fc615a0f97}}"/><EventID>{}</EventID><Version>5</Version><Level>4</Level><Task>{}</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="{}"/><EventRecordID>1</EventRecordID><Correlation/><Execution ProcessID="1" ThreadID="1"/><Channel>Linux-Sysmon/Operational</Channel><Computer>{}</Computer><Security UserId="0"/></System><EventData>)",
        event.id, event.id, iso_time(event), escaped_xml(event.computer));
    for (const auto& [key, value] : event.data) {
      if (value.is_string())
        out += fmt::format(R"(<Data Name="{}">{}</Data>)", key, escaped_xml(value.get_string().value_unsafe()));
    }
    out += "</EventData></Event>\n";
  });
  return out;
}

std::string as_auditd(std::string_view events) {
  std::string out;
  uint64_t serial = 1000;
  for_each_event(events, [&](const Event& event) {
    const std::string_view image = event.text("Image");
    if (image.empty() || event.channel.find("Sysmon") == std::string_view::npos) return;
    ++serial;
    const std::string path = posix_path(image);
    const std::string_view target = event.text("TargetFilename");
    const std::string_view line = event.text("CommandLine");
    const std::string id = fmt::format("msg=audit({}.{:03}:{})", 1600000000 + serial / 50, serial % 1000, serial);
    const bool exec = event.id == 1;
    out += fmt::format(
        R"(type=SYSCALL {}: arch=c000003e syscall={} success=yes exit=0 a0=55d2b8a3c1e0 a1=55d2b8a3c220 a2=55d2b8a3c260 a3=8 items=1 ppid=1 pid={} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="{}" exe="{}" key=(null))",
        id, exec ? 59 : 257, serial % 32768, path.substr(path.rfind('/') + 1, 15), path);
    out += '\n';
    if (exec) out += fmt::format("type=EXECVE {}: argc=2 a0=\"{}\" a1={}\n", id, path, hex(line));
    out += fmt::format("type=CWD {}: cwd=\"/root\"\n", id);
    out += fmt::format(
        R"(type=PATH {}: item=0 name="{}" inode=1 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0)",
        id, target.empty() ? path : posix_path(target));
    out += '\n';
    out += fmt::format("type=PROCTITLE {}: proctitle={}\n", id, hex(line.empty() ? std::string_view(path) : line));
  });
  return out;
}

}  // namespace hecate::bench
