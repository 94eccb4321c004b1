#include <fmt/format.h>

#include <algorithm>

#include "lang/sigma/codes.h"
#include "lang/sigma/correlation.h"

namespace hecate::sigma {
namespace {

class Linker {
 public:
  Linker(const std::vector<RuleIdentity>& identities, DiagnosticSink& sink)
      : identities_(identities), sink_(sink), states_(identities.size(), State::New) {}

  std::vector<LinkedCorrelation> run() {
    for (size_t i = 0; i < identities_.size(); ++i) {
      if (identities_[i].correlation != nullptr) (void)visit(i);
    }
    return std::move(linked_);
  }

 private:
  enum class State : uint8_t { New, Open, Done, Failed };

  /// A correlation that is open on the way from the one that was asked for, and the reference that is followed.
  struct Step {
    size_t self = 0;
    LinkedCorrelation linked;
    bool ok = true;
  };

  /// Depth first, on a stack of our own: chains may be as long as content makes them.
  bool visit(size_t root) {
    if (states_[root] != State::New) return states_[root] == State::Done;
    std::vector<Step> stack;
    open(root, stack);
    while (!stack.empty()) {
      Step& step = stack.back();
      const Correlation& correlation = *identities_[step.self].correlation;
      if (step.linked.rules.size() < correlation.rules.size()) {
        follow(correlation.rules[step.linked.rules.size()], stack);
        continue;
      }
      step.ok = resolve_aliases(correlation, step.linked) && step.ok;
      states_[step.self] = step.ok ? State::Done : State::Failed;
      if (step.ok) linked_.push_back(std::move(step.linked));
      stack.pop_back();
    }
    return states_[root] == State::Done;
  }

  void open(size_t self, std::vector<Step>& stack) {
    states_[self] = State::Open;
    stack.push_back({self, {self, {}, {}}, true});
  }

  void follow(const Named& reference, std::vector<Step>& stack) {
    Step& step = stack.back();
    const auto target = find(reference, identities_[step.self].file);
    if (target && identities_[*target].correlation != nullptr && states_[*target] == State::New) {
      open(*target, stack);  // and come back to this reference
      return;
    }
    step.linked.rules.push_back(target.value_or(0));
    if (!target) {
      step.ok = false;
    } else if (states_[*target] == State::Open) {
      step.ok = false;
      report_cycle(reference, *target, stack);
    } else if (identities_[*target].refused || states_[*target] == State::Failed) {
      step.ok = false;
      sink_.report({&kUnknownRule,
                    fmt::format("the rule `{}` is refused, and so is this correlation", reference.name),
                    {reference.span, {}},
                    {{identities_[*target].span, "this rule"}},
                    {}});
    } else if (std::count(step.linked.rules.begin(), step.linked.rules.end(), *target) > 1) {
      step.ok = false;
      sink_.report(kAmbiguousRule, reference.span,
                   fmt::format("`{}` names a rule that is named above", reference.name));
    }
  }

  void report_cycle(const Named& reference, size_t target, const std::vector<Step>& stack) {
    Diagnostic diagnostic{&kCyclicCorrelation,
                          fmt::format("the correlation refers to itself by way of `{}`", reference.name),
                          {reference.span, {}},
                          {},
                          "a correlation may refer to others, as long as they do not come back to it"};
    bool inside = false;
    for (const Step& step : stack) {
      inside |= step.self == target;
      if (inside) diagnostic.secondary.push_back({identities_[step.self].span, "in this circle"});
    }
    sink_.report(std::move(diagnostic));
  }

  /// By id or by name, in the same file first: `name` is "a per correlation unique human-readable name".
  std::optional<size_t> find(const Named& reference, FileId file) {
    std::vector<size_t> near, far;
    for (size_t i = 0; i < identities_.size(); ++i) {
      const RuleIdentity& identity = identities_[i];
      if (identity.id == reference.name) return i;
      if (identity.name.empty() || identity.name != reference.name) continue;
      (identity.file == file ? near : far).push_back(i);
    }
    const std::vector<size_t>& found = near.empty() ? far : near;
    if (found.size() == 1) return found.front();
    if (found.empty()) {
      report_missing(reference);
    } else {
      Diagnostic diagnostic{&kAmbiguousRule,
                            fmt::format("{} rules have the name `{}`", found.size(), reference.name),
                            {reference.span, {}},
                            {},
                            "refer to the rule by its id"};
      for (const size_t i : found) diagnostic.secondary.push_back({identities_[i].span, "this one"});
      sink_.report(std::move(diagnostic));
    }
    return std::nullopt;
  }

  void report_missing(const Named& reference) {
    std::vector<std::string_view> names;
    for (const RuleIdentity& identity : identities_) {
      if (identity.title == reference.name) {
        sink_.report(kUnknownRule, reference.span, fmt::format("`{}` is the title of a rule", reference.name),
                     "refer to rules by their id, or by a `name` that you give them");
        return;
      }
      if (!identity.name.empty()) names.push_back(identity.name);
      names.push_back(identity.id);
    }
    const std::string_view near = nearest(reference.name, names);
    sink_.report(kUnknownRule, reference.span,
                 fmt::format("no rule with the id or name `{}` is loaded", reference.name),
                 near.empty() ? std::string("load its file too") : fmt::format("did you mean `{}`?", near));
  }

  bool resolve_aliases(const Correlation& correlation, LinkedCorrelation& linked) {
    bool ok = true;
    for (const Alias& alias : correlation.aliases) {
      for (const Alias::Field& field : alias.fields) {
        const auto place = place_of(field.rule, correlation, linked);
        if (place) {
          linked.mappings.push_back({alias.name.name, *place, field.field.name});
          continue;
        }
        ok = false;
        std::vector<std::string_view> names;
        for (const Named& rule : correlation.rules) names.push_back(rule.name);
        const std::string_view near = nearest(field.rule.name, names);
        sink_.report(
            kAliasRule, field.rule.span, fmt::format("`{}` is not among the correlation's rules", field.rule.name),
            near.empty() ? fmt::format("one of {}", fmt::join(names, ", ")) : fmt::format("did you mean `{}`?", near));
      }
    }
    return ok;
  }

  /// An alias may name a rule by its id where `rules` has its name, or the other way round.
  std::optional<size_t> place_of(const Named& rule, const Correlation& correlation,
                                 const LinkedCorrelation& linked) const {
    for (size_t i = 0; i < correlation.rules.size(); ++i) {
      const RuleIdentity& identity = identities_[linked.rules[i]];
      if (correlation.rules[i].name == rule.name || identity.id == rule.name || identity.name == rule.name) return i;
    }
    return std::nullopt;
  }

  const std::vector<RuleIdentity>& identities_;
  DiagnosticSink& sink_;
  std::vector<State> states_;
  std::vector<LinkedCorrelation> linked_;
};

}  // namespace

std::string_view LinkedCorrelation::field(std::string_view name, size_t rule) const {
  const auto found = std::find_if(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    return mapping.rule == rule && mapping.alias == name;
  });
  return found == mappings.end() ? name : std::string_view(found->field);
}

std::vector<LinkedCorrelation> link_correlations(const std::vector<RuleIdentity>& identities, DiagnosticSink& sink) {
  return Linker(identities, sink).run();
}

}  // namespace hecate::sigma
