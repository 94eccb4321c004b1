#pragma once

#include <optional>
#include <string>
#include <string_view>
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
  };

  [[nodiscard]] const Entry* find(std::string_view name) const;
  void bind(std::string_view name, ExprPtr value, bool computed);
  /// The name means nothing from here on.
  void remove(std::string_view name);
  /// A bound name becomes another, in the same place.
  void rename(std::string_view from, std::string_view to);
  /// Only what is bound from here on exists.
  void close() { open_ = false; }
  void clear() { entries_.clear(); }
  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// Names that are bound and not removed, in order.
  [[nodiscard]] std::vector<std::string_view> names() const;
  /// Bound names that a pattern matches. Internal fields (`_time`) only where the pattern says so.
  [[nodiscard]] std::vector<std::string> matching(std::string_view pattern) const;

  /// `rename X.* as *` over an open scope: fields that are named later.
  struct Renaming {
    std::string from, to;
  };
  std::vector<Renaming> renamings;
  std::vector<std::string> hidden;  // patterns of `fields -` over an open scope
  std::optional<std::string> fill;  // of `fillnull` over an open scope: fields that are named later

 private:
  std::vector<Entry> entries_;
  bool open_ = true;
};

}  // namespace hecate::spl
