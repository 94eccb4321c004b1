#include <re2/re2.h>

#include "exec/functions/match.h"
#include "exec/functions/pcre2_pattern.h"

namespace hecate {
namespace {

class Pcre2Regex final : public Regex {
 public:
  Pcre2Regex(std::string_view pattern, Casing casing) : pattern_(pattern, casing) {}
  [[nodiscard]] const Pcre2Pattern& pattern() const { return pattern_; }
  bool search(std::string_view text) const override { return pattern_.find(text); }
  uint64_t limit_hits() const override { return pattern_.limit_hits(); }

 private:
  Pcre2Pattern pattern_;
};

class Re2Regex final : public Regex {
 public:
  Re2Regex(std::string_view pattern, const re2::RE2::Options& options)
      : regex_(re2::StringPiece(pattern.data(), pattern.size()), options) {}
  [[nodiscard]] const re2::RE2& regex() const { return regex_; }
  bool search(std::string_view text) const override {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex_);
  }

 private:
  re2::RE2 regex_;
};

std::unique_ptr<Regex> compile_pcre2(std::string_view pattern, Casing casing, std::string& error) {
  auto regex = std::make_unique<Pcre2Regex>(pattern, casing);
  if (regex->pattern().valid()) return regex;
  error = regex->pattern().error();
  return nullptr;
}

std::unique_ptr<Regex> compile_re2(std::string_view pattern, Casing casing, std::string& error) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(casing == Casing::Sensitive);
  options.set_max_mem(int64_t{16} << 20);
  auto regex = std::make_unique<Re2Regex>(pattern, options);
  if (!regex->regex().ok()) {
    error = regex->regex().error();
    return nullptr;
  }
  return regex;
}

}  // namespace

std::unique_ptr<Regex> Regex::compile(std::string_view pattern, RegexDialect dialect, Casing casing,
                                      std::string& error) {
  return dialect == RegexDialect::Pcre2 ? compile_pcre2(pattern, casing, error) : compile_re2(pattern, casing, error);
}

}  // namespace hecate
