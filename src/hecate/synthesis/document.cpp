#include "synthesis/document.h"

#include "base/json_text.h"

namespace hecate::synthesis {

bool Document::put(std::string_view path, std::string json, size_t element) {
  if (!leaf_.empty()) return false;
  const size_t dot = path.find('.');
  std::string key(path.substr(0, dot));
  if (key == "*") key = "any";
  const bool list = key.ends_with("{}");
  // What is no list must not be one under the same name.
  if (children_.contains(list ? key.substr(0, key.size() - 2) : key + "{}") && key != "{}") return false;
  const bool innermost = dot == std::string_view::npos || path.substr(dot).find("{}") == std::string_view::npos;
  Elements& elements = children_[key];
  const size_t at = list && innermost ? element : 0;
  while (elements.size() <= at) elements.push_back(nullptr);
  const bool fresh = elements[at] == nullptr;
  if (fresh) elements[at] = std::make_unique<Document>();
  if (dot != std::string_view::npos) return elements[at]->put(path.substr(dot + 1), std::move(json), element);
  if (fresh) elements[at]->leaf_ = std::move(json);
  return fresh;
}

std::string Document::json_of(const Elements& elements) {
  std::string out = "[";
  for (const auto& element : elements) out += (out.size() > 1 ? "," : "") + (element ? element->json() : "null");
  return out + "]";
}

std::string Document::json() const {
  if (!leaf_.empty()) return leaf_;
  if (children_.size() == 1 && children_.begin()->first == "{}") return json_of(children_.begin()->second);
  std::string out = "{";
  for (const auto& [key, elements] : children_) {
    std::string_view name = key;
    size_t lists = 0;
    for (; name.ends_with("{}"); ++lists) name.remove_suffix(2);
    out += (out.size() > 1 ? "," : "") + json_quote(name) + ":";
    if (lists == 0) {
      out += elements.front()->json();
      continue;
    }
    out += std::string(lists - 1, '[') + json_of(elements) + std::string(lists - 1, ']');
  }
  return out + "}";
}

}  // namespace hecate::synthesis
