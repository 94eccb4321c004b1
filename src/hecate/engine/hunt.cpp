#include "engine/hunt.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>

#include "engine/alerts.h"
#include "engine/codes.h"
#include "engine/event_fields.h"
#include "engine/event_sources.h"
#include "engine/make_findings.h"
#include "engine/ordered_jobs.h"
#include "engine/schedules.h"
#include "engine/settle.h"
#include "engine/timetable.h"
#include "engine/touched_tables.h"
#include "exec/stream/lanes.h"
#include "exec/tail/tail.h"

namespace hecate::engine {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A candidate kept back so that candidates can be appended in another order (tests).
struct HeldCandidate {
  tail::Tail* tail;
  tail::Candidate candidate;
  std::string rest;
  std::vector<OwnedValue> live;
};

/// One detection's side of a hunt.
struct Run {
  const CompiledDetection* compiled = nullptr;
  std::unique_ptr<SettledPlan> settled;  // what runs in place of the compiled plan
  std::unique_ptr<tail::Tail> tail;
  /// It waits for what other events say: first only these plans of it read the events, and the events are read again
  /// for the rest.
  std::vector<std::pair<const Plan*, std::unique_ptr<tail::Tail>>> asked;
  std::vector<HeldCandidate> held;
  bool silent = false;  // only feeds correlations
  bool feeds = false;
  std::optional<Window> window = {};  // of its schedule, where the hunt goes by that
  std::optional<Ticks> scheduled_at = {};
  std::shared_ptr<const Timetable> timetable = {};  // where all its runs are replayed
  std::set<std::string, std::less<>> said = {};     // codes of what its runs reported
  std::optional<size_t> cost = {};                  // in HuntReport::tails
  uint64_t candidates = 0;
  bool again = false;  // the events are read once more for it

  [[nodiscard]] const Plan& plan() const { return settled ? settled->plan : compiled->plan; }
  [[nodiscard]] const CutPlan& cut() const { return settled ? settled->cut : compiled->cut; }
};

class Hunt {
 public:
  Hunt(const Ruleset& rules, const HuntOptions& options, const std::function<void(Finding&&)>& visit,
       DiagnosticSink& sink)
      : rules_(rules),
        options_(options),
        visit_(visit),
        sink_(sink),
        alerts_(options.as_scheduled, [this](Finding&& finding) { pass(std::move(finding)); }),
        tables_(rules.tables()) {
    for (const Table& table : options.tables) commit({table, false});
    report_.written.clear();
  }

  HuntReport run() {
    if (!prepare()) return report_;
    scan();
    run_tails();
    for (const Run& run : runs_) {
      if (run.silent) continue;
      const content::Detection& detection = *run.compiled->detection;
      if (!run.timetable) alerts_.finish(detection, run.scheduled_at);
      // Those of tails are done.
      if (!run.timetable || run.compiled->needs_tail() || suppresses(run)) continue;
      for (const ScheduledRun& scheduled : run.timetable->runs()) alerts_.finish(detection, scheduled.at);
    }
    return std::move(report_);
  }

