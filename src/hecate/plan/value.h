#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/time.h"

namespace hecate {

/// What a Value holds at run time. Static types are in plan/types.h.
enum class Kind : uint8_t {
  Null,       // absent (SPL, Sigma) or null (KQL)
  JsonNull,   // present in the event, but null: only `exists` tells it from Null
  Undecided,  // depends on the run (now, a lookup): only heads see it, the tail decides
  Bool,
  Long,
  Real,
  String,
  Datetime,  // ticks since 1970, see base/time.h
  Timespan,  // ticks
  Dynamic,   // canonical JSON text
  Many,      // SPL: several texts, in order; never empty (that is Null)
};

/// A value while events flow: 16 bytes, trivially copied. Texts and lists belong to the event, to a
/// constant of the plan, or to an Arena; a Value never owns.
class Value {
 public:
  Value() : kind_(Kind::Null), size_(0), integer_(0) {}

  static Value null() { return {}; }
  static Value json_null() { return Value(Kind::JsonNull, 0, int64_t{0}); }
  static Value undecided() { return Value(Kind::Undecided, 0, int64_t{0}); }
  static Value boolean(bool value) { return Value(Kind::Bool, 0, int64_t{value}); }
  static Value integer(int64_t value) { return Value(Kind::Long, 0, value); }
  static Value real(double value) {
    Value result(Kind::Real, 0, int64_t{0});
    result.real_ = value;
    return result;
  }
  static Value string(std::string_view text) { return Value(Kind::String, text); }
  static Value datetime(Ticks ticks) { return Value(Kind::Datetime, 0, ticks); }
  static Value timespan(Ticks ticks) { return Value(Kind::Timespan, 0, ticks); }
  static Value dynamic(std::string_view json) { return Value(Kind::Dynamic, json); }
  static Value many(std::span<const Value> values) {
    Value result(Kind::Many, static_cast<uint32_t>(values.size()), int64_t{0});
    result.list_ = values.data();
    return result;
  }

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::Null || kind_ == Kind::JsonNull; }
  [[nodiscard]] bool is_undecided() const { return kind_ == Kind::Undecided; }
  [[nodiscard]] bool is_text() const { return kind_ == Kind::String || kind_ == Kind::Dynamic; }
  /// Definitely true: what a filter keeps (besides Undecided).
  [[nodiscard]] bool is_true() const { return kind_ == Kind::Bool && integer_ != 0; }

  [[nodiscard]] bool as_bool() const { return integer_ != 0; }
  [[nodiscard]] int64_t as_integer() const { return integer_; }
  [[nodiscard]] double as_real() const { return kind_ == Kind::Real ? real_ : static_cast<double>(integer_); }
  [[nodiscard]] Ticks as_ticks() const { return integer_; }
  [[nodiscard]] std::string_view as_text() const { return {text_, size_}; }
  [[nodiscard]] std::span<const Value> as_list() const { return {list_, size_}; }

 private:
  Value(Kind kind, uint32_t size, int64_t integer) : kind_(kind), size_(size), integer_(integer) {}
  Value(Kind kind, std::string_view text)
      : kind_(kind), size_(static_cast<uint32_t>(text.size())), text_(text.data()) {}

  Kind kind_;
  uint32_t size_;
  union {
    int64_t integer_;
    double real_;
    const char* text_;
    const Value* list_;
  };
};
static_assert(sizeof(Value) == 16);

/// A value that owns its texts: constants of a plan, rows of a result.
class OwnedValue {
 public:
  OwnedValue() = default;
  explicit OwnedValue(const Value& value) { assign(value); }
  static OwnedValue string(std::string text);
  static OwnedValue many(const std::vector<std::string>& texts);

  OwnedValue(const OwnedValue& other) { assign(other.get()); }
  OwnedValue& operator=(const OwnedValue& other);
  OwnedValue(OwnedValue&&) = default;
  OwnedValue& operator=(OwnedValue&&) = default;
  ~OwnedValue() = default;

  [[nodiscard]] Value get() const { return value_; }

 private:
  void assign(const Value& value);
  // Heap storage that does not move when the object does.
  std::vector<char> text_;
  std::vector<Value> list_;
  Value value_;
};

/// The text of a number as all three languages' text contexts write it: integers without a fraction,
/// doubles with at most 15 significant digits and no trailing zeros ("1755204167.459945").
[[nodiscard]] std::string number_text(double value);

/// A value as text (Null, JsonNull, Undecided: empty). Many: its elements joined by newlines.
[[nodiscard]] std::string_view value_text(const Value& value, Arena& arena);
[[nodiscard]] std::string value_text(const Value& value);

/// A value as JSON (times as RFC 3339, timespans as Kusto writes them, Dynamic as it is).
void append_value_json(const Value& value, std::string& out);

}  // namespace hecate
