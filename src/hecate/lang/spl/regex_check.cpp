#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <memory>

#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeContext {
  void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
};

std::vector<std::string> group_names(const pcre2_code* code) {
  uint32_t count = 0;
  uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  std::vector<std::pair<int, std::string>> numbered;
  for (uint32_t i = 0; i < count; ++i) {
    const PCRE2_SPTR entry = table + static_cast<size_t>(i) * entry_size;  // two bytes of number, then the name
    numbered.emplace_back(entry[0] << 8 | entry[1], reinterpret_cast<const char*>(entry + 2));
  }
  std::sort(numbered.begin(), numbered.end());
  std::vector<std::string> names;
  for (auto& [number, name] : numbered) names.push_back(std::move(name));
  return names;
}

}  // namespace

Result<std::vector<std::string>> check_regex(const Source& source, const Word& pattern) {
  int error = 0;
  size_t offset = 0;
  const std::unique_ptr<pcre2_compile_context, FreeContext> context(pcre2_compile_context_create(nullptr));
  pcre2_set_parens_nest_limit(context.get(), 128);
  const std::unique_ptr<pcre2_code, FreeCode> code(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.text.data()), pattern.text.size(),
                    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &offset, context.get()));
  if (code) return group_names(code.get());
  std::array<PCRE2_UCHAR, 256> message{};
  pcre2_get_error_message(error, message.data(), message.size());
  Range range = pattern.range;
  // Where no escape was resolved the offset is one into the source too.
  const uint32_t quote = pattern.quoted ? 1 : 0;
  if (range.end - range.begin == pattern.text.size() + 2 * quote) {
    const auto at = static_cast<uint32_t>(range.begin + quote + offset);
    range = {at < range.end ? at : range.end - 1, at < range.end ? at + 1 : range.end};
  }
  source.report(kBadRegex, range,
                fmt::format("the regular expression is not valid: {}", reinterpret_cast<const char*>(message.data())));
  return already_reported();
}

}  // namespace hecate::spl
