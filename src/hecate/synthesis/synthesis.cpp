#include "synthesis/synthesis.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "plan/emptiness.h"
#include "synthesis/event_set.h"
#include "synthesis/goals.h"
#include "synthesis/judge.h"

namespace hecate::synthesis {
namespace {

constexpr size_t kMostForms = 6;       // record types that a scan is tried with in the whole detection
constexpr size_t kMostHunts = 8;       // for one detection, before it is called silent
constexpr size_t kHopeless = 3;        // attempts that contradict themselves
constexpr size_t kCandidateTries = 6;  // to satisfy a head alone

/// A form of a scan's events, and whether its envelope may say what the source does not.
struct Choice {
  RecordForm form;
  bool free_envelope = false;
};

class Synthesiser {
 public:
  Synthesiser(const engine::Ruleset& rules, const engine::CompiledDetection& detection, const SynthesisOptions& options)
      : rules_(rules),
        detection_(detection),
        options_(options),
        heads_(rules, detection),
        judge_(rules, detection, options.database),
        scans_(scans_of(detection.plan, detection.cut)) {}

  Synthesis run() {
    if (detection_.correlation) return failed("a correlation of rules");
    if (scans_.empty()) return failed("reads no events");
    // First with sources as they are, then with envelopes that say what the filter wants.
    for (const bool free_envelope : {false, true}) {
      if (hunts_ < kMostHunts && attempt_sources(free_envelope)) return std::move(result_);
    }
    return failed(hunts_ > 0 ? "silent" : why_.empty() ? "no source has such events" : why_);
  }

 private:
  bool attempt_sources(bool free_envelope) {
    std::vector<std::vector<Choice>> choices;
    for (size_t scan = 0; scan < scans_.size(); ++scan) {
      choices.push_back(choices_of(scan, scans_.size() == 1 ? kMostForms : 3, free_envelope));
      if (choices.back().empty() && !free_envelope && scans_.size() > 1) choices.back() = choices_of(scan, 3, true);
      if (choices.back().empty()) return false;
    }
    size_t combinations = 1;
    for (const auto& of_scan : choices) combinations *= of_scan.size();
    for (size_t i = 0; i < std::min<size_t>(combinations, 12); ++i) {
      std::vector<Choice> chosen;
      size_t rest = i;
      for (const auto& of_scan : choices) {
        chosen.push_back(of_scan[rest % of_scan.size()]);
        rest /= of_scan.size();
      }
      if (attempt_all(chosen)) return true;
      if (hunts_ >= kMostHunts) break;
    }
    return false;
  }

  Synthesis failed(std::string why) {
    result_.trouble = std::move(why);
    return std::move(result_);
  }

  void begin(Solver& solver, const std::vector<Choice>& choices, size_t first_scan) {
    solver.begin();
    solver.defaults.clear();
    for (size_t i = 0; i < choices.size(); ++i) {
      const size_t scan = first_scan + i;
      const auto metadata = choices[i].form.metadata();
      for (const char* name : {"sourcetype", "source", "index"}) {
        const std::string known = variable(scan, std::string("\x01") + name);
        const auto value = metadata.find(name);
        if (value != metadata.end()) solver.defaults[known] = value->second;
        // Which index events are put into is everybody's own choice.
        if (choices[i].free_envelope || name == std::string_view("index")) continue;
        (void)solver.needs.fields[known].add(value == metadata.end() ? Wish::of(Wish::Kind::Absent)
                                                                     : Wish::text(value->second));
      }
    }
  }

  bool recognised(Solver& solver, const RecordForm& form, size_t scan) {
    for (const ExprPtr& condition : conditions_of(form)) {
      const ExprPtr own = rewrite(condition, [&](const ExprPtr& node) -> ExprPtr {
        const auto* raw = std::get_if<RawField>(&node->node);
        return raw == nullptr ? nullptr : make_raw_field(variable(scan, raw->path));
      });
      if (!solver.require(*own, Truth::True)) return false;
    }
    return true;
  }

  const std::vector<ExprPtr>& conditions_of(const RecordForm& form) {
    const auto [known, added] = conditions_.try_emplace({form.type(), form.shape()});
    if (added) known->second = form.conditions();
    return known->second;
  }