 private:
  bool prepare() {
    std::vector<const CompiledDetection*> correlations;
    std::vector<const CompiledDetection*> wanted = options_.only;
    if (wanted.empty()) {
      for (const auto& compiled : rules_.detections()) wanted.push_back(compiled.get());
    }
    for (const CompiledDetection* compiled : wanted) {
      if (compiled->correlation) {
        correlations.push_back(compiled);
      } else {
        runs_.push_back({compiled, nullptr, nullptr, {}, {}, compiled->silent});
      }
    }
    if (options_.as_scheduled) keep_schedules();
    report_.rules = runs_.size() + correlations.size();
    report_.window = options_.window;
    prepare_correlations(correlations);
    const bool any_tail = std::any_of(runs_.begin(), runs_.end(),
                                      [](const Run& run) { return run.compiled->needs_tail() || suppresses(run); });
    if (!any_tail) return true;
    tail::Database* database = options_.database;
    if (database == nullptr) {
      auto own = tail::Database::open({options_.memory_limit_bytes}, sink_);
      if (!own) {
        report_.failed = runs_.size();
        return false;
      }
      database_ = std::move(*own);
      database = database_.get();
    }
    tails_ = database;
    const auto start = std::chrono::steady_clock::now();
    settle_plans();
    report_.tail_seconds = seconds_since(start);
    const bool may_defer = options_.evaluation == stream::Evaluation::Caches && can_read_again();
    for (Run& run : runs_) {
      if (may_defer && !run.timetable && is_worth_deferring(run.plan(), run.cut())) {
        std::vector<std::pair<const Plan*, const CutPlan*>> asked;
        add_asked_plans(run.plan(), run.cut(), asked);
        for (const auto& [plan, cut] : asked) run.asked.emplace_back(plan, make_tail(*plan, *cut, *run.compiled));
      } else if (run.compiled->needs_tail() || suppresses(run)) {
        run.tail = make_tail(run.plan(), run.cut(), *run.compiled);
      }
    }
    return true;
  }

  void keep_schedules() {
    std::optional<Timetables> timetables;
    if (options_.replay) timetables.emplace(*options_.replay, options_.timezone, sink_);
    std::erase_if(runs_, [&](Run& run) {
      const content::Detection& detection = *run.compiled->detection;
      if (!timetables) {
        if (!detection.schedule || !options_.now) return false;
        run.window = window_at(*detection.schedule, *options_.now, options_.timezone);
        run.scheduled_at = options_.now;
        return false;
      }
      if (!detection.schedule || detection.language == Language::Sigma) {
        run.window = options_.replay;
        return false;
      }
      run.timetable = timetables->of(*detection.schedule);
      report_.failed += run.timetable ? 0 : 1;
      return run.timetable == nullptr;
    });
  }

  /// Whether an alert keeps the rule from running for a while: then its runs must be made one after the other.
  static bool suppresses(const Run& run) {
    const auto& alert = run.compiled->detection->alert;
    return run.timetable != nullptr && alert != nullptr && alert->suppression_seconds > 0;
  }

  /// A pack's derived fields may have the names of others.
  static std::string fields_space(const CompiledDetection& compiled) {
    return compiled.derived == nullptr ? std::string() : fmt::format("{}", static_cast<const void*>(compiled.derived));
  }

  std::unique_ptr<tail::Tail> make_tail(const Plan& plan, const CutPlan& cut, const CompiledDetection& compiled) {
    return std::make_unique<tail::Tail>(*tails_, plan, cut, tails_->next_tail(), &tables_, fields_space(compiled));
  }

  [[nodiscard]] bool can_read_again() const {
    std::error_code ignored;
    if (options_.events) return false;
    return options_.text != nullptr ||
           std::all_of(options_.files.begin(), options_.files.end(),
                       [&](const std::string& file) { return std::filesystem::is_regular_file(file, ignored); });
  }

  [[nodiscard]] Settling settling() const {
    return {*tails_, tables_, written_, run_parameters(), options_.timeout, {}};
  }

  [[nodiscard]] RunParameters run_parameters() const {
    RunParameters parameters;
    parameters.now = report_.now ? report_.now : options_.now;
    parameters.timezone = options_.timezone;
    parameters.earliest = options_.window.from;
    parameters.latest = options_.window.until;
    parameters.locations = options_.locations;
    return parameters;
  }

