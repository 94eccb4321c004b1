#include "ingest/json_wrapper.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "ingest/json_lexemes.h"

namespace hecate::ingest {
namespace {

/// Reads the few members that may stand before the records.
class Opening {
 public:
  explicit Opening(Window& window) : window_(window) {}

  WrapperOpening find() {
    if (!take('{')) return {};
    for (bool first = true;; first = false) {
      const auto key = string();
      if (!key || !take(':')) return {};
      const Member member = member_of(*key, first);
      if (member == Member::Records)
        return take('[') && begins_element() ? WrapperOpening{array_, depth_} : WrapperOpening{};
      if (member == Member::Hits) {
        if (!take('{')) return {};
        ++depth_;
        continue;
      }
      teller_ = teller_ == Teller::None ? teller_of(*key) : teller_;
      if (member == Member::Other || !skip_value() || !take(',')) return {};
    }
  }

 private:
  enum class Member { Records, Hits, Before, Other };
  /// Whose wrapper it must be, by the members that were met.
  enum class Teller { None, OData, List, Search, Splunk };
  static constexpr std::string_view kOdata = "@odata.";
  // Of what stands before the records.
  static constexpr size_t kMost = size_t{16} << 10;

  static Teller teller_of(std::string_view key) {
    if (key.starts_with(kOdata)) return Teller::OData;
    if (key == "kind") return Teller::List;
    if (key == "preview") return Teller::Splunk;
    return is_search_key(key) ? Teller::Search : Teller::None;
  }

  /// Elasticsearch, "Search API", response body.
  static bool is_search_key(std::string_view key) {
    constexpr std::array<std::string_view, 8> kKeys{"took",       "timed_out", "_shards",          "_clusters",
                                                    "_scroll_id", "pit_id",    "terminated_early", "num_reduce_phases"};
    return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
  }

  [[nodiscard]] Member member_of(std::string_view key, bool first) const {
    if (depth_ == 2) return key == kHitsKey ? Member::Records : is_total(key) ? Member::Before : Member::Other;
    if (first && is_first_records_key(key)) return Member::Records;
    if (teller_ == Teller::OData && key == kODataRecordsKey) return Member::Records;
    if (teller_ == Teller::List && key == kListRecordsKey) return Member::Records;
    if (teller_ == Teller::Splunk && key == kSplunkRecordsKey) return Member::Records;
    if (teller_ == Teller::Search && key == kHitsKey) return Member::Hits;
    if (teller_ == Teller::Splunk && (key == "init_offset" || key == "messages" || key == "fields"))
      return Member::Before;
    const bool before = teller_of(key) != Teller::None || key == "apiVersion" || key == "metadata";
    return before ? Member::Before : Member::Other;
  }

  static bool is_total(std::string_view key) { return key == "total" || key == "max_score"; }

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

  bool skip_string() {
    if (!take('"')) return false;
    while (at_ < kMost && window_.has(at_) && window_[at_] != '"' && window_[at_] != '\n') {
      at_ += window_[at_] == '\\' ? 2 : 1;
    }
    return take('"');
  }

  /// Any value; what it holds is left to the scanner of records, which sees the same bytes behind the last of them.
  bool skip_value() {
    const char c = next();
    if (c == '"') return skip_string();
    if (c != '{' && c != '[') return skip_scalar();
    for (size_t open = 0;;) {
      switch (next()) {
        case '\0': return false;
        case '"':
          if (!skip_string()) return false;
          continue;
        case '{':
        case '[': ++open; break;
        case '}':
        case ']': --open; break;
        default: break;
      }
      ++at_;
      if (open == 0) return true;
    }
  }

  bool skip_scalar() {
    const size_t begin = at_;
    while (at_ < kMost && window_.has(at_) && (is_ascii_alnum(window_[at_]) || is_one_of(window_[at_], "+-."))) ++at_;
    return at_ > begin;
  }
  static bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

  bool begins_element() {
    array_ = at_;
    const char c = next();
    return c == '{' || c == ']';
  }

  Window& window_;
  size_t at_ = 0;
  size_t array_ = 0;
  std::string key_;
  size_t depth_ = 1;
  Teller teller_ = Teller::None;
};

}  // namespace

WrapperOpening wrapper_opening(Window& window) {
  // Nearly every object is told by its second character that is not blank.
  constexpr std::string_view kFirst = "Rr@katnp_h";
  if (window.has(2) && window[1] == '"' && kFirst.find(window[2]) == std::string_view::npos) return {};
  return Opening(window).find();
}

}  // namespace hecate::ingest
