#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/diagnostic.h"
#include "cli/common.h"
#include "engine/hunt.h"

namespace hecate::cli {

/// `--follow` and `--position`: a hunt over files that grow, until it is told to stop.
class FollowFlags {
 public:
  void add_to(CLI::App& app);
  [[nodiscard]] bool on() const { return on_; }
  /// Says on stderr what is wrong. Where files are followed findings are NDJSON, and signals to stop are held back from
  /// here on: call it before any thread begins.
  bool check(EventOptions& events) const;
  /// Findings and what there is to say go out before the position is saved. `ok` is false in the end where the position
  /// file could not be used.
  void set_up(engine::HuntOptions& options, std::function<void()> say, bool& ok) const;

 private:
  bool on_ = false;
  std::string position_;
  const CLI::App* app_ = nullptr;
};

/// Leaves the detections that need one event at a time, and correlations; the others are reported. False where none is
/// left.
[[nodiscard]] bool keep_followed(engine::HuntOptions& options, DiagnosticSink& sink);

}  // namespace hecate::cli