  /// What can be known before any event is read. The slow evaluator is a second opinion on that, too.
  void settle_plans() {
    if (options_.evaluation == stream::Evaluation::Reference) return;
    for (const Run& run : runs_) written_.merge(touched_tables(run.compiled->plan).written);
    const Settling before = settling();
    std::vector<DiagnosticSink> said(runs_.size());
    const auto work = [&](size_t i) {
      runs_[i].settled = settle(*runs_[i].compiled, runs_[i].compiled->plan, before, said[i]);
    };
    const auto finish = [&](size_t i) {
      for (const Diagnostic& diagnostic : said[i].all()) sink_.report(diagnostic);
    };
    run_in_order({runs_.size(), work, finish, [](size_t, size_t) { return false; }}, options_.threads);
  }

  /// The runs that waited know now what the events said. Whether some of them have to read the events again.
  bool settle_deferred() {
    bool again = false;
    for (Run& run : runs_) {
      if (run.asked.empty()) continue;
      append_held(run);
      run.held.clear();
      Settling after = settling();
      for (const auto& [plan, tail] : run.asked) after.read.emplace(plan, tail.get());
      if (auto settled = settle(*run.compiled, run.plan(), after, sink_)) run.settled = std::move(settled);
      run.candidates = 0;
      run.asked.clear();
      run.tail = make_tail(run.plan(), run.cut(), *run.compiled);
      run.again = may_let_through(run.cut());
      again = again || run.again;
    }
    return again;
  }

  /// The rules that correlations refer to run in any case; those that nobody asked for make no findings.
  void prepare_correlations(const std::vector<const CompiledDetection*>& wanted) {
    if (wanted.empty()) return;
    correlations_ =
        std::make_unique<Correlations>(wanted, options_.correlation_limits, [this](Finding&& finding, int64_t source) {
          finding.source = sources_.source_at(source);
          emit(std::move(finding));
        });
    for (const CompiledDetection* rule : correlations_->rules()) {
      auto run = std::find_if(runs_.begin(), runs_.end(), [&](const Run& known) { return known.compiled == rule; });
      if (run == runs_.end()) run = runs_.insert(run, {rule, nullptr, nullptr, {}, {}, true});
      run->feeds = true;
    }
  }

  /// One head for each scan of each detection; all of them run in the same pass.
  std::vector<stream::HeadSpec> make_heads(bool again) {
    std::vector<stream::HeadSpec> heads;
    heads_.clear();
    for (size_t i = 0; i < runs_.size(); ++i) {
      const Run& run = runs_[i];
      if (run.again != again) continue;
      const CompiledDetection& compiled = *run.compiled;
      const auto add = [&](const Plan& plan, const CutPlan& cut, tail::Tail* tail) {
        heads.push_back({&plan, &cut, compiled.suppressors, compiled.derived});
        heads_.push_back({i, tail});
      };
      const auto add_scan = [&](tail::Tail& tail) { add(tail.plan(), tail.cut(), &tail); };
      for (const auto& [plan, asked] : run.asked) asked->for_each_scan(add_scan);
      if (run.tail) run.tail->for_each_scan(add_scan);
      if (!run.tail && run.asked.empty()) add(compiled.plan, compiled.cut, nullptr);
    }
    return heads;
  }

  void scan() {
    const auto start = std::chrono::steady_clock::now();
    read_events();
    report_.scan_seconds = seconds_since(start);
    const auto settling = std::chrono::steady_clock::now();
    const bool again = settle_deferred();
    report_.tail_seconds += seconds_since(settling);
    if (!again) return;
    const auto second = std::chrono::steady_clock::now();
    read_events_again();
    report_.scan_seconds += seconds_since(second);
  }

  /// What is wrong with them was said the first time, and they were counted.
  void read_events_again() {
    stream::Matcher matcher(rules_.catalog(), make_heads(true), head_parameters(), sink_);
    ingest::ReadStats ignored;
    DiagnosticSink said;
    run_matcher(matcher, ignored, said, {});
  }

  [[nodiscard]] RunParameters head_parameters() {
    RunParameters parameters;
    parameters.now = options_.now;
    parameters.timezone = options_.timezone;
    parameters.earliest = options_.window.from;
    parameters.latest = options_.window.until;
    automatic_.emplace(rules_.tables());
    parameters.automatic = &*automatic_;
    return parameters;
  }

