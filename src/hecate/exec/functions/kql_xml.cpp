#include <algorithm>
#include <map>
#include <pugixml.hpp>

#include "base/depth_guard.h"
#include "base/json_text.h"
#include "base/text.h"
#include "exec/functions/kql_support.h"

// parse_xml. https://learn.microsoft.com/kusto/query/parse-xml-function
namespace hecate::kql_support {
namespace {

/// A text that is a number is one in the object ("118.0" is 118.0).
std::string text_json(std::string_view text) {
  const bool looks = !text.empty() && text.size() < 300 && (is_ascii_digit(text.front()) || text.front() == '-');
  const bool leading_zero = text.size() > 1 && text[0] == '0' && text[1] != '.';
  if (looks && !leading_zero) {
    const auto number = canonical_json(text);
    if (number && *number == text && text.find_first_of("+eE") == std::string_view::npos) return *number;
  }
  return json_quote(text);
}

/// An element's own text, attributes (`@name`) and children; children of one name are an array.
std::string element_json(const pugi::xml_node& element, int& depth) {
  const DepthGuard guard(depth);
  if (guard.exceeded()) return "null";
  std::string text;
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> members;
  const auto add = [&](std::string name, std::string json) {
    auto& list = members[name];
    if (list.empty()) names.push_back(std::move(name));
    list.push_back(std::move(json));
  };
  for (const pugi::xml_attribute& attribute : element.attributes())
    add(std::string("@") + attribute.name(), json_quote(attribute.value()));
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += trim(child.value());
    }
  }
  const bool bare = names.empty();
  if (!text.empty()) add("#text", text_json(text));
  bool children = false;
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    children = true;
    add(child.name(), element_json(child, depth));
  }
  if (names.empty()) return "null";
  if (bare && !children) return text_json(text);
  ObjectWriter out;
  for (const std::string& name : names) {
    const auto& list = members[name];
    ArrayWriter array;
    for (const std::string& json : list) array.add(json);
    out.add(name, list.size() == 1 ? list.front() : array.text());
  }
  return out.text();
}

Value parse_xml(Arguments a, EvalContext& c) {
  constexpr size_t kLongest = 1'048'576;
  const std::string_view text = text_of(a[0], c);
  pugi::xml_document document;
  if (text.empty() || text.size() > kLongest) return Value::null();
  const auto status = document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  const pugi::xml_node root = document.document_element();
  if (!status || !root) return Value::null();
  int depth = 0;
  ObjectWriter out;
  out.add(root.name(), element_json(root, depth));
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.parse_xml", 1, 1, true, &parse_xml, "A text read as XML."},
};

}  // namespace

std::span<const Function> xml_functions() { return kFunctions; }

}  // namespace hecate::kql_support
