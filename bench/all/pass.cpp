#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "bench.h"
#include "engine/hunt.h"

namespace hecate::bench {
namespace {

/// The fastest of several hunts; of tails each one's fastest.
engine::HuntReport hunt_best(const Loaded& content, const AllOptions& options, size_t threads) {
  engine::HuntOptions hunt;
  hunt.files = {options.events.string()};
  hunt.threads = threads;
  engine::HuntReport best;
  for (int i = 0; i < options.repeat; ++i) {
    DiagnosticSink sink;
    engine::HuntReport report = engine::hunt(*content.rules, hunt, [](Finding&&) {}, sink);
    if (i == 0) {
      best = std::move(report);
      continue;
    }
    best.scan_seconds = std::min(best.scan_seconds, report.scan_seconds);
    best.tail_seconds = std::min(best.tail_seconds, report.tail_seconds);
    for (size_t t = 0; t < best.tails.size() && t < report.tails.size(); ++t) {
      best.tails[t].seconds = std::min(best.tails[t].seconds, report.tails[t].seconds);
    }
  }
  return best;
}

double megabytes_at_most() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

double percentile(std::vector<double> values, size_t of_hundred) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[(values.size() - 1) * of_hundred / 100];
}

}  // namespace

void print_pass(const AllOptions& options) {
  // Memory only grows: all content comes last, and Sigma's is freed before.
  double alone[2] = {};
  double sigma_load = 0;
  size_t sigma_rules = 0;
  {
    const Loaded sigma(options.share, options.sigma);
    sigma_load = sigma.seconds;
    sigma_rules = sigma.rules->detections().size();
    for (size_t threads = 1; threads <= 2; ++threads) {
      alone[threads - 1] = hunt_best(sigma, options, threads).scan_seconds;
    }
  }
  const double before = megabytes_at_most();
  const Loaded all(options.share, options.all);
  fmt::print("{:<34}{:>9}{:>9}{:>9}{:>9}{:>12}{:>12}\n", "content", "rules", "load s", "scan s", "tails s",
             "candidates", "findings");
  for (size_t threads = 1; threads <= 2; ++threads) {
    const engine::HuntReport report = hunt_best(all, options, threads);
    fmt::print("{:<34}{:>9}{:>9.2f}{:>9.3f}\n", fmt::format("Sigma alone, threads: {}", threads), sigma_rules,
               sigma_load, alone[threads - 1]);
    fmt::print("{:<34}{:>9}{:>9.2f}{:>9.3f}{:>9.2f}{:>12}{:>12}\n", fmt::format("all, threads: {}", threads),
               all.rules->detections().size(), all.seconds, report.scan_seconds, report.tail_seconds, report.candidates,
               report.findings);
    fmt::print("  scan {:.1f}x that of Sigma alone, target at most 2.5x\n", report.scan_seconds / alone[threads - 1]);
    std::vector<double> seconds;
    for (const engine::TailCost& tail : report.tails) seconds.push_back(tail.seconds);
    fmt::print(
        "  {} tails ran: median {:.1f} ms, nine in ten under {:.1f} ms, longest {:.0f} ms; target 5 ms at the "
        "median\n",
        seconds.size(), 1000 * percentile(seconds, 50), 1000 * percentile(seconds, 90),
        1000 * percentile(seconds, 100));
  }
  fmt::print("peak memory {:.0f} MB ({:.0f} MB before all content was loaded), target 600 MB\n", megabytes_at_most(),
             before);
}

void print_curve(const AllOptions& options) {
  const Loaded all(options.share, options.all);
  const auto& detections = all.rules->detections();
  std::vector<size_t> sizes;
  for (size_t n = 1; n < detections.size(); n *= 4) sizes.push_back(n);
  sizes.push_back(detections.size());
  fmt::print("{:>8}{:>12}{:>12}{:>14}{:>12}\n", "rules", "scan s, 1", "scan s, 2", "us per rule", "tails s");
  double first = 0;
  sizes.insert(sizes.begin(), 1);  // not printed: it brings the file into memory
  for (const size_t size : sizes) {
    engine::HuntOptions hunt;
    hunt.files = {options.events.string()};
    for (size_t i = 0; i < size; ++i) hunt.only.push_back(detections[i * detections.size() / size].get());
    double scans[2] = {1e9, 1e9};
    double tails = 1e9;
    for (int i = 0; i < options.repeat; ++i) {
      for (hunt.threads = 1; hunt.threads <= 2; ++hunt.threads) {
        DiagnosticSink sink;
        const engine::HuntReport report = engine::hunt(*all.rules, hunt, [](Finding&&) {}, sink);
        scans[hunt.threads - 1] = std::min(scans[hunt.threads - 1], report.scan_seconds);
        tails = std::min(tails, report.tail_seconds);
      }
    }
    if (first == 0) {
      first = scans[0];
      continue;
    }
    if (size == 1) first = scans[0];
    const double marginal = size == 1 ? 0 : 1e6 * (scans[0] - first) / static_cast<double>(size - 1);
    fmt::print("{:>8}{:>12.3f}{:>12.3f}{:>14.1f}{:>12.2f}\n", size, scans[0], scans[1], marginal, tails);
  }
}

}  // namespace hecate::bench