  /// Reads all events through the matcher and, where it may, lanes beside it, which are then given back.
  std::optional<stream::Lanes> run_matcher(stream::Matcher& matcher, ingest::ReadStats& stats, DiagnosticSink& sink,
                                           const ingest::Progress& progress) {
    if (options_.assume) matcher.assume(*options_.assume);
    matcher.evaluate_by(options_.evaluation);
    const auto on_hit = [this](const stream::EventView& event, const stream::Hit& hit) { take(event, hit); };
    const auto on_record = [&](const ingest::Record& record) {
      ++order_;
      matcher.process(inputs_say_nothing() ? record : with_input(record), on_hit);
      if (correlations_) correlations_->reach(matcher.latest_time());
    };
    const auto on_sighted = [&](const stream::SightedEvent& event, const ingest::PassedRun& run) {
      ++order_;
      matcher.process(event, run, on_hit);
    };
    // A lane answers for the caches alone, and by what an event is.
    std::optional<stream::Lanes> lanes;
    const bool plain = options_.evaluation == stream::Evaluation::Caches && !options_.assume && !options_.events &&
                       inputs_say_nothing() && !rules_.catalog().has_search_time();
    if (plain && options_.threads > 0) lanes.emplace(rules_.catalog(), matcher, options_.threads, on_sighted);
    const auto skimmers = lanes ? lanes->skimmers() : std::span<ingest::Skimmer* const>();
    if (options_.events) {
      options_.events(on_record, stats, sink);
    } else if (options_.text != nullptr) {
      ingest::read_text(*options_.text, options_.text_name, options_.read, on_record, stats, sink, skimmers);
    } else {
      ingest::read_files(options_.files, options_.read, on_record, stats, sink, progress, skimmers);
    }
    return lanes;
  }

  void read_events() {
    stream::Matcher matcher(rules_.catalog(), make_heads(false), head_parameters(), sink_);
    const std::optional<stream::Lanes> lanes = run_matcher(matcher, report_.read, sink_, options_.progress);
    if (correlations_) {
      correlations_->finish(sink_);
      report_.correlations = correlations_->stats();
    }
    report_.match = matcher.stats();
    report_.visited = static_cast<uint64_t>(order_);
    if (lanes) lanes->add_to(report_.match);
    if (lanes) report_.sighted = lanes->sighted();
    const auto latest = lanes ? lanes->latest_time() : matcher.latest_time();
    report_.now = options_.replay ? options_.replay->until : (options_.now ? options_.now : latest);
    report_.now_from_events = !options_.now && !options_.replay && latest.has_value();
    if (report_.now_from_events && options_.window.until && *latest > *options_.window.until) {
      // As if the logs ended where the window does.
      report_.now = options_.window.until;
      report_.now_from_events = false;
    }
    report_window(latest);
    if (report_.match.regex_limit_hits > 0) {
      // How many they were depends on what each thread remembers.
      sink_.report(kRegexLimit, {}, "searches by regular expressions hit their match limit and count as no match",
                   "simplify nested repetitions such as (a+)+");
    }
  }

  void report_window(std::optional<Ticks> latest) {
    if (report_.untimed > 0) {
      sink_.report(kUntimedEvents, {},
                   fmt::format("{} events that detections took have no time, and count as within the span of time",
                               report_.untimed));
    }
    const std::optional<Ticks> from = options_.window.from;
    if (!from || !latest || *latest >= *from) return;
    sink_.report(kNothingInWindow, {},
                 fmt::format("the latest event is of {}, before the span of time that begins at {}",
                             format_rfc3339(*latest), format_rfc3339(*from)),
                 "relative times count from the clock's time; --now lets them count from another");
  }

  [[nodiscard]] bool inputs_say_nothing() const { return options_.inputs.empty() && options_.other_inputs.empty(); }

