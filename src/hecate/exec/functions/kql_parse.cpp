#include <algorithm>
#include <map>

#include "base/json_text.h"
#include "base/text.h"
#include "exec/functions/kql_support.h"

// parse_url, parse_path, parse_csv, …: texts of a known form to dynamic values.
namespace hecate::kql_support {
namespace {

/// `a=1&b=2` as an object, its keys sorted; several values of one name are an array, empty names and values dropped.
std::string query_object(std::string_view query) {
  std::map<std::string, std::vector<std::string>> values;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == pair.size()) continue;
    values[std::string(pair.substr(0, equals))].emplace_back(pair.substr(equals + 1));
  }
  ObjectWriter out;
  for (const auto& [name, list] : values) out.add(name, list.size() == 1 ? json_quote(list.front()) : json_list(list));
  return out.text();
}

/// scheme://user:password@host:port/path?query#fragment; what is absent is "", and so is all of what is no URL.
/// Escapes stay as they are.
Value parse_url(Arguments a, EvalContext& c) {
  std::string_view rest = text_of(a[0], c);
  const auto cut_behind = [&](char mark) {
    const size_t at = rest.find(mark);
    const std::string_view tail = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    rest = rest.substr(0, at);
    return tail;
  };
  const std::string_view fragment = cut_behind('#');
  const std::string_view query = cut_behind('?');
  std::string_view scheme, user, password, host, port, path;
  const size_t colon = rest.find("://");
  if (colon != std::string_view::npos) {
    scheme = rest.substr(0, colon);
    rest.remove_prefix(colon + 3);
    const size_t slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    // A name without a password stays with the host.
    const size_t at = authority.rfind('@');
    const size_t divided = authority.substr(0, at).find(':');
    if (at != std::string_view::npos && divided != std::string_view::npos) {
      user = authority.substr(0, divided);
      password = authority.substr(divided + 1, at - divided - 1);
      authority.remove_prefix(at + 1);
    }
    const size_t bracket = authority.rfind(']');  // an IPv6 address
    const size_t from = bracket == std::string_view::npos ? 0 : bracket;
    const size_t split = authority.find(':', from);
    host = authority.substr(0, split);
    port = split == std::string_view::npos ? std::string_view() : authority.substr(split + 1);
  }
  // A slash alone is no path where nothing follows.
  if (text_of(a[0], c).ends_with('/') && path == "/") path = {};
  ObjectWriter out;
  out.add_text("Scheme", scheme);
  out.add_text("Host", host);
  out.add_text("Port", port);
  out.add_text("Path", path);
  out.add_text("Username", user);
  out.add_text("Password", password);
  out.add("Query Parameters", query_object(query));
  out.add_text("Fragment", fragment);
  return out.finish(c);
}
Value parse_urlquery(Arguments a, EvalContext& c) {
  std::string_view query = text_of(a[0], c);
  if (query.starts_with('?')) query.remove_prefix(1);
  ObjectWriter out;
  out.add("Query Parameters", query_object(query));
  return out.finish(c);
}

/// Both kinds of slashes, a scheme, \\server\share, \\?\C:\, and a stream's name behind the file's
/// (parse-path-function).
Value parse_path(Arguments a, EvalContext& c) {
  std::string_view path = text_of(a[0], c);
  std::string_view scheme;
  if (const size_t colon = path.find("://"); colon != std::string_view::npos) {
    scheme = path.substr(0, colon);
    path.remove_prefix(colon + 3);
  }
  const std::string_view whole = path;
  if (path.starts_with("\\\\?\\")) path.remove_prefix(4);
  const size_t last = path.find_last_of("/\\");
  std::string_view name = last == std::string_view::npos ? path : path.substr(last + 1);
  const std::string_view directory = last == std::string_view::npos ? std::string_view() : path.substr(0, last);
  const bool rooted = path.size() >= 2 && is_ascii_alpha(path[0]) && path[1] == ':';
  std::string_view stream;
  if (const size_t colon = name.find(':');
      colon != std::string_view::npos && !(rooted && last == std::string_view::npos)) {
    stream = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  const size_t parent = directory.find_last_of("/\\");
  const size_t dot = name.rfind('.');
  ObjectWriter out;
  out.add_text("Scheme", scheme);
  out.add_text("RootPath", rooted ? path.substr(0, 2) : std::string_view());
  out.add_text("DirectoryPath", whole.substr(0, directory.size() + (whole.size() - path.size())));
  out.add_text("DirectoryName", parent == std::string_view::npos ? directory : directory.substr(parent + 1));
  out.add_text("Filename", name);
  out.add_text("Extension", dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1));
  out.add_text("AlternateDataStreamName", stream);
  return out.finish(c);
}

