#include "server/scheduler.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/hunt.h"
#include "output/output.h"
#include "server/codes.h"
#include "store/codes.h"

namespace hecate::server {
namespace {

constexpr std::string_view kStateFile = "schedule.state";

/// Clocks of senders may be ahead of ours: an event may be received before its time.
constexpr Ticks kAhead = kTicksPerSecond * 3600;

int64_t seconds_now() { return clock_time() / kTicksPerSecond; }

std::string key_of(const content::Detection& detection) {
  return fmt::format("{}/{}", to_string(detection.language), detection.id);
}

}  // namespace

Scheduler::Scheduler(const engine::Ruleset& rules, const std::vector<const engine::CompiledDetection*>& wanted,
                     const store::WriteAheadLog& log, Metrics& metrics, SchedulerOptions options)
    : rules_(rules),
      log_(log),
      metrics_(metrics),
      options_(std::move(options)),
      zone_(schedule::TimeZone::find(options_.timezone).value_or(schedule::TimeZone())) {
  for (const engine::CompiledDetection* compiled : wanted) {
    if (compiled->correlation || !compiled->needs_tail()) continue;
    const content::Detection& detection = *compiled->detection;
    if (!detection.schedule || !engine::next_run(*detection.schedule, seconds_now(), zone_)) {
      ++unscheduled_;
    } else {
      jobs_.push_back({compiled, &*detection.schedule, key_of(detection)});
    }
  }
}

Scheduler::~Scheduler() { stop(); }

bool Scheduler::start(DiagnosticSink& sink) {
  if (jobs_.empty()) return true;
  if (!store::make_private_folder(options_.folder + "/schedule")) {
    sink.report(store::kStateUnusable, {}, fmt::format("{}/schedule: cannot be made", options_.folder));
    return false;
  }
  if (!read_state(sink)) return false;
  thread_ = std::thread([this] { run(); });
  return true;
}

void Scheduler::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// False where the server stops.
bool Scheduler::pause(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, longest, [this] { return stopping_.load(); });
  return !stopping_;
}

void Scheduler::plan(Job& job, int64_t after) {
  job.last = after;
  job.next = engine::next_run(*job.schedule, after, zone_).value_or(INT64_MAX);
}

void Scheduler::run() {
  constexpr std::chrono::milliseconds kLook{200};
  constexpr std::chrono::milliseconds kTryAgain{5000};
  while (!stopping_) {
    const auto first =
        std::min_element(jobs_.begin(), jobs_.end(), [](const Job& a, const Job& b) { return a.next < b.next; });
    const int64_t instant = first->next;
    if (instant > seconds_now()) {
      if (!pause(kLook)) return;
      continue;
    }
    std::vector<Job*> due;
    for (Job& job : jobs_) {
      if (job.next == instant) due.push_back(&job);
    }
    // What could not be run is not passed over: it stays due.
    if (!run_at(instant, due) && !pause(kTryAgain)) return;
  }
}

bool Scheduler::run_at(int64_t instant, const std::vector<Job*>& due) {
  DiagnosticSink sink;
  Excerpt excerpt;
  const auto said = [&](bool good) {
    if (!good && !stopping_) ++metrics_.schedule_failures;
    if (options_.on_reports) options_.on_reports(sink);
    return good;
  };
  if (!write_excerpt(instant, due, excerpt, sink)) return said(false);
  engine::HuntOptions options;
  options.files = {excerpt.path};
  options.now = instant * kTicksPerSecond;
  options.timezone = options_.timezone;
  options.as_scheduled = true;
  options.memory_limit_bytes = options_.memory_limit_bytes;
  options.timeout = options_.timeout;
  options.progress = [this](const ingest::ReadStats&) { return !stopping_; };
  for (const Job* job : due) options.only.push_back(job->compiled);
  const auto report =
      engine::hunt(rules_, options, [&](Finding&& finding) { take(std::move(finding), instant, excerpt); }, sink);
  std::error_code ignored;
  std::filesystem::remove(excerpt.path, ignored);
  if (stopping_) return false;
  for (Job* job : due) plan(*job, instant);
  if (!commit(sink)) return said(false);
  metrics_.schedule_runs += due.size();
  metrics_.schedule_failures += report.failed;
  metrics_.schedule_lag_seconds = static_cast<uint64_t>(std::max<int64_t>(0, seconds_now() - instant));
  return said(true);
}