  [[nodiscard]] ingest::Record with_input(ingest::Record record) const {
    const auto found = options_.inputs.find(record.file);
    const HuntOptions::Input& input = found == options_.inputs.end() ? options_.other_inputs : found->second;
    const auto say = [](std::optional<std::string_view>& what, const std::string& text) {
      if (!what && !text.empty()) what = text;
    };
    say(record.envelope.host, input.host);
    say(record.envelope.source, input.source);
    say(record.envelope.sourcetype, input.sourcetype);
    say(record.envelope.index, input.index);
    return record;
  }

  void take(const stream::EventView& event, const stream::Hit& hit) {
    const HeadOf& head = heads_[hit.head];
    Run& run = runs_[head.run];
    if (!is_wanted(run, event)) return;
    if (run.feeds && hit.suppressed_by == nullptr) {
      const EventSources::Identity& identity = sources_.identity_of(event.record, order_);
      correlations_->add(*run.compiled, event.metadata.time, hit.live, {identity.source, identity.hash});
    }
    if (run.silent) {
      if (hit.suppressed_by != nullptr) ++report_.suppressed;
      return;
    }
    if (head.tail != nullptr) {
      if (hit.suppressed_by != nullptr) {
        ++report_.suppressed;
      } else {
        add_candidate(run, *head.tail, event, hit);
      }
      return;
    }
    if (run.timetable) {
      const auto emit_at = [&](const ScheduledRun& scheduled) { emit_event(run, event, hit, scheduled.at); };
      run.timetable->for_each_holding(event.metadata.time, emit_at);
    } else {
      emit_event(run, event, hit, run.scheduled_at);
    }
  }

  /// Whether the event is within the spans of time that the run looks at.
  [[nodiscard]] bool is_wanted(const Run& run, const stream::EventView& event) {
    const std::optional<Ticks> time = event.metadata.time;
    if (!time && (run.window || run.timetable || !options_.window.open()) && untimed_order_ != order_) {
      untimed_order_ = order_;
      ++report_.untimed;
    }
    if (!options_.window.holds(time)) return false;
    return run.timetable ? run.timetable->any_holds(time) : (!run.window || run.window->holds(time));
  }

  /// A finding that is one event.
  void emit_event(const Run& run, const stream::EventView& event, const stream::Hit& hit,
                  std::optional<Ticks> scheduled_at) {
    Finding finding = finding_of(*run.compiled, event, hit, sources_.identity_of(event.record, order_).hash);
    finding.scheduled_at = scheduled_at;
    finding.source = Finding::Source{std::string(event.record.file), event.record.number};
    emit(std::move(finding));
  }

  void add_candidate(Run& run, tail::Tail& tail, const stream::EventView& event, const stream::Hit& hit) {
    ++report_.candidates;
    ++run.candidates;
    const Plan& plan = tail.plan();
    const bool whole = plan.whole_event && plan.language == Language::Spl;
    const EventSources::Identity& identity = sources_.identity_of(event.record, order_);
    tail::Candidate candidate;
    candidate.undecided = hit.undecided;
    candidate.facts = {order_, event.metadata.time, identity.source, identity.hash, {}};
    if (whole) candidate.facts.rest = event_json(event);
    candidate.live = hit.live;
    if (options_.shuffle_candidates) {
      HeldCandidate held{&tail, candidate, std::string(candidate.facts.rest), {}};
      for (const Value& value : hit.live) held.live.emplace_back(value);
      run.held.push_back(std::move(held));
    } else {
      tail.append(candidate);
    }
  }

  /// A tail that runs, beside others.
  struct TailJob {
    Run* run = nullptr;
    TouchedTables touched = {};
    std::optional<Result<std::vector<tail::Row>>> rows = {};
    DiagnosticSink said{};
    double seconds = 0;
  };