/// The fields of the first record (RFC 4180).
Value parse_csv(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  ArrayWriter out;
  std::string field;
  bool quoted = false;
  size_t at = 0;
  for (; at < text.size(); ++at) {
    const char ch = text[at];
    if (quoted) {
      if (ch == '"' && at + 1 < text.size() && text[at + 1] == '"') {
        field += text[++at];
      } else if (ch == '"') {
        quoted = false;
      } else {
        field += ch;
      }
    } else if (ch == '"' && field.empty()) {
      quoted = true;
    } else if (ch == ',') {
      out.add(json_quote(field));
      field.clear();
      if (out.full()) return Value::null();
    } else if (ch == '\n' || ch == '\r') {
      break;
    } else {
      field += ch;
    }
  }
  out.add(json_quote(field));
  return out.finish(c);
}

/// One to four parts of at most eight digits; the result is of a real's precision.
Value parse_version(Arguments a, EvalContext& c) {
  std::string_view text = trim(text_of(a[0], c));
  double value = 0;
  int parts = 0;
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view digits = text.substr(0, dot);
    const bool sound =
        !digits.empty() && digits.size() <= 8 && digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (!sound || ++parts > 4) return Value::null();
    value = value * 1e8 + static_cast<double>(to_long(digits).value_or(0));
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  for (; parts < 4; ++parts) value *= 1e8;
  return Value::real(value);
}

/// As CommandLineToArgvW divides it: 2n backslashes before a quote are n, one more makes the quote a character; ""
/// within quotes is a quote.
std::vector<std::string> windows_arguments(std::string_view line) {
  std::vector<std::string> out;
  size_t at = 0;
  const auto blank = [&] { return line[at] == ' ' || line[at] == '\t'; };
  // The program's name knows no escapes.
  if (at < line.size() && !blank()) {
    std::string name;
    bool quoted = false;
    for (; at < line.size() && (quoted || !blank()); ++at) {
      if (line[at] == '"')
        quoted = !quoted;
      else
        name += line[at];
    }
    out.push_back(name);
  }
  while (true) {
    while (at < line.size() && blank()) ++at;
    if (at >= line.size() || out.size() >= kLargestArray) return out;
    std::string argument;
    bool quoted = false;
    while (at < line.size() && (quoted || !blank())) {
      size_t slashes = 0;
      while (at < line.size() && line[at] == '\\') ++slashes, ++at;
      const bool quote = at < line.size() && line[at] == '"';
      argument.append(quote ? slashes / 2 : slashes, '\\');
      if (!quote) {
        if (slashes == 0) argument += line[at++];
        continue;
      }
      ++at;
      if (slashes % 2 == 1) {
        argument += '"';
      } else if (quoted && at < line.size() && line[at] == '"') {
        argument += line[at++];
      } else {
        quoted = !quoted;
      }
    }
    out.push_back(argument);
  }
}
Value parse_command_line(Arguments a, EvalContext& c) {
  if (!equals_ignoring_case(text_of(a[1], c), "windows")) return Value::null();
  const std::string_view line = text_of(a[0], c);
  if (line.empty()) return Value::null();
  ArrayWriter out;
  for (const std::string& argument : windows_arguments(line)) out.add(json_quote(argument));
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.parse_command_line", 2, 2, true, &parse_command_line, "The arguments of a command line."},
    {"kql.parse_csv", 1, 1, true, &parse_csv, "The fields of a line of CSV."},
    {"kql.parse_path", 1, 1, true, &parse_path, "The parts of a file's path."},
    {"kql.parse_url", 1, 1, true, &parse_url, "The parts of a URL."},
    {"kql.parse_urlquery", 1, 1, true, &parse_urlquery, "The parameters of a URL's query."},
    {"kql.parse_version", 1, 1, true, &parse_version, "A version as a number."},
};

}  // namespace

std::span<const Function> parse_functions() { return kFunctions; }

}  // namespace hecate::kql_support
