#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

#include "bench.h"
#include "engine/hunt.h"

namespace hecate::bench {
namespace {

double shell_seconds(const std::string& command) {
  const auto start = std::chrono::steady_clock::now();
  if (std::system(command.c_str()) != 0) return 0;  // NOLINT(cert-env33-c): commands of our own
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Input {
  std::string_view name, ending, pack, unpack;
};
constexpr std::array kInputs{
    Input{"as it is", "", "", "cat {} >/dev/null"},
    Input{"zstd", ".zst", "zstd -qf {} -o {}.zst", "zstd -dqc {} >/dev/null"},
    Input{"gzip", ".gz", "gzip -kf -1 {}", "gzip -dc {} >/dev/null"},
};

std::string with(std::string_view command, const std::string& file) {
  std::string text(command);
  for (size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}", at)) text.replace(at, 2, file);
  return text;
}

}  // namespace

void print_inputs(const AllOptions& options) {
  const Loaded sigma(options.share, options.sigma);
  fmt::print("{:<12}{:>14}{:>16}{:>10}\n", "input", "Hecate scan s", "decompressor s", "ratio");
  for (const Input& input : kInputs) {
    const std::string packed = options.events.string() + std::string(input.ending);
    if (!std::filesystem::exists(packed) && shell_seconds(with(input.pack, options.events.string())) == 0) continue;
    double ours = 1e9;
    double theirs = 1e9;
    for (int i = 0; i < options.repeat; ++i) {
      engine::HuntOptions hunt;
      hunt.files = {packed};
      hunt.threads = 2;
      DiagnosticSink sink;
      ours = std::min(ours, engine::hunt(*sigma.rules, hunt, [](Finding&&) {}, sink).scan_seconds);
      theirs = std::min(theirs, shell_seconds(with(input.unpack, packed)));
    }
    fmt::print("{:<12}{:>14.3f}{:>16.3f}{:>9.2f}x\n", input.name, ours, theirs, ours / theirs);
  }
}

}  // namespace hecate::bench
