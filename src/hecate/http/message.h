#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hecate::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;   // without the query, as sent
  std::string query;  // behind the `?`
  Headers headers;
  std::string body;
  std::string remote;  // the client's address

  /// Of the first header of that name, whose case does not count; empty where there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] bool has_header(std::string_view name) const;
  /// A parameter of the query, decoded.
  [[nodiscard]] std::string parameter(std::string_view name) const;
  [[nodiscard]] bool has_parameter(std::string_view name) const;
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json; charset=UTF-8";
  Headers headers = {};
  bool close = false;  // the connection afterwards
};

/// To be called once, from any thread.
using Respond = std::function<void(Response)>;

/// `%41` and `+` of a query; what is not well-formed stays as it is.
[[nodiscard]] std::string decode_query(std::string_view text);
/// Of the alphabet of RFC 4648, with or without `=`; false where the text is not.
[[nodiscard]] bool decode_base64(std::string_view text, std::string& out);

}  // namespace hecate::http
