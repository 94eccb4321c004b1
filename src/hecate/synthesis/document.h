#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::synthesis {

/// A JSON document that grows by paths: keys joined by dots, `{}` behind a key whose value is a list.
class Document {
 public:
  /// Puts a value (JSON) at a path; in the innermost list of the path, into the element of that number. False where
  /// something else is there.
  [[nodiscard]] bool put(std::string_view path, std::string json, size_t element = 0);
  [[nodiscard]] bool empty() const { return children_.empty() && leaf_.empty(); }
  [[nodiscard]] std::string json() const;

 private:
  using Elements = std::vector<std::unique_ptr<Document>>;
  static std::string json_of(const Elements& elements);

  // By key; a key with `{}` holds elements, another one a single value.
  std::map<std::string, Elements, std::less<>> children_;
  std::string leaf_;
};

}  // namespace hecate::synthesis
