#pragma once

namespace hecate {

/// Bounds recursion over untrusted input. A parser keeps one int and makes a guard on entry to every
/// recursive production; when `exceeded()` it reports and returns.
class [[nodiscard]] DepthGuard {
 public:
  static constexpr int kDeepest = 256;

  explicit DepthGuard(int& depth) : depth_(depth) { ++depth_; }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

  [[nodiscard]] bool exceeded() const { return depth_ > kDeepest; }

 private:
  int& depth_;
};

}  // namespace hecate