/// Events may come late, but not much before their time: what was received long before the windows is not read.
bool Scheduler::write_excerpt(int64_t instant, const std::vector<Job*>& due, Excerpt& excerpt,
                              DiagnosticSink& sink) const {
  std::optional<Ticks> from = INT64_MAX;
  for (const Job* job : due) {
    const engine::Window window = engine::window_at(*job->schedule, instant * kTicksPerSecond, options_.timezone);
    from = from && window.from ? std::optional(std::min(*from, *window.from)) : std::nullopt;
  }
  const Ticks received = from ? *from - kAhead : INT64_MIN;
  // Findings name their events by the file's name and the number in it, which must be the same when a run is repeated.
  excerpt.path = options_.folder + "/schedule/hec";
  const store::File file = store::File::open(excerpt.path, O_WRONLY | O_CREAT | O_TRUNC);
  const auto fail = [&] {
    sink.report(kScheduleFailed, {}, fmt::format("{}: {}", excerpt.path, std::strerror(errno)));  // NOLINT
    return false;
  };
  if (!file.is_open()) return fail();
  std::string text;
  uint64_t size = 0, records = 0;
  const auto flush = [&] {
    const bool good = file.write_at(size, text);
    size += text.size();
    text.clear();
    return good;
  };
  constexpr size_t kAtOnce = size_t{1} << 20U;
  store::LogCursor cursor(log_, log_.before(received), nullptr);
  while (!stopping_ && cursor.next()) {
    if (cursor.header().received < received) continue;
    excerpt.numbers.emplace_back(records, cursor.header().first_event);
    records += cursor.header().events;
    text += cursor.payload();
    if (text.size() >= kAtOnce && !flush()) return fail();
  }
  if (!flush()) return fail();
  return !stopping_;
}

void Scheduler::take(Finding finding, int64_t instant, const Excerpt& excerpt) {
  const bool suppressed = !finding.suppressed_by.empty();
  ++(suppressed ? metrics_.suppressed : metrics_.findings);
  if (suppressed && !options_.show_suppressed) return;
  // The next run may find the same group again, and that is another finding.
  finding.id = finding_id(*finding.detection, std::to_string(instant), finding.id);
  if (finding.source) {
    finding.source->file = "hec";
    const uint64_t at = finding.source->record - 1;
    auto behind = std::upper_bound(excerpt.numbers.begin(), excerpt.numbers.end(), at,
                                   [](uint64_t record, const auto& piece) { return record < piece.first; });
    if (behind != excerpt.numbers.begin()) {
      --behind;
      finding.source->record = behind->second + (at - behind->first);
    }
  }
  (void)findings_.add(finding.id, output::to_ndjson(finding));
}

/// `output <size of the findings>`, then `<instant> <search>` for the last run of each.
bool Scheduler::read_state(DiagnosticSink& sink) {
  std::ifstream file(fmt::format("{}/{}", options_.folder, kStateFile));
  std::map<std::string, int64_t> last;
  uint64_t size = 0;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string first, key;
    words >> first >> key;
    if (first == "output") {
      std::from_chars(key.data(), key.data() + key.size(), size);
    } else {
      std::from_chars(first.data(), first.data() + first.size(), last[key]);
    }
  }
  const int64_t now = seconds_now();
  for (Job& job : jobs_) {
    const auto known = last.find(job.key);
    // What is new runs from now on.
    plan(job, known == last.end() ? now : known->second);
  }
  if (!findings_.open(options_.folder + "/scheduled.ndjson", size, sink)) return false;
  return commit(sink);
}

bool Scheduler::commit(DiagnosticSink& sink) {
  const std::string lines = options_.on_findings ? findings_.pending() : std::string();
  std::string failure;
  if (!findings_.flush(failure)) {
    sink.report(kFindingsUnwritable, {}, fmt::format("{}: {}", options_.folder, failure));
    return false;
  }
  if (!lines.empty()) options_.on_findings(lines);
  std::string state = fmt::format("output {}\n", findings_.size());
  for (const Job& job : jobs_) state += fmt::format("{} {}\n", job.last, job.key);
  if (!store::replace_file(fmt::format("{}/{}", options_.folder, kStateFile), state)) {
    sink.report(kScheduleFailed, {}, fmt::format("{}/{}: cannot be written", options_.folder, kStateFile));
    return false;
  }
  findings_.forget();
  return true;
}

}  // namespace hecate::server
