#include <algorithm>
#include <array>
#include <set>

#include "base/json_text.h"
#include "base/text.h"
#include "exec/functions/kql_support.h"

// parse_user_agent: the families that most user agents belong to. Kusto's own list of patterns is far longer, and not
// published; what is not known is "Other", as there.
namespace hecate::kql_support {
namespace {

struct Version {
  std::array<std::string, 4> parts;
};
/// The numbers behind a mark: "Chrome/91.0.4472.124".
Version version_at(std::string_view text, size_t at) {
  Version version;
  size_t part = 0;
  for (; at < text.size() && part < 4; ++at) {
    if (is_ascii_digit(text[at])) {
      if (version.parts[part].size() < 10) version.parts[part] += text[at];
    } else if ((text[at] == '.' || text[at] == '_') && !version.parts[part].empty()) {
      ++part;
    } else {
      break;
    }
  }
  return version;
}

struct Family {
  std::string_view mark;  // behind it stands the version
  std::string_view name;
  std::string_view needed = {};  // must also occur
};
// In the order in which they are tried: most browsers claim to be others, too.
constexpr Family kBrowsers[] = {
    {"AdobeAIR/", "AdobeAIR"},
    {"Nokia", "Nokia OSS Browser", "SymbianOS/"},
    {"Googlebot/", "Googlebot"},
    {"bingbot/", "bingbot"},
    {"EdgiOS/", "Edge Mobile"},
    {"EdgA/", "Edge Mobile"},
    {"Edg/", "Edge"},
    {"Edge/", "Edge"},
    {"OPR/", "Opera", "Chrome/"},
    {"Opera/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"YaBrowser/", "Yandex Browser"},
    {"Vivaldi/", "Vivaldi"},
    {"FxiOS/", "Firefox iOS"},
    {"Firefox/", "Firefox Mobile", "Mobile"},
    {"Firefox/", "Firefox"},
    {"CriOS/", "Chrome Mobile iOS"},
    {"HeadlessChrome/", "HeadlessChrome"},
    {"Chrome/", "Chrome Mobile", "Mobile Safari"},
    {"Chrome/", "Chrome"},
    {"MSIE ", "IE"},
    {"rv:", "IE", "Trident/"},
    {"Version/", "Mobile Safari", "Mobile/"},
    {"Version/", "Safari", "Safari/"},
    {"curl/", "curl"},
    {"Wget/", "Wget"},
    {"python-requests/", "Python Requests"},
    {"Python-urllib/", "Python-urllib"},
    {"Go-http-client/", "Go-http-client"},
    {"okhttp/", "okhttp"},
    {"Java/", "Java"},
    {"WindowsPowerShell/", "PowerShell"},
    {"PowerShell/", "PowerShell"},
};
struct WindowsName {
  std::string_view mark, version;
};
constexpr WindowsName kWindows[] = {{"Windows NT 10.0", "10"}, {"Windows NT 6.3", "8.1"},   {"Windows NT 6.2", "8"},
                                    {"Windows NT 6.1", "7"},   {"Windows NT 6.0", "Vista"}, {"Windows NT 5.2", "XP"},
                                    {"Windows NT 5.1", "XP"},  {"Windows NT 5.0", "2000"}};
constexpr Family kSystems[] = {{"SymbianOS/", "Symbian OS"},
                               {"Windows Phone ", "Windows Phone"},
                               {"Android ", "Android"},
                               {"iPhone OS ", "iOS"},
                               {"CPU OS ", "iOS"},
                               {"Mac OS X ", "Mac OS X"},
                               {"CrOS x86_64 ", "Chrome OS"},
                               {"Ubuntu/", "Ubuntu"},
                               {"Ubuntu", "Ubuntu"},
                               {"Fedora", "Fedora"},
                               {"FreeBSD", "FreeBSD"},
                               {"Linux", "Linux"}};

std::string browser(std::string_view agent) {
  std::string_view name = "Other";
  Version version;
  for (const Family& row : kBrowsers) {
    const size_t at = agent.find(row.mark);
    if (at == std::string_view::npos || agent.find(row.needed) == std::string_view::npos) continue;
    name = row.name;
    size_t digits = at + row.mark.size();
    if (row.name == "Nokia OSS Browser") {  // NokiaN81-3/10.0.032: the system's own version counts
      digits = agent.find("Series60/");
      digits = digits == std::string_view::npos ? agent.size() : digits + 9;
    }
    version = version_at(agent, digits);
    break;
  }
  ObjectWriter out;
  out.add_text("Family", name);
  out.add_text("MajorVersion", version.parts[0]);
  out.add_text("MinorVersion", version.parts[1]);
  out.add_text("Patch", version.parts[2]);
  return out.text();
}

std::string system(std::string_view agent) {
  std::string_view name = "Other";
  Version version;
  for (const WindowsName& row : kWindows) {
    if (name != "Other" || agent.find(row.mark) == std::string_view::npos) continue;
    name = "Windows";
    version.parts[0] = row.version.substr(0, row.version.find('.'));
    if (row.version == "8.1") version.parts[1] = "1";
  }
  for (const Family& row : kSystems) {
    const size_t at = agent.find(row.mark);
    if (name != "Other" || at == std::string_view::npos) continue;
    name = row.name;
    version = version_at(agent, at + row.mark.size());
  }
  ObjectWriter out;
  out.add_text("Family", name);
  out.add_text("MajorVersion", version.parts[0]);
  out.add_text("MinorVersion", version.parts[1]);
  out.add_text("Patch", version.parts[2]);
  out.add_text("PatchMinor", version.parts[3]);
  return out.text();
}

std::string device(std::string_view agent) {
  std::string family = "Other";
  std::string brand;
  std::string model;
  const auto has = [&](std::string_view mark) { return agent.find(mark) != std::string_view::npos; };
  if (const size_t at = agent.find("Nokia"); at != std::string_view::npos) {
    const std::string_view rest = agent.substr(at + 5);
    model = rest.substr(0, rest.find_first_of("/; )"));
    brand = "Nokia";
    family = "Nokia " + model.substr(0, model.find('-'));
  } else if (has("iPhone") || has("iPad") || has("iPod")) {
    family = has("iPhone") ? "iPhone" : has("iPad") ? "iPad" : "iPod";
    brand = "Apple";
    model = family;
  } else if (has("Macintosh")) {
    family = model = "Mac";
    brand = "Apple";
  } else if (has("bot") || has("spider") || has("crawler")) {
    family = "Spider";
    brand = "Spider";
    model = "Desktop";
  }
  ObjectWriter out;
  out.add_text("Family", family);
  out.add_text("Brand", brand);
  out.add_text("Model", model);
  return out.text();
}

Value parse(Arguments a, EvalContext& c) {
  constexpr size_t kLongest = 4096;
  const std::string_view agent = text_of(a[0], c).substr(0, kLongest);
  std::vector<std::string_view> wanted;
  if (a.size() > 1)
    append_texts(a[1], wanted, c);
  else
    wanted = {"browser", "os", "device"};
  std::set<std::string> asked;
  for (const std::string_view each : wanted) asked.insert(fold_case(each));
  ObjectWriter out;
  if (asked.contains("browser")) out.add("Browser", browser(agent));
  if (asked.contains("os")) out.add("OperatingSystem", system(agent));
  if (asked.contains("device")) out.add("Device", device(agent));
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.parse_user_agent", 1, 2, true, &parse, "Browser, system and device behind a user agent."},
};

}  // namespace

std::span<const Function> user_agent_functions() { return kFunctions; }

}  // namespace hecate::kql_support
