#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "bench.h"

namespace hecate::bench {

size_t PaddedText::lines() const { return static_cast<size_t>(std::count(view().begin(), view().end(), '\n')); }

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void print_header() {
  fmt::print("{:<44} {:>9} {:>8} {:>9} {:>9} {:>11} {:>7}  {:<22} {:>7}\n", "workload", "events", "matches", "records",
             "ns/event", "events/s", "ratio", "against (ns/event)", "target");
  std::fflush(stdout);
}

void print_row(const Row& row) {
  const auto events = static_cast<double>(row.events);
  const std::string against =
      row.against.empty() ? "" : fmt::format("{} {:.0f}", row.against, row.against_seconds / events * 1e9);
  const std::string ratio = row.against.empty() ? "" : fmt::format("{:.2f}x", row.ratio());
  const std::string target = row.target > 0 ? fmt::format("{:.2f}x", row.target) : "";
  fmt::print("{:<44} {:>9} {:>8} {:>9} {:>9.0f} {:>11.0f} {:>7}  {:<22} {:>7}\n", row.workload, row.events, row.matches,
             row.visited, row.seconds / events * 1e9, events / row.seconds, ratio, against, target);
  std::fflush(stdout);
}

std::string to_json(const std::vector<Row>& rows) {
  std::string out = "[";
  for (const Row& row : rows) {
    if (out.size() > 1) out += ",";
    out += fmt::format(
        "\n  "
        "{{\"workload\":\"{}\",\"events\":{},\"bytes\":{},\"matches\":{},\"records\":{},\"seconds\":{:.6f},\"against\":"
        "\"{}\","
        "\"against_seconds\":{:.6f},\"ratio\":{:.4f},\"target\":{}}}",
        row.workload, row.events, row.bytes, row.matches, row.visited, row.seconds, row.against, row.against_seconds,
        row.against.empty() ? 0.0 : row.ratio(), row.target);
  }
  return out + "\n]\n";
}

}  // namespace hecate::bench
