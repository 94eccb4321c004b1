#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "synthesis/wish.h"

namespace hecate::synthesis {

/// What is known so far of one field's value.
class FieldNeeds {
 public:
  /// Adds a wish; false where it contradicts what is known.
  [[nodiscard]] bool add(const Wish& wish);
  /// A pair of a text of pairs: `SHA1=…`.
  [[nodiscard]] bool add_part(std::string text);
  /// The value at a path of a JSON document that the text holds.
  [[nodiscard]] bool add_member(const std::string& path, std::string value);
  /// What an element of a list of names and values says: `[{"Name": …, "Value": …}]`.
  [[nodiscard]] bool add_named(const std::string& name, std::string value);
  /// The value of a number among several.
  [[nodiscard]] bool add_at(size_t place, std::string value);
  /// One more value, where the field may have several.
  [[nodiscard]] bool add_value(std::string value);

  struct Content {
    std::vector<std::string> values;  // none: absent
    bool number = false;
    bool json = false;  // the value is a document, not a text
  };
  /// The value in one event of a group of events; nothing where no value meets all that is known.
  [[nodiscard]] std::optional<Content> content(Chooser& choose, size_t event, size_t group) const;

  [[nodiscard]] bool is_exact() const { return wish_.exact.has_value(); }
  [[nodiscard]] bool constrained() const;
  [[nodiscard]] bool absent() const { return absent_; }
  [[nodiscard]] bool present() const { return present_ || !more_.empty() || !places_.empty(); }
  [[nodiscard]] bool varied() const { return varied_ || grouped_; }
  void vary_by(double step) { step_ = step; }

 private:
  [[nodiscard]] bool add_text(const Wish& wish);
  [[nodiscard]] bool add_number(const Wish& wish, std::optional<double>& least, std::optional<double>& most,
                                bool& above, bool& below);
  [[nodiscard]] std::optional<std::string> text(Chooser& choose, const std::string& mark) const;

  bool absent_ = false, present_ = false, varied_ = false, grouped_ = false;
  Wish wish_ = Wish::of(Wish::Kind::Text);
  std::optional<Wish> number_, length_;
  std::vector<std::string> parts_, more_;
  std::map<std::string, std::string> members_;
  std::vector<std::pair<std::string, std::string>> named_;
  std::map<size_t, std::string> places_;
  double step_ = 1;
};

}  // namespace hecate::synthesis
