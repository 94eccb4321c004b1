#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>
#include <re2/re2.h>

#include <array>

#include "exec/functions/match.h"

namespace hecate {
namespace {

// Far beyond what any published rule needs on a 64 kB field, far below what a catastrophic pattern takes.
constexpr uint32_t kMatchLimit = 1'000'000;
constexpr uint32_t kDepthLimit = 100'000;
// JIT code runs on 32 kB of stack by default. A group that repeats over a long encoded command line needs more,
// and giving up there would be a way around a rule.
constexpr size_t kSmallStack = size_t{32} << 10;
constexpr size_t kLargeStack = size_t{32} << 20;

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeMatchContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

struct FreeJitStack {
  void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};

class Pcre2Regex final : public Regex {
 public:
  explicit Pcre2Regex(pcre2_code* code)
      : code_(code), data_(pcre2_match_data_create(1, nullptr)), context_(pcre2_match_context_create(nullptr)) {
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where it cannot, the interpreter serves
    pcre2_set_match_limit(context_.get(), kMatchLimit);
    pcre2_set_depth_limit(context_.get(), kDepthLimit);
  }

  bool search(std::string_view text) const override {
    int found = run(text);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) {
      const std::unique_ptr<pcre2_jit_stack, FreeJitStack> stack(
          pcre2_jit_stack_create(kSmallStack, kLargeStack, nullptr));
      pcre2_jit_stack_assign(context_.get(), nullptr, stack.get());
      found = run(text);
      pcre2_jit_stack_assign(context_.get(), nullptr, nullptr);
    }
    const bool gave_up = found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT ||
                         found == PCRE2_ERROR_JIT_STACKLIMIT || found == PCRE2_ERROR_HEAPLIMIT;
    if (gave_up) ++limit_hits_;
    return found >= 0;
  }
  uint64_t limit_hits() const override { return limit_hits_; }

 private:
  [[nodiscard]] int run(std::string_view text) const {
    return pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0, data_.get(),
                       context_.get());
  }

  std::unique_ptr<pcre2_code, FreeCode> code_;
  std::unique_ptr<pcre2_match_data, FreeMatchData> data_;
  std::unique_ptr<pcre2_match_context, FreeMatchContext> context_;
  mutable uint64_t limit_hits_ = 0;
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
  int code = 0;
  PCRE2_SIZE at = 0;
  uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
  if (casing == Casing::Insensitive) options |= PCRE2_CASELESS;
  pcre2_code* compiled =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &code, &at, nullptr);
  if (compiled == nullptr) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(code, message.data(), message.size());
    error = fmt::format("{} at byte {}", reinterpret_cast<const char*>(message.data()), at);
    return nullptr;
  }
  return std::make_unique<Pcre2Regex>(compiled);
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
