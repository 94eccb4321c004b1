#include "engine/plan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "exec/stream/group_store.h"
#include "exec/tail/tail.h"

namespace hecate::engine {
namespace {

using stream::GroupPlan;
using stream::Program;
using stream::Tested;

/// The tests that a node is made of, each once.
void collect_tests(const GroupPlan& plan, Program::Index node, std::set<Program::Index>& tests) {
  if (plan.tested(node).by != Tested::By::Nothing) {
    tests.insert(node);
    return;
  }
  for (const Program::Index operand : plan.program().operands(node)) collect_tests(plan, operand, tests);
}

std::string_view word_of(MatchOp op) {
  switch (op) {
    case MatchOp::Equals: return "is";
    case MatchOp::Contains: return "contains";
    case MatchOp::StartsWith: return "starts with";
    case MatchOp::EndsWith: return "ends with";
    case MatchOp::Wildcard: return "is like";
    case MatchOp::Regex: return "matches";
    case MatchOp::Has: return "has";
    case MatchOp::HasPrefix: return "has a word that starts with";
    case MatchOp::HasSuffix: return "has a word that ends with";
  }
  return "is";
}

constexpr size_t kMostShown = 8;

std::string list_of(const std::vector<std::string>& names, std::string_view separator = ", ") {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kMostShown); ++i) {
    if (!text.empty()) text += separator;
    text += names[i];
  }
  if (names.size() > kMostShown) text += fmt::format(" and {} more", names.size() - kMostShown);
  return text;
}

std::string describe_test(const GroupPlan& plan, Program::Index node) {
  if (plan.program().op(node) != Program::Op::Match) return "an expression";
  const Match& match = plan.program().match(node);
  const uint32_t field = plan.tested(node).field;
  std::vector<std::string> patterns;
  for (const std::string& pattern : match.patterns) patterns.push_back('`' + pattern + '`');
  return fmt::format("{} {} {}", field < plan.fields().size() ? plan.fields()[field].name : "the whole event",
                     word_of(match.op), list_of(patterns, " or "));
}

/// The tests of which one must hold before the plan's only rule is asked; empty: it is asked of each event.
std::vector<std::string> gates_of(const GroupPlan& plan) {
  std::vector<std::string> gates;
  for (size_t field = 0; field <= plan.raw_text(); ++field) {
    for (const auto& test : plan.tests(field).tests) {
      if (!plan.rules_needing(test.node).empty()) gates.push_back(describe_test(plan, test.node));
    }
  }
  std::sort(gates.begin(), gates.end());
  gates.erase(std::unique(gates.begin(), gates.end()), gates.end());
  return gates;
}

/// What a head is in each kind of record that it can match, those together in which it is the same.
std::string describe_bound(const Ruleset& rules, const CompiledDetection& detection, const Plan& plan,
                           const CutPlan& cut) {
  const Catalog& catalog = rules.catalog();
  stream::GroupStore store(catalog, {{&plan, &cut, {}, detection.derived}});
  std::map<std::string, std::vector<std::string>> kinds;
  for (size_t i = 0; i < catalog.record_types(); ++i) {
    const auto type = static_cast<RecordType>(i);
    const auto group = store.plan_of_any(type);
    if (group->rules().empty()) continue;
    std::vector<std::string> fields;
    for (const auto& field : group->fields()) fields.push_back(field.name);
    const std::vector<std::string> gates = gates_of(*group);
    std::string text = fmt::format("      reads   {}\n", fields.empty() ? "no field" : list_of(fields));
    text += gates.empty() ? "      gate    none: it is asked of each of these events\n"
                          : fmt::format("      gate    {}\n", list_of(gates, "\n              "));
    text += fmt::format("      filter  {}\n", dump(*group->rules().front().predicate.expr));
    kinds[std::move(text)].push_back(i == 0 ? "records of no known kind" : std::string(catalog.name(type)));
  }
  if (kinds.empty()) return "    no kind of record that the catalog knows can match\n";
  std::string all;
  for (const auto& [text, names] : kinds) all += fmt::format("    in {}\n{}", list_of(names), text);
  return all;
}

void collect_run_dependent(const Expr& expr, std::set<std::string>& functions) {
  const auto* call = std::get_if<Call>(&expr.node);
  if (call != nullptr && is_run_dependent(call->function)) functions.insert(call->function);
  for_each_child(expr, [&](const ExprPtr& child) { collect_run_dependent(*child, functions); });
}

std::string describe_heads(const Ruleset& rules, const CompiledDetection& detection, const Plan& plan,
                           const CutPlan& cut) {
  std::string text;
  if (cut.scans) {
    text += fmt::format("  head over {}\n{}", to_string(cut.head.dataset), describe_bound(rules, detection, plan, cut));
    std::vector<std::string> kept;
    for (const ColumnId id : cut.head.live) kept.push_back(plan.column(id).name);
    if (detection.needs_tail()) text += fmt::format("    keeps     {}\n", kept.empty() ? "nothing" : list_of(kept));
  }
  if (cut.undecided) {
    std::set<std::string> functions;
    collect_run_dependent(*cut.undecided, functions);
    text += fmt::format("    undecided here, for {} depends on the run: {}\n",
                        list_of({functions.begin(), functions.end()}), dump(*cut.undecided));
  }
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    text += describe_heads(rules, detection, *plan.inputs[i].plan, cut.inputs[i]);
  }
  return text;
}

