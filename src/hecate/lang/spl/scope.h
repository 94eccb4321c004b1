#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plan/expr.h"

namespace hecate::spl {

/// A pattern with `*`, as rename, fields and table know it. Matches whole names, case-sensitively.
[[nodiscard]] bool has_wildcard(std::string_view name);
/// What each `*` stands for, or nothing where the name does not match.
[[nodiscard]] std::optional<std::vector<std::string>> match_name(std::string_view pattern, std::string_view name);
/// Puts the texts in the places of the pattern's `*`.
[[nodiscard]] std::string fill_name(std::string_view pattern, const std::vector<std::string>& texts);

/// Which column each of the user's names means at one point of the pipeline. Open: a name that is not bound means the
/// event's field. Closed (after stats, table, fields): it means nothing.
class Scope {
 public:
  struct Entry {
    std::string name;
    ExprPtr value;          // nullptr: removed or renamed away
    bool computed = false;  // not just the event's own field of this name
    size_t seen = 0;        // how many of the steps it has been through
  };

  [[nodiscard]] const Entry* find(std::string_view name) const;
  void bind(std::string_view name, ExprPtr value, bool computed);
  /// The name means nothing from here on.
  void remove(std::string_view name);
  /// A bound name becomes another, in the same place.
  void rename(std::string_view from, std::string_view to);
  /// Only what is bound from here on exists.
  void close() { open_ = scans_ = pivoted_ = false; }
  /// Rows have fields besides those that are bound, which only the run brings forth: a pivot's.
  void pivot() { pivoted_ = true; }
  [[nodiscard]] bool pivoted() const { return pivoted_; }
  /// Some field may have no name here yet, so that "all fields" means nothing.
  [[nodiscard]] bool unnamed() const { return open_ || pivoted_; }
  /// Rows are still whole events, but not those of one scan: names are found by the steps alone.
  void detach() { scans_ = false; }
  [[nodiscard]] bool scans() const { return scans_; }
  void clear() {
    entries_.clear();
    steps.clear();
  }
  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// Names that are bound and not removed, in order.
  [[nodiscard]] std::vector<std::string_view> names() const;
  /// Bound names that a pattern matches. Internal fields (`_time`) only where the pattern says so.
  [[nodiscard]] std::vector<std::string> matching(std::string_view pattern) const;

  /// What commands did to the fields that no name was bound to: each applies when the search names such a field.
  struct Renaming {  // `rename X.* as *` over an open scope
    std::string from, to;
  };
  struct Hiding {  // `fields - X*`
    std::string pattern;
  };
  struct Filling {  // `fillnull`
    std::string text;
  };
  /// A source of fields whose names are not known before they are named: spath, a join with events. Gives the field's
  /// value from the one it had before (nullptr: none).
  using Overlay = std::function<ExprPtr(std::string_view name, ExprPtr before)>;
  using Step = std::variant<Renaming, Hiding, Filling, Overlay>;
  std::vector<Step> steps;

 private:
  std::vector<Entry> entries_;
  bool open_ = true;
  bool scans_ = true;
  bool pivoted_ = false;
};

}  // namespace hecate::spl
