#pragma once

#include <string>
#include <vector>

#include "exec/functions/function.h"

namespace hecate {

/// Calls a function by its name and shows the result: <null>, <json null>, <undecided>, or kind-tagged text.
class Harness {
 public:
  Value many(const std::vector<std::string>& texts) {
    owned_.push_back(OwnedValue::many(texts));
    return owned_.back().get();
  }

  Value value(std::string_view name, const std::vector<Value>& arguments) {
    const Function* function = find_function(name);
    if (function == nullptr) return Value::string("no such function");
    EvalContext context{arena_, run_};
    return call(*function, arguments, context);
  }

  std::string operator()(std::string_view name, const std::vector<Value>& arguments) {
    return show(value(name, arguments));
  }

  static std::string show(const Value& value) {
    switch (value.kind()) {
      case Kind::Null: return "<null>";
      case Kind::JsonNull: return "<json null>";
      case Kind::Undecided: return "<undecided>";
      case Kind::Many: {
        std::string result = "[";
        for (const Value& element : value.as_list()) result += (result.size() > 1 ? "|" : "") + value_text(element);
        return result + "]";
      }
      default: return value_text(value);
    }
  }

 private:
  Arena arena_;
  RunParameters run_;
  std::vector<OwnedValue> owned_;
};

inline Value text(std::string_view value) { return Value::string(value); }

}  // namespace hecate