  void run_tails() {
    const auto start = std::chrono::steady_clock::now();
    RunParameters parameters = run_parameters();
    // Events without a time, or none at all, do not say what time it is.
    if (!parameters.now) parameters.now = clock_time();
    for (Run& run : runs_) append_held(run);
    replay_runs(parameters);
    std::vector<TailJob> jobs;
    for (Run& run : runs_) {
      // Most detections of a large collection: a statement for each would take longer than the scan.
      if (!run.tail || run.timetable || run.tail->has_no_rows()) continue;
      run.tail->make_ready();
      jobs.push_back({&run, touched_tables(run.plan())});
    }
    const auto work = [&](size_t number) {
      TailJob& job = jobs[number];
      const auto begin = std::chrono::steady_clock::now();
      job.rows = job.run->tail->run(within(job.run->window, parameters), job.run->compiled->detection->title, job.said,
                                    options_.timeout);
      job.seconds = seconds_since(begin);
    };
    const auto waits_for = [&](size_t job, size_t earlier) {
      return jobs[job].touched.conflicts_with(jobs[earlier].touched);
    };
    run_in_order({jobs.size(), work, [&](size_t job) { finish(jobs[job]); }, waits_for}, options_.threads);
    report_.tail_seconds += seconds_since(start);
  }

  void finish(TailJob& job) {
    if (take_rows(*job.run, *job.rows, job.said, job.seconds, job.run->scheduled_at)) job.run->tail.reset();
  }

  /// All runs of schedules, in the order in which a scheduler makes them: what one writes, later ones read.
  void replay_runs(RunParameters parameters) {
    Agenda agenda;
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (runs_[i].timetable && runs_[i].tail) agenda.add(i, *runs_[i].timetable);
    }
    std::map<size_t, Ticks> quiet_until;
    while (const auto entry = agenda.next()) {
      Run& run = runs_[entry->who];
      const ScheduledRun& scheduled = *entry->run;
      const auto quiet = quiet_until.find(entry->who);
      if (!run.tail || (quiet != quiet_until.end() && scheduled.at < quiet->second)) continue;
      parameters.now = scheduled.at;
      run.tail->look_at(scheduled.window.from, scheduled.window.until);
      if (!run_tail(run, within(scheduled.window, parameters), scheduled.at)) {
        run.tail.reset();  // it would fail again
        continue;
      }
      const bool alerted = alerts_.finish(*run.compiled->detection, scheduled.at);
      // From the alert on the service does not run the rule for so long.
      if (alerted && suppresses(run))
        quiet_until[entry->who] = scheduled.at + run.compiled->detection->alert->suppression_seconds * kTicksPerSecond;
    }
  }

  /// False where it failed, which was reported.
  bool run_tail(Run& run, const RunParameters& parameters, std::optional<Ticks> at) {
    if (run.tail->has_no_rows()) return true;
    const auto start = std::chrono::steady_clock::now();
    DiagnosticSink said;
    const Result<std::vector<tail::Row>> rows =
        run.tail->run(parameters, run.compiled->detection->title, said, options_.timeout);
    return take_rows(run, rows, said, seconds_since(start), at);
  }

  /// What a tail gave, and had to say. False where it failed.
  bool take_rows(Run& run, const Result<std::vector<tail::Row>>& rows, const DiagnosticSink& said, double seconds,
                 std::optional<Ticks> at) {
    pass_on(said, run);
    if (!run.cost) {
      run.cost = report_.tails.size();
      report_.tails.push_back({run.compiled->detection, run.candidates, 0});
    }
    report_.tails[*run.cost].seconds += seconds;
    if (!rows) {
      ++report_.failed;
      return false;
    }
    for (const tail::Row& row : *rows) {
      Finding finding = finding_of(*run.compiled, row, at);
      if (row.source) finding.source = sources_.source_at(*row.source);
      emit(std::move(finding));
    }
    for (const tail::TableWrite& write : run.tail->writes()) commit(write);
    return true;
  }