  static bool holds(Solver& solver, const Expr& condition) {
    const OwnedValue value = solver.value_of(condition);
    return value.get().is_true() || value.get().is_undecided();
  }

  static bool has_aggregate(const Expr& expr) {
    const auto* call = std::get_if<Call>(&expr.node);
    bool has = call != nullptr && call->function == kAggregate;
    for_each_child(expr, [&](const ExprPtr& child) { has = has || has_aggregate(*child); });
    return has;
  }

  /// Whether a head's filter alone can be satisfied.
  bool possible(const Choice& choice, size_t scan) {
    const ExprPtr goal = head_goal(heads_.head(scans_[scan], choice.form.type()), choice.form, scan);
    if (stream::is_literal_false(*goal)) return false;
    const std::vector<AggregateColumn> none;
    Solver solver(none, rules_.tables(), choose_);
    for (size_t attempt = 0; attempt < kCandidateTries; ++attempt) {
      choose_.begin(attempt);
      begin(solver, {choice}, scan);
      if (recognised(solver, choice.form, scan) && solver.require(*goal, Truth::True)) return true;
      if (solver.obstacle.starts_with("contradiction") && attempt >= kHopeless) break;
    }
    if (!solver.obstacle.empty() && why_.empty() && choice.free_envelope) why_ = solver.obstacle;
    return false;
  }

  /// Record types whose events may pass a scan's head.
  std::vector<Choice> choices_of(size_t scan, size_t most, bool free_envelope) {
    std::vector<Choice> found;
    const Catalog& catalog = rules_.catalog();
    for (size_t i = 0; i < catalog.record_types() && found.size() < most; ++i) {
      const auto type = static_cast<RecordType>(i);
      // What no source describes has no envelope of its own.
      if (type == RecordType::Generic && !free_envelope) continue;
      if (!takes(type, scans_[scan].cut->head.dataset)) continue;
      for (const RecordForm& form : RecordForm::of(catalog, type)) {
        const Choice choice{form, free_envelope};
        if (!possible(choice, scan)) continue;
        found.push_back(choice);
        break;
      }
    }
    return found;
  }

  [[nodiscard]] bool takes(RecordType type, const Dataset& dataset) const {
    if (stream::is_file_table(dataset, rules_.catalog())) return false;
    if (type == RecordType::Generic && !std::holds_alternative<SplunkEvents>(dataset)) return false;
    return rules_.catalog().belongs(type, dataset);
  }

  bool attempt_all(const std::vector<Choice>& choices) {
    size_t contradictions = 0;
    for (size_t attempt = 0; attempt < options_.attempts && hunts_ < kMostHunts; ++attempt) {
      choose_.begin(attempt);
      if (attempt_once(choices)) return true;
      if (contradiction_ && ++contradictions > kHopeless * 4) return false;
    }
    return false;
  }

  bool attempt_once(const std::vector<Choice>& choices) {
    std::vector<RecordForm> forms;
    for (const Choice& choice : choices) forms.push_back(choice.form);
    const Goals goals = goals_of(detection_.plan, detection_.cut, forms, heads_, choose_);
    contradiction_ = true;
    if (!goals.trouble.empty()) return explain(goals.trouble);
    Solver solver(goals.aggregates, rules_.tables(), choose_);
    begin(solver, choices, 0);
    if (!solve(solver, goals, forms)) return explain(solver.obstacle);
    contradiction_ = false;
    for (const ExprPtr& condition : goals.conditions) {
      // What tells one group from others is not seen in one event.
      if (solver.needs.groups > 1 && has_aggregate(*condition)) continue;
      if (!holds(solver, *condition)) return explain("a value that another condition rules out");
    }
    return try_events(solver, goals, forms);
  }