std::string describe_tail(const Ruleset& rules, const CompiledDetection& detection, DiagnosticSink& sink) {
  if (!detection.needs_tail()) return "  no tail: each event that the head lets through is a finding\n";
  const auto database = tail::Database::open({}, sink);
  if (!database) return {};
  tail::Tail tail(**database, detection.plan, detection.cut, (*database)->next_tail(), &rules.tables());
  std::string sql = tail.sql();
  for (size_t at = 0; (at = sql.find('\n', at)) != std::string::npos; at += 5) sql.replace(at, 1, "\n    ");
  return "  tail: what needs more than one event, or what depends on the run\n    " + sql + "\n";
}

// --- a whole load ---

/// What the rules of one kind of record have in common: their atoms, each a field, what it is tested for, and one
/// pattern. Equal ones are looked for once, whatever the language and whatever else a test of theirs asks for.
struct Sharing {
  size_t atoms = 0, different = 0, shared = 0, across_languages = 0;
};

void collect_atoms(const GroupPlan& plan, Program::Index test, std::set<std::string>& atoms) {
  if (plan.program().op(test) != Program::Op::Match) {
    atoms.insert(fmt::format("{}", test));
    return;
  }
  const Match& match = plan.program().match(test);
  const bool one_field = plan.tested(test).by == Tested::By::Field;
  const std::string of = one_field ? fmt::format("field {}", plan.tested(test).field) : fmt::format("node {}", test);
  for (const std::string& pattern : match.patterns) {
    atoms.insert(fmt::format("{} {} {} {}", of, static_cast<int>(match.op), static_cast<int>(match.casing), pattern));
  }
}

Sharing sharing_of(const GroupPlan& plan, const std::vector<Language>& languages) {
  std::map<std::string, std::pair<size_t, std::set<Language>>> by_atom;
  for (const stream::BoundRule& rule : plan.rules()) {
    std::set<Program::Index> tests;
    collect_tests(plan, rule.predicate.index, tests);
    std::set<std::string> atoms;
    for (const Program::Index test : tests) collect_atoms(plan, test, atoms);
    for (const std::string& atom : atoms) {
      auto& [rules, spoken] = by_atom[atom];
      ++rules;
      spoken.insert(languages[rule.head]);
    }
  }
  Sharing sharing;
  for (const auto& [atom, asked] : by_atom) {
    ++sharing.different;
    sharing.atoms += asked.first;
    sharing.shared += asked.first > 1 ? 1 : 0;
    sharing.across_languages += asked.second.size() > 1 ? 1 : 0;
  }
  return sharing;
}

void add_heads(const CompiledDetection& detection, const Plan& plan, const CutPlan& cut,
               std::vector<stream::HeadSpec>& heads) {
  if (cut.scans) heads.push_back({&plan, &cut, detection.suppressors, detection.derived});
  for (size_t i = 0; i < plan.inputs.size(); ++i) add_heads(detection, *plan.inputs[i].plan, cut.inputs[i], heads);
}

}  // namespace

std::string describe_plan(const Ruleset& rules, const CompiledDetection& detection, DiagnosticSink& sink) {
  std::string text = fmt::format("{} ({}, {})\n", detection.detection->title, to_string(detection.detection->language),
                                 detection.detection->id);
  if (detection.correlation) return text + "  a correlation: it reads what the rules find that it names\n";
  return text + describe_heads(rules, detection, detection.plan, detection.cut) + describe_tail(rules, detection, sink);
}

std::string describe_load(const Ruleset& rules, const std::vector<const CompiledDetection*>& detections) {
  std::vector<stream::HeadSpec> heads;
  size_t tails = 0;
  for (const CompiledDetection* detection : detections) {
    if (detection->correlation) continue;
    add_heads(*detection, detection->plan, detection->cut, heads);
    tails += detection->needs_tail() ? 1 : 0;
  }
  std::vector<Language> languages;
  for (const stream::HeadSpec& head : heads) languages.push_back(head.plan->language);
  std::string text = fmt::format("{} detections, {} heads, {} tails\n\n", detections.size(), heads.size(), tails);
  text += fmt::format("{:<44}{:>7}{:>8}{:>8}{:>8}{:>11}{:>9}{:>11}\n", "kind of record", "rules", "ungated", "fields",
                      "atoms", "different", "shared", "languages");
  const Catalog& catalog = rules.catalog();
  stream::GroupStore store(catalog, std::move(heads));
  std::vector<std::pair<size_t, std::string>> lines;
  for (size_t i = 0; i < catalog.record_types(); ++i) {
    const auto type = static_cast<RecordType>(i);
    const auto group = store.plan_of_any(type);
    if (group->rules().empty()) continue;
    const Sharing sharing = sharing_of(*group, languages);
    lines.emplace_back(group->rules().size(),
                       fmt::format("{:<44}{:>7}{:>8}{:>8}{:>8}{:>11}{:>9}{:>11}\n",
                                   i == 0 ? "records of no known kind" : catalog.name(type), group->rules().size(),
                                   group->rules_always().size(), group->fields().size(), sharing.atoms,
                                   sharing.different, sharing.shared, sharing.across_languages));
  }
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [rules_of_kind, line] : lines) text += line;
  return text +
         "\nrules: that can match such a record, wherever it comes from; ungated: asked of each, for no literal must "
         "stand in it;\natoms: a field, what it is tested for and a pattern, each rule's own once; different: as many "
         "as are looked for;\nshared: by several rules; languages: by rules of several languages\n";
}

}  // namespace hecate::engine