  /// What a thousand runs of a search have to say is said once.
  void pass_on(const DiagnosticSink& said, Run& run) {
    std::set<std::string, std::less<>> now;
    for (const Diagnostic& diagnostic : said.all()) {
      const std::string code(diagnostic.code->id);
      if (run.said.contains(code)) continue;
      now.insert(code);
      sink_.report(diagnostic);
    }
    run.said.merge(now);
  }

  /// A search that looks at less than the hunt knows its own span of time.
  [[nodiscard]] RunParameters within(const std::optional<Window>& window, RunParameters parameters) const {
    if (!window) return parameters;
    const Window both = window->within(options_.window);
    parameters.earliest = both.from;
    parameters.latest = both.until;
    return parameters;
  }

  /// From here on the run's table is what the search wrote: later tails read it.
  void commit(const tail::TableWrite& write) {
    const std::shared_ptr<const Table> old = tables_.find(write.table.name);
    Table table = write.table;
    if (old) {  // its definition stays
      table = *old;
      table.given = true;
      if (!write.append) {
        table.columns.clear();
        table.rows.clear();
      }
      append_rows(write.table, table);
    }
    tables_.put(table);
    report_.written[table.name] = std::move(table);
  }

  /// Every second one forwards, then the others backwards: far from the input's order, and the same each time.
  static void append_held(Run& run) {
    const auto append = [&](HeldCandidate& held) {
      std::vector<Value> live;
      for (const OwnedValue& value : held.live) live.push_back(value.get());
      held.candidate.live = live;
      held.candidate.facts.rest = held.rest;
      held.tail->append(held.candidate);
    };
    for (size_t i = 0; i < run.held.size(); i += 2) append(run.held[i]);
    for (size_t i = run.held.size(); i-- > 0;) {
      if (i % 2 == 1) append(run.held[i]);
    }
  }

  void emit(Finding finding) { alerts_.add(std::move(finding)); }

  void pass(Finding finding) {
    if (!finding.time) {
      finding.time = finding.first_time = finding.last_time = finding.scheduled_at ? finding.scheduled_at : report_.now;
    }
    describe(finding);
    ++(finding.suppressed_by.empty() ? report_.findings : report_.suppressed);
    visit_(std::move(finding));
  }

  /// The current event with all its fields.
  std::string_view event_json(const stream::EventView& event) {
    if (json_order_ != order_) {
      json_ = fields_to_json(event_fields(event.record, event.metadata));
      json_order_ = order_;
    }
    return json_;
  }

  const Ruleset& rules_;
  const HuntOptions& options_;
  const std::function<void(Finding&&)>& visit_;
  DiagnosticSink& sink_;
  std::unique_ptr<tail::Database> database_;
  tail::Database* tails_ = nullptr;             // where tails run: the own one, or one that was given
  std::set<std::string, std::less<>> written_;  // tables that searches of the run may write
  std::optional<LookupTables> automatic_;       // of add-ons
  /// Whose head of the matcher it is, and where its candidates go.
  struct HeadOf {
    size_t run;
    tail::Tail* tail;  // nullptr: each hit is a finding
  };

  Alerts alerts_;
  std::vector<Run> runs_;
  std::vector<HeadOf> heads_;
  Tables tables_;  // of this run: searches may write to them
  std::unique_ptr<Correlations> correlations_;
  EventSources sources_;
  int64_t order_ = 0;  // of the current event among those that rules were asked about
  int64_t untimed_order_ = -1;
  std::string json_;
  int64_t json_order_ = -1;
  HuntReport report_;
};

}  // namespace

HuntReport hunt(const Ruleset& rules, const HuntOptions& options, const std::function<void(Finding&&)>& visit,
                DiagnosticSink& sink) {
  return Hunt(rules, options, visit, sink).run();
}

}  // namespace hecate::engine
