#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "event.h"
#include "rule_reader.h"

namespace hecate::corpus {

struct Pair {
  std::optional<Event> match, near_miss;
  std::string trouble;  // why there is no match
};

/// Makes events from a rule: one that it must find, and one as near to it as may be that it must not.
class EventMaker {
 public:
  EventMaker(const sigma::ast::Detection& detection, FormOf form, Regexes& regexes)
      : detection_(detection), form_(form), reader_(detection, std::move(form), regexes) {}

  [[nodiscard]] Pair make();

 private:
  struct Want {
    const sigma::ast::Item* item = nullptr;
    const sigma::ast::Value* value = nullptr;  // null: any value
  };
  struct Parts;

  // Which values the event must have. What must not hold is left to chance and checked: fields that nothing asks
  // for are absent.
  void collect(const sigma::ast::Condition& condition, bool wanted);
  void collect(const sigma::ast::Group& group, bool wanted);
  void collect(const sigma::ast::Item& item, bool wanted);
  template <typename List, typename Each>
  void collect_list(const List& list, bool every, const Each& each);

  [[nodiscard]] std::optional<Event> attempt(bool wanted);
  void add(const Want& want, Parts& parts);
  void add_text(const sigma::ast::Item& item, const std::string& value, Parts& parts);
  [[nodiscard]] EventValue joined(const Parts& parts);
  [[nodiscard]] std::optional<Event> miss(const Event& match);
  [[nodiscard]] size_t choose(size_t count) { return attempt_ == 0 || count < 2 ? 0 : random_() % count; }
  [[nodiscard]] std::optional<std::string> target(const sigma::ast::Item& item);

  const sigma::ast::Detection& detection_;
  FormOf form_;
  RuleReader reader_;
  size_t attempt_ = 0;
  std::mt19937 random_{1};
  std::vector<Want> wants_;
  std::string trouble_;
};

}  // namespace hecate::corpus
