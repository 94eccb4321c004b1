#include "ingest/json_wrapper.h"

#include <optional>
#include <string_view>

#include "ingest/json_lexemes.h"

namespace hecate::ingest {
namespace {

/// Reads the few members that may stand before the records.
class Opening {
 public:
  explicit Opening(Window& window) : window_(window) {}

  size_t size() {
    if (!take('{')) return 0;
    for (bool first = true;; first = false) {
      const auto key = string();
      if (!key || !take(':')) return 0;
      const Member member = member_of(*key, first);
      if (member == Member::Records) return take('[') && begins_element() ? array_ : 0;
      odata_ = odata_ || key->starts_with(kOdata);
      list_ = list_ || *key == "kind";
      if (member == Member::Other || !skip_value() || !take(',')) return 0;
    }
  }

 private:
  enum class Member { Records, Before, Other };
  static constexpr std::string_view kOdata = "@odata.";
  // Of what stands before the records.
  static constexpr size_t kMost = 4096;

  [[nodiscard]] Member member_of(std::string_view key, bool first) const {
    if (first && is_first_records_key(key)) return Member::Records;
    if (odata_ && key == kODataRecordsKey) return Member::Records;
    if (list_ && key == kListRecordsKey) return Member::Records;
    const bool before = key.starts_with(kOdata) || key == "kind" || key == "apiVersion" || key == "metadata";
    return before ? Member::Before : Member::Other;
  }

  char next() {
    while (at_ < kMost && window_.has(at_) && is_json_blank(window_[at_])) ++at_;
    return at_ < kMost && window_.has(at_) ? window_[at_] : '\0';
  }

  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }

  /// A string without escapes; none of the keys has any. Valid until more is read.
  std::optional<std::string_view> string() {
    if (!take('"')) return std::nullopt;
    const size_t begin = at_;
    while (at_ < kMost && window_.has(at_) && window_[at_] != '"') {
      if (window_[at_] == '\\' || window_[at_] == '\n') return std::nullopt;
      ++at_;
    }
    if (at_ == kMost || !window_.has(at_)) return std::nullopt;
    const size_t end = at_++;
    key_.assign(window_.view().substr(begin, end - begin));
    return std::string_view(key_);
  }

  /// A string, or an object without members.
  bool skip_value() { return next() == '"' ? string().has_value() : take('{') && take('}'); }

  bool begins_element() {
    array_ = at_;
    const char c = next();
    return c == '{' || c == ']';
  }

  Window& window_;
  size_t at_ = 0;
  size_t array_ = 0;
  std::string key_;
  bool odata_ = false;
  bool list_ = false;
};

}  // namespace

size_t wrapper_opening(Window& window) {
  // Nearly every object is told by its second character that is not blank.
  constexpr std::string_view kFirst = "Rr@ka";
  if (window.has(2) && window[1] == '"' && kFirst.find(window[2]) == std::string_view::npos) return 0;
  return Opening(window).size();
}

}  // namespace hecate::ingest
