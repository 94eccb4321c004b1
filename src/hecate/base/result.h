#pragma once

#include <cassert>
#include <optional>
#include <utility>

namespace hecate {

/// "It failed, and the reason is already in the diagnostics." Only code that has reported may make one.
struct Failure {};
[[nodiscard]] inline Failure already_reported() { return {}; }

/// A value, or a failure that has already been reported into a DiagnosticSink.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Failure) {}                             // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return checked(); }
  const T& operator*() const& { return checked(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &checked(); }

 private:
  T& checked() {
    assert(value_.has_value());
    return *value_;
  }
  const T& checked() const {
    assert(value_.has_value());
    return *value_;
  }
  std::optional<T> value_;
};

}  // namespace hecate