  /// From bytes on: what was thought up must be let through by the evaluator, and found by the hunt.
  bool try_events(Solver& solver, const Goals& goals, const std::vector<RecordForm>& forms) {
    EventSet set(solver, forms, goals.active);
    const auto events = set.write();
    if (!events) return explain("values that do not fit: " + set.obstacle());
    const std::vector<uint64_t> passed = judge_.let_through(*events);
    for (size_t scan = 0; scan < forms.size(); ++scan) {
      if (goals.active[scan] && passed[scan] < set.count()) return explain("the event is not what it should be");
    }
    ++hunts_;
    const Judge::Outcome outcome = hunt(*events, passed);
    if (outcome.findings == 0) {
      result_.silent = *events;
      return false;
    }
    result_.events = *events;
    result_.findings = outcome.findings;
    result_.silent.clear();
    for (size_t scan = 0; scan < forms.size(); ++scan) {
      if (goals.active[scan]) result_.record_types.emplace_back(rules_.catalog().name(forms[scan].type()));
    }
    find_near_miss(set, goals);
    return true;
  }

  bool solve(Solver& solver, const Goals& goals, const std::vector<RecordForm>& forms) {
    for (size_t scan = 0; scan < forms.size(); ++scan) {
      if (goals.active[scan] && !recognised(solver, forms[scan], scan)) return false;
    }
    for (const ExprPtr& condition : goals.conditions) {
      if (!solver.require(*condition, Truth::True)) return false;
    }
    return std::all_of(goals.same.begin(), goals.same.end(),
                       [&](const auto& pair) { return solver.same(*pair.first, *pair.second); });
  }

  bool explain(const std::string& why) {
    if (!why.empty()) why_ = why;
    return false;
  }

  /// What the evaluator of single events lets through and what the engine of every day does must be the same.
  Judge::Outcome hunt(const std::string& events, const std::vector<uint64_t>& passed) {
    Judge::Outcome outcome = judge_.hunt(events);
    const uint64_t expected = std::accumulate(passed.begin(), passed.end(), uint64_t{0});
    const uint64_t seen = detection_.needs_tail() ? outcome.candidates : outcome.findings;
    if (!outcome.error.empty()) {
      result_.disagreement = "the detection failed: " + outcome.error;
    } else if (seen != expected) {
      result_.disagreement = fmt::format("{} of {} events pass the filter:\n{}", seen, expected, events);
    }
    return outcome;
  }

  /// One value changed so that a head lets none of its events through.
  void find_near_miss(EventSet& set, const Goals& goals) {
    size_t scan = 0;
    while (scan < goals.active.size() && !goals.active[scan]) ++scan;
    for (const EventSet::Change& change : set.changes(scan)) {
      const auto events = set.write(change);
      if (!events) continue;
      const std::vector<uint64_t> passed = judge_.let_through(*events);
      if (passed[scan] > 0) continue;
      if (hunt(*events, passed).findings > 0) {
        result_.near_trouble = has_no_rows(detection_.plan, [](const Plan&) { return true; })
                                   ? "found all the same"
                                   : "has a row without events";
        continue;
      }
      result_.near_miss = *events;
      result_.changed = change.path.starts_with('\x01') ? change.path.substr(1) : change.path;
      result_.near_trouble.clear();
      return;
    }
    // What counts events has one too few of them.
    const auto fewer = set.write_fewer();
    if (fewer && hunt(*fewer, judge_.let_through(*fewer)).findings == 0) {
      result_.near_miss = *fewer;
      result_.changed = "the number of events";
      result_.near_trouble.clear();
    } else if (result_.near_trouble.empty()) {
      result_.near_trouble = "nothing that it depends on";
    }
  }

  const engine::Ruleset& rules_;
  const engine::CompiledDetection& detection_;
  const SynthesisOptions& options_;
  BoundHeads heads_;
  Judge judge_;
  std::vector<ScanRole> scans_;
  std::map<std::pair<RecordType, const catalog::ShapeRule*>, std::vector<ExprPtr>> conditions_;
  Chooser choose_;
  Synthesis result_;
  std::string why_;
  size_t hunts_ = 0;
  bool contradiction_ = false;
};

}  // namespace

Synthesis synthesise(const engine::Ruleset& rules, const engine::CompiledDetection& detection,
                     const SynthesisOptions& options) {
  return Synthesiser(rules, detection, options).run();
}

}  // namespace hecate::synthesis
