#include "exec/functions/pcre2_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <unordered_map>

namespace hecate {
namespace {

// Far beyond what any published rule needs on a 64 kB field, far below what a catastrophic pattern takes.
constexpr uint32_t kMatchLimit = 1'000'000;
constexpr uint32_t kDepthLimit = 100'000;
// JIT code runs on 32 kB of stack by default. A group that repeats over a long encoded command line needs more,
// and giving up there would be a way around a rule.
constexpr size_t kSmallStack = size_t{32} << 10;
constexpr size_t kLargeStack = size_t{32} << 20;
constexpr size_t kMostCached = 256;

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
  void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};

}  // namespace

struct Pcre2Pattern::State {
  std::unique_ptr<pcre2_code, Free> code;
  std::unique_ptr<pcre2_match_data, Free> data;
  std::unique_ptr<pcre2_match_context, Free> context;

  [[nodiscard]] int match(std::string_view text, size_t at) const {
    return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at, 0, data.get(),
                       context.get());
  }
};

Pcre2Pattern::Pcre2Pattern(std::string_view pattern, Casing casing) : state_(std::make_unique<State>()) {
  int code = 0;
  PCRE2_SIZE at = 0;
  uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
  if (casing == Casing::Insensitive) options |= PCRE2_CASELESS;
  state_->code.reset(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &code, &at, nullptr));
  if (!state_->code) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(code, message.data(), message.size());
    error_ = fmt::format("{} at byte {}", reinterpret_cast<const char*>(message.data()), at);
    return;
  }
  pcre2_jit_compile(state_->code.get(), PCRE2_JIT_COMPLETE);  // where it cannot, the interpreter serves
  state_->data.reset(pcre2_match_data_create_from_pattern(state_->code.get(), nullptr));
  state_->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(state_->context.get(), kMatchLimit);
  pcre2_set_depth_limit(state_->context.get(), kDepthLimit);
}

Pcre2Pattern::~Pcre2Pattern() = default;

bool Pcre2Pattern::valid() const { return state_->code != nullptr; }

bool Pcre2Pattern::find(std::string_view text, size_t at) const {
  if (!valid() || at > text.size()) return false;
  int found = state_->match(text, at);
  if (found == PCRE2_ERROR_JIT_STACKLIMIT) {
    const std::unique_ptr<pcre2_jit_stack, Free> stack(pcre2_jit_stack_create(kSmallStack, kLargeStack, nullptr));
    pcre2_jit_stack_assign(state_->context.get(), nullptr, stack.get());
    found = state_->match(text, at);
    pcre2_jit_stack_assign(state_->context.get(), nullptr, nullptr);
  }
  const bool gave_up = found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT ||
                       found == PCRE2_ERROR_JIT_STACKLIMIT || found == PCRE2_ERROR_HEAPLIMIT;
  if (gave_up) ++limit_hits_;
  return found > 0;
}

std::optional<Pcre2Pattern::Group> Pcre2Pattern::group(size_t number) const {
  if (!valid() || number >= pcre2_get_ovector_count(state_->data.get())) return std::nullopt;
  const size_t* offsets = pcre2_get_ovector_pointer(state_->data.get());
  // \K in a lookahead can set the start behind the end.
  if (offsets[2 * number] == PCRE2_UNSET || offsets[2 * number] > offsets[2 * number + 1]) return std::nullopt;
  return Group{offsets[2 * number], offsets[2 * number + 1]};
}

std::optional<size_t> Pcre2Pattern::group_number(const std::string& name) const {
  if (!valid()) return std::nullopt;
  const int number = pcre2_substring_number_from_name(state_->code.get(), reinterpret_cast<PCRE2_SPTR>(name.c_str()));
  return number > 0 ? std::optional(static_cast<size_t>(number)) : std::nullopt;
}

size_t Pcre2Pattern::groups() const {
  uint32_t count = 0;
  if (valid()) pcre2_pattern_info(state_->code.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

const Pcre2Pattern& cached_pattern(std::string_view pattern) {
  thread_local std::unordered_map<std::string, std::unique_ptr<Pcre2Pattern>> cache;
  std::string key(pattern);
  const auto found = cache.find(key);
  if (found != cache.end()) return *found->second;
  if (cache.size() >= kMostCached) cache.clear();
  return *cache.emplace(std::move(key), std::make_unique<Pcre2Pattern>(pattern)).first->second;
}

}  // namespace hecate
